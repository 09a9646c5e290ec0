// Package check declares what a check is and runs a set of them.
//
// A [Check] asks one question of a world W and answers with an [Outcome]. [Run] runs a set of them. Checks
// are package-level variables; their prerequisites are Go identifiers, so a
// misspelled or cyclic dependency doesn't compile.
//
// The package knows no network, no cloud and no output. It doesn't decide
// whether a run failed: that is a question to the report.
package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Status is the result of one check. The zero value is Unknown, so a check
// that forgets to decide is never mistaken for a pass.
type Status int

// The statuses. Unknown means that the answer couldn't be determined; Skip means not asked for, not
// applicable, or blocked by another check.
const (
	Unknown Status = iota
	Pass
	Warn
	Fail
	Skip
)

func (s Status) String() string {
	return [...]string{"unknown", "pass", "warn", "fail", "skip"}[s]
}

// Gravity orders statuses by what a reader should check first: Fail, Unknown,
// Warn; Pass and Skip weigh nothing.
func (s Status) Gravity() int {
	return [...]int{Unknown: 2, Pass: 0, Warn: 1, Fail: 3, Skip: 0}[s]
}

// Codes of results that the runner itself makes.
const (
	CodeFault      = "tool-fault"   // the check panicked
	CodeCancelled  = "cancelled"    // the run was canceled before the check could tell
	CodeTimeRanOut = "time-ran-out" // the time allowed ended before the check could tell
)

// Item is one thing that a check reads: a variable, a name, a host. A non-pass
// item is a finding.
type Item struct {
	Status Status
	Code   string // diagnosis code; empty on Pass
	Text   string // what was found, in one line, in the check's own words; empty: its explanation says it
	// Finding is what the code is explained with. Its type belongs to the domain
	// that declares the checks; nil when there is nothing to add to Text.
	Finding any
	Waiver  *Waiver // the waiver that covers a finding; nil when none does
}

// Outcome is what a check decided.
type Outcome struct {
	Status Status
	Text   string   // what was found, in one line; of findings the worst item's, empty where its explanation says it
	Notes  []string // further lines worth reading that aren't findings
	Items  []Item   // findings, worst first; empty on Pass and Skip
	Facts  any      // for dependents, through FactsOf; nil when there are none
	// NotApplicable tells a Skip that dependents may ignore (the question does
	// not arise here) from one that blocks them.
	NotApplicable bool
	NotAsked      bool // of a Skip that is NotApplicable: no one asked the question
	// Aside tells an Unknown that changes no verdict, as that of an advisory check.
	Aside bool
}

// Passed is the outcome of a check that found what it hoped for. An empty text
// says that there is nothing else to tell; facts may be nil.
func Passed(text string, facts any) Outcome {
	return Outcome{Status: Pass, Text: text, Facts: facts}
}

// NotApplicable is the outcome of a check whose question doesn't arise.
// Checks that need it run anyway.
func NotApplicable(why string) Outcome {
	return Outcome{Status: Skip, Text: why, NotApplicable: true}
}

// NotAsked is the outcome of a check whose question no one put. Checks that need
// it run anyway.
func NotAsked() Outcome {
	return Outcome{Status: Skip, Text: "not requested", NotApplicable: true, NotAsked: true}
}

// Unseen is the outcome of a check that couldn't look, where that's no reason to hold up anything. It's one line for a reader,
// and never a pass; facts may be nil.
func Unseen(why string, facts any) Outcome {
	return Outcome{Status: Unknown, Text: why, Facts: facts, Aside: true}
}

// Found is the outcome of a check with findings: its status and text are those
// of the gravest item, and items are ordered gravest first. Items that passed
// are left out. It panics without a single finding, since a pass is said by Passed.
func Found(items ...Item) Outcome {
	findings := slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.Status == Pass || i.Status == Skip })
	if len(findings) == 0 {
		panic("check: Found without a finding")
	}
	slices.SortStableFunc(findings, func(a, b Item) int { return b.Status.Gravity() - a.Status.Gravity() })
	return Outcome{Status: findings[0].Status, Text: findings[0].Text, Items: findings}
}

// A Check asks one question of W.
type Check[W any] struct {
	ID    string // public, kebab-case, never reused
	Layer string // heading under which a reader finds it
	Title string // the question, in the user's words
	// Advisory checks never hold up a run for long and their Unknown never
	// changes a verdict.
	Advisory bool
	// Asked reports whether someone asked the question at all; nil: the check runs
	// in every run. It sees the world as it is before anything was checked.
	Asked func(W) bool
	Needs []*Check[W] // skipped unless each of these passed, warned or wasn't applicable
	After []*Check[W] // waited for, whatever their status
	// Codes returns what Run may return. A word in capitals represents the codes of
	// a service, which are its own. It's a function, so that a run, which needs no
	// list, doesn't build one.
	Codes func() []string

	// For those who decide whether to let a check run, in words; empty where there's nothing to say.
	Unasked string // when no one asks the question
	Quiet   string // when the question doesn't arise
	Sends   string // which requests; never empty
	Right   string // that the requests need
	Warns   string // what it only warns of

	Run func(context.Context, W, *State[W]) Outcome
}

// NoRequest is what a check sends that looks only at what is there already.
const NoRequest = "nothing: it reads what the agent gave the job"

// Validate reports the mistakes in a set of checks that the compiler can't see.
func Validate[W any](all []*Check[W]) error {
	var errs []error
	seen := map[string]bool{}
	for _, c := range all {
		if c.ID == "" || c.Layer == "" || c.Title == "" || c.Run == nil {
			errs = append(errs, fmt.Errorf("check %q: ID, Layer, Title and Run are required", c.ID))
		}
		if seen[c.ID] {
			errs = append(errs, fmt.Errorf("check %q: duplicate ID", c.ID))
		}
		seen[c.ID] = true
		for _, n := range slices.Concat(c.Needs, c.After) {
			if !slices.Contains(all, n) {
				errs = append(errs, fmt.Errorf("check %q: waits for %q, which isn't in the set", c.ID, n.ID))
			}
		}
	}
	return errors.Join(errs...)
}
