package lint

import (
	"armpreflight/internal/azpipeline"
	"slices"
	"strings"

	"armpreflight/internal/armtask"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/lazyregexp"
)

// inputRule finds inputs that don't have the effect that they seem to have: runtime expressions, connections that a task can't sign in with,
// and the key of a connection that might not have one.
type inputRule struct {
	pipeline *azpipeline.Pipeline
	report   func(report)
}

func (r *inputRule) stage(*azpipeline.Stage) {}

func (r *inputRule) job(j *azpipeline.Job) {
	j.EachStep(func(h *azpipeline.Hook, s *azpipeline.Step) {
		at := use{job: j, hook: h, step: s, in: r.pipeline}
		connections := connections(s)
		for _, in := range s.Inputs {
			if refs := in.Value.References(); len(refs) == 1 && refs[0].Kind == azpipeline.Runtime && refs[0].Name != "" && !strings.Contains(in.Value.Text, "\n") && !slices.Contains(connections, in) {
				name := in.Name
				r.report(report{Note, in.Value.Pos, at, "", func(u merged) explained {
					return facts.RuntimeExpressionLiteral{Task: u.task, Input: name}
				}})
			}
		}
		azure := azure(s)
		if len(azure) == 0 {
			return
		}
		if v, ok := armtask.Lookup(s.Task); ok && v.NoFederation {
			r.report(report{Note, s.Pos, at, "", func(merged) explained { return facts.FederationUnsupported{Task: s.Task} }})
		}
		if pos, input, ok := readsKey(s); ok {
			r.report(report{Note, pos, at, "", func(u merged) explained { return facts.FederatedKeyRead{Task: u.task, Input: input} }})
		}
	})
}

var (
	keyRead   = &lazyregexp.Regexp{Expression: `(?i)\$\{?(env:)?servicePrincipalKey\b|%servicePrincipalKey%|env(iron)?[.\[( '"]+servicePrincipalKey\b`}
	tokenRead = &lazyregexp.Regexp{Expression: `(?i)\bidToken\b`}
)

// scriptInput matches the names of inputs that are a script, or its arguments.
var scriptInput = &lazyregexp.Regexp{Expression: `(?i)script|inline|arguments`}

// readsKey returns the place where a script or an input reads the key that addSpnToEnvironment provides, and the name of the input if it isn't
// a script. A script that also reads the ID token supports both kinds of connection.
func readsKey(s *azpipeline.Step) (at azpipeline.Position, input string, ok bool) {
	if !s.IsOn("addSpnToEnvironment") {
		return azpipeline.Position{}, "", false
	}
	for _, in := range s.Inputs {
		if !strings.Contains(strings.ToLower(in.Value.Text), "serviceprincipalkey") {
			continue // most inputs
		}
		if code := azpipeline.WithoutComments(in.Value.Text); keyRead.MatchString(code) && !tokenRead.MatchString(code) {
			if scriptInput.MatchString(in.Name) {
				return in.Value.Pos, "", true
			}
			return in.Value.Pos, in.Name, true
		}
	}
	return azpipeline.Position{}, "", false
}
