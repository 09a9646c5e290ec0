package expression

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// world knows parameters: an object of texts, a list, and a guess.
type world struct{}

func (world) Name(name string) Value {
	switch strings.ToLower(name) {
	case "parameters":
		return Value{Kind: Object, Data: map[string]Value{
			"env": String("Prod"), "flag": Truth(true), "number": {Kind: Number, Number: 3}, "empty": String(""), "nothing": {Kind: Null},
			"list": {Kind: List, Items: []Value{String("a"), String("b")}}, "guess": {Kind: Text, Text: "x", Guess: true}, "yes": {Kind: Bool, Bool: true, Guess: true},
		}}
	}
	return Value{}
}

func (world) Member(of Value, name string) Value {
	all, _ := of.Data.(map[string]Value)
	return all[strings.ToLower(name)]
}

func (world) Items(of Value) ([]Value, bool) { return of.Items, of.Kind == List }

func TestExpressionsAreEvaluated(t *testing.T) {
	for source, want := range map[string]Value{
		`'it''s'`:                                   String("it's"),
		`1.5`:                                       {Kind: Number, Number: 1.5},
		`-1`:                                        {Kind: Number, Number: -1},
		`1.2.3`:                                     String("1.2.3"),
		`true`:                                      Truth(true),
		`parameters.env`:                            String("Prod"),
		`parameters['env']`:                         String("Prod"),
		` PARAMETERS . ENV `:                        String("Prod"),
		`parameters.list[1]`:                        String("b"),
		`parameters.list[9]`:                        {Kind: Null},
		`variables.x`:                               {},
		`eq(parameters.env, 'prod')`:                Truth(true),
		`ne(parameters.env, 'test')`:                Truth(true),
		`eq(parameters.flag, true)`:                 Truth(true),
		`eq('True', true)`:                          Truth(true),
		`eq(true, 'false')`:                         Truth(false),
		`eq(parameters.nothing, '')`:                Truth(true),
		`ne(parameters.nothing, 'server')`:          Truth(true),
		`eq(variables.x, 'a')`:                      {},
		`and(true, eq(parameters.env, 'test'))`:     Truth(false),
		`and(false, variables.x)`:                   Truth(false),
		`and(true, variables.x)`:                    {},
		`or(true, variables.x)`:                     Truth(true),
		`or(parameters.yes, false)`:                 {Kind: Bool, Bool: true, Guess: true},
		`and(parameters.yes, true)`:                 {Kind: Bool, Bool: true, Guess: true},
		`and(parameters.yes, false)`:                Truth(false),
		`not(parameters.empty)`:                     Truth(true),
		`xor(true, false)`:                          Truth(true),
		`in(parameters.env, 'a', 'PROD')`:           Truth(true),
		`notIn(parameters.env, 'a', 'b')`:           Truth(true),
		`gt(parameters.number, 2)`:                  Truth(true),
		`le(parameters.number, '3')`:                Truth(true),
		`lt(parameters.number, 'a')`:                Truth(false),
		`contains('abc', 'B')`:                      Truth(true),
		`containsValue(parameters.list, 'B')`:       Truth(true),
		`startsWith('abc', 'AB')`:                   Truth(true),
		`endsWith('abc', 'x')`:                      Truth(false),
		`format('{1}-{0} {{}}', 'a', 2)`:            String("2-a {}"),
		`format('{2}', 'a')`:                        {},
		`format('{', 'a')`:                          {},
		`lower(parameters.env)`:                     String("prod"),
		`upper('a')`:                                String("A"),
		`trim(' a ')`:                               String("a"),
		`replace('a-b', '-', '')`:                   String("ab"),
		`split('a,b', ',')[1]`:                      String("b"),
		`join('/', parameters.list)`:                String("a/b"),
		`length(parameters.list)`:                   {Kind: Number, Number: 2},
		`length('abc')`:                             {Kind: Number, Number: 3},
		`coalesce(parameters.empty, 'x')`:           String("x"),
		`coalesce(variables.x, 'x')`:                {},
		`iif(parameters.flag, 'a', variables.x)`:    String("a"),
		`format('sc-{0}', parameters.guess)`:        {Kind: Text, Text: "sc-x", Guess: true},
		`counter('a', 1)`:                           {},
		`join(',', parameters.list.*)`:              String("a,b"),
		`coalesce(parameters['nothing'], "x" , 'y'`: {},
	} {
		node, err := Parse(source)
		if want.Kind == Unknown && err != nil {
			continue
		}
		require.NoError(t, err, source)
		assert.Equal(t, want, Evaluate(node, world{}), source)
	}
}

func TestWhatIsNoExpressionIsRefusedAtItsPlace(t *testing.T) {
	for source, want := range map[string]string{
		"":                              "the expression ends too early at 1",
		"eq(a, ":                        "the expression ends too early at 7",
		"eq(a b)":                       `unexpected "b" at 6`,
		"a b":                           `unexpected "b" at 3`,
		"'a":                            "the string at 1 isn't closed",
		"a == b":                        `unexpected '=' at 3`,
		"a[1":                           "the expression ends too early at 4",
		"a.(":                           `unexpected "(" at 3`,
		strings.Repeat("not(", 100):     errTooLarge.Error(),
		strings.Repeat("a", maxLength):  "",
		strings.Repeat("ab", maxLength): errTooLarge.Error(),
	} {
		_, err := Parse(source)
		if want == "" {
			assert.NoError(t, err)
		} else {
			assert.EqualError(t, err, want, source)
		}
	}
}

func TestAReferenceHasAPath(t *testing.T) {
	for source, want := range map[string][]string{"a": {"a"}, "a.b['c d'][0]": {"a", "b", "c d", "0"}, "f(a)": nil, "a.*": nil, "a[b]": nil} {
		node, err := Parse(source)
		require.NoError(t, err, source)
		assert.Equal(t, want, Path(node), source)
	}
	node, err := Parse("format('{0}', variables.a, or(b['c'], d[variables.e]))")
	require.NoError(t, err)
	var all []string
	Names(node, func(_ string, path []string) { all = append(all, strings.Join(path, ".")) })
	assert.Equal(t, []string{"variables.a", "b.c", "d", "variables.e"}, all)
}

func TestBracesInAStringDoNotEndAnExpression(t *testing.T) {
	assert.Equal(t, 20, End(`format('{0}}}', a.b) }}`)-1)
	assert.Equal(t, -1, End("a } b"))
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"eq(variables['a'], 'b')", "parameters.a[0].b", "and(or(not(true), 1.5), 'it''s')", "format('{0}', a)", "a.*", "1.2.3", "split('a,b', ',')[1]", "replace(a, '', b)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		node, err := Parse(source)
		if err == nil {
			v := Evaluate(node, world{})
			assert.LessOrEqual(t, len(v.String()), 16*maxLength, source)
			Names(node, func(name string, path []string) { assert.Equal(t, name, path[0]) })
		}
		if at := End(source); at >= 0 {
			assert.True(t, strings.HasPrefix(source[at:], "}}"))
		}
	})
}
