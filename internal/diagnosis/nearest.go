package diagnosis

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/secret"
)

// byFold is the catalogue by the lower case of the codes.
var byFold = sync.OnceValue(func() map[string]*Entry {
	entries := map[string]*Entry{}
	all := catalogue.All()
	for i := range all {
		entries[strings.ToLower(string(all[i].Code))] = &all[i]
	}
	return entries
})

type codePhrase struct {
	code   Code
	phrase string
}

// entryPhrases are the sentences that stand for a code by themselves, long enough not to be met by chance.
func entryPhrases() []codePhrase {
	var phrases []codePhrase
	for _, e := range catalogue.All() {
		for _, s := range e.Signs {
			if len(s.Phrase) >= 20 && s.Code == "" && s.Family == "" && s.From == 0 && s.Path == "" && !s.HTML {
				phrases = append(phrases, codePhrase{e.Code, s.Phrase})
			}
		}
	}
	return phrases
}

// inSigns are the codes and the families in the signs of all entries, in lower case.
var inSigns = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, e := range catalogue.All() {
		for _, s := range e.Signs {
			all[strings.ToLower(s.Code)], all[strings.ToLower(s.Family)] = true, true
		}
	}
	delete(all, "")
	return all
})

// Find finds the entry of a code in any spelling: case, punctuation around it, and Entra's numbers without their prefix.
func Find(spelling string) (Entry, bool) {
	if e := find(spelling); e != nil {
		return *e, true
	}
	return Entry{}, false
}

// find is Find without a copy: an entry is large. It is nil when there is none.
func find(spelling string) *Entry {
	code := Spelled(spelling)
	var folded [maxSpelling]byte
	n := copy(folded[:], code)
	for i, c := range folded[:n] {
		if isUpper(c) {
			folded[i] = c | 0x20
		}
	}
	return byFold()[string(folded[:n])]
}

// maxSpelling is how many bytes of what was typed can be a code.
const maxSpelling = 256

// Spelled writes a code as its service does, as far as that can be told from what was typed.
func Spelled(spelling string) Code {
	if len(spelling) > maxSpelling {
		spelling = secret.Filter(nil).Head(spelling, maxSpelling)
	}
	spelling = spelling[skip(spelling, 0, isAround):]
	for spelling != "" && isAround(spelling[len(spelling)-1]) {
		spelling = spelling[:len(spelling)-1]
	}
	number := spelling
	if hasFoldedPrefix(number, "aadsts") {
		number = number[len("aadsts"):]
	}
	number = number[skip(number, 0, isBetween):] // as people type it
	if end, ok := digits(number, 0, 4, 9); ok && end == len(number) {
		if strings.HasPrefix(spelling, "AADSTS") && len(spelling) == len("AADSTS")+len(number) {
			return Code(spelling)
		}
		return Code("AADSTS" + number)
	}
	return Code(spelling)
}

// isAround tells what people copy along with a code.
func isAround(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', '"', '\'', '`', '.', ',', ':', ';', '!', '?', '(', ')', '[', ']', '{', '}', '<', '>':
		return true
	}
	return false
}

func isBetween(c byte) bool { return isSpace(c) || c == '_' || c == ':' || c == '-' }

// Nearest gives the codes of the catalogue that are spelled most like this one, at most three, nearest first.
func Nearest(spelling string) []Code {
	typed := []rune(strings.ToLower(string(Spelled(spelling))))
	if len(typed) < 3 || len(typed) > 80 {
		return nil
	}
	type near struct {
		code             Code
		distance, longer int
	}
	var all []near
	for _, e := range catalogue.All() {
		code := strings.ToLower(string(e.Code))
		limit := max(2, len(typed)/4)
		if strings.HasPrefix(code, "aadsts") {
			limit = 2 // the prefix says nothing
		}
		d := Distance(string(typed), code)
		if len(typed) >= 6 && !strings.HasPrefix(code, "aadsts") && (strings.Contains(code, string(typed)) || strings.Contains(string(typed), code)) {
			d = min(d, 2)
		}
		if d <= limit {
			all = append(all, near{e.Code, d, max(len(code)-len(typed), len(typed)-len(code))})
		}
	}
	slices.SortFunc(all, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.longer, b.longer), cmp.Compare(a.code, b.code))
	})
	var codes []Code
	for _, n := range all[:min(len(all), 3)] {
		codes = append(codes, n.code)
	}
	return codes
}

// Distance counts the characters to insert, to leave out, to change or to swap with their neighbor, to get from one word to
// another.
func Distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// spelledLikeCode is the form of a code: a prefix with a number, or letters with separators between them. What somebody
// pastes by mistake, a key or a token, has another.
var spelledLikeCode = lazyregexp.New(`^(?:(?:AADSTS|TF|VS)?[0-9]{1,9}|[A-Za-z]+(?:[-_.][A-Za-z]+)*)$`)

// LooksLikeCode says whether a text has the form of a code, so that it can be shown.
func LooksLikeCode(text string) bool {
	return len(text) <= 60 && !strings.HasPrefix(text, "eyJ") && spelledLikeCode.MatchString(text)
}
