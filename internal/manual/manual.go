// Package manual creates the pages of the manual out of the tables that the task itself works by: a page for each code of
// the catalogue, for each check, and for the situations around a connection that no code names; as text for a terminal,
// as Markdown for docs, and as data for JSON.
//
// It is pure: it opens nothing, prints nothing, and knows nothing of a particular run or connection.
package manual

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"
	"armpreflight/internal/creation"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/preflight"
	"armpreflight/internal/reading"
)

// A Page explains one code.
type Page struct {
	Code       diagnosis.Code `json:"code"`
	Title      string         `json:"title"`
	Means      string         `json:"means"`
	Causes     []string       `json:"causes"`
	Fixes      []Fix          `json:"fixes"`
	Confirm    string         `json:"confirm"`
	Retry      string         `json:"retry"`
	Confidence string         `json:"confidence"`
	Links      []string       `json:"links,omitempty"`
	Checks     []string       `json:"checks,omitempty"` // IDs of the run's checks that can give it
	Verbs      []Finder       `json:"verbs,omitempty"`  // the other verbs that can
	Topics     []string       `json:"topics,omitempty"` // places in docs
	Since      string         `json:"since"`
	Also       []string       `json:"-"` // in Markdown, the aliases that have no page of their own; empty in the program, which shows each code its own
	Compared   string         `json:"-"` // in Markdown, what the facts were compared with and when; empty in the program, which doesn't carry it
}

// A Finder is a verb that gives a code.
type Finder struct {
	Verb   string   `json:"verb"`
	Checks []string `json:"checks,omitempty"` // IDs, where the verb has checks
}

// A Fix is what one role does.
type Fix struct {
	For   string           `json:"for,omitempty"` // when it is the one; empty: always
	Who   diagnosis.Person `json:"who"`
	Steps []string         `json:"steps"`
}

// Pages gives the page of every code, in the order of the codes. They are made once and not to be changed.
var Pages = sync.OnceValue(func() []Page {
	entries := diagnosis.Entries()
	pages := make([]Page, len(entries))
	for i, e := range entries {
		pages[i] = Of(e)
	}
	return pages
})

// Of creates the page of an entry.
func Of(e diagnosis.Entry) Page { return page(e, e.Plain()) }

// About creates the page of an entry for a message that is about it, with the values that the message has.
func About(c reading.Cause) Page { return page(c.Entry, c.Page()) }

func page(e diagnosis.Entry, plain catalogue.Plain) Page {
	p := Page{
		Code: e.Code, Title: sentence(plain.Title), Means: plain.Means, Causes: plain.Causes, Confirm: plain.Confirm, Retry: retryWords(e),
		Confidence: confidenceWords[e.Confidence], Links: e.Links, Since: e.Since,
	}
	if !e.Unlisted() {
		p.Checks, p.Verbs = idsGiving(preflight.All(), e.Code), verbsGiving(e)
	}
	if e.Retry == diagnosis.RetryTransient && len(p.Checks)+len(p.Verbs) > 0 {
		p.Retry += "; ARM Preflight retries automatically within its time limit"
	}
	fixes := withoutUnsure(plain.Fixes)
	for i, f := range fixes {
		when := label(f.Fix, len(fixes) > 1)
		if when == otherwise && i == 0 {
			when = "none of the cases below applies"
		}
		p.Fixes = append(p.Fixes, Fix{For: when, Who: f.Who, Steps: f.Steps})
	}
	for _, t := range Topics() {
		if slices.Contains(t.Codes, e.Code) {
			p.Topics = append(p.Topics, t.Place())
		}
	}
	return p
}

// withoutUnsure leaves out what is for a run that doesn't know who created the connection, where there is a fix for both
// cases: a reader knows or can look.
func withoutUnsure(fixes []catalogue.PlainFix) []catalogue.PlainFix {
	forMode := func(mode diagnosis.Mode) bool {
		return slices.ContainsFunc(fixes, func(f catalogue.PlainFix) bool {
			return len(f.Schemes) == 0 && f.With == "" && slices.Equal(f.Modes, []diagnosis.Mode{mode})
		})
	}
	if !forMode(diagnosis.ModeAutomatic) || !forMode(diagnosis.ModeManual) {
		return fixes
	}
	return slices.DeleteFunc(slices.Clone(fixes), func(f catalogue.PlainFix) bool {
		return len(f.Schemes)+len(f.Modes) == 0 && f.With == ""
	})
}

// otherwise is the label of a fix for every case that no other fix is for.
const otherwise = "in all other cases"

// label says when a fix applies.
func label(f catalogue.Fix, oneOfSeveral bool) string {
	var schemes, parts []string
	for _, s := range f.Schemes {
		schemes = append(schemes, catalogue.Label(string(s)))
	}
	if len(schemes) > 0 {
		parts = append(parts, "the connection uses "+strings.Join(schemes, " or "))
	}
	for _, m := range f.Modes {
		parts = append(parts, catalogue.Label(string(m)))
	}
	if f.With != "" {
		parts = append(parts, catalogue.Label(f.With))
	}
	if len(parts) == 0 && oneOfSeveral {
		return otherwise
	}
	return strings.Join(parts, "; ")
}

var confidenceWords = map[diagnosis.Confidence]string{
	diagnosis.Certain: "documented: Microsoft or the tool says what the code means, or the task compared the values itself",
	diagnosis.Likely:  "observed: several causes return this code, or its message is known only from reports",
	diagnosis.Guess:   "not confirmed: only a status or a format is known, so read the service's own message first",
}

func retryWords(e diagnosis.Entry) string {
	if e.Unlisted() {
		return "helps only if the message says that something is busy or still changing"
	}
	switch e.Retry {
	case diagnosis.RetryTransient:
		return "can help, because the cause can pass on its own"
	case diagnosis.RetryPropagation:
		if e.Bound == time.Minute {
			return "helps only within a minute of a change, until the change has propagated"
		}
		return fmt.Sprintf("helps only within %d minutes of a change, until the change has propagated", int(e.Bound.Minutes()))
	default:
		return "doesn't help until someone fixes the cause"
	}
}

// sentence begins a title with a capital.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if first, _, _ := strings.Cut(text, " "); strings.Contains(first, ".") {
		return text // the name of a host
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// Topics gives the situations, in the order in which a connection meets them.
var Topics = sync.OnceValue(func() []Topic {
	var all []Topic
	for _, t := range catalogue.Topics() {
		topic := Topic{Title: t.Title, Says: t.Says, Phrases: t.Phrases, Means: t.Means, Finds: t.Finds, Checks: t.Checks, Codes: t.Codes, Beware: t.Beware}
		for _, f := range t.Fixes {
			fix := Fix(f)
			fix.Steps = nil
			for _, step := range f.Steps {
				fix.Steps = append(fix.Steps, strings.Join(catalogue.StepLines(step), "\n"))
			}
			topic.Fixes = append(topic.Fixes, fix)
		}
		all = append(all, topic)
	}
	return all
})

// Phrases gives every phrase that a topic is known by, and the topic of each.
func Phrases() (phrases []string, topics []Topic) {
	for _, t := range Topics() {
		for _, p := range t.Phrases {
			phrases, topics = append(phrases, p), append(topics, t)
		}
	}
	return phrases, topics
}

// Anchor is the end of the topic's address, as GitHub and Azure DevOps make it from the heading.
func (t Topic) Anchor() string { return anchor(t.Title) }

// Place is the topic's place in the repository.
func (t Topic) Place() string { return "docs/troubleshooting.md#" + t.Anchor() }

// anchor makes the end of an address from a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, strings.ToLower(heading))
}

// verbsGiving are the verbs in addition to run that can result in a code.
func verbsGiving(e diagnosis.Entry) []Finder {
	var all []Finder
	if ids := idsGiving(creation.All(), e.Code); len(ids) > 0 {
		all = append(all, Finder{Verb: "creation", Checks: ids})
	}
	if e.Remedy != "" {
		all = append(all, Finder{Verb: "audit"})
	}
	if e.Rule != "" {
		all = append(all, Finder{Verb: "lint"})
	}
	return all
}

// idsGiving finds the checks that can result in a code, be it that they name it or the service that gives it.
func idsGiving[W any](checks []*check.Check[W], code diagnosis.Code) []string {
	var ids []string
	for _, c := range checks {
		if slices.Contains(c.Codes(), string(code)) || slices.Contains(c.Codes(), serviceOf(code).word) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// A service is a family of codes, and a heading of the index.
type service struct {
	word  string // in the codes of a check
	title string
}

var (
	ours   = service{"", "ARM Preflight"}
	entra  = service{"AADSTS", "Microsoft Entra"}
	arm    = service{"ARM", "Azure Resource Manager"}
	devops = service{"DevOps", "Azure DevOps"}
	graph  = service{"Graph", "Microsoft Graph"}
)

// services are in the order of the index.
var services = []service{entra, arm, devops, graph, ours}

func serviceOf(code diagnosis.Code) service {
	c := string(code)
	switch {
	case strings.HasPrefix(c, "AADSTS"):
		return entra
	case strings.HasPrefix(c, "TF"), strings.HasPrefix(c, "VS"), code == catalogue.TaskOrchestrationPlanSecurityException:
		return devops
	case strings.HasPrefix(c, "Authorization_"), strings.HasPrefix(c, "Directory_"):
		return graph
	case c == strings.ToLower(c) && code != catalogue.InsufficientClaims:
		return ours
	}
	return arm
}

// checkOf finds a check by its ID.
func checkOf(id string) (*check.Check[*preflight.World], bool) {
	for _, c := range preflight.All() {
		if c.ID == id {
			return c, true
		}
	}
	return nil, false
}
