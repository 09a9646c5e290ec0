package endtoend

var wantedExpiry = map[string]want{
	"healthy-expiry-given":    {"Succeeded", nil, nil, 1, 2, "expires in 61 days"},
	"expiry-given-near":       {"Succeeded", nil, []string{"secret-expiring"}, 1, 2, "in 5 days"},
	"expiry-given-too-near":   {"Failed", []string{"secret-expiring"}, nil, 1, 2, "not ready: credential-expiry failed"},
	"expiry-given-passed":     {"Succeeded", nil, []string{"secret-expired"}, 1, 2, "Correct it where the input"},
	"expiry-given-malformed":  {"Failed", []string{"input-invalid"}, nil, 1, 2, "YYYY-MM-DD"},
	"healthy-expiry-by-graph": {"Succeeded", nil, nil, 1, 0, "expires in 61 days"},
	"secret-expiring":         {"Succeeded", nil, []string{"secret-expiring"}, 1, 0, "in 5 days"},
	"graph-firewalled":        {"Succeeded", nil, nil, 1, 0, "could not tell: no answer soon after the others"},
	"expiry-not-asked":        {"Succeeded", nil, nil, 1, 2, "credential-expiry"},
}
