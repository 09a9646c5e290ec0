package preflight

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestReadInputs(t *testing.T) {
	standard := Inputs{NamedBy: "azureSubscription", ExpiryWarningDays: 14, FailOn: "fail", Timeout: time.Minute}
	for name, tc := range map[string]struct {
		inputs, variables map[string]string
		want              func(*Inputs)
	}{
		"nothing given means the defaults": {nil, nil, func(*Inputs) {}},
		"lines are trimmed, empty and repeated ones left out": {
			map[string]string{"requiredVariables": " a \r\n\n b\na\n"}, nil,
			func(in *Inputs) { in.RequiredVariables = []string{"a", "b"} },
		},
		"choices in any case": {
			map[string]string{"failOn": " Never ", "outputs": "REFERENCE"}, nil,
			func(in *Inputs) { in.FailOn, in.AsReference = "never", true },
		},
		"the variable takes the place of failOn": {
			map[string]string{"failOn": "warn"}, map[string]string{"ArmPreflight.FailOn": "never"},
			func(in *Inputs) { in.FailOn, in.FailOnOverride = "never", true },
		},
		"an empty variable does not": {
			map[string]string{"failOn": "warn"}, map[string]string{"ArmPreflight.FailOn": " "},
			func(in *Inputs) { in.FailOn = "warn" },
		},
		"a number out of range falls back to the default and is kept as a problem": {
			map[string]string{"timeoutSeconds": "4"}, nil,
			func(in *Inputs) {
				in.Problems = []InputProblem{{Input: "timeoutSeconds", Value: "4", Expected: "a whole number from 5 to 3600"}}
			},
		},
		"a macro that nobody replaced is no number": {
			map[string]string{"expiryWarningDays": "$(days)"}, nil,
			func(in *Inputs) {
				in.Problems = []InputProblem{{Input: "expiryWarningDays", Value: "$(days)", Expected: "a whole number from 0 to 3650"}}
			},
		},
		"an unknown choice": {
			map[string]string{"failOn": "error"}, nil,
			func(in *Inputs) {
				in.Problems = []InputProblem{{Input: "failOn", Value: "error", Expected: "one of fail, unknown, warn, never"}}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := standard
			tc.want(&want)
			got := ReadInputs(func(n string) string { return strings.TrimSpace(tc.inputs[n]) }, func(n string) (Variable, bool) {
				v, ok := tc.variables[n]
				return Variable{Value: v}, ok
			})
			assert.Equal(t, want, got)
		})
	}
}
