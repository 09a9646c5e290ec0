package deployment

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tree gives a JSON text as Go values.
func tree(t testing.TB, data []byte) map[string]any {
	t.Helper()
	n, err := parse(string(data), maxValues)
	require.NoError(t, err)
	return goValue(&n).(map[string]any)
}

func goValue(n *node) any {
	switch n.kind {
	case isTrue, isFalse:
		return n.kind == isTrue
	case isNumber:
		return json.Number(n.text)
	case isText:
		return n.text
	case isList:
		list := []any{}
		for i := range n.items {
			list = append(list, goValue(&n.items[i]))
		}
		return list
	case isObject:
		o := map[string]any{}
		for i, key := range n.keys {
			o[key] = goValue(&n.items[i])
		}
		return o
	}
	return nil
}

// with gives a sample another main file.
func (s sample) with(t testing.TB, root any) sample {
	t.Helper()
	data, err := json.Marshal(root)
	require.NoError(t, err)
	s.files = maps.Clone(s.files)
	s.files[s.main] = &fstest.MapFile{Data: data}
	return s
}

// members are the keys or indexes of the resources of a template.
func resourcesOf(root map[string]any) []any {
	var keys []any
	switch resources := root["resources"].(type) {
	case []any:
		for i := range resources {
			keys = append(keys, i)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(resources)) {
			keys = append(keys, key)
		}
	}
	return keys
}

func resourceAt(root map[string]any, key any) map[string]any {
	if i, ok := key.(int); ok {
		return root["resources"].([]any)[i].(map[string]any)
	}
	return root["resources"].(map[string]any)[key.(string)].(map[string]any)
}

func remove(root map[string]any, key any) {
	if i, ok := key.(int); ok {
		root["resources"] = slices.Delete(root["resources"].([]any), i, i+1)
		return
	}
	delete(root["resources"].(map[string]any), key.(string))
}

// covered reports whether a need is there at the same scope or around it.
func covered(line string, by map[string]bool) bool {
	action, scope, _ := strings.Cut(line, " @ ")
	for {
		if by[action+" @ "+scope] {
			return true
		}
		at := strings.LastIndexByte(scope, '/')
		if at <= 0 {
			return false
		}
		scope = scope[:at]
	}
}

func TestRemovingAResourceAddsNoNeed(t *testing.T) {
	removed := 0
	for _, s := range corpus(t, "templates") {
		before := s.derive(t)
		certain, likely := derived(before, Certain), derived(before, Likely)
		either := maps.Clone(certain)
		maps.Copy(either, likely)
		for _, key := range resourcesOf(tree(t, s.files[s.main].Data)) {
			root := tree(t, s.files[s.main].Data)
			remove(root, key)
			after := s.with(t, root).derive(t)
			for line := range derived(after, Certain) {
				assert.True(t, covered(line, certain), "%s without resource %v certainly needs %s", s.name, key, line)
			}
			for line := range derived(after, Likely) {
				assert.True(t, covered(line, either), "%s without resource %v needs %s", s.name, key, line)
			}
			removed++
		}
	}
	assert.Greater(t, removed, 100)
}

// without reasons, since the places in a file move.
func bare(n *Needs) []string {
	var lines []string
	for _, a := range n.Actions {
		lines = append(lines, fmt.Sprint("action ", a.Certainty, " ", a.key()))
	}
	for _, p := range n.Providers {
		lines = append(lines, "provider "+p.Namespace+" "+p.Subscription)
	}
	for _, g := range n.ResourceGroups {
		lines = append(lines, fmt.Sprint("group ", g.ID, g.Created, g.Location))
	}
	for _, l := range n.Locations {
		lines = append(lines, "location "+l.key())
	}
	for _, u := range n.Unknown {
		lines = append(lines, "unknown "+u.What)
	}
	return lines
}

// apart gives the lines that only one of two lists has.
func apart(a, b []string) []string {
	var lines []string
	for _, line := range a {
		if !slices.Contains(b, line) {
			lines = append(lines, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			lines = append(lines, "+ "+line)
		}
	}
	return lines
}

func TestAFalseConditionRemovesExactlyItsOwn(t *testing.T) {
	for _, s := range corpus(t, "templates") {
		for _, key := range resourcesOf(tree(t, s.files[s.main].Data)) {
			removed, switched := tree(t, s.files[s.main].Data), tree(t, s.files[s.main].Data)
			remove(removed, key)
			for _, condition := range []any{false, "[equals(1, 2)]"} {
				resourceAt(switched, key)["condition"] = condition
				assert.Empty(t, apart(bare(s.with(t, removed).derive(t)), bare(s.with(t, switched).derive(t))), "%s, resource %v", s.name, key)
			}
		}
	}
}

// renamed gives all parameters and variables other names.
func renamed(v any, in string) any {
	switch v := v.(type) {
	case map[string]any:
		made := map[string]any{}
		for key, item := range v {
			name, _ := renamed(key, "").(string)
			if in == "parameters" || in == "variables" && key != "copy" {
				name = "other" + key
			}
			if item, ok := item.(string); ok && key == "name" && (in == "[]parameters" || in == "copy") {
				made[key] = "other" + item
				continue
			}
			inner := key
			if in == "parameters" || in == "variables" && key != "copy" {
				inner = ""
			}
			made[name] = renamed(item, inner)
		}
		return made
	case []any:
		made := []any{}
		for _, item := range v {
			inner := ""
			switch in {
			case "parameters":
				inner = "[]parameters" // of a function
			case "copy":
				inner = "copy"
			}
			made = append(made, renamed(item, inner))
		}
		return made
	case string:
		if !strings.HasPrefix(v, "[") {
			return v
		}
		return regexp.MustCompile(`\b(parameters|variables|copyIndex)\('`).ReplaceAllString(v, "${1}('other")
	}
	return v
}

func TestRenamingChangesNothing(t *testing.T) {
	for _, s := range corpus(t, "templates") {
		other := s
		other.files, other.main = fstest.MapFS{}, "renamed.json"
		for name, file := range s.files {
			data, err := json.Marshal(renamed(tree(t, file.Data), ""))
			require.NoError(t, err)
			if name == s.main {
				name = other.main
			}
			other.files[name] = &fstest.MapFile{Data: data}
		}
		assert.Empty(t, apart(bare(s.derive(t)), bare(other.derive(t))), s.name)
	}
	for _, s := range corpus(t, "plans") {
		other := s
		text := string(s.files[s.main].Data)
		text = regexp.MustCompile(`(azurerm_\w+|azapi_\w+)\.(\w+)`).ReplaceAllString(text, "$1.other_$2")
		text = regexp.MustCompile(`("type": "(?:azurerm|azapi)_\w+", "name": ")`).ReplaceAllString(text, "${1}other_")
		other.files = fstest.MapFS{s.main: &fstest.MapFile{Data: []byte(text)}}
		assert.Empty(t, apart(bare(s.derive(t)), bare(other.derive(t))), s.name)
	}
}

// TestNestingMovesTheScopeAndNothingElse puts each template into a deployment to another resource group.
func TestNestingMovesTheScopeAndNothingElse(t *testing.T) {
	nested := 0
	for _, s := range corpus(t, "templates") {
		if s.Scope != "" {
			continue // it goes to no resource group
		}
		inner := tree(t, s.files[s.main].Data)
		given := map[string]any{}
		if s.Parameters != "" {
			given = tree(t, s.files[s.Parameters].Data)["parameters"].(map[string]any)
		}
		outer := s.with(t, map[string]any{
			"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
			"resources": []any{map[string]any{
				"type": deploymentType, "apiVersion": "2022-09-01", "name": "inner", "resourceGroup": "rg-other",
				"properties": map[string]any{"mode": "Incremental", "expressionEvaluationOptions": map[string]any{"scope": "inner"}, "parameters": given, "template": inner},
			}},
		})
		outer.Parameters = ""
		alone := s
		alone.Scope = ownSub + "/resourceGroups/rg-other"
		own := func(n *Needs) []string {
			var lines []string
			for _, a := range n.Actions {
				if !strings.HasPrefix(a.Action, "Microsoft.Resources/deployments/") && a.Action != "Microsoft.Resources/subscriptions/resourceGroups/read" {
					lines = append(lines, fmt.Sprint(a.Certainty, " ", a.key()))
				}
			}
			return lines
		}
		assert.Empty(t, apart(own(alone.derive(t)), own(outer.derive(t))), s.name)
		nested++
	}
	assert.Greater(t, nested, 35)
}
