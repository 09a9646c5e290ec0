package preflight

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// Inputs are the task's inputs, parsed. A value that cannot be used is replaced
// by its default and kept in Problems, so that every other check still runs.
type Inputs struct {
	Connection           string // GUID of the connection; a name or a macro when the server did not resolve it
	SubscriptionVariable string
	ExpectedSubscription string
	RequiredVariables    []string
	ExpiryWarningDays    int
	ExpiryErrorDays      int
	FailOn               string // fail, unknown, warn or never
	FailOnOverride       bool   // FailOn came from the variable ArmPreflight.FailOn
	Timeout              time.Duration
	AsReference          bool // outputs are set as output variables
	Problems             []InputProblem
}

// InputProblem is an input that is not well-formed.
type InputProblem struct{ Input, Value, Expected string }

// FailOnVariable is the pipeline variable that takes the place of the input
// failOn: the way out that needs no change of the pipeline.
const FailOnVariable = "ArmPreflight.FailOn"

// ReadInputs parses the inputs. variable looks up pipeline variables, of which
// only FailOnVariable is read.
func ReadInputs(input func(name string) string, variable func(name string) (Variable, bool)) Inputs {
	in := Inputs{
		Connection:           strings.TrimSpace(input("connectedServiceNameARM")),
		SubscriptionVariable: input("subscriptionVariable"),
		ExpectedSubscription: input("expectedSubscription"),
		RequiredVariables:    lines(input("requiredVariables")),
	}
	in.ExpiryWarningDays = in.number("expiryWarningDays", input("expiryWarningDays"), 14, 0, 3650)
	in.ExpiryErrorDays = in.number("expiryErrorDays", input("expiryErrorDays"), 0, 0, 3650)
	in.Timeout = time.Duration(in.number("timeoutSeconds", input("timeoutSeconds"), 60, 5, 3600)) * time.Second
	in.FailOn = in.choice("failOn", input("failOn"), "fail", "unknown", "warn", "never")
	in.AsReference = in.choice("outputs", input("outputs"), "plain", "reference") == "reference"
	if v, ok := variable(FailOnVariable); ok && strings.TrimSpace(v.Value) != "" {
		before := len(in.Problems)
		if chosen := in.choice(FailOnVariable, shown(v), "fail", "unknown", "warn", "never"); len(in.Problems) == before {
			in.FailOn, in.FailOnOverride = chosen, true
		}
	}
	return in
}

// number parses a whole number between least and most.
func (in *Inputs) number(name, value string, standard, least, most int) int {
	if value == "" {
		return standard
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		in.Problems = append(in.Problems, InputProblem{name, value, fmt.Sprintf("a whole number from %d to %d", least, most)})
		return standard
	}
	return n
}

// choice returns the option that value names, and the first one for an empty value.
func (in *Inputs) choice(name, value string, options ...string) string {
	value = strings.TrimSpace(value)
	if value == "" {
		return options[0]
	}
	if i := slices.IndexFunc(options, func(o string) bool { return strings.EqualFold(o, value) }); i >= 0 {
		return options[i]
	}
	in.Problems = append(in.Problems, InputProblem{name, value, "one of " + strings.Join(options, ", ")})
	return options[0]
}

// lines returns the trimmed, non-empty, distinct lines of a multi-line input.
func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return all
}

// CheckInputs judges the form of the task's own inputs. Nothing needs it: an
// input that cannot be read is a finding beside whatever else is wrong.
var CheckInputs = &Check{
	ID:    "inputs",
	Layer: layerPipeline,
	Title: "are the task's own inputs well-formed?",
	Codes: []string{"input-invalid"},
	Run: func(_ context.Context, w *World, s *state) check.Outcome {
		if len(w.Inputs.Problems) == 0 {
			return check.Passed("the task's own inputs are well-formed", nil)
		}
		var items []check.Item
		for _, p := range w.Inputs.Problems {
			args := diagnosis.Args{"input": p.Input, "value": p.Value, "expected": p.Expected}
			if p.Input == FailOnVariable {
				args["queued"] = "yes"
			}
			items = append(items, w.finding(s, check.Fail, "input-invalid", args))
		}
		return check.Found(items...)
	},
}
