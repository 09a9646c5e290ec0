package connection

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

const (
	testConnection   = "b840b286-3e83-43e4-8e02-b8e8c0db0545"
	testTenant       = "66946bae-c7f1-4099-b768-6ec1ac684280"
	testClient       = "11112222-aaaa-bbbb-cccc-333344445555"
	testSubscription = "9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f0"
	zeros            = "00000000-0000-0000-0000-000000000000"
	testKey          = "Xy18Q~Fj0planted.secret_value-42AbCdEfGh"
)

// endpoint is a complete connection with a secret; each change is "p.key=value", "d.key=value", "url=…" or "scheme=…",
// and a key without a value is taken away.
func endpoint(t *testing.T, changes ...string) Endpoint {
	t.Helper()
	e := Endpoint{
		ID:     testConnection,
		URL:    "https://management.azure.com/",
		Scheme: "ServicePrincipal",
		Parameters: map[string]secret.Text{
			"tenantid":            secret.New(testTenant),
			"serviceprincipalid":  secret.New(testClient),
			"serviceprincipalkey": secret.New(testKey),
			"authenticationtype":  secret.New("spnKey"),
		},
		Data: map[string]string{
			"environment":      "AzureCloud",
			"scopelevel":       "Subscription",
			"subscriptionid":   testSubscription,
			"subscriptionname": "Contoso Prod",
			"creationmode":     "Manual",
		},
	}
	for _, change := range changes {
		name, value, set := strings.Cut(change, "=")
		switch key := strings.TrimPrefix(strings.TrimPrefix(name, "p."), "d."); {
		case name == "url":
			e.URL = value
		case name == "scheme":
			e.Scheme = value
		case strings.HasPrefix(name, "p.") && set:
			e.Parameters[key] = secret.New(value)
		case strings.HasPrefix(name, "p."):
			delete(e.Parameters, key)
		case strings.HasPrefix(name, "d.") && set:
			e.Data[key] = value
		case strings.HasPrefix(name, "d."):
			delete(e.Data, key)
		default:
			require.Fail(t, "no such change", change)
		}
	}
	return e
}

func TestParseReadsACompleteConnection(t *testing.T) {
	public := Clouds()[0]
	scope := Scope{Level: SubscriptionLevel, SubscriptionID: testSubscription, SubscriptionName: "Contoso Prod"}
	for name, test := range map[string]struct {
		endpoint Endpoint
		want     Connection
	}{
		"with a secret": {
			endpoint(t),
			Connection{Scheme: ServicePrincipalKey, SchemeName: "ServicePrincipal", ClientID: testClient, Key: secret.New(testKey), CreationMode: "Manual"},
		},
		"with a certificate": {
			endpoint(t, "p.authenticationtype=spnCertificate", "p.serviceprincipalkey", "p.serviceprincipalcertificate=PEM"),
			Connection{Scheme: ServicePrincipalCertificate, SchemeName: "ServicePrincipal", ClientID: testClient, Certificate: secret.New("PEM"), CreationMode: "Manual"},
		},
		"federated": {
			endpoint(t, "scheme=WorkloadIdentityFederation", "p.serviceprincipalkey", "p.authenticationtype", "p.idtoken=a.b.c",
				"p.workloadidentityfederationissuer=https://vstoken.dev.azure.com/x", "p.workloadidentityfederationsubject=sc://o/p/c", "d.creationmode=Automatic"),
			Connection{Scheme: WorkloadIdentityFederation, SchemeName: "WorkloadIdentityFederation", ClientID: testClient, IDToken: secret.New("a.b.c"),
				Issuer: "https://vstoken.dev.azure.com/x", Subject: "sc://o/p/c", CreationMode: "Automatic"},
		},
		"with the system-assigned identity": {
			endpoint(t, "scheme=ManagedServiceIdentity", "p.serviceprincipalkey", "p.authenticationtype", "p.serviceprincipalid", "d.creationmode"),
			Connection{Scheme: ManagedServiceIdentity, SchemeName: "ManagedServiceIdentity"},
		},
		"with a user-assigned identity": {
			endpoint(t, "scheme=ManagedServiceIdentity", "p.serviceprincipalkey", "p.authenticationtype", "p.serviceprincipalid", "d.creationmode", "d.msiclientid="+testClient),
			Connection{Scheme: ManagedServiceIdentity, SchemeName: "ManagedServiceIdentity", ClientID: testClient},
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.ID, test.want.TenantID, test.want.Scope, test.want.Cloud = testConnection, testTenant, scope, public
			got, problems := Parse(test.endpoint)
			assert.Empty(t, problems)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestParseNamesWhatIsMissingOrMalformed(t *testing.T) {
	for name, test := range map[string]struct {
		change string
		field  string
		detail string
	}{
		"no tenant":                   {"p.tenantid", "tenantid", "the tenant ID is empty"},
		"tenant of blanks":            {"p.tenantid=  ", "tenantid", "the tenant ID is empty"},
		"tenant of zeros":             {"p.tenantid=" + zeros, "tenantid", "the tenant ID is all zeros"},
		"tenant is a word":            {"p.tenantid=common", "tenantid", `the tenant ID is neither a GUID nor a domain name: "common"`},
		"tenant without hyphens":      {"p.tenantid=66946baec7f14099b7686ec1ac684280", "tenantid", `the tenant ID is neither a GUID nor a domain name: "66946baec7f14099b7686ec1ac684280"`},
		"tenant with a blank behind":  {"p.tenantid=" + testTenant + " ", "tenantid", `the tenant ID has a space at its end: "` + testTenant + ` "`},
		"tenant with a blank before":  {"p.tenantid= " + testTenant, "tenantid", `the tenant ID has a space at its start: " ` + testTenant + `"`},
		"tenant with a line break":    {"p.tenantid=" + testTenant + "\n", "tenantid", `the tenant ID has spaces or line breaks around it: "` + testTenant + `\n"`},
		"secret in place of a tenant": {"p.tenantid=" + testKey, "tenantid", "the tenant ID is neither a GUID nor a domain name: 40 characters"},
		"part of the secret there":    {"p.tenantid=planted.secret_value", "tenantid", "the tenant ID is neither a GUID nor a domain name: 20 characters"},
		"another secret there":        {"p.tenantid=abc8Q~defghi", "tenantid", "the tenant ID is neither a GUID nor a domain name: 12 characters"},
		"tenant much too long":        {"p.tenantid=" + strings.Repeat("a", 300), "tenantid", "the tenant ID is neither a GUID nor a domain name: 300 characters"},
		"no client":                   {"p.serviceprincipalid", "serviceprincipalid", "the client ID is empty"},
		"client of zeros":             {"p.serviceprincipalid=" + zeros, "serviceprincipalid", "the client ID is all zeros"},
		"client one digit short":      {"p.serviceprincipalid=" + testClient[1:], "serviceprincipalid", "the client ID isn't a GUID: found 35 characters that don't form one"},
		"client of one letter":        {"p.serviceprincipalid=x", "serviceprincipalid", "the client ID isn't a GUID: found 1 character that don't form one"},
		"client with a blank behind":  {"p.serviceprincipalid=" + testClient + " ", "serviceprincipalid", "the client ID has a space at its end"},
		"no secret":                   {"p.serviceprincipalkey", "serviceprincipalkey", "the client secret is empty"},
		"secret of blanks":            {"p.serviceprincipalkey= \n", "serviceprincipalkey", "the client secret is empty"},
		"no subscription":             {"d.subscriptionid", "subscriptionId", "the subscription ID is empty"},
		"subscription of zeros":       {"d.subscriptionid=" + zeros, "subscriptionId", "the subscription ID is empty"},
		"subscription by name":        {"d.subscriptionid=Contoso Prod", "subscriptionId", `the subscription ID isn't a GUID: "Contoso Prod"`},
		"subscription with a blank":   {"d.subscriptionid=" + testSubscription + " ", "subscriptionId", `the subscription ID has a space at its end: "` + testSubscription + ` "`},
		"client id as subscription":   {"d.subscriptionid=x" + testClient, "subscriptionId", "the subscription ID isn't a GUID: 37 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Parse(endpoint(t, test.change))
			require.Len(t, problems, 1)
			assert.Equal(t, Problem{Kind: Incomplete, Field: test.field, Detail: test.detail}, problems[0])
		})
	}
}

func TestParseTakesWhatIsUnusualButRight(t *testing.T) {
	for name, change := range map[string]string{
		"tenant as a domain name":                "p.tenantid=contoso.onmicrosoft.com",
		"ids in upper case":                      "p.serviceprincipalid=" + strings.ToUpper(testClient),
		"a secret with a line break behind":      "p.serviceprincipalkey=" + testKey + "\n",
		"subscription in the scope alone":        "p.scope=/subscriptions/" + testSubscription,
		"a scope that nobody can read":           "p.scope=everything",
		"scope of another subscription":          "p.scope=/subscriptions/" + testClient,
		"zeros for the system-assigned identity": "d.msiclientid=" + zeros,
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Parse(endpoint(t, change))
			assert.Empty(t, problems)
		})
	}
}

func TestParseSaysThatTheOtherCredentialIsThere(t *testing.T) {
	_, problems := Parse(endpoint(t, "p.serviceprincipalkey", "p.serviceprincipalcertificate=PEM"))
	require.Len(t, problems, 1)
	assert.Equal(t, "serviceprincipalkey", problems[0].Field)
	assert.Contains(t, problems[0].Detail, "there's a certificate")

	_, problems = Parse(endpoint(t, "p.authenticationtype=spnCertificate"))
	require.Len(t, problems, 1)
	assert.Equal(t, "servicePrincipalCertificate", problems[0].Field)
	assert.Contains(t, problems[0].Detail, "there's a client secret")

	_, problems = Parse(endpoint(t, "p.authenticationtype=spnCertificate", "p.serviceprincipalkey"))
	require.Len(t, problems, 1)
	assert.Equal(t, "the certificate is empty", problems[0].Detail)
}

func TestParseOfNothingReportsEveryFieldInOrder(t *testing.T) {
	_, problems := Parse(Endpoint{})
	var fields []string
	for _, problem := range problems {
		assert.Equal(t, Incomplete, problem.Kind)
		fields = append(fields, problem.Field)
	}
	assert.Equal(t, []string{"environment", "tenantid", "serviceprincipalid", "serviceprincipalkey", "subscriptionId"}, fields)
}

func TestParseLeavesTheEndpointAlone(t *testing.T) {
	e := endpoint(t, "p.tenantid= "+testTenant)
	parameters, data := maps.Clone(e.Parameters), maps.Clone(e.Data)
	Parse(e)
	assert.Equal(t, parameters, e.Parameters)
	assert.Equal(t, data, e.Data)
}

func TestAPaddedKeyIsKeptAndNoticed(t *testing.T) {
	for name, test := range map[string]struct {
		key  string
		want bool
	}{
		"clean":                 {testKey, false},
		"blank behind":          {testKey + " ", true},
		"line break before":     {"\n" + testKey, true},
		"a blank in the middle": {"a b", false},
		"empty":                 {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := Parse(endpoint(t, "p.serviceprincipalkey="+test.key))
			assert.Equal(t, test.key, c.Key.Reveal())
			assert.Equal(t, test.want, c.KeyPadded())
		})
	}
}

// FuzzParse plants the secret in other fields too, as people do, and looks for it in every sentence.
func FuzzParse(f *testing.F) {
	f.Add("ServicePrincipal", "spnKey", "AzureCloud", "https://management.azure.com/", "", testTenant, testClient, testSubscription, "", uint8(0))
	f.Add("serviceprincipal", "SPNCertificate", "azureusgovernment", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us/", "contoso.com", "", zeros, "/subscriptions/"+testSubscription+"/resourcegroups/rg", uint8(255))
	f.Add("WorkloadIdentityFederation", "", "AzureStack", "https://management.local.azurestack.external/", "https://adfs.local.azurestack.external/adfs/", "adfs", " ", "x", "/providers/Microsoft.Management/managementGroups/mg", uint8(1))
	f.Add("null", "null", "", "http://user:pass@management.azure.com:8443/?q#f", "ftp://[::1]:x", "\x00", "$(clientId)", "\u00a0", "/subscriptions//..", uint8(2))
	f.Add("PublishProfile", "", "AzureGermanCloud", "https://management.microsoftazure.de", "", "", "", "", "", uint8(4))
	f.Fuzz(func(t *testing.T, scheme, kind, environment, url, authority, tenant, client, subscription, scope string, planted uint8) {
		plant := func(bit int, value string) string {
			if planted&(1<<bit) != 0 {
				return value + testKey
			}
			return value
		}
		c, problems := Parse(Endpoint{
			ID: testConnection, Scheme: plant(0, scheme), URL: plant(1, url),
			Parameters: map[string]secret.Text{
				"authenticationtype": secret.New(plant(2, kind)), "tenantid": secret.New(plant(3, tenant)),
				"serviceprincipalid": secret.New(plant(4, client)), "scope": secret.New(plant(5, scope)),
				"serviceprincipalkey": secret.New(testKey), "serviceprincipalcertificate": secret.New(testKey),
			},
			Data: map[string]string{
				"environment": environment, "environmentauthorityurl": plant(6, authority), "activedirectoryauthority": authority,
				"subscriptionid": plant(7, subscription), "activedirectoryserviceendpointresourceid": authority,
			},
		})
		for _, problem := range problems {
			assert.Contains(t, []ProblemKind{Incomplete, SchemeUnsupported, CloudRetired, AuthorityUnexpected}, problem.Kind)
			assert.NotEmpty(t, problem.Field)
			assert.NotContains(t, strings.ToLower(problem.Detail), strings.ToLower(testKey))
			assert.NotContains(t, problem.Detail, "\n")
		}
		for _, address := range []string{c.Cloud.Authority, c.Cloud.ResourceManager, c.Cloud.Audience, c.Cloud.Graph, c.Cloud.Portal} {
			assert.True(t, address == "" || strings.HasPrefix(address, "https://"), address)
		}
		if known, ok := knownCloud(c.Cloud.Name); ok {
			assert.Equal(t, known, c.Cloud, "the data of a known cloud's connection changed its addresses")
		}
		if len(problems) == 0 {
			assert.NotEqual(t, UnknownScheme, c.Scheme)
			assert.NotEmpty(t, c.TenantID)
			assert.NotEmpty(t, c.Scope.ID())
			assert.NotContains(t, c.Scope.ID(), "..")
		}
	})
}
