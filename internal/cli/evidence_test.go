package cli

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wrongAnswers are answers that say nothing about the question. None of them may
// become a pass.
var wrongAnswers = map[string]func(http.ResponseWriter){
	"an empty body":          answering(200, jsonType, ""),
	"null":                   answering(200, jsonType, "null"),
	"an empty list":          answering(200, jsonType, "[]"),
	"an empty object":        answering(200, jsonType, "{}"),
	"an empty page":          answering(200, jsonType, `{"value":[]}`),
	"a page of null":         answering(200, jsonType, `{"value":null}`),
	"a page of nulls":        answering(200, jsonType, `{"value":[null]}`),
	"a page of nothing":      answering(200, jsonType, `{"value":[{}]}`),
	"an empty string":        answering(200, jsonType, `""`),
	"half an answer":         answering(200, jsonType, `{"id":"/subscriptions/`),
	"a web page":             answering(200, "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>"),
	"JSON called a web page": answering(200, "text/html", "{}"),
	"an error with 200":      answering(200, jsonType, `{"error":{"code":"AuthorizationFailed","message":"no"}}`),
	"another resource": answering(200, jsonType, `{"id":"/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-other/providers/Microsoft.Storage/storageAccounts/other",`+
		`"name":"other","type":"Microsoft.Storage/storageAccounts","location":"westeurope","properties":{"provisioningState":"Succeeded"}}`),
	"a page of another kind": answering(200, jsonType, `{"value":[{"id":"/subscriptions/11111111-2222-4333-8444-555555555555","subscriptionId":"11111111-2222-4333-8444-555555555555","displayName":"Other","state":"Enabled"}]}`),
	"no content":             answering(204, "", ""),
	"not found":              answering(404, jsonType, `{"error":{"code":"ResourceNotFound","message":"The resource was not found."}}`),
	"not found by a proxy":   answering(404, "text/plain", "no such page"),
	"forbidden":              answering(403, jsonType, `{"error":{"code":"AuthorizationFailed","message":"The client does not have authorization."}}`),
	"forbidden by a proxy":   answering(403, "text/html", "<html><body>blocked</body></html>"),
	"unauthorized":           answering(401, jsonType, `{"error":{"code":"AuthenticationFailed","message":"Authentication failed."}}`),
	"too many requests":      answering(429, jsonType, `{"error":{"code":"TooManyRequests","message":"The request is being throttled."}}`),
	"a server's fault":       answering(500, jsonType, `{"error":{"code":"InternalServerError","message":"There was an internal server error."}}`),
	"a redirect": func(w http.ResponseWriter) {
		w.Header().Set("Location", "https://login.example/")
		w.WriteHeader(http.StatusFound)
	},
}

const jsonType = "application/json; charset=utf-8"

func answering(status int, contentType, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a client that has gone gets nothing
	}
}

// situations are what is answered wrongly: each asks something that no other asks.
var situations = map[string]struct {
	scenario string
	prepare  func(*bubble)
}{
	"all that can be asked": {"healthy", func(b *bubble) {
		tenant := &b.World.Tenants[0]
		tenant.Applications[0].GraphRoles = []string{"Application.Read.All"}
		subscription := &tenant.Subscriptions[0]
		subscription.ResourceGroups = append(subscription.ResourceGroups, cloud.ResourceGroup{Name: "rg-data", Location: "westeurope"})
		maps.Copy(b.Step.Inputs, map[string]string{
			"expectedSubscription": cloud.ContosoSubscriptionName,
			"resourceGroups":       "rg-app\nrg-data",
			"requiredProviders":    "Microsoft.Web\nMicrosoft.KeyVault",
			"requiredActions":      "@deploy\nMicrosoft.Web/sites/write @ resourceGroups/rg-app",
		})
	}},
	"more providers than are asked for one by one": {"healthy", func(b *bubble) {
		subscription := &b.World.Tenants[0].Subscriptions[0]
		for i := range 20 {
			namespace := fmt.Sprintf("Contoso.Service%d", i)
			subscription.Providers = append(subscription.Providers, cloud.Provider{Namespace: namespace, State: "Registered", ResourceTypes: []string{"things"}})
			b.Step.Inputs["requiredProviders"] += namespace + "\n"
		}
	}},
	"an owner under a condition": {"healthy", func(b *bubble) {
		assignment := &b.World.Tenants[0].RoleAssignments[0]
		assignment.RoleID = cloud.RoleOwner
		assignment.Condition = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {" + cloud.RoleReader + "}))"
		b.Step.Inputs["requiredActions"] = "Microsoft.Web/sites/write"
	}},
	"a deployment": {"deployment-role-assignment", func(b *bubble) {
		b.World.Tenants[0].RoleAssignments[0].RoleID = cloud.RoleOwner
	}},
	"a deployment into a network elsewhere": {"deployment-other-network", func(b *bubble) {
		tenant := &b.World.Tenants[0]
		tenant.RoleAssignments = append(tenant.RoleAssignments, cloud.RoleAssignment{
			Name: cloud.ContosoPlanID, PrincipalID: cloud.ContosoPrincipalID, RoleID: cloud.RoleContributor,
			Scope: "/subscriptions/" + cloud.ContosoSubscriptionID + "/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-hub",
		})
	}},
	"a deployment that creates a group": {"deployment-elsewhere", func(b *bubble) {
		for name, text := range b.Files {
			b.Files[name] = strings.NewReplacer("northeurope", "westeurope", "moonbase", "westeurope", "2019-06-01", "2021-04-01").Replace(text)
		}
	}},
	"a federated connection": {"healthy-federation", func(*bubble) {}},
	"a certificate":          {"healthy-certificate", func(*bubble) {}},
	"a managed identity":     {"healthy-managed-identity", func(b *bubble) { b.World.Machine.Azure = true }},
	"a resource group": {"healthy-resource-group", func(b *bubble) {
		maps.Copy(b.Step.Inputs, map[string]string{"resourceGroups": "rg-app", "requiredActions": "Microsoft.Web/sites/write"})
	}},
	"a management group": {"healthy-management-group", func(b *bubble) {
		tenant := &b.World.Tenants[0]
		tenant.RoleAssignments = append(tenant.RoleAssignments, cloud.RoleAssignment{
			Name: cloud.ContosoPlanID, PrincipalID: cloud.ContosoPrincipalID, RoleID: cloud.RoleReader,
			Scope: "/providers/Microsoft.Management/managementGroups/" + cloud.ContosoManagementGroup,
		})
		b.Step.Inputs["requiredActions"] = "Microsoft.Management/managementGroups/read"
	}},
	"Azure Stack": {"healthy-azure-stack", func(*bubble) {}},
}

// enough are the wrong answers that a check may pass with even so, as
// "check: request: answer", each with its reason.
var enough = map[string]string{
	"subscription: /subscriptions/…: forbidden":   judgedAtTheGroup,
	"permissions: denyAssignments: forbidden":     "few have any, and few may read them; a note says that one was not seen",
	"locks: locks: an empty page":                 "nothing is locked: the usual case",
	"permissions: denyAssignments: an empty page": "nothing is denied: the usual case",
	"permissions: roleAssignments: an empty page": "no assignment has a condition: the usual case",
	"permissions: permissions: an empty page":     "with no action named, the answer is the line: can create deployments: no",
	"excess-rights: permissions: an empty page":   "no right is no excess; with an action named, permissions fails",
}

const judgedAtTheGroup = "a connection for a resource group is judged there, and a note says so"

// notedInstead are the checks that pass without an answer to a request and say so
// in a note, as "check: request", each with its reason.
var notedInstead = map[string]string{
	"permissions: roleAssignments": "a condition is a note where it is seen, and the note says that it was not",
	"permissions: roleDefinitions": "the same",
}

// TestNoCheckPassesWithoutEvidence answers each request of a run, one at a time,
// with everything that doesn't answer it. The checks that depend on a request are
// those that pass in the healthy run, and no longer do, or say something else, when
// its connection breaks.
func TestNoCheckPassesWithoutEvidence(t *testing.T) {
	var used sync.Map
	met := map[string]bool{} // by kind of request: one of them was answered in each wrong way before
	t.Run("in", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(situations)) {
			s := situations[name]
			asked := requestsOf(t, s.scenario, s.prepare)
			for i, request := range asked.requests {
				if testing.Short() && i%6 != 0 {
					continue
				}
				share := 1 // of the wrong answers, one in so many is given
				switch {
				case *every:
				case testing.Short():
					share = 60
				case met[kindOf(name, request)]:
					share = 20
				}
				met[kindOf(name, request)] = true
				t.Run(name+": "+shortened(request), func(t *testing.T) {
					t.Parallel()
					answered := func(wrong func(http.ResponseWriter)) played {
						return play(t, s.scenario, func(b *bubble) {
							s.prepare(b)
							b.Job.TempDirectory = "" // no report is saved, which takes a sixth of the time
							b.answer = func(w http.ResponseWriter, r *http.Request) bool {
								if nameOf(r) != request {
									return false
								}
								wrong(w)
								return true
							}
						})
					}
					broken := answered(func(http.ResponseWriter) { panic(http.ErrAbortHandler) })
					silent := func(id string, p played) bool { return p.checks[id] == asked.checks[id] }
					var dependents []string
					for id, o := range asked.checks {
						if o.status == "pass" && !silent(id, broken) {
							dependents = append(dependents, id)
						}
					}
					if len(dependents) == 0 && asked.refused(request) {
						return // its answer was a note before, and still is
					}
					require.NotEmpty(t, dependents, "no check depends on it\n%s", broken.visible())
					for i, answer := range slices.Sorted(maps.Keys(wrongAnswers)) {
						excepted := slices.ContainsFunc(dependents, func(id string) bool {
							key := id + ": " + shortened(request)
							return enough[key+": "+answer] != "" || notedInstead[key] != ""
						})
						if (i+len(request))%share != 0 && (!excepted || testing.Short()) {
							continue
						}
						got := answered(wrongAnswers[answer])
						for _, id := range dependents {
							key := id + ": " + shortened(request)
							switch {
							case got.status(id) != "pass":
							case enough[key+": "+answer] != "":
								used.Store(key+": "+answer, true)
							case notedInstead[key] != "" && !silent(id, got):
								used.Store(key, true)
							default:
								assert.Fail(t, "a pass without evidence (CONTRIBUTING, Adding a check, step 5)", "%s: %s\n%s", key, answer, got.visible())
							}
						}
					}
				})
			}
		}
	})
	for _, list := range []map[string]string{enough, notedInstead} {
		for key := range list {
			if testing.Short() {
				break // not every answer was given
			}
			_, ok := used.Load(key)
			assert.True(t, ok, "an exception that nothing needs: %s", key)
		}
	}
}

type healthyRun struct {
	played
	requests []string // each once
}

// refused reports whether the identity doesn't have permission for a request even in this run.
func (h healthyRun) refused(request string) bool {
	return slices.ContainsFunc(h.cloud.Requests(), func(r cloud.Request) bool {
		return r.Status == http.StatusForbidden && strings.HasPrefix(request, nameOf(&http.Request{Method: r.Method, Host: r.Host, URL: &url.URL{Path: r.Path}})+"?")
	})
}

// requestsOf plays a situation in which all is well.
func requestsOf(t *testing.T, scenario string, prepare func(*bubble)) healthyRun {
	t.Helper()
	var mu sync.Mutex
	var requests []string
	healthy := play(t, scenario, func(b *bubble) {
		prepare(b)
		b.answer = func(_ http.ResponseWriter, r *http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			requests = append(requests, nameOf(r))
			return false
		}
	})
	require.Empty(t, healthy.cloud.Violations())
	require.Contains(t, healthy.log, "\nready: ")
	slices.Sort(requests)
	return healthyRun{healthy, slices.Compact(requests)}
}

// nameOf tells the requests of a run apart.
func nameOf(r *http.Request) string {
	return identity.ReplaceAllString(r.Method+" "+r.Host+r.URL.RequestURI(), "{identity}")
}

var identity = regexp.MustCompile(`[0-9a-f]{8}` + identitySuffix)

// kindOf is a request without the names in it: those of one kind are read by the same code. A deployment reads providers and groups
// in its own way.
func kindOf(situation, request string) string {
	kind := inRequest.ReplaceAllString(shortened(request), "$1$2$3…")
	if kind != shortened(request) && kind[0] == '/' && strings.HasPrefix(situation, "a deployment") {
		kind += " of a deployment"
	}
	return kind
}

var inRequest = regexp.MustCompile(`(POST )login[^/]+|(/endpoints/)[0-9a-f-]+$|(/resourcegroups/|/providers/)[\w.-]+$`)

// shortened is a request in few words: of what is read of rights and locks, what
// it is; otherwise where it goes.
func shortened(request string) string {
	request, _, _ = strings.Cut(request, "?")
	if _, what, ok := strings.Cut(request, "/providers/Microsoft.Authorization/"); ok {
		what, _, _ = strings.Cut(what, "/")
		return what
	}
	return strings.NewReplacer("GET management.azure.com", "", "/subscriptions/"+cloud.ContosoSubscriptionID, "/subscriptions/…").Replace(request)
}
