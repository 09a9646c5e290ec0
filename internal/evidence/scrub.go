package evidence

import (
	"bytes"
	"encoding/json"
	"strings"

	"armpreflight/internal/lazyregexp"
)

// Removed replaces a value that may be a secret.
const Removed = "[removed]"

// secretNames are the fields of any service that hold, or may hold, something to sign in with. Graph's hint is the first
// three characters of a secret.
const secretNames = `access_?token|refresh_?token|id_?token|oidc_?token|api_?token|session_?token|client_?secret|` +
	`client_?assertion|assertion|secret_?text|secret|password|service_?principal_?key|service_?principal_?certificate|` +
	`publish_?profile|private_?key|account_?key|sas_?token|sig|authorization|hint`

var (
	secretField = &lazyregexp.Regexp{Expression: `(?i)^(?:` + secretNames + `)$`}
	// "name":"value" in JSON that doesn't parse; the end may be missing.
	secretPair = &lazyregexp.Regexp{Expression: `(?i)("(?:` + secretNames + `)"\s*:\s*")(?:\\.|[^"\\])*`}
	// The same inside a string of JSON, where every quotation mark has its backslashes.
	escapedPair = &lazyregexp.Regexp{Expression: `(?i)(\\+"(?:` + secretNames + `)\\+"\s*:\s*\\+")(?:[^"\\]|\\+[^"\\]|\\\\+")*`}
	// name=value of a form or a query.
	secretForm = &lazyregexp.Regexp{Expression: `(?i)\b((?:` + secretNames + `)=)[^&\s"'<>]+`}
	// A JWT, or what's left of one: base64url of `{"` at the start.
	jwt = &lazyregexp.Regexp{Expression: `eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}`}
	// The value of an Authorization header that someone echoed.
	header = &lazyregexp.Regexp{Expression: `(?i)\b(Bearer|Basic)\s+[A-Za-z0-9._~+/-]{16,}=*`}
	pem    = &lazyregexp.Regexp{Expression: `(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`}
)

// Scrub takes out of a text everything that looks like something to sign in with.
func Scrub(text string) string {
	text = pem.ReplaceAllString(text, Removed)
	text = jwt.ReplaceAllString(text, Removed)
	text = secretPair.ReplaceAllString(text, "${1}"+Removed)
	text = escapedPair.ReplaceAllString(text, "${1}"+Removed)
	text = secretForm.ReplaceAllString(text, "${1}"+Removed)
	return header.ReplaceAllString(text, "${1} "+Removed)
}

// scrubJSON gives the text of a JSON value without the values of secret fields. The original text stays where nothing had
// to go, so that the reader sees what the service sent.
func scrubJSON(value any, original string) string {
	if !dropSecrets(value) {
		return original
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// dropSecrets replaces the values of secret fields in place and says whether there were any.
func dropSecrets(value any) (dropped bool) {
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			dropped = dropSecrets(element) || dropped
		}
	case map[string]any:
		for name, field := range v {
			if secretField.MatchString(name) && field != nil {
				v[name], dropped = Removed, true
				continue
			}
			dropped = dropSecrets(field) || dropped
		}
	}
	return dropped
}
