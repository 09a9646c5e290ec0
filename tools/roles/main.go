// Command roles turns a list of Azure's built-in roles into the table of package rights:
//
//	az role definition list > roles.json
//	go run ./tools/roles -date 2026-11-23 -source 'az role definition list' < roles.json > internal/rights/roles.tsv
//
// It also reads a response of Microsoft.Authorization/roleDefinitions. It downloads nothing. It leaves out custom roles, and roles
// with a condition, which allow less than their actions say.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	date := flag.String("date", "", "the day on which the list was taken, YYYY-MM-DD")
	source := flag.String("source", "", "where the list is from")
	flag.Parse()
	if err := convert(os.Stdin, os.Stdout, *date, *source); err != nil {
		fmt.Fprintln(os.Stderr, "roles:", err)
		os.Exit(1)
	}
}

type permission struct {
	Actions, NotActions, DataActions, NotDataActions []string
	Condition                                        string
}

type properties struct {
	RoleName    string
	Type        string // in Azure Resource Manager's response
	RoleType    string // in the output of az
	Permissions []permission
}

type definition struct {
	Name string // a GUID
	properties
	Properties properties
}

// convert writes the table, ordered by name. A role with several permissions has a row for each.
func convert(in io.Reader, out io.Writer, date, source string) error {
	if len(date) != len("2006-01-02") || source == "" {
		return errors.New("the table needs -date and -source")
	}
	definitions, err := read(in)
	if err != nil {
		return err
	}
	var rows []string
	for _, d := range definitions {
		p := d.Properties
		if p.RoleName == "" {
			p = d.properties
		}
		if !strings.EqualFold(cmp.Or(p.RoleType, p.Type), "BuiltInRole") || slices.ContainsFunc(p.Permissions, func(q permission) bool { return q.Condition != "" }) {
			continue
		}
		for _, q := range p.Permissions {
			fields := []string{p.RoleName, strings.ToLower(d.Name), list(q.Actions), list(q.NotActions), list(q.DataActions), list(q.NotDataActions)}
			row := strings.TrimRight(strings.Join(fields, "\t"), "\t")
			if strings.Count(row, "\t") < 2 || strings.ContainsAny(row, "\r\n") || strings.Contains(p.RoleName, "\t") {
				return fmt.Errorf("the role %q cannot be written as a row", p.RoleName)
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return errors.New("there is no built-in role in the list")
	}
	slices.SortFunc(rows, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	_, err = fmt.Fprintf(out, "# Azure's built-in roles, %s\n# Source: %s\n# Written by tools/roles: name, id, actions, notActions, dataActions, notDataActions\n%s\n",
		date, source, strings.Join(rows, "\n"))
	return err
}

func read(in io.Reader) ([]definition, error) {
	var raw json.RawMessage
	if err := json.NewDecoder(in).Decode(&raw); err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	var answer struct{ Value json.RawMessage }
	if strings.HasPrefix(string(raw), "{") {
		if err := json.Unmarshal(raw, &answer); err != nil {
			return nil, fmt.Errorf("read the list: %w", err)
		}
		raw = answer.Value
	}
	var definitions []definition
	if err := json.Unmarshal(raw, &definitions); err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	return definitions, nil
}

// list removes duplicates, which some of Azure's own roles have.
func list(patterns []string) string {
	var kept []string
	for _, p := range patterns {
		if !slices.ContainsFunc(kept, func(k string) bool { return strings.EqualFold(k, p) }) {
			kept = append(kept, p)
		}
	}
	slices.SortFunc(kept, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return strings.Join(kept, " ")
}
