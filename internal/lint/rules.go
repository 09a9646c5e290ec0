package lint

import (
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// connectionInputs name a connection of some type; all are looked up when the run is queued.
var connectionInputs = append(slices.Clone(azureInputs), "connectedservicename", "serviceconnection", "serviceconnectionname", "kubernetesserviceconnection",
	"kubernetesserviceendpoint", "azuresubscriptionendpointforsecrets", "dockerregistryendpoint", "connectedservicearm", "azuresubscriptionendpointforacr",
	"azuresubscriptionforacr", "azureresourcemanagerendpoint", "azurekvserviceconection")

// dockerInputs are those of the Docker tasks, whose containerRegistry is a connection to a registry; elsewhere it is an address.
var dockerInputs = append(slices.Clone(connectionInputs), "containerregistry")

// predefined are the beginnings of variables that Azure Pipelines defines.
var predefined = []string{"agent.", "build.", "checks.", "environment.", "pipeline.", "release.", "resources.", "strategy.", "system.", "tf_build"}

var dockerTask = lazyregexp.New(`(?i)^([\w-]+\.)*docker`)

// connections are the inputs of a step with one of the names that hold something.
func (s step) connections(names []string) []input {
	var all []input
	for _, in := range s.inputs {
		if len(in.text.value) > maxConnection {
			continue // no name is so long
		}
		if slices.Contains(names, strings.ToLower(in.name)) && in.text.value != "" {
			all = append(all, in)
		}
	}
	return all
}

// named are the connections of a step, of any type.
func (s step) named() []input {
	if dockerTask.MatchString(s.task) {
		return s.connections(dockerInputs)
	}
	return s.connections(connectionInputs)
}

// mayName: an input of the task may be a connection of whatever type. Tasks of the Marketplace have names of their own.
func (s step) mayName() bool {
	return slices.ContainsFunc(s.inputs, func(in input) bool { return namesConnection.MatchString(in.name) && in.text.value != "" })
}

var namesConnection = lazyregexp.New(`(?i)connect|subscription|endpoint|servicename|registry|backendservice`)

var macro = lazyregexp.New(`\$\(([^()$]+)\)`)

// use is one input of one step of a job. The same lines may be another use in another job, which knows other variables.
type use struct {
	hook, step int
	node       *yaml.Node
}

// connections looks at how a job names its connections, and gives the uses that name theirs too late.
func (l *linter) connections(w *walk, j job) map[use]bool {
	late := map[use]bool{}
	for i, h := range j.hooks {
		names, set := map[string]bool{}, map[string][]*guard{}
		for _, s := range h.steps {
			names[strings.ToLower(s.name)] = true
		}
		for k, s := range h.steps {
			for _, in := range s.named() {
				r := rule{linter: l, walk: w, job: j, steps: names, set: set, under: s.under, input: in, followed: map[string]bool{}, late: late,
					use: use{i, k, in.text.at.node}, task: s.task}
				r.look(in.text)
			}
			for _, name := range s.sets {
				set[name] = append(set[name], s.under)
			}
		}
	}
	return late
}

// rule looks at one input.
type rule struct {
	linter   *linter
	walk     *walk
	job      job
	steps    map[string]bool     // names of the steps of the job
	set      map[string][]*guard // variables that steps before set, and when
	under    *guard
	input    input
	followed map[string]bool // variables that were looked at
	late     map[use]bool
	use      use
	task     string
}

// names is what a finding says of the input, and of the variable that names its connection.
func (r rule) names(variable string) facts.ConnectionVariable {
	return facts.ConnectionVariable{Task: r.task, Input: r.input.name, Variable: variable}
}

func (r rule) report(severity Severity, found finding) {
	if severity == Error {
		r.late[r.use] = true
	}
	r.linter.report(r.input.text.at, severity, found)
}

func (r rule) look(t text) {
	if strings.HasPrefix(strings.TrimSpace(t.value), "$[") {
		r.report(Error, facts.ConnectionFromExpression(r.names("")))
		return
	}
	for _, m := range macro.FindAllStringSubmatch(expression.ReplaceAllString(t.value, ""), -1) {
		name := strings.TrimSpace(m[1])
		if key := strings.ToLower(name); !r.followed[key] && r.walk.spend() {
			r.followed[key] = true
			r.variable(name)
		}
	}
	// ${{ variables.x }} of a variable that is not defined when the run is queued is empty.
	for _, m := range expression.FindAllStringSubmatch(t.value, -1) {
		if name, ok := variableOf(m[1]); ok && !r.job.variables.isOpen() {
			if _, defined := r.job.variables.lookup(name); !defined {
				r.undefined(name)
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

// setBefore reports whether a step before sets a variable in a run of this one.
func (r rule) setBefore(name string) bool {
	return slices.ContainsFunc(r.set[strings.ToLower(name)], func(g *guard) bool { return !g.apart(r.under) })
}

func (r rule) variable(name string) {
	definition, defined := r.job.variables.lookup(name)
	whole, ofPipeline := r.job.variables.ofPipeline(name)
	switch {
	case defined && definition.atRunTime() && (!ofPipeline || whole.atRunTime()):
		r.report(Error, facts.ConnectionFromExpression(r.names(name)))
	case defined && !ofPipeline:
		if !r.job.variables.isOpen() {
			r.report(Note, facts.ConnectionVariableNarrow(r.names(name)))
		}
		r.look(definition.text)
	case defined && r.setBefore(name):
		r.report(Note, facts.ConnectionValueFixed(r.names(name)))
	case defined:
		r.look(whole.text)
	default:
		r.undefined(name)
	}
}

// undefined looks at a variable that the files do not define.
func (r rule) undefined(name string) {
	first, _, dotted := strings.Cut(name, ".")
	switch {
	case r.setBefore(name):
		r.report(Error, facts.ConnectionSetByStep(r.names(name)))
	case slices.ContainsFunc(predefined, func(p string) bool { return strings.HasPrefix(strings.ToLower(name), p) }):
	case dotted && r.steps[strings.ToLower(first)]:
		r.report(Error, facts.ConnectionFromOutput(r.names(name)))
	case !r.walk.alone && !r.job.variables.isOpen():
		undefined := facts.ConnectionVariableUndefined(r.names(name))
		undefined.Group = someOf(r.job.variables.allGroups())
		r.report(Note, undefined)
	}
}

// someOf names a few of many.
func someOf(names []string) string {
	const few = 3
	text := strings.Join(names[:min(few, len(names))], "', '")
	if len(names) > few {
		text += "', …'"
	}
	return strings.TrimSuffix(text, "'")
}

// tokenRequest is how a script asks for the id token of a connection by itself.
var (
	tokenRequest = lazyregexp.New(`(?i)[?&]serviceConnectionId=|(SYSTEM_OIDCREQUESTURI|System\.OidcRequestUri).*[?&]api-version=|\b(ARM_OIDC_AZURE_SERVICE_CONNECTION_ID|ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID|AZURESUBSCRIPTION_SERVICE_CONNECTION_ID)\s*=`)
	tokenEnv     = lazyregexp.New(`(?i)^(SYSTEM_OIDCREQUESTURI|ARM_OIDC_AZURE_SERVICE_CONNECTION_ID|ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID|AZURESUBSCRIPTION_SERVICE_CONNECTION_ID)$`)
)

// asksForToken is where a step does.
func (s step) asksForToken() (place, bool) {
	if s.never {
		return place{}, false
	}
	for _, script := range s.scripts {
		lower := strings.ToLower(script.value)
		if !strings.Contains(lower, "oidc") && !strings.Contains(lower, "service_connection_id") && !strings.Contains(lower, "serviceconnectionid") {
			continue // most scripts
		}
		if tokenRequest.MatchString(withoutComments(script.value)) {
			return script.at, true
		}
	}
	for _, in := range s.env {
		if tokenEnv.MatchString(in.name) {
			return in.text.at, true
		}
	}
	return place{}, false
}

// references looks for scripts that sign in with a connection in a stage no task of
// which names one. Where others may add tasks to the stage, nothing is known.
func (l *linter) references(s stage, forOthers bool) {
	if s.blind || forOthers {
		return
	}
	var asking []place
	for _, j := range s.jobs {
		for _, h := range j.hooks {
			for _, step := range h.steps {
				if step.mayName() {
					return
				}
				if at, ok := step.asksForToken(); ok {
					asking = append(asking, at)
				}
			}
		}
	}
	for _, at := range asking {
		l.report(at, Error, catalogue.ConnectionNotReferenced)
	}
}

// preflightInputs are the names by which ArmPreflight@1 takes its connection, in lower case.
var preflightInputs = []string{"connectedservicenamearm", "azuresubscription", "serviceconnection"}

var preflightTask = lazyregexp.New(`(?i)^([\w-]+\.)*ArmPreflight@`)

// preflight looks for the first use of each connection in a job without ArmPreflight@1 before it.
func (l *linter) preflight(j job, late map[use]bool) {
	for _, h := range j.hooks {
		for _, s := range h.steps {
			if j.server || h.server {
				l.server[s.list.node] = true
				if s.own != nil {
					l.server[s.own.node] = true
				}
			}
		}
	}
	if j.server || j.given {
		return
	}
	uses := preflights{checked: map[string][]*guard{}}
	said := map[string]bool{}
	for i, h := range j.hooks {
		for k, s := range h.steps {
			switch {
			case s.never:
				continue
			case preflightTask.MatchString(s.task):
				uses.add(j, s)
				continue
			}
			for _, in := range s.azure() {
				connection := j.connection(in.text.value)
				if h.server || uses.unsure || late[use{i, k, in.text.at.node}] || uses.cover(connection, s.under) {
					continue // a late name is none that could be checked
				}
				written, under := l.insert(s, in)
				if !said[connection] {
					said[connection] = true
					l.report(j.at, Error, facts.PreflightMissing{Value: written, Task: s.task, Job: j.name})
				}
				uses.checked[connection] = append(uses.checked[connection], under)
			}
		}
	}
}

// connection is a name by which two ways to write a connection can be compared:
// variables of the YAML are replaced, and case does not count.
func (j job) connection(written string) string {
	for range 4 {
		next := macro.ReplaceAllStringFunc(written, func(whole string) string {
			if d, ok := j.variables.ofPipeline(strings.TrimSpace(whole[2 : len(whole)-1])); ok && d.text.known {
				return d.text.value
			}
			return whole
		})
		if next == written || len(next) > maxText {
			break
		}
		written = next
	}
	return strings.ToLower(strings.TrimSpace(written))
}

// preflights are the connections that steps of a job check, and when.
type preflights struct {
	checked map[string][]*guard
	unsure  bool // one of them checks a connection whose name is not known
}

func (p *preflights) cover(connection string, under *guard) bool {
	return slices.ContainsFunc(p.checked[connection], func(g *guard) bool { return g.within(under) })
}

// add counts a step that is there. Its condition is its author's business.
func (p *preflights) add(j job, s step) {
	for _, in := range s.connections(preflightInputs) {
		connection := j.connection(in.text.value)
		p.checked[connection] = append(p.checked[connection], nil)
		p.unsure = p.unsure || !in.text.known
	}
	for _, in := range s.inputs {
		if strings.EqualFold(in.name, "moreConnections") {
			p.unsure = p.unsure || !in.text.known
			for _, name := range strings.FieldsFunc(in.text.value, func(r rune) bool { return r == ',' || r == '\n' }) {
				name = j.connection(name)
				p.checked[name] = append(p.checked[name], nil)
			}
		}
	}
}
