package agent

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// guarded is a value that must not be readable anywhere, in a form that the agent's own masking may not know.
type guarded struct {
	what    string // for the fault: never the value
	form    string
	encoded string
}

// Shorter values are found everywhere by chance. Parameters may be shown with their first eight characters.
const (
	shortestSecret    = 6
	shortestParameter = 9
)

// guard lists the forms in which a value could have got out: the agent masks the plain ones, no one masks the others.
func guard(what, value string, shortest int) []guarded {
	var out []guarded
	add := func(encoding, form string) {
		if len(form) >= shortest {
			out = append(out, guarded{what: what, form: form, encoded: encoding})
		}
	}
	value = strings.TrimSpace(value)
	if len(value) < shortest {
		return nil
	}
	add("as it is", value)
	add("in JSON", jsonEscaped(value))
	add("escaped for a URL", url.QueryEscape(value))
	add("escaped for a URL", uriEscaped(value))
	add("escaped for a URL", lowerHex(uriEscaped(value)))
	add("in hex", hex.EncodeToString([]byte(value)))
	add("in hex", strings.ToUpper(hex.EncodeToString([]byte(value))))
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			add("in Base64", stableBase64(encoding, value, shift))
		}
	}
	if strings.ContainsAny(value, "\r\n") {
		for line := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == '\r' || r == '\n' }) {
			if !strings.Contains(line, "-----") {
				add("line by line", strings.TrimSpace(line))
			}
		}
	}
	return out
}

// stableBase64 is the part of an encoding that is the same whatever is before and after the value.
func stableBase64(encoding *base64.Encoding, value string, shift int) string {
	text := encoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + value))
	first := (shift*8 + 5) / 6
	last := (shift + len(value)) * 8 / 6
	if first >= last {
		return ""
	}
	return text[first:last]
}

func lowerHex(escaped string) string {
	out := []byte(escaped)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:], strings.ToLower(string(out[i+1:i+3])))
		}
	}
	return string(out)
}

// guardAll is everything that is secret when the step ends.
func (s *running) guardAll() []guarded {
	return slices.Concat(s.guarded, guardVariables(s.vars.all()), s.given)
}

func guardVariables(all []Variable) []guarded {
	var out []guarded
	for _, v := range all {
		if v.Secret {
			out = append(out, guard(fmt.Sprintf("secret variable %q", v.Name), v.Value, shortestSecret)...)
		}
	}
	return out
}

// guardGiven is everything secret that the step is started with.
func (s *running) guardGiven() []guarded {
	out := guardVariables(s.vars.all())
	for _, endpoint := range s.job.Endpoints {
		for name, value := range endpoint.Parameters {
			if !harmless(name) {
				out = append(out, guard(fmt.Sprintf("parameter %q of connection %q", name, endpoint.Name), value, shortestParameter)...)
			}
		}
	}
	return out
}

// findLeaks looks through everything that is kept of the step.
func (s *running) findLeaks() {
	all := s.guardAll()
	search := func(place, text string) {
		for _, g := range all {
			if strings.Contains(text, g.form) {
				s.fault("%s is readable %s in %s", g.what, g.encoded, place)
				return
			}
		}
	}
	// What the agent masks today, an older one printed. What the step itself declared is in its own command.
	for i, line := range s.rec.Raw {
		for _, g := range s.given {
			if strings.Contains(line, g.form) {
				s.fault("%s is readable %s in output line %d, before the agent masked anything", g.what, g.encoded, i+1)
				break
			}
		}
	}
	for i, line := range s.rec.Lines {
		if !s.notOurs[i] {
			search(fmt.Sprintf("log line %d", i+1), line)
		}
	}
	for i, issue := range s.rec.Issues {
		search(fmt.Sprintf("issue %d", i+1), issue.Message)
		for name, value := range issue.Properties {
			search(fmt.Sprintf("property %q of issue %d, which is not masked", name, i+1), value)
		}
	}
	for _, attachment := range s.rec.Attachments {
		search(fmt.Sprintf("attachment %q, which is not masked", attachment.Name), string(attachment.Content))
	}
	for _, name := range s.rec.Set {
		if v := s.rec.Variables[name]; !v.Secret {
			search(fmt.Sprintf("variable %q, which is not secret", name), v.Value)
		}
	}
	search("the current operation, which is not masked", s.rec.Operation)
}
