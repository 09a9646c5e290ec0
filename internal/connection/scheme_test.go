package connection

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSchemesAreReadInAnyCase(t *testing.T) {
	for name, test := range map[string]struct {
		changes []string
		want    Scheme
	}{
		"no authentication type means a secret":         {[]string{"p.authenticationtype"}, ServicePrincipalKey},
		"no scheme means service principal":             {[]string{"scheme="}, ServicePrincipalKey},
		"a null scheme means service principal":         {[]string{"scheme=null"}, ServicePrincipalKey},
		"a null authentication type":                    {[]string{"p.authenticationtype=null"}, ServicePrincipalKey},
		"spnkey in lower case":                          {[]string{"p.authenticationtype=spnkey"}, ServicePrincipalKey},
		"SPNCertificate as PowerShell writes it":        {[]string{"p.authenticationtype=SPNCertificate", "p.serviceprincipalcertificate=x"}, ServicePrincipalCertificate},
		"serviceprincipal in lower case":                {[]string{"scheme=serviceprincipal"}, ServicePrincipalKey},
		"WORKLOADIDENTITYFEDERATION":                    {[]string{"scheme=WORKLOADIDENTITYFEDERATION"}, WorkloadIdentityFederation},
		"managedserviceidentity":                        {[]string{"scheme=managedserviceidentity"}, ManagedServiceIdentity},
		"the authentication type matters nowhere else":  {[]string{"scheme=WorkloadIdentityFederation", "p.authenticationtype=spnCertificate"}, WorkloadIdentityFederation},
		"blanks around the scheme are not worth a word": {[]string{"scheme= ServicePrincipal "}, ServicePrincipalKey},
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Parse(endpoint(t, test.changes...))
			assert.Empty(t, problems)
			assert.Equal(t, test.want, c.Scheme)
		})
	}
}

func TestUnsupportedSchemesAreTheOnlyProblemOfAnEmptyConnection(t *testing.T) {
	for name, test := range map[string]struct {
		changes []string
		scheme  Scheme
		name    string
		field   string
		detail  string
	}{
		"publish profile": {changes: []string{"scheme=publishprofile"}, scheme: PublishProfile, name: "publishprofile", field: "scheme", detail: "App Service only"},
		"another scheme":  {changes: []string{"scheme=UsernamePassword"}, scheme: UnknownScheme, name: "UsernamePassword", field: "scheme", detail: `the authorization scheme is "UsernamePassword"`},
		"another type":    {changes: []string{"p.authenticationtype=spnToken"}, scheme: UnknownScheme, name: "ServicePrincipal", field: "authenticationType", detail: `the authentication type is "spnToken"`},
	} {
		t.Run(name, func(t *testing.T) {
			changes := append(test.changes, "p.tenantid", "p.serviceprincipalid", "p.serviceprincipalkey", "d.subscriptionid")
			c, problems := Parse(endpoint(t, changes...))
			require.Len(t, problems, 1)
			assert.Equal(t, SchemeUnsupported, problems[0].Kind)
			assert.Equal(t, test.field, problems[0].Field)
			assert.Contains(t, problems[0].Detail, test.detail)
			assert.Equal(t, test.scheme, c.Scheme)
			assert.Equal(t, test.name, c.SchemeName)
		})
	}
}

func TestEverySchemeHasItsOwnName(t *testing.T) {
	seen := map[string]Scheme{}
	for scheme := UnknownScheme; scheme <= PublishProfile; scheme++ {
		assert.NotContains(t, seen, scheme.String())
		seen[scheme.String()] = scheme
	}
	assert.Equal(t, "unknown scheme", Scheme(99).String())
}
