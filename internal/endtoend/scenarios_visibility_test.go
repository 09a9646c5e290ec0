package endtoend

var wantedVisibility = map[string]want{
	"subscription-elsewhere": {"Failed", []string{"AuthorizationFailed"}, nil, 1, 3, `the identity sees "Contoso Test"`},
	"spending-limit":         {"Failed", []string{"subscription-disabled"}, nil, 1, 2, "spending limit: on"},
}
