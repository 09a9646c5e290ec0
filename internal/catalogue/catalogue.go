// Package catalogue holds what ARM Preflight knows about every code: what it
// means, why it happens, who can fix it, and the steps.
//
// The texts are Markdown files, one for each entry, in the folder entries; steps
// that several entries share are in shared.md, and the addresses of pages in
// links.yaml. `go generate ./internal/catalogue` turns them into the Go tables of
// entries_gen.go, so that the program parses no Markdown and builds nothing when
// it starts. README.md next to this file describes the form of an entry.
//
// It doesn't match answers and doesn't explain: package diagnosis does (docs/adr/0008-catalogue-as-data.md).
package catalogue

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

//go:generate go run ../../tools/catalogue

// Code names a diagnosis: the upstream code where there is one ("AADSTS7000222",
// "AuthorizationFailed"), otherwise a kebab-case code of ours ("variable-unset").
// Codes are public and never reused.
type Code string

// Upstream reports whether a service gave the code its name: ours are all lower case.
func (c Code) Upstream() bool { return strings.ToLower(string(c)) != string(c) }

// Entry is one code of the catalogue. Codes with which a service means the same
// thing share an Advice.
type Entry struct {
	Code       Code
	Of         Code // the code of the entry that this is an alias of; empty for an entry of its own
	Confidence Confidence
	Signs      []Sign // what evidence must look like; nil for a code that only our own checks give
	Remedy     string // what to do in one clause, for a table of many connections; empty for a code that an audit doesn't give
	Rule       string // what the code means whatever the place; empty for a code that lint doesn't give
	Wraps      int    // how far outside of the cause it is where a text contains both: 0 for a cause, 1 to 4
	General    bool   // others use its code or its words as well: in a text, it counts only together with words of Azure
	*Advice
}

// Advice is what an entry tells a reader.
type Advice struct {
	Title   Text   // the fact, lower case; it reads alone in a list of issues
	Append  []Text // what follows the title where its values are known, in this order
	Means   []Text // what it says about this connection, in whole sentences
	Causes  []Text // usual causes, most likely first: phrases without a full stop
	Fixes   []Fix  // exactly one fits a situation best
	Confirm Text   // how a reader can make sure
	Retry   Retry
	Bound   time.Duration // RetryPropagation only: how long after a change the answer may still be the old one
	Links   []string      // documentation, best first
	Since   string        // release that first gave this code
}

// Fix is what one role does about a diagnosis.
type Fix struct {
	Schemes []Scheme // empty: any
	Modes   []Mode   // empty: any
	With    string   // a condition on the facts of the finding, as in Variant; empty: none
	Who     Person
	Steps   []Text // whole sentences; the numbers are the renderer's
}

// Fix chooses the fix that fits and asks for most. Every entry has one that asks for nothing.
func (a *Advice) Fix(scheme Scheme, mode Mode, values Values) Fix {
	var best Fix
	most := -1
	for _, f := range a.Fixes {
		if n := f.asks(); n > most && f.Fits(scheme, mode, values) {
			best, most = f, n
		}
	}
	return best
}

// asks says how much a fix asks for: a fact of this finding before the scheme, the scheme before the mode.
func (f Fix) asks() int {
	n := 0
	if f.With != "" {
		n += 4
	}
	if len(f.Schemes) > 0 {
		n += 2
	}
	if len(f.Modes) > 0 {
		n++
	}
	return n
}

// Fits reports whether a fix is for this scheme, creation mode, and finding.
func (f Fix) Fits(scheme Scheme, mode Mode, values Values) bool {
	return (len(f.Schemes) == 0 || slices.Contains(f.Schemes, scheme)) &&
		(len(f.Modes) == 0 || slices.Contains(f.Modes, mode)) &&
		Holds(f.With, values)
}

// Topic is a situation around creating and using a connection, for which there's
// often no code.
type Topic struct {
	Title   string   // a heading
	Says    []string // what people see, as it's written there
	Phrases []string // in lower case: a text that holds one is about this
	Means   string   // where it comes from
	Finds   string   // which check or verb sees it, and what it can't see
	Checks  []string // their IDs
	Codes   []Code   // what those checks give
	Fixes   []TopicFix
	Beware  []string // advice that's going round, and what it breaks
}

// TopicFix is what one role does about a topic.
type TopicFix struct {
	For   string // when it's the one; empty: always
	Who   Person
	Steps []string
}

// Topics returns the topics in the order in which a connection meets them. Don't change it.
func Topics() []Topic { return topics }

// Sign is one look that evidence can have. Every field that's set must hold.
type Sign struct {
	Code     string // this upstream code, case aside
	Family   string // this code with exactly one more digit: Entra appends digits for sub-reasons
	Service  string // the party that answered
	Network  string // how the network failed, in the words of evidence.NetworkFailure
	From, To int    // status, both ends included; 0, 0 is any
	Path     string // in lower case; contained in the path, case aside
	Phrase   string // in lower case; contained in the service's sentence or in the body, case aside
	With     string // in lower case; contained there too, to tell whose sentence the phrase is
	Without  string // in lower case; not contained there: another sentence says more
	OAuth    string // the word in the field error of an OAuth answer
	Suberror string // the word in its field suberror
	HTML     bool   // a page came where data was due
	Text     bool   // no service answered: a line of a log, or pasted text
	Server   string // start of the Server header
}

// Scheme is how the connection signs in.
type Scheme string

// The schemes that a fix can be written for.
const (
	SchemeKey             Scheme = "key"
	SchemeCertificate     Scheme = "certificate"
	SchemeFederation      Scheme = "federation"
	SchemeManagedIdentity Scheme = "managed-identity"
)

// Mode says who created the identity behind the connection; "" isn't known.
type Mode string

// The creation modes of a connection, as in its field creationMode.
const (
	ModeAutomatic Mode = "automatic" // Azure DevOps created it
	ModeManual    Mode = "manual"    // someone created it and typed it in
)

// Person is who can act.
type Person string

// The people of a fix.
const (
	PipelineAuthor          Person = "pipeline author"
	ConnectionAdministrator Person = "service connection administrator"
	SubscriptionOwner       Person = "subscription owner"
	EntraAdministrator      Person = "Entra administrator"
	NetworkAdministrator    Person = "agent or network administrator"
	ApplicationOwner        Person = "application owner"
	ConnectionMaker         Person = "you, the connection creator"
)

// Retry says whether asking again can help.
type Retry int

// The retry classes. Only RetryTransient is worth a second request on its own.
const (
	RetryNever       Retry = iota // the answer stays the same until someone acts
	RetryTransient                // the other side is busy, down, or changing
	RetryPropagation              // may disappear on its own within minutes of a change
)

// String shows a retry class in documentation.
func (r Retry) String() string {
	switch r {
	case RetryNever:
		return "never"
	case RetryTransient:
		return "transient"
	case RetryPropagation:
		return "propagation"
	default:
		return fmt.Sprintf("Retry(%d)", int(r))
	}
}

// Confidence says how much the diagnosis rests on. Its String is what a reader sees.
type Confidence int

// The degrees of confidence.
const (
	Certain Confidence = iota // documented: one documented meaning, or compared by us
	Likely                    // observed: several causes give the same answer, or the wording is only known from reports
	Guess                     // not confirmed: only a status or a shape is known, or no one has shown us the answer
)

func (c Confidence) String() string {
	switch c {
	case Certain:
		return "documented"
	case Likely:
		return "observed"
	case Guess:
		return "not confirmed"
	default:
		return fmt.Sprintf("Confidence(%d)", int(c))
	}
}

// All returns the whole catalogue, ordered by code. Don't change it.
func All() []Entry { return entries }

// Lookup finds the entry of a code; false when the catalogue doesn't have it.
func Lookup(code Code) (Entry, bool) {
	i, ok := slices.BinarySearchFunc(entries, code, func(e Entry, code Code) int { return strings.Compare(string(e.Code), string(code)) })
	if !ok {
		return Entry{}, false
	}
	return entries[i], true
}
