package reading

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"armpreflight/internal/evidence"
	"armpreflight/internal/lazyregexp"
)

// A Fact is a value that a message names, and the words for what it is.
type Fact struct{ Name, Value string }

// Facts are the values that a message names, in the order in which they're best read.
type Facts []Fact

// Get is a value by its name; empty when the message doesn't have it.
func (f Facts) Get(name string) string {
	for _, fact := range f {
		if fact.Name == name {
			return fact.Value
		}
	}
	return ""
}

const (
	guid   = `[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`
	who    = guid + `|\*\*\*|[A-Za-z0-9.-]{1,12}|[A-Za-z0-9._#-]{1,64}@[A-Za-z0-9.-]{1,100}`
	id     = guid + `|\*\*\*|[A-Za-z0-9.-]{1,12}`
	path   = `/[A-Za-z0-9_.()/*-]{1,500}`
	domain = `[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}`
	when   = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z|\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d(?: [AP]M)?`
	word   = `[A-Za-z0-9_.-]{1,90}`
)

// factForms are the places of values in the sentences of services and tools, the surest first: of two forms with one name, the
// second is for a text without the first. Each value has a form that
// no secret has.
var factForms = []struct {
	name string
	form *lazyregexp.Regexp
}{
	{"action", &lazyregexp.Regexp{Expression: `not have permission to perform action(?:\(s\))? '([\w./*-]{3,200})' on the linked`}},
	{"scope", &lazyregexp.Regexp{Expression: `on the linked scope(?:\(s\))? '(` + path + `)'`}},
	{"action", &lazyregexp.Regexp{Expression: `perform action(?:\(s\))? '([\w./*-]{3,200})'|Action: '([\w./*-]{3,200})'|not have (\w{3,12} \w{3,12}) permission on key vault`}},
	{"scope", &lazyregexp.Regexp{Expression: `(?:over|at|on|on the linked) scope(?:\(s\))? '(` + path + `)'|Resource: '(/subscriptions` + path + `)'`}},
	{"client", &lazyregexp.Regexp{Expression: `[Cc]lient '(` + who + `)'|appid=(` + id + `)`}},
	{"object ID", &lazyregexp.Regexp{Expression: `object id '(` + who + `)'|oid=(` + id + `)`}},
	{"calling resource", &lazyregexp.Regexp{Expression: `Caller: name=(Microsoft\.[A-Za-z]{2,60}/[A-Za-z]{2,60})\b`}},
	{"application", &lazyregexp.Regexp{Expression: `(?:(?:for|to) app|identifier|[Aa]pplication|[Nn]o subscriptions (?:were )?found for) '?(` + guid + `)\b`}},
	{"locked scope", &lazyregexp.Regexp{Expression: `scope\(s\) are locked: '(` + path + `)'`}},
	{"refused operation", &lazyregexp.Regexp{Expression: `cannot perform (\w{3,20}) operation because`}},
	{"job", &lazyregexp.Regexp{Expression: `Job (` + word + `): Step `}},
	{"step", &lazyregexp.Regexp{Expression: `Job ` + word + `: Step (` + word + `) input `}},
	{"input", &lazyregexp.Regexp{Expression: `: Step (?:` + word + ` )?input (` + word + `)`}},
	{"service connection", &lazyregexp.Regexp{Expression: `service connection (\$\([\w.]{1,80}\)|[\w .-]{1,80}?) which could not be found|service connection (` + guid + `)|provided service connection ([\w .-]{1,80}?) is of type|Service connection '(` + guid + `)' is used by`}},
	{"needed type", &lazyregexp.Regexp{Expression: `expects a service connection of type (` + word + `)`}},
	{"present type", &lazyregexp.Regexp{Expression: `provided service connection [\w .-]{1,80}? is of type ([\w-]{1,60})`}},
	{"issuer", &lazyregexp.Regexp{Expression: `(?i:assertion issuer: '?|assertion issuer '|issuer - )(https://[\w./-]{1,200})|found (https://sts\.windows\.net/` + guid + `/)`}},
	{"subject", &lazyregexp.Regexp{Expression: `(?i:assertion subject:? )'((?:sc://|/eid1/c/pub/|repo:|system:serviceaccount:)[\w ./:@-]{1,250})'|(?i:subject claim - |assertion subject: )((?:repo:|system:serviceaccount:)[\w./:@-]{1,250}\w)`}},
	{"audience", &lazyregexp.Regexp{Expression: `assertion audience '([\w:/.-]{1,120})'|[Ii]nvalid audience\. .{0,120}?found: ?([\w:/.-]{1,120}\w)`}},
	{"subscription", &lazyregexp.Regexp{Expression: `access linked subscription '(` + guid + `)'`}},
	{"subscription", &lazyregexp.Regexp{Expression: `(?:subscription(?: ID)?|of) ["'](` + guid + `)["']|subscription\((` + guid + `)\)|/subscriptions/(` + guid + `)`}},
	{"tenant", &lazyregexp.Regexp{Expression: `(?i)\btenant '?(` + guid + `)\b|TenantID is: (` + guid + `)|login\.[a-z.]+/(` + guid + `)|must match the tenant 'https://[^/' ]+/(` + guid + `)`}},
	{"resource group", &lazyregexp.Regexp{Expression: `(?i)/resourceGroups/([\w.()-]{1,90})|[Rr]esource group '([\w.()-]{1,90})'`}},
	{"key vault", &lazyregexp.Regexp{Expression: `key vault '([\w-]{3,24})|[Vv]ault: ([\w-]{3,24});|https://([\w-]{3,24})\.vault\.`}},
	{"storage account", &lazyregexp.Regexp{Expression: `[Ss]torage [Aa]ccount(?: Name)?:? ["']?([a-z0-9]{3,24})["' ]|https://([a-z0-9]{3,24})\.(?:blob|queue|table|file|dfs)\.`}},
	{"registry", &lazyregexp.Regexp{Expression: `([a-z0-9]{5,50}\.azurecr\.[a-z]{2,3})`}},
	{"cluster", &lazyregexp.Regexp{Expression: `cluster ([\w-]{1,63})\. Reason|managedClusters/([\w-]{1,63})`}},
	{"needed claim", &lazyregexp.Regexp{Expression: `'([A-Z][A-Za-z,]{2,80})' claim\(s\) are required`}},
	{"namespace", &lazyregexp.Regexp{Expression: `Resource: '(sb://[\w./$-]{1,200})'`}},
	{"database server", &lazyregexp.Regexp{Expression: `Cannot open server '([\w.-]{1,63})'`}},
	{"missing permission", &lazyregexp.Regexp{Expression: `needs ([A-Z][a-z]+(?: [A-Za-z]+){1,6}) permissions? (?:for|on|to|in)\b|You need the Git '(\w{3,40})' permission|need to be a (Creator) for service connections`}},
	{"project's identity", &lazyregexp.Regexp{Expression: `Access denied\. ([\w][\w .()-]{2,100}?) needs `}},
	{"state lock", &lazyregexp.Regexp{Expression: `Lock Info: ID: (` + guid + `) `}},
	{"service principal", &lazyregexp.Regexp{Expression: `(?:for the|Creating role assignment for) service principal '(` + guid + `)'`}},
	{"client address", &lazyregexp.Regexp{Expression: `[Cc]lient(?: address:| with IP(?: address)?) '?([0-9a-fA-F.:]{7,45}[0-9a-fA-F])`}},
	{"resource provider", &lazyregexp.Regexp{Expression: `(?:namespace|provider|Number of requests for) ["']?(Microsoft\.[A-Za-z]{2,60})|perform action '(Microsoft\.\w{2,60})/register/action'|Cannot register providers: (Microsoft\.\w+(?:, Microsoft\.\w+){0,10})`}},
	{"resource type", &lazyregexp.Regexp{Expression: `(?:resource )?type '(Microsoft\.[\w./]{2,120})'`}},
	{"requested location", &lazyregexp.Regexp{Expression: `[Ii]nvalid (?:resource group|deployment) location '([\w ]{2,40})'|provided location '([\w ]{2,40})'|in location '([\w ]{2,40})'`}},
	{"present location", &lazyregexp.Regexp{Expression: `already exists in location '([\w ]{2,40})'`}},
	{"available locations", &lazyregexp.Regexp{Expression: `available regions(?: for the resource type)? is '+([\w, ]{2,400}?)'`}},
	{"most locations", &lazyregexp.Regexp{Expression: `in at most '(\d{1,4})' locations`}},
	{"used locations", &lazyregexp.Regexp{Expression: `used for deployments: '([\w, ]{2,400})'`}},
	{"policy assignment", &lazyregexp.Regexp{Expression: `"policyAssignment":\{"name":"([\w ().,/-]{1,128})"`}},
	{"policy assignment", &lazyregexp.Regexp{Expression: `"policyAssignmentDisplayName":"([\w ().,/-]{1,128})"`}},
	{"policy definition", &lazyregexp.Regexp{Expression: `"policyDefinition":\{"name":"([\w ().,/-]{1,128})"`}},
	{"policy definition", &lazyregexp.Regexp{Expression: `"policyDefinitionDisplayName":"([\w ().,/-]{1,128})"`}},
	{"policy's reason", &lazyregexp.Regexp{Expression: `disallowed by policy\. Reasons?: '([\w ().,:/-]{1,200})'`}},
	{"refused resource", &lazyregexp.Regexp{Expression: `Resource '([\w.-]{1,90})' was disallowed`}},
	{"quota", &lazyregexp.Regexp{Expression: `exceeding approved ([\w -]{2,60}) quota|exceeding quota limits of ([\w]{2,40})|Current Limit \(([\w ]{2,40})\)`}},
	{"quota's location", &lazyregexp.Regexp{Expression: `Additional details - .{0,60}Location: ([\w ]{2,30}?)[,\s]`}},
	{"limit", &lazyregexp.Regexp{Expression: `Current Limit(?: \([\w ]{2,40}\))?: (\d{1,9})|exceeded the limit of '(\d{1,9})'|Maximum allowed: (\d{1,9})`}},
	{"used", &lazyregexp.Regexp{Expression: `Current Usage: (\d{1,9})|Current in use: (\d{1,9})`}},
	{"needed", &lazyregexp.Regexp{Expression: `New Limit (?:Required|that you should request to enable this deployment): (\d{1,9})|Additional requested: (\d{1,9})`}},
	{"interval", &lazyregexp.Regexp{Expression: `for time interval '([\d:.]{4,16})'`}},
	{"retry after", &lazyregexp.Regexp{Expression: `try again after '(\d{1,6})' seconds`}},
	{"host", &lazyregexp.Regexp{Expression: `host='(` + domain + `)'|getaddrinfo [A-Z_]{4,12} (` + domain + `)|lookup (` + domain + `)|resolved: '(` + domain + `)'|https?://(` + domain + `)[/:"' ]`}},
	{"proxy", &lazyregexp.Regexp{Expression: `proxyconnect tcp: dial tcp (?:lookup )?(` + domain + `(?::\d{2,5})?)`}},
	{"HTTP status", &lazyregexp.Regexp{Expression: `(?:http error:|HTTP (?:status|ERROR)|[Ss]tatus [Cc]ode:|StatusCode=|unexpected status|ERROR CODE:|RESPONSE|indicate success:) '?([1-5]\d\d)\b`}},
	{"now", &lazyregexp.Regexp{Expression: `Current time: (` + when + `)|current UTC time '(` + when + `)'`}},
	{"valid from", &lazyregexp.Regexp{Expression: `assertion valid from (` + when + `)`}},
	{"valid until", &lazyregexp.Regexp{Expression: `expiry time of assertion (` + when + `)|expiry UTC time '(` + when + `)'`}},
}

// onlyNamed are hosts that a message only names: it sends its reader there, or it's the issuer or the audience of a token.
var onlyNamed = &lazyregexp.Regexp{Expression: `^(?:aka\.ms|go\.microsoft\.com|(?:docs|learn|azure)\.microsoft\.com|(?:www\.)?microsoft\.com|sts\.windows\.net|management\.core\.windows\.net|storage\.azure\.com|vault\.azure\.net|github\.com|registry\.terraform\.io|www\.terraform\.io)$`}

// afterGroups are words that follow resourceGroups where there's no name.
var afterGroups = &lazyregexp.Regexp{Expression: `^(?i:providers|read|write|delete|action|deployments|validate|exporttemplate)$`}

// opaque is a value that could be a personal access token or another key, and no name that someone chose.
var opaque = &lazyregexp.Regexp{Expression: `[A-Za-z0-9]{40}`}

// factsIn reads the values out of a message, in one line or in several. What looks like a credential is left out.
func factsIn(text string) Facts {
	text = oneLine(evidence.Scrub(text))
	var facts Facts
	for _, f := range factForms {
		if facts.Get(f.name) != "" {
			continue
		}
		value := firstOf(f.name, f.form.FindAllStringSubmatch(text, 8))
		if value == "" || strings.Contains(value, "eyJ") || opaque.MatchString(value) {
			continue
		}
		if value == "***" {
			value = "masked by the agent"
		}
		if f.name == "scope" {
			value = assignable(value)
		}
		facts = append(facts, Fact{f.name, value})
	}
	return facts.computed()
}

// assignable is the scope that can have a role assignment: the one that an assignment, a deployment, or a kind of credential is for.
func assignable(scope string) string {
	for _, part := range []string{"/providers/Microsoft.Authorization/roleAssignments/", "/providers/Microsoft.Resources/deployments/", "/accessProfiles/"} {
		scope, _, _ = strings.Cut(scope, part)
	}
	return cmp.Or(scope, "/")
}

// firstOf is the first value of some matches that can be what the name says; empty if none can.
func firstOf(name string, matches [][]string) string {
	for _, m := range matches {
		value := strings.TrimSpace(cmp.Or(m[1:]...))
		switch _, err := netip.ParseAddr(value); {
		case name == "client address" && err != nil: // such as one whose end is masked
		case name == "host" && onlyNamed.MatchString(value):
		case name == "resource group" && afterGroups.MatchString(value): // of an action, or without a name
		default:
			return value
		}
	}
	return ""
}

// computed adds what follows from the values together.
func (f Facts) computed() Facts {
	now, from, until := moment(f.Get("now")), moment(f.Get("valid from")), moment(f.Get("valid until"))
	switch {
	case now.IsZero() || until.IsZero():
	case now.After(until):
		f = append(f, Fact{"too late by", span(now.Sub(until))})
	case !from.IsZero() && now.Before(from):
		f = append(f, Fact{"too early by", span(from.Sub(now))})
	}
	return f
}

func moment(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "1/2/2006 3:04:05 PM", "1/2/2006 15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

// span writes a time in words: 3 h 32 min, 12 s.
func span(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}
