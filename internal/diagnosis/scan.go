package diagnosis

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// A Mention is a code that a log or a pasted text names.
type Mention struct {
	Code Code
	// Entry is the code under which the catalogue explains it: Code itself, the family of a code of Entra that is not
	// catalogued, or empty.
	Entry Code
	Line  int  // where it stands first, from 1
	Lines int  // how many lines name it
	words bool // it was known only by a sentence, which may wrap another code
}

// Mentions is what a text names.
type Mentions struct {
	// Codes has each code once: those that a person must act on, then those that may pass by themselves, then those that
	// the catalogue does not have; in the order of their first lines.
	Codes   []Mention
	Phrases []int // for each phrase that was asked for, the first line that has it; 0: none
	Lines   int   // of the text
	Left    int   // times that a further code was named that nobody knows
}

// Limits of a scan. They bound its memory for a text of any length, in lines of any length.
const (
	scanPiece   = 8 << 10 // bytes of a line that are looked at together
	scanOverlap = 256     // bytes of a piece that are looked at again with the next one
	maxCodeWord = 80      // bytes of a code that is a line of its own
	maxUnknown  = 20      // codes that the catalogue does not have
)

// Scan looks for codes and for phrases (in lower case) in a text of any size, encoding and origin: a pasted sentence, an
// answer in JSON, the log of a whole run. It keeps nothing of the text but what has the form of a code. The error is the
// reader's; what was found until then is given with it.
func Scan(r io.Reader, phrases ...string) (Mentions, error) {
	s := scan{found: map[Code]*Mention{}, seen: map[Code]bool{}}
	for _, phrase := range phrases {
		s.phrases = append(s.phrases, []byte(phrase))
	}
	s.Phrases = make([]int, len(phrases))
	in := bufio.NewReaderSize(r, scanPiece)
	var rest []byte // the end of the piece before
	inLine := false
	for {
		piece, err := in.ReadSlice('\n')
		if len(piece) > 0 {
			if !inLine {
				s.Lines++
				clear(s.seen)
			}
			piece = append(rest, piece...)
			s.piece(piece, !inLine)
			rest, inLine = nil, errors.Is(err, bufio.ErrBufferFull)
			if inLine {
				rest = bytes.Clone(piece[max(0, len(piece)-scanOverlap):])
			}
		}
		switch {
		case err == nil, errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return s.result(), nil
		default:
			return s.result(), fmt.Errorf("read the text: %w", err)
		}
	}
}

type scan struct {
	Mentions
	found   map[Code]*Mention
	order   []*Mention
	phrases [][]byte
	seen    map[Code]bool // in this line
	report  ownReport
	ours    bool // this line is of a report of ours
}

var (
	anyCase = regexp.MustCompile(`(?i)\bAADSTS([0-9]{4,9})\b`)
	numbers = regexp.MustCompile(`(?i)(?:error\(s\):|error_codes\\*"\s*:\s*\[)\s*([0-9]{4,9}(?:\s*,\s*[0-9]{4,9})*)`)
	number  = regexp.MustCompile(`[0-9]+`)
	// Names that count only when the catalogue has them: what else stands there may be anything, an authorization code too.
	named  = regexp.MustCompile(`(?i)(?:\b(?:error ?)?code\\*["']?\s*[:=]\s*|\btypekey\\*["']?\s*[:=]\s*|^\s+code {3})\\*["']?([a-z][a-z0-9_.-]{2,79})`)
	inside = regexp.MustCompile(`\(([A-Za-z][A-Za-z0-9_]{2,79})\)`)
	// "error: AuthorizationFailed: The client …", as Terraform writes it, and the same at the start of a line, a bracket or a quote.
	before = regexp.MustCompile(`(?:^|[^\w.])((?:[A-Z][a-z]+){2,6}):\s`)
	// The form in which services write the codes that the catalogue may not have yet.
	codeForm = regexp.MustCompile(`^(?:AADSTS[0-9]{4,9}|TF[0-9]{5,6}|VS[0-9]{5,7}|(?:[A-Z][a-z]+){2,6})$`)
)

func (s *scan) piece(raw []byte, first bool) {
	raw = bytes.ReplaceAll(raw, []byte{0}, nil) // UTF-16, as some shells write it, is ASCII with zeros between
	if first {
		line, mark := bare(raw)
		var code string
		if code, s.ours = s.report.code(line, mark); code != "" {
			s.note(Code(code), false)
		}
		raw = s.report.headline(line)
	}
	if s.ours {
		return
	}
	lower := bytes.ToLower(raw)
	for i, phrase := range s.phrases {
		if s.Phrases[i] == 0 && bytes.Contains(lower, phrase) {
			s.Phrases[i] = s.Lines
		}
	}
	s.codes(raw, lower, first)
	if len(s.seen) > 0 {
		return // words around a code wrap it
	}
	for _, known := range entryPhrases() {
		if bytes.Contains(lower, known.phrase) {
			s.note(known.code, true)
		}
	}
}

// codes notes the codes of a piece.
func (s *scan) codes(raw, lower []byte, first bool) {
	// Most of a log is ruled out by a look at its bytes.
	has := func(part string) bool { return bytes.Contains(lower, []byte(part)) }
	word, field := has("aadsts") || numbered(lower, "tf") || numbered(lower, "vs"), has("code") || has("typekey") || has("error(s)")
	parenthesis, colon := has("("), has(": ")
	if first {
		if e, ok := alone(bytes.TrimSpace(raw)); ok {
			s.note(e.Code, false)
		}
	}
	if !word && !field && !parenthesis && !colon {
		return
	}
	text := strings.ToValidUTF8(string(raw), "\ufffd")
	text = strings.TrimRight(text, "\r\n")
	if strings.Contains(text, "\x1b") {
		text = color.ReplaceAllString(text, "")
	}
	if word || field {
		for _, code := range slices.Backward(codesIn(text)) { // the outer ones wrap the one that matters
			s.note(Code(code), false)
		}
		for _, m := range anyCase.FindAllStringSubmatch(text, maxCodes) {
			s.note(Code("AADSTS"+m[1]), false)
		}
	}
	if field {
		for _, m := range numbers.FindAllStringSubmatch(text, maxCodes) {
			for _, n := range number.FindAllString(m[1], maxCodes) {
				s.note(Code("AADSTS"+n), false)
			}
		}
		for _, m := range named.FindAllStringSubmatch(text, maxCodes) {
			if e, ok := Find(m[1]); ok {
				s.note(e.Code, false)
			}
		}
	}
	if colon {
		for _, m := range before.FindAllStringSubmatch(text, maxCodes) {
			if e, ok := Find(m[1]); ok && e.Code.upstream() {
				s.note(e.Code, false)
			}
		}
	}
	if parenthesis {
		for _, m := range inside.FindAllStringSubmatch(text, 4*maxCodes) {
			if e, ok := Find(m[1]); ok && e.Code.upstream() {
				s.note(e.Code, false)
			}
		}
	}
}

// alone finds the code that a line consists of. A number alone is anything, and so is a word such as "throttled".
func alone(line []byte) (Entry, bool) {
	if len(line) == 0 || len(line) > maxCodeWord || bytes.ContainsAny(line, " \t") || line[0] >= '0' && line[0] <= '9' {
		return Entry{}, false
	}
	e, ok := Find(string(line))
	return e, ok && (e.Code.upstream() || strings.Contains(string(e.Code), "-"))
}

// numbered says whether a prefix with a digit behind it stands in a text.
func numbered(lower []byte, prefix string) bool {
	for {
		at := bytes.Index(lower, []byte(prefix))
		if at < 0 || at+len(prefix) >= len(lower) {
			return false
		}
		lower = lower[at+len(prefix):]
		if lower[0] >= '0' && lower[0] <= '9' {
			return true
		}
	}
}

// note keeps a code that was found in this line, be it by its words only.
func (s *scan) note(code Code, words bool) {
	m := Mention{Code: code, Line: s.Lines, words: true}
	if e, ok := Find(string(code)); ok {
		m.Code, m.Entry = e.Code, e.Code
	} else if !codeForm.MatchString(string(code)) {
		return
	} else if e, ok := Match(Evidence{Codes: []string{string(code)}}); ok {
		m.Entry = e.Code
	}
	if s.seen[m.Code] {
		return
	}
	s.seen[m.Code] = true
	known := s.found[m.Code]
	if known == nil {
		if m.Entry == "" && s.unknown() >= maxUnknown {
			s.Left++
			return
		}
		known = &m
		s.found[m.Code] = known
		s.order = append(s.order, known)
	}
	known.Lines++
	known.words = known.words && words
}

func (s *scan) unknown() int {
	n := 0
	for _, m := range s.order {
		if m.Entry == "" {
			n++
		}
	}
	return n
}

func (s *scan) result() Mentions {
	slices.SortStableFunc(s.order, func(a, b *Mention) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Line, b.Line))
	})
	for _, m := range s.order {
		s.Codes = append(s.Codes, *m)
	}
	return s.Mentions
}

// rank orders mentions by how much a person must act on them.
func (m Mention) rank() int {
	e, ok := Lookup(m.Entry)
	switch {
	case !ok:
		return 4
	case e.Code != m.Code:
		return 3
	case e.Retry == RetryTransient:
		return 2
	case general(string(e.Code)) > 0, m.words:
		return 1
	}
	return 0
}
