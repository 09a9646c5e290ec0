package pipeline_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/secret"
)

func TestVariableFindsWhatTheStepHas(t *testing.T) {
	task := pipeline.Read([]string{
		`VSTS_PUBLIC_VARIABLES=["System.TeamProject","my sub.Id","Both","Gone","Kept"]`,
		`VSTS_SECRET_VARIABLES=["Api.Key","Mapped","Lost","Both"]`,
		"SYSTEM_TEAMPROJECT=Contoso", "MY_SUB_ID= 1 ", "BOTH=public", "Kept=cased",
		"SECRET_API_KEY=k", "SECRET_MAPPED=m", "MAPPED=m", "LOST=l", "SECRET_BOTH=s", "SECRET_UNLISTED=u", "SECRET_=e",
		"FROM_ENV=e", "EMPTY=",
	})
	public := func(name, value string) *pipeline.Variable {
		return &pipeline.Variable{Name: name, Value: secret.New(value)}
	}
	hidden := func(name, value string) *pipeline.Variable {
		return &pipeline.Variable{Name: name, Value: secret.New(value), Secret: true}
	}
	for name, c := range map[string]struct {
		name string
		want *pipeline.Variable
	}{
		"a public one, by its own name":               {"System.TeamProject", public("System.TeamProject", "Contoso")},
		"in any case and with underscores":            {"SYSTEM_teamproject", public("System.TeamProject", "Contoso")},
		"with spaces, and its value as it is":         {"My Sub.Id", public("my sub.Id", " 1 ")},
		"one that was set with preservecase":          {"KEPT", public("Kept", "cased")},
		"a public one before a secret one":            {"both", public("Both", "public")},
		"a listed one that Windows dropped, as empty": {"gone", public("Gone", "")},
		"a secret one":                                     {"api.key", hidden("Api.Key", "k")},
		"a secret one that the step's env maps":            {"mapped", hidden("Mapped", "m")},
		"a secret one that only the step's env has":        {"lost", hidden("Lost", "l")},
		"a secret one that no list names":                  {"Unlisted", hidden("Unlisted", "u")},
		"a key of the step's env":                          {"from.env", public("from.env", "e")},
		"an empty one":                                     {"empty", public("empty", "")},
		"a name that is a secret one's in the environment": {"SECRET_API.KEY", hidden("SECRET_API.KEY", "k")},
		"none that the agent uses for something else":      {"secret_unlisted", nil},
		"none of another name":                             {"from.env.x", nil},
		"none without a name":                              {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := task.Variable(c.name)
			assert.Equal(t, c.want != nil, ok)
			if c.want != nil {
				assert.Equal(t, *c.want, got)
			}
		})
	}
}

func TestVariableWorksWithoutTheLists(t *testing.T) {
	for name, list := range map[string]string{"absent": "", "null": "null", "broken": `["a`, "of another shape": `{"a":1}`} {
		t.Run("a list that is "+name, func(t *testing.T) {
			task := pipeline.Read([]string{"VSTS_PUBLIC_VARIABLES=" + list, "VSTS_SECRET_VARIABLES=" + list, "A=1", "SECRET_B=2"})
			a, ok := task.Variable("a")
			assert.True(t, ok)
			assert.Equal(t, pipeline.Variable{Name: "a", Value: secret.New("1")}, a)
			b, ok := task.Variable("b")
			assert.True(t, ok)
			assert.Equal(t, pipeline.Variable{Name: "b", Value: secret.New("2"), Secret: true}, b)
		})
	}
}

func TestMacrosNamesWhatIsUnresolved(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"none in a plain value":                  {"0f0f0f0f-0000", nil},
		"one":                                    {"$(SubscriptionId)", []string{"SubscriptionId"}},
		"several in order, each time":            {"$(b)-$(a) x $(b)", []string{"b", "a", "b"}},
		"the inner of nested ones":               {"$(a$(b))", []string{"b"}},
		"nothing without a name":                 {"$() $(x)", []string{"x"}},
		"nothing that is not closed":             {"$(a $(b", nil},
		"a name with dots and spaces, untouched": {"$( my.sub id )", []string{" my.sub id "}},
		"nothing that spans lines":               {"$(a\nb) $(c)", []string{"c"}},
		"no other kind of expression":            {"${{ a }} $[ b ] $c (d)", nil},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, pipeline.Macros(c.text)) })
	}
}
