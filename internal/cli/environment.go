package cli

import (
	"io"
	"log"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/pipeline"
)

// isolate takes the variables out of the process that the libraries in this
// program act on by themselves: they could send a credential to a host of
// someone else's choice, or write a log past the one writer. What the program
// needs of them it reads from env.Environ. An endpoint of a managed identity
// stays when it is on this machine or its own link, and what the Azure CLI needs
// stays for a verb that calls it.
func isolate(task *pipeline.Task, v verb, env Env) error {
	azure.Silence()
	log.SetOutput(io.Discard) // GODEBUG=http2debug=2 writes whole requests there
	names := Names()
	actedOn := func(name string) bool {
		return slices.ContainsFunc(names, func(n Name) bool { return n.Unset && n.Match(name) })
	}
	for _, pair := range env.Environ {
		name, _, _ := strings.Cut(pair, "=")
		switch {
		case strings.EqualFold(name, "GODEBUG"):
			// It can't turn verification off, but lower what is good enough for it. The runtime notices that it goes.
			if !task.FromJob(name) {
				continue
			}
		case !actedOn(name), keptForIdentity(name, env.Environ) && !fromJob(task, identityNames), v.person && keptForAzureCLI(name):
			continue
		}
		if err := env.Unset(name); err != nil {
			return err
		}
	}
	return nil
}

// keptForAzureCLI reports whether the Azure CLI, which gets the environment of this
// process, finds its sign-in or its way by the variable. No library in this program
// reads the first; the others are read by none that is called.
func keptForAzureCLI(name string) bool {
	name = strings.ToUpper(name)
	return name == "AZURE_CONFIG_DIR" || strings.HasSuffix(name, "_PROXY")
}

// identityAddresses are the variables that name a managed identity endpoint;
// the others of the family only travel with one of them.
var identityAddresses = []string{"IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT"}

// keptForIdentity reports whether a variable belongs to a managed identity
// endpoint and every such endpoint is a local one.
func keptForIdentity(name string, environ []string) bool {
	if !strings.HasPrefix(name, "IDENTITY_") && !strings.HasPrefix(name, "MSI_") && name != "IMDS_ENDPOINT" {
		return false
	}
	for _, pair := range environ {
		other, value, _ := strings.Cut(pair, "=")
		for _, address := range identityAddresses {
			if other == address && value != "" && localHost(value) == "" {
				return false
			}
		}
	}
	return true
}

// identityNames are the whole family: a variable of the job that sets one of them
// could turn the others to its own use.
var identityNames = append([]string{"IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "MSI_SECRET"}, identityAddresses...)

// fromJob reports whether a variable of the job may have set any of the names that are there.
func fromJob(task *pipeline.Task, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return task.Env(name) != "" && task.FromJob(name) })
}

// identityEndpoints returns the host[:port] of the local managed identity
// endpoints that the environment of the machine names.
func identityEndpoints(task *pipeline.Task) []string {
	if fromJob(task, identityNames) {
		return nil
	}
	var hosts []string
	for _, name := range identityAddresses {
		if host := localHost(task.Env(name)); host != "" {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// localHost returns the host[:port] of an HTTP address on this machine or its
// own link, and empty for any other address.
func localHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.User != nil {
		return ""
	}
	if u.Hostname() == "localhost" {
		return u.Host
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil || !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
		return ""
	}
	return u.Host
}
