package reading

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"sync"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/codetext"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
)

// scan looks in a text for the codes of the catalogue and for related ones, and for phrases, and gives log its lines. Codes that
// need action come first, then those that may pass without a fix, then those that the catalogue doesn't have.
func scan(r io.Reader, log *logReader, phrases ...string) (codetext.Mentions, error) {
	known := codetext.Known{Find: knownCode, Family: families(), Spoken: spoken(), Line: log.line}
	if len(phrases) == 0 {
		known.Words = words()
	}
	found, err := codetext.Scan(r, known, phrases...)
	slices.SortStableFunc(found.Codes, func(a, b codetext.Mention) int { return cmp.Compare(rank(a), rank(b)) })
	return found, err
}

func knownCode(spelling string) string {
	if e := find(spelling); e != nil {
		return string(e.Code)
	}
	return ""
}

// knownOrSign is knownCode, with the codes that are only in the signs of entries.
func knownOrSign(spelling string) string {
	if code := knownCode(spelling); code != "" {
		return code
	}
	return signCodes()[strings.ToLower(spelling)]
}

// signCodes are the codes in signs as their services write them, by themselves in lower case.
var signCodes = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, e := range catalogue.All() {
		for _, s := range e.Signs {
			all[strings.ToLower(s.Code)] = s.Code
		}
	}
	delete(all, "")
	return all
})

var words = sync.OnceValue(func() *codetext.Words { return codetext.NewWords(spoken()) })

// spoken are the sentences that mean a code on their own, long enough not to occur by chance.
var spoken = sync.OnceValue(func() []codetext.Spoken {
	var all []codetext.Spoken
	for _, e := range catalogue.All() {
		for _, s := range e.Signs {
			if len(s.Phrase) >= 20 && s.With == "" && s.Without == "" && s.Code == "" && s.Family == "" && s.From == 0 && s.Path == "" && !s.HTML {
				all = append(all, codetext.Spoken{Phrase: s.Phrase, Code: string(e.Code)})
			}
		}
	}
	return all
})

// BySign returns the entry with a sign that is this code and nothing else: the entry explains it, though it isn't the entry's code
// or alias.
func BySign(code string) (catalogue.Entry, bool) {
	if !inSigns()[strings.ToLower(code)] {
		return catalogue.Entry{}, false
	}
	return catalogue.Lookup(explaining(code))
}

// explaining is the code of the entry that explains a code; empty if none does.
func explaining(code string) catalogue.Code {
	ev := evidence.Evidence{Codes: []string{code}}
	return catalogue.Code(diagnosis.Match(&ev).Code)
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

// families finds the code under which the catalogue explains one that it doesn't have, and remembers it for one text.
func families() func(code string) string {
	known := map[string]string{} // by the code in lower case
	var lower []byte
	return func(code string) string {
		lower = folded(lower[:0], code)
		if !inSigns()[string(lower)] && !inSigns()[string(lower[:len(lower)-1])] {
			return "" // most of what has the form of a code
		}
		family, before := known[string(lower)]
		if !before {
			family = string(explaining(code))
			known[string(lower)] = family
		}
		return family
	}
}

// rank orders mentions by how urgently they need action.
func rank(m codetext.Mention) int {
	e, ok := catalogue.Lookup(catalogue.Code(m.Entry))
	switch {
	case !ok:
		return 4
	case m.Entry != m.Code:
		return 3
	case e.Retry == catalogue.RetryTransient:
		return 2
	case codetext.IsGeneral(m.Code), m.Spoken:
		return 1
	}
	return 0
}
