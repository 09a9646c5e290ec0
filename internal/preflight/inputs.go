package preflight

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/finding"
)

// Inputs are the task's inputs, parsed. A value that can't be used is replaced
// by its default and kept in Problems, so that every other check still runs.
type Inputs struct {
	Connection           string // GUID of the connection; a name or a macro when the server didn't resolve it
	NamedBy              string // the input that Connection comes from
	SubscriptionVariable string
	ExpectedSubscription string
	RequiredVariables    []string
	ResourceGroups       []string
	RequiredProviders    []string
	Deployment           []string  // lines that name files of a deployment, see parseDeployment; # is a comment, as in other tasks' patterns
	RequiredActions      string    // as written: what a line without a scope means is for the connection to say
	CredentialExpiresOn  time.Time // the first moment after the last good day; zero: not given
	MoreConnections      []string  // IDs of connections to check in addition to the first
	Waivers              []check.Waiver
	WaitForPropagation   time.Duration
	ExpiryWarningDays    int
	ExpiryErrorDays      int
	FailOn               string // fail, unknown, warn or never
	FailOnOverride       bool   // FailOn came from the variable ArmPreflight.FailOn
	Timeout              time.Duration
	PublishSummary       string // problems, always or never
	AsReference          bool   // outputs are set as output variables
	Problems             []InputProblem
}

// InputProblem is an input that isn't well-formed.
type InputProblem struct{ Input, Value, Expected, Detail string }

// FailOnVariable is the pipeline variable that overrides the input
// failOn, so that it can be changed without a change of the pipeline.
const FailOnVariable = "ArmPreflight.FailOn"

// ReadInputs parses the inputs. variable looks up pipeline variables; it's
// asked for FailOnVariable only.
func ReadInputs(input func(name string) string, variable func(name string) (Variable, bool)) Inputs {
	in := Inputs{
		Connection:           strings.TrimSpace(input("connectedServiceNameARM")),
		NamedBy:              "azureSubscription",
		SubscriptionVariable: input("subscriptionVariable"),
		ExpectedSubscription: input("expectedSubscription"),
		RequiredVariables:    lines(input("requiredVariables")),
		RequiredActions:      input("requiredActions"),
		Deployment:           slices.DeleteFunc(lines(input("deployment")), func(line string) bool { return strings.HasPrefix(line, "#") }),
		MoreConnections:      lines(strings.ReplaceAll(input("moreConnections"), ",", "\n")), // as a list to pick from arrives
	}
	in.ResourceGroups = in.names("resourceGroups", input("resourceGroups"), groupName, "names of resource groups, one per line")
	in.RequiredProviders = in.names("requiredProviders", input("requiredProviders"), namespaceName, "namespaces such as Microsoft.Web, one per line")
	in.checkActions()
	in.CredentialExpiresOn = in.day("credentialExpiresOn", input("credentialExpiresOn"))
	in.WaitForPropagation = time.Duration(in.number("waitForPropagation", input("waitForPropagation"), 0, 0, 60)) * time.Minute
	in.readWaivers(lines(input("waivers")))
	in.ExpiryWarningDays = in.number("expiryWarningDays", input("expiryWarningDays"), 14, 0, 3650)
	in.ExpiryErrorDays = in.number("expiryErrorDays", input("expiryErrorDays"), 0, 0, 3650)
	in.Timeout = time.Duration(in.number("timeoutSeconds", input("timeoutSeconds"), 60, 5, 3600)) * time.Second
	in.FailOn = in.choice("failOn", input("failOn"), "fail", "unknown", "warn", "never")
	in.PublishSummary = in.choice("publishSummary", input("publishSummary"), "problems", "always", "never")
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
		in.Problems = append(in.Problems, InputProblem{Input: name, Value: value, Expected: fmt.Sprintf("a whole number from %d to %d", least, most)})
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
	in.Problems = append(in.Problems, InputProblem{Input: name, Value: value, Expected: "one of " + strings.Join(options, ", ")})
	return options[0]
}

// notWaivable are the checks without which nothing else can be said: all that
// follows needs them, so a waiver would accept what wasn't checked. (Certificate
// isn't among them: it expires on a day that someone can know.)
var notWaivable = []string{CheckInputs.ID, ConnectionInput.ID, ConnectionData.ID, Network.ID, FederatedToken.ID, AccessToken.ID}

func (in *Inputs) readWaivers(lines []string) {
	const input = "waivers"
	for _, line := range lines {
		waiver, err := check.ParseWaiver(line)
		problem := ""
		switch {
		case err != nil:
			problem = "a line of the form: check-id[=code] until YYYY-MM-DD because reason"
		case slices.Contains(notWaivable, waiver.Check):
			problem = "a check that can be waived (not " + strings.Join(notWaivable, ", ") + ")"
		case !slices.ContainsFunc(All(), func(c *Check) bool { return c.ID == waiver.Check }):
			problem = "the ID of a check"
		}
		if problem != "" {
			in.Problems = append(in.Problems, InputProblem{Input: input, Value: line, Expected: problem})
			continue
		}
		in.Waivers = append(in.Waivers, waiver)
	}
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
// input that can't be read is a finding in addition to anything else that's wrong.
var CheckInputs = &Check{
	ID:    "inputs",
	Layer: layerPipeline,
	Title: "are the task's own inputs well-formed?",
	Codes: func() []string { return finding.Only(catalogue.InputInvalid, catalogue.VariableUnresolved) },
	Sends: check.NoRequest,
	Run: func(_ context.Context, w *World, s *state) check.Outcome {
		if len(w.Inputs.Problems) == 0 {
			o := check.Passed("", nil)
			o.Notes = w.waiverNotes()
			return o
		}
		var items []check.Item
		for _, p := range w.Inputs.Problems {
			queued := p.Input == FailOnVariable
			if macros := w.Macros(p.Value); len(macros) > 0 && !queued {
				items = append(items, finding.New(check.Fail, facts.VariableUnresolved{Input: p.Input, Value: p.Value, Exists: w.existsNow(macros[0])}))
				continue
			}
			items = append(items, finding.New(check.Fail, facts.InputInvalid{Input: p.Input, Value: p.Value, Expected: p.Expected, Detail: p.Detail, Queued: queued}))
		}
		o := check.Found(items...)
		o.Notes = w.waiverNotes()
		return o
	},
}

// waiverNotes says which waivers have no effect any more, and which run long.
func (w *World) waiverNotes() []string {
	var notes []string
	for _, waiver := range w.Inputs.Waivers {
		switch now := w.Now(); {
		case !waiver.Holds(now):
			notes = append(notes, fmt.Sprintf("the waiver for %s expired on %s and has no effect", waiver.Check, waiver.Day()))
		case waiver.Until.After(now.AddDate(1, 0, 1)):
			notes = append(notes, fmt.Sprintf("the waiver for %s is valid until %s, more than a year from now", waiver.Check, waiver.Day()))
		}
	}
	return notes
}
