package agent

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
)

// masker replaces registered values by "***", as the agent's SecretMasker does: all occurrences of all values are found
// in the original text, and what overlaps or touches becomes one mask. The closed parts are rebuilt from the contract
// (microsoft/azure-pipelines-agent src/Agent.Worker/Worker.cs, SecretMasker tests).
type masker struct {
	values  []string
	known   map[string]bool
	minimum int // shorter values aren't masked
	url     *regexp.Regexp

	base64, idToken bool // whether these are masked too, see version.go
}

func newMasker(minimum int, j *Job) *masker {
	return &masker{
		base64:  j.since(masksBase64),
		idToken: j.since(masksIDToken),
		known:   map[string]bool{},
		minimum: min(minimum, 6),
		url:     regexp.MustCompile(`//[^:/?#\n]+:((?:[\w.~:!$&'()*+,;=-]|(?:%|%AZP25)[0-9a-fA-F]{2})+)@`),
	}
}

// add registers a value and its three encoded forms.
func (m *masker) add(value string) {
	for _, form := range []string{value, jsonEscaped(value), uriEscaped(value), backslashUndone(value)} {
		if form != "" && len(form) >= m.minimum && !m.known[form] {
			m.known[form] = true
			m.values = append(m.values, form)
		}
	}
}

// addVariable registers a secret variable at job start, which gets more forms than a secret that a step sets.
func (m *masker) addVariable(value string) {
	if strings.TrimSpace(value) == "" {
		return
	}
	forms := []string{value, encodeData(value, true), encodeData(value, false)}
	if m.base64 {
		forms = append(forms, base64.StdEncoding.EncodeToString([]byte(value)))
	}
	for _, form := range forms {
		m.add(form)
		m.add(unquoted(form))
		m.add(strings.Trim(form, "\r\n "))
	}
}

// addParameters registers an endpoint's authorization, harmless names excepted.
func (m *masker) addParameters(endpoint Endpoint) {
	for name, value := range endpoint.Parameters {
		if !harmless(name) && (m.idToken || !strings.EqualFold(name, "idToken")) {
			m.add(value)
		}
	}
}

// harmless authorization parameters aren't masked. Everything else is, be it a client ID or an issuer.
func harmless(parameter string) bool {
	switch fold(parameter) {
	case "role", "scope", "tenantid", "issuedat", "expiresat", "audience", "authenticationtype", "authorizationtype",
		"accesstokentype", "accesstokenfetchingmethod", "usewindowssecurity", "unsecured", "oauthaccesstokenissupplied",
		"completecallbackpayload", "acceptuntrustedcertificates":
		return true
	}
	return false
}

// mask is text as it may be stored.
func (m *masker) mask(text string) string {
	var spans [][2]int
	for _, value := range m.values {
		for at := 0; ; at++ {
			next := strings.Index(text[at:], value)
			if next < 0 {
				break
			}
			at += next
			spans = append(spans, [2]int{at, at + len(value)})
		}
	}
	for _, match := range m.url.FindAllStringSubmatchIndex(text, -1) {
		spans = append(spans, [2]int{match[2], match[3]})
	}
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	var out strings.Builder
	written := 0
	for i := 0; i < len(spans); {
		start, end := spans[i][0], spans[i][1]
		for i++; i < len(spans) && spans[i][0] <= end; i++ {
			end = max(end, spans[i][1])
		}
		out.WriteString(text[written:start])
		out.WriteString("***")
		written = end
	}
	out.WriteString(text[written:])
	return out.String()
}

func jsonEscaped(value string) string {
	quoted := jsonText(value)
	return quoted[1 : len(quoted)-1]
}

// uriEscaped is Uri.EscapeDataString: everything but letters, digits and "-_.~" as upper-case hex.
func uriEscaped(value string) string {
	const hexDigits = "0123456789ABCDEF"
	var out strings.Builder
	for _, b := range []byte(value) {
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', strings.IndexByte("-_.~", b) >= 0:
			out.WriteByte(b)
		default:
			out.WriteString(string([]byte{'%', hexDigits[b>>4], hexDigits[b&15]}))
		}
	}
	return out.String()
}

// backslashUndone takes the value for something that was escaped, and undoes that.
func backslashUndone(value string) string {
	return strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\"`, `"`, `\t`, "\t").Replace(value)
}

// unquoted drops one pair of surrounding quotes, which a shell would have dropped.
func unquoted(value string) string {
	if n := len(value); n > 2 && value[0] == value[n-1] && (value[0] == '"' || value[0] == '\'') {
		return value[1 : n-1]
	}
	return value
}
