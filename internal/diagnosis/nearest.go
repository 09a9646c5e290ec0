package diagnosis

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"armpreflight/internal/secret"
)

// byFold is the catalogue by the lower case of the codes.
var byFold = sync.OnceValue(func() map[string]Entry {
	entries := map[string]Entry{}
	for _, e := range catalogue() {
		entries[strings.ToLower(string(e.Code))] = e
	}
	return entries
})

type codePhrase struct {
	code   Code
	phrase []byte
}

// entryPhrases are the sentences that stand for a code by themselves, long enough not to be met by chance.
var entryPhrases = sync.OnceValue(func() []codePhrase {
	var phrases []codePhrase
	for _, e := range catalogue() {
		for _, s := range e.signs {
			if len(s.phrase) >= 20 && s.code == "" && s.family == "" && s.from == 0 && s.path == "" && !s.html {
				phrases = append(phrases, codePhrase{e.Code, []byte(s.phrase)})
			}
		}
	}
	return phrases
})

// entraSpelling is a code of Entra as people type it: the number alone, in any case, with a blank or a colon.
var entraSpelling = regexp.MustCompile(`^(?i:aadsts)?[\s_:-]*([0-9]{4,9})$`)

// Find finds the entry of a code in any spelling: case, punctuation around it, and Entra's numbers without their prefix.
func Find(spelling string) (Entry, bool) {
	e, ok := byFold()[strings.ToLower(string(Spelled(spelling)))]
	return e, ok
}

// Spelled writes a code as its service does, as far as that can be told from what was typed.
func Spelled(spelling string) Code {
	spelling = strings.Trim(secret.Filter(nil).Head(spelling, 256), " \t\r\n\"'`.,:;!?()[]{}<>")
	if m := entraSpelling.FindStringSubmatch(spelling); m != nil {
		return Code("AADSTS" + m[1])
	}
	return Code(spelling)
}

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
	for _, e := range catalogue() {
		code := strings.ToLower(string(e.Code))
		limit := max(2, len(typed)/4)
		if strings.HasPrefix(code, "aadsts") {
			limit = 2 // the prefix says nothing
		}
		d := distance(typed, []rune(code))
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

// distance counts the characters to insert, to leave out, to change or to swap with their neighbour.
func distance(a, b []rune) int {
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
var spelledLikeCode = regexp.MustCompile(`^(?:(?:AADSTS|TF|VS)?[0-9]{1,9}|[A-Za-z]+(?:[-_.][A-Za-z]+)*)$`)

// LooksLikeCode says whether a text has the form of a code, so that it can be shown.
func LooksLikeCode(text string) bool {
	return len(text) <= 60 && !strings.HasPrefix(text, "eyJ") && spelledLikeCode.MatchString(text)
}
