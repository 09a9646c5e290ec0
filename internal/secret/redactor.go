package secret

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	mask      = "***" // what the agent writes in place of a secret
	shortened = 8     // characters of an identifier that are shown

	// depth is how many escapings are undone one after the other: JSON in JSON, a URL in JSON.
	depth = 2
	// minCut is how many characters of a secret must stand at the end of a text to be taken for a secret that was cut
	// off there (bodies and messages are capped).
	minCut = 8
)

// Redactor takes secrets out of texts and shortens identifiers. It is safe for concurrent use; values may be added at
// any time and count from then on. Create it with NewRedactor; a nil Redactor changes nothing.
type Redactor struct {
	mu sync.RWMutex
	// index holds the needles by their first bytes, so that a text is walked through once whatever their number.
	index map[prefix][]needle
	known map[needle]struct{}
}

// NewRedactor gives a Redactor that knows no values yet.
func NewRedactor() *Redactor {
	return &Redactor{index: map[prefix][]needle{}, known: map[needle]struct{}{}}
}

// AddSecret makes Redact hide the values. Values of fewer than six characters after trimming are not searched for.
//
// Each is searched for as it is, trimmed, without quotes and without invisible characters; as Base64 of either alphabet
// wherever it stands in a larger encoded text; with URL and JSON escapes of any choice of characters, twice over; and
// the single lines of a multi-line value (PEM, its BEGIN and END lines aside) and parts of a JSON web token alone.
func (r *Redactor) AddSecret(values ...Text) {
	for _, value := range values {
		r.add(secretNeedles(value.Reveal())...)
	}
}

// AddIdentifier makes Redact shorten the values (client ids, issuers, subjects), whatever their case and also within
// longer words: the agent masks them there too. Values of eight characters or fewer stay as they are.
func (r *Redactor) AddIdentifier(values ...string) {
	for _, value := range values {
		value = strings.TrimSpace(value)
		if short := Short(value); short != value {
			r.add(needle{text: value, short: short})
		}
	}
}

func (r *Redactor) add(needles ...needle) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range needles {
		if _, ok := r.known[n]; !ok {
			r.known[n] = struct{}{}
			key := prefixOf(n.text, 0)
			r.index[key] = append(r.index[key], n)
		}
	}
}

// Redact gives text with "***" in place of every secret and Short(id) in place of every identifier. Where matches
// overlap, all that any of them covers goes.
func (r *Redactor) Redact(text string) string {
	if r == nil {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	text, found := r.pass(text, true)
	// A mask may complete another secret with its neighbours. Each further pass shortens the text, so this ends; not so
	// with identifiers, one of which may be the short form of itself.
	for found {
		text, found = r.pass(text, false)
	}
	return text
}

// pass replaces what it finds once, and tells whether it found anything.
func (r *Redactor) pass(text string, identifiers bool) (string, bool) {
	if len(r.index) == 0 {
		return text, false
	}
	s := search{index: r.index, identifiers: identifiers}
	s.walk(view{text: text}, depth)
	if len(s.matches) == 0 {
		return text, false
	}
	return replace(text, s.matches), true
}

// A match is a piece [from, to) of a text and what takes its place.
type match struct {
	from, to int
	with     string
}

// replace puts in the replacements, longest first where two begin together; overlapping ones become one, which is a
// secret if any of them is.
func replace(text string, matches []match) string {
	slices.SortStableFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	var b strings.Builder
	end := 0
	for i := 0; i < len(matches); {
		m := matches[i]
		for i++; i < len(matches) && matches[i].from < m.to; i++ {
			m.to = max(m.to, matches[i].to)
			if matches[i].with == mask {
				m.with = mask
			}
		}
		b.WriteString(text[end:m.from])
		b.WriteString(m.with)
		end = m.to
	}
	b.WriteString(text[end:])
	return b.String()
}

// A search collects the matches in a text and in the views of it.
type search struct {
	index       map[prefix][]needle
	identifiers bool
	matches     []match
}

func (s *search) walk(v view, depth int) {
	s.scan(v)
	if depth == 0 {
		return
	}
	for _, decode := range decoders {
		if next, ok := decode(v); ok {
			s.walk(next, depth-1)
		}
	}
}

func (s *search) scan(v view) {
	for i := 0; i+len(prefix{}) <= len(v.text); i++ {
		for _, n := range s.index[prefixOf(v.text, i)] {
			if n.short != "" && !s.identifiers {
				continue
			}
			if from, to, ok := n.at(v.text, i); ok {
				from, to = v.span(from, to)
				s.matches = append(s.matches, match{from: from, to: to, with: cmp.Or(n.short, mask)})
			}
		}
	}
}

// at tells whether the needle stands at text[i:], and which bytes it takes there.
func (n needle) at(text string, i int) (from, to int, ok bool) {
	end := i + len(n.text)
	switch {
	case n.short != "":
		return i, end, end <= len(text) && strings.EqualFold(text[i:end], n.text)
	case end > len(text):
		// The frame of a PEM file begins like the file and says nothing; its lines are needles of their own.
		rest := text[i:]
		return i, len(text), strings.HasPrefix(n.text, rest) && utf8.RuneCountInString(rest) >= minCut && !strings.HasPrefix(rest, "-----")
	case text[i:end] != n.text:
		return 0, 0, false
	}
	if n.left && i > 0 && isBase64(text[i-1]) {
		i--
	}
	if n.right && end < len(text) && isBase64(text[end]) {
		end++
	}
	return i, end, true
}

// A prefix is the first bytes of a needle with ASCII letters in lower case. No needle is shorter.
type prefix [4]byte

func prefixOf(text string, i int) prefix {
	p := prefix{text[i], text[i+1], text[i+2], text[i+3]}
	for j, c := range p {
		if c >= 'A' && c <= 'Z' {
			p[j] = c + 'a' - 'A'
		}
	}
	return p
}

// Short gives the first eight characters of an identifier and "…"; the identifier itself when it is not longer.
func Short(id string) string {
	count := 0
	for i := range id {
		if count == shortened {
			return id[:i] + "…"
		}
		count++
	}
	return id
}
