package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"armpreflight/internal/arm"
	"armpreflight/internal/deployment"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

// template is an ARM template of the corpus of package deployment, moved to the subscription of the simulated cloud.
type template struct {
	name, main, scope, parameters string
	files                         map[string]string
}

func templates(t *testing.T) []template {
	t.Helper()
	const corpusSubscription = "11111111-1111-1111-1111-111111111111"
	names, err := filepath.Glob(filepath.Join("..", "deployment", "testdata", "templates", "*.txtar"))
	require.NoError(t, err)
	require.Greater(t, len(names), 40)
	var all []template
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		tt := template{name: strings.TrimSuffix(filepath.Base(name), ".txtar"), files: map[string]string{}}
		for _, file := range archive.Files {
			text := strings.ReplaceAll(string(file.Data), corpusSubscription, cloud.ContosoSubscriptionID)
			if file.Name == "needs.yaml" {
				var about struct {
					Scope      string `yaml:"scope"`
					Parameters string `yaml:"parameters"`
				}
				require.NoError(t, yaml.Unmarshal([]byte(text), &about))
				tt.scope, tt.parameters = about.Scope, about.Parameters
				continue
			}
			if tt.main == "" {
				tt.main = file.Name
			}
			tt.files[file.Name] = text
		}
		if tt.scope == "" || tt.scope == "none" {
			tt.scope = "/subscriptions/" + cloud.ContosoSubscriptionID + "/resourceGroups/" + cloud.ContosoResourceGroup
		}
		all = append(all, tt)
	}
	return all
}

// needs are the needs, and the certain needs of a template, by the scope at which they can be given.
func (tt template) needs(t *testing.T) (needs *deployment.Needs, certain map[string][]string) {
	t.Helper()
	files := memory(tt.files)
	o := deployment.Options{Scope: tt.scope}
	if tt.parameters != "" {
		o.Parameters = []string{tt.parameters}
	}
	needs, err := deployment.Derive(files, []string{tt.main}, o)
	require.NoError(t, err)
	certain = map[string][]string{}
	for _, a := range needs.Actions {
		if a.Certainty == deployment.Certain && !strings.Contains(a.Scope, "{") {
			scope := needs.Assignable(a.Scope)
			certain[scope] = append(certain[scope], a.Action)
		}
	}
	return needs, certain
}

// play runs the preflight of a template by an identity that has exactly some actions.
func (tt template) play(t *testing.T, needs *deployment.Needs, granted map[string][]string) played {
	t.Helper()
	return play(t, "healthy", func(b *bubble) {
		b.Files = tt.files
		line := tt.main
		if tt.parameters != "" {
			line += " + " + tt.parameters
		}
		b.Step.Inputs["deployment"] = line + " @ " + tt.scope
		tenant := &b.World.Tenants[0]
		seen := cloud.RoleDefinition{ID: "aaaaaaaa-1111-4000-8000-000000000000", Name: "sees the subscription", Actions: []string{"Microsoft.Resources/subscriptions/read"}}
		tenant.RoleDefinitions = append(tenant.RoleDefinitions, seen)
		tenant.RoleAssignments = []cloud.RoleAssignment{{Name: seen.ID, PrincipalID: cloud.ContosoPrincipalID, RoleID: seen.ID, Scope: "/subscriptions/" + cloud.ContosoSubscriptionID}}
		for scope, actions := range granted {
			id := fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", len(tenant.RoleAssignments))
			tenant.RoleDefinitions = append(tenant.RoleDefinitions, cloud.RoleDefinition{ID: id, Name: id, Actions: actions})
			tenant.RoleAssignments = append(tenant.RoleAssignments, cloud.RoleAssignment{Name: id, PrincipalID: cloud.ContosoPrincipalID, RoleID: id, Scope: scope})
		}
		exists(tenant, needs, granted)
	})
}

// exists makes what the deployment needs to be there already.
func exists(tenant *cloud.Tenant, needs *deployment.Needs, granted map[string][]string) {
	subscription := func(id string) *cloud.Subscription {
		i := slices.IndexFunc(tenant.Subscriptions, func(s cloud.Subscription) bool { return s.ID == id })
		if i < 0 {
			i = len(tenant.Subscriptions)
			tenant.Subscriptions = append(tenant.Subscriptions, cloud.Subscription{ID: id, Name: id, State: "Enabled"})
		}
		return &tenant.Subscriptions[i]
	}
	place := func(scope string) {
		at, _ := arm.ParseID(scope)
		if at.ManagementGroup != "" && at.ManagementGroup != cloud.ContosoManagementGroup {
			tenant.ManagementGroups = append(tenant.ManagementGroups, cloud.ManagementGroup{ID: at.ManagementGroup, Name: at.ManagementGroup})
		}
		if at.Subscription == "" || strings.Contains(at.Subscription, "{") {
			return
		}
		s := subscription(at.Subscription)
		if at.ResourceGroup != "" && !slices.ContainsFunc(s.ResourceGroups, func(g cloud.ResourceGroup) bool { return strings.EqualFold(g.Name, at.ResourceGroup) }) {
			s.ResourceGroups = append(s.ResourceGroups, cloud.ResourceGroup{Name: at.ResourceGroup, Location: "westeurope"})
		}
	}
	for scope := range granted {
		place(scope)
	}
	for _, a := range needs.Actions {
		place(needs.Assignable(a.Scope))
	}
	for _, g := range needs.ResourceGroups {
		if !g.Created {
			place(g.ID)
		}
	}
	for _, p := range needs.Providers {
		if at, _ := arm.ParseID(p.Subscription); at.Subscription != "" && !strings.Contains(at.Subscription, "{") {
			s := subscription(at.Subscription)
			s.Providers = append(s.Providers, cloud.Provider{Namespace: p.Namespace})
		}
	}
}

// TestWhatIsDerivedIsEnoughAndNothingOfItIsLeftOut grants an identity exactly what was derived of each template, which passes, and
// takes away one action after the other, and expects each to be missed. Without -every, it takes away only some.
func TestWhatIsDerivedIsEnoughAndNothingOfItIsLeftOut(t *testing.T) {
	for i, tt := range templates(t) {
		if testing.Short() && i%4 != 0 {
			continue // the requests run at the same time in the same way in each
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			needs, certain := tt.needs(t)
			all := tt.play(t, needs, certain)
			assert.Contains(t, []string{"pass", "warn"}, all.status("permissions"), all.visible())
			assert.Equal(t, "pass", all.status("deployment"), all.visible())
			assert.NotEqual(t, "fail", all.status("resource-groups"), all.visible()) // to read a group isn't among the needs, so it can be unknown
			assert.NotContains(t, all.log, "permission-missing")
			assert.Contains(t, all.log, "\nready: ", all.visible())

			var actions []string
			for _, here := range certain {
				actions = append(actions, here...)
			}
			slices.Sort(actions)
			actions = slices.Compact(actions)
			for j, action := range actions {
				if !*every && j%len(actions) != (i*7)%len(actions) {
					continue
				}
				without := map[string][]string{}
				for scope, here := range certain {
					without[scope] = slices.DeleteFunc(slices.Clone(here), func(a string) bool { return strings.EqualFold(a, action) })
				}
				got := tt.play(t, needs, without)
				assert.Equal(t, "fail", got.status("permissions"), "without %s\n%s", action, got.visible())
				assert.Contains(t, strings.Join(strings.Fields(got.log), " "), "doesn't have permission for '"+action+"'", "without %s\n%s", action, got.visible())
			}
		})
	}
}

func memory(files map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}
