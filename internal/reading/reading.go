// Package reading finds out what a pasted text or the log of a run comes down to: the errors in it, the cause of each, the
// values that it names, and the page of the catalogue for a reader who has that text ([Read], [Cause.Page]). It finds the entry
// of a code in any spelling, too ([Find], [Nearest]). The verb explain prints what it finds.
//
// It sends no requests, prints nothing, and doesn't know the connection: package diagnosis explains an answer that a run got
// itself. How codes are written is up to package codetext. From a text, only codes, values of known forms, and the message
// of an error that the catalogue doesn't have are meant to be shown.
package reading

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/codetext"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/lazyregexp"
)

// A Reading is what a pasted text or a log comes down to.
type Reading struct {
	Mentions codetext.Mentions
	Causes   []Cause   // in the order in which the reader should act
	Failures []Failure // the steps of a log that failed, in its order

	about bool // there are words of Azure in it
}

// A Cause is one failure that a text reports.
type Cause struct {
	Entry catalogue.Entry
	Way   []catalogue.Code // what's around it in the text: its outer codes and sentences
	Facts Facts
	said  saying // the innermost error of the text, where nothing that's known is inside the wrappers
	At    Message
	Line  int       // of its message, the first line that names it; where none does on its own, the first one
	Also  []Message // other errors of a log with the same cause
}

// A Failure is a step of a log with an error.
type Failure struct {
	At   Message        // its first error that says what it is; otherwise its first
	Code catalogue.Code // of the cause that the error leads to; empty if it reports nothing that's known
}

// Read finds the causes in a text of any size, and the codes and the phrases (in lower case) that it names.
func Read(r io.Reader, phrases ...string) (Reading, error) {
	var log logReader
	found, err := scan(r, &log, phrases...)
	reading := Reading{Mentions: found}
	pasted := log.pasted()
	reading.about = pasted.Text == "" || aboutAzure.MatchString(pasted.Text)
	if pasted.Text != "" && !log.hasSteps {
		// What leads is judged by the whole text: its parts explain each other.
		reading.add(pasted)
	}
	for _, e := range log.errors {
		reading.add(e)
	}
	reading.order()
	return reading, err
}

// add takes what a message comes down to.
func (r *Reading) add(m Message) {
	c, ok := causeIn(m)
	if m.Step != "" {
		r.failed(m, c.Entry.Code)
	}
	if !ok {
		return
	}
	if i := slices.IndexFunc(r.Causes, func(known Cause) bool { return known.same(c) }); i >= 0 {
		known := &r.Causes[i]
		if !sameStep(m, known.At) && !slices.ContainsFunc(known.Also, func(a Message) bool { return sameStep(a, m) }) {
			known.Also = append(known.Also, m)
		}
		return
	}
	c.Line = m.Line + firstLine(m.Text, c.Entry)
	r.Causes = append(r.Causes, c)
}

// firstLine is the number, from 0, of the first line of a text with the words or the code of a sign of an entry; 0 if there's none.
func firstLine(text string, e catalogue.Entry) int {
	for i, line := range strings.Split(strings.ToLower(text), "\n") {
		if slices.ContainsFunc(e.Signs, func(s catalogue.Sign) bool {
			words := cmp.Or(s.Phrase, strings.ToLower(s.Code))
			return words != "" && strings.Contains(line, words)
		}) {
			return i
		}
	}
	return 0
}

// sameAdvice says whether a code has the explanation of an entry.
func sameAdvice(code catalogue.Code, e catalogue.Entry) bool {
	other, known := catalogue.Lookup(code)
	return known && other.Advice == e.Advice
}

// same says whether two errors have one explanation.
func (c Cause) same(other Cause) bool {
	return c.Entry.Advice == other.Entry.Advice && (!c.Entry.Unlisted() || c.Entry.Code == other.Entry.Code)
}

func sameStep(a, b Message) bool {
	return a.Step == b.Step && a.Job == b.Job && a.JobNumber == b.JobNumber
}

// failed notes an error of a step: of several, the first one whose cause is known, and of those the one that wraps least.
func (r *Reading) failed(m Message, code catalogue.Code) {
	i := slices.IndexFunc(r.Failures, func(f Failure) bool { return sameStep(f.At, m) })
	if i < 0 {
		r.Failures = append(r.Failures, Failure{m, code})
		return
	}
	known := &r.Failures[i]
	e, isCode := catalogue.Lookup(code)
	before, wasCode := catalogue.Lookup(known.Code)
	if isCode && (!wasCode || e.Wraps < before.Wraps) {
		*known = Failure{m, code}
	}
}

// order drops what's only the way to another cause, and puts first what needs action first.
func (r *Reading) order() {
	isWay := func(c Cause) bool {
		return slices.ContainsFunc(r.Causes, func(other Cause) bool {
			if c.Entry.Unlisted() && c.At.Step != "" && !sameStep(c.At, other.At) {
				return false // it's of another step, and has no explanation
			}
			return other.Entry.Code != c.Entry.Code && (slices.Contains(other.Way, c.Entry.Code) || c.Entry.Wraps > other.Entry.Wraps)
		})
	}
	kept := slices.DeleteFunc(slices.Clone(r.Causes), isWay)
	if len(kept) > 0 {
		r.Causes = kept
	}
	slices.SortStableFunc(r.Causes, func(a, b Cause) int {
		return cmp.Compare(later(a.Entry), later(b.Entry))
	})
}

// Claims says whether a code that the text names needs an explanation: a word that others use as well does if the text is
// about Azure.
func (r Reading) Claims(code catalogue.Code, spoken bool) bool {
	if spoken && len(r.Causes) > 0 && !slices.ContainsFunc(r.Causes, func(c Cause) bool { return c.Entry.Code == code || slices.Contains(c.Way, code) }) {
		return false // a longer sentence, or a code next to it, says what it's about
	}
	e, _ := catalogue.Lookup(code)
	return !e.General || slices.ContainsFunc(r.Causes, func(c Cause) bool { return c.Entry.Code == code || slices.Contains(c.Way, code) }) || r.about
}

// later is 1 for what may pass without a fix.
func later(e catalogue.Entry) int {
	if e.Retry == catalogue.RetryTransient {
		return 1
	}
	return 0
}

// causeIn finds what a message comes down to; false if it reports nothing that's known.
func causeIn(m Message) (Cause, bool) {
	lines := m.plain()
	line := oneLine(lines)
	codes := withDenial(codetext.Codes(lines, knownOrSign), line)
	about := aboutAzure.MatchString(line)
	var fits []diagnosis.Candidate
	for _, c := range diagnosis.Candidates(evidence.Evidence{Codes: codes, Message: line}) {
		if about || claims(c) {
			fits = append(fits, c)
		}
	}
	if len(fits) == 0 {
		cause := Cause{At: m, Facts: factsIn(line)}
		if aService.MatchString(lines) && (about || ofSignIn.MatchString(lines)) {
			cause.inner(lines)
		}
		return cause, cause.Entry.Unlisted()
	}
	slices.SortStableFunc(fits, func(a, b diagnosis.Candidate) int {
		return cmp.Compare(a.Entry.Wraps, b.Entry.Wraps) // of those that wrap as much, the one that fits best stays first
	})
	lead := fits[0].Entry
	cause := Cause{Entry: lead, At: m, Facts: factsIn(line)}
	// A sign of code and words speaks for an entry of ours; the code itself is then on the way to it.
	for _, code := range codes {
		if e, ok := catalogue.Lookup(catalogue.Code(code)); ok && e.Code != lead.Code && !slices.Contains(cause.Way, e.Code) {
			cause.Way = append(cause.Way, e.Code)
		}
	}
	for _, c := range fits[1:] {
		if c.Entry.Wraps > 0 && c.Entry.Advice != lead.Advice && !slices.ContainsFunc(cause.Way, func(code catalogue.Code) bool { return sameAdvice(code, c.Entry) }) {
			cause.Way = append(cause.Way, c.Entry.Code)
		}
	}
	if lead.Wraps >= onlyWraps {
		cause.inner(lines)
		if cause.Entry.Code != lead.Code {
			cause.Way = slices.DeleteFunc(cause.Way, func(code catalogue.Code) bool { return code == cause.Entry.Code || code == lead.Code })
			cause.Way = slices.Insert(cause.Way, 0, lead.Code)
		}
	}
	return cause, true
}

// aboutAzure are the words without which a general word or a failure of the network may be about anything.
var aboutAzure = &lazyregexp.Regexp{Expression: `(?i)azure|microsoft|aadsts|msal|msi\b|entra\b|windows\.net|visualstudio\.com|169\.254\.169\.254|service connection|service principal|/subscriptions/|connectedservicename|\bx-ms-|tracking id '|deployment what-if|\bbicep (?:version|cli\b)`}

// claims says whether a message is about an entry even where nothing else in it is about Azure.
func claims(c diagnosis.Candidate) bool {
	code := string(c.Entry.Code)
	switch {
	case strings.HasPrefix(code, "AADSTS"), strings.HasPrefix(code, "TF"), strings.HasPrefix(code, "VS"):
		return true
	case c.Entry.General:
		return false
	case c.ByCode():
		return true
	}
	return c.Words() >= 20
}
