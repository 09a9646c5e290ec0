package diagnosis

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
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
	last  int  // the last line that names it
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
	s := scan{found: map[Code]*Mention{}, families: map[string]Code{}, phrases: newPhraseSet(phrases), spoken: make([]bool, len(inLines().codes))}
	s.Phrases = make([]int, len(phrases))
	in := bufio.NewReaderSize(r, scanPiece)
	var rest []byte // the end of the piece before
	inLine := false
	for {
		piece, err := in.ReadSlice('\n')
		if len(piece) > 0 {
			if !inLine {
				s.Lines++
			}
			if inLine {
				rest = append(rest, piece...)
				piece = rest
			}
			s.piece(piece, !inLine)
			if inLine = errors.Is(err, bufio.ErrBufferFull); inLine {
				rest = append(rest[:0], piece[max(0, len(piece)-scanOverlap):]...)
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
	found    map[Code]*Mention
	order    []*Mention
	phrases  *phraseSet
	named    int    // the last line in which a code was found
	last     Code   // that was found there
	unknown  int    // codes that the catalogue does not have, of those in found
	left     []Code // such codes of line leftIn that are not kept
	leftIn   int
	families map[string]Code // answers of family, by the code in lower case
	report   ownReport
	ours     bool // this line is of a report of ours

	// Of the piece that is looked at.
	text, lower []byte
	signs       [signs]bool
	spoken      []bool // the sentences that stand for a code
	code        []byte // a code in lower case
}

func (s *scan) piece(raw []byte, first bool) {
	raw = s.withoutZeros(raw)
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
	if first {
		if e := alone(bytes.TrimSpace(raw)); e != nil {
			s.note(e.Code, false)
		}
	}
	lower := s.folded(raw)
	s.phrases.find(lower, func(i int) {
		if s.Phrases[i] == 0 {
			s.Phrases[i] = s.Lines
		}
	})
	// Most of a log is ruled out by one look at its bytes.
	known, spoken := inLines(), false
	clear(s.signs[:])
	known.find(lower, func(i int) {
		if code := i - len(signWords); code >= 0 {
			s.spoken[code], spoken = true, true
		} else {
			s.signs[signWords[i].sign] = true
		}
	})
	if s.signs != [signs]bool{} {
		s.codes(raw)
	}
	if !spoken {
		return
	}
	before := s.named == s.Lines // words around a code wrap it
	for i, code := range known.codes {
		if s.spoken[i] && !before {
			s.note(code, true)
		}
		s.spoken[i] = false
	}
}

// withoutZeros gives the bytes of a piece without zeros: UTF-16, as some shells write it, is ASCII with zeros between.
// They last until the next piece.
func (s *scan) withoutZeros(raw []byte) []byte {
	s.text = s.text[:0]
	for _, c := range raw {
		if c != 0 {
			s.text = append(s.text, c)
		}
	}
	return s.text
}

// folded gives a text in lower case. It lasts until the next piece.
func (s *scan) folded(text []byte) []byte {
	s.lower = s.lower[:0]
	for _, c := range text {
		if isUpper(c) {
			c |= 0x20
		}
		s.lower = append(s.lower, c)
	}
	return s.lower
}

// A sign is a part of a line without which no code of some forms is in it.
type lineSign int

const (
	numberSign lineSign = iota
	fieldSign
	parenthesisSign
	colonSign
	signs
)

type signWord struct {
	word string // in lower case
	sign lineSign
}

var signWords = [...]signWord{
	{"aadsts", numberSign}, {"code", fieldSign}, {"typekey", fieldSign}, {"error(s)", fieldSign}, {"(", parenthesisSign}, {": ", colonSign},
	{"tf0", numberSign}, {"tf1", numberSign}, {"tf2", numberSign}, {"tf3", numberSign}, {"tf4", numberSign},
	{"tf5", numberSign}, {"tf6", numberSign}, {"tf7", numberSign}, {"tf8", numberSign}, {"tf9", numberSign},
	{"vs0", numberSign}, {"vs1", numberSign}, {"vs2", numberSign}, {"vs3", numberSign}, {"vs4", numberSign},
	{"vs5", numberSign}, {"vs6", numberSign}, {"vs7", numberSign}, {"vs8", numberSign}, {"vs9", numberSign},
}

// inLines finds the words of signs and, numbered behind them, the sentences that stand for a code.
var inLines = sync.OnceValue(func() (all struct {
	*phraseSet
	codes []Code // of the sentences
}) {
	var phrases []string
	for _, s := range signWords {
		phrases = append(phrases, s.word)
	}
	for _, known := range entryPhrases() {
		phrases, all.codes = append(phrases, known.phrase), append(all.codes, known.code)
	}
	all.phraseSet = newPhraseSet(phrases)
	return all
})

// codes notes the codes of a piece.
func (s *scan) codes(raw []byte) {
	word, field, parenthesis, colon := s.signs[numberSign], s.signs[fieldSign], s.signs[parenthesisSign], s.signs[colonSign]
	text := strings.TrimRight(strings.ToValidUTF8(string(raw), "\ufffd"), "\r\n")
	text = withoutColours(text)
	if word || field {
		for _, code := range slices.Backward(codesIn(text)) { // the outer ones wrap the one that matters
			s.note(Code(code), false)
		}
	}
	if word {
		for _, n := range anyCaseNumbers(text) {
			s.note(Code("AADSTS"+n), false)
		}
	}
	if field {
		for _, n := range listedNumbers(text) {
			s.note(Code("AADSTS"+n), false)
		}
		// These count only when the catalogue has them: what else stands there may be anything, an authorization code too.
		for _, name := range namedValues(text) {
			if e := find(name); e != nil {
				s.note(e.Code, false)
			}
		}
	}
	if colon {
		s.upstream(namesBeforeColons(text))
	}
	if parenthesis {
		s.upstream(namesInParentheses(text))
	}
}

// upstream notes the names that are codes of services.
func (s *scan) upstream(names []string) {
	for _, name := range names {
		if e := find(name); e != nil && e.Code.Upstream() {
			s.note(e.Code, false)
		}
	}
}

// alone finds the code that a line consists of. A number alone is anything, and so is a word such as "throttled".
func alone(line []byte) *Entry {
	if len(line) == 0 || len(line) > maxCodeWord || bytes.ContainsAny(line, " \t") || line[0] >= '0' && line[0] <= '9' {
		return nil
	}
	if e := find(string(line)); e != nil && (e.Code.Upstream() || strings.Contains(string(e.Code), "-")) {
		return e
	}
	return nil
}

// note keeps a code that was found in this line, be it by its words only.
func (s *scan) note(code Code, words bool) {
	if code == s.last && s.named == s.Lines {
		return // most forms are found by two looks
	}
	var entry Code
	if e := find(string(code)); e != nil {
		code, entry = e.Code, e.Code
	} else if !isCodeForm(string(code)) {
		return
	}
	s.named, s.last = s.Lines, code
	known := s.found[code]
	if known == nil {
		if entry == "" {
			entry = s.family(code)
		}
		if entry == "" && !s.room(code) {
			return
		}
		known = &Mention{Code: code, Entry: entry, Line: s.Lines, words: true}
		s.found[code] = known
		s.order = append(s.order, known)
	}
	if known.last != s.Lines {
		known.last = s.Lines
		known.Lines++
		known.words = known.words && words
	}
}

// family is the code under which the catalogue explains one that it does not have; empty when it explains it under none.
func (s *scan) family(code Code) Code {
	s.code = s.code[:0]
	for _, c := range []byte(code) {
		if isUpper(c) {
			c |= 0x20
		}
		s.code = append(s.code, c)
	}
	if !inSigns()[string(s.code)] && !inSigns()[string(s.code[:len(s.code)-1])] {
		return "" // most of what has the form of a code
	}
	family, before := s.families[string(s.code)]
	if !before {
		e, _ := Match(Evidence{Codes: []string{string(code)}})
		family = e.Code
		s.families[string(s.code)] = family
	}
	return family
}

// room says whether another code that nobody knows is kept; one that is not is counted, in a line as a rule once.
func (s *scan) room(code Code) bool {
	if s.unknown < maxUnknown {
		s.unknown++
		return true
	}
	if s.leftIn != s.Lines {
		s.left, s.leftIn = s.left[:0], s.Lines
	}
	if !slices.Contains(s.left, code) {
		s.Left++
		if len(s.left) < maxUnknown {
			s.left = append(s.left, code)
		}
	}
	return false
}

func (s *scan) result() Mentions {
	slices.SortStableFunc(s.order, func(a, b *Mention) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Line, b.Line))
	})
	for _, m := range s.order {
		m.last = 0 // it was for counting
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
