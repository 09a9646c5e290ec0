package agent

import (
	"encoding/hex"
	"net/url"
	"strings"
)

// systemConnection is the endpoint that carries the job's token.
const systemConnection = "SystemVssConnection"

// guid reads a GUID as .NET does (with or without dashes, braces or parentheses) and gives it in the form of environment
// names: lower case with dashes. The empty GUID counts as none.
func guid(value string) (string, bool) {
	value = strings.TrimSpace(value)
	if inner, ok := strings.CutPrefix(value, "{"); ok {
		if value, ok = strings.CutSuffix(inner, "}"); !ok {
			return "", false
		}
	} else if inner, ok := strings.CutPrefix(value, "("); ok {
		if value, ok = strings.CutSuffix(inner, ")"); !ok {
			return "", false
		}
	}
	value = strings.ToLower(value)
	digits := value
	if len(value) == 36 {
		if value[8] != '-' || value[13] != '-' || value[18] != '-' || value[23] != '-' {
			return "", false
		}
		digits = strings.ReplaceAll(value, "-", "")
	}
	if _, err := hex.DecodeString(digits); err != nil || len(digits) != 32 || strings.Trim(digits, "0") == "" {
		return "", false
	}
	return strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-"), true
}

// endpoints are those that the task is given: what its connectedService inputs name, as far as the server sent it, and
// the system connection. A name, or a GUID that wasn't sent, is dropped without a word (agent TaskRunner.cs).
func (e *execution) endpoints(inputs map[string]string) []Endpoint {
	wanted := map[string]bool{}
	for _, input := range e.def.Inputs {
		if !strings.HasPrefix(fold(input.Type), "connectedservice:") {
			continue
		}
		for part := range strings.SplitSeq(inputs[fold(strings.TrimSpace(input.Name))], ",") {
			if id, ok := guid(part); ok {
				wanted[id] = true
			}
		}
	}
	var out []Endpoint
	for _, endpoint := range e.job.Endpoints {
		id, hasID := guid(endpoint.ID)
		if hasID && wanted[id] || !hasID && strings.EqualFold(endpoint.Name, systemConnection) {
			out = append(out, endpoint)
		}
	}
	return out
}

// addEndpoint lays one endpoint over the environment (agent src/Agent.Worker/Handlers/Handler.cs).
func (e *execution) addEndpoint(env map[string]string, endpoint Endpoint) {
	id, hasID := guid(endpoint.ID)
	if !hasID {
		id = strings.ToUpper(systemConnection)
	}
	env["ENDPOINT_URL_"+id] = absoluteURL(endpoint.URL)
	authorized := endpoint.Scheme != "" || endpoint.Parameters != nil
	env["ENDPOINT_AUTH_"+id] = "null"
	if authorized {
		env["ENDPOINT_AUTH_"+id] = jsonText(struct {
			Parameters map[string]string `json:"parameters"`
			Scheme     string            `json:"scheme"`
		}{endpoint.Parameters, endpoint.Scheme})
	}
	if endpoint.Scheme != "" {
		env["ENDPOINT_AUTH_SCHEME_"+id] = endpoint.Scheme
		for key, value := range endpoint.Parameters {
			env["ENDPOINT_AUTH_PARAMETER_"+id+"_"+environmentName(key, false)] = value
		}
	}
	if !hasID {
		return
	}
	data := make(map[string]string, len(endpoint.Data))
	for key, value := range endpoint.Data {
		data[key] = expandMacros(value, e.vars.lookup)
		env["ENDPOINT_DATA_"+id+"_"+environmentName(key, false)] = data[key]
	}
	env["ENDPOINT_DATA_"+id] = jsonText(data)
}

// absoluteURL spells an address as .NET's Uri does: host in lower case, no default port, a slash after a bare host.
func absoluteURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	u.Host = strings.ToLower(u.Host)
	if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}
