package endtoend

var wantedRecord = map[string]want{
	"record-hidden":           {"Succeeded", nil, nil, 1, 2, "could not tell: the build service may not read it"},
	"organization-firewalled": {"Succeeded", nil, nil, 1, 2, "could not tell: no answer soon after the others"},
	"connection-not-ready":    {"Succeeded", nil, []string{"connection-not-ready"}, 1, 2, "RoleAssignmentId"},
	"connection-outdated":     {"Succeeded", nil, nil, 1, 2, "may be taken back until"},
}
