package lint

import (
	_ "embed" // the inputs
	"slices"
	"strings"
	"sync"

	"armpreflight/internal/lazyregexp"
)

// tasks.txt lists the tasks of microsoft/azure-pipelines-tasks (commit 299572e, August 2026) that have an input of type
// connectedService: the name, its major versions, and the names and aliases of the inputs of type
// connectedService:AzureRM, in lower case. A task without such an input names connections of other types only.
//
//go:embed tasks.txt
var tasksText string

// taskInputs are the inputs of a task that name Azure Resource Manager connections, by its major version.
type taskInputs map[string][]string

var inBoxTasks = sync.OnceValue(func() map[string]taskInputs {
	all := map[string]taskInputs{}
	for line := range strings.Lines(tasksText) {
		fields := strings.Fields(line)
		name, versions, _ := strings.Cut(fields[0], "@")
		if all[name] == nil {
			all[name] = taskInputs{}
		}
		for version := range strings.SplitSeq(versions, ",") {
			all[name][version] = fields[1:]
		}
	}
	return all
})

// azureInputsOf are the inputs of an in-box task that name an Azure Resource Manager connection; false for another task.
// A version that is not listed is taken for the newest that is.
func azureInputsOf(task string) ([]string, bool) {
	name, version, _ := strings.Cut(strings.ToLower(strings.TrimSpace(task)), "@")
	versions, ok := inBoxTasks()[name]
	if !ok {
		return nil, false
	}
	version, _, _ = strings.Cut(version, ".")
	if inputs, ok := versions[version]; ok {
		return inputs, true
	}
	newest := ""
	for v := range versions {
		if len(v) > len(newest) || len(v) == len(newest) && v > newest {
			newest = v
		}
	}
	return versions[newest], true
}

// azureInputs are the inputs by which tasks of the Marketplace name an Azure Resource Manager connection, in lower case:
// names that mean nothing else in the tasks of tasks.txt, and those of widely used extensions.
var azureInputs = []string{
	"azuresubscription", "connectedservicenamearm", "azureresourcemanagerconnection", "azuresubscriptionendpoint", "azuresubscriptionconnection",
	"environmentservicenameazurerm", "environmentservicename", "armconnectedservicename", "backendservicearm", "connectedservicenameazurerm", "azureserviceconnection", "azurermconnection",
}

// azureTask: its connectedServiceName is one of Azure Resource Manager.
var azureTask = lazyregexp.New(`(?i)^([\w-]+\.)*(azure|packer)`)

// azure are the connections of a step that are certainly of Azure Resource Manager.
func (s step) azure() []input {
	if inputs, ok := azureInputsOf(s.task); ok {
		return s.connections(inputs)
	}
	if azureTask.MatchString(s.task) {
		return s.connections(append(slices.Clone(azureInputs), "connectedservicename"))
	}
	return s.connections(azureInputs)
}
