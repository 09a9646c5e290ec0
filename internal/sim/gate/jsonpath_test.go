package gate

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const paths = `{"value":[{"a":"b","p":5,"q":"26","list":["*","x"]},{"a":"B","p":60.5,"deep":{"a":"c"}},{"p":null,"z":{"a":1}}],"object":{"k":{"a":"b"},"j":{"a":"b"}}}`

func TestPaths(t *testing.T) {
	for name, test := range map[string]struct{ path, want string }{
		"with a root":                                 {`$.value[*].a`, `["b","B"]`},
		"without one":                                 {`value[*].a`, `["b","B"]`},
		"by quoted keys":                              {`$['value'][0]['a']`, `["b"]`},
		"nothing there":                               {`$.other[*]`, `[]`},
		"an index beyond the end":                     {`$.value[3]`, `[]`},
		"texts are compared exactly":                  {`$.value[?(@.a=='b')].p`, `[5]`},
		"both of two":                                 {`$.value[?(@.a=='B' && @.p > 60)].p`, `[60.5]`},
		"either of two":                               {`$.value[?(@.a=='b' || @.p > 60)].p`, `[5,60.5]`},
		"what is missing is not unequal":              {`$.value[?(@.a != 'b')].a`, `["B"]`},
		"an object is unequal to every text":          {`$.value[?(@.z != 'b')].z.a`, `[1]`},
		"null is null, and what is missing is not":    {`$.value[?(@.p == null)].z.a`, `[1]`},
		"null is there":                               {`$.value[?(@.p)].p`, `[5,60.5,null]`},
		"there, and more":                             {`$.value[?(@.deep && @.p > 6)].a`, `["B"]`},
		"a number is no text":                         {`$.value[?(@.p == '5')].a`, `[]`},
		"a text is ordered against a number as one":   {`$.value[?(@.q > 3)].a`, `["b"]`},
		"null is less than every number":              {`$.value[?(@.p < 1)].z.a`, `[1]`},
		"any of several":                              {`$.value[?(@.list[*] == 'x')].a`, `["b"]`},
		"the values themselves":                       {`$.value[*].list[?(@ == '*')]`, `["*"]`},
		"a filter in a filter":                        {`$.value[?(@.list[?(@ == 'x')])].a`, `["b"]`},
		"a slice":                                     {`$.value[0:2].a`, `["b","B"]`},
		"the last one by a slice":                     {`$.value[-1:].z.a`, `[1]`},
		"two indexes":                                 {`$.value[0,1].a`, `["b","B"]`},
		"all below":                                   {`$..deep.a`, `["c"]`},
		"[*] finds nothing in an object":              {`$.object[*]`, `[]`},
		".* does":                                     {`$.object.*.a`, `["b","b"]`},
		"a filter finds nothing in an object":         {`$.object[?(@.a=='b')]`, `[]`},
		"a comparison with another place in the same": {`$.value[?(@.a == $.value[0].a)].p`, `[5]`},
	} {
		t.Run(name, func(t *testing.T) {
			var content any
			require.NoError(t, json.Unmarshal([]byte(paths), &content))
			found, err := selectTokens(test.path, content)
			require.NoError(t, err)
			text, err := json.Marshal(found)
			require.NoError(t, err)
			assert.JSONEq(t, test.want, string(text))
		})
	}
}

func TestPathsThatNewtonsoftDoesNotTake(t *testing.T) {
	for name, path := range map[string]string{
		"a filter without parentheses":    `$.value[?@.p<50]`,
		"parentheses inside of a filter":  `$.value[?((@.a=='b') && (@.p<6))]`,
		"a negation":                      `$.value[?(!@.a)]`,
		"a function":                      `$.value[?(length(@.a)==1)]`,
		"a script":                        `$.value[(@.length-1)]`,
		"double quotes":                   `$.value[?(@.a=="b")]`,
		"a list to be in":                 `$.value[?(@.a in ['b'])]`,
		"arithmetic":                      `$.value[?(@.p - 1 == 4)]`,
		"an index from behind":            `$.value[-1]`,
		"nothing at all":                  ``,
		"the present value":               `@.value`,
		"a parenthesis that is not there": `$.value[?(@.a=='b')`,
		"a text against a number":         `$.value[?(@.a > 3)]`,
		"a filter that asks nothing":      `$.value[?(true)]`,
	} {
		t.Run(name, func(t *testing.T) {
			var content any
			require.NoError(t, json.Unmarshal([]byte(paths), &content))
			_, err := selectTokens(path, content)
			require.Error(t, err)
		})
	}
}

func TestAPathThatFindsFarTooMuchEnds(t *testing.T) {
	var content any
	for range 40 {
		content = []any{content}
	}
	_, err := selectTokens("$"+strings.Repeat("..*", 10), content)
	require.ErrorContains(t, err, "more than 100000 values")
}
