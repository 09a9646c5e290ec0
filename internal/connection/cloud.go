package connection

import (
	"net/url"
	"slices"
	"strings"
)

// Cloud is where a connection's Azure lives. Addresses are HTTPS URLs without a slash at the end, except Audience, which
// is kept to the letter because Entra compares it so; "" means not known yet.
type Cloud struct {
	Name    string // as the environment names it, such as "AzureCloud"
	Known   bool   // one of Microsoft's own: the addresses are constants, whatever the connection's data says
	Retired bool   // closed permanently: it has no addresses
	ADFS    bool   // signs in at AD FS instead of Entra, which isn't supported

	Authority       string // who gives tokens
	ResourceManager string // where requests to Azure go
	Audience        string // what the token is for; the scope of a token request is this and "/.default"
	Graph           string // Microsoft Graph; the retired Azure AD Graph doesn't count
	Portal          string // for links
}

// Clouds are the clouds that Microsoft runs and whose addresses don't come from a connection: public, US Government and
// China. Authority, ResourceManager and Audience are those of azure-sdk-for-go sdk/azcore/cloud and sdk/azcore/arm/runtime,
// Graph those of azure-cli src/azure-cli-core/azure/cli/core/cloud.py.
func Clouds() []Cloud {
	return []Cloud{
		{
			Name: "AzureCloud", Known: true,
			Authority:       "https://login.microsoftonline.com",
			ResourceManager: "https://management.azure.com",
			Audience:        "https://management.core.windows.net/",
			Graph:           "https://graph.microsoft.com",
			Portal:          "https://portal.azure.com",
		},
		{
			Name: "AzureUSGovernment", Known: true,
			Authority:       "https://login.microsoftonline.us",
			ResourceManager: "https://management.usgovcloudapi.net",
			Audience:        "https://management.core.usgovcloudapi.net/",
			Graph:           "https://graph.microsoft.us",
			Portal:          "https://portal.azure.us",
		},
		{
			Name: "AzureChinaCloud", Known: true,
			Authority:       "https://login.chinacloudapi.cn",
			ResourceManager: "https://management.chinacloudapi.cn",
			Audience:        "https://management.core.chinacloudapi.cn/",
			Graph:           "https://microsoftgraph.chinacloudapi.cn",
			Portal:          "https://portal.azure.cn",
		},
	}
}

// germanCloud was closed by Microsoft in October 2021.
const germanCloud = "AzureGermanCloud"

func knownCloud(name string) (Cloud, bool) {
	for _, cloud := range Clouds() {
		if strings.EqualFold(cloud.Name, name) {
			return cloud, true
		}
	}
	return Cloud{}, false
}

// Complete reports whether everything is known that a token and a question to Azure need. Where it is false and nothing
// is wrong with the cloud, the addresses are in ARM's metadata document: see WithMetadata.
func (c Cloud) Complete() bool {
	return c.Authority != "" && c.ResourceManager != "" && c.Audience != ""
}

// Problem is what keeps this cloud as a whole from being checked: closed, or behind AD FS. Parse reports it; a caller
// has to ask again after WithMetadata.
func (c Cloud) Problem() (Problem, bool) {
	switch {
	case c.Retired:
		return Problem{Kind: CloudRetired, Field: "environment",
			Detail: "the environment is " + c.Name + ", which Microsoft closed in October 2021"}, true
	case c.ADFS:
		return Problem{Kind: SchemeUnsupported, Field: "environment",
			Detail: "this cloud uses AD FS (Active Directory Federation Services) for sign-in; only Microsoft Entra ID is supported"}, true
	case c.borrowsAudience():
		return Problem{Kind: AuthorityUnexpected, Field: "activeDirectoryServiceEndpointResourceId",
			Detail: "the audience belongs to " + cloudOfHost(HostOf(c.Audience)) + ", but the URL of Azure Resource Manager doesn't: " +
				"the server there would get a token for the other cloud"}, true
	default:
		return Problem{}, false
	}
}

// borrowsAudience reports whether a cloud that isn't known has the audience of a
// known one, but not its Resource Manager.
func (c Cloud) borrowsAudience() bool {
	lender := cloudOfHost(HostOf(c.Audience))
	return !c.Known && lender != "" && cloudOfHost(HostOf(c.ResourceManager)) != lender
}

// AuthorityHost is the host, with its port if it isn't 443, that may get the connection's credential; "" when unknown.
func (c Cloud) AuthorityHost() string { return HostOf(c.Authority) }

// ResourceManagerHost is the host that may get a token for Azure Resource Manager; "" when unknown.
func (c Cloud) ResourceManagerHost() string { return HostOf(c.ResourceManager) }

// GraphHost is the host that may get a token for Microsoft Graph; "" when unknown.
func (c Cloud) GraphHost() string { return HostOf(c.Graph) }

// HostOf is the lower-case host of an address, with the port when it's not that of HTTPS; empty when there is none.
func HostOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	return host(u)
}

// host is the lower-case host, with the port when it isn't that of HTTPS.
func host(u *url.URL) string { return strings.TrimSuffix(strings.ToLower(u.Host), ":443") }

// aliases are the hosts that the data of a connection to a known cloud may name: its own, those of former times and the
// resource IDs. Sources: microsoft-authentication-library-for-go apps/internal/oauth/ops/authority/authority.go and
// azure-cli cloud.py, which gives graph.windows.net to US Government too.
func aliases(cloud string) []string {
	switch cloud {
	case "AzureCloud":
		return []string{
			"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net",
			"management.azure.com", "management.core.windows.net",
			"graph.windows.net", "graph.microsoft.com",
		}
	case "AzureUSGovernment":
		return []string{
			"login.microsoftonline.us", "login.usgovcloudapi.net", "login-us.microsoftonline.com",
			"management.usgovcloudapi.net", "management.core.usgovcloudapi.net",
			"graph.windows.net", "graph.microsoftazure.us", "graph.microsoft.us", "dod-graph.microsoft.us",
		}
	case "AzureChinaCloud":
		return []string{
			"login.chinacloudapi.cn", "login.partner.microsoftonline.cn",
			"management.chinacloudapi.cn", "management.core.chinacloudapi.cn",
			"graph.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn",
		}
	default:
		return nil
	}
}

// cloudOfHost names the known cloud that a host belongs to, "" when none.
func cloudOfHost(host string) string {
	for _, cloud := range Clouds() {
		if slices.Contains(aliases(cloud.Name), host) {
			return cloud.Name
		}
	}
	return ""
}
