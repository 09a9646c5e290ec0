package lint

import (
	"armpreflight/internal/azpipeline"
	"slices"
	"strings"

	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/lazyregexp"
)

// preflightInputs are the names of the input that has the connection of ArmPreflight@1.
var preflightInputs = []string{"connectedServiceNameARM", "azureSubscription", "serviceConnection"}

// macro is a variable in the name of a connection.
var macro = &lazyregexp.Regexp{Expression: `\$\(([^()$]+)\)`}

var preflightTask = &lazyregexp.Regexp{Expression: `(?i)^([\w-]+\.)*ArmPreflight@`}

// preflightRule finds jobs that use a connection before ArmPreflight@1 checks it.
type preflightRule struct {
	pipeline *azpipeline.Pipeline
	report   func(report)
	late     map[*azpipeline.Input]bool // a preflight can't check a name that's known too late
}

func (p *preflightRule) stage(*azpipeline.Stage) {}

func (p *preflightRule) job(j *azpipeline.Job) {
	if p.pipeline.StepsOnly || j.Server || j.Given {
		return
	}
	before := preflights{checked: map[string][]*azpipeline.Guard{}}
	values := map[string]string{} // by connection, its name as the first use has it
	j.EachStep(func(h *azpipeline.Hook, s *azpipeline.Step) {
		switch {
		case s.Never:
			return
		case preflightTask.MatchString(s.Task):
			before.add(j, s)
			return
		}
		before.unsure = before.unsure || s.Hidden
		for _, in := range azure(s) {
			connection := connectionName(j, in.Value.Text)
			if h.Server || before.unsure || p.late[in] || before.cover(connection, s.Under) {
				continue
			}
			used := use{job: j, hook: h, step: s, input: in, in: p.pipeline, related: []azpipeline.Position{s.Pos, in.Value.Pos}}
			if _, ok := values[connection]; !ok {
				values[connection] = used.written()
			}
			value, cause := values[connection], ""
			switch { // the same words can name several connections
			case strings.Contains(value, "${{"):
				cause = j.Pos.File
			case strings.Contains(value, "$("):
				cause = connection
			}
			p.report(report{Error, j.Pos, used, cause, func(u merged) explained {
				return facts.PreflightMissing{Value: value, Task: u.task, Job: u.job, Jobs: u.jobs}
			}})
		}
	})
}

// connectionName returns a name in the form in which names are compared: with the values of the YAML's variables, and in lower case.
func connectionName(j *azpipeline.Job, written string) string {
	for range 4 {
		next := macro.ReplaceAllStringFunc(written, func(whole string) string {
			if d, ok := j.Variables.OfPipeline(strings.TrimSpace(whole[2 : len(whole)-1])); ok && d.Value.Known {
				return d.Value.Text
			}
			return whole
		})
		if next == written || len(next) > maxConnection {
			break
		}
		written = next
	}
	return strings.ToLower(strings.TrimSpace(written))
}

// preflights has the connections that steps of a job check, with the condition of each step.
type preflights struct {
	checked map[string][]*azpipeline.Guard
	unsure  bool // a step checks, or might check, a connection whose name isn't known
}

func (p *preflights) cover(connection string, under *azpipeline.Guard) bool {
	return slices.ContainsFunc(p.checked[connection], func(g *azpipeline.Guard) bool { return g.Within(under) })
}

// add records a preflight. It counts under every condition, because its author chose the condition.
func (p *preflights) add(j *azpipeline.Job, s *azpipeline.Step) {
	if in := s.Input(preflightInputs...); in != nil {
		connection := connectionName(j, in.Value.Text)
		p.checked[connection] = append(p.checked[connection], nil)
		p.unsure = p.unsure || !in.Value.Known
	}
	if in := s.Input("moreConnections"); in != nil {
		p.unsure = p.unsure || !in.Value.Known
		for _, name := range strings.FieldsFunc(in.Value.Text, func(r rune) bool { return r == ',' || r == '\n' }) {
			name = connectionName(j, name)
			p.checked[name] = append(p.checked[name], nil)
		}
	}
}

// earlyRule finds connections that sign in before the first step of a job, where no step can check them.
type earlyRule struct {
	pipeline *azpipeline.Pipeline
	report   func(report)
}

// vaultGroup matches common names of variable groups that are linked to a key vault. The files don't show the link.
var vaultGroup = &lazyregexp.Regexp{Expression: `(?i)vault|secret|(^|[^a-z])kv([^a-z]|$)`}

func (e *earlyRule) stage(*azpipeline.Stage) {}

func (e *earlyRule) job(j *azpipeline.Job) {
	if j.Server {
		return
	}
	j.EachStep(func(h *azpipeline.Hook, s *azpipeline.Step) {
		if azure := azure(s); !h.Server && len(azure) > 0 && s.IsOn("RunAsPreJob") {
			e.report(report{Note, s.Pos, use{job: j, step: s}, "", func(u merged) explained { return facts.SignInBeforePreflight{Task: u.task} }})
		}
	})
	for _, g := range j.Variables.AllGroups() {
		if vaultGroup.MatchString(g.Name) && !strings.Contains(g.Name, "${{") {
			cause := g.Name
			if strings.Contains(g.Source, "${{") {
				cause = g.Pos.String() // one line of a template, whose callers give it other names
			}
			e.report(report{Note, g.Pos, use{job: j, groups: []string{g.Name}}, cause, func(u merged) explained { return facts.SignInBeforePreflight{Group: u.group} }})
		}
	}
}
