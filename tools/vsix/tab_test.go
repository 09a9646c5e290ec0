package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newTab is a package of the results tab, made of the repository's own files without the bundled script.
func newTab(t *testing.T) *sample {
	t.Helper()
	files := map[string][]byte{"tab/tab.js": []byte("(()=>{})();"), "THIRD-PARTY-NOTICES.txt": []byte("notices"), contentTypesName: []byte("<Types/>")}
	for name, source := range map[string]string{
		"LICENSE.txt": "LICENSE", "images/icon.png": "extension/images/icon.png", "overview.md": "extension/tab/overview.md",
		"tab/foreign.css": "extension/tab/foreign.css", "tab/index.html": "extension/tab/index.html", "tab/tab.css": "extension/tab/tab.css",
	} {
		files[name] = read(t, source)
	}
	source := read(t, "extension/tab/vss-extension.json")
	var m manifest
	require.NoError(t, json.Unmarshal(source, &m))
	contributions, err := json.Marshal(m.Contributions)
	require.NoError(t, err)
	files["extension.vsomanifest"] = fmt.Appendf(nil, `{"manifestVersion":1,"contributions":%s,"scopes":["vso.build"],"contributionTypes":[]}`, contributions)
	var assets strings.Builder
	for name := range maps.Keys(files) {
		if strings.HasPrefix(name, "tab/") {
			assets.WriteString(fmt.Sprintf(`<Asset Path="%s" Addressable="true"/>`, name))
		}
	}
	files["extension.vsixmanifest"] = fmt.Appendf(nil, `<PackageManifest><Metadata><Identity Id="%s" Publisher="%s" Version="%s"/></Metadata><Assets>%s</Assets></PackageManifest>`, m.ID, m.Publisher, m.Version, assets.String())
	return &sample{p: &parcel{size: 1000, files: files}, manifest: string(source)}
}

func (s *sample) inspectTab(t *testing.T) []string {
	return inspectTab(s.p, []byte(s.manifest), read(t, "task/"+taskFile), []byte(s.log), s.released)
}

func TestTheResultsTabOfThisRepositoryHasNoFaults(t *testing.T) {
	assert.Empty(t, newTab(t).inspectTab(t))
}

func TestABrokenResultsTabIsRefused(t *testing.T) {
	swap := func(name, old, with string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) { s.swap(t, name, old, with) }
	}
	swapManifest := func(old, with string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) { s.swapManifest(t, old, with) }
	}
	script := func(text string) func(*testing.T, *sample) {
		return func(_ *testing.T, s *sample) { s.p.files["tab/tab.js"] = []byte(text) }
	}
	inPage := func(text string) func(*testing.T, *sample) { return swap("tab/index.html", "</main>", text+"</main>") }
	for name, tt := range map[string]struct {
		spoil func(*testing.T, *sample)
		fault string
	}{
		"a key that nobody reads":         {swapManifest(`"supportsTasks"`, `"supportTasks"`), `unknown field "supportTasks"`},
		"no scope":                        {swapManifest(`"vso.build"`, ``), "scopes are"},
		"another scope":                   {swapManifest(`"vso.build"`, `"vso.build_execute"`), "scopes are"},
		"a second scope":                  {swapManifest(`"vso.build"`, `"vso.build", "vso.code"`), "scopes are"},
		"another scope in the package":    {swap("extension.vsomanifest", `"vso.build"`, `"vso.code"`), "asks for scopes"},
		"the tasks of another extension":  {swapManifest("16330719-ed7d", "26330719-ed7d"), "the tab is for the tasks"},
		"a section instead of a tab":      {swapManifest("build-results-tab", "build-results-section"), "is not a tab"},
		"another place on the page":       {swapManifest("build-results-view", "build-results-summary-tab"), "is not a tab"},
		"a page that isn't there":         {swapManifest(`"tab/index.html"`, `"tab/main.html"`), `"tab/main.html" is not in the package`},
		"a version that isn't the task's": {swapManifest(`"1.0.0"`, `"1.0.1"`), "version is 1.0.1, the task's 1.0.0"},
		"a version that was released":     {func(_ *testing.T, s *sample) { s.released = "1.0.0" }, "not above"},
		"a file more":                     {func(_ *testing.T, s *sample) { s.p.files["tab/tab.js.map"] = []byte("{}") }, "not expected"},
		"a file less":                     {func(_ *testing.T, s *sample) { delete(s.p.files, "tab/foreign.css") }, "is missing"},
		"a file that browsers don't get":  {swap("extension.vsixmanifest", `<Asset Path="tab/tab.js" Addressable="true"/>`, ``), "tab/tab.js is not addressable"},
		"a script in the page":            {inPage("<script>alert(1)</script>"), "has a <script> of its own"},
		"a script of another place":       {swap("tab/index.html", `src="tab.js"`, `src="//cdn.example/tab.js"`), "is not in the package"},
		"a style in the page":             {inPage("<style>p{}</style>"), "has a <style> of its own"},
		"a style of an element":           {inPage(`<p style="color:red">`), "has the attribute style"},
		"a handler":                       {inPage(`<p onclick="x()">`), "has the attribute onclick"},
		"a base":                          {inPage(`<base href="tab.js">`), "has a <base>"},
		"an image of another place":       {inPage(`<img src="https://example.com/a.png">`), "an address of another place"},
		"a policy that allows everything": {swap("tab/index.html", "default-src 'none'", "default-src *"), "its policy doesn't say default-src 'none'"},
		"no policy":                       {swap("tab/index.html", "Content-Security-Policy", "X-Policy"), "its policy doesn't say script-src 'self'"},
		"an address in the script":        {script(`fetch("http://example.com")`), "an address of another place: http://example.com"},
		"markup from a text":              {script(`a.innerHTML=b`), "makes markup or programs from texts: innerHTML"},
		"a program from a text":           {script(`new Function("a")`), "new Function"},
		"an evaluation":                   {script(`eval("1")`), "eval("},
		"a style that loads another":      {swap("tab/tab.css", "* {", "@import 'x.css';* {"), "tab/tab.css loads something"},
		"a style that loads a picture":    {swap("tab/tab.css", "* {", "p{background:url(x.png)}* {"), "loads something"},
		"a script that's too large":       {script(noise(400_000)), "more than 150000"},
		"a warning of tfx":                {func(_ *testing.T, s *sample) { s.log = "warning: no icon" }, "tfx said"},
		"a manifest that isn't JSON":      {func(_ *testing.T, s *sample) { s.manifest = "{" }, "the extension's manifest"},
		"a second tab": {func(_ *testing.T, s *sample) {
			s.manifest = strings.Replace(s.manifest, `"contributions": [`, `"contributions": [{},`, 1)
		}, "there are 2 contributions"},
		"an overview with a link to a file": {func(_ *testing.T, s *sample) {
			s.p.files["overview.md"] = append(s.p.files["overview.md"], "[x](no.md)"...)
		}, `"no.md" is not in the package`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTab(t)
			tt.spoil(t, s)
			assert.Contains(t, strings.Join(s.inspectTab(t), "\n"), tt.fault)
		})
	}
}

// noise is text that doesn't compress to half its length.
func noise(length int) string {
	text := make([]byte, length)
	state := uint32(1)
	for i := range text {
		state = state*1664525 + 1013904223
		text[i] = byte('!' + state>>24%90)
	}
	return string(text)
}

func TestATaskHasNoPropertiesOfATab(t *testing.T) {
	s := newSample(t)
	s.swapManifest(t, `"name": "ArmPreflight"`, `"name": "ArmPreflight", "uri": "tab/index.html"`)
	assert.Contains(t, strings.Join(s.inspect(), "\n"), "has the properties of a tab")
}

func TestThePublisherOfTheResultsTabIsFilledIn(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"vss-extension.json", "overview.md"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), read(t, "extension/tab/"+name), 0o644))
	}
	require.NoError(t, fill(folder, contoso()))
	p := &parcel{files: map[string][]byte{}}
	for _, name := range []string{"vss-extension.json", "overview.md"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		p.files[name] = text
	}
	assert.Contains(t, string(p.files["vss-extension.json"]), `"publisher": "contoso"`)
	assert.Contains(t, string(p.files["overview.md"]), "(https://github.com/contoso/arm-preflight/blob/HEAD/docs/install.md#the-results-tab)")
	assert.Empty(t, checkPlaceholders(p))
}
