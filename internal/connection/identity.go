package connection

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"armpreflight/internal/arm"
)

// isZero reports whether a text is the GUID that represents "none".
func isZero(text string) bool {
	id, ok := arm.ParseGUID(text)
	return ok && id.IsZero()
}

// isDomain reports whether text has the form of a DNS name with at least two labels.
func isDomain(text string) bool {
	if len(text) > 253 || !strings.Contains(text, ".") {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, lettersDigits+"-") != "" ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return true
}

const lettersDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// tenant reads the directory that the identity lives in. The in-box tasks demand it for every scheme, managed identity
// included. In AD FS the word in its place means nothing to Entra, and the connection is refused for AD FS anyway.
func (r *reader) tenant(cloud Cloud) string {
	given := r.parameter("tenantid")
	tenant := strings.TrimSpace(given)
	switch {
	case cloud.ADFS:
	case tenant == "":
		r.problem(Incomplete, "tenantid", "the tenant ID is empty")
	case isZero(tenant):
		r.problem(Incomplete, "tenantid", "the tenant ID is all zeros")
	case !arm.IsGUID(tenant) && !isDomain(tenant):
		r.problem(Incomplete, "tenantid", "the tenant ID is neither a GUID nor a domain name: %s", r.found(tenant))
	case given != tenant:
		r.problem(Incomplete, "tenantid", "the tenant ID has %s: %s", padding(given), r.found(given))
	}
	return tenant
}

// client reads the client ID, which for a managed identity is in the data and may be missing. It is described but
// not quoted: it is an identifier that the agent masks, and what was put there by mistake may be a secret.
func (r *reader) client(scheme Scheme) string {
	field, given := "serviceprincipalid", r.parameter("serviceprincipalid")
	if scheme == ManagedServiceIdentity {
		field, given = "msiclientId", r.endpoint.Data["msiclientid"]
	}
	client := strings.TrimSpace(given)
	if scheme == ManagedServiceIdentity && (client == "" || isZero(client)) {
		return ""
	}
	switch {
	case client == "":
		r.problem(Incomplete, field, "the client ID is empty")
	case isZero(client):
		r.problem(Incomplete, field, "the client ID is all zeros")
	case !arm.IsGUID(client):
		r.problem(Incomplete, field, "the client ID isn't a GUID: found %s that don't form one", characters(client))
	case given != client:
		r.problem(Incomplete, field, "the client ID has %s", padding(given))
	}
	return client
}

// padding says where the blanks around a value are. It's called only when there are some.
func padding(value string) string {
	switch {
	case strings.TrimLeft(value, " ") == value && strings.TrimRight(value, " ") != value:
		return "a space at its end"
	case strings.TrimRight(value, " ") == value && strings.TrimLeft(value, " ") != value:
		return "a space at its start"
	default:
		return "spaces or line breaks around it"
	}
}

func characters(value string) string {
	if n := utf8.RuneCountInString(value); n != 1 {
		return strconv.Itoa(n) + " characters"
	}
	return "1 character"
}

// longestFound is the length in bytes up to which a value is quoted; a wrong ID or a host fits well inside.
const longestFound = 100

// found quotes a value for a Detail, or describes it when it may be, hold or be part of a secret that was put into the
// wrong field: any masked parameter of this connection, or a text with the tilde that Entra puts into client secrets.
func (r *reader) found(value string) string {
	if len(value) > longestFound || strings.Contains(value, "~") || r.touchesSecret(value) {
		return characters(value)
	}
	return strconv.Quote(value)
}

func (r *reader) touchesSecret(value string) bool {
	folded := strings.ToLower(value)
	for key, text := range r.endpoint.Parameters {
		hidden := strings.ToLower(strings.TrimSpace(text.Reveal()))
		if len(hidden) < 6 {
			continue // too short to be told from ordinary words
		}
		switch key {
		case "tenantid", "scope", "role", "authenticationtype", "accesstokentype", "accesstokenfetchingmethod",
			"workloadidentityfederationissuertype":
			continue // words and IDs that aren't secret
		case "serviceprincipalid", "workloadidentityfederationissuer", "workloadidentityfederationsubject":
			// Only whole: the issuer and the subject hold the tenant ID or a public host, which may be shown.
			if strings.Contains(folded, hidden) {
				return true
			}
		default:
			if strings.Contains(folded, hidden) || len(folded) >= 6 && strings.Contains(hidden, folded) {
				return true
			}
		}
	}
	return false
}
