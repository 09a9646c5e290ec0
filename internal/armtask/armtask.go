// Package armtask has a table of the inputs of Azure Pipelines tasks that name an Azure Resource Manager connection. It doesn't read
// pipelines. tools/tasks generates the table from the sources of the tasks. Its first lines have their commits and dates.
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
	When    string   // which steps have it: always, optional, or the rule by which the editor shows it, as ConnectionType = AzureRM
}

// Version is a major version of a task.
type Version struct {
	ID     string // a GUID in lower case
	Name   string // as the task spells it
	Major  int
	InBox  bool    // false for a task of the Marketplace
	Server bool    // no agent runs it
	Inputs []Input // empty if its connections are of other types
	// NoFederation says that the task can't sign in with workload identity federation, according to its documentation or sources.
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
			v = &Version{ID: f[0], Name: f[1], Major: major, InBox: f[8] == "in-box", Server: f[6] == "server", NoFederation: f[7] == "unsupported"}
			all.byName[key][major], all.byID[f[0]][major] = v, v
		}
		if f[3] == "" {
			continue
		}
		in := Input{Name: f[3], Aliases: strings.FieldsFunc(f[4], func(r rune) bool { return r == ',' }), When: f[5]}
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

// Names returns the input's name and aliases in lower case, because a pipeline can use any of them in any case.
func (i Input) Names() []string {
	all := []string{strings.ToLower(i.Name)}
	for _, alias := range i.Aliases {
		all = append(all, strings.ToLower(alias))
	}
	return all
}

// Lookup finds a task as a pipeline names it: Name@1, Name@1.2.3, publisher.extension.contribution.Name@1 for a task of the
// Marketplace, or by its ID. If the table doesn't have the version, it returns the newest one. It reports false for an unknown task.
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

// All returns the versions of every task in the table, by ID and major version.
func All() []Version {
	var all []Version
	for _, id := range slices.Sorted(maps.Keys(read().byID)) {
		for _, major := range slices.Sorted(maps.Keys(read().byID[id])) {
			all = append(all, *read().byID[id][major])
		}
	}
	return all
}

// Unambiguous returns the input names, in lower case and sorted, that always name an Azure Resource Manager connection in the tasks that come
// with Azure Pipelines. Unknown tasks are expected to use them in the same way. ConnectedServiceName isn't among them, because it names
// connections of other types, too.
func Unambiguous() []string { return read().names }

// Always reports whether each step of a version of a task has an Azure Resource Manager connection. The task is an ID.
func Always(id, version string) bool {
	v, ok := Lookup(id + "@" + version)
	return ok && slices.ContainsFunc(v.Inputs, func(in Input) bool { return in.When == "always" })
}

// NamesConnection reports whether an input of a task names an Azure Resource Manager connection.
func NamesConnection(task, input string) bool {
	input = strings.ToLower(strings.TrimSpace(input))
	v, ok := Lookup(task)
	if !ok {
		return slices.Contains(Unambiguous(), input)
	}
	return slices.ContainsFunc(v.Inputs, func(in Input) bool { return slices.Contains(in.Names(), input) })
}
