package codetext

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Known is what the caller knows about codes.
type Known struct {
	// Find is a code as its service writes it, for any spelling of one that's known; otherwise empty.
	Find func(spelling string) (code string)
	// Family is the known code that explains one that isn't known; empty when none does.
	Family func(code string) (known string)
	// Spoken are sentences that mean a code on their own.
	Spoken []Spoken
	// Words, if not nil, are those of Spoken and of no phrases, prepared earlier.
	Words *Words
	// Line, if not nil, is called for each line of the text, in its order.
	Line func(Line)
}

// A Line is a line of a text, without what an agent and a terminal put around it. Its bytes last until the call returns.
type Line struct {
	Number int    // from 1
	Mark   []byte // what the agent put in front, such as "##[error]"; empty if there's none
	Text   []byte // the first 8 KiB of the rest
	Ours   bool   // it belongs to a report of this program
}

// Spoken is a sentence, in lower case, and the code that it means.
type Spoken struct{ Phrase, Code string }

// A Mention is a code that a log or a pasted text names.
type Mention struct {
	Code string
	// Entry is the known code that explains it: Code itself, its family, or empty.
	Entry  string
	Line   int  // where it appears first, from 1
	Lines  int  // how many lines name it
	Spoken bool // a sentence means it, which may wrap another code, and nothing else names it
	last   int  // the last line that names it
}

// Mentions is what a text names.
type Mentions struct {
	Codes   []Mention // each once, in the order of their first lines
	Phrases []int     // for each requested phrase, the first line that has it; 0: none
	Lines   int       // of the text
	Left    int       // how often a further unknown code was named
}

// Limits of a scan. They bound its memory for a text of any length, in lines of any length.
const (
	scanPiece   = 8 << 10 // bytes of a line that are searched together
	scanOverlap = 256     // bytes of a piece that are searched again with the next one
	maxCodeWord = 80      // bytes of a code that's a line of its own
	maxUnknown  = 20      // codes that aren't known
)

// Scan looks for codes and for phrases (in lower case) in a text of any size, encoding and origin: a pasted sentence, an
// answer in JSON, the log of a whole run. It keeps nothing of the text but what has the form of a code. The error is the
// reader's; what was found until then is given with it.
func Scan(r io.Reader, known Known, phrases ...string) (Mentions, error) {
	s := scan{known: known, found: map[string]*Mention{}, spoken: make([]bool, len(known.Spoken))}
	if known.Words != nil && len(phrases) == 0 {
		s.words = known.Words.line
	} else {
		s.words = newLineWords(known.Spoken, phrases)
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
	known   Known
	found   map[string]*Mention
	order   []*Mention
	words   lineWords
	named   int      // the last line in which a code was found
	last    string   // that was found there
	unknown int      // codes that aren't known, of those in found
	left    []string // such codes of line leftIn that aren't kept
	leftIn  int
	report  ownReport
	ours    bool // this line is of a report of ours

	// Of the piece that's being searched.
	text, lower []byte
	signs       [signs]bool
	spoken      []bool // the sentences that mean a code
	codes       []written
}

func (s *scan) piece(raw []byte, first bool) {
	raw = s.withoutZeros(raw)
	if first {
		line, mark := bare(raw)
		var code string
		if code, s.ours = s.report.code(line, mark); code != "" {
			s.note(code, false)
		}
		raw = s.report.headline(line)
		if s.known.Line != nil {
			s.known.Line(Line{Number: s.Lines, Mark: mark, Text: raw, Ours: s.ours})
		}
	}
	if s.ours {
		return
	}
	if first {
		if code := s.alone(bytes.TrimSpace(raw)); code != "" {
			s.note(code, false)
		}
	}
	lower := s.folded(raw)
	// Most of a log is ruled out by one pass over its bytes.
	spoken := false
	clear(s.signs[:])
	s.words.find(lower, func(i int) {
		if i < len(s.words.signs) {
			s.signs[s.words.signs[i]] = true
		} else if i -= len(s.words.signs); i < len(s.spoken) {
			s.spoken[i], spoken = true, true
		} else if i -= len(s.spoken); s.Phrases[i] == 0 {
			s.Phrases[i] = s.Lines
		}
	})
	if s.signs != [signs]bool{} {
		s.noteCodes(raw)
	}
	if !spoken {
		return
	}
	before := s.named == s.Lines // words around a code wrap it
	for i, spoken := range s.known.Spoken {
		if s.spoken[i] && !before {
			s.note(spoken.Code, true)
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

// lineWords are found in a line in one pass: the words of signs, then the sentences that mean a code, then the
// requested phrases.
type lineWords struct {
	*phraseSet
	signs []lineSign
}

// Words are sentences that are prepared for a scan, which takes some milliseconds.
type Words struct{ line lineWords }

// NewWords prepares the sentences of a [Known].
func NewWords(spoken []Spoken) *Words { return &Words{newLineWords(spoken, nil)} }

func newLineWords(spoken []Spoken, phrases []string) lineWords {
	var l lineWords
	var all []string
	sign := func(word string, s lineSign) { all, l.signs = append(all, word), append(l.signs, s) }
	sign("aadsts", numberSign)
	for digit := '0'; digit <= '9'; digit++ {
		sign("tf"+string(digit), numberSign)
		sign("vs"+string(digit), numberSign)
	}
	sign("code", fieldSign)
	sign("typekey", fieldSign)
	sign("error(s)", fieldSign)
	sign("(", parenthesisSign)
	sign(": ", colonSign)
	for _, s := range spoken {
		all = append(all, s.Phrase)
	}
	l.phraseSet = newPhraseSet(append(all, phrases...))
	return l
}

// noteCodes notes the codes of a piece.
func (s *scan) noteCodes(raw []byte) {
	word, field, parenthesis, colon := s.signs[numberSign], s.signs[fieldSign], s.signs[parenthesisSign], s.signs[colonSign]
	text := strings.ToValidUTF8(string(raw), "\ufffd")
	for text != "" && isLineEnd(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	text = withoutColors(text)
	if word || field {
		s.codes = s.codes[:0] // as byForm does, without the forms that the signs rule out
		if word {
			s.codes = numberedCodes(s.codes, text)
		}
		if field {
			s.codes = namedCodes(s.codes, text)
		}
		if field || parenthesis {
			s.codes = lineCodes(s.codes, text)
		}
		sortByPlace(s.codes)
		for _, found := range slices.Backward(s.codes) { // the outer ones wrap the one that matters
			s.note(found.code, false)
		}
	}
	if word {
		for _, n := range anyCaseNumbers(text) {
			if s.named != s.Lines || !strings.HasSuffix(s.last, n) { // most are written in capitals, and were found
				s.note("AADSTS"+n, false)
			}
		}
	}
	if field {
		for _, n := range listedNumbers(text) {
			s.note("AADSTS"+n, false)
		}
		// These count only when they're known: anything else there may be anything, even an authorization code.
		for _, name := range namedValues(text) {
			if code := s.known.Find(name); code != "" {
				s.note(code, false)
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
		if code := s.known.Find(name); isUpstream(code) {
			s.note(code, false)
		}
	}
}

// alone finds the code that a line consists of. A number alone is anything, and so is a word such as "throttled".
func (s *scan) alone(line []byte) string {
	if len(line) < 3 || len(line) > maxCodeWord || isDigit(line[0]) {
		return ""
	}
	for _, c := range line {
		if c == ' ' || c == '\t' || c >= 0x80 { // a code is ASCII
			return ""
		}
	}
	if code := s.known.Find(string(line)); isUpstream(code) || strings.Contains(code, "-") {
		return code
	}
	return ""
}

// note keeps a code that was found in this line, be it by its words only.
func (s *scan) note(code string, spoken bool) {
	if code == s.last && s.named == s.Lines {
		return // most forms are found by two looks
	}
	entry := s.known.Find(code)
	if entry != "" {
		code = entry
	} else if !IsCodeForm(code) {
		return
	}
	s.named, s.last = s.Lines, code
	known := s.found[code]
	if known == nil {
		if entry == "" {
			entry = s.known.Family(code)
		}
		if entry == "" && !s.room(code) {
			return
		}
		known = &Mention{Code: code, Entry: entry, Line: s.Lines, Spoken: true}
		s.found[code] = known
		s.order = append(s.order, known)
	}
	if known.last != s.Lines {
		known.last = s.Lines
		known.Lines++
		known.Spoken = known.Spoken && spoken
	}
}

// room says whether another unknown code is kept; one that isn't kept is counted, usually once per line.
func (s *scan) room(code string) bool {
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
	for _, m := range s.order {
		m.last = 0 // it was for counting
		s.Codes = append(s.Codes, *m)
	}
	return s.Mentions
}
