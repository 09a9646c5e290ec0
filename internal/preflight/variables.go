package preflight

import (
	"context"
	"fmt"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
)

// SubscriptionVariable asks whether the named variable is set, resolved and
// this connection's subscription. It waits for what ARM returns for the
// subscription, whose name may have changed since the connection was made.
var SubscriptionVariable = &Check{
	ID:    "subscription-variable",
	Layer: layerPipeline,
	Title: "is the variable set and resolved, and does it contain this connection's subscription?",
	Asked: func(w *World) bool { return w.Inputs.SubscriptionVariable != "" },
	After: []*Check{ConnectionData, Subscription},
	Codes: func() []string {
		return finding.Only(catalogue.InputInvalid, catalogue.VariableUnset, catalogue.VariableUnresolved, catalogue.SubscriptionMismatch)
	},
	Unasked: "the input subscriptionVariable is empty",
	Sends:   check.NoRequest,
	Run:     runSubscriptionVariable,
}

func runSubscriptionVariable(_ context.Context, w *World, s *state) check.Outcome {
	name := w.Inputs.SubscriptionVariable
	if found, ok := w.unusable(s, "subscriptionVariable", name); ok {
		return check.Found(found)
	}
	conn, ok := check.FactsOf[connection.Connection](s, ConnectionData)
	if !ok {
		return check.Outcome{Status: check.Skip, Text: "set and resolved, but not compared because the connection couldn't be read"}
	}
	v, _ := w.Variable(name)
	if conn.Scope.SubscriptionID == "" {
		return check.Found(w.withoutSubscription(s, "subscriptionVariable", name))
	}
	sub, _ := check.FactsOf[azure.Subscription](s, Subscription)
	mismatch := facts.SubscriptionMismatch{Variable: name}
	if !v.Secret {
		mismatch.Value = v.Value
	}
	switch isThis(v.Value, conn, sub) {
	case check.Pass:
		return check.Passed(fmt.Sprintf("%q is this connection's subscription", name), nil)
	case check.Unknown:
		if r, ok := s.ResultOf(Subscription); ok && (len(r.Items) > 0 || len(r.BlockedBy) > 0) {
			return check.Outcome{Status: check.Skip, Text: "set and resolved, but not compared because the subscription's name couldn't be read"}
		}
		found := finding.New(check.Unknown, mismatch)
		found.Text = fmt.Sprintf("variable '%s' contains a name, and the current name of this connection's subscription couldn't be read; use the ID instead", name)
		return check.Found(found)
	}
	mismatch.ReasonIsConnectionName = strings.EqualFold(strings.TrimSpace(v.Value), conn.ID)
	return check.Found(finding.New(check.Fail, mismatch))
}

// RequiredVariables asks whether the other named variables are set and resolved.
var RequiredVariables = &Check{
	ID:    "required-variables",
	Layer: layerPipeline,
	Title: "are the other listed variables set and resolved?",
	Asked: func(w *World) bool { return len(w.Inputs.RequiredVariables) > 0 },
	Codes: func() []string {
		return finding.Only(catalogue.InputInvalid, catalogue.VariableUnset, catalogue.VariableUnresolved)
	},
	Unasked: "the input requiredVariables is empty",
	Sends:   check.NoRequest,
	Run: func(_ context.Context, w *World, s *state) check.Outcome {
		names := w.Inputs.RequiredVariables
		var items []check.Item
		for _, name := range names {
			if found, ok := w.unusable(s, "requiredVariables", name); ok {
				items = append(items, found)
			}
		}
		if len(items) > 0 {
			return check.Found(items...)
		}
		return check.Passed(fmt.Sprintf("%d set and resolved", len(names)), nil)
	},
}

// unusable explains a variable that's missing, empty, or still holds $(…).
// input is the input that names the variable.
func (w *World) unusable(s *state, input, name string) (check.Item, bool) {
	if arm.IsGUID(name) || len(w.Macros(name)) > 0 {
		return finding.New(check.Fail, facts.InputInvalid{Input: input, Value: name, Expected: "the name of a variable, not its value"}), true
	}
	v, ok := w.Variable(name)
	if !ok || strings.TrimSpace(v.Value) == "" {
		return finding.New(check.Fail, facts.VariableUnset{Variable: name, Input: input}), true
	}
	if macros := w.Macros(v.Value); len(macros) > 0 {
		unresolved := facts.VariableUnresolved{Variable: name}
		if !v.Secret { // in a secret, what looks like a macro may be a password
			unresolved.Value, unresolved.Exists = "$("+macros[0]+")", w.existsNow(macros[0])
		}
		return finding.New(check.Fail, unresolved), true
	}
	return check.Item{}, false
}

// shown is a variable's value as it may be quoted.
func shown(v Variable) string {
	if v.Secret {
		return "a secret value"
	}
	return v.Value
}
