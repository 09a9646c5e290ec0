package attack

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/sim/bubble"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFindingNamesASubscriptionAsItIsCalledToday: a search of the portal for the
// name that the connection recorded finds nothing, or another subscription.
func TestAFindingNamesASubscriptionAsItIsCalledToday(t *testing.T) {
	const today = "Online Shop Production"
	for name, tc := range map[string]struct {
		prepare func(*bubble.Bubble)
		unread  bool // the name of today can't be read
	}{
		"a resource group is missing": {prepare: func(b *bubble.Bubble) { b.Step.Inputs["resourceGroups"] = "rg-none" }},
		"it's disabled":               {prepare: func(b *bubble.Bubble) { b.World.Tenants[0].Subscriptions[0].State = "Disabled" }},
		"it has an unpaid bill":       {prepare: func(b *bubble.Bubble) { b.World.Tenants[0].Subscriptions[0].State = "PastDue" }},
		"another one is expected":     {prepare: func(b *bubble.Bubble) { b.Step.Inputs["expectedSubscription"] = "Contoso Test" }},
		"a variable holds another": {prepare: func(b *bubble.Bubble) {
			b.Variable("armSubscription", "Contoso Test", false)
			b.Step.Inputs["subscriptionVariable"] = "armSubscription"
		}},
		"a provider is not registered": {prepare: func(b *bubble.Bubble) {
			subscription := &b.World.Tenants[0].Subscriptions[0]
			subscription.Providers = append(subscription.Providers, cloud.Provider{Namespace: "Contoso.Things", State: "NotRegistered"})
			b.Step.Inputs["requiredProviders"] = "Contoso.Things"
		}},
		"it can't be found": {unread: true, prepare: func(b *bubble.Bubble) {
			b.Answer = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/subscriptions/"+cloud.ContosoSubscriptionID {
					return false
				}
				body{contentType: jsonType, text: `{"error":{"code":"SubscriptionNotFound","message":"The subscription could not be found."}}`}.answer(w, 404)
				return true
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var temp string
			got := play(t, "healthy", func(b *bubble.Bubble) {
				b.World.Tenants[0].Subscriptions[0].Name = today
				temp = b.Job.TempDirectory
				tc.prepare(b)
			})
			var texts []string
			for line := range strings.Lines(got.Log) {
				if strings.HasPrefix(line, "##vso[task.logissue") {
					texts = append(texts, line)
				}
			}
			reports, err := filepath.Glob(filepath.Join(temp, "armpreflight-report-*", "*"))
			require.NoError(t, err)
			require.NotEmpty(t, reports)
			for _, file := range reports {
				text, err := os.ReadFile(file)
				require.NoError(t, err)
				texts = append(texts, string(text))
			}
			texts = append(texts, strings.Join(strings.Fields(got.Visible()), " "))
			require.Greater(t, len(texts), len(reports)+1, "a finding is expected\n%s", got.Visible())
			for _, text := range texts {
				assert.Contains(t, text, cloud.ContosoSubscriptionID)
				if !tc.unread {
					assert.NotContains(t, text, cloud.ContosoSubscriptionName)
					assert.Contains(t, text, today)
				}
			}
		})
	}
}

// TestAnIdentifierIsShortenedInEveryFormThatEntraQuotes: in addition to the subject that was
// presented, Entra quotes the one that it expects, with a placeholder in it.
func TestAnIdentifierIsShortenedInEveryFormThatEntraQuotes(t *testing.T) {
	var temp string
	got := play(t, "subject-mismatch", func(b *bubble.Bubble) { temp = b.Job.TempDirectory })
	texts := []string{got.Log}
	reports, err := filepath.Glob(filepath.Join(temp, "armpreflight-report-*", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, reports)
	for _, file := range reports {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		assert.NotContains(t, text, "{tenantId}")
		assert.NotContains(t, text, "/eid1/c/pub/")
	}
	assert.Contains(t, strings.Join(strings.Fields(got.Visible()), " "), "credential Subject is '/eid1/c/…'.")
}
