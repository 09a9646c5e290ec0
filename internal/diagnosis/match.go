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
	path     string // in lower case; contained in the path, case aside
	phrase   string // in lower case; contained in the service's sentence or in the body, case aside
	oauth    string // the word in the field error of an OAuth answer
	suberror string // the word in its field suberror
	html     bool   // a page came where data was due
	text     bool   // no service answered: a line of a log, or what somebody pasted
	server   string // start of the Server header
}

// weight orders signs. The deepest code wins, since the outer ones wrap; then a code before its family; then words before
// a bare status, and more words before fewer; then whoever asked for more.
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
	words := strings.ToLower(ev.Message + "\n" + ev.Body)
	entries := catalogue()
	for i := range entries { // by index: an entry is large, and there are hundreds
		best, fits := weight{}, false
		for j := range entries[i].signs {
			if w, ok := entries[i].signs[j].weigh(&ev, words); ok && (!fits || w.compare(best) > 0) {
				best, fits = w, true
			}
		}
		if fits {
			found = append(found, candidate{entries[i], best})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(b.weight.compare(a.weight), cmp.Compare(a.entry.Code, b.entry.Code))
	})
	return found
}

// weigh takes the evidence's words in lower case beside it: they are the same for every sign.
func (s *sign) weigh(ev *Evidence, words string) (weight, bool) {
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
		if !strings.Contains(words, s.phrase) {
			return w, false
		}
		w.words = len(s.phrase)
	}
	if s.oauth != "" || s.suberror != "" {
		if s.oauth != "" && !strings.EqualFold(s.oauth, ev.EntraError) || s.suberror != "" && !strings.EqualFold(s.suberror, ev.Suberror) {
			return w, false
		}
		w.words++
	}
	conditions := []struct{ asked, holds bool }{
		{s.network != None, true},
		{s.service != "", ev.Service == s.service},
		{s.from != 0, s.from <= ev.Status && ev.Status <= s.to},
		{s.from != 0 && s.from == s.to, true}, // one status says more than a range
		{s.path != "", strings.Contains(strings.ToLower(ev.Path), s.path)},
		{s.html, ev.ContentType == htmlType},
		{s.text, ev.Service == "" && ev.Status == 0},
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
func (s *sign) depth(codes []string) (depth, exact int) {
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

// Transient says whether the same question may get another answer soon, by the entry that fits, else by the status.
// It does not speak of evidence without an answer that the catalogue does not know.
func Transient(ev Evidence) bool {
	if entry, ok := Match(ev); ok {
		return entry.Retry == RetryTransient
	}
	return ev.Status == 408 || ev.Status == 429 || ev.Status >= 500 && ev.Status < 600
}
