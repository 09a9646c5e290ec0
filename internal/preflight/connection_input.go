package preflight

import (
	"context"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
)

// ConnectionInput asks whether the input names a connection that this job was
// given. If it wasn't, the agent itself reports nothing and hands over nothing.
// Facts: connection.Endpoint.
var ConnectionInput = &Check{
	ID:    "connection-input",
	Layer: layerPipeline,
	Title: "does the input name a connection that this job received?",
	Codes: func() []string {
		return finding.Only(catalogue.InputInvalid, catalogue.VariableUnresolved, catalogue.ConnectionNotInJob, catalogue.AuthorityUnexpected)
	},
	Sends: check.NoRequest,
	Run:   runConnectionInput,
}

func runConnectionInput(_ context.Context, w *World, s *state) check.Outcome {
	input, value := w.Inputs.NamedBy, w.Inputs.Connection
	if macros := w.Macros(value); len(macros) > 0 {
		return check.Found(finding.New(check.Fail, facts.VariableUnresolved{Value: value, Input: input, Exists: w.existsNow(macros[0]), Connecting: true}))
	}
	switch {
	case value == "":
		return check.Found(finding.New(check.Fail, facts.InputInvalid{Input: input, Detail: "it is empty", Expected: "the name of a service connection"}))
	case strings.Contains(value, ","):
		return check.Found(finding.New(check.Fail, facts.InputInvalid{Input: input, Value: value, Expected: "the name of one service connection"}))
	}
	endpoint, ok := w.Endpoint(value)
	if !ok {
		// A name, rather than an ID, only became known while the job ran: the
		// server replaces it with the ID when the run is queued.
		return check.Found(finding.New(check.Fail, facts.ConnectionNotInJob{Input: input, Value: value, Exists: !arm.IsGUID(value)}))
	}
	if name := w.Overwritten(value); name != "" {
		return check.Found(w.overwritten(s, value, name))
	}
	return check.Passed("", connection.Endpoint(endpoint))
}

// overwritten explains a variable of the job that has the name of what the agent
// hands over for a connection: its address, its credential or its data.
func (w *World) overwritten(s *state, id, name string) check.Item {
	what := "this connection"
	if id == "" {
		what = "the job's connection to Azure DevOps"
	}
	return finding.New(check.Fail, facts.AuthorityUnexpected{Field: name, Variable: name,
		Detail: "the job has a variable " + name + ", which on agents before 5.277.0 overrides the agent's value for " + what})
}

// existsNow says whether a variable has a value at this moment:
// a reader who sees it set by an earlier step wonders why that didn't help.
func (w *World) existsNow(name string) facts.Answer {
	v, ok := w.Variable(name)
	return facts.Whether(ok && v.Value != "")
}
