package reading

import (
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/lazyregexp"
)

// denials are the sentences in which Azure refuses an action, with the code that says the same. What wraps them, a template's
// validation or a tool, often leaves the code out. An action has a slash or comes with a scope: others refuse actions too.
var denials = []struct {
	code catalogue.Code
	form *lazyregexp.Regexp
}{
	{catalogue.DenyAssignmentAuthorizationFailed, &lazyregexp.Regexp{Expression: `because of the deny assignment with name`}},
	{catalogue.LinkedAuthorizationFailed, &lazyregexp.Regexp{Expression: `not have permission to perform action(?:\(s\))? '[^']{1,256}' on the linked scope`}},
	{catalogue.AuthorizationFailed, &lazyregexp.Regexp{Expression: `(?i)(?:n[o'’]t have (?:the )?(?:authorization|permissions?)(?: or an abac condition not fulfilled)?|is not fulfilled|n[o'’]t authorized) to perform (?:the )?action(?:\(s\))? (?:'[\w.*-]{1,100}/[\w./*-]{1,200}'|'[\w.*-]{1,100}' (?:over|at|on) (?:the )?scope(?:\(s\))? '/)`}},
	{catalogue.AuthorizationFailed, &lazyregexp.Regexp{Expression: `Authorization failed for template resource '[^']{1,256}' of type 'Microsoft\.`}},
}

// denialIn is the code of the sentence that refuses an action in a text of one line; empty if none does.
func denialIn(text string) catalogue.Code {
	if !strings.Contains(text, "perform") && !strings.Contains(text, "Authorization failed") && !strings.Contains(text, "deny assignment") {
		return "" // most texts
	}
	for _, d := range denials {
		if d.form.MatchString(text) {
			return d.code
		}
	}
	return ""
}

// withDenial adds the code of a sentence that refuses an action, as the innermost, where no code says so.
func withDenial(codes []string, line string) []string {
	code := denialIn(line)
	if code == "" {
		return codes
	}
	for _, d := range denials {
		if slices.Contains(codes, string(d.code)) {
			return codes
		}
	}
	return append(codes, string(code))
}
