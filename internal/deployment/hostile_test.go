package deployment

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	schema  = `"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"`
	account = `{"type":"Microsoft.Storage/storageAccounts","apiVersion":"2023-05-01","name":"st","location":"westeurope"}`
)

func template(resources string, more ...string) string {
	return "{" + schema + `,"resources":[` + resources + "]" + strings.Join(more, "") + "}"
}

func files(texts ...string) fstest.MapFS {
	all := fstest.MapFS{}
	for i := 0; i+1 < len(texts); i += 2 {
		all[texts[i]] = &fstest.MapFile{Data: []byte(texts[i+1])}
	}
	return all
}

func deriveOne(text string) (*Needs, error) {
	return Derive(files("main.json", text), []string{"main.json"}, Options{Scope: ownSub + "/resourceGroups/rg-app"})
}

func nestedIn(inner string) string {
	return `{"type":"Microsoft.Resources/deployments","apiVersion":"2022-09-01","name":"n","properties":{"mode":"Incremental","template":` + inner + `}}`
}

func linkTo(name string) string {
	return `{"type":"Microsoft.Resources/deployments","apiVersion":"2022-09-01","name":"n","properties":{"templateLink":{"relativePath":"` + name + `"}}}`
}

func TestHostileInputIsAnError(t *testing.T) {
	deep := template(account)
	for range maxNested + 2 {
		deep = template(nestedIn(deep))
	}
	for name, test := range map[string]struct {
		text string
		want string
	}{
		"a template of 50 MB":                         {template(`{"type":"` + strings.Repeat("a", 50<<20) + `"}`), "larger than 24 MiB"},
		"a template of 10 MB":                         {template(`{"type":"` + strings.Repeat("a", 10<<20) + `"}`), "larger than 8 MiB"},
		"a million values":                            {template(strings.Repeat("{},", 1_000_000)), "more than 300000 values"},
		"a million brackets":                          {strings.Repeat("[", 1_000_000), "nested more than 100 levels deep"},
		"a million resources by two copies":           {template(`{"type":"Microsoft.Resources/deployments","name":"n","copy":{"name":"a","count":800},"properties":{"template":` + template(`{"type":"Microsoft.Storage/storageAccounts","name":"st","copy":{"name":"b","count":800}}`) + `}}`), "than any deployment that Azure accepts"},
		"templates that are nested too deep":          {deep, "nested more than 16 levels deep"},
		"deployments to thousands of resource groups": {template(toGroups("a") + "," + toGroups("b") + "," + toGroups("c")), "more than 2000 scopes"},
		"thousands of resource groups":                {template(toGroup("a")+","+toGroup("b")+","+toGroup("c"), `,"x":0`), "more than 2000 resource groups"},
		"providers that Azure doesn't have":           {template(types(201)), "more than 200 resource providers"},
		"no JSON":                                     {"resources: []", "expected a value"},
		"nothing":                                     {"", "unexpected end"},
		"a comment without an end":                    {"{ /* ", "unterminated comment"},
		"a text without an end":                       {`{"a": "b`, "unterminated string"},
		"half of an escape":                           {`{"a": "\u12"}`, "four hexadecimal digits"},
		"unexpected content after the end":            {template(account) + "{}", "unexpected content after the end"},
		"neither UTF-8 nor UTF-16":                    {"{\"a\": \"\xff\xfa\"}", "neither UTF-8 nor UTF-16"},
		"a parameter file":                            {`{"parameters":{"a":{"value":1}}}`, "this is a parameter file"},
		"a Terraform state":                           {`{"format_version":"1.0","terraform_version":"1.9.8","values":{"root_module":{}}}`, "this is a Terraform state"},
		"a plan of an unknown version":                {`{"format_version":"9.0","resource_changes":[]}`, "unsupported plan format version"},
		"something else":                              {`{"a":1}`, "this isn't an ARM template"},
		"a resource that's no object":                 {template("1"), "resources[0] isn't an object"},
		"expressions that grow for ever":              {template("", `,"variables":{`+doubling(60)+`},"outputs":{"o":{"value":"[`+strings.TrimSuffix(strings.Repeat("concat(variables('v16'),", 1)+strings.Repeat("variables('v16'),", 1300), ",")+`)]"}}`), "takes more work to evaluate"},
		"a function that calls itself twice": {
			template(`{"condition":"[x.f(1)]","type":"Microsoft.Cache/redis","name":"r"}`, `,"functions":[{"namespace":"x","members":{"f":{"parameters":[{"name":"n","type":"int"}],"output":{"type":"bool","value":"[or(x.f(1), x.f(2))]"}}}}]`),
			"takes more work to evaluate",
		},
	} {
		_, err := deriveOne(test.text)
		if assert.Error(t, err, name) {
			assert.Contains(t, err.Error(), test.want, name)
			assert.True(t, strings.HasPrefix(err.Error(), "main.json: "), name)
			assert.Less(t, len(err.Error()), 500, name)
		}
	}
}

// toGroups creates 800 deployments, each to a resource group of its own.
func toGroups(name string) string {
	return `{"type":"Microsoft.Resources/deployments","name":"n","resourceGroup":"[concat('` + name + `', copyIndex())]","copy":{"name":"c","count":800},"properties":{"template":` + template(account) + `}}`
}

// toGroup creates 800 resource groups.
func toGroup(name string) string {
	return `{"type":"Microsoft.Resources/resourceGroups","name":"[concat('` + name + `', copyIndex())]","location":"westeurope","copy":{"name":"` + name + `","count":800}}`
}

func types(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"type":"Contoso.P%d/things","name":"a"}`, i))
	}
	return strings.Join(all, ",")
}

// TestTheLimitsHoldForAllFilesTogether: a pattern can name a hundred.
func TestTheLimitsHoldForAllFilesTogether(t *testing.T) {
	two := files("a.json", template(types(150)), "b.json", template(strings.ReplaceAll(types(150), "Contoso", "Fabrikam")))
	_, err := Derive(two, []string{"a.json"}, Options{})
	require.NoError(t, err)
	_, err = Derive(two, []string{"a.json", "b.json"}, Options{})
	assert.EqualError(t, err, "b.json: it needs more than 200 resource providers")
}

// doubling defines variables that each contain the one before twice.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString(`"v0":"aa"`)
	for i := range n {
		fmt.Fprintf(&b, `,"v%d":"[concat(variables('v%d'), variables('v%d'))]"`, i+1, i, i)
	}
	return b.String()
}

func TestHostileInputGetsABoundedAnswer(t *testing.T) {
	var lists strings.Builder
	lists.WriteString(`"l0":[1,2]`)
	for i := range 50 {
		lists.WriteString(fmt.Sprintf(`,"l%d":"[createArray(variables('l%d'), variables('l%d'))]"`, i+1, i, i))
	}
	conditional := func(condition string) string {
		return `{"condition":"` + condition + `","type":"Microsoft.Cache/redis","name":"r"}`
	}
	for name, test := range map[string]struct {
		text string
		sure bool // that the cache is needed
	}{
		"texts that double sixty times": {text: template(conditional("[equals(variables('v60'), 'a')]"), `,"variables":{`+doubling(60)+`}`)},
		"lists that double fifty times": {text: template(conditional("[contains(variables('l50'), 1)]"), `,"variables":{`+lists.String()+`}`)},
		"ten thousand calls within each other": {
			text: template(conditional("[" + strings.Repeat("not(", 10_000) + "true()" + strings.Repeat(")", 10_000) + "]")),
		},
		"an expression that doesn't end":       {text: template(conditional("[equals('a'"+strings.Repeat(" ", 30_000)+"]"), "")},
		"variables that need each other":       {text: template(conditional("[variables('a')]"), `,"variables":{"a":"[variables('b')]","b":"[variables('a')]"}`)},
		"a parameter that needs itself":        {text: template(conditional("[parameters('a')]"), `,"parameters":{"a":{"type":"bool","defaultValue":"[parameters('a')]"}}`)},
		"a function that calls itself":         {text: template(conditional("[x.f(1)]"), `,"functions":[{"namespace":"x","members":{"f":{"parameters":[{"name":"n","type":"int"}],"output":{"type":"bool","value":"[x.f(1)]"}}}}]`)},
		"a copy of a million":                  {text: template(`{"type":"Microsoft.Cache/redis","name":"r","copy":{"name":"c","count":1000000}}`), sure: true},
		"a copy whose count is the largest":    {text: template(`{"type":"Microsoft.Cache/redis","name":"r","copy":{"name":"c","count":9223372036854775807}}`), sure: true},
		"a range of the largest number":        {text: template(conditional("[empty(range(0, 9223372036854775807))]"))},
		"padding of the largest number":        {text: template(conditional("[empty(padLeft('a', 9223372036854775807))]"))},
		"the smallest number divided by minus": {text: template(conditional("[equals(div(-9223372036854775808, -1), 1)]"))},
		"parts beyond the end":                 {text: template(conditional("[equals(substring('abc', 2, 9223372036854775807), '')]"))},
		"control characters in a name":         {text: template(`{"type":"Microsoft.Cache/redis","name":"a\u0000\u0001\nb","location":"\u0003"}`), sure: true},
		"types with odd parts":                 {text: template(`{"type":"Microsoft.Cache/redis","name":"r"},{"type":"a//b/","name":"/"},{"type":"/providers/","name":""},{"type":"a.b/providers/c","name":"d/e"}`), sure: true},
		"a property of everything":             {text: template(`{"type":"Microsoft.Cache/redis","name":"r","copy":"x","condition":[],"scope":[],"resourceGroup":[],"location":{},"apiVersion":7,"properties":"[parameters()]"}`)},
	} {
		needs, err := deriveOne(test.text)
		if !assert.NoError(t, err, name) {
			continue
		}
		found := Certainty("")
		for _, a := range needs.Actions {
			if a.Action == "Microsoft.Cache/redis/write" {
				found = a.Certainty
			}
		}
		if test.sure {
			assert.Equal(t, Certain, found, name)
		} else {
			assert.NotEqual(t, Certain, found, name)
		}
	}
}

func TestLinksThatLeadBack(t *testing.T) {
	all := files("a.json", template(linkTo("sub/b.json")), "sub/b.json", template(linkTo("../a.json")))
	_, err := Derive(all, []string{"a.json"}, Options{})
	require.Error(t, err)
	assert.Contains(t, err.Error(), "links back to it")

	// A chain that branches at each link is bounded too.
	all = fstest.MapFS{}
	for i := range 14 {
		all[fmt.Sprintf("%d.json", i)] = &fstest.MapFile{Data: []byte(template(strings.TrimSuffix(strings.Repeat(linkTo(fmt.Sprintf("%d.json", i+1))+",", 4), ",")))}
	}
	all["14.json"] = &fstest.MapFile{Data: []byte(template(account))}
	_, err = Derive(all, []string{"0.json"}, Options{})
	assert.ErrorIs(t, err, errTooMuch)

	// What isn't below the root of the files can't be read.
	needs, err := Derive(files("a.json", template(linkTo("../../etc/passwd"))), []string{"a.json"}, Options{})
	require.NoError(t, err)
	assert.Equal(t, "a linked template is outside the repository", needs.Unknown[0].What)
	_, err = Derive(files("a.json", template(linkTo("none.json"))), []string{"a.json"}, Options{})
	require.Error(t, err)
	assert.Contains(t, err.Error(), "none.json: the file doesn't exist")
}

// TestEncodings: what editors and PowerShell write is read the same.
func TestEncodings(t *testing.T) {
	text := template(strings.Replace(account, "westeurope", "wésteurope 🐘", 1))
	want, err := deriveOne(text)
	require.NoError(t, err)
	encode := func(order binary.ByteOrder, mark bool) string {
		var b bytes.Buffer
		units := utf16.Encode([]rune(text))
		if mark {
			units = append([]uint16{0xFEFF}, units...)
		}
		require.NoError(t, binary.Write(&b, order, units))
		return b.String()
	}
	for name, encoded := range map[string]string{
		"UTF-8 with a mark":                 "\xEF\xBB\xBF" + text,
		"UTF-16 LE with a mark":             encode(binary.LittleEndian, true),
		"UTF-16 BE with a mark":             encode(binary.BigEndian, true),
		"UTF-16 LE":                         encode(binary.LittleEndian, false),
		"UTF-16 BE":                         encode(binary.BigEndian, false),
		"CR LF, comments and commas at end": strings.ReplaceAll(strings.ReplaceAll(text, `"resources"`, "\r\n// a comment\r\n\"resources\""), "]}", ",],}"),
	} {
		got, err := deriveOne(encoded)
		if assert.NoError(t, err, name) {
			assert.Equal(t, want, got, name)
		}
	}
}

// FuzzParse: what's JSON is read as that.
func FuzzParse(f *testing.F) {
	for _, text := range []string{`{"a":[1,-2.5e3,"b\u00e9\ud83d\udc18\n",true,false,null,{}]}`, `["\ud83d","\\\"",[[]]]`, " 1 ", "// c\n[1,]", `{"a":1,"A":2}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parse(text, 10_000)
		var want any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if !json.Valid([]byte(text)) || decoder.Decode(&want) != nil || len(text) > 5000 || !utf8.ValidString(text) {
			return // comments, for example, can be read anyway
		}
		if sameKeys(want) {
			return // encoding/json distinguishes them by case
		}
		if err != nil {
			message := err.Error()
			assert.True(t, strings.Contains(message, "deep") || strings.Contains(message, "expected a number"), message)
			return
		}
		assert.Equal(t, want, goValue(&n))
	})
}

// sameKeys reports whether objects have keys that differ in case only.
func sameKeys(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, sameKeys)
	case map[string]any:
		var table map[string]int
		n := &node{}
		for key, item := range v {
			if n.put(key, node{}, &table); sameKeys(item) {
				return true
			}
		}
		return len(n.keys) < len(v)
	}
	return false
}

// TestTheLastOfMembersWithTheSameKeyCounts, as in Azure.
func TestTheLastOfMembersWithTheSameKeyCounts(t *testing.T) {
	many := func(first, last string) string {
		var b strings.Builder
		b.WriteString(`{"key0":` + first)
		for i := range 100 {
			fmt.Fprintf(&b, `,"key%d":%d`, i+1, i)
		}
		return b.String() + `,"KEY0":` + last + "}"
	}
	for name, text := range map[string]string{
		"among few":             `{"key0":1,"other":2,"key0":3}`,
		"that differ in case":   `{"key0":1,"KEY0":2,"Key0":3}`,
		"among many":            many("1", "3"),
		"among many, both late": strings.TrimSuffix(many("1", "1"), "}") + `,"Late":1,"late":2,"LATE":{},"key0":3}`,
	} {
		n, err := parse(text, maxValues)
		require.NoError(t, err, name)
		assert.Equal(t, "3", n.get("key0").text, name)
		keys := map[string]bool{}
		for _, key := range n.keys {
			assert.False(t, keys[strings.ToLower(key)], "%s: %s is there twice", name, key)
			keys[strings.ToLower(key)] = true
		}
		assert.Len(t, n.items, len(n.keys), name)
	}
}

// FuzzDerive: whatever the files hold, the answer is an error or needs that can be written.
func FuzzDerive(f *testing.F) {
	for _, kind := range []string{"templates", "plans", "snapshots"} {
		for _, s := range corpus(f, kind) {
			f.Add(string(s.files[s.main].Data), s.Scope)
		}
	}
	f.Fuzz(func(t *testing.T, text, scope string) {
		needs, err := Derive(files("main.json", text, "modules/web.json", text), []string{"main.json"}, Options{Scope: scope})
		if err != nil {
			assert.Nil(t, needs)
			return
		}
		for _, a := range needs.Actions {
			assert.NotEmpty(t, a.Scope, a.Action)
			assert.NotContains(t, a.Scope, gap)
			assert.NotEmpty(t, a.Because, a.Action)
		}
		_, err = json.Marshal(needs)
		assert.NoError(t, err)
	})
}

// BenchmarkDerive derives the needs of a template with 800 resources, the most that can be deployed.
func BenchmarkDerive(b *testing.B) {
	var resources []string
	for i := range 200 {
		resources = append(resources, strings.NewReplacer("NUMBER", fmt.Sprint(i)).Replace(`
			{"type":"Microsoft.Network/networkInterfaces","apiVersion":"2023-11-01","name":"[format('{0}-nicNUMBER', parameters('prefix'))]","location":"[parameters('location')]",
			 "properties":{"ipConfigurations":[{"name":"c","properties":{"subnet":{"id":"[resourceId('rg-net', 'Microsoft.Network/virtualNetworks/subnets', 'vnet', concat('s', 'NUMBER'))]"}}}]}},
			{"type":"Microsoft.Compute/virtualMachines","apiVersion":"2024-03-01","name":"[format('{0}-vmNUMBER', parameters('prefix'))]","location":"[parameters('location')]","dependsOn":["[format('{0}-nicNUMBER', parameters('prefix'))]"],
			 "properties":{"hardwareProfile":{"vmSize":"[variables('size')]"},"osProfile":{"computerName":"vmNUMBER","adminUsername":"azureuser"},"networkProfile":{"networkInterfaces":[{"id":"[resourceId('Microsoft.Network/networkInterfaces', format('{0}-nicNUMBER', parameters('prefix')))]"}]}}},
			{"type":"Microsoft.Compute/virtualMachines/extensions","apiVersion":"2024-03-01","name":"[concat(parameters('prefix'), '-vmNUMBER/script')]","location":"[parameters('location')]","properties":{"publisher":"Microsoft.Azure.Extensions"}},
			{"condition":"[equals(parameters('prefix'), 'web')]","type":"Microsoft.Insights/diagnosticSettings","apiVersion":"2021-05-01-preview","name":"d","scope":"[resourceId('Microsoft.Compute/virtualMachines', format('{0}-vmNUMBER', parameters('prefix')))]",
			 "properties":{"workspaceId":"[resourceId('rg-logs', 'Microsoft.OperationalInsights/workspaces', 'log')]"}}`))
	}
	text := template(strings.Join(resources, ","), `,"parameters":{"prefix":{"type":"string","defaultValue":"web"},"location":{"type":"string","defaultValue":"westeurope"}},"variables":{"size":"Standard_D2s_v5"}`)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		needs, err := deriveOne(text)
		require.NoError(b, err)
		require.Len(b, needs.ResourceGroups, 1)
	}
}
