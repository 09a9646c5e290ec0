package attack

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/preflight"
	"armpreflight/internal/sim/bubble"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var every = flag.Bool("every", false, "try each status and measure every costly input, not only some")

const jsonType = "application/json; charset=utf-8"

// body is what an answer with an error status holds.
type body struct{ name, contentType, text string }

var bodies = []body{
	{"a code that nobody knows", jsonType, `{"error":{"code":"ContosoSaysNo","message":"Not today."}}`},
	{"no body", jsonType, ""},
	{"garbage", jsonType, `{"error":{"co`},
	{"a web page", "text/html", "<!DOCTYPE html><html><head><title>Something else</title></head></html>"},
}

func (b body) answer(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", b.contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, b.text) // a client that has gone gets nothing
}

// explained reports whether the catalogue knows what a refusal says: only then may
// an essential check fail. A page comes from something between, and 407 from a proxy.
func (b body) explained(status int) bool {
	return status == http.StatusProxyAuthRequired || b.contentType == "text/html" && status < 500 && status != 408 && status != 429
}

// eachAnswer plays every status with one body, and every body with some statuses.
func eachAnswer(t *testing.T, try func(t *testing.T, b body, status int)) {
	t.Helper()
	step := 13
	switch {
	case *every:
		step = 1
	case testing.Short():
		step = 20
	}
	some := []int{400, 401, 403, 404, 405, 407, 409, 410, 412, 418, 429, 451, 499, 500, 501, 503, 599}
	for _, b := range bodies {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			statuses := slices.Clone(some)
			if b == bodies[0] {
				for status := 400; status < 600; status += step {
					statuses = append(statuses, status)
				}
				slices.Sort(statuses)
				statuses = slices.Compact(statuses)
			}
			for _, status := range statuses {
				try(t, b, status)
			}
		})
	}
}

// everything asks all that a run can ask of Azure.
func everything(b *bubble.Bubble) {
	b.World.Tenants[0].Applications[0].GraphRoles = []string{"Application.Read.All"}
	maps.Copy(b.Step.Inputs, map[string]string{
		"resourceGroups": "rg-app", "requiredProviders": "Microsoft.Web", "requiredActions": "Microsoft.Web/sites/write", "failOn": "unknown",
	})
}

var checked = regexp.MustCompile(`msg=check id=(\S+) status=(\w+)`)

// statuses are those of the checks of a run.
func statuses(got bubble.Played) map[string]string {
	all := map[string]string{}
	for _, m := range checked.FindAllStringSubmatch(got.Log, -1) {
		all[m[1]] = m[2]
	}
	return all
}

func essential(id string) bool {
	for _, c := range preflight.All() {
		if c.ID == id {
			return !c.Advisory
		}
	}
	return false
}

// TestNoAnswerToAnAdvisoryReadFailsARun: what an advisory check asks is for a
// reader of the log.
func TestNoAnswerToAnAdvisoryReadFailsARun(t *testing.T) {
	eachAnswer(t, func(t *testing.T, b body, status int) {
		got := play(t, "healthy", func(r *bubble.Bubble) {
			everything(r)
			r.Answer = func(w http.ResponseWriter, q *http.Request) bool {
				if q.Host != "dev.azure.com" && q.Host != "graph.microsoft.com" && !strings.HasSuffix(q.URL.Path, "/locks") {
					return false
				}
				b.answer(w, status)
				return true
			}
		})
		for _, id := range []string{"connection-record", "credential-expiry", "locks"} {
			assert.Equal(t, "unknown", statuses(got)[id], "%d: %s\n%s", status, id, got.Visible())
		}
		assert.Equal(t, "pass", outputsIn(got.Log)["ArmPreflight.result"], "%d\n%s", status, got.Visible())
		assert.NotContains(t, got.Log, "##vso[task.complete result=Failed;]", status)
	})
}

// TestOnlyAnExplainedRefusalFails: a read that is refused for a reason that the
// catalogue doesn't have leaves the question open, for essential checks too.
func TestOnlyAnExplainedRefusalFails(t *testing.T) {
	subscription := "/subscriptions/" + cloud.ContosoSubscriptionID
	for name, asked := range map[string]func(path string) bool{
		"of the subscription":    func(path string) bool { return path == subscription },
		"of what's inside of it": func(path string) bool { return path != subscription },
	} {
		t.Run(name, func(t *testing.T) {
			eachAnswer(t, func(t *testing.T, b body, status int) {
				got := play(t, "healthy", func(r *bubble.Bubble) {
					everything(r)
					r.Answer = func(w http.ResponseWriter, q *http.Request) bool {
						if q.Host != "management.azure.com" || !asked(q.URL.Path) {
							return false
						}
						b.answer(w, status)
						return true
					}
				})
				for id, came := range statuses(got) {
					if came == "fail" {
						assert.True(t, essential(id) && b.explained(status), "%d: %s failed\n%s", status, id, got.Visible())
					}
				}
				assert.Contains(t, []string{"unknown", "fail"}, outputsIn(got.Log)["ArmPreflight.result"], "%d\n%s", status, got.Visible())
			})
		})
	}
}

// TestARefusedSignInFailsWithoutAnExplanation: a deployment can't sign in either.
func TestARefusedSignInFailsWithoutAnExplanation(t *testing.T) {
	for _, status := range []int{400, 401, 403} {
		got := play(t, "healthy", func(r *bubble.Bubble) {
			r.Answer = func(w http.ResponseWriter, q *http.Request) bool {
				if q.Method != http.MethodPost {
					return false
				}
				body{contentType: jsonType, text: `{"error":"contoso_says_no","error_description":"AADSTS9999999: Not today. Trace ID: x","error_codes":[9999999]}`}.answer(w, status)
				return true
			}
		})
		assert.Equal(t, "fail", statuses(got)["access-token"], got.Visible())
		assert.Equal(t, "fail", outputsIn(got.Log)["ArmPreflight.result"])
	}
}

// TestARightThatCantBeConfirmedIsUnknown: a deny assignment takes away what a role
// gives, so a pass needs the list of them.
func TestARightThatCantBeConfirmedIsUnknown(t *testing.T) {
	page := func(value, next string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			body{contentType: jsonType, text: fmt.Sprintf(`{"value":%s,"nextLink":%q}`, value, next)}.answer(w, 200)
		}
	}
	with := func(status int, text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { body{contentType: jsonType, text: text}.answer(w, status) }
	}
	second := "https://management.azure.com/subscriptions/" + cloud.ContosoSubscriptionID + "/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01&page=2"
	for name, tc := range map[string]struct {
		list   string // what is requested
		first  func(http.ResponseWriter)
		second func(http.ResponseWriter)
		want   string
		says   string
	}{
		"a server's fault":              {list: "denyAssignments", first: with(500, `{"error":{"code":"InternalServerError","message":"no"}}`), want: "unknown", says: "aren't confirmed"},
		"garbage":                       {list: "denyAssignments", first: with(200, `{"val`), want: "unknown", says: "aren't confirmed"},
		"an item without principals":    {list: "denyAssignments", first: page(`[{"id":"x","properties":{}}]`, ""), want: "unknown", says: "aren't confirmed"},
		"garbage on the second page":    {list: "denyAssignments", first: page("[]", second), second: with(200, "<html>"), want: "unknown", says: "aren't confirmed"},
		"a refusal of the second page":  {list: "denyAssignments", first: page("[]", second), second: with(404, `{"error":{"code":"ResourceNotFound","message":"no"}}`), want: "unknown", says: "aren't confirmed"},
		"a second page elsewhere":       {list: "denyAssignments", first: page("[]", "https://elsewhere.example/2"), want: "unknown", says: "aren't confirmed"},
		"a 403 of something between":    {list: "denyAssignments", first: with(403, ""), want: "unknown", says: "aren't confirmed"},
		"a 403 by a deny assignment":    {list: "denyAssignments", first: with(403, `{"error":{"code":"DenyAssignmentAuthorizationFailed","message":"no"}}`), want: "unknown", says: "aren't confirmed"},
		"not found":                     {list: "denyAssignments", first: with(404, `{"error":{"code":"ResourceNotFound","message":"no"}}`), want: "unknown", says: "aren't confirmed"},
		"no right to read the list":     {list: "denyAssignments", first: with(403, `{"error":{"code":"AuthorizationFailed","message":"The client does not have authorization."}}`), want: "pass", says: "can't read deny assignments"},
		"permissions without an answer": {list: "permissions", first: with(500, ""), want: "unknown"},
		"a role list without an answer": {list: "roleAssignments", first: with(500, ""), want: "pass", says: "a condition wasn't detected"},
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, "healthy", func(b *bubble.Bubble) {
				b.Step.Inputs["requiredActions"], b.Step.Inputs["failOn"] = "Microsoft.Web/sites/write", "unknown"
				b.Answer = func(w http.ResponseWriter, r *http.Request) bool {
					switch {
					case !strings.HasSuffix(r.URL.Path, "/Microsoft.Authorization/"+tc.list):
						return false
					case r.URL.Query().Get("page") == "2":
						tc.second(w)
					default:
						tc.first(w)
					}
					return true
				}
			})
			require.Equal(t, tc.want, statuses(got)["permissions"], got.Visible())
			assert.Contains(t, strings.Join(strings.Fields(got.Visible()), " "), tc.says)
			assert.Equal(t, tc.want == "unknown", strings.Contains(got.Log, "##vso[task.complete result=Failed;]"))
		})
	}
}
