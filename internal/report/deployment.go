package report

import (
	"fmt"
	"slices"
	"strings"
)

// Deployment is what a deployment needs, and what the identity has of it.
type Deployment struct {
	Certain    Counts  `json:"certain"` // of all scopes, those that aren't listed included
	Likely     Counts  `json:"likely"`
	Scopes     []Scope `json:"scopes"` // those where something isn't granted come first
	MoreScopes int     `json:"moreScopes,omitempty"`
	// Beyond is how far the identity's permissions go beyond that; empty if they couldn't be read.
	Beyond []Beyond `json:"beyond,omitempty"`
}

// Counts are numbers of permissions.
type Counts struct {
	Granted int `json:"granted"`
	Missing int `json:"missing"`
	Denied  int `json:"denied"`
	Unknown int `json:"unknown"` // they couldn't be read, or weren't checked
}

// Scope is what's needed at one scope.
type Scope struct {
	Scope   string `json:"scope"` // an ARM ID; "/" is the tenant; with {subscription} and the like where the files don't say which
	Name    string `json:"name"`  // in a few words
	Certain Counts `json:"certain"`
	Likely  Counts `json:"likely"`
	Needs   []Need `json:"needs"` // what isn't granted first; fewer than the counts say if there are too many
}

// Need is a permission that's needed.
type Need struct {
	Action     string    `json:"action"`
	DataAction bool      `json:"dataAction,omitempty"`
	Certainty  Certainty `json:"certainty"`
	State      NeedState `json:"state"`
	Because    string    `json:"because,omitempty"` // where the files say so; only of what isn't granted
}

// NeedState is what became of a need.
type NeedState string

// The states of a need.
const (
	NeedGranted NeedState = "granted"
	NeedMissing NeedState = "missing"
	NeedDenied  NeedState = "denied" // by a deny assignment
	NeedUnknown NeedState = "unknown"
)

// Certainty is how sure a need is.
type Certainty string

// Certain and Likely are as package deployment has them.
const (
	Certain Certainty = "certain"
	Likely  Certainty = "likely"
)

// Beyond is what the identity may do in addition to what's needed, at scopes where that's the same.
type Beyond struct {
	Scopes      []string `json:"scopes"` // in a few words
	MoreScopes  int      `json:"moreScopes,omitempty"`
	Role        string   `json:"role,omitempty"`    // that has as much: Owner, Contributor, or Owner under a condition
	Actions     []string `json:"actions,omitempty"` // if there's no such role; none: nothing else
	MoreActions int      `json:"moreActions,omitempty"`
}

// Bounds on what a report lists of a deployment.
const (
	mostScopes = 200
	mostNeeds  = 2000
	mostBeyond = 20 // entries, and scopes and actions of each
)

// NewDeployment counts the needs of scopes, and keeps as many as a report lists.
func NewDeployment(scopes []Scope, beyond []Beyond) *Deployment {
	d := &Deployment{Scopes: []Scope{}}
	left := mostNeeds
	for i, s := range scopes {
		s.Certain, s.Likely = Counts{}, Counts{}
		for _, n := range s.Needs {
			if n.Certainty == Certain {
				s.Certain.add(n.State)
				d.Certain.add(n.State)
			} else {
				s.Likely.add(n.State)
				d.Likely.add(n.State)
			}
		}
		if i >= mostScopes {
			d.MoreScopes++
			continue
		}
		s.Needs = slices.Clone(s.Needs[:min(len(s.Needs), left)])
		left -= len(s.Needs)
		d.Scopes = append(d.Scopes, s)
	}
	for _, b := range beyond[:min(len(beyond), mostBeyond)] {
		b.MoreScopes, b.Scopes = max(len(b.Scopes)-mostBeyond, 0), b.Scopes[:min(len(b.Scopes), mostBeyond)]
		b.MoreActions, b.Actions = max(len(b.Actions)-mostBeyond, 0), b.Actions[:min(len(b.Actions), mostBeyond)]
		d.Beyond = append(d.Beyond, b)
	}
	return d
}

func (c *Counts) add(state NeedState) {
	switch state {
	case NeedGranted:
		c.Granted++
	case NeedMissing:
		c.Missing++
	case NeedDenied:
		c.Denied++
	default:
		c.Unknown++
	}
}

// read returns why a saved one isn't what a run writes; nil if it is.
func (d *Deployment) read() error {
	if d == nil {
		return nil
	}
	ok := d.MoreScopes >= 0 && d.Certain.ok() && d.Likely.ok()
	for _, b := range d.Beyond {
		ok = ok && min(b.MoreScopes, b.MoreActions) >= 0
	}
	for _, s := range d.Scopes {
		ok = ok && s.Certain.ok() && s.Likely.ok()
		for _, n := range s.Needs {
			if n.Certainty != Certain && n.Certainty != Likely || !slices.Contains([]NeedState{NeedGranted, NeedMissing, NeedDenied, NeedUnknown}, n.State) {
				return errUnknownState
			}
		}
	}
	if !ok {
		return fmt.Errorf("%w: a number in it is below 0", ErrNoReport)
	}
	return nil
}

func (c Counts) ok() bool { return min(c.Granted, c.Missing, c.Denied, c.Unknown) >= 0 }

func (d Deployment) cleaned(clean func(string) string, all func([]string) []string) *Deployment {
	d.Scopes, d.Beyond = slices.Clone(d.Scopes), slices.Clone(d.Beyond)
	for i := range d.Scopes {
		s := &d.Scopes[i]
		s.Scope, s.Name, s.Needs = clean(s.Scope), clean(s.Name), slices.Clone(s.Needs)
		for j := range s.Needs {
			n := &s.Needs[j]
			n.Action, n.Because = clean(n.Action), clean(n.Because)
		}
	}
	for i := range d.Beyond {
		b := &d.Beyond[i]
		b.Scopes, b.Role, b.Actions = all(b.Scopes), clean(b.Role), all(b.Actions)
	}
	return &d
}

// cell is a part of what's needed at a scope.
type cell struct {
	Label   string
	Count   int
	Certain int      // of Count
	Needs   []string // fewer than Count if there are too many
}

// Folded reports whether the names aren't news.
func (c cell) Folded() bool { return c.Label == "granted" && len(c.Needs) > 0 }

// Class is the status that it has in the page.
func (c cell) Class() string {
	switch {
	case c.Label == "granted":
		return "pass"
	case c.Label == "not known":
		return "unknown"
	case c.Certain > 0:
		return "fail"
	}
	return "warn"
}

// More is how many of them aren't listed.
func (c cell) More() int { return max(c.Count-len(c.Needs), 0) }

// cellsOf are the counts of what's granted, missing, and not known.
func cellsOf(certain, likely Counts) []cell {
	of := func(label string, certain, likely int) cell {
		return cell{Label: label, Count: certain + likely, Certain: certain}
	}
	return []cell{
		of("granted", certain.Granted, likely.Granted),
		of("missing", certain.Missing+certain.Denied, likely.Missing+likely.Denied),
		of("not known", certain.Unknown, likely.Unknown),
	}
}

// Cells are what's granted, missing, and not known at a scope.
func (s Scope) Cells() []cell {
	cells := cellsOf(s.Certain, s.Likely)
	for _, n := range s.Needs {
		cell := &cells[map[NeedState]int{NeedGranted: 0, NeedMissing: 1, NeedDenied: 1, NeedUnknown: 2}[n.State]]
		cell.Needs = append(cell.Needs, n.words())
	}
	return cells
}

// wordsOf are the counts that aren't 0, with the names of what isn't granted.
func wordsOf(cells []cell) string {
	var parts []string
	for _, c := range cells {
		switch {
		case c.Count == 0:
		case c.Label == "granted" || len(c.Needs) == 0:
			parts = append(parts, fmt.Sprintf("%d %s", c.Count, c.Label))
		default:
			parts = append(parts, fmt.Sprintf("%d %s: %s", c.Count, c.Label, listed(c.Needs, c.Count, few)))
		}
	}
	return strings.Join(parts, "; ")
}

// words are an action with what's special about it.
func (n Need) words() string {
	words := n.Action
	if n.DataAction {
		words = "data:" + words
	}
	var about []string
	if n.Certainty == Likely {
		about = append(about, "likely")
	}
	if n.State == NeedDenied {
		about = append(about, "denied")
	}
	if len(about) > 0 {
		words += " (" + strings.Join(about, ", ") + ")"
	}
	return words
}

// listed are the first few of some names.
func listed(names []string, all, most int) string {
	if all > most && len(names) >= most {
		names = append(slices.Clone(names[:most-1]), fmt.Sprintf("%d more", all-most+1))
	} else if all > len(names) {
		names = append(slices.Clone(names), fmt.Sprintf("%d more", all-len(names)))
	}
	return strings.Join(names, ", ")
}

// Sentence says how far the identity's permissions go, and where.
func (b Beyond) Sentence() string {
	what := "no rights beyond these"
	switch {
	case b.Role != "":
		what = "the rights of " + b.Role
	case len(b.Actions) > 0:
		what = "the rights to " + listed(b.Actions, len(b.Actions)+b.MoreActions, few)
	}
	return "The identity has " + what + " at " + listed(b.Scopes, len(b.Scopes)+b.MoreScopes, few) + "."
}

// few is how many scopes the log lists, and how many permissions of each.
const few = 5

// deployment writes what a deployment needs if not all of it is granted.
func (w logWriter) deployment(d Deployment) {
	label := "  needs         "
	line := func(text string) {
		w.wrapped(label, text)
		label = strings.Repeat(" ", len(label))
	}
	rest := cellsOf(d.Certain, d.Likely)                  // of what isn't shown
	shown, nothing := 0, rest[0].Count+rest[1].Count == 0 // is known of any, which a check says
	for _, s := range d.Scopes {
		cells := s.Cells()
		if shown == few || cells[1].Count+cells[2].Count == 0 || nothing {
			break
		}
		shown++
		line(s.Name + ": " + wordsOf(cells))
		for i, c := range cells {
			rest[i].Count -= c.Count
		}
	}
	if others := len(d.Scopes) + d.MoreScopes - shown; shown > 0 && others > 0 {
		line(otherScopes(others, "", "") + ": " + wordsOf(rest))
	}
}

// otherScopes counts scopes, with a verb for one and for several.
func otherScopes(n int, one, several string) string {
	if n == 1 {
		return strings.TrimSpace("1 other scope " + one)
	}
	return strings.TrimSpace(fmt.Sprintf("%d other scopes %s", n, several))
}

// Unlisted says how many scopes aren't listed; empty if all are.
func (d Deployment) Unlisted() string {
	if d.MoreScopes <= 0 {
		return ""
	}
	return otherScopes(d.MoreScopes, "isn't listed.", "aren't listed.")
}
