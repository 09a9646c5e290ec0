package cloud

import (
	"slices"
	"strings"
)

// Environments are the public cloud, US Government and China with the hosts of azure-cli's cloud.py.
func Environments() []Environment {
	return []Environment{
		{
			Name:            "AzureCloud",
			Authorities:     []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
			ResourceManager: "management.azure.com",
			Audiences: []string{"https://management.core.windows.net/", "https://management.core.windows.net",
				"https://management.azure.com/", "https://management.azure.com"},
			Graph: "graph.microsoft.com", Portal: "portal.azure.com", TokenExchange: "api://AzureADTokenExchange",
		},
		{
			Name:            "AzureUSGovernment",
			Authorities:     []string{"login.microsoftonline.us", "login.usgovcloudapi.net"},
			ResourceManager: "management.usgovcloudapi.net",
			Audiences: []string{"https://management.core.usgovcloudapi.net/", "https://management.core.usgovcloudapi.net",
				"https://management.usgovcloudapi.net/", "https://management.usgovcloudapi.net"},
			Graph: "graph.microsoft.us", Portal: "portal.azure.us", TokenExchange: "api://AzureADTokenExchangeUSGov",
		},
		{
			Name:            "AzureChinaCloud",
			Authorities:     []string{"login.chinacloudapi.cn", "login.partner.microsoftonline.cn"},
			ResourceManager: "management.chinacloudapi.cn",
			Audiences: []string{"https://management.core.chinacloudapi.cn/", "https://management.core.chinacloudapi.cn",
				"https://management.chinacloudapi.cn/", "https://management.chinacloudapi.cn"},
			Graph: "microsoftgraph.chinacloudapi.cn", Portal: "portal.azure.cn", TokenExchange: "api://AzureADTokenExchangeChina",
		},
	}
}

// side is what a host is within its environment.
type side int

const (
	nowhere side = iota
	authority
	resourceManager
	graph
)

func (w *World) hostOf(host string) (Environment, side) {
	for _, e := range w.Environments {
		switch {
		case slices.ContainsFunc(e.Authorities, func(a string) bool { return strings.EqualFold(a, host) }):
			return e, authority
		case strings.EqualFold(e.ResourceManager, host):
			return e, resourceManager
		case e.Graph != "" && strings.EqualFold(e.Graph, host):
			return e, graph
		}
	}
	return Environment{}, nowhere
}

func (e Environment) graphResource() string { return "https://" + e.Graph }

// directoryGraph is what the metadata document calls graphEndpoint: the directory's older interface, where the cloud has one.
func (e Environment) directoryGraph() string {
	switch e.Name {
	case "AzureCloud", "AzureUSGovernment":
		return "https://graph.windows.net/"
	case "AzureChinaCloud":
		return "https://graph.chinacloudapi.cn/"
	}
	return e.graphResource() + "/"
}

// resource tells what a requested resource is here; trailing slashes don't matter to Graph.
func (e Environment) resource(resource string) side {
	switch {
	case slices.Contains(e.Audiences, resource):
		return resourceManager
	case e.Graph != "" && strings.TrimSuffix(resource, "/") == e.graphResource():
		return graph
	}
	return nowhere
}

func (t *Tenant) in(e Environment) bool {
	if t.Environment == "" {
		return e.Name == "AzureCloud"
	}
	return t.Environment == e.Name
}

// signsInAt reports whether a host is an authority of the tenant's cloud.
func (w *World) signsInAt(t *Tenant, host string) bool {
	return slices.ContainsFunc(w.environment(t.Environment).Authorities, func(a string) bool { return strings.EqualFold(a, host) })
}

func (w *World) environment(name string) Environment {
	if name == "" {
		name = "AzureCloud"
	}
	for _, e := range w.Environments {
		if e.Name == name {
			return e
		}
	}
	return Environment{}
}

func (w *World) tenant(id string) *Tenant {
	for i := range w.Tenants {
		if strings.EqualFold(w.Tenants[i].ID, id) {
			return &w.Tenants[i]
		}
	}
	return nil
}
