// Package armtask knows which inputs of Azure Pipelines tasks name an Azure Resource Manager connection. It doesn't read
// pipelines. Its table is made by tools/tasks from the sources of the tasks, whose commits and dates are in its first lines.
package armtask

import (
	_ "embed" // the table
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed tasks.tsv
var table string

// Input is one input of a task that names an Azure Resource Manager connection.
type Input struct {
	Name    string
	Aliases []string // none for most
}

// Version is a major version of a task.
type Version struct {
	ID     string // a GUID in lower case
	Name   string // as the task spells it
	Major  int
	InBox  bool    // false for a task of the Marketplace
	Inputs []Input // none: its connections are of other types
	// NoFederation: the task's documentation says that it can't sign in by workload identity federation, or its sources show it.
	NoFederation bool
}

type tables struct {
	byName, byID map[string]map[int]*Version // by name or ID in lower case, then by major version
	names        []string
}

var read = sync.OnceValue(func() tables {
	all := tables{byName: map[string]map[int]*Version{}, byID: map[string]map[int]*Version{}}
	azure, other := map[string]bool{}, map[string]bool{"connectedservicename": true}
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		major, _ := strconv.Atoi(f[2]) // a test reads every line
		key := strings.ToLower(f[1])
		if all.byName[key] == nil {
			all.byName[key] = map[int]*Version{}
		}
		if all.byID[f[0]] == nil {
			all.byID[f[0]] = map[int]*Version{}
		}
		v := all.byName[key][major]
		if v == nil {
			v = &Version{ID: f[0], Name: f[1], Major: major, InBox: f[6] == "in-box", NoFederation: f[5] == "unsupported"}
			all.byName[key][major], all.byID[f[0]][major] = v, v
		}
		if f[3] == "" {
			continue
		}
		in := Input{Name: f[3], Aliases: strings.FieldsFunc(f[4], func(r rune) bool { return r == ',' })}
		v.Inputs = append(v.Inputs, in)
		if v.InBox {
			for _, name := range in.Names() {
				azure[name] = true
			}
		}
	}
	maps.DeleteFunc(azure, func(name string, _ bool) bool { return other[name] })
	all.names = slices.Sorted(maps.Keys(azure))
	return all
})

// Names are the input's name and aliases in lower case, as a pipeline may write any of them in any case.
func (i Input) Names() []string {
	all := []string{strings.ToLower(i.Name)}
	for _, alias := range i.Aliases {
		all = append(all, strings.ToLower(alias))
	}
	return all
}

// Lookup finds a task as a pipeline names it: Name@1, Name@1.2.3, publisher.extension.contribution.Name@1 for a task of the
// Marketplace, or by its ID. A version that isn't in the table is taken for the newest that is. It reports false for a task that isn't there.
func Lookup(task string) (Version, bool) {
	name, version, _ := strings.Cut(strings.ToLower(strings.TrimSpace(task)), "@")
	version, _, _ = strings.Cut(version, ".")
	all := read()
	versions, ok := all.byName[name]
	if !ok {
		versions, ok = all.byID[name]
	}
	if dot := strings.LastIndexByte(name, '.'); !ok && dot >= 0 {
		versions = all.byName[name[dot+1:]]
		ok = len(versions) > 0 && !versions[slices.Max(slices.Collect(maps.Keys(versions)))].InBox
	}
	if !ok {
		return Version{}, false
	}
	if major, err := strconv.Atoi(version); err == nil && versions[major] != nil {
		return *versions[major], true
	}
	return *versions[slices.Max(slices.Collect(maps.Keys(versions)))], true
}

// Unambiguous are the input names, in lower case and in order, that mean an Azure Resource Manager connection in the tasks that come with
// Azure Pipelines. In another task, the same name is taken to mean the same. ConnectedServiceName isn't among them, because other tasks name
// connections of other types with it.
func Unambiguous() []string { return read().names }

// NamesConnection reports whether an input of a task names an Azure Resource Manager connection.
func NamesConnection(task, input string) bool {
	input = strings.ToLower(strings.TrimSpace(input))
	v, ok := Lookup(task)
	if !ok {
		return slices.Contains(Unambiguous(), input)
	}
	return slices.ContainsFunc(v.Inputs, func(in Input) bool { return slices.Contains(in.Names(), input) })
}
