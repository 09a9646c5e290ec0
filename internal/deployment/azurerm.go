package deployment

import (
	_ "embed"
	"strings"
	"sync"
)

// azurerm.tsv says which type of Azure each resource of Terraform's azurerm provider is, at the day and from the source that it
// names.
//
//go:embed azurerm.tsv
var azurermTable string

// azurermType is a row of the table.
type azurermType struct {
	kind  string // ends in /action where the resource is a call and creates nothing
	level string
}

// typeArgument is in a kind of the table where the argument `type` of the resource names it.
const typeArgument = "{type}"

var azurermTypes = sync.OnceValue(func() map[string]azurermType {
	table := make(map[string]azurermType, 1200)
	for line := range strings.Lines(azurermTable) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); line[0] != '#' && len(fields) == 3 {
			table[fields[0]] = azurermType{kind: fields[1], level: fields[2]}
		} else if line[0] != '#' {
			table[fields[0]] = azurermType{level: "data"}
		}
	}
	return table
})
