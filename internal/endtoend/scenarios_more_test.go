package endtoend

var wantedMore = map[string]want{
	"more-connections":        {"Succeeded", nil, nil, 4, 0, `"Contoso Prod", enabled`},
	"more-connections-broken": {"Failed", []string{"connection-not-in-job", "AADSTS7000215"}, nil, 3, 0, "key-0/access-token failed"},
}
