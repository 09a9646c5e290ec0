package formtest

import (
	"fmt"
	"strings"
)

// deployed is what report.json contains about the needs of a deployment.
type deployed struct {
	Scopes     []scope
	MoreScopes int
	Beyond     []struct {
		Scopes, Actions         []string
		Role                    string
		MoreScopes, MoreActions int
	}
}

type scope struct {
	Scope, Name     string
	Certain, Likely struct{ Granted, Missing, Denied, Unknown int }
	Needs           []struct {
		Action, Certainty, State string
		DataAction               bool
	}
}

// column is what a table has in one of its three columns of a scope.
type column struct {
	count, certain int
	names          []string
}

func (s scope) columns() (granted, missing, unknown column) {
	c, l := s.Certain, s.Likely
	granted.count, granted.certain = c.Granted+l.Granted, c.Granted
	missing.count, missing.certain = c.Missing+c.Denied+l.Missing+l.Denied, c.Missing+c.Denied
	unknown.count, unknown.certain = c.Unknown+l.Unknown, c.Unknown
	for _, n := range s.Needs {
		name := n.Action
		if n.DataAction {
			name = "data:" + name
		}
		about := ""
		if n.Certainty == "likely" {
			about = "likely"
		}
		if n.State == "denied" {
			about = strings.TrimPrefix(about+", denied", ", ")
		}
		if about != "" {
			name += " (" + about + ")"
		}
		to := map[string]*column{"granted": &granted, "missing": &missing, "denied": &missing, "unknown": &unknown}[n.State]
		to.names = append(to.names, name)
	}
	return granted, missing, unknown
}

// first are up to five names of a list that's longer by more.
func first(names []string, more int) string {
	all := append([]string{}, names...)
	if len(all)+more > 5 && len(all) > 4 {
		more += len(all) - 4
		all = all[:4]
	}
	if more > 0 {
		all = append(all, fmt.Sprintf("%d more", more))
	}
	return strings.Join(all, ", ")
}

func (d deployed) beyond() []string {
	var all []string
	for _, b := range d.Beyond {
		at := first(b.Scopes, b.MoreScopes)
		what := "no rights beyond these"
		if actions := first(b.Actions, b.MoreActions); actions != "" {
			what = "the rights to " + actions
		}
		if b.Role != "" {
			what = "the rights of " + b.Role
		}
		all = append(all, block("p", "The identity has %s at %s.", what, at))
	}
	return all
}

func (d deployed) markdown() []string {
	all := []string{"h4 What this deployment needs", "tr scope | granted | missing | not known"}
	cell := func(c column) string {
		switch {
		case c.count == 0:
			return ""
		case len(c.names) == 0:
			return fmt.Sprint(c.count)
		}
		return words(fmt.Sprintf("%d: %s", c.count, first(c.names, max(c.count-len(c.names), 0))))
	}
	for i, s := range d.Scopes {
		if i == 20 {
			break
		}
		granted, missing, unknown := s.columns()
		count := ""
		if granted.count > 0 {
			count = fmt.Sprint(granted.count)
		}
		all = append(all, "tr "+strings.Join([]string{words(s.Name), count, cell(missing), cell(unknown)}, " | "))
	}
	if more := len(d.Scopes) + d.MoreScopes - 20; more > 0 {
		all = append(all, fmt.Sprintf("p %s in report.json.", map[bool]string{true: "1 other scope is", false: fmt.Sprintf("%d other scopes are", more)}[more == 1]))
	}
	return append(all, d.beyond()...)
}

func (d deployed) html() []string {
	all := []string{"h2 What this deployment needs", "tr scope | granted | missing | not known"}
	names := func(c column) string {
		var all []string
		for _, name := range c.names {
			all = append(all, inside("code", name))
		}
		if more := c.count - len(c.names); more > 0 {
			all = append(all, fmt.Sprintf("%d more", more))
		}
		return strings.Join(all, " ⏎ ")
	}
	for _, s := range d.Scopes {
		granted, missing, unknown := s.columns()
		cells := []string{words(s.Name) + " ⏎ " + inside("code", s.Scope), "", "", ""}
		switch {
		case len(granted.names) > 0:
			cells[1] = inside("details", inside("summary", fmt.Sprint(granted.count))+names(granted))
		case granted.count > 0:
			cells[1] = inside("b pass", fmt.Sprint(granted.count))
		}
		for i, c := range []column{missing, unknown} {
			class := "unknown"
			if i == 0 {
				class = map[bool]string{true: "fail", false: "warn"}[c.certain > 0]
			}
			switch {
			case c.count == 0:
			case len(c.names) == 0:
				cells[i+2] = inside("b "+class, fmt.Sprint(c.count))
			default:
				cells[i+2] = inside("b "+class, fmt.Sprint(c.count)) + " ⏎ " + names(c)
			}
		}
		all = append(all, "tr "+strings.Join(cells, " | "))
	}
	if d.MoreScopes > 0 {
		all = append(all, fmt.Sprintf("p %s listed.", map[bool]string{true: "1 other scope isn't", false: fmt.Sprintf("%d other scopes aren't", d.MoreScopes)}[d.MoreScopes == 1]))
	}
	return append(all, d.beyond()...)
}
