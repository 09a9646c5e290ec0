package endtoend

var wantedOthers = map[string]want{
	"waived-failure":          {"SucceededWithIssues", nil, []string{"subscription-disabled"}, 1, 2, "ticket 4711"},
	"waiver-ended":            {"Failed", []string{"subscription-disabled"}, nil, 1, 2, "the waiver for subscription ended on"},
	"waiver-for-another-code": {"Failed", []string{"subscription-disabled"}, nil, 1, 2, "not ready: subscription failed"},
	"waiver-malformed":        {"Failed", []string{"input-invalid", "subscription-disabled"}, nil, 1, 2, "check-id[=code] until YYYY-MM-DD"},
	"waiver-of-access-token":  {"Failed", []string{"input-invalid", "AADSTS7000215"}, nil, 1, 1, "a check that can be waived (not inputs, connection-input, connection-data,"},
	"waiver-far-ahead":        {"Succeeded", nil, nil, 1, 2, "the waiver for locks runs until 2"},

	"management-group-hidden":    {"Failed", []string{"AuthorizationFailed"}, nil, 1, 2, "'Microsoft.Management/managementGroups/read'"},
	"management-group-not-found": {"Failed", []string{"management-group-not-found"}, nil, 1, 2, "a group that was deleted"},
}
