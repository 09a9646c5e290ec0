package secret

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	mask      = "***" // what the agent writes instead of a secret
	shortened = 8     // characters of an identifier that are shown

	// depth is how many escapings are undone one after the other: JSON in JSON, a URL in JSON.
	depth = 2
	// minCut is how many characters of a secret must be at the end of a text to be taken for a secret that was cut
	// off there (bodies and messages are capped).
	minCut = 8
	// passes bounds how often a text is searched again because a mask may complete another secret.
	passes = 8
	// A search may read so many bytes of needles for each byte of a text, and some more. A text of nothing but the keys
	// of 250 connections, which begin alike, takes less than half; one that repeats itself as a secret does would take the
	// square of its length.
	workPerByte, workAtLeast = 4 << 10, 4 << 20
)

// Redactor takes secrets out of texts and shortens identifiers. It is safe for concurrent use; values may be added at
// any time and count from then on. Create it with NewRedactor; a nil Redactor changes nothing.
type Redactor struct {
	mu    sync.RWMutex
	by    [scripts]index
	known map[needle]struct{}
}

// NewRedactor gives a Redactor that knows no values yet.
func NewRedactor() *Redactor { return &Redactor{known: map[needle]struct{}{}} }

// AddSecret makes Redact hide the values. Values of fewer than six characters after trimming aren't searched for.
//
// Each is searched for as it is, trimmed, without quotes and without invisible characters; as Base64 of either alphabet
// wherever it is in a larger encoded text, and as hexadecimal digits of either case; with URL, JSON and HTML escapes
// of any choice of characters, twice over; and the single lines of a multi-line value (PEM, its BEGIN and END lines
// aside) and parts of a JSON web token alone.
//
// Blanks, line breaks, quotation marks, commas and escapes of line breaks may be anywhere in the Base64, in a PEM body,
// and in a value of sixteen characters or more; anything but letters, digits and "*" between hexadecimal digits, "0x" and
// "\x" too.
//
// What a text holds as a whole is hidden as a whole, with the exception of one Base64 character at each end, which it
// shares with its neighbors. Of a secret that a text holds the beginning of only, at its end or before an ellipsis, at
// most eight characters stay; of a PEM body that it holds another part of, fewer than eight at each end.
func (r *Redactor) AddSecret(values ...Text) {
	for _, value := range values {
		r.add(secretNeedles(value.Reveal())...)
	}
}

// AddIdentifier makes Redact shorten the values (client IDs, issuers, subjects), whatever their case and also within
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
			r.by[n.script].add(n)
		}
	}
}

// Redact gives text with "***" instead of every secret and the Short form instead of every identifier. Where matches
// overlap, all that any of them covers goes. Its time grows with the length of text, not with the number of values; its
// memory is some thirty times text. A text that is made to take longer is "***" as a whole.
func (r *Redactor) Redact(text string) string {
	if r == nil {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.known) == 0 {
		return text
	}
	s := search{by: &r.by, identifiers: true, work: workAtLeast + workPerByte*len(text)}
	for range passes {
		s.matches = s.matches[:0]
		s.walk(view{text: text, cut: len(text)}, 0)
		switch {
		case s.work < 0:
			return mask
		case len(s.matches) == 0:
			return text
		}
		text = replace(text, s.matches)
		// A mask may complete another secret with its neighbors. Not so an identifier, which may be the short form of itself.
		s.identifiers = false
	}
	return mask // a text that was made to take forever
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
	by          *[scripts]index
	identifiers bool
	matches     []match
	work        int // bytes of needles that may still be read; nothing is searched for below 0
	// levels hold the view at each depth, and last the one that another script makes of it. They are used again for the
	// next view at the same depth.
	levels [depth + 1]rewriter
}

func (s *search) walk(v view, level int) {
	s.scan(v, asWritten)
	s.scan(wrappedView(v, &s.levels[depth]), wrapped)
	s.scan(hexView(v, &s.levels[depth]), hexadecimal)
	if level == depth {
		return
	}
	for _, decode := range decoders {
		if next, ok := decode(v, &s.levels[level]); ok {
			s.walk(next, level+1)
		}
	}
}

func (s *search) scan(v view, by script) {
	x := &s.by[by]
	var p prefix
	for i := range len(v.text) {
		p = p.then(v.text[i])
		if begin := i + 1 - prefixLen; begin >= 0 && x.has(p) {
			s.try(v, begin, x.needles[p])
		}
		if s.work < 0 {
			return
		}
	}
}

// try tries needles at v.text[i:].
func (s *search) try(v view, i int, needles []needle) {
	for _, n := range needles {
		if n.short != "" && !s.identifiers {
			continue
		}
		from, to, looked, ok := n.at(v, i)
		if s.work -= 1 + looked; s.work < 0 {
			return
		}
		if ok {
			from, to = v.span(from, to)
			s.matches = append(s.matches, match{from: from, to: to, with: cmp.Or(n.short, mask)})
		}
	}
}

// at reports whether the needle is at v.text[i:], which bytes it takes there, and how many of its own were read.
func (n needle) at(v view, i int) (from, to, looked int, ok bool) {
	end := i + len(n.text)
	if n.short != "" {
		return i, end, len(n.text), end <= len(v.text) && strings.EqualFold(v.text[i:end], n.text)
	}
	if rest := v.text[i:]; !strings.HasPrefix(rest, n.text) {
		size, looked, ok := n.cutOff(rest, v.cut-i)
		return i, i + size, looked, ok
	}
	if n.left && i > 0 && isBase64(v.text[i-1]) && v.touch(i) {
		i--
	}
	if n.right && end < len(v.text) && isBase64(v.text[end]) && v.touch(end) {
		end++
	}
	return i, end, len(n.text), true
}

// cutOff reports whether text begins with the beginning of a needle that was cut off there, how long that is, and how much
// they have in common. Where cut isn't the end of text, it is where text ends with the beginning of an escape.
func (n needle) cutOff(text string, cut int) (size, common int, ok bool) {
	for size < min(len(text), len(n.text)) && text[size] == n.text[size] {
		size++
	}
	shown := utf8.RuneCountInString(n.text[:size])
	switch {
	case strings.HasPrefix(n.text, frame): // the lines of a PEM file are needles of their own
		return 0, size, false
	case size >= cut:
		return len(text), size, shown >= minCut
	}
	// The short form of an identifier isn't secret.
	return size, size, shown > shortened && (strings.HasPrefix(text[size:], "…") || strings.HasPrefix(text[size:], "..."))
}

// Short gives the first eight characters of an identifier and "…"; the identifier itself when it isn't longer.
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
