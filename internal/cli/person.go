package cli

import (
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// The sign-ins of a user that a verb can use.
const (
	signInAzureCLI = "azure-cli" // the one that the Azure CLI keeps
	signInBrowser  = "browser"   // a new one, in the default browser
)

var (
	credentials   = choice{signInAzureCLI, signInBrowser}
	errCredential = errors.New("--credential must be " + signInAzureCLI + " or " + signInBrowser)
)

// personCredential is the sign-in of the person at this machine. options say how
// this program calls Microsoft Entra where it does so itself; the Azure CLI has its own way, and
// is given the resource and the tenant, never a secret.
func personCredential(kind string, options policy.ClientOptions) (azcore.TokenCredential, error) {
	switch kind {
	case signInAzureCLI:
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{AdditionallyAllowedTenants: []string{"*"}})
	case signInBrowser:
		return azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
			ClientOptions: options, AdditionallyAllowedTenants: []string{"*"}, DisableInstanceDiscovery: true,
		})
	}
	return nil, errCredential
}
