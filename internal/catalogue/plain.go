package catalogue

import (
	"strings"

	"armpreflight/internal/lazyregexp"
)

// Plain is an entry written out for a reader about whose connection nothing is
// known, as a manual does: with words for values, and with every cause, also
// those that a run would rule out.
type Plain struct {
	Title, Means, Confirm string
	Causes                []string
	Fixes                 []PlainFix
}

// PlainFix is a fix with its steps written out.
type PlainFix struct {
	Fix
	Steps []string // every second line of one is a command or a URL
}

// Plain writes out the entry. Its code is all that's known.
func (e Entry) Plain() Plain { return e.With(nil) }

// With writes out the entry for a reader who has a message with these facts in it.
func (e Entry) With(facts Facts) Plain {
	given := Gather(nil, facts)
	known := given.with("code", string(e.Code))
	p := Plain{Title: plain(e.Title.Choose(known), given), Confirm: plain(e.Confirm.Choose(known), given)}
	var sentences []string
	for _, t := range e.Means {
		if text := plain(t.Choose(known), given); text != "" {
			sentences = append(sentences, text)
		}
	}
	p.Means = strings.Join(sentences, " ")
	for _, t := range e.Causes {
		if text := plain(t.Choose(assumed(t, known)), given); text != "" {
			p.Causes = append(p.Causes, text)
		}
	}
	for _, f := range e.Fixes {
		values := known
		if len(f.Schemes) == 1 {
			values = values.with("scheme", string(f.Schemes[0]))
		}
		if len(f.Modes) == 1 {
			values = values.with("mode", string(f.Modes[0]))
		}
		if name, value, exact := strings.Cut(f.With, "="); exact {
			values = values.with(name, value)
		}
		fix := PlainFix{Fix: f}
		for _, t := range f.Steps {
			if lines := StepLines(t.Choose(values)); lines[0] != "" {
				for i, line := range lines {
					lines[i] = plain(line, given)
				}
				fix.Steps = append(fix.Steps, strings.Join(lines, "\n"))
			}
		}
		p.Fixes = append(p.Fixes, fix)
	}
	return p
}

// assumed adds the value that makes a cause apply, where it's for one value only.
func assumed(t Text, values Values) Values {
	if len(t) == 0 || strings.HasPrefix(t[0].If, "not ") || strings.Contains(t[0].If, " and ") {
		return values
	}
	if name, value, exact := strings.Cut(t[0].If, "="); exact && values.known[name] == "" {
		return values.with(name, value)
	}
	return values
}

var (
	// inCommand is a value inside a command or an address, where words don't do.
	inCommand = &lazyregexp.Regexp{Expression: `(://|the name |nslookup |Resolve-DnsName |Test-NetConnection |-Name |-connect |-servername |--[a-z-]+ )\{([a-z]+)\}`}
	// lastly is a value that only adds to a sentence that's whole without it.
	lastly = &lazyregexp.Regexp{Expression: `: \{[a-z]+\}$| \(HTTP \{status\}\)`}
	name   = &lazyregexp.Regexp{Expression: `\{([a-z]+)\}`}
)

// plain fills a text with the values that are given. Those of its conditions aren't.
func plain(text string, given Values) string {
	if !strings.Contains(text, "{") {
		return text
	}
	unknown := func(part string) bool {
		m := name.FindStringSubmatch(part)
		return m == nil || given.known[m[1]] == ""
	}
	text = lastly.ReplaceAllStringFunc(text, func(part string) string {
		if unknown(part) {
			return ""
		}
		return part
	})
	text = inCommand.ReplaceAllStringFunc(text, func(part string) string {
		if m := inCommand.FindStringSubmatch(part); unknown(part) {
			return m[1] + "<" + m[2] + ">"
		}
		return part
	})
	text = name.ReplaceAllStringFunc(text, func(part string) string {
		key := strings.Trim(part, "{}")
		if _, spoken := words(key); spoken || !unknown(part) {
			return part
		}
		return "<" + key + ">"
	})
	return Fill(text, given)
}
