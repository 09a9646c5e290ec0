package diagnosis

import (
	"cmp"
	"slices"
	"strings"
)

// sign is one look that evidence can have. Every field that is set must hold.
type sign struct {
	code     string // this upstream code, case aside
	family   string // this code with exactly one more digit: Entra appends digits for sub-reasons
	service  Service
	network  NetworkFailure
	from, to int    // status, both ends included; 0, 0 is any
	path     string // contained in the path, case aside
	phrase   string // contained in the service's sentence or in the body, case aside
	html     bool   // a page came where data was due
	server   string // start of the Server header
}

// weight orders signs. The deepest code wins, since the outer ones wrap; then a code before its family; then words before
// a bare status; then whoever asked for more.
type weight struct{ depth, exact, words, conditions int }

func (w weight) compare(other weight) int {
	return cmp.Or(cmp.Compare(w.depth, other.depth), cmp.Compare(w.exact, other.exact),
		cmp.Compare(w.words, other.words), cmp.Compare(w.conditions, other.conditions))
}

// Match finds the entry that fits the evidence best; false when none fits. The order of the catalogue plays no part.
func Match(ev Evidence) (Entry, bool) {
	found := candidates(ev)
	if len(found) == 0 {
		return Entry{}, false
	}
	return found[0].entry, true
}

type candidate struct {
	entry  Entry
	weight weight
}

// candidates gives every entry that fits, best first, each with its heaviest sign. Equal weights are a mistake in the
// catalogue that a test finds; until it is mended the code's name decides, so that a run can be repeated.
func candidates(ev Evidence) []candidate {
	var found []candidate
	for _, entry := range catalogue() {
		best, fits := weight{}, false
		for _, s := range entry.signs {
			if w, ok := s.weigh(ev); ok && (!fits || w.compare(best) > 0) {
				best, fits = w, true
			}
		}
		if fits {
			found = append(found, candidate{entry, best})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(b.weight.compare(a.weight), cmp.Compare(a.entry.Code, b.entry.Code))
	})
	return found
}

func (s sign) weigh(ev Evidence) (weight, bool) {
	var w weight
	if s.network != ev.Network {
		return w, false
	}
	if s.code != "" || s.family != "" {
		if w.depth, w.exact = s.depth(ev.Codes); w.depth == 0 {
			return w, false
		}
	}
	if s.phrase != "" {
		if !containsFold(ev.Message, s.phrase) && !containsFold(ev.Body, s.phrase) {
			return w, false
		}
		w.words = 1
	}
	conditions := []struct{ asked, holds bool }{
		{s.network != None, true},
		{s.service != "", ev.Service == s.service},
		{s.from != 0, s.from <= ev.Status && ev.Status <= s.to},
		{s.from != 0 && s.from == s.to, true}, // one status says more than a range
		{s.path != "", containsFold(ev.Path, s.path)},
		{s.html, ev.ContentType == htmlType},
		{s.server != "", len(ev.Server) >= len(s.server) && strings.EqualFold(ev.Server[:len(s.server)], s.server)},
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
func (s sign) depth(codes []string) (depth, exact int) {
	for i, code := range slices.Backward(codes) {
		switch {
		case s.code != "" && strings.EqualFold(code, s.code):
			return i + 1, 2
		case s.family != "" && inFamily(code, s.family):
			return i + 1, 1
		}
	}
	return 0, 0
}

// inFamily asks for one digit more and no two: 7000215 is not a kind of 700021, nor 70022204 a kind of 700222.
func inFamily(code, family string) bool {
	n := len(family)
	return len(code) == n+1 && strings.EqualFold(code[:n], family) && code[n] >= '0' && code[n] <= '9'
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// Transient says whether the same question may get another answer soon, by the entry that fits, else by the status.
// It does not speak of evidence without an answer that the catalogue does not know.
func Transient(ev Evidence) bool {
	if entry, ok := Match(ev); ok {
		return entry.Retry == RetryTransient
	}
	return ev.Status == 408 || ev.Status == 429 || ev.Status >= 500 && ev.Status < 600
}
