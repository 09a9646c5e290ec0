package lint

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"armpreflight/internal/diagnosis"
)

// Codes of the lint. Package diagnosis explains them.
const (
	codeSetByStep     diagnosis.Code = "connection-set-by-step"
	codeFromOutput    diagnosis.Code = "connection-from-output"
	codeFromRunTime   diagnosis.Code = "connection-from-expression"
	codeUndefined     diagnosis.Code = "connection-variable-undefined"
	codeFixed         diagnosis.Code = "connection-value-fixed"
	codeNotReferenced diagnosis.Code = "connection-not-referenced"
	codeNoPreflight   diagnosis.Code = "preflight-missing"
)

// azureInputs are the inputs by which tasks name an Azure Resource Manager
// connection, in lower case: names and aliases in the task.json files of
// microsoft/azure-pipelines-tasks.
var azureInputs = []string{
	"azuresubscription", "connectedservicenamearm", "azureresourcemanagerconnection", "azuresubscriptionendpoint", "azuresubscriptionconnection",
	"environmentservicenameazurerm", "backendservicearm", "connectedservicenameazurerm", "azureserviceconnection", "azurermconnection",
}

// connectionInputs name a connection of some type; all are looked up when the run is queued.
var connectionInputs = append(slices.Clone(azureInputs), "connectedservicename", "serviceconnection", "kubernetesserviceconnection", "containerregistry", "dockerregistryendpoint")

// predefined are the beginnings of variables that Azure Pipelines defines.
var predefined = []string{"agent.", "build.", "checks.", "environment.", "pipeline.", "release.", "resources.", "strategy.", "system.", "tf_build"}

func (s step) connections(names []string) []input {
	var all []input
	for _, in := range s.inputs {
		if slices.Contains(names, strings.ToLower(in.name)) && in.text.value != "" {
			all = append(all, in)
		}
	}
	return all
}

// mayName: an input of the task may be a connection of whatever type. Tasks of the Marketplace have names of their own.
func (s step) mayName() bool {
	return slices.ContainsFunc(s.inputs, func(in input) bool { return namesConnection.MatchString(in.name) && in.text.value != "" })
}

var namesConnection = regexp.MustCompile(`(?i)connect|subscription|endpoint|servicename|registry|backendservice`)

var macro = regexp.MustCompile(`\$\(([^()$]+)\)`)

// connections looks at how a job names its connections.
func (l *linter) connections(w *walk, j job) {
	for _, steps := range j.hooks {
		names, set := map[string]bool{}, map[string]bool{}
		for _, s := range steps {
			names[strings.ToLower(s.name)] = true
		}
		for _, s := range steps {
			for _, in := range s.connections(connectionInputs) {
				r := rule{linter: l, walk: w, job: j, steps: names, set: set, input: in, followed: map[string]bool{},
					args: diagnosis.Args{"task": s.task, "input": in.name, "value": in.text.value}}
				r.look(in.text)
			}
			for _, name := range s.sets {
				set[name] = true
			}
		}
	}
}

// rule looks at one input.
type rule struct {
	linter   *linter
	walk     *walk
	job      job
	steps    map[string]bool // names of the steps of the job
	set      map[string]bool // variables that steps before set
	input    input
	followed map[string]bool // variables that were looked at
	args     diagnosis.Args
}

func (r rule) report(severity Severity, code diagnosis.Code, variable string) {
	args := diagnosis.Args{"variable": variable}
	maps.Copy(args, r.args)
	if severity == Error {
		r.linter.late[r.input.text.at.node] = true
	}
	r.linter.report(r.input.text.at, severity, code, args)
}

func (r rule) look(t text) {
	if strings.HasPrefix(strings.TrimSpace(t.value), "$[") {
		r.report(Error, codeFromRunTime, "")
		return
	}
	for _, m := range macro.FindAllStringSubmatch(t.value, -1) {
		name := strings.TrimSpace(m[1])
		if key := strings.ToLower(name); !r.followed[key] && r.walk.spend() {
			r.followed[key] = true
			r.variable(name)
		}
	}
	// ${{ variables.x }} of a variable that is not defined when the run is queued is empty.
	for _, m := range expression.FindAllStringSubmatch(t.value, -1) {
		if name, ok := variableOf(m[1]); ok && !r.job.variables.isOpen() {
			if _, defined := r.job.variables.lookup(name); !defined && r.set[strings.ToLower(name)] {
				r.report(Error, codeSetByStep, name)
			}
		}
	}
}

// variableOf is the name in variables.name or variables['name'].
func variableOf(expression string) (string, bool) {
	m := reference.FindStringSubmatch(expression)
	if m == nil || !strings.EqualFold(m[1], "variables") {
		return "", false
	}
	part := segment.FindStringSubmatch(m[2])
	if part == nil {
		return "", false
	}
	return part[1] + part[2], true
}

func (r rule) variable(name string) {
	definition, defined := r.job.variables.lookup(name)
	setBefore := r.set[strings.ToLower(name)]
	first, _, dotted := strings.Cut(name, ".")
	switch {
	case defined && definition.atRunTime():
		r.report(Error, codeFromRunTime, name)
	case defined && setBefore:
		r.report(Note, codeFixed, name)
	case defined:
		r.look(definition.text)
	case setBefore:
		r.report(Error, codeSetByStep, name)
	case dotted && r.steps[strings.ToLower(first)]:
		r.report(Error, codeFromOutput, name)
	case slices.ContainsFunc(predefined, func(p string) bool { return strings.HasPrefix(strings.ToLower(name), p) }):
	case !r.walk.alone && !r.job.variables.isOpen():
		r.args["group"] = strings.Join(r.job.variables.allGroups(), "', '")
		r.report(Note, codeUndefined, name)
	}
}

// tokenRequest is how a script asks for the id token of a connection by itself.
var (
	tokenRequest = regexp.MustCompile(`(?i)[?&]serviceConnectionId=|\b(ARM_OIDC_AZURE_SERVICE_CONNECTION_ID|ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID|AZURESUBSCRIPTION_SERVICE_CONNECTION_ID)\s*=`)
	tokenEnv     = regexp.MustCompile(`(?i)^(ARM_OIDC_AZURE_SERVICE_CONNECTION_ID|ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID|AZURESUBSCRIPTION_SERVICE_CONNECTION_ID)$`)
)

// references looks for scripts that sign in with a connection in a stage no task of which names one.
func (l *linter) references(s stage) {
	if s.blind {
		return
	}
	var asking []place
	for _, j := range s.jobs {
		for _, steps := range j.hooks {
			for _, step := range steps {
				if step.mayName() {
					return
				}
				for _, script := range step.scripts {
					if tokenRequest.MatchString(script.value) {
						asking = append(asking, script.at)
					}
				}
				for _, in := range step.env {
					if tokenEnv.MatchString(in.name) {
						asking = append(asking, in.text.at)
					}
				}
			}
		}
	}
	for _, at := range asking {
		l.report(at, Error, codeNotReferenced, diagnosis.Args{})
	}
}

var preflightTask = regexp.MustCompile(`(?i)^([\w-]+\.)*ArmPreflight@`)

// preflight looks for the first use of each connection in a job without ArmPreflight@1 before it.
func (l *linter) preflight(j job) {
	if j.server {
		return
	}
	checked := map[string]bool{}
	uncertain := false
	for _, steps := range j.hooks {
		for _, s := range steps {
			for _, in := range s.connections(azureInputs) {
				switch {
				case l.late[in.text.at.node]: // it names no connection, so none can be checked
				case preflightTask.MatchString(s.task):
					checked[in.text.value] = true
					uncertain = uncertain || !in.text.known
				case !uncertain && !checked[in.text.value]:
					checked[in.text.value] = true // say it once
					l.report(j.at, Error, codeNoPreflight, diagnosis.Args{"value": in.text.value, "task": s.task, "job": j.name})
					l.insert(s, in)
				}
			}
			if preflightTask.MatchString(s.task) {
				for _, in := range s.inputs {
					if strings.EqualFold(in.name, "moreConnections") {
						uncertain = uncertain || !in.text.known
						for name := range strings.SplitSeq(in.text.value, ",") {
							checked[strings.TrimSpace(name)] = true
						}
					}
				}
			}
		}
	}
}
