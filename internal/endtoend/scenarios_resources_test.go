package endtoend

var wantedResources = map[string]want{
	"healthy-named-resources":          {"Succeeded", nil, nil, 1, 2, "RG-APP, rg-data exist"},
	"resource-group-missing":           {"Failed", []string{"resource-group-missing"}, nil, 1, 2, "'rg-ap'"},
	"resource-group-unreadable":        {"SucceededWithIssues", nil, []string{"AuthorizationFailed"}, 1, 2, "the smallest built-in role with that right: Reader"},
	"named-group-deleting":             {"Failed", []string{"resource-group-deleting"}, nil, 1, 2, ""},
	"provider-not-registered":          {"Succeeded", nil, []string{"provider-not-registered"}, 1, 3, "Nothing has to be done"},
	"provider-not-registered-no-right": {"Failed", []string{"provider-not-registered"}, nil, 1, 3, "az provider register"},
	"provider-registering":             {"Succeeded", nil, []string{"provider-registering"}, 1, 2, ""},
	"provider-unknown":                 {"Failed", []string{"provider-unknown"}, nil, 1, 2, "Microsoft.Webb"},
	"many-providers":                   {"Failed", []string{"provider-unknown"}, nil, 1, 0, "Contoso.Missing"},
	"read-only-lock":                   {"Succeeded", nil, []string{"read-only-lock"}, 1, 2, "until the audit is over"},
	"read-only-lock-on-write":          {"Failed", []string{"read-only-lock"}, nil, 1, 2, "'Microsoft.Web/sites/write' is refused"},
	"delete-locks":                     {"Succeeded", nil, nil, 1, 2, `delete lock "keep-group"`},
	"delete-lock":                      {"Failed", []string{"delete-lock"}, nil, 1, 2, "do not delete"},
}
