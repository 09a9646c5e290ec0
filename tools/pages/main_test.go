package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var directive = regexp.MustCompile(`(?m)^//go:generate go run ../../tools/pages (\S+) (\S+)$`)

func TestThePagesAreWhatTheTemplatesSay(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "internal", "*", "*.go"))
	require.NoError(t, err)
	current := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range directive.FindAllStringSubmatch(string(text), -1) {
			folder := filepath.Dir(file)
			want, err := generate(folder, m[1], m[2])
			require.NoError(t, err)
			got, err := os.ReadFile(filepath.Join(folder, output(m[1])))
			require.NoError(t, err)
			assert.True(t, string(want) == string(got), "%s of %s isn't current: run go generate ./internal/...", output(m[1]), folder)
			current[filepath.Join(folder, m[1])] = true
		}
	}
	templates, err := filepath.Glob(filepath.Join("..", "..", "internal", "*", "*.html"))
	require.NoError(t, err)
	require.NotEmpty(t, templates)
	for _, name := range templates {
		assert.True(t, current[name], "no line with go:generate names %s", name)
	}
}

const example = `package example

type Kind string

func (k Kind) String() string { return "kind" }

type Data struct {
	S       string
	N       int
	B       bool
	List    []string
	Kind    Kind
	Pointer *Data
	F       float64
}

func (d Data) Joined(with string) string { return d.S + with }

func (d Data) Two() (string, error) { return "", nil }

func loud(s string) string { return s + "!" }
`

// generated runs the generator on a template for type Data.
func generated(t *testing.T, template string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example\n\ngo 1.26\n", "types.go": example, "page.html": template} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	text, err := generate(folder, "page.html", "Data")
	return string(text), err
}

func TestWhatATemplateBecomes(t *testing.T) {
	for template, want := range map[string]string{
		`<p>{{.S}}</p>`:                                              "p.Text(dot.S)",
		`<p title="{{.S}}"></p>`:                                     "p.Text(dot.S)",
		`<title>{{.S}}</title>`:                                      "p.Text(dot.S)",
		`<a href="{{.S}}">x</a>`:                                     "p.Link(dot.S)",
		`<a href="#d{{.S}}">x</a>`:                                   "p.Fragment(dot.S)",
		`{{.N}}`:                                                     "p.Text(strconv.Itoa(dot.N))",
		`{{loud .S}}`:                                                "p.Text(loud(dot.S))",
		`{{.Joined "x"}}`:                                            `p.Text(dot.Joined("x"))`,
		`{{.Pointer.Joined .S}}`:                                     "p.Text(dot.Pointer.Joined(dot.S))",
		`{{.Kind.String}}`:                                           "p.Text(dot.Kind.String())",
		`{{if and .B (lt .N 3)}}x{{end}}`:                            "if (dot.B) && (dot.N < 3) {",
		`{{if not .List}}x{{end}}`:                                   "if !(len(dot.List) > 0) {",
		`{{with .Pointer}}{{.S}}{{end}}`:                             "if it1 := dot.Pointer; it1 != nil {\n\t\tp.Text(it1.S)",
		`{{range $i, $s := .List}}-{{end}}`:                          "for range dot.List {",
		`{{range $i, $s := .List}}{{$i}}{{end}}`:                     "for i1 := range dot.List {",
		`{{range .List}}{{.}}{{$.S}}{{end}}`:                         "for _, it1 := range dot.List {\n\t\tp.Text(it1)\n\t\tp.Text(dot.S)",
		`{{define "a"}}<b>{{.}}</b>{{end}}{{template "a" .S}}`:       "func writePageA(p *markup.Page, dot string) {",
		`{{$x := .S}}{{if $x}}a{{else if .B}}b{{else}}{{$x}}{{end}}`: "} else if dot.B {",
		`{{if .B}}a{{else}}{{if .N}}b{{end}}<i>{{end}}`:              "} else {\n\t\tif dot.N != 0 {",
	} {
		got, err := generated(t, template)
		require.NoError(t, err, template)
		assert.Contains(t, got, want, template)
	}
}

func TestATemplateThatCouldBecomeUnsafeIsRefused(t *testing.T) {
	for name, template := range map[string]string{
		"a value in a script":                     `<script>x = {{.S}}</script>`,
		"a value in a handler":                    `<b onclick="x({{.S}})">x</b>`,
		"a value in a style":                      `<style>a { color: {{.S}} }</style>`,
		"a value in an attribute of style":        `<b style="color: {{.S}}">x</b>`,
		"a value without quotes":                  `<b title={{.S}}>x</b>`,
		"a link without quotes":                   `<a href={{.S}}>x</a>`,
		"a part of a link":                        `<a href="https://{{.S}}/">x</a>`,
		"a source":                                `<img srcset="{{.S}}">`,
		"a name of an attribute":                  `<b {{.S}}="x">x</b>`,
		"a template that's called in a link":      `{{define "a"}}{{.}}{{end}}<a href="{{template "a" .S}}">x</a>`,
		"a pipeline":                              `{{.S | loud}}`,
		"a text that's marked as safe":            `{{.S | html}}`,
		"a field that isn't there":                `{{.T}}`,
		"a function that isn't there":             `{{quiet .S}}`,
		"a method with two results":               `{{.Two}}`,
		"a method without its argument":           `{{.Joined}}`,
		"a type that prints itself":               `{{.Kind}}`,
		"a type that nobody prints":               `{{.F}}`,
		"a list that's printed":                   `{{.List}}`,
		"a range over a number":                   `{{range .N}}x{{end}}`,
		"a range with an else":                    `{{range .List}}x{{else}}y{{end}}`,
		"a template that's called with two types": `{{define "a"}}x{{end}}{{template "a" .S}}{{template "a" .N}}`,
		"branches that end in different places":   `{{if .B}}<a title="{{end}}x`,
	} {
		_, err := generated(t, template)
		assert.Error(t, err, name)
	}
}
