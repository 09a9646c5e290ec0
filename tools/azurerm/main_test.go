package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnImportIDNamesTheType(t *testing.T) {
	const sub = "/subscriptions/00000000-0000-0000-0000-000000000000"
	for id, want := range map[string][2]string{
		sub + "/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s": {"Microsoft.Network/virtualNetworks/subnets", "group"},
		sub + "/resourceGroups/g":                                      {"Microsoft.Resources/resourceGroups", "subscription"},
		sub + "/providers/Microsoft.Authorization/policyDefinitions/p": {"Microsoft.Authorization/policyDefinitions", "subscription"},
		"/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Authorization/policyAssignments/p":         {"Microsoft.Authorization/policyAssignments", "managementGroup"},
		"/providers/Microsoft.Management/managementGroups/m":                                                               {"Microsoft.Management/managementGroups", "tenant"},
		sub + "/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/providers/Microsoft.Security/settings/default":      {"Microsoft.Security/settings", "extension"},
		sub + "/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/n|" + sub + "/resourceGroups/g/providers/x": {"Microsoft.Network/networkInterfaces", "group"},
		sub + "/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v/backupFabrics/Azure/protectionContainers/iaas;g;vm/protectedItems/vm;g;vm": {
			"Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems", "group",
		},
		"https://vault.example/secrets/s": {"", "data"},
		sub:                               {"", ""},
		"":                                {"", ""},
	} {
		kind, level := typeOf(id)
		assert.Equal(t, want, [2]string{kind, level}, id)
	}
}

func TestPagesBecomeATable(t *testing.T) {
	pages := fstest.MapFS{
		"b_thing.html.markdown":         {Data: []byte("# B\n```shell\nterraform import azurerm_b_thing.x \"/subscriptions/s/resourceGroups/g/providers/A.B/things/t\"\n```\n")},
		"role_assignment.html.markdown": {Data: []byte("terraform import azurerm_role_assignment.x /subscriptions/s/providers/Microsoft.Authorization/roleAssignments/r\n")},
		"nothing.html.markdown":         {Data: []byte("no import")},
	}
	var b strings.Builder
	require.NoError(t, convert([]fs.FS{pages}, &b, "2026-08-21", "here"))
	assert.Contains(t, b.String(), "\nazurerm_b_thing\tA.B/things\tgroup\nazurerm_role_assignment\tMicrosoft.Authorization/roleAssignments\textension\n")
	assert.Error(t, convert([]fs.FS{pages}, &b, "", "here"), "no date")
	assert.Error(t, convert([]fs.FS{fstest.MapFS{}}, &b, "2026-08-21", "here"), "no page")
}

// TestOlderVersionsAddWhatNewerOnesRemoved: a resource is taken from the newest version that has it.
func TestOlderVersionsAddWhatNewerOnesRemoved(t *testing.T) {
	page := func(title, kind string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("page_title: \"Azure Resource Manager: " + title + "\"\nterraform import x.y /subscriptions/s/resourceGroups/g/providers/A.B/" + kind + "/t\n")}
	}
	newest := fstest.MapFS{"kept.html.markdown": page("azurerm_kept", "kept")}
	older := fstest.MapFS{
		"kept.html.markdown":    page("azurerm_kept", "before"),
		"removed.html.markdown": page("azurerm_removed", "removed"),
		"file.html.markdown":    page("azurerm_named_by_its_title", "titled"),
		"wrong.html.markdown":   page("azurerm_removed", "wrong"), // the title of another page
	}
	var b strings.Builder
	require.NoError(t, convert([]fs.FS{newest, older}, &b, "2026-08-21", "here"))
	_, rows, _ := strings.Cut(b.String(), "Azure Resource Manager)\n")
	assert.Equal(t, "azurerm_kept\tA.B/kept\tgroup\nazurerm_named_by_its_title\tA.B/titled\tgroup\nazurerm_removed\tA.B/removed\tgroup\nazurerm_wrong\tA.B/wrong\tgroup\n", rows)
}

// TestTheTableIsTheTools checks that the types set by hand are in the table.
func TestTheTableIsTheTools(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("..", "..", "internal", "deployment", "azurerm.tsv"))
	require.NoError(t, err)
	assert.Greater(t, strings.Count(string(table), "\n"), 1000)
	for name, row := range others() {
		assert.Contains(t, string(table), "\n"+name+"\t"+row+"\n")
	}
}
