package preflight

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadInputs(t *testing.T) {
	standard := Inputs{NamedBy: "azureSubscription", ExpiryWarningDays: 14, FailOn: "fail", PublishSummary: "problems", Timeout: time.Minute}
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

// declaredInput is an input as the task declares it to Azure Pipelines.
type declaredInput struct {
	Name, DefaultValue string
	Aliases            []string
	Options            map[string]string
}

func declaredInputs(t *testing.T) map[string]declaredInput {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "task", "ArmPreflight", "v1", "task.json"))
	require.NoError(t, err)
	var task struct{ Inputs []declaredInput }
	require.NoError(t, json.Unmarshal(text, &task))
	all := map[string]declaredInput{}
	for _, in := range task.Inputs {
		all[in.Name] = in
	}
	require.NotEmpty(t, all)
	return all
}

// step3 is where someone who breaks this test reads what to do.
const step3 = "CONTRIBUTING, Adding a check, step 3"

func TestEveryInputIsDeclaredReadAndDocumented(t *testing.T) {
	declared := declaredInputs(t)
	read := map[string]bool{}
	none := func(string) (Variable, bool) { return Variable{}, false }
	standard := ReadInputs(func(name string) string { read[name] = true; return "" }, none)
	assert.Equal(t, slices.Sorted(maps.Keys(declared)), slices.Sorted(maps.Keys(read)), "task.json, and what ReadInputs reads (%s)", step3)

	given := ReadInputs(func(name string) string { return declared[name].DefaultValue }, none)
	assert.Equal(t, standard, given, "the defaults of task.json are those of ReadInputs (%s)", step3)

	for _, page := range []string{"README.md", filepath.Join("docs", "use.md")} {
		text, err := os.ReadFile(filepath.Join("..", "..", page))
		require.NoError(t, err)
		for name, in := range declared {
			names := strings.Join(append([]string{name}, in.Aliases...), "|")
			assert.Regexp(t, "(?m)^\\|[^|]*`("+names+")`[^|]*\\|", string(text), "%s has no row for the input %s (%s)", page, name, step3)
		}
	}
}

func TestWhatCanBeChosenIsWhatIsUnderstood(t *testing.T) {
	options := regexp.MustCompile(`^one of (.*)$`)
	for name, in := range declaredInputs(t) {
		if len(in.Options) == 0 {
			continue
		}
		read := func(value string) []InputProblem {
			return ReadInputs(func(n string) string {
				if n == name {
					return value
				}
				return ""
			}, func(string) (Variable, bool) { return Variable{}, false }).Problems
		}
		problems := read("none of them")
		require.Len(t, problems, 1, name)
		understood := strings.Split(options.FindStringSubmatch(problems[0].Expected)[1], ", ")
		slices.Sort(understood)
		assert.Equal(t, slices.Sorted(maps.Keys(in.Options)), understood, "the options of the input %s (%s)", name, step3)
	}
}

func TestWaiversAreReadLineByLine(t *testing.T) {
	for name, tt := range map[string]struct {
		line, expected string // empty: it is a waiver
	}{
		"of a check":                     {"subscription until 2026-12-31 because it is known", ""},
		"of one code":                    {"subscription=subscription-disabled until 2026-12-31 because it is known", ""},
		"without a reason":               {"subscription until 2026-12-31", "a line of the form: check-id[=code] until YYYY-MM-DD because reason"},
		"to a day that is none":          {"subscription until 2026-02-30 because x", "a line of the form: check-id[=code] until YYYY-MM-DD because reason"},
		"of the inputs":                  {"inputs until 2026-12-31 because x", "a check that can be waived (not inputs, connection-input, connection-data, network, federated-token, access-token)"},
		"of the sign-in":                 {"access-token=AADSTS7000222 until 2026-12-31 because x", "a check that can be waived (not inputs, connection-input, connection-data, network, federated-token, access-token)"},
		"of a check that does not exist": {"subscriptions until 2026-12-31 because x", "the ID of a check"},
	} {
		t.Run(name, func(t *testing.T) {
			in := ReadInputs(func(n string) string {
				return map[string]string{"waivers": "locks until 2026-12-31 because ours\n" + tt.line}[n]
			}, func(string) (Variable, bool) { return Variable{}, false })
			if tt.expected == "" {
				assert.Empty(t, in.Problems)
				assert.Len(t, in.Waivers, 2)
				return
			}
			assert.Equal(t, []InputProblem{{Input: "waivers", Value: tt.line, Expected: tt.expected}}, in.Problems)
			assert.Len(t, in.Waivers, 1, "the others hold")
		})
	}
}
