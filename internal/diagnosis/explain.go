package diagnosis

import (
	"net/http"
	"strings"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
)

// Situation is what's known about the connection and the machine of this run. Empty fields aren't known; texts then
// use general words. ClientID is shortened by the caller: the agent masks the whole one.
type Situation struct {
	Connection, ConnectionLink, Description string
	TenantID, ClientID                      string
	Subscription, Scope, Cloud, Agent       string
	SubscriptionID                          string // follows Subscription if that's a name
	Project, Person                         string // of a connection that doesn't exist yet, and who creates it
	Hosted                                  bool   // Microsoft-hosted agent
	Scheme                                  Scheme
	Mode                                    Mode
	ObjectID                                string
	Making                                  bool // someone is about to create a connection: there's no job yet

	// Hide takes out of every value what must not be shown, before a text is cut to its length. Nil takes out nothing.
	Hide secret.Filter
}

// Diagnosis is an explained code: all a report needs, as plain text. Evidence is nil for a finding of our own.
type Diagnosis struct {
	Code       Code
	Headline   string // reads alone, at most 240 characters
	Cause      string
	Who        Person
	Steps      []string // not numbered; every second line of one is a command or a URL
	Decisive   []int    // the numbers of the steps that matter most, from 1; nil for a diagnosis without steps
	Link       string   // empty if there is none
	Ask        string   // who can help; empty if no one is named
	Evidence   *evidence.Evidence
	Confidence Confidence
	Bound      time.Duration // how long after a change it may go away without a fix; zero if it doesn't
}

// Finding is what a check found, not yet explained: it goes with the code and the status of a check.Item.
type Finding struct {
	Facts    catalogue.Facts    // a type of package facts; nil if nothing is known in addition to the situation and the evidence
	Evidence *evidence.Evidence //  nil when no answer is behind it
}

const (
	maxHeadline = 240
	maxValue    = 512 // of a value inside a sentence, in characters
)

// Explain writes out what a code means in this situation. A code that the catalogue doesn't have gets a diagnosis of
// its own that shows what the service returned. The facts override what the situation or the evidence has under
// the same name. Facts and evidence may be nil.
func Explain(code Code, s Situation, f catalogue.Facts, ev *evidence.Evidence) Diagnosis {
	entry, ok := Lookup(code)
	if !ok {
		entry = catalogue.Unknown(code)
	}
	values := catalogue.Gather(func(text string) string { return s.Hide.Line(text, maxValue) }, s.facts(code), factsOf(ev, code), f)
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
	d.Steps, d.Decisive = steps(fix, values)
	if fix.Who != PipelineAuthor && fix.Who != NetworkAdministrator {
		d.Ask = s.Hide.Line(s.Description, evidence.MaxMessage)
	}
	return d
}

// ExplainEvidence explains the code that CodeOf finds for the evidence.
func ExplainEvidence(ev evidence.Evidence, s Situation, f catalogue.Facts) Diagnosis {
	return Explain(CodeOf(ev), s, f, &ev)
}

// CodeOf is the code of the entry that fits the evidence best. Evidence that fits none keeps its own deepest code; without one,
// it's unexpected-answer or, if there was no answer, network-failure.
func CodeOf(ev evidence.Evidence) Code {
	if code := Match(&ev).Code; code != "" {
		return Code(code)
	}
	switch n := len(ev.Codes); {
	case ev.Network != evidence.None:
		return catalogue.NetworkFailure
	case n > 0 && !isOurs(Code(ev.Codes[n-1])):
		// A service may send a word that is a code of ours; it doesn't mean what ours means.
		return Code(ev.Codes[n-1])
	}
	return catalogue.UnexpectedAnswer
}

// who acts: if there's no pipeline yet, the person who wants one acts.
func (s Situation) who(f catalogue.Fix) Person {
	if s.Making && f.Who == PipelineAuthor {
		return ConnectionMaker
	}
	return f.Who
}

// steps are the steps of a fix, and the numbers of those in bold, or of the first that changes something if no step is bold.
func steps(fix catalogue.Fix, values catalogue.Values) (all []string, decisive []int) {
	pasteable := values.Without(meansToShell)
	changes := 0
	for _, step := range fix.Steps {
		text, known := step.Choose(values), values
		if strings.Contains(text, "`") {
			text, known = step.Choose(pasteable), pasteable
		}
		if text == "" {
			continue
		}
		lines := catalogue.StepLines(text)
		for i, line := range lines {
			lines[i] = catalogue.Fill(line, known)
		}
		all = append(all, strings.Join(lines, "\n"))
		switch {
		case catalogue.Decisive(text):
			decisive = append(decisive, len(all))
		case changes == 0 && catalogue.Changes(text):
			changes = len(all)
		}
	}
	if len(decisive) == 0 && len(all) > 0 {
		decisive = []int{max(1, changes)}
	}
	return all, decisive
}

// meansToShell reports whether a value would mean something to a shell: a command is there to be pasted, and names come
// from outside. A placeholder takes its place.
func meansToShell(value string) bool { return strings.ContainsAny(value, "`$\"';&|<>\\%^!") }

func isOurs(code Code) bool {
	_, known := Lookup(code)
	return known
}

// maxCauses keeps the paragraph short: the first causes are the likely ones.
const maxCauses = 3

func cause(e Entry, values catalogue.Values) string {
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

// link is the connection's page for those who administer it; for others, the documentation, or otherwise what there is.
func link(e Entry, f catalogue.Fix, s Situation) string {
	if len(e.Links) == 0 || f.Who == ConnectionAdministrator && s.ConnectionLink != "" {
		return s.ConnectionLink
	}
	return e.Links[0]
}

// facts are what texts can name of the situation.
func (s Situation) facts(code Code) facts.Situation {
	again := "" // a job's, in the words of the catalogue
	if s.Making {
		again = "run armpreflight creation again"
	}
	return facts.Situation{
		Code: string(code), Scheme: string(s.Scheme), Mode: string(s.Mode), Hosted: s.Hosted, Making: s.Making, Again: again, Connection: s.Connection, Link: s.ConnectionLink,
		Tenant: s.TenantID, Client: s.ClientID, Object: s.ObjectID, Subscription: facts.Named{Name: s.Subscription, ID: s.SubscriptionID},
		SubscriptionID: s.SubscriptionID, Scope: s.Scope, Cloud: s.Cloud, Agent: s.Agent, Project: s.Project, Person: s.Person,
	}
}

// factsOf are what texts can name of an answer, for a code that it's explained with. Of no evidence there are none.
func factsOf(ev *evidence.Evidence, code Code) facts.Evidence {
	if ev == nil {
		return facts.Evidence{}
	}
	f := facts.Evidence{
		Service: title(ev.Service), Host: ev.Host, Action: ev.Action, Object: ev.ObjectID, Message: strings.TrimRight(ev.Message, ". "),
		Scope: ev.Scope, Linked: ev.Scope, // the answer's own, never the connection's
		Network: strings.TrimRight(ev.NetworkDetail, ". "), Correlation: ev.CorrelationID, Trace: ev.TraceID, Owner: ev.OwnerTenant,
		Status: ev.Status, General: statusMeans(ev.Status), Wait: ev.RetryAfter, ManagementGroup: ev.ManagementGroup(),
	}
	if ev.Network != evidence.None {
		f.Failure = ev.Network.String()
	}
	// The deepest code, if it isn't the explained one: a wrapper shows it.
	if n := len(ev.Codes); n > 0 && !strings.EqualFold(ev.Codes[n-1], string(code)) {
		f.Inner = ev.Codes[n-1]
	}
	return f
}

// statusMeans is what a status means on its own, for a response with nothing else known; empty for a success.
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
func title(s evidence.Service) string {
	switch s {
	case evidence.Entra:
		return "Microsoft Entra"
	case evidence.ARM:
		return "Azure Resource Manager"
	case evidence.DevOps:
		return "Azure DevOps"
	case evidence.ManagedIdentity:
		return "the managed identity endpoint"
	case evidence.Graph:
		return "Microsoft Graph"
	default:
		return string(s)
	}
}
