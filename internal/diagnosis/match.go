package diagnosis

import (
	"cmp"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"
)

// weight orders signs. The deepest code wins, since the outer ones wrap; then a code before its family; then words before
// a bare status, and more words before fewer; then the sign with more conditions.
type weight struct{ depth, exact, words, conditions int }

func (w weight) compare(other weight) int {
	return cmp.Or(cmp.Compare(w.depth, other.depth), cmp.Compare(w.exact, other.exact),
		cmp.Compare(w.words, other.words), cmp.Compare(w.conditions, other.conditions))
}

// best finds the entry that fits the evidence best; false when none fits. The order of the catalogue plays no part.
func best(ev evidence.Evidence) (Entry, bool) {
	found := Candidates(ev)
	if len(found) == 0 {
		return Entry{}, false
	}
	return found[0].Entry, true
}

// Match finds the entry that fits the evidence best and notes it there. Evidence that has its match keeps it, so that each answer is matched once.
func Match(ev *evidence.Evidence) evidence.Match {
	if !ev.Match.Done {
		entry, fits := best(*ev)
		ev.Match = evidence.Match{Done: true, Code: string(entry.Code), Transient: fits && entry.Retry == RetryTransient}
	}
	return ev.Match
}

// A Candidate is an entry that fits evidence.
type Candidate struct {
	Entry  Entry
	weight weight
}

// ByCode says whether a code of the evidence fits, and not only its words, its status, or its origin.
func (c Candidate) ByCode() bool { return c.weight.depth > 0 }

// Words is how many bytes of the evidence's words fit.
func (c Candidate) Words() int { return c.weight.words }

// Candidates gives every entry that fits, best first, each with its heaviest sign. Equal weights are a mistake in the
// catalogue that a test finds; until it's fixed, the code's name decides, so that a run can be repeated.
func Candidates(ev evidence.Evidence) []Candidate {
	var found []Candidate
	words := strings.ToLower(ev.Message + "\n" + ev.Body)
	network := ""
	if ev.Network != evidence.None {
		network = ev.Network.String()
	}
	for _, e := range catalogue.All() {
		best, fits := weight{}, false
		for i := range e.Signs {
			if w, ok := weigh(&e.Signs[i], &ev, network, words); ok && (!fits || w.compare(best) > 0) {
				best, fits = w, true
			}
		}
		if fits {
			found = append(found, Candidate{e, best})
		}
	}
	slices.SortFunc(found, func(a, b Candidate) int {
		return cmp.Or(b.weight.compare(a.weight), cmp.Compare(a.Entry.Code, b.Entry.Code))
	})
	return found
}

// weigh takes the failure of the network in words, and the evidence's words in lower case: they are the same for every sign.
func weigh(s *catalogue.Sign, ev *evidence.Evidence, network, words string) (weight, bool) {
	var w weight
	if s.Network != network {
		return w, false
	}
	if s.Code != "" || s.Family != "" {
		if w.depth, w.exact = depth(s, ev.Codes); w.depth == 0 {
			return w, false
		}
	}
	if s.Phrase != "" {
		if !strings.Contains(words, s.Phrase) {
			return w, false
		}
		w.words = len(s.Phrase)
	}
	if s.With != "" {
		if !strings.Contains(words, s.With) {
			return w, false
		}
		w.words += len(s.With)
	}
	if s.Without != "" && strings.Contains(words, s.Without) {
		return w, false
	}
	if s.OAuth != "" || s.Suberror != "" {
		if s.OAuth != "" && !strings.EqualFold(s.OAuth, ev.EntraError) || s.Suberror != "" && !strings.EqualFold(s.Suberror, ev.Suberror) {
			return w, false
		}
		w.words++
	}
	conditions := []struct{ asked, holds bool }{
		{s.Network != "", true},
		{s.Service != "", string(ev.Service) == s.Service},
		{s.From != 0, s.From <= ev.Status && ev.Status <= s.To},
		{s.From != 0 && s.From == s.To, true}, // one status says more than a range
		{s.Path != "", strings.Contains(strings.ToLower(ev.Path), s.Path)},
		{s.HTML, ev.ContentType == evidence.HTML},
		{s.Text, ev.Service == "" && ev.Status == 0},
		{s.Server != "", len(ev.Server) >= len(s.Server) && strings.EqualFold(ev.Server[:len(s.Server)], s.Server)},
	}
	for _, c := range conditions {
		if !c.asked {
			continue
		}
		if !c.holds {
			return w, false
		}
		w.conditions++
	}
	return w, true
}

// depth is one more than the place of the deepest code that fits, and 2 for the code itself, 1 for a member of its family.
func depth(s *catalogue.Sign, codes []string) (depth, exact int) {
	for i, code := range slices.Backward(codes) {
		switch {
		case s.Code != "" && strings.EqualFold(code, s.Code):
			return i + 1, 2
		case s.Family != "" && inFamily(code, s.Family):
			return i + 1, 1
		}
	}
	return 0, 0
}

// inFamily requires exactly one digit more: 7000215 isn't a kind of 700021, nor 70022204 a kind of 700222.
func inFamily(code, family string) bool {
	n := len(family)
	return len(code) == n+1 && strings.EqualFold(code[:n], family) && code[n] >= '0' && code[n] <= '9'
}
