package agent

import (
	"fmt"
	"slices"
	"strings"
)

// maxMacroDepth is how deep variables may refer to one another (src/Agent.Worker/Variables.cs).
const maxMacroDepth = 50

// expandMacros replaces every $(name) that lookup knows. Inserted text isn't expanded again; an unknown name stays as
// it is and the search goes on one character later, so that "$($(a))" still finds $(a)
// (src/Microsoft.VisualStudio.Services.Agent/Util/VarUtil.cs).
func expandMacros(text string, lookup func(name string) (string, bool)) string {
	start := 0
	for {
		open := strings.Index(text[start:], "$(")
		if open < 0 {
			return text
		}
		open += start
		length := strings.Index(text[open+2:], ")")
		if length < 0 {
			return text
		}
		name := text[open+2 : open+2+length]
		value, known := "", false
		if name != "" {
			value, known = lookup(name)
		}
		if !known {
			start = open + 1
			continue
		}
		text = text[:open] + value + text[open+2+length+1:]
		start = open + len(value)
	}
}

// expanded resolves references between variables. A cycle, or a chain that is too deep, leaves the variable where it
// starts untouched and is worth a warning; whatever holds a secret becomes one.
func (v *variables) expanded() (*variables, []string) {
	out := newVariables(nil)
	var warnings []string
	for _, key := range v.order {
		variable := v.byKey[key]
		value, secret, err := v.resolve(key, nil)
		if err != nil {
			warnings = append(warnings, err.Error())
		} else {
			variable.Value, variable.Secret = value, secret
		}
		out.put(variable)
	}
	return out, warnings
}

func (v *variables) resolve(key string, above []string) (value string, secret bool, err error) {
	variable := v.byKey[key]
	if len(above) >= maxMacroDepth {
		return "", false, fmt.Errorf("variable %q refers to others more than %d deep and stays as it is", v.byKey[above[0]].Name, maxMacroDepth)
	}
	secret = variable.Secret
	chain := append(above[:len(above):len(above)], key)
	value = expandMacros(variable.Value, func(name string) (string, bool) {
		inner := fold(name)
		if _, known := v.byKey[inner]; !known || err != nil {
			return "", false
		}
		if slices.Contains(chain, inner) {
			err = fmt.Errorf("variable %q refers to itself and stays as it is", v.byKey[chain[0]].Name)
			return "", false
		}
		innerValue, innerSecret, innerErr := v.resolve(inner, chain)
		if innerErr != nil {
			err = innerErr
			return "", false
		}
		secret = secret || innerSecret
		return innerValue, true
	})
	return value, secret, err
}
