package decorator

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"armpreflight/internal/armtask"
)

// letters mean groups of tasks in the template. None is in a GUID, and none means anything in YAML or in an expression.
const letters = "ghijklmnopqrstuvwxyz~^_@=;+<>?%&"

// serverOnly are tasks that no agent runs. A job with one of them is a server job, which the decorator must not touch.
var serverOnly = []string{"AzureFunction", "AzureMonitor", "AzurePolicyCheckGate", "InvokeRESTAPI", "PublishToAzureServiceBus"}

// mayLack are the tasks that also run without a connection: the step chooses. Tasks of the Marketplace count as such.
var mayLack = []string{"AutomatedAnalysis", "AzureFileCopy", "AzureIoTEdge", "AzureTestPlan", "Docker", "DockerCompose", "DotNetCoreCLI", "HelmDeploy",
	"JavaToolInstaller", "JenkinsDownloadArtifacts", "Kubernetes", "KubernetesManifest", "Maven", "Notation", "PackerBuild", "PublishSymbols",
	"ServiceFabricComposeDeploy", "ServiceFabricDeploy", "VSTest"}

// group is a set of tasks whose connections are in the same inputs.
type group struct {
	letter string
	inputs []string // in lower case
	always bool     // every step of these tasks has a connection
	ids    []string
}

// spellings of the inputs by their names in lower case: the context might tell them apart.
type known struct {
	groups    []group
	spellings map[string][]string
}

// collect sorts the tasks of the table and of the options into groups.
func (o Options) collect() (known, error) {
	type task struct {
		inputs map[string]bool
		always bool
	}
	tasks, k := map[string]*task{}, known{spellings: map[string][]string{}}
	add := func(id string, always bool, names ...string) {
		if tasks[id] == nil {
			tasks[id] = &task{inputs: map[string]bool{}, always: always}
		}
		for _, name := range names {
			key := strings.ToLower(name)
			tasks[id].inputs[key] = true
			if !slices.Contains(k.spellings[key], name) {
				k.spellings[key] = append(k.spellings[key], name)
			}
		}
	}
	for _, v := range armtask.All() {
		if slices.Contains(serverOnly, v.Name) {
			continue
		}
		for _, in := range v.Inputs {
			add(v.ID, v.InBox && !slices.Contains(mayLack, v.Name), append([]string{in.Name}, in.Aliases...)...)
		}
	}
	for _, t := range o.Tasks {
		add(t.ID, false, t.Inputs...)
	}
	byKey := map[string]*group{}
	for _, id := range slices.Sorted(maps.Keys(tasks)) {
		inputs := slices.Sorted(maps.Keys(tasks[id].inputs))
		key := fmt.Sprint(inputs, tasks[id].always)
		if byKey[key] == nil {
			byKey[key] = &group{inputs: inputs, always: tasks[id].always}
		}
		byKey[key].ids = append(byKey[key].ids, id)
	}
	if len(byKey) > len(letters) {
		return k, errors.New("--tasks has too many different sets of inputs")
	}
	for i, key := range slices.Sorted(maps.Keys(byKey)) {
		byKey[key].letter = letters[i : i+1]
		k.groups = append(k.groups, *byKey[key])
	}
	return k, nil
}

// names are the spellings of the inputs, in order: those that always mean an Azure Resource Manager connection, or the others.
func (k known) names(ambiguous bool) []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(k.spellings)) {
		if k.ambiguous(key) == ambiguous {
			all = append(all, slices.Sorted(slices.Values(k.spellings[key]))...)
		}
	}
	return all
}

// ambiguous reports whether tasks outside of the table use the name of an input for connections of other types.
func (k known) ambiguous(input string) bool {
	input = strings.ToLower(input)
	return !slices.Contains(armtask.Unambiguous(), input) && !strings.Contains(input, "arm") && !strings.Contains(input, "azurerm")
}

// with are the letters of the groups that a condition holds for.
func (k known) with(keep func(group) bool) []string {
	var all []string
	for _, g := range k.groups {
		if keep(g) {
			all = append(all, g.letter)
		}
	}
	return all
}
