package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"armpreflight/internal/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// granted is a deployment of a Contributor that lacks nothing.
func granted() *Deployment {
	return NewDeployment([]Scope{{Scope: "/subscriptions/a/resourceGroups/rg-app", Name: "resource group rg-app", Needs: []Need{
		{Action: "Microsoft.Web/sites/write", Certainty: Certain, State: NeedGranted}}}},
		[]Beyond{{Scopes: []string{"resource group rg-app"}, Role: "Contributor"}})
}

func logOf(d *Deployment) string {
	var p page
	WriteLog(&p, document(&Report{Ready: "prod", Results: []check.Result{with("network", check.Pass, false)}, Deployment: d}), same)
	return p.String()
}

func TestTheLogOfADeploymentThatHasAllSaysNoMore(t *testing.T) {
	assert.Equal(t, "  pass          network               network found something\nready: prod (0.0 s)\n", logOf(granted()))
}

func TestHowFarTheIdentityReaches(t *testing.T) {
	at := []string{"resource group rg-app"}
	for want, b := range map[string]Beyond{
		"The identity has the rights of Contributor at resource group rg-app.":          {Role: "Contributor", Scopes: at},
		"The identity has no rights beyond these at resource group rg-app.":             {Scopes: at},
		"The identity has the rights to */read, Microsoft.Web/* at a, b, c, d, 4 more.": {Actions: []string{"*/read", "Microsoft.Web/*"}, Scopes: []string{"a", "b", "c", "d", "e"}, MoreScopes: 3},
		"The identity has the rights to a, 7 more at resource group rg-app.":            {Actions: []string{"a"}, MoreActions: 7, Scopes: at},
	} {
		assert.Equal(t, want, b.Sentence())
	}
}

func TestTheLogNamesWhatIsNotGrantedScopeByScope(t *testing.T) {
	assert.Equal(t, `  pass          network               network found something
  needs         resource group rg-shop: 2 granted; 2 missing: data:shop (likely, denied),
                Microsoft.Authorization/roleAssignments/write; 1 not known: Microsoft.Web/sites/read
                resource group rg-net: 1 not known:
                Microsoft.Network/virtualNetworks/subnets/join/action (likely)
                1 other scope: 1 granted
ready: prod (0.0 s)
`, logOf(deployed("shop")))
}

func TestALogOfManyScopesStaysShort(t *testing.T) {
	log := logOf(vast())
	assert.Less(t, strings.Count(log, "\n"), 45)
	assert.Contains(t, log, "rg-000: 12 granted; 8 missing: Microsoft.Web/sites/0/write,")
	assert.Contains(t, log, "4 more")
	assert.Contains(t, log, "245 other scopes: 4700 granted; 200 missing")
	assert.NotContains(t, log, "rg-005")
}

// TestAReportListsWhatIsNotGrantedFirstAndHasABound: a report that a run writes is one that render reads.
func TestAReportListsWhatIsNotGrantedFirstAndHasABound(t *testing.T) {
	d := document(&Report{Results: full("x").Results, Deployment: vast()})
	assert.Len(t, d.Deployment.Scopes, mostScopes)
	assert.Equal(t, 50, d.Deployment.MoreScopes)
	assert.Equal(t, Counts{Granted: 250*20 - 240, Missing: 240}, d.Deployment.Certain)
	listed := 0
	for _, s := range d.Deployment.Scopes {
		listed += len(s.Needs)
		assert.Equal(t, 20, s.Certain.Granted+s.Certain.Missing, s.Name)
	}
	assert.Equal(t, mostNeeds, listed)
	assert.Equal(t, []int{mostBeyond, 280, 280}, []int{len(d.Deployment.Beyond), d.Deployment.Beyond[0].MoreScopes, d.Deployment.Beyond[0].MoreActions})
	text, err := json.Marshal(d)
	require.NoError(t, err)
	read, err := Read(strings.NewReader(string(text)))
	require.NoError(t, err)
	assert.Equal(t, d, read)
}

func TestASavedReportSaysTheSameOfItsDeployment(t *testing.T) {
	d := document(rich("something is wrong"))
	text, err := json.Marshal(d)
	require.NoError(t, err)
	read, err := Read(strings.NewReader(string(text)))
	require.NoError(t, err)
	assert.Equal(t, forms(t, d), forms(t, read.Cleaned(same)))
	for _, word := range []string{"granted", "certain"} {
		wrong := strings.Replace(string(text), fmt.Sprintf(`:"%s"`, word), `:"fine"`, 1)
		require.NotEqual(t, string(text), wrong)
		_, err = Read(strings.NewReader(wrong))
		assert.ErrorIs(t, err, errUnknownState, word)
	}
}

func TestNumbersOfASavedReportThatNoRunWrites(t *testing.T) {
	for name, change := range map[string]func(*Deployment){
		"of a scope":      func(d *Deployment) { d.Scopes[0].Likely.Denied = -1 },
		"of all scopes":   func(d *Deployment) { d.Certain.Granted = -3 },
		"of other scopes": func(d *Deployment) { d.MoreScopes = -7 },
		"of a reach":      func(d *Deployment) { d.Beyond[0].MoreActions = -7 },
	} {
		t.Run(name, func(t *testing.T) {
			d := document(&Report{Deployment: granted()})
			change(d.Deployment)
			text, err := json.Marshal(d)
			require.NoError(t, err)
			_, err = Read(strings.NewReader(string(text)))
			assert.ErrorIs(t, err, ErrNoReport)
		})
	}
}
