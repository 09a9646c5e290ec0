package catalogue

import "maps"

// Facts are values that texts can name. The types of package facts are made from families.yaml.
type Facts interface {
	// Each calls set for each value that's known, with its name and its text.
	Each(set func(name, text string))
}

// Each has nothing to tell: a code alone is a finding without facts.
func (Code) Each(func(name, text string)) {}

// Code is the code itself.
func (c Code) Code() Code { return c }

// Values are what the texts of one finding can name. The zero Values knows nothing.
type Values struct{ known map[string]string }

// Gather joins facts. Where two have a value of the same name, that of the later one
// is taken. clean goes over every text; nil leaves them as they are. A nil among the
// facts isn't one.
func Gather(clean func(text string) string, all ...Facts) Values {
	v := Values{known: map[string]string{}}
	for _, facts := range all {
		if facts != nil {
			facts.Each(func(name, text string) { v.known[name] = text })
		}
	}
	if clean != nil {
		for name, text := range v.known {
			v.known[name] = clean(text)
		}
	}
	return v
}

// Without leaves out the values whose text is unfit.
func (v Values) Without(unfit func(text string) bool) Values {
	kept := maps.Clone(v.known)
	maps.DeleteFunc(kept, func(_, text string) bool { return unfit(text) })
	return Values{kept}
}

// with is the same with one more value.
func (v Values) with(name, text string) Values {
	more := maps.Clone(v.known)
	if more == nil {
		more = map[string]string{}
	}
	more[name] = text
	return Values{more}
}
