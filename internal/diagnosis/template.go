package diagnosis

import (
	"regexp"
	"slices"
	"strings"
)

// The texts of the catalogue are templates. {name} is a value; [ … ] stays only when every value in it is known;
// [name|…] and [name=value|…] stay only when the value
// is known, or is that one; a "!" before the name turns that round. Values are data: what they contain is
// never read as a template. [[ and ]] are brackets of the text itself.
//
// A value that is not known outside brackets leaves a readable sentence: "connection '{connection}'" becomes "the
// connection", and any other the words of unknown.

// unknown has every placeholder that texts may use, with the words for a value that is not known.
var unknown = map[string]string{
	// the situation
	"connection": "the connection", "tenant": "the connection's tenant", "client": "the application", "subscription": "the subscription",
	"scope": "the scope of the connection", "cloud": "this cloud", "link": "the connection's page", "object": "the connection's identity",
	"agent": "the agent",
	// what the evidence adds
	"service": "the service", "host": "the host", "status": "an error", "action": "the action", "message": "no text",
	"owner": "another tenant", "correlation": "of the raw evidence", "trace": "of the raw evidence", "wait": "a while", "managementgroup": "the group",
	"failure": "a network failure", "network": "no details",
	// the facts of one finding
	"input": "the input", "variable": "the variable", "value": "another value", "expected": "another value", "exists": "unknown",
	"field": "a field", "detail": "no details", "date": "that day", "days": "some", "segment": "a part", "position": "some position",
	"case": "unknown", "issuer": "unknown", "agree": "unknown", "reason": "unknown", "state": "another state", "seconds": "the given", "skew": "wrong", "group": "the resource group", "code": "a code", "inner": "another code", "general": "the request was not served", "hosted": "unknown", "queued": "unknown", "scheme": "unknown",
	"subscriptionid": "<subscription id>", "provider": "<namespace>", "role": "<role>", "lock": "<lock>", "allowed": "unknown", "given": "unknown", "unsure": "unknown",
	// an audit
	"count": "several", "projects": "its projects", "names": "other connections", "credential": "a secret or certificate",
	"person": "this person", "project": "the project", "right": "a right", "number": "some",
	// the lint
	"task": "the task", "job": "the job",
}

var (
	bracket     = regexp.MustCompile(`\[(?:(!?[a-z]+)(=[^|\]{}]*)?\|)?([^\[\]]*)\]`)
	placeholder = regexp.MustCompile(`(?:\b(the )?([a-z]+) )?('?)\{([a-z]+)\}('?)`)
	name        = regexp.MustCompile(`\{([a-z]+)\}`)
)

// Brackets of the text itself step aside while the others are read. Values hold no control characters.
var (
	toMarks   = strings.NewReplacer("[[", "\x01", "]]", "\x02")
	fromMarks = strings.NewReplacer("\x01", "[", "\x02", "]")
)

// maxValue bounds a value inside a sentence, in characters.
const maxValue = 512

// idOf is the value that stands in parentheses behind another one, the first time that this one is named in a text. A
// name may have been given to something else since; an id finds what is meant.
func idOf(name string) string { return name + " id" }

// fill puts values into a template.
func fill(template string, values map[string]string) string {
	told := map[string]bool{}
	template = toMarks.Replace(template)
	template = bracket.ReplaceAllStringFunc(template, func(part string) string {
		m := bracket.FindStringSubmatch(part)
		if m[1] != "" && !holds(m[1]+m[2], values) {
			return ""
		}
		missing := slices.ContainsFunc(name.FindAllStringSubmatch(m[3], -1), func(n []string) bool { return values[n[1]] == "" })
		if missing {
			return ""
		}
		return m[3]
	})
	return strings.TrimSpace(fromMarks.Replace(placeholder.ReplaceAllStringFunc(template, func(part string) string {
		m := placeholder.FindStringSubmatch(part)
		article, noun, before, key, after := m[1], m[2], m[3], m[4], m[5]
		if noun != "" {
			noun += " "
		}
		if value := values[key]; value != "" {
			if id := values[idOf(key)]; id != "" && !told[key] {
				told[key] = true
				after += " (" + id + ")"
			}
			return article + noun + before + value + after
		}
		if strings.TrimSpace(noun) == key {
			return "the " + key
		}
		if before == "" || after == "" {
			return article + noun + before + unknown[key] + after
		}
		return article + noun + unknown[key]
	})))
}

// holds says whether a condition is met: "name" by any value, "name=value" by that one, and either with "!" before it
// by the opposite. The empty condition always is.
func holds(condition string, values map[string]string) bool {
	if opposite, ok := strings.CutPrefix(condition, "!"); ok {
		return !holds(opposite, values)
	}
	key, want, exact := strings.Cut(condition, "=")
	switch {
	case condition == "":
		return true
	case exact:
		return strings.EqualFold(values[key], want)
	default:
		return values[key] != ""
	}
}
