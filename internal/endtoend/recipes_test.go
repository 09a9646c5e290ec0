package endtoend

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/gate"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recipe is one set-up of the built-in Invoke REST API check, as docs/recipes.json has it.
type recipe struct {
	ID              string `json:"id"`
	Asks            string `json:"asks"`
	Right           string `json:"right"`
	URLSuffix       string `json:"urlSuffix"`
	SuccessCriteria string `json:"successCriteria"`
}

// recipeHeaders replace the check's own, which hold the job's token.
const recipeHeaders = `{"Content-Type": "application/json"}`

func recipes(t *testing.T) []recipe {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "recipes.json"))
	require.NoError(t, err)
	var all []recipe
	require.NoError(t, json.Unmarshal(data, &all))
	require.NotEmpty(t, all)
	return all
}

// task is the check with the words in capitals replaced.
func (r recipe) task() *gate.Task {
	words := strings.NewReplacer("SUBSCRIPTION_ID", cloud.ContosoSubscriptionID, "RESOURCE_GROUP", cloud.ContosoResourceGroup,
		"MANAGEMENT_GROUP", cloud.ContosoManagementGroup, "REGION", "westeurope", "PROVIDER", "Microsoft.Web")
	return gate.InvokeREST(words.Replace(r.URLSuffix), recipeHeaders, words.Replace(r.SuccessCriteria), "GET", "")
}

func TestTheRecipesAsk(t *testing.T) {
	t.Parallel()
	subscription := func(change func(*cloud.Subscription)) func(*cloud.World) {
		return func(w *cloud.World) { change(&w.Tenants[0].Subscriptions[0]) }
	}
	group := func(change func(*cloud.ResourceGroup)) func(*cloud.World) {
		return subscription(func(s *cloud.Subscription) {
			for i := range s.ResourceGroups {
				if s.ResourceGroups[i].Name == cloud.ContosoResourceGroup {
					change(&s.ResourceGroups[i])
				}
			}
		})
	}
	provider := func(change func(*cloud.Provider)) func(*cloud.World) {
		return subscription(func(s *cloud.Subscription) {
			for i := range s.Providers {
				if s.Providers[i].Namespace == "Microsoft.Web" {
					change(&s.Providers[i])
				}
			}
		})
	}
	lock := func(level, scope string) func(*cloud.World) {
		return func(w *cloud.World) {
			w.Tenants[0].Locks = append(w.Tenants[0].Locks, cloud.Lock{Name: "keep", Level: level, Scope: scope})
		}
	}
	role := func(id string) func(*cloud.World) {
		return func(w *cloud.World) {
			for i := range w.Tenants[0].RoleAssignments {
				w.Tenants[0].RoleAssignments[i].RoleID = id
			}
		}
	}
	groupScope := "/subscriptions/" + cloud.ContosoSubscriptionID + "/resourceGroups/" + cloud.ContosoResourceGroup
	refused := map[string]map[string]func(*cloud.World){
		"subscription-enabled": {
			"disabled": subscription(func(s *cloud.Subscription) { s.State = "Disabled" }),
			"past due": subscription(func(s *cloud.Subscription) { s.State = "PastDue" }),
		},
		"management-group-readable": {
			"gone": func(w *cloud.World) { w.Tenants[0].ManagementGroups = nil },
		},
		"resource-group-ready": {
			"gone":          group(func(g *cloud.ResourceGroup) { g.Name = "rg-other" }),
			"being deleted": group(func(g *cloud.ResourceGroup) { g.State = "Deleting" }),
		},
		"resource-group-region": {
			"another region": group(func(g *cloud.ResourceGroup) { g.Location = "northeurope" }),
			"gone":           group(func(g *cloud.ResourceGroup) { g.Name = "rg-other" }),
		},
		"provider-registered": {
			"not registered": provider(func(p *cloud.Provider) { p.State = "NotRegistered" }),
			"registering":    provider(func(p *cloud.Provider) { p.State = "Registering" }),
		},
		"no-read-only-lock": {
			"at the group": lock("ReadOnly", groupScope),
			"in it":        lock("ReadOnly", groupScope+"/providers/Microsoft.Web/sites/shop"),
		},
		"contributor-rights": {
			"a reader": role(cloud.RoleReader),
		},
	}
	for _, r := range recipes(t) {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			scenario := "healthy"
			if r.ID == "management-group-readable" {
				scenario = "healthy-management-group"
			}
			rel := newRelease(t, scenario)
			for _, rel.job.Options = range gate.AllOptions() {
				result := rel.sample(r.task())
				require.True(t, result.Passed, "%s\n%s", result.Err, strings.Join(result.Log, "\n"))
			}
			require.NotEmpty(t, refused[r.ID], "no situation in which it must not pass")
			for name, spoil := range refused[r.ID] {
				rel := newRelease(t, scenario)
				rel.cloud.Update(spoil)
				assert.False(t, rel.sample(r.task()).Passed, name)
			}
			for name, answer := range map[string]struct {
				status int
				body   string
			}{
				"401": {401, `{}`}, "403": {403, `{}`}, "404": {404, `{}`}, "429": {429, `{}`}, "500": {500, `{}`}, "an empty object": {200, `{}`},
				"null": {200, `null`}, "another shape": {200, `{"values":[]}`}, "an empty list": {200, `[]`},
				"a page": {200, `<html></html>`}, "a part with more to come": {200, `{"value":[],"nextLink":"https://management.azure.com/x"}`},
			} {
				rel.before = instead("", answer.status, "application/json", answer.body)
				result := rel.sample(r.task())
				assert.False(t, result.Passed, "%s\n%s", name, strings.Join(result.Log, "\n"))
			}
		})
	}
	assert.Len(t, refused, len(recipes(t)), "situations without a recipe")
}

func TestADeleteLockDoesNotStandInTheWayOfTheRecipe(t *testing.T) {
	t.Parallel()
	rel := newRelease(t, "healthy")
	rel.cloud.Update(func(w *cloud.World) {
		w.Tenants[0].Locks = append(w.Tenants[0].Locks, cloud.Lock{Name: "keep", Level: "CanNotDelete", Scope: "/subscriptions/" + cloud.ContosoSubscriptionID})
	})
	for _, r := range recipes(t) {
		if r.ID == "no-read-only-lock" {
			assert.True(t, rel.sample(r.task()).Passed)
		}
	}
}

// The default headers of the check would hand the job's token to Resource Manager; the simulation notices that.
func TestTheDefaultHeadersOfTheCheckWouldLeakTheJobsToken(t *testing.T) {
	t.Parallel()
	rel := newRelease(t, "healthy")
	r := recipes(t)[0]
	task := gate.InvokeREST(strings.Replace(r.URLSuffix, "SUBSCRIPTION_ID", cloud.ContosoSubscriptionID, 1),
		`{"Content-Type":"application/json", "AuthToken":"$(system.AccessToken)"}`, r.SuccessCriteria, "GET", "")
	assert.NotEmpty(t, task.Sample(t.Context(), rel.job).Violations)
}

func TestTheRecipesOfTheDocumentationAreTheTestedOnes(t *testing.T) {
	const begin, end = "-update -->\n", "<!-- /recipes -->"
	file := filepath.Join("..", "..", "docs", "gates.md")
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(page), begin)
	require.True(t, ok)
	shown, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	var want strings.Builder
	for _, r := range recipes(t) {
		fmt.Fprintf(&want, "\n**%s.** Required permission: %s.\n\n```\nURL suffix:       %s\nSuccess criteria: %s\n```\n", strings.ToUpper(r.Asks[:1])+r.Asks[1:], r.Right, r.URLSuffix, r.SuccessCriteria)
	}
	want.WriteString("\n")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+want.String()+end+after), 0o644))
		return
	}
	assert.Equal(t, want.String(), shown, "docs/gates.md is stale: run with -update")
	assert.Contains(t, string(page), recipeHeaders)
}

func TestTheCheckByRESTIsTheFirstRecipe(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "gates.md"))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(page), "### Creating a check by REST")
	_, rest, ok := strings.Cut(rest, "```json\n")
	require.True(t, ok)
	block, _, _ := strings.Cut(rest, "```")
	var check struct {
		Settings struct {
			Inputs        map[string]string `json:"inputs"`
			RetryInterval int               `json:"retryInterval"`
		} `json:"settings"`
		Timeout int `json:"timeout"`
	}
	require.NoError(t, json.Unmarshal([]byte(block), &check))
	first := recipes(t)[0]
	assert.Equal(t, first.URLSuffix, check.Settings.Inputs["urlSuffix"])
	assert.Equal(t, first.SuccessCriteria, check.Settings.Inputs["successCriteria"])
	assert.Equal(t, recipeHeaders, check.Settings.Inputs["headers"])
	if check.Settings.RetryInterval > 0 { // 0: the first answer is final
		assert.LessOrEqual(t, check.Timeout, 10*check.Settings.RetryInterval, "Microsoft recommends at most ten evaluations")
	}
}
