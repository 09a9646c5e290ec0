package diagnosis

import (
	"regexp"
	"slices"
	"strings"
)

// Plain writes out an entry for somebody of whose connection nothing is known, as a manual does: with words for values,
// and with every cause, also those that a run would rule out.
func (e Entry) Plain() Entry {
	e.Title = plain(e.Title, nil)
	e.Means = plain(e.Means, nil)
	e.Confirm = plain(e.Confirm, nil)
	var causes []string
	for _, c := range e.Causes {
		values := map[string]string{}
		if m := bracket.FindStringSubmatch(toMarks.Replace(c)); m != nil && m[2] != "" && !strings.HasPrefix(m[1], "!") {
			values[m[1]] = m[2][1:]
		}
		if c = plain(c, values); c != "" {
			causes = append(causes, c)
		}
	}
	e.Causes = causes
	fixes := make([]Fix, len(e.Fixes))
	for i, f := range e.Fixes {
		values := map[string]string{}
		if len(f.Schemes) == 1 {
			values["scheme"] = string(f.Schemes[0])
		}
		if name, value, exact := strings.Cut(f.With, "="); exact {
			values[name] = value
		}
		var steps []string
		for _, step := range f.Steps {
			if step = plain(step, values); step != "" {
				steps = append(steps, step)
			}
		}
		f.Steps = steps
		fixes[i] = f
	}
	e.Fixes = fixes
	return e
}

var (
	// inCommand is a value inside a command or an address, where words do not do.
	inCommand = regexp.MustCompile(`(://|the name |nslookup |Resolve-DnsName |Test-NetConnection |-Name |-connect |-servername |--[a-z-]+ )\{([a-z]+)\}`)
	// lastly is a value that only adds to a sentence which is whole without it.
	lastly = regexp.MustCompile(`: \{[a-z]+\}$| \(HTTP \{status\}\)`)
)

// spoken are the values for which unknown has words that read well anywhere. The others, which a check has compared, stay
// names: "resource group '<group>'".
var spoken = []string{
	"connection", "tenant", "client", "subscription", "scope", "cloud", "link", "object", "agent", "service", "host", "action", "owner",
	"correlation", "trace", "wait", "managementgroup", "input", "variable", "skew", "seconds", "person",
}

// plain fills a template of which only the values of its conditions are known.
func plain(template string, values map[string]string) string {
	if !strings.ContainsAny(template, "{[") {
		return template
	}
	text := bracket.ReplaceAllStringFunc(toMarks.Replace(template), func(part string) string {
		m := bracket.FindStringSubmatch(part)
		if m[1] == "" && name.MatchString(m[3]) || !holds(m[1]+m[2], values) {
			return ""
		}
		return m[3]
	})
	text = lastly.ReplaceAllString(text, "")
	text = inCommand.ReplaceAllString(text, "${1}<${2}>")
	text = name.ReplaceAllStringFunc(text, func(part string) string {
		if key := strings.Trim(part, "{}"); !slices.Contains(spoken, key) {
			return "<" + key + ">"
		}
		return part
	})
	return fill(fromDoubled.Replace(text), nil)
}

// fromDoubled puts the brackets of the text itself back as they were written.
var fromDoubled = strings.NewReplacer("\x01", "[[", "\x02", "]]")
