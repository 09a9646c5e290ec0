package lint

import (
	"fmt"
	"strings"
)

// Summary describes the result in one sentence.
func (r Result) Summary() string {
	findings := fmt.Sprintf("%s, %s", count(r.Errors(), "error"), count(len(r.Findings)+len(r.Unreadable)-r.Errors(), "note"))
	if len(r.Findings)+len(r.Unreadable) == 0 {
		findings = "no problems found"
	}
	if n := len(r.Unseen); n > 0 {
		findings += fmt.Sprintf("; %s not checked", count(n, "part"))
	}
	return fmt.Sprintf("%s read: %s", count(r.Files, "pipeline file"), findings)
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// NotChecked lists the parts that weren't checked. Those in the same other repository are one line, at the place of the first. So are files
// in the same template language.
func (r Result) NotChecked() []string {
	parts := map[string]int{}
	for _, u := range r.Unseen {
		parts[u.group()]++
	}
	var all []string
	for _, u := range r.Unseen {
		group := u.group()
		switch n := parts[group]; {
		case group == "" || n == 1:
			all = append(all, "not checked: "+u.String())
		case n > 1 && u.language != "":
			all = append(all, fmt.Sprintf("not checked: %s; %s in this language", u, count(n-1, "more file")))
		case n > 1:
			all = append(all, fmt.Sprintf("not checked: %s; %s of repository '%s'", u, count(n-1, "more template"), u.Repository))
		}
		parts[group] = 0
	}
	return all
}

// group returns the same text for parts that are one line; empty for a part that has its own line.
func (u Unseen) group() string {
	switch {
	case u.Repository != "":
		return "repository " + strings.ToLower(u.Repository)
	case u.language != "":
		return "language " + u.language
	}
	return ""
}

func (u Unseen) String() string {
	if u.Line == 0 {
		return fmt.Sprintf("%s: %s", u.File, u.Why)
	}
	return fmt.Sprintf("%s:%d: %s", u.File, u.Line, u.Why)
}
