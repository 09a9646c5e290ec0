package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// rules has, for each rule, sentences that break it and sentences that look alike and don't.
var rules = map[string]struct{ bad, good []string }{
	"Whom": {
		bad:  []string{"Whoever owns it can edit it.", "Ask the owner, whom you know.", "A list of which two are long.", "The folder in which\nthe file is."},
		good: []string{"If you own it, edit it.", "The owner can edit it, in which case nothing changes.", "The list, two of them long."},
	},
	"FreeRelative": {
		bad:  []string{"What could not be seen is listed.", "It ends. What you don't name isn't checked.", "Whatever remains is deleted."},
		good: []string{"Items that aren't visible are listed.", "What does the code mean?", "What if the run fails.", "It prints what you named."},
	},
	"NegatedNoun": {
		bad:  []string{"The value is no address.", "The tenant of it is none.", "They are no files.", "It's no validator."},
		good: []string{"The value isn't an address.", "There is no address.", "It's no longer used.", "The answer is no.", "The values are None and 1."},
	},
	"Posture": {
		bad:  []string{"The name stands in the log.", "The files lie there.", "The limit comes to ten.", "The answer bears the code.", "It keeps the 0 and ends.", "The value is to be compared."},
		good: []string{"The standard is clear.", "The understanding is common.", "The way is to create one.", "The file stands in for the service.", "It is too late.", "The client relies on it."},
	},
	"Adverbs": {
		bad:  []string{"List them one a line.", "It runs all the same.", "Use it in place of the key.", "It ends at once.", "It takes the place of the input.", "The file is beside it.", "They wait so long."},
		good: []string{"List them one per line.", "Besides, it runs.", "It works so long as it runs.", "Both run at the same time."},
	},
	"Else": {
		bad:  []string{"It uses the name, else the ID.", "Use it, or else it fails."},
		good: []string{"Otherwise, it uses the ID.", "Someone else can edit it.", "Nothing else changes."},
	},
	"Speaking": {
		bad:  []string{"Certificates tell it themselves.", "The page speaks of the first.", "It asks nobody.", "Azure says yes.", "The service told the reason."},
		good: []string{"The log says why.", "Azure returns the reason.", "Tell the owner."},
	},
	"Verbs": {
		bad: []string{"Make a new connection.", "Azure DevOps makes a secret.", "The secret ends soon.", "Azure is asked for it.", "It asks the service.", "It looks at the lock.",
			"Certificates will end."},
		good: []string{"Create a connection.", "The secret expires soon.", "The line ends with a blank.", "No waiver makes a connection ready.", "Ask the administrator.", "The run ends."},
	},
	"May": {
		bad:  []string{"You may edit it.", "It may not be known.", "May be a variable."},
		good: []string{"You can edit it.", "It might be unknown.", "It expires on 2 May 2027.", "In May it expires."},
	},
	"Headless": {
		bad:  []string{"Not tried in a live organization.", "It works. Untested on Windows so far.", "Measured on two cores."},
		good: []string{"We haven't tested it.", "Not all of them work.", "Not checked: not requested", "Not every name works."},
	},
	"Persons": {
		bad:  []string{"A person has to edit it.", "Somebody else can.", "Nobody knows it.", "It takes one that is new."},
		good: []string{"Someone has to edit it.", "The person's role is listed.", "It's the only one that works.", "No one knows it."},
	},
	"American": {
		bad:  []string{"The organisation has a licence.", "The behaviour was cancelled.", "It recognises the colour."},
		good: []string{"The organization has a license.", "It recognizes the color.", "The `cancelled` state."},
	},
	"Names": {
		bad:  []string{"Azure AD issues it.", "The id is known.", "Two ids.", "Send it by https.", "Azure Devops runs it.", "The json file.", "Enter the url."},
		good: []string{"Microsoft Entra ID issues it.", "The ID is known.", "The file report.json and the page https://example.com/id are there.", "The `id` key.", "The id-token header.", "Run az login and open login.microsoftonline.com."},
	},
	"Contractions": {
		bad:  []string{"It does not work.", "You cannot edit it.", "They are not known."},
		good: []string{"It doesn't work.", "It must not work.", "You can't edit it."},
	},
	"Exclamation": {
		bad:  []string{"It works!"},
		good: []string{"It works.", "The `!=` operator.", "A pattern such as !folder works."},
	},
	"Spelling": {
		bad:  []string{"The connetcion is broken."},
		good: []string{"The connection of the Entra tenant is broken.", "The `connetcion` key."},
	},
}

// TestEachRuleFindsItsKind gives Vale the sentences of all rules at the same time: its rule finds each bad one, and none finds a good one.
func TestEachRuleFindsItsKind(t *testing.T) {
	files, err := filepath.Glob("styles/House/*.yml")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".yml"))
	}
	require.Equal(t, names, slices.Sorted(maps.Keys(rules)), "each rule has its sentences here")

	folder := t.TempDir()
	var paths []string
	sentence := map[string]struct {
		text, rule string
		bad        bool
	}{}
	add := func(text, rule string, bad bool) {
		path := filepath.Join(folder, fmt.Sprintf("%d.md", len(paths)))
		require.NoError(t, os.WriteFile(path, []byte(text+"\n"), 0o600))
		paths = append(paths, path)
		sentence[path] = struct {
			text, rule string
			bad        bool
		}{text, rule, bad}
	}
	for rule, r := range rules {
		require.NotEmpty(t, r.bad, rule)
		require.NotEmpty(t, r.good, rule)
		for _, text := range r.bad {
			add(text, rule, true)
		}
		for _, text := range r.good {
			add(text, rule, false)
		}
	}
	l, err := newLinter(root)
	require.NoError(t, err)
	alerts, err := l.alerts(paths)
	require.NoError(t, err)
	for path, s := range sentence {
		var found []string
		for _, a := range alerts[path] {
			found = append(found, strings.TrimPrefix(a.Check, "House."))
		}
		if s.bad {
			assert.Contains(t, found, s.rule, s.text)
		} else {
			assert.Empty(t, found, s.text)
		}
	}
}

func TestAScopeReportsWhereATextIs(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"README.md":               "# A\n\nIt works.\n\nYou may edit it.\n",
		"task/T/v1/task.json":     "{\n  \"name\": \"You may\",\n  \"inputs\": [{\n    \"label\": \"A label\",\n    \"helpMarkDown\": \"Fine.\\n\\nYou may edit it.\"\n  }],\n  \"options\": {\"a\": \"It may be so\"}\n}\n",
		"vss-extension.json":      "{\"description\": \"It is not so\"}\n",
		"docs/recipes.json":       "[{\"asks\": \"the group is no group\"}]\n",
		"internal/a/a.go":         "package a\n\n// It may be.\nvar x = \"you may edit \" + name + \" at once\"\n\nvar y = fmt.Errorf(\"%s may not be %d\", x, 1)\n\nvar usage = `use it\n  --format text|json   text, json or html\n  you may edit it`\n",
		"internal/a/a_test.go":    "package a\n\nvar x = \"you may edit\"\n",
		"internal/b/b.go":         "package b\n\n// A folder in which it may be one that x, y, and ctx name.\n//\n// Whoever reads it is asked.\nvar x = 1\n",
		"internal/lint/a.go":      "package lint\n\n// A list of which two are long.\nvar x = 1\n",
		"internal/a/z_gen.go":     "package a\n\nvar x = \"you may edit\"\n",
		".github/a/b.yml":         "# You may.\nname: You may edit it\n",
		"internal/catalogue/a.md": "---\ncode: it may be\nremedy: you may edit\n---\n\n# fine\n\nYou may edit it.\n",
	} {
		file := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	l, err := newLinter(root)
	require.NoError(t, err)
	for name, want := range map[string][]string{
		"docs":      {"README.md:5: May"},
		"tasks":     {"docs/recipes.json:1: NegatedNoun", "task/T/v1/task.json:5: May", "task/T/v1/task.json:7: May", "vss-extension.json:1: Contractions"},
		"forms":     {".github/a/b.yml:2: May"},
		"strings":   {"internal/a/a.go:10: May", "internal/a/a.go:4: Adverbs", "internal/a/a.go:4: May", "internal/a/a.go:6: May"},
		"comments":  {"internal/b/b.go:5: Verbs", "internal/b/b.go:5: Whom", "internal/lint/a.go:3: Whom"},
		"catalogue": {"internal/catalogue/a.md:3: May", "internal/catalogue/a.md:8: May"},
	} {
		t.Run(name, func(t *testing.T) {
			at := slices.IndexFunc(scopes, func(s scope) bool { return s.name == name })
			found, err := scopes[at].findings(l, folder, t.TempDir())
			require.NoError(t, err)
			var got []string
			for _, f := range found {
				got = append(got, fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Rule))
			}
			slices.Sort(got)
			assert.Equal(t, want, got)
		})
	}
}

func TestAnUnknownScopeIsNamed(t *testing.T) {
	assert.ErrorContains(t, run(root, []string{"doc"}, io.Discard), `there's no scope "doc"`)
}

func TestPatterns(t *testing.T) {
	s := scope{files: []string{"a/**/*.go", "!a/b/**", "*.md"}}
	for name, want := range map[string]bool{
		"a/x.go": true, "a/c/d/x.go": true, "a/b/x.go": false, "a/b/c/x.go": false, "x.md": true, "a/x.md": false, "x.go": false,
	} {
		assert.Equal(t, want, s.has(name), name)
	}
}
