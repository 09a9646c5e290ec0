package deployment

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// JSON writes the needs as docs/requires.schema.json describes them; clean prepares a text for printing.
func (n *Needs) JSON(w io.Writer, tool string, files []string, clean func(string) string) error {
	d := struct {
		SchemaVersion string   `json:"schemaVersion"`
		Tool          string   `json:"tool"`
		Files         []string `json:"files"`
		Needs
	}{"1", tool, cleaned(files, clean), n.cleaned(clean)}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(d)
}

func cleaned(texts []string, clean func(string) string) []string {
	all := make([]string, 0, len(texts))
	for _, text := range texts {
		all = append(all, clean(text))
	}
	return all
}

// cleaned gives a copy whose texts are fit to be printed, and whose lists aren't nil.
func (n *Needs) cleaned(clean func(string) string) Needs {
	reasons := func(of []Reason) []Reason {
		all := make([]Reason, 0, len(of))
		for _, r := range of {
			all = append(all, Reason{clean(r.Resource), clean(r.File), clean(r.Path), clean(r.Target)})
		}
		return all
	}
	c := Needs{Actions: []Action{}, Providers: []Provider{}, ResourceGroups: []ResourceGroup{}, Locations: []Location{}, Unknown: []Unknown{}}
	for _, a := range n.Actions {
		a.Action, a.Scope, a.Because = clean(a.Action), clean(a.Scope), reasons(a.Because)
		c.Actions = append(c.Actions, a)
	}
	for _, p := range n.Providers {
		p.Namespace, p.Subscription, p.Because = clean(p.Namespace), clean(p.Subscription), reasons(p.Because)
		c.Providers = append(c.Providers, p)
	}
	for _, g := range n.ResourceGroups {
		g.ID, g.Location, g.Because = clean(g.ID), clean(g.Location), reasons(g.Because)
		c.ResourceGroups = append(c.ResourceGroups, g)
	}
	for _, l := range n.Locations {
		l.Type, l.Region, l.APIVersion, l.Scope, l.Because = clean(l.Type), clean(l.Region), clean(l.APIVersion), clean(l.Scope), reasons(l.Because)
		c.Locations = append(c.Locations, l)
	}
	for _, u := range n.Unknown {
		u.What, u.Because = clean(u.What), reasons(u.Because)
		c.Unknown = append(c.Unknown, u)
	}
	return c
}

// oneLine cleans a text so that it stays on its line.
func oneLine(clean func(string) string) func(string) string {
	return func(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }
}

// Text writes the form for people to read: scope by scope, then the rest in short.
func (n *Needs) Text(w io.Writer, clean func(string) string) error {
	c := n.cleaned(oneLine(clean))
	var b strings.Builder
	slices.SortStableFunc(c.Actions, func(a, b Action) int { // the widest scope first, and there what's certain
		return cmp.Or(cmp.Compare(strings.Count(a.Scope, "/"), strings.Count(b.Scope, "/")), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Certainty, b.Certainty),
			cmp.Compare(strings.ToLower(kindOf(a.Action)), strings.ToLower(kindOf(b.Action))))
	})
	scope := ""
	for i := 0; i < len(c.Actions); {
		a := c.Actions[i]
		if a.Scope != scope || i == 0 {
			scope = a.Scope
			fmt.Fprintf(&b, "at %s\n", scope)
		}
		verbs := []string{verbOf(a.Action)}
		next := i + 1
		for next < len(c.Actions) && alike(a, c.Actions[next]) {
			verbs = append(verbs, verbOf(c.Actions[next].Action))
			next++
		}
		i = next
		kind := kindOf(a.Action)
		if a.DataAction {
			kind = "data: " + kind
		}
		fmt.Fprintf(&b, "  %-7s  %s: %s\n", a.Certainty, kind, strings.Join(verbs, ", "))
		if a.Certainty == Likely && len(a.Because) > 0 {
			b.WriteString(wrapped("           ", append([]string{"because"}, a.Because[0].words(scope)...)))
		}
	}
	line := func(title string, items []string) {
		if len(items) > 0 {
			fmt.Fprintf(&b, "%s\n  %s\n", title, strings.Join(slices.Compact(items), "\n  "))
		}
	}
	var lines []string
	for _, p := range c.Providers {
		lines = append(lines, p.Namespace+in(p.Subscription))
	}
	line("resource providers", lines)
	lines = nil
	for _, g := range c.ResourceGroups {
		state := "must exist"
		if g.Created {
			state = "created by this deployment" + in(g.Location)
		}
		lines = append(lines, g.ID+": "+state)
	}
	line("resource groups", lines)
	lines = nil
	for _, l := range c.Locations {
		if l.Region != "" {
			lines = append(lines, strings.TrimSuffix(l.Type+" "+l.APIVersion, " ")+in(l.Region))
		}
	}
	line("regions", lines)
	lines = nil
	for _, u := range c.Unknown {
		lines = append(lines, strings.TrimSpace(wrapped("  ", u.words())))
	}
	line("couldn't be determined", lines)
	_, err := io.WriteString(w, b.String())
	return err
}

func in(place string) string {
	if place == "" {
		return ""
	}
	return " in " + place
}

func verbOf(action string) string {
	if call, ok := strings.CutSuffix(action, "/action"); ok {
		return action[strings.LastIndexByte(call, '/')+1:]
	}
	return action[strings.LastIndexByte(action, '/')+1:]
}

// kindOf is what's before the verb of an action.
func kindOf(action string) string { return action[:len(action)-len(verbOf(action))-1] }

// alike reports whether two actions differ in their verbs only, so that one line holds them.
func alike(a, b Action) bool {
	same := a.Scope == b.Scope && a.Certainty == b.Certainty && a.DataAction == b.DataAction && strings.EqualFold(kindOf(a.Action), kindOf(b.Action))
	return same && (a.Certainty == Certain || len(a.Because) > 0 && len(b.Because) > 0 && a.Because[0] == b.Because[0])
}

// words say why something is needed at a scope, which isn't repeated.
func (r Reason) words(scope string) []string {
	words := strings.Fields(r.File + " " + r.Path)
	verb, id := "is", r.Resource
	if r.Target != "" {
		verb, id = "refers to", r.Target
	}
	if id == "" {
		return words
	}
	rest, inside := strings.CutPrefix(id, scope)
	switch {
	case scope == "" || scope == "/" || !inside:
	case rest == "":
		return append(words, verb+" it")
	case rest[0] == '/':
		id = "…" + rest
	}
	return append(words, verb, id)
}

// columns is how long a line is, unless a word doesn't fit.
const columns = 100

// wrapped breaks words into lines.
func wrapped(indent string, words []string) string {
	var b strings.Builder
	length := 0
	for _, word := range words {
		n := len([]rune(word))
		switch {
		case length == 0:
			b.WriteString(indent)
			length = len(indent)
		case length+1+n > columns:
			b.WriteString("\n" + indent + "  ")
			length = len(indent) + 2
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += n
	}
	return b.String() + "\n"
}

// words are what isn't known, with the first place.
func (u Unknown) words() []string {
	words := strings.Fields(u.What)
	if len(u.Because) == 0 {
		return words
	}
	place := u.Because[0].words("")
	if len(place) == 0 {
		return words
	}
	place[0] = "(" + place[0]
	if more := len(u.Because) - 1 + u.More; more > 0 {
		place[len(place)-1] += ","
		place = append(place, fmt.Sprintf("and %d more", more))
	}
	place[len(place)-1] += ")"
	return append(words, place...)
}

// Lines writes the certain needs as lines for the task's input requiredActions. It returns sentences on what it left out.
func (n *Needs) Lines(w io.Writer, clean func(string) string) (left []string, err error) {
	clean = oneLine(clean)
	var b strings.Builder
	likely, tenant := 0, 0
	presets := map[string]bool{}
	for _, a := range n.Actions {
		scope := n.Assignable(a.Scope)
		place, ok := short(scope)
		switch {
		case a.Certainty != Certain:
			likely++
			continue
		case !ok && scope == "/":
			tenant++
			continue
		case !ok:
			return nil, errors.New("the template doesn't name its resource group: use --scope")
		}
		action := a.Action
		if a.DataAction {
			action = "data:" + action
		}
		if slices.ContainsFunc(deployActions, func(d string) bool { return strings.EqualFold(d, a.Action) }) && n.all(a.Scope, deployActions) {
			action = "@deploy"
		}
		line := strings.TrimSuffix(action+" @ "+place, " @ ")
		if !presets[line] {
			presets[line] = true
			b.WriteString(clean(line) + "\n")
		}
	}
	if likely > 0 {
		left = append(left, fmt.Sprintf("left out %d likely permissions, because a missing one would fail a run that might work", likely))
	}
	if tenant > 0 {
		left = append(left, fmt.Sprintf("left out %d permissions at the tenant, which requiredActions can't name", tenant))
	}
	_, err = io.WriteString(w, b.String())
	return left, err
}

// all reports whether all of some actions are certainly needed at a scope.
func (n *Needs) all(scope string, actions []string) bool {
	for _, action := range actions {
		if !slices.ContainsFunc(n.Actions, func(a Action) bool {
			return a.Certainty == Certain && a.Scope == scope && strings.EqualFold(a.Action, action)
		}) {
			return false
		}
	}
	return true
}

// short is a scope as requiredActions takes it: nothing for the connection's own, which is a subscription mostly, and without the
// subscription if it isn't known which.
func short(scope string) (string, bool) {
	own := shown(subscriptions + ownSubscription)
	if rest, ok := strings.CutPrefix(scope, own); ok {
		scope = strings.TrimPrefix(rest, "/")
	}
	if scope == shown(managementGroups+ownManagement) {
		scope = ""
	}
	return scope, scope != "/" && !strings.ContainsAny(scope, "{}")
}

// RoleText writes which roles have what's needed, and a custom role that has exactly that, for each scope.
func (n *Needs) RoleText(w io.Writer, clean func(string) string) error {
	clean = oneLine(clean)
	var b strings.Builder
	for i, g := range n.Grants() {
		fmt.Fprintf(&b, "at %s\n", clean(g.Scope))
		switch {
		case len(g.Roles) > 0:
			b.WriteString("  built-in roles\n")
			for _, role := range g.Roles {
				fmt.Fprintf(&b, "    %s (%s)\n", role.Name, role.ID)
			}
		case len(g.None) == 0:
			b.WriteString("  covered by a role at a parent scope\n")
		}
		for _, a := range g.None {
			fmt.Fprintf(&b, "    no built-in role in the table grants %s\n", clean(a.Action))
		}
		if g.Scope == "/" {
			b.WriteString("  a custom role can't be assigned at the tenant\n")
			continue
		}
		custom := g.Custom()
		custom.Name, custom.Description = clean(custom.Name), clean(custom.Description)
		custom.Actions, custom.DataActions, custom.AssignableScopes = cleaned(custom.Actions, clean), cleaned(custom.DataActions, clean), cleaned(custom.AssignableScopes, clean)
		text, err := json.MarshalIndent(custom, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "  or a custom role with exactly these permissions: save this as role-%d.json\n%s\n  az role definition create --role-definition '@role-%d.json'\n", i+1, text, i+1)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
