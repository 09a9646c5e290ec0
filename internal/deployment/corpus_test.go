package deployment

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

const ownSub = "/subscriptions/11111111-1111-1111-1111-111111111111"

// written is what was written down by hand about a deployment, see testdata/README.md.
type written struct {
	Scope      string            `yaml:"scope"`
	Parameters string            `yaml:"parameters"`
	Certain    map[string]string `yaml:"certain"`
	Likely     map[string]string `yaml:"likely"`
	Nested     []string          `yaml:"nested"`
	Groups     []string          `yaml:"groups"`
	Unknown    int               `yaml:"unknown"`
}

// sample is a deployment of the corpus.
type sample struct {
	name, main string
	files      fstest.MapFS
	written
}

func (s sample) options() Options {
	o := Options{Scope: s.Scope}
	switch {
	case s.Scope == "none":
		o.Scope = ""
	case s.Scope == "" && s.main == "plan.json":
		o.Scope = ownSub
	case s.Scope == "":
		o.Scope = ownSub + "/resourceGroups/rg-app"
	}
	if s.Parameters != "" {
		o.Parameters = []string{s.Parameters}
	}
	return o
}

func (s sample) derive(t testing.TB) *Needs {
	t.Helper()
	needs, err := Derive(s.files, []string{s.main}, s.options())
	require.NoError(t, err, s.name)
	return needs
}

func corpus(t testing.TB, kind string) []sample {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", kind, "*.txtar"))
	require.NoError(t, err)
	var all []sample
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		s := sample{name: kind + "/" + strings.TrimSuffix(filepath.Base(name), ".txtar"), files: fstest.MapFS{}}
		for _, file := range archive.Files {
			switch {
			case file.Name == "needs.yaml":
				require.NoError(t, yaml.Unmarshal(file.Data, &s.written), name)
				continue
			case s.main == "":
				s.main = file.Name
			}
			s.files[file.Name] = &fstest.MapFile{Data: file.Data}
		}
		all = append(all, s)
	}
	return all
}

// whereIs gives the ARM ID of a scope as it's written down.
func whereIs(scope string) string {
	switch {
	case strings.HasPrefix(scope, "/"):
		return scope
	case scope == "subscription":
		return ownSub
	}
	return ownSub + "/resourceGroups/" + scope
}

// lines gives the actions that are written down, as "action @ scope" in lower case.
func (w written) lines() (certain, likely map[string]bool) {
	certain, likely = map[string]bool{}, map[string]bool{}
	add := func(to map[string]bool, scope, text string) {
		scope = whereIs(scope)
		for word := range strings.FieldsSeq(text) {
			actions := []string{word}
			switch {
			case word == "@deploy":
				actions = slices.Clone(deployActions)
				if strings.Contains(scope, "/resourceGroups/") {
					actions = append(actions, "Microsoft.Resources/subscriptions/resourceGroups/read")
				}
			case word[0] == '+':
				actions = []string{word[1:] + "/write", word[1:] + "/read"}
			case strings.Contains(word, ","):
				first, rest, _ := strings.Cut(word, ",")
				base := first[:strings.LastIndexByte(first, '/')]
				actions = []string{first}
				for action := range strings.SplitSeq(rest, ",") {
					actions = append(actions, base+"/"+action)
				}
			}
			for _, action := range actions {
				to[strings.ToLower(action+" @ "+scope)] = true
			}
		}
	}
	for scope, text := range w.Certain {
		add(certain, scope, text)
	}
	for scope, text := range w.Likely {
		add(likely, scope, text)
	}
	for _, scope := range w.Nested {
		add(certain, scope, "Microsoft.Resources/deployments/write,read")
		add(likely, scope, strings.Join(deployActions[2:], " "))
	}
	return certain, likely
}

// derived gives the actions of the needs in the same form.
func derived(n *Needs, certainty Certainty) map[string]bool {
	all := map[string]bool{}
	for _, a := range n.Actions {
		if a.Certainty == certainty {
			action := a.Action
			if a.DataAction {
				action = "data:" + action
			}
			all[strings.ToLower(action+" @ "+a.Scope)] = true
		}
	}
	return all
}

func without(a, b map[string]bool) []string {
	var left []string
	for _, key := range slices.Sorted(maps.Keys(a)) {
		if !b[key] {
			left = append(left, key)
		}
	}
	return left
}

// TestTheCorpus counts the differences between the needs that were written down by hand and those that are derived.
func TestTheCorpus(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "requires.md"))
	require.NoError(t, err)
	for kind, least := range map[string]int{"templates": 40, "plans": 20, "snapshots": 10} {
		samples := corpus(t, kind)
		assert.GreaterOrEqual(t, len(samples), least, kind)
		var certain, certainMissed, certainInvented, likely, likelyMissed, likelyInvented int
		for _, s := range samples {
			needs := s.derive(t)
			wantCertain, wantLikely := s.lines()
			gotCertain, gotLikely := derived(needs, Certain), derived(needs, Likely)
			certain, likely = certain+len(wantCertain), likely+len(wantLikely)
			show := func(what string, lines []string, count *int) {
				*count += len(lines)
				for _, line := range lines {
					t.Logf("%s: %s: %s", s.name, what, line)
				}
			}
			show("certain, missed", without(wantCertain, gotCertain), &certainMissed)
			show("certain, invented", without(gotCertain, wantCertain), &certainInvented)
			show("likely, missed", without(wantLikely, gotLikely), &likelyMissed)
			show("likely, invented", without(gotLikely, wantLikely), &likelyInvented)
			if !assert.Len(t, needs.Unknown, s.Unknown, s.name) {
				for _, u := range needs.Unknown {
					t.Logf("%s: %s", s.name, u.What)
				}
			}
			if s.Groups != nil {
				assert.ElementsMatch(t, s.Groups, groupLines(needs), s.name)
			}
		}
		t.Logf("%s: %d; certain: %d needs, %d missed, %d invented; likely: %d needs, %d missed, %d invented", kind, len(samples),
			certain, certainMissed, certainInvented, likely, likelyMissed, likelyInvented)
		assert.Contains(t, string(page), fmt.Sprintf("\n| %d %s | %d | %d | %d | %d | %d | %d |\n", len(samples), kind,
			certain, certainMissed, certainInvented, likely, likelyMissed, likelyInvented), "docs/requires.md has the figures")
		assert.Zero(t, certainInvented, kind)
		assert.GreaterOrEqual(t, float64(certain-certainMissed)/float64(certain), 0.97, kind)
		assert.Zero(t, likelyMissed+likelyInvented, kind)
	}
}

// groupLines gives the resource groups that aren't the deployment's own.
func groupLines(n *Needs) []string {
	var lines []string
	for _, g := range n.ResourceGroups {
		name := g.ID[strings.LastIndexByte(g.ID, '/')+1:]
		if created := map[bool]string{true: "created", false: "exists"}[g.Created]; name != "rg-app" {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", name, created, g.Location)))
		}
	}
	return lines
}
