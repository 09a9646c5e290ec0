package lint

import (
	"armpreflight/internal/azpipeline"
	"slices"
	"strings"

	"armpreflight/internal/armtask"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/lazyregexp"
)

// maxConnection is the length of the longest name that's checked, with all the macros in it.
const maxConnection = 2000

// otherInputs name connections of other types in some tasks. Azure DevOps looks up all connections when the run is queued.
var otherInputs = []string{"connectedservicename", "serviceconnection", "serviceconnectionname", "kubernetesserviceconnection", "kubernetesserviceendpoint",
	"dockerregistryendpoint", "azuresubscriptionendpointforsecrets", "environmentservicename", "environmentservicenameazurerm", "backendservicearm",
	"azurermconnection", "connectedservicenameazurerm"}

var dockerTask = &lazyregexp.Regexp{Expression: `(?i)^([\w-]+\.)*docker`}

// connections returns the inputs of a step that name a connection of any type.
func connections(s *azpipeline.Step) []*azpipeline.Input {
	all := azure(s)
	for _, in := range s.Inputs {
		name := strings.ToLower(in.Name)
		known := slices.Contains(otherInputs, name) || slices.Contains(armtask.Unambiguous(), name) || name == "containerregistry" && dockerTask.MatchString(s.Task)
		if known && in.Value.Text != "" && len(in.Value.Text) <= maxConnection && !slices.Contains(all, in) {
			all = append(all, in)
		}
	}
	return all
}

// predefined has the prefixes of the variables that Azure Pipelines defines.
var predefined = []string{"agent.", "build.", "checks.", "environment.", "pipeline.", "release.", "resources.", "strategy.", "system.", "tf_build"}

// connectionRule finds connections whose name is known too late or never.
type connectionRule struct {
	pipeline *azpipeline.Pipeline
	report   func(report)
	late     map[*azpipeline.Input]bool // inputs with an error
}

func (c *connectionRule) stage(*azpipeline.Stage) {}

func (c *connectionRule) job(j *azpipeline.Job) {
	for _, h := range j.Hooks {
		names, set := map[string]bool{}, map[string][]*azpipeline.Step{}
		for _, s := range h.Steps {
			names[strings.ToLower(s.Name)] = true
		}
		for _, s := range h.Steps {
			for _, in := range connections(s) {
				if preflightTask.MatchString(s.Task) && usesOf(h, in.Value.Text) {
					continue // the report names the task that uses the connection
				}
				l := &look{rule: c, use: use{job: j, hook: h, step: s, input: in, in: c.pipeline}, at: in.Value.Pos, names: names, set: set, followed: map[string]bool{}}
				l.use.related = in.Value.Trail()
				l.value(in.Value, "")
				l.others(c.pipeline.Alternatives(in.Value), "")
			}
			for _, name := range s.Sets {
				set[name] = append(set[name], s)
			}
		}
	}
}

// usesOf reports whether another task than the preflight names its connection with the same text.
func usesOf(h *azpipeline.Hook, text string) bool {
	for _, s := range h.Steps {
		for _, in := range azure(s) {
			if in.Value.Text == text && !preflightTask.MatchString(s.Task) {
				return true
			}
		}
	}
	return false
}

// look follows the variables of an input.
type look struct {
	rule     *connectionRule
	use      use
	at       azpipeline.Position           // of the value
	names    map[string]bool               // the names of the job's steps
	set      map[string][]*azpipeline.Step // the earlier steps that set a variable
	followed map[string]bool               // the variables so far
}

func (l *look) relate(at azpipeline.Position) { l.use.related = append(l.use.related, at) }

// report reports variable name. If the input names another variable, whose value has this one, that's via. All inputs that get their connection
// from the same variable are one finding; without a variable, all inputs of the same name are.
func (l *look) report(severity Severity, name, via string, found func(facts.ConnectionVariable) explained) {
	if severity == Error {
		l.rule.late[l.use.input] = true
	}
	used, cause := l.use, strings.ToLower(name)
	used.name, used.via = name, via
	if name == "" {
		cause = "input " + used.input.Name + " " + via
	}
	l.rule.report(report{severity, l.at, used, cause, func(u merged) explained {
		return found(facts.ConnectionVariable{Task: u.task, Input: u.input, Variable: u.name, Via: u.via, Group: u.group, Narrow: u.narrow, Similar: u.similar})
	}})
}

func (l *look) value(v azpipeline.Value, via string) {
	for _, ref := range v.References() {
		if ref.Kind == azpipeline.Runtime {
			l.report(Error, "", via, func(f facts.ConnectionVariable) explained { return facts.ConnectionFromExpression(f) })
			return
		}
		if key := strings.ToLower(ref.Name); !l.followed[key] && l.rule.pipeline.Spend() {
			l.followed[key] = true
			l.variable(ref.Name, via)
		}
	}
	for _, name := range v.Empties {
		if !l.use.job.Variables.IsOpen() && l.rule.pipeline.Spend() {
			l.empty(name, via)
		}
	}
}

// others follows the values that a variable has under other conditions.
func (l *look) others(all []azpipeline.Value, via string) {
	for _, v := range all {
		if !l.rule.pipeline.Spend() {
			return
		}
		l.relate(v.Pos)
		if via == "" {
			l.at = v.Pos
		}
		l.value(v, via)
	}
}

// setBefore reports whether an earlier step sets a variable in a run that has the step of the input.
func (l *look) setBefore(name string) bool {
	for _, s := range l.set[strings.ToLower(name)] {
		if !s.Under.Apart(l.use.step.Under) {
			l.relate(s.Pos)
			return true
		}
	}
	return false
}

func (l *look) variable(name, via string) {
	variables := l.use.job.Variables
	definition, defined := variables.Lookup(name)
	whole, ofPipeline := variables.OfPipeline(name)
	inner := name
	if via != "" {
		inner = via
	}
	if defined {
		l.relate(definition.Value.Pos)
	}
	switch {
	case ofPipeline && definition.Value.AtRunTime() && whole.Value.AtRunTime() && !strings.Contains(strings.ToLower(whole.Value.Text), "dependencies"):
		// Azure DevOps evaluates it when the run begins, and pipelines rely on it. Which comes first isn't documented.
		l.report(Note, name, via, func(f facts.ConnectionVariable) explained {
			f.Unsure = "yes"
			return facts.ConnectionFromExpression(f)
		})
	case defined && definition.Value.AtRunTime() && !ofPipeline && l.rule.pipeline.Alone:
		// The pipeline that uses the template can define the variable as well, and its value is used then.
		l.report(Note, name, via, func(f facts.ConnectionVariable) explained {
			f.Unsure = "template"
			return facts.ConnectionFromExpression(f)
		})
	case defined && definition.Value.AtRunTime() && (!ofPipeline || whole.Value.AtRunTime()):
		l.report(Error, name, via, func(f facts.ConnectionVariable) explained { return facts.ConnectionFromExpression(f) })
	case defined && !ofPipeline:
		l.narrow(name, via)
		l.value(definition.Value, inner)
		l.others(definition.Others, inner)
	case defined && l.setBefore(name):
		l.report(Note, name, via, func(f facts.ConnectionVariable) explained { return facts.ConnectionValueFixed(f) })
	case defined:
		l.value(whole.Value, inner)
		l.others(whole.Others, inner)
	default:
		l.undefined(name, via)
	}
}

// narrow reports a variable of a stage, a job, or a matrix. In a template without its pipeline, that's a note, because the pipeline can
// define the variable as well.
func (l *look) narrow(name, via string) {
	severity := Error
	if l.rule.pipeline.Alone {
		severity = Note
	}
	if !l.use.job.Variables.IsOpenForAll() {
		l.report(severity, name, via, func(f facts.ConnectionVariable) explained { return facts.ConnectionVariableNarrow(f) })
	}
}

// ofStep reports a variable that a step of the job sets, or that's the output of one. It returns false for other variables.
func (l *look) ofStep(name, via string) bool {
	first, _, dotted := strings.Cut(name, ".")
	switch {
	case l.setBefore(name):
		l.report(Error, name, via, func(f facts.ConnectionVariable) explained { return facts.ConnectionSetByStep(f) })
	case slices.ContainsFunc(predefined, func(p string) bool { return strings.HasPrefix(strings.ToLower(name), p) }):
	case dotted && l.names[strings.ToLower(first)]:
		l.report(Error, name, via, func(f facts.ConnectionVariable) explained { return facts.ConnectionFromOutput(f) })
	default:
		return false
	}
	return true
}

// undefined reports a macro whose variable the files don't define.
func (l *look) undefined(name, via string) {
	variables := l.use.job.Variables
	if l.ofStep(name, via) || l.rule.pipeline.Alone || variables.IsOpenForAll() {
		return
	}
	l.use.similar = similar(l.rule.pipeline, name, variables)
	l.use.groups, l.use.narrow = namesOf(variables.GroupsOfPipeline()), namesOf(variables.GroupsTooLate())
	l.report(Note, name, via, func(f facts.ConnectionVariable) explained { return facts.ConnectionVariableUndefined(f) })
}

// empty reports a template expression whose variable the files don't define.
func (l *look) empty(name, via string) {
	if l.ofStep(name, via) || l.rule.pipeline.Alone {
		return
	}
	l.use.groups = namesOf(l.use.job.Variables.AllGroups())
	l.report(Error, name, via, func(f facts.ConnectionVariable) explained {
		return facts.ConnectionVariableEmpty(f)
	})
}

func namesOf(groups []azpipeline.Group) []string {
	var all []string
	for _, g := range groups {
		all = append(all, g.Name)
	}
	return all
}
