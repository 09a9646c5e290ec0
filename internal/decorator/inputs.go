package decorator

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"armpreflight/internal/armtask"
)

// input is an input that names an Azure Resource Manager connection, and the IDs of the tasks for which a step that has it counts. A context
// might tell spellings apart.
type input struct {
	spellings []spelling
	tasks     []string // of all spellings
	about     string   // its name and those of the tasks, for the administrator
}

type spelling struct {
	name  string
	tasks []string
}

// publishProfile is the one rule that the template knows: steps of Azure App Service deploy have no connection if they use a publish profile.
// Their tasks count anyway, and the template leaves the input out of a job with that value.
const publishProfile = "ConnectionType = AzureRM"

// inputs are those that the template reads, by name. The context has an input's own name, not the alias that the pipeline uses.
//
// A name that always means an Azure Resource Manager connection counts for each task that takes it. Other tasks use ConnectedServiceName for
// connections of other types. It counts for tasks whose steps always have it, so that no other step can be hidden among them.
func (o Options) inputs() []input {
	uses := map[string]map[string][]string{} // tasks by the name in lower case, then by spelling
	add := func(id, name string) {
		key := strings.ToLower(name)
		if uses[key] == nil {
			uses[key] = map[string][]string{}
		}
		if !slices.Contains(uses[key][name], id) {
			uses[key][name] = append(uses[key][name], id)
		}
	}
	versions := map[string][]armtask.Version{}
	for _, v := range armtask.All() {
		if !v.Server {
			versions[v.ID] = append(versions[v.ID], v)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(versions)) {
		all := versions[id]
		for _, v := range all {
			for _, in := range v.Inputs {
				if certain(in.Name) || !slices.ContainsFunc(all, func(v armtask.Version) bool { return !always(v, in.Name) }) {
					add(id, in.Name)
				}
			}
		}
	}
	for _, t := range o.Tasks {
		for _, name := range t.Inputs {
			add(t.ID, name)
		}
	}
	var found []input
	called := map[string]string{}
	for id, all := range versions {
		called[id] = all[len(all)-1].Name
	}
	for _, key := range slices.Sorted(maps.Keys(uses)) {
		var in input
		for _, name := range slices.Sorted(maps.Keys(uses[key])) {
			in.spellings = append(in.spellings, spelling{name, uses[key][name]})
			in.tasks = append(in.tasks, uses[key][name]...)
		}
		slices.Sort(in.tasks)
		in.tasks = slices.Compact(in.tasks)
		var names []string
		for _, id := range in.tasks {
			names = append(names, cmp.Or(called[id], id))
		}
		slices.Sort(names)
		in.about = in.spellings[0].name + " of " + strings.Join(names, ", ")
		found = append(found, in)
	}
	return found
}

// certain reports whether each task that's known to use the name of an input means an Azure Resource Manager connection.
func certain(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(armtask.Unambiguous(), name) || strings.HasSuffix(name, "arm") || strings.HasSuffix(name, "azurerm")
}

// always reports whether each step of a task has an input.
func always(v armtask.Version, name string) bool {
	return slices.ContainsFunc(v.Inputs, func(in armtask.Input) bool {
		return strings.EqualFold(in.Name, name) && (in.When == "always" || in.When == publishProfile)
	})
}
