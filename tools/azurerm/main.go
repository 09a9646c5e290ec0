// Command azurerm turns the documentation of Terraform's azurerm provider into the table of package deployment: the
// Azure type of each Terraform resource.
//
//	git clone https://github.com/hashicorp/terraform-provider-azurerm main
//	for tag in v4.81.0 v3.117.1 v2.99.0 v1.44.0; do git -C main worktree add ../$tag $tag; done
//	go run ./tools/azurerm -date 2026-08-21 -source 'hashicorp/terraform-provider-azurerm at 69697b7f, v4.81.0, v3.117.1, v2.99.0, and v1.44.0' {main,v4.81.0,v3.117.1,v2.99.0,v1.44.0}/website/docs/r > internal/deployment/azurerm.tsv
//
// Each page ends with the ID that imports the resource, and the ID names the type. Later folders add the resources that newer versions of
// the provider don't have. The table contains only these facts, and none of the provider's code or text. The command downloads nothing.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	date := flag.String("date", "", "the day of the documentation, YYYY-MM-DD")
	source := flag.String("source", "", "where it's from")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "azurerm: name the folders of the pages, website/docs/r, that of the newest version first")
		os.Exit(2)
	}
	var versions []fs.FS
	for _, folder := range flag.Args() {
		versions = append(versions, os.DirFS(folder))
	}
	if err := convert(versions, os.Stdout, *date, *source); err != nil {
		fmt.Fprintln(os.Stderr, "azurerm:", err)
		os.Exit(1)
	}
}

// imported finds the ID in the command that imports a resource.
var imported = regexp.MustCompile(`(?m)^\s*terraform import\s+\S+\s+["']?(\S+?)["']?\s*$`)

// titled finds the resource in the title of a page, since some files have another name.
var titled = regexp.MustCompile(`(?m)^page_title:.*:\s*(azurerm_[a-z0-9_]+)\b`)

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

// convert writes the table, ordered by name: name, type, level. A resource is taken from the first version that has it.
func convert(versions []fs.FS, out io.Writer, date, source string) error {
	if len(date) != len("2006-01-02") || source == "" {
		return errors.New("the table needs -date and -source")
	}
	rows, pages := map[string]string{}, map[string]bool{}
	other := others()
	for _, version := range versions {
		found, err := read(version, other)
		if err != nil {
			return err
		}
		for name, row := range found {
			if pages[name] = true; rows[name] == "" {
				rows[name] = row
			}
		}
	}
	maps.DeleteFunc(rows, func(_, row string) bool { return row == "" })
	if len(rows) == 0 {
		return errors.New("there is no page with an import id in the folders")
	}
	for name := range other {
		if !pages[name] {
			fmt.Fprintln(os.Stderr, "azurerm: there is no page of", name+": take it off the list")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if rows[name] == "" {
			fmt.Fprintln(os.Stderr, "azurerm: no type:", name)
		}
	}
	fmt.Fprintf(out, "# Resources of Terraform's azurerm provider and their Azure types, %s\n# Source: the import ids of the pages of %s\n# Written by tools/azurerm: name, type, level (group, subscription, managementGroup, tenant, extension; data: not a matter of Azure Resource Manager)\n",
		date, source)
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		if _, err := fmt.Fprintf(out, "%s\t%s\n", name, rows[name]); err != nil {
			return err
		}
	}
	return nil
}

// read gives the rows of one version, by the names of the resources; "" for those whose page doesn't say the type.
func read(pages fs.FS, other map[string]string) (map[string]string, error) {
	files, err := fs.Glob(pages, "*.markdown")
	if err != nil {
		return nil, err
	}
	rows := map[string]string{}
	for _, file := range files {
		page, err := fs.ReadFile(pages, file)
		if err != nil {
			return nil, err
		}
		short, _, _ := strings.Cut(file, ".")
		name := "azurerm_" + short
		if m := titled.FindSubmatch(page); m != nil && !slices.ContainsFunc(files, func(other string) bool { return strings.HasPrefix(other, string(m[1][len("azurerm_"):])+".") }) {
			name = string(m[1]) // some titles are those of another page
		}
		rows[name] = other[name]
		if m := imported.FindSubmatch(page); m != nil && rows[name] == "" {
			if kind, level := typeOf(string(m[1])); level != "" {
				rows[name] = kind + "\t" + level
			}
		}
	}
	return rows, nil
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
