package endtoend

var wantedRights = map[string]want{
	"healthy-required-actions":              {"Succeeded", nil, nil, 1, 2, "actions granted at 2 scopes"},
	"healthy-reader":                        {"Succeeded", nil, nil, 1, 2, "may write deployments to the subscription: no"},
	"healthy-owner":                         {"Succeeded", nil, nil, 1, 2, "may write deployments to the subscription: yes"},
	"permission-missing":                    {"Failed", []string{"permission-missing"}, nil, 1, 2, "az role assignment create --assignee-object-id"},
	"permission-not-granted-by-contributor": {"Failed", []string{"permission-missing"}, nil, 1, 2, "Role Based Access Control Administrator"},
	"permission-denied-by-assignment":       {"Failed", []string{"permission-denied-by-assignment"}, nil, 1, 2, "'stack-prod'"},
	"permission-perhaps-denied":             {"SucceededWithIssues", nil, []string{"permission-denied-by-assignment"}, 1, 2, "may keep the identity"},
	"data-action-missing":                   {"Failed", []string{"permission-missing"}, nil, 1, 2, "Storage Blob Data Contributor"},
	"granted-with-condition":                {"Succeeded", nil, nil, 1, 3, "granted, with a condition"},
	"healthy-group-only":                    {"Succeeded", nil, nil, 1, 2, "6 actions granted"},
	"excess-rights":                         {"Succeeded", nil, []string{"excess-rights"}, 1, 2, "may also hand out roles"},
	"healthy-conditional-owner":             {"Succeeded", nil, nil, 1, 3, "5 actions granted"},
	"actions-of-a-management-group":         {"Failed", []string{"input-invalid"}, nil, 1, 2, "there is none"},
	"actions-malformed":                     {"Failed", []string{"input-invalid"}, nil, 1, 2, "a wildcard is not an action"},
	"action-at-missing-group":               {"Failed", []string{"ResourceGroupNotFound"}, nil, 1, 2, "'rg-ap'"},
}
