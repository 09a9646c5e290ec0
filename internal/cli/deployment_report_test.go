package cli

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"armpreflight/internal/report"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reportFile is the path of a run's report.
func reportFile(t *testing.T, p played) string {
	t.Helper()
	m := regexp.MustCompile(`variable=ArmPreflight\.reportPath;?[^\]]*\](\S.*)`).FindStringSubmatch(p.log)
	require.NotNil(t, m, p.log)
	return m[1]
}

// reported is a run's report.
func reported(t *testing.T, p played) report.Document {
	t.Helper()
	file, err := os.Open(reportFile(t, p))
	require.NoError(t, err)
	defer file.Close()
	d, err := report.Read(file)
	require.NoError(t, err)
	return d
}

// needsReported is the part of a run's report about its deployment; nil if it has none.
func needsReported(t *testing.T, p played) *report.Deployment {
	t.Helper()
	return reported(t, p).Deployment
}

func unavailable(path string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, path) {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	}
}

// TestTheReportSaysWhatBecameOfEachNeed: of those that a line of requiredActions names too.
func TestTheReportSaysWhatBecameOfEachNeed(t *testing.T) {
	const group = "resource group rg-app"
	contributor := []report.Beyond{{Scopes: []string{group}, Role: "Contributor"}}
	for name, tc := range map[string]struct {
		scenario        string
		prepare         func(*bubble)
		certain, likely report.Counts
		first           report.Need // of the first scope
		beyond          []report.Beyond
		says, never     string // of the log
	}{
		"all is granted": {scenario: "healthy-deployment", certain: report.Counts{Granted: 10}, likely: report.Counts{Granted: 1},
			first: report.Need{Action: "Microsoft.Resources/deployments/operations/read", Certainty: report.Certain, State: report.NeedGranted}, beyond: contributor,
			says: "11 actions granted, with the rights of Contributor\n", never: "  needs  "},
		"one is missing": {scenario: "deployment-role-assignment", certain: report.Counts{Granted: 9, Missing: 1},
			first:  report.Need{Action: "Microsoft.Authorization/roleAssignments/write", Certainty: report.Certain, State: report.NeedMissing, Because: "infra/main.json resources[1] refers to it"},
			beyond: contributor, says: "  needs         resource group rg-app: 9 granted; 1 missing:\n                Microsoft.Authorization/roleAssignments/write\n"},
		"a line of requiredActions has it too": {scenario: "deployment-role-assignment",
			prepare: func(b *bubble) {
				b.Step.Inputs["requiredActions"] = "microsoft.authorization/roleAssignments/WRITE @ resourceGroups/RG-APP\nMicrosoft.KeyVault/vaults/write @ resourceGroups/rg-app\nMicrosoft.Web/sites/write"
			}, certain: report.Counts{Granted: 9, Missing: 1},
			first: report.Need{Action: "Microsoft.Authorization/roleAssignments/write", Certainty: report.Certain, State: report.NeedMissing, Because: "infra/main.json resources[1] refers to it"}, beyond: contributor},
		"one is denied": {scenario: "healthy-deployment",
			prepare: func(b *bubble) {
				tenant := &b.World.Tenants[0]
				tenant.DenyAssignments = append(tenant.DenyAssignments, cloud.DenyAssignment{ID: "d1e2f3a4-0000-4000-8000-000000000001", Name: "locked down",
					Scope: "/subscriptions/" + cloud.ContosoSubscriptionID, Actions: []string{"Microsoft.Web/sites/write"}, Principals: []string{cloud.ContosoPrincipalID}})
			}, certain: report.Counts{Granted: 9, Denied: 1}, likely: report.Counts{Granted: 1},
			first: report.Need{Action: "Microsoft.Web/sites/write", Certainty: report.Certain, State: report.NeedDenied, Because: "infra/main.json resources[1]"}, beyond: contributor,
			says: "1 missing: Microsoft.Web/sites/write (denied)\n"},
		"what's granted can't be confirmed": {scenario: "healthy-deployment", prepare: func(b *bubble) {
			b.Step.Inputs["requiredActions"] = "Microsoft.Web/sites/write @ resourceGroups/rg-app"
			b.answer = unavailable("/denyAssignments")
		},
			certain: report.Counts{Unknown: 10}, likely: report.Counts{Unknown: 1},
			first: report.Need{Action: "Microsoft.Resources/deployments/operations/read", Certainty: report.Certain, State: report.NeedUnknown, Because: "infra/main.json"}, beyond: contributor},
		"the permissions can't be read": {scenario: "healthy-deployment", prepare: func(b *bubble) { b.answer = unavailable("/permissions") },
			certain: report.Counts{Unknown: 10}, likely: report.Counts{Unknown: 1}, never: "  needs  ",
			first: report.Need{Action: "Microsoft.Resources/deployments/operations/read", Certainty: report.Certain, State: report.NeedUnknown, Because: "infra/main.json"}},
		"nobody could sign in": {scenario: "expired-secret", prepare: func(b *bubble) {
			b.Files = map[string]string{"main.json": `{"resources":[{"type":"Microsoft.Web/sites","apiVersion":"2022-09-01","name":"a"}]}`}
			b.Step.Inputs["deployment"] = "main.json @ resourceGroups/rg-app"
		}, certain: report.Counts{Unknown: 8}, never: "  needs  ",
			first: report.Need{Action: "Microsoft.Resources/deployments/operations/read", Certainty: report.Certain, State: report.NeedUnknown, Because: "main.json"}},
		"the files don't say where": {scenario: "healthy-management-group", prepare: func(b *bubble) {
			b.Files = map[string]string{"main.json": `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","resources":[]}`}
			b.Step.Inputs["deployment"] = "main.json"
		}, never: "  needs  "},
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, tc.scenario, func(b *bubble) {
				if tc.prepare != nil {
					tc.prepare(b)
				}
			})
			d := needsReported(t, got)
			if tc.first == (report.Need{}) {
				assert.Nil(t, d)
				return
			}
			require.NotNil(t, d, got.visible())
			assert.Equal(t, tc.certain, d.Certain, "certain")
			assert.Equal(t, tc.likely, d.Likely, "likely")
			assert.Equal(t, group, d.Scopes[0].Name)
			assert.Equal(t, "/subscriptions/"+cloud.ContosoSubscriptionID+"/resourceGroups/rg-app", d.Scopes[0].Scope)
			assert.Equal(t, tc.first, d.Scopes[0].Needs[0])
			assert.Equal(t, tc.beyond, d.Beyond)
			assert.Contains(t, got.visible(), tc.says)
			if tc.never != "" {
				assert.NotContains(t, got.visible(), tc.never)
			}
		})
	}
}
