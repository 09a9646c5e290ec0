package connection

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACredentialGoesToAPlainHTTPSAddressOnly(t *testing.T) {
	for name, test := range map[string]struct {
		value, found string // found: how the message names it
	}{
		"http":                        {"http://arm.contoso.example/", `"http://arm.contoso.example"`},
		"no scheme":                   {"arm.contoso.example", "19 characters"},
		"no scheme, with slashes":     {"//arm.contoso.example/", "22 characters"},
		"a scheme and no host":        {"https:///subscriptions", "22 characters"},
		"a scheme and a port":         {"https://:443/", `"https://:443"`},
		"an address without slashes":  {"https:arm.contoso.example", "25 characters"},
		"what is not an address":      {"https://[::1", "12 characters"},
		"a name":                      {"https://somebody@arm.contoso.example/", `"https://arm.contoso.example" with a user name in it`},
		"a name and a password":       {"https://somebody:password@arm.contoso.example/", `"https://arm.contoso.example" with a user name in it`},
		"an empty name":               {"https://@arm.contoso.example/", `"https://arm.contoso.example" with a user name in it`},
		"a path that looks like code": {"javascript:alert(1)", "19 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			u, ok := parseHTTPS(test.value)
			assert.False(t, ok)
			assert.Nil(t, u)
			for field, words := range map[string]string{"url": "the endpoint URL", "d.activedirectoryauthority": "activeDirectoryAuthority"} {
				c, problems := Parse(endpoint(t, "d.environment=AzureStack", "url=https://management.local.azurestack.external/", field+"="+test.value))
				require.Len(t, problems, 1)
				assert.Equal(t, AuthorityUnexpected, problems[0].Kind)
				assert.Equal(t, words+" is "+test.found+", which isn't a plain HTTPS URL", problems[0].Detail)
				assert.False(t, c.Cloud.Complete())
				assert.NotContains(t, c.Cloud.Authority+c.Cloud.ResourceManager, "contoso", "a credential could go there")
			}
		})
	}
	for _, value := range []string{"https://arm.contoso.example", " https://arm.contoso.example/ ", "HTTPS://arm.contoso.example:30024/x?y#z"} {
		_, ok := parseHTTPS(value)
		assert.True(t, ok, value)
	}
}

func TestACloudOfOnesOwnTakesTheFirstAddressThatIsGiven(t *testing.T) {
	stack := func(changes ...string) (Cloud, []Problem) {
		c, problems := Parse(endpoint(t, append([]string{"d.environment=AzureStack"}, changes...)...))
		return c.Cloud, problems
	}
	cloud, problems := stack("url=", "d.resourcemanagerurl=https://management.contoso.example/root/", "d.environmentauthorityurl=https://login.contoso.example/tenant",
		"d.graphurl=https://graph.contoso.example/")
	assert.Empty(t, problems)
	assert.Equal(t, Cloud{Name: "AzureStack", ResourceManager: "https://management.contoso.example/root", Authority: "https://login.contoso.example",
		Graph: "https://graph.contoso.example"}, cloud)

	cloud, problems = stack("url=https://management.contoso.example/", "d.resourcemanagerurl=https://other.contoso.example/",
		"d.activedirectoryauthority=https://login.contoso.example/", "d.environmentauthorityurl=https://other.contoso.example/",
		"d.microsoftgraphurl=https://graph.contoso.example/", "d.graphurl=https://other.contoso.example/")
	assert.Empty(t, problems)
	assert.NotContains(t, cloud.ResourceManager+cloud.Authority+cloud.Graph, "other")

	cloud, problems = stack("url=http://management.contoso.example/", "d.resourcemanagerurl=https://other.contoso.example/")
	require.Len(t, problems, 1, "a bad address is not passed over")
	assert.Empty(t, cloud.ResourceManager)

	cloud, problems = stack("url=https://management.contoso.example/", "d.armmanagementportalurl=http://portal.contoso.example/")
	assert.Empty(t, problems, "a portal gets nothing but a click")
	assert.Empty(t, cloud.Portal)
}

func TestTheRetiredGraphOfNoCloudIsMicrosoftGraph(t *testing.T) {
	for _, host := range []string{"graph.windows.net", "GRAPH.windows.net:443", "graph.chinacloudapi.cn", "graph.microsoftazure.us"} {
		c, problems := Parse(endpoint(t, "d.environment=AzureStack", "url=https://management.contoso.example/", "d.graphurl=https://"+host+"/"))
		assert.Empty(t, problems, host)
		assert.Empty(t, c.Cloud.Graph, host)
	}
}

func TestAnAuthorityIsADFSByTheLastPartOfItsPath(t *testing.T) {
	for authority, want := range map[string]bool{
		"https://adfs.contoso.example/adfs":     true,
		" https://adfs.contoso.example/ADFS// ": true,
		"https://adfs.contoso.example":          false,
		"https://adfs.contoso.example/xadfs":    false,
		"https://adfs.contoso.example/adfs/x":   false,
	} {
		assert.Equal(t, want, isADFS(authority), authority)
	}
}

func TestAUsableCloudHasAnAuthorityAManagerAndAnAudience(t *testing.T) {
	whole := Cloud{Authority: "https://a.example", ResourceManager: "https://m.example", Audience: "https://m.example/"}
	assert.True(t, whole.Complete())
	for name, cloud := range map[string]Cloud{
		"no authority": {ResourceManager: whole.ResourceManager, Audience: whole.Audience},
		"no manager":   {Authority: whole.Authority, Audience: whole.Audience},
		"no audience":  {Authority: whole.Authority, ResourceManager: whole.ResourceManager},
	} {
		assert.False(t, cloud.Complete(), name)
	}
}

func TestTheAudienceOfAKnownCloudIsForItsManagerOnly(t *testing.T) {
	public, government := Clouds()[0], Clouds()[1]
	for name, test := range map[string]struct {
		cloud Cloud
		want  bool
	}{
		"one of another known cloud":           {Cloud{ResourceManager: government.ResourceManager, Audience: public.Audience}, true},
		"one in capitals and with the port":    {Cloud{ResourceManager: "https://arm.example", Audience: "https://MANAGEMENT.core.windows.net:443/"}, true},
		"an own one at the public manager":     {Cloud{ResourceManager: public.ResourceManager, Audience: "https://own.example/"}, false},
		"that of the manager, by another name": {Cloud{ResourceManager: public.ResourceManager, Audience: public.ResourceManager}, false},
		"that of a known cloud's constants":    {public, false},
		"none, and no manager":                 {Cloud{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			problem, borrowed := test.cloud.Problem()
			assert.Equal(t, test.want, borrowed)
			if test.want {
				assert.Contains(t, problem.Detail, "belongs to AzureCloud")
			}
		})
	}
}
