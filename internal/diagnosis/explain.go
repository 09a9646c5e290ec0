package diagnosis

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/secret"
)

// Situation is what is known about the connection and the machine of this run. Empty fields are not known; texts then
// say it in general words. ClientID is shortened by the caller: the agent masks the whole one.
type Situation struct {
	Connection, ConnectionLink, Description string
	TenantID, ClientID                      string
	Subscription, Scope, Cloud, Agent       string
	SubscriptionID                          string // stands behind Subscription, where that is a name
	Project, Person                         string // of a connection that is to be made, and who is to make it
	Hosted                                  bool   // Microsoft-hosted agent
	Scheme                                  Scheme
	Mode                                    Mode
	ObjectID                                string
	Making                                  bool // a person is about to make a connection: there is no job yet

	// Hide takes out of every value what must not be shown, before a text is cut to its length. Nil takes out nothing.
	Hide secret.Filter
}

// Args are the facts of one finding, by placeholder name ("variable", "value", "expected", "date", "segment" …). They
// take the place of what the situation or the evidence says under the same name.
type Args map[string]string

// Diagnosis is an explained code: all a report needs, as plain text. Evidence is nil for a finding of our own.
type Diagnosis struct {
	Code       Code
	Headline   string // reads alone, at most 240 characters
	Cause      string
	Who        Person
	Steps      []string // not numbered
	Link       string   // empty when there is none
	Ask        string   // whom to ask; empty when nobody is named
	Evidence   *Evidence
	Confidence Confidence
	Bound      time.Duration // how long after a change it may go away by itself; zero when it does not
}

// Finding is what a check found, not yet explained: it goes with the code and the status of a check.Item.
type Finding struct {
	Args     Args
	Evidence *Evidence // nil when no answer is behind it
}

const (
	maxHeadline = 240
	maxValue    = 512 // of a value inside a sentence, in characters
)

// Explain writes out what a code means in this situation. A code that the catalogue does not have gets a diagnosis of
// its own that shows what the service said. The evidence may be nil.
func Explain(code Code, s Situation, a Args, ev *Evidence) Diagnosis {
	entry, ok := Lookup(code)
	if !ok {
		entry = catalogue.Unknown(code)
	}
	values := valuesOf(code, s, a, ev)
	fix := entry.Fix(s.Scheme, s.Mode, values)
	d := Diagnosis{
		Code:       code,
		Headline:   s.Hide.Line(entry.Headline(values), maxHeadline),
		Cause:      cause(entry, values),
		Who:        s.who(fix),
		Link:       link(entry, fix, s),
		Evidence:   ev,
		Confidence: entry.Confidence,
		Bound:      entry.Bound,
	}
	pasteable := withoutShell(values)
	for _, step := range fix.Steps {
		text, known := step.Choose(values), values
		if command.MatchString(text) {
			text, known = step.Choose(pasteable), pasteable
		}
		if s.Making {
			text = withoutJob.Replace(text)
		}
		if text = catalogue.Fill(text, known); text != "" {
			d.Steps = append(d.Steps, text)
		}
	}
	if fix.Who != PipelineAuthor && fix.Who != NetworkAdministrator {
		d.Ask = s.Hide.Line(s.Description, maxMessage)
	}
	return d
}

// ExplainEvidence explains what CodeOf makes of the evidence.
func ExplainEvidence(ev Evidence, s Situation, a Args) Diagnosis {
	return Explain(CodeOf(ev), s, a, &ev)
}

// CodeOf is the code of the entry that fits the evidence best. Evidence that fits none keeps its own deepest code, else
// it is unexpected-answer or, when there was no answer, network-failure.
func CodeOf(ev Evidence) Code {
	if entry, ok := Match(ev); ok {
		return entry.Code
	}
	switch n := len(ev.Codes); {
	case ev.Network != None:
		return catalogue.NetworkFailure
	case n > 0 && !isOurs(Code(ev.Codes[n-1])):
		// A service may send a word that is a code of ours; that says nothing of what ours means.
		return Code(ev.Codes[n-1])
	}
	return catalogue.UnexpectedAnswer
}

// Steps of the catalogue that name a job, and what takes their place while there is none.
const (
	newRun        = "Start a new run: a re-run of the failed job keeps the values that were read when the run was queued."
	askAgainStart = "Run armpreflight creation again"
)

// withoutJob puts what a person repeats in the place of a job.
var withoutJob = strings.NewReplacer(newRun, askAgainStart+".", "Re-run the failed job", askAgainStart, "re-run the failed job", "run armpreflight creation again")

// who acts: where there is no pipeline yet, the person is there who wants one.
func (s Situation) who(f catalogue.Fix) Person {
	if s.Making && f.Who == PipelineAuthor {
		return ConnectionMaker
	}
	return f.Who
}

// command finds a command line in a step.
var command = lazyregexp.New(`\baz [a-z]+ `)

// withoutShell leaves out the values that would mean something to a shell: a command is there to be pasted, and names
// come from outside. A placeholder takes their place.
func withoutShell(values map[string]string) map[string]string {
	plain := maps.Clone(values)
	maps.DeleteFunc(plain, func(_, value string) bool { return strings.ContainsAny(value, "`$\"';&|<>\\%^!") })
	return plain
}

func isOurs(code Code) bool {
	_, known := Lookup(code)
	return known
}

// maxCauses keeps the paragraph short: the first causes are the likely ones.
const maxCauses = 3

func cause(e Entry, values map[string]string) string {
	text := catalogue.Paragraph(e.Means, values)
	causes := catalogue.Sentences(e.Causes, values)
	causes = causes[:min(len(causes), maxCauses)]
	if len(causes) == 0 {
		return text
	}
	label := " Usual causes: "
	if len(causes) == 1 {
		label = " Usual cause: "
	}
	return text + label + strings.Join(causes, "; ") + "."
}

// link is the connection's page for those who administer it, else the documentation, else what there is.
func link(e Entry, f catalogue.Fix, s Situation) string {
	if len(e.Links) == 0 || f.Who == ConnectionAdministrator && s.ConnectionLink != "" {
		return s.ConnectionLink
	}
	return e.Links[0]
}

// valuesOf gathers every value that a text may name: the situation, then the evidence, then the finding's own facts.
func valuesOf(code Code, s Situation, a Args, ev *Evidence) map[string]string {
	values := map[string]string{
		"connection": s.Connection, "tenant": s.TenantID, "client": s.ClientID, "subscription": s.Subscription, "scope": s.Scope,
		"cloud": s.Cloud, "link": s.ConnectionLink, "object": s.ObjectID, "agent": s.Agent, "project": s.Project, "person": s.Person, "code": string(code),
		"scheme": string(s.Scheme), "mode": string(s.Mode),
	}
	if s.Hosted {
		values["hosted"] = "yes"
	}
	if s.SubscriptionID != "" {
		values["subscriptionid"] = s.SubscriptionID
		if !strings.EqualFold(s.Subscription, s.SubscriptionID) {
			values[catalogue.IDOf("subscription")] = s.SubscriptionID
		}
	}
	if ev != nil {
		ev.addValues(values)
	}
	maps.Copy(values, a)
	for key, value := range values {
		values[key] = s.Hide.Line(value, maxValue)
	}
	return values
}

func (ev *Evidence) addValues(values map[string]string) {
	set := func(key, value string) {
		if value != "" {
			values[key] = value
		}
	}
	set("service", ev.Service.title())
	set("host", ev.Host)
	set("action", ev.Action)
	set("scope", ev.Scope)
	set("linked", ev.Scope) // the answer's own, never the connection's
	set("object", ev.ObjectID)
	set("message", strings.TrimRight(ev.Message, ". "))
	set("network", strings.TrimRight(ev.NetworkDetail, ". "))
	set("correlation", ev.CorrelationID)
	set("trace", ev.TraceID)
	set("owner", ev.ownerTenant())
	if ev.Status > 0 {
		set("status", strconv.Itoa(ev.Status))
		set("general", statusMeans(ev.Status))
	}
	if ev.RetryAfter > 0 {
		set("wait", ev.RetryAfter.Round(time.Second).String())
	}
	if ev.Network != None {
		set("failure", ev.Network.String())
	}
	// The deepest code, where it is not the one that is explained: a wrapper shows it.
	if n := len(ev.Codes); n > 0 && !strings.EqualFold(ev.Codes[n-1], values["code"]) {
		set("inner", ev.Codes[n-1])
	}
	set("managementgroup", group(managementPattern, ev.Scope))
}

var (
	tenantPattern     = lazyregexp.New(`(?i)must match the tenant 'https://[^/']+/([0-9a-f-]{36})`)
	managementPattern = lazyregexp.New(`(?i)/managementGroups/([^/]{1,90})`)
	guidPattern       = lazyregexp.New(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// ownerTenant is the tenant that ARM says the subscription belongs to; empty when it does not say.
func (ev *Evidence) ownerTenant() string {
	if u, err := url.Parse(ev.AuthorizationURI); err == nil {
		if id := strings.Trim(u.Path, "/"); guidPattern.MatchString(id) {
			return strings.ToLower(id)
		}
	}
	return strings.ToLower(group(tenantPattern, ev.Message))
}

// statusMeans is what a status means by itself, for a response with nothing else known; empty for a success.
func statusMeans(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "the credential wasn't accepted"
	case status == http.StatusForbidden:
		return "the identity is recognized, but doesn't have permission"
	case status == http.StatusNotFound:
		return "the resource doesn't exist, or isn't visible to this identity"
	case status == http.StatusMethodNotAllowed:
		return "the URL doesn't support this request method"
	case status == http.StatusConflict, status == http.StatusPreconditionFailed:
		return "the request conflicts with something else, possibly only temporarily"
	case status == http.StatusTooManyRequests:
		return "too many requests arrived in a short time"
	case status >= 500 && status < 600:
		return "the service, or a gateway in front of it, couldn't respond"
	case status >= 400 && status < 500:
		return "the request wasn't accepted as sent"
	case status >= 300 && status < 400:
		return "the response is at another address"
	default:
		return ""
	}
}

// title is a service's name in a sentence.
func (s Service) title() string {
	switch s {
	case Entra:
		return "Microsoft Entra"
	case ARM:
		return "Azure Resource Manager"
	case DevOps:
		return "Azure DevOps"
	case ManagedIdentity:
		return "the managed identity endpoint"
	case Graph:
		return "Microsoft Graph"
	default:
		return string(s)
	}
}
