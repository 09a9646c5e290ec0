package reading

import (
	"slices"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/lazyregexp"
)

// onlyWraps is from where on an entry says no more than that something inside it failed.
const onlyWraps = 3

var (
	// aService matches how tools show an error that a service returned. Their own errors have other forms.
	aService = &lazyregexp.Regexp{Expression: `(?m)\b(?:AADSTS|MSIS)\d{4,9}: |^\s*ERROR:\s*\(\w+\) |\bCode="[^"\s]+"\s+Message="|\bwith error: \w+: |\bERROR CODE: \w|\bunexpected status \d{3}[^\n]{0,60} with response: ?\{|^\s*ERROR:\s*\{\s*"code":`}
	ofSignIn = &lazyregexp.Regexp{Expression: `\b(?:AADSTS|MSIS)\d{4,9}: `}
)

// inner sets the cause to the innermost error that the catalogue doesn't have. Without one, it sets it to the innermost wrapper that has a
// message. The cause doesn't change if the text has neither.
func (c *Cause) inner(lines string) {
	said := sayingsIn(lines)
	at := -1
	for i, s := range slices.Backward(said) {
		e, known := Find(s.Code)
		if s.Code == "" || !known && inSignsOf(s.Code) {
			continue
		}
		if !known || s.Message != "" && e.Wraps >= onlyWraps {
			at = i
			break
		}
	}
	if at < 0 {
		return
	}
	c.said = said[at]
	if e, known := Find(c.said.Code); known {
		c.Entry = e
		return
	}
	c.Entry = catalogue.Unknown(catalogue.Code(c.said.Code))
	c.Entry.Wraps = 1 // a cause that's known leads
	for i := at; c.said.Message == "" && i >= 0; i-- {
		c.said.Message = said[i].Message
	}
	for _, s := range said[:at] {
		if code := catalogue.Code(s.Code); code != "" && code != c.Entry.Code && !slices.Contains(c.Way, code) {
			c.Way = append(c.Way, code)
		}
	}
}

// inSignsOf says whether the catalogue explains a code that isn't its own under another one.
func inSignsOf(code string) bool { return families()(code) != "" }
