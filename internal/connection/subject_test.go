package connection

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// publishedSubject is the subject of a federated credential that is in a public repository.
const publishedSubject = "/eid1/c/pub/t/rmuUZvHHmUC3aG7BrGhCgA/a/rISbSSETf0KqFyZ8ppdXmA/sc/23609cc8-ca30-4d7d-a018-0a285693d227/b840b286-3e83-43e4-8e02-b8e8c0db0545"

func TestPredictSubjectGivesThePublishedOne(t *testing.T) {
	got, ok := PredictSubject(testTenant, "23609cc8-ca30-4d7d-a018-0a285693d227", testConnection)
	assert.True(t, ok)
	assert.Equal(t, publishedSubject, got)

	got, ok = PredictSubject(strings.ToUpper(testTenant), strings.ToUpper("23609cc8-ca30-4d7d-a018-0a285693d227"), strings.ToUpper(testConnection))
	assert.True(t, ok)
	assert.Equal(t, publishedSubject, got, "letter case of the ids does not matter")
}

func TestPredictSubjectNeedsThreeGUIDs(t *testing.T) {
	for name, ids := range map[string][3]string{
		"tenant as a domain":        {"contoso.com", testClient, testConnection},
		"no organization":           {testTenant, "", testConnection},
		"connection by name":        {testTenant, testClient, "prod-arm"},
		"a letter that is no hex":   {"g" + testTenant[1:], testClient, testConnection},
		"hyphens in other places":   {"66946bae-c7f1-4099-b7686-ec1ac684280", testClient, testConnection},
		"multi-byte of that length": {strings.Repeat("é", 18), testClient, testConnection},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := PredictSubject(ids[0], ids[1], ids[2])
			assert.False(t, ok)
			assert.Empty(t, got)
		})
	}
}

func TestExchangeAudience(t *testing.T) {
	for aud, want := range map[string]bool{
		"api://AzureADTokenExchange":           true,
		"api://AzureADTokenExchangeUSGov":      true,
		"api://AzureADTokenExchangeChina":      true,
		"fb60f99c-7a34-4190-8149-302f77469936": true,
		"FB60F99C-7A34-4190-8149-302F77469936": true,
		"api://azureadtokenexchange":           false,
		"api://AzureADTokenExchange/":          false,
		"https://management.azure.com":         false,
		"":                                     false,
	} {
		assert.Equal(t, want, IsExchangeAudience(aud), aud)
	}
}

func TestTheSubjectThatEntraQuotesWithAPlaceholder(t *testing.T) {
	assert.Equal(t, "/eid1/c/pub/t/{tenantId}/a/rISbSSETf0KqFyZ8ppdXmA/sc/23609cc8-ca30-4d7d-a018-0a285693d227/b840b286-3e83-43e4-8e02-b8e8c0db0545", QuotedSubject(publishedSubject))
	for _, subject := range []string{"", "sc://contoso/Shop/prod", "/eid1/c/pub/t/x", "/eid1/c/pub/t//a/b"} {
		assert.Empty(t, QuotedSubject(subject))
	}
}
