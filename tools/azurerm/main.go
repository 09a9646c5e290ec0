// Command azurerm turns the documentation of Terraform's azurerm provider into the table of package deployment: the
// Azure type of each Terraform resource.
//
//	git clone --depth 1 https://github.com/hashicorp/terraform-provider-azurerm
//	go run ./tools/azurerm -date 2026-08-21 -source 'hashicorp/terraform-provider-azurerm at 69697b7f' terraform-provider-azurerm/website/docs/r > internal/deployment/azurerm.tsv
//
// Each page ends with the ID that imports the resource, and the ID names the type. The table contains only these facts, and none of
// the provider's code or text. The command downloads nothing.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	date := flag.String("date", "", "the day of the documentation, YYYY-MM-DD")
	source := flag.String("source", "", "where it's from")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "azurerm: name the folder of the pages, website/docs/r")
		os.Exit(2)
	}
	if err := convert(os.DirFS(flag.Arg(0)), os.Stdout, *date, *source); err != nil {
		fmt.Fprintln(os.Stderr, "azurerm:", err)
		os.Exit(1)
	}
}

// imported finds the ID in the command that imports a resource.
var imported = regexp.MustCompile(`(?m)^\s*terraform import\s+\S+\s+["']?(\S+?)["']?\s*$`)

// other lists resources whose import ID doesn't name what they write: it names the resource that they belong to or a part of another
// resource that Azure has no action for, or there's no import ID. A type that ends in /action is an action. The third column is the
// table's.
//
//go:embed other.tsv
var other string

func others() map[string]string {
	rows := map[string]string{}
	for line := range strings.Lines(other) {
		name, row, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		rows["azurerm_"+name] = row
	}
	return rows
}

// convert writes the table, ordered by name: name, type, level.
func convert(pages fs.FS, out io.Writer, date, source string) error {
	if len(date) != len("2006-01-02") || source == "" {
		return errors.New("the table needs -date and -source")
	}
	files, err := fs.Glob(pages, "*.markdown")
	if err != nil {
		return err
	}
	var rows, without []string
	other := others()
	for _, file := range files {
		page, err := fs.ReadFile(pages, file)
		if err != nil {
			return err
		}
		short, _, _ := strings.Cut(file, ".")
		name := "azurerm_" + short
		if row, ok := other[name]; ok {
			rows = append(rows, name+"\t"+row)
			continue
		}
		m := imported.FindSubmatch(page)
		if m == nil {
			without = append(without, name)
			continue
		}
		kind, level := typeOf(string(m[1]))
		if level == "" {
			without = append(without, name)
			continue
		}
		rows = append(rows, name+"\t"+kind+"\t"+level)
	}
	if len(rows) == 0 {
		return errors.New("there is no page with an import id in the folder")
	}
	for name := range other {
		if !slices.ContainsFunc(rows, func(row string) bool { return strings.HasPrefix(row, name+"\t") }) {
			fmt.Fprintln(os.Stderr, "azurerm: there is no page of", name+": take it off the list")
		}
	}
	for _, name := range without {
		fmt.Fprintln(os.Stderr, "azurerm: no type:", name)
	}
	slices.Sort(rows)
	_, err = fmt.Fprintf(out, "# Resources of Terraform's azurerm provider and their Azure types, %s\n# Source: the import ids of %s\n# Written by tools/azurerm: name, type, level (group, subscription, managementGroup, tenant, extension; data: not a matter of Azure Resource Manager)\n%s\n",
		date, source, strings.Join(rows, "\n"))
	return err
}

// typeOf returns the type of the resource that an import ID names, and its scope. Text after a bar or a semicolon belongs to another
// resource.
func typeOf(id string) (kind, level string) {
	if strings.HasPrefix(id, "https://") {
		return "", "data"
	}
	id, _, _ = strings.Cut(strings.ReplaceAll(id, ";/", "|"), "|")
	at := strings.LastIndex(strings.ToLower(id), "/providers/")
	if at < 0 {
		parts := strings.Split(strings.Trim(id, "/"), "/")
		if len(parts) == 4 && strings.EqualFold(parts[2], "resourceGroups") {
			return "Microsoft.Resources/resourceGroups", "subscription"
		}
		return "", ""
	}
	parts := strings.Split(id[at+len("/providers/"):], "/")
	if len(parts) < 3 || !strings.Contains(parts[0], ".") {
		return "", ""
	}
	kind = parts[0]
	for i := 1; i < len(parts)-len(parts)%2+1 && i+1 < len(parts); i += 2 {
		kind += "/" + parts[i]
	}
	switch before := strings.Split(strings.Trim(id[:at], "/"), "/"); {
	case before[0] == "":
		return kind, "tenant"
	case len(before) == 4 && strings.EqualFold(before[2], "resourceGroups"):
		return kind, "group"
	case len(before) == 2 && strings.EqualFold(before[0], "subscriptions"):
		return kind, "subscription"
	case len(before) == 3 && strings.EqualFold(before[1], "Microsoft.Management"), strings.HasPrefix(strings.ToLower(id), "/providers/microsoft.management/managementgroups/") && len(before) == 4:
		return kind, "managementGroup"
	}
	return kind, "extension"
}
