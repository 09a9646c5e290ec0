package deployment

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// inDataPlane reports whether a resource works in the data plane although newer versions of azurerm use Azure Resource Manager for its
// type: it names its storage account, or its ID is a URL
// (hashicorp/terraform-provider-azurerm, storage_container and the like before 5.0).
func (c *change) inDataPlane() bool {
	switch c.Type {
	case "azurerm_storage_container", "azurerm_storage_queue", "azurerm_storage_share", "azurerm_storage_table":
		return c.account || strings.HasPrefix(c.attributes["id"], "https://")
	}
	return false
}

// dataPlane notes what Azure Resource Manager has no part in.
func (p *plans) dataPlane(c *change) {
	if c.Change.Actions.NoOp() || c.Mode == tfjson.DataResourceMode {
		return
	}
	p.cannot(c.Type+" works in the data plane, where keys, access policies, or data actions decide", p.reason(c))
	vault := c.attributes["key_vault_id"]
	if typeOf(vault) == "" {
		return
	}
	for _, action := range vaultActions(c.Type) {
		r := p.record(c, action, "", false)
		r.data, r.target = true, vault
		p.add(r)
	}
	r := p.record(c, "Microsoft.KeyVault/vaults/read", "", false)
	r.target = vault
	p.add(r)
}

// vaultActions gives the data actions of what's kept in a vault, for a vault that uses Azure's roles and not access policies
// (learn.microsoft.com, Azure permissions for Security, Microsoft.KeyVault).
func vaultActions(name string) []string {
	switch name {
	case "azurerm_key_vault_secret":
		return []string{
			"Microsoft.KeyVault/vaults/secrets/setSecret/action", "Microsoft.KeyVault/vaults/secrets/getSecret/action",
			"Microsoft.KeyVault/vaults/secrets/readMetadata/action",
		}
	case "azurerm_key_vault_key":
		return []string{"Microsoft.KeyVault/vaults/keys/create/action", "Microsoft.KeyVault/vaults/keys/read"}
	case "azurerm_key_vault_certificate":
		return []string{"Microsoft.KeyVault/vaults/certificates/create/action", "Microsoft.KeyVault/vaults/certificates/read"}
	}
	return nil
}
