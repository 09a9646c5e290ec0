package deployment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// planned is the change of a resource that's created.
func planned(module, kind, name, key, after, unknown string) string {
	address := inModule(module, kind+"."+name+key)
	return fmt.Sprintf(`{"address":%q,"module_address":%q,"mode":"managed","type":%q,"name":%q,"change":{"actions":["create"],"after":{%s},"after_unknown":{"id":true%s}}}`,
		address, module, kind, name, after, unknown)
}

// TestAnArgumentThatIsKnownAfterApply refers to a resource that the same plan creates: a network interface or another resource to
// the subnet azurerm_subnet.s, which is in the resource group rg-net.
func TestAnArgumentThatIsKnownAfterApply(t *testing.T) {
	const (
		inNet = `"resource_group_name":"rg-net","virtual_network_name":"v"`
		join  = "Microsoft.Network/virtualNetworks/subnets/join/action @ /resourceGroups/rg-net"
		lost  = "couldn't determine which resource an argument refers to; actions there, such as join/action, aren't listed"
	)
	subnet := planned("", "azurerm_subnet", "s", "", inNet, "")
	toSubnet := `{"references":["azurerm_subnet.s.id","azurerm_subnet.s"]}`
	// nic is a network interface in a module, or in the root.
	nic := func(module string) string {
		return planned(module, "azurerm_network_interface", "n", "", `"resource_group_name":"rg-app","name":"n"`,
			`,"ip_configuration":[{"subnet_id":true,"private_ip_address":true}]`)
	}
	configured := func(kind, name, expressions string) string {
		return fmt.Sprintf(`{"mode":"managed","type":%q,"name":%q,"expressions":{%s}}`, kind, name, expressions)
	}
	nicConfig := func(block string) string {
		return configured("azurerm_network_interface", "n", `"ip_configuration":[{"subnet_id":`+block+`}]`)
	}
	for name, test := range map[string]struct {
		changes, root string // of the plan, and its root module
		want, unknown []string
	}{
		"in an argument": {
			changes: subnet + "," + planned("", "azurerm_private_endpoint", "p", "", `"resource_group_name":"rg-app"`, `,"subnet_id":true`),
			root:    `"resources":[` + configured("azurerm_private_endpoint", "p", `"subnet_id":`+toSubnet) + `]`,
			want:    []string{join},
		},
		"in a block": {
			changes: subnet + "," + nic(""), root: `"resources":[` + nicConfig(toSubnet) + `]`, want: []string{join},
		},
		"in one of several blocks": {
			changes: subnet + "," + nic(""),
			root: `"resources":[` + configured("azurerm_network_interface", "n",
				`"ip_configuration":[{"name":{"constant_value":"a"}},{"subnet_id":`+toSubnet+`}]`) + `]`,
			want: []string{join},
		},
		"in a block in a block": {
			changes: subnet + "," + planned("", "azurerm_linux_virtual_machine_scale_set", "m", "", `"resource_group_name":"rg-app"`,
				`,"network_interface":[{"ip_configuration":[{"subnet_id":true}]}]`),
			root: `"resources":[` + configured("azurerm_linux_virtual_machine_scale_set", "m",
				`"network_interface":[{"ip_configuration":[{"subnet_id":`+toSubnet+`}]}]`) + `]`,
			want: []string{join},
		},
		"in each item of a list": {
			changes: planned("", "azurerm_network_interface", "a", "", `"resource_group_name":"rg-a","name":"a"`, "") + "," +
				planned("", "azurerm_network_interface", "b", "", `"resource_group_name":"rg-b","name":"b"`, "") + "," +
				planned("", "azurerm_linux_virtual_machine", "m", "", `"resource_group_name":"rg-app","name":"m"`, `,"network_interface_ids":[true,true]`),
			root: `"resources":[` + configured("azurerm_linux_virtual_machine", "m",
				`"network_interface_ids":{"references":["azurerm_network_interface.a.id","azurerm_network_interface.a","azurerm_network_interface.b.id","azurerm_network_interface.b"]}`) + `]`,
			want: []string{
				"Microsoft.Network/networkInterfaces/join/action @ /resourceGroups/rg-a", "Microsoft.Network/networkInterfaces/join/action @ /resourceGroups/rg-b",
			},
		},
		"in the body of azapi": {
			changes: subnet + "," + planned("", "azapi_resource", "e", "",
				`"type":"Contoso.Net/endpoints@2024-01-01","name":"e","parent_id":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-app"`,
				`,"body":{"properties":{"networks":[true]}}`),
			root: `"resources":[` + configured("azapi_resource", "e", `"body":`+toSubnet) + `]`, want: []string{join},
		},
		"to one of a count": {
			changes: planned("", "azurerm_subnet", "s", "[0]", `"resource_group_name":"rg-0"`, "") + "," +
				planned("", "azurerm_subnet", "s", "[1]", `"resource_group_name":"rg-1"`, "") + "," + nic(""),
			root: `"resources":[` + nicConfig(`{"references":["azurerm_subnet.s[1].id","azurerm_subnet.s[1]","azurerm_subnet.s"]}`) + `]`,
			want: []string{"Microsoft.Network/virtualNetworks/subnets/join/action @ /resourceGroups/rg-1"},
		},
		"to an attribute that isn't the ID": {
			changes: planned("", "azurerm_user_assigned_identity", "u", "", `"resource_group_name":"rg-app","name":"u"`, "") + "," +
				planned("", "azurerm_key_vault", "k", "", `"resource_group_name":"rg-app","name":"k"`, `,"tenant_id":true`),
			root: `"resources":[` + configured("azurerm_key_vault", "k", `"tenant_id":{"references":["azurerm_user_assigned_identity.u.tenant_id","azurerm_user_assigned_identity.u"]}`) + `]`,
		},
		"through a variable": {
			changes: subnet + "," + nic(`module.app["a.b"]`),
			root: `"module_calls":{"app":{"expressions":{"subnet":` + toSubnet + `},"module":{"resources":[` +
				nicConfig(`{"references":["var.subnet"]}`) + `]}}}`,
			want: []string{join},
		},
		"through an output": {
			changes: planned("module.net", "azurerm_subnet", "s", "", inNet, "") + "," + nic(""),
			root: `"resources":[` + nicConfig(`{"references":["module.net.subnet","module.net"]}`) + `],
				"module_calls":{"net":{"module":{"outputs":{"subnet":{"expression":` + toSubnet + `}}}}}`,
			want: []string{join},
		},
		"through an output and a variable": {
			changes: planned("module.net[0]", "azurerm_subnet", "s", "", inNet, "") + "," + nic("module.app"),
			root: `"module_calls":{"net":{"module":{"outputs":{"subnet":{"expression":` + toSubnet + `}}}},
				"app":{"expressions":{"subnet":{"references":["module.net[0].subnet","module.net[0]","module.net"]}},"module":{"resources":[` +
				nicConfig(`{"references":["var.subnet"]}`) + `]}}}`,
			want: []string{join},
		},
		"through the object of a variable": {
			changes: subnet + "," + nic("module.app"),
			root: `"module_calls":{"app":{"expressions":{"subnet":{"references":["azurerm_subnet.s"]}},"module":{"resources":[` +
				nicConfig(`{"references":["var.subnet.id","var.subnet"]}`) + `]}}}`,
			want: []string{join},
		},
		"through an attribute of a variable's object that isn't the ID": {
			changes: subnet + "," + nic("module.app"),
			root: `"module_calls":{"app":{"expressions":{"subnet":{"references":["azurerm_subnet.s"]}},"module":{"resources":[` +
				nicConfig(`{"references":["var.subnet.other_id","var.subnet"]}`) + `]}}}`,
		},
		"through one part of a variable": {
			changes: subnet + "," + planned("", "azurerm_public_ip", "i", "", `"resource_group_name":"rg-app","name":"i"`, "") + "," + nic("module.app"),
			root: `"module_calls":{"app":{"expressions":{"ids":{"references":["azurerm_subnet.s.id","azurerm_subnet.s","azurerm_public_ip.i.id","azurerm_public_ip.i"]}},
				"module":{"resources":[` + nicConfig(`{"references":["var.ids.subnet","var.ids"]}`) + `]}}}`,
			unknown: []string{lost},
		},
		"through for_each": {
			changes: planned("", "azurerm_subnet", "s", `["a"]`, inNet, "") + "," +
				planned("", "azurerm_network_interface", "n", `["a"]`, `"resource_group_name":"rg-app"`, `,"ip_configuration":[{"subnet_id":true}]`),
			root: `"resources":[{"mode":"managed","type":"azurerm_network_interface","name":"n","for_each_expression":{"references":["azurerm_subnet.s"]},
				"expressions":{"ip_configuration":[{"subnet_id":{"references":["each.value.id","each.value"]}}]}}]`,
			want: []string{join},
		},
		"through a variable with its default, so that the provider computes the argument": {
			changes: subnet + "," + nic("module.app"),
			root:    `"module_calls":{"app":{"module":{"resources":[` + nicConfig(`{"references":["var.subnet"]}`) + `]}}}`,
		},
		"through a local value, which the plan doesn't show": {
			changes: subnet + "," + nic(""), root: `"resources":[` + nicConfig(`{"references":["local.subnet"]}`) + `]`, unknown: []string{lost},
		},
		"through a local value, but not to a resource of Azure": {
			changes: subnet + "," + planned("", "azurerm_key_vault", "k", "", `"resource_group_name":"rg-app","name":"k"`, `,"tenant_id":true`),
			root:    `"resources":[` + configured("azurerm_key_vault", "k", `"tenant_id":{"references":["local.tenant"]}`) + `]`,
		},
		"through a module with an unknown key": {
			changes: subnet + "," + nic(""),
			root:    `"resources":[` + nicConfig(`{"references":["module.net","each.key"]}`) + `]`, unknown: []string{lost},
		},
		"through modules that each double the references": {
			changes: subnet + "," + nic("module.app"+strings.Repeat(".module.app", 27)),
			root: strings.Repeat(`"module_calls":{"app":{"expressions":{"a":{"references":["var.a.x","var.a.y"]}},"module":{`, 28) +
				`"resources":[` + nicConfig(`{"references":["var.a"]}`) + `]` + strings.Repeat("}}}", 28),
		},
	} {
		needs, err := deriveOne(`{"format_version":"1.2","resource_changes":[` + test.changes + `],"configuration":{"root_module":{` + test.root + `}}}`)
		require.NoError(t, err, name)
		var got []string
		for _, action := range actionsOf(needs, Likely) {
			if action != "Microsoft.Resources/subscriptions/providers/read @ " && !strings.HasSuffix(action, "/privateDnsZoneGroups/read") {
				got = append(got, action)
			}
		}
		assert.ElementsMatch(t, test.want, got, name)
		assert.ElementsMatch(t, test.unknown, unknowns(needs), name)
	}
}

// TestTheGroupOfAResourceComesThroughAModule, so that its scope is known.
func TestTheGroupOfAResourceComesThroughAModule(t *testing.T) {
	plan := func(group string) string {
		return `{"format_version":"1.2","resource_changes":[` + group + `,` +
			planned("module.app", "azurerm_user_assigned_identity", "u", "", `"name":"u"`, `,"resource_group_name":true`) +
			`],"configuration":{"root_module":{"module_calls":{"app":{"expressions":{"group":{"references":["GROUP.name","GROUP"]}},
			"module":{"resources":[{"mode":"managed","type":"azurerm_user_assigned_identity","name":"u","expressions":{"resource_group_name":{"references":["var.group"]}}}]}}}}}}`
	}
	created := planned("", "azurerm_resource_group", "g", "", `"name":"rg-new","location":"westeurope"`, "")
	needs, err := deriveOne(strings.ReplaceAll(plan(created), "GROUP", "azurerm_resource_group.g"))
	require.NoError(t, err)
	assert.Contains(t, actionsOf(needs, Certain), "Microsoft.ManagedIdentity/userAssignedIdentities/write @ /resourceGroups/rg-new")

	// A group that's read during apply can be created then by another resource, so nothing says that it has to exist.
	read := `{"address":"data.azurerm_resource_group.g","mode":"data","type":"azurerm_resource_group","name":"g",
		"change":{"actions":["read"],"after":{"name":"rg-later"},"after_unknown":{"id":true}}}`
	needs, err = deriveOne(strings.ReplaceAll(plan(read), "GROUP", "data.azurerm_resource_group.g"))
	require.NoError(t, err)
	assert.Empty(t, needs.ResourceGroups)

	// It isn't known which of two it is.
	two := planned("", "azurerm_resource_group", "g", `["a"]`, `"name":"rg-a"`, "") + "," + planned("", "azurerm_resource_group", "g", `["b"]`, `"name":"rg-b"`, "")
	needs, err = deriveOne(strings.ReplaceAll(plan(two), `"GROUP.name","GROUP"`, `"azurerm_resource_group.g","var.key"`))
	require.NoError(t, err)
	assert.Contains(t, actionsOf(needs, Likely), "Microsoft.ManagedIdentity/userAssignedIdentities/write @ ")
}
