package deployment

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/rights"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func asItIs(text string) string { return text }

func everySample(t *testing.T) []sample {
	t.Helper()
	all := corpus(t, "templates")
	all = append(all, corpus(t, "plans")...)
	return append(all, corpus(t, "snapshots")...)
}

func TestTheJSONFitsItsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "requires.schema.json"))
	require.NoError(t, err)
	for _, s := range everySample(t) {
		var b bytes.Buffer
		require.NoError(t, s.derive(t).JSON(&b, "armpreflight test", []string{s.main}, asItIs))
		document, err := jsonschema.UnmarshalJSON(&b)
		require.NoError(t, err)
		assert.NoError(t, schema.Validate(document), s.name)
	}
	empty := &Needs{}
	var b bytes.Buffer
	require.NoError(t, empty.JSON(&b, "armpreflight test", nil, asItIs))
	document, err := jsonschema.UnmarshalJSON(&b)
	require.NoError(t, err)
	assert.NoError(t, schema.Validate(document), "nothing at all")
}

// TestLinesAreWhatTheInputTakes reads the lines as the task does: they're the certain needs, at the scopes where they can be given.
func TestLinesAreWhatTheInputTakes(t *testing.T) {
	for _, s := range everySample(t) {
		needs := s.derive(t)
		var b strings.Builder
		left, err := needs.Lines(&b, asItIs)
		require.NoError(t, err, s.name)
		wanted, problems := rights.Parse(b.String(), rights.Base{ID: ownSub, SubscriptionID: strings.TrimPrefix(ownSub, subscriptions)})
		assert.Empty(t, problems, s.name)
		got := map[string]bool{}
		for _, w := range wanted {
			got[strings.ToLower(w.Action+" @ "+w.Scope.ID())] = true
		}
		want := map[string]bool{}
		for _, a := range needs.Actions {
			if scope := needs.Assignable(a.Scope); a.Certainty == Certain && scope != "/" {
				want[strings.ToLower(a.Action+" @ "+scope)] = true
			}
		}
		assert.Equal(t, want, got, s.name)
		if len(derived(needs, Likely)) > 0 {
			assert.NotEmpty(t, left, s.name)
		}
	}
}

func TestLinesNeedTheResourceGroup(t *testing.T) {
	needs, err := Derive(files("main.json", template(account)), []string{"main.json"}, Options{})
	require.NoError(t, err)
	_, err = needs.Lines(io.Discard, asItIs)
	assert.EqualError(t, err, "the template doesn't name its resource group: use --scope")
}

func TestALineNeverBreaks(t *testing.T) {
	needs, err := deriveOne(template(`{"type":"Microsoft.Authorization/locks","name":"l","scope":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/a\n##vso[task.complete]\nb"}`))
	require.NoError(t, err)
	for name, write := range map[string]func(io.Writer) error{
		"text":  func(w io.Writer) error { return needs.Text(w, asItIs) },
		"role":  func(w io.Writer) error { return needs.RoleText(w, asItIs) },
		"lines": func(w io.Writer) error { _, err := needs.Lines(w, asItIs); return err },
	} {
		var b strings.Builder
		require.NoError(t, write(&b), name)
		assert.NotContains(t, b.String(), "\n##", name)
	}
}

// TestGrantsHaveWhatIsNeeded: the roles of a scope and of those around it have every action, none of them could be left out, and
// a custom role has exactly the actions.
func TestGrantsHaveWhatIsNeeded(t *testing.T) {
	for _, s := range everySample(t) {
		needs := s.derive(t)
		grants := needs.Grants()
		asked := 0
		for i, g := range grants {
			asked += len(g.Actions)
			var around []rights.Role
			for _, other := range grants[:i] {
				if _, inside := cutFold(g.Scope, strings.TrimSuffix(other.Scope, "/")+"/"); inside {
					around = append(around, other.Roles...)
				}
			}
			for _, a := range g.Actions {
				nobody := slices.ContainsFunc(g.None, func(none Action) bool { return none.Action == a.Action })
				assert.True(t, nobody || has(append(slices.Clone(around), g.Roles...), a), "%s: %s @ %s", s.name, a.Action, g.Scope)
			}
			for leave := range g.Roles {
				fewer := append(slices.Clone(around), slices.Delete(slices.Clone(g.Roles), leave, leave+1)...)
				missing := false
				for _, a := range g.Actions {
					missing = missing || !has(fewer, a) && len(rights.Smallest(a.Action, a.DataAction)) > 0
				}
				assert.True(t, missing, "%s: %s isn't needed at %s", s.name, g.Roles[leave].Name, g.Scope)
			}
			custom := g.Custom()
			assert.Len(t, g.Actions, len(custom.Actions)+len(custom.DataActions), s.name)
			assert.NotContains(t, strings.ToLower(strings.TrimPrefix(custom.AssignableScopes[0], managementGroups)), "/providers/", s.name)
		}
		assert.LessOrEqual(t, asked, len(needs.Actions), s.name)
	}
}

func TestARoleForEachKindOfDeployment(t *testing.T) {
	for name, want := range map[string][]string{
		"templates/vm-with-network": {"Network Contributor", "Virtual Machine Contributor"},
		"templates/role-on-group":   {"Role Based Access Control Administrator"},
		"templates/private-endpoint": {
			"Network Contributor", "Storage Account Contributor",
		},
	} {
		for _, s := range everySample(t) {
			if s.name == name {
				var got []string
				for _, g := range s.derive(t).Grants() {
					for _, role := range g.Roles {
						got = append(got, role.Name)
					}
				}
				assert.Subset(t, got, want, name)
				assert.NotContains(t, got, "Owner", name)
			}
		}
	}
}

// TestTheTextFitsATerminal: lines are broken at 100 columns, words aren't, and a scope isn't repeated.
func TestTheTextFitsATerminal(t *testing.T) {
	const group = ownSub + "/resourceGroups/rg-app"
	because := func(resource, target string) []Reason {
		return []Reason{{Resource: resource, File: "main.json", Path: "resources[0].properties.template.resources[12].properties.subnet.id", Target: target}}
	}
	n := &Needs{
		Actions: []Action{
			{Action: "A.B/c/read", Scope: group, Certainty: Certain},
			{Action: "A.B/c/d/read", Scope: group, Certainty: Certain},
			{Action: "A.B/c/write", Scope: group, Certainty: Certain},
			{Action: "A.B/e/read", Scope: group, Certainty: Likely, Because: because(group+"/providers/A.B/e/1", "")},
			{Action: "A.B/e/write", Scope: group, Certainty: Likely, Because: because(group+"/providers/A.B/e/1", "")},
			{Action: "A.B/f/read", Scope: group, Certainty: Likely, Because: because("x", group)},
			{Action: "A.B/f/write", Scope: group, Certainty: Likely, Because: because("x", group+"2")},
		},
		Unknown: []Unknown{{What: "couldn't determine the scope of a nested deployment; its actions are listed at " + group, Because: because("x", ""), More: 1}},
	}
	var b strings.Builder
	require.NoError(t, n.Text(&b, asItIs))
	assert.Equal(t, `at `+group+`
  certain  A.B/c: read, write
  certain  A.B/c/d: read
  likely   A.B/e: read, write
           because main.json resources[0].properties.template.resources[12].properties.subnet.id is
             …/providers/A.B/e/1
  likely   A.B/f: read
           because main.json resources[0].properties.template.resources[12].properties.subnet.id
             refers to it
  likely   A.B/f: write
           because main.json resources[0].properties.template.resources[12].properties.subnet.id
             refers to `+group+`2
couldn't be determined
  couldn't determine the scope of a nested deployment; its actions are listed at
    `+group+` (main.json
    resources[0].properties.template.resources[12].properties.subnet.id is x, and 1 more)
`, b.String())
}
