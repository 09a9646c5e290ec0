package connection

import (
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheKnownCloudsAreComplete(t *testing.T) {
	var names []string
	for _, cloud := range Clouds() {
		names = append(names, cloud.Name)
		assert.True(t, cloud.Known)
		assert.True(t, cloud.Complete())
		_, broken := cloud.Problem()
		assert.False(t, broken)
		for _, address := range []string{cloud.Authority, cloud.ResourceManager, cloud.Audience, cloud.Graph} {
			u, err := url.Parse(address)
			require.NoError(t, err)
			assert.Equal(t, "https", u.Scheme)
			assert.Contains(t, aliases(cloud.Name), u.Host, "a cloud's own host is not on its list")
		}
	}
	assert.Equal(t, []string{"AzureCloud", "AzureUSGovernment", "AzureChinaCloud"}, names)
}

func TestNoAuthorityOrManagerBelongsToTwoClouds(t *testing.T) {
	for _, cloud := range Clouds() {
		for _, other := range Clouds() {
			if cloud.Name != other.Name {
				for _, host := range []string{cloud.AuthorityHost(), cloud.ResourceManagerHost(), cloud.GraphHost()} {
					assert.False(t, slices.Contains(aliases(other.Name), host), "%s is on the list of %s", host, other.Name)
				}
			}
		}
	}
}

func TestTheConstantsCannotBeChanged(t *testing.T) {
	Clouds()[0].Authority = "https://evil.example"
	assert.Equal(t, "https://login.microsoftonline.com", Clouds()[0].Authority, "a caller can change the constants")
}

func TestHostsKeepAnUnusualPortOnly(t *testing.T) {
	cloud := Cloud{Authority: "https://Login.Contoso.example:443", ResourceManager: "https://arm.contoso.example:30024/x", Graph: ""}
	assert.Equal(t, "login.contoso.example", cloud.AuthorityHost())
	assert.Equal(t, "arm.contoso.example:30024", cloud.ResourceManagerHost())
	assert.Empty(t, cloud.GraphHost())
	assert.Empty(t, Cloud{Authority: "https://[::1"}.AuthorityHost())
}

func TestKnownCloudsAreReadInAnyCaseWithTheirAliases(t *testing.T) {
	for name, test := range map[string]struct {
		changes []string
		want    string
	}{
		"public in lower case":                   {[]string{"d.environment=azurecloud"}, "AzureCloud"},
		"public without environment":             {[]string{"d.environment"}, "AzureCloud"},
		"public without environment, other case": {[]string{"d.environment", "url=https://MANAGEMENT.azure.com"}, "AzureCloud"},
		"public without URL":                     {[]string{"url="}, "AzureCloud"},
		"public with the port of https":          {[]string{"url=https://management.azure.com:443/"}, "AzureCloud"},
		"public with its dependency data": {[]string{
			"d.environmentauthorityurl=https://login.windows.net/", "d.activedirectoryauthority=https://login.microsoftonline.com/",
			"d.activedirectoryserviceendpointresourceid=https://management.core.windows.net/", "d.graphurl=https://graph.windows.net/",
			"d.microsoftgraphurl=https://graph.microsoft.com/", "d.resourcemanagerurl=https://management.azure.com/"}, "AzureCloud"},
		"government": {[]string{"d.environment=AzureUSGovernment", "url=https://management.usgovcloudapi.net/",
			"d.environmentauthorityurl=https://login-us.microsoftonline.com/", "d.activedirectoryauthority=https://login.usgovcloudapi.net",
			"d.graphurl=https://graph.windows.net/"}, "AzureUSGovernment"},
		"China": {[]string{"d.environment=AzureChinaCloud", "url=https://management.chinacloudapi.cn/",
			"d.activedirectoryauthority=https://login.partner.microsoftonline.cn/"}, "AzureChinaCloud"},
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Parse(endpoint(t, test.changes...))
			assert.Empty(t, problems)
			want, ok := knownCloud(test.want)
			require.True(t, ok)
			assert.Equal(t, want, c.Cloud)
		})
	}
}

func TestAForeignHostInAKnownCloudIsReportedAndNotUsed(t *testing.T) {
	for name, test := range map[string]struct {
		change, field, detail string
	}{
		"authority":                 {"d.environmentauthorityurl=https://login.evil.example/", "environmentAuthorityUrl", `environmentAuthorityUrl names the host "login.evil.example", which doesn't belong to AzureCloud`},
		"the other authority":       {"d.activedirectoryauthority=https://login.evil.example/", "activeDirectoryAuthority", `activeDirectoryAuthority names the host "login.evil.example", which doesn't belong to AzureCloud`},
		"endpoint URL":              {"url=https://arm.evil.example/", "url", `the endpoint URL names the host "arm.evil.example", which doesn't belong to AzureCloud`},
		"resource manager":          {"d.resourcemanagerurl=https://arm.evil.example/", "resourceManagerUrl", `resourceManagerUrl names the host "arm.evil.example", which doesn't belong to AzureCloud`},
		"audience":                  {"d.activedirectoryserviceendpointresourceid=https://evil.example/", "activeDirectoryServiceEndpointResourceId", `activeDirectoryServiceEndpointResourceId names the host "evil.example", which doesn't belong to AzureCloud`},
		"AAD Graph":                 {"d.graphurl=https://evil.example/", "graphUrl", `graphUrl names the host "evil.example", which doesn't belong to AzureCloud`},
		"Microsoft Graph":           {"d.microsoftgraphurl=https://evil.example/", "microsoftGraphUrl", `microsoftGraphUrl names the host "evil.example", which doesn't belong to AzureCloud`},
		"a host that only looks so": {"d.activedirectoryauthority=https://login.microsoftonline.com.evil.example/", "activeDirectoryAuthority", `activeDirectoryAuthority names the host "login.microsoftonline.com.evil.example", which doesn't belong to AzureCloud`},
		"a dot at the end":          {"url=https://management.azure.com./", "url", `the endpoint URL names the host "management.azure.com.", which doesn't belong to AzureCloud`},
		"another port":              {"url=https://management.azure.com:8443/", "url", `the endpoint URL names the host "management.azure.com:8443", which doesn't belong to AzureCloud`},
		"the host of another cloud": {"url=https://management.usgovcloudapi.net/", "url", `the endpoint URL names the host "management.usgovcloudapi.net" of AzureUSGovernment, but the environment is AzureCloud`},
		"http":                      {"url=http://management.azure.com/", "url", `the endpoint URL is "http://management.azure.com", which isn't a plain HTTPS URL`},
		"no scheme":                 {"d.activedirectoryauthority=login.microsoftonline.com", "activeDirectoryAuthority", `activeDirectoryAuthority is 25 characters, which isn't a plain HTTPS URL`},
		"a user in front":           {"url=https://management.azure.com:x@evil.example/p?q", "url", `the endpoint URL is "https://evil.example" with a user name in it, which isn't a plain HTTPS URL`},
		"the secret as a host":      {"url=https://" + testKey + "/", "url", `the endpoint URL names the host 40 characters, which doesn't belong to AzureCloud`},
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Parse(endpoint(t, test.change))
			require.Len(t, problems, 1)
			assert.Equal(t, Problem{Kind: AuthorityUnexpected, Field: test.field, Detail: test.detail}, problems[0])
			assert.Equal(t, Clouds()[0], c.Cloud)
		})
	}
}

func TestAMissingEnvironmentIsNotGuessed(t *testing.T) {
	for name, test := range map[string]struct{ url, found string }{
		"government": {"https://management.usgovcloudapi.net/", `"https://management.usgovcloudapi.net"`},
		"nowhere":    {"", "empty"},
		"a stranger": {"https://arm.evil.example/", `"https://arm.evil.example"`},
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Parse(endpoint(t, "d.environment", "url="+test.url, "d.activedirectoryauthority=https://login.evil.example"))
			require.Len(t, problems, 1)
			assert.Equal(t, Incomplete, problems[0].Kind)
			assert.Equal(t, "environment", problems[0].Field)
			assert.Contains(t, problems[0].Detail, "("+test.found+")")
			assert.Equal(t, Cloud{}, c.Cloud, "a credential could go there")
		})
	}
	_, problems := Parse(endpoint(t, "d.environment", "url=http://management.azure.com/"))
	require.Len(t, problems, 1)
	assert.Equal(t, AuthorityUnexpected, problems[0].Kind)
}

func TestTheGermanCloudIsClosed(t *testing.T) {
	c, problems := Parse(endpoint(t, "d.environment=azuregermancloud", "url=https://management.microsoftazure.de",
		"d.activedirectoryauthority=https://login.microsoftonline.de/"))
	require.Len(t, problems, 1)
	assert.Equal(t, Problem{Kind: CloudRetired, Field: "environment",
		Detail: "the environment is AzureGermanCloud, which Microsoft closed in October 2021"}, problems[0])
	assert.Equal(t, Cloud{Name: "AzureGermanCloud", Known: true, Retired: true}, c.Cloud)
	assert.False(t, c.Cloud.Complete())
}

func TestAzureStackTakesItsAddressesFromTheConnection(t *testing.T) {
	stack := []string{"d.environment=AzureStack", "url=https://management.local.azurestack.external:30024/"}
	full := append(slices.Clone(stack), "d.activedirectoryauthority=https://Login.windows.net/contoso.example",
		"d.activedirectoryserviceendpointresourceid=https://management.contoso.example/0001/",
		"d.microsoftgraphurl=https://graph.contoso.example/", "d.armmanagementportalurl=https://portal.contoso.example/")

	c, problems := Parse(endpoint(t, full...))
	assert.Empty(t, problems)
	assert.True(t, c.Cloud.Complete())
	assert.Equal(t, Cloud{
		Name: "AzureStack", Authority: "https://login.windows.net",
		ResourceManager: "https://management.local.azurestack.external:30024",
		Audience:        "https://management.contoso.example/0001/",
		Graph:           "https://graph.contoso.example", Portal: "https://portal.contoso.example",
	}, c.Cloud)

	c, problems = Parse(endpoint(t, stack...))
	assert.Empty(t, problems, "what is missing can be asked for")
	assert.False(t, c.Cloud.Complete())
	assert.Equal(t, "https://management.local.azurestack.external:30024", c.Cloud.ResourceManager)

	c, problems = Parse(endpoint(t, append(full, "d.environment=USSovereign", "d.graphurl=https://graph.windows.net/", "d.microsoftgraphurl=")...))
	assert.Empty(t, problems)
	assert.Equal(t, "USSovereign", c.Cloud.Name)
	assert.False(t, c.Cloud.Known)
	assert.Empty(t, c.Cloud.Graph, "Azure AD Graph is not Microsoft Graph")
}

func TestAzureStackWithoutHTTPSIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change string
		want   Problem
	}{
		"resource manager": {"url=http://management.local.azurestack.external/", Problem{AuthorityUnexpected, "url",
			`the endpoint URL is "http://management.local.azurestack.external", which isn't a plain HTTPS URL`}},
		"authority": {"d.activedirectoryauthority=http://login.contoso.example/", Problem{AuthorityUnexpected, "activeDirectoryAuthority",
			`activeDirectoryAuthority is "http://login.contoso.example", which isn't a plain HTTPS URL`}},
		"no URL": {"url=", Problem{Incomplete, "url", "the endpoint URL (of Azure Resource Manager) is empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Parse(endpoint(t, "d.environment=AzureStack", "url=https://management.local.azurestack.external/", test.change))
			assert.Equal(t, []Problem{test.want}, problems)
			assert.False(t, c.Cloud.Complete())
		})
	}
}

func TestADFSIsNamed(t *testing.T) {
	for name, change := range map[string]string{
		"by the authority":           "d.activedirectoryauthority=https://adfs.local.azurestack.external/adfs",
		"by the authority and slash": "d.environmentauthorityurl=https://adfs.local.azurestack.external/ADFS/",
		"by the data":                "d.enableadfsauthentication=True",
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Parse(endpoint(t, "d.environment=AzureStack", "url=https://management.local.azurestack.external/", "p.tenantid=adfs", change))
			require.Len(t, problems, 1)
			assert.Equal(t, SchemeUnsupported, problems[0].Kind)
			assert.Contains(t, problems[0].Detail, "AD FS")
			assert.True(t, c.Cloud.ADFS)
		})
	}
	_, problems := Parse(endpoint(t, "d.environment=AzureStack", "url=https://management.local.azurestack.external/", "d.enableadfsauthentication=false"))
	assert.Empty(t, problems)
}

func TestEveryFormerAuthorityOfTheSameCloudIsFine(t *testing.T) {
	for environment, authorities := range map[string][]string{
		"AzureCloud":        {"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
		"AzureUSGovernment": {"login.microsoftonline.us", "login.usgovcloudapi.net", "login-us.microsoftonline.com"},
		"AzureChinaCloud":   {"login.chinacloudapi.cn", "login.partner.microsoftonline.cn"},
	} {
		for _, authority := range authorities {
			cloud, _ := knownCloud(environment)
			_, problems := Parse(endpoint(t, "d.environment="+environment, "url="+cloud.ResourceManager, "d.environmentauthorityurl=https://"+authority+"/"))
			assert.Empty(t, problems, authority)
		}
	}
}

func TestACloudOfOnesOwnDoesNotBorrowAnAudience(t *testing.T) {
	for name, tc := range map[string]struct {
		cloud Cloud
		want  bool
	}{
		"the public audience for another address": {Cloud{Name: "AzureStack", ResourceManager: "https://management.evil.example", Audience: "https://management.core.windows.net/"}, true},
		"the public audience for the public one":  {Cloud{Name: "Azure", ResourceManager: "https://management.azure.com", Audience: "https://management.core.windows.net/"}, false},
		"an audience of its own":                  {Cloud{Name: "AzureStack", ResourceManager: "https://management.local.azurestack.external", Audience: "https://management.contoso.onmicrosoft.com/1"}, false},
		"none yet":                                {Cloud{Name: "AzureStack", ResourceManager: "https://management.local.azurestack.external"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			problem, got := tc.cloud.Problem()
			assert.Equal(t, tc.want, got)
			assert.Equal(t, tc.want, problem.Kind == AuthorityUnexpected)
		})
	}
}
