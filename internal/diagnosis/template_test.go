package diagnosis

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFill(t *testing.T) {
	values := map[string]string{"connection": "prod", "value": "x[y]{z}", "case": "yes"}
	tests := map[string][2]string{
		"a value":                              {"connection '{connection}' works", "connection 'prod' works"},
		"an unknown value after its own name":  {"subscription '{subscription}' works", "the subscription works"},
		"the same after an article":            {"the subscription '{subscription}' works", "the subscription works"},
		"an unknown value after another word":  {"go to '{link}'", "go to the connection's page"},
		"a part whose value is known":          {"a[ b {value}]", "a b x[y]{z}"},
		"a part whose value is unknown":        {"a[ b {date}]", "a"},
		"a part with one of two values":        {"a[ b {value} {date}]", "a"},
		"a condition that holds":               {"a[case=yes| b]", "a b"},
		"a condition with another value":       {"a[case=no| b]", "a"},
		"a condition on any value":             {"a[value| b]", "a b"},
		"a condition on no value":              {"a[!date| b][!value| c]", "a b"},
		"a condition and an unknown value":     {"a[case| b {date}]", "a"},
		"brackets of the text itself":          {"x: $[[ a[['b']] ]]", "x: $[ a['b'] ]"},
		"braces that are no placeholder":       {"${{variables.name}}", "${{variables.name}}"},
		"a part that ends in a line of dashes": {"[{date}: ]the end", "the end"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt[1], fill(tt[0], values)) })
	}
}
