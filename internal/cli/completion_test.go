package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/reading"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestShellsComplete asks the shells themselves, those that this machine has.
func TestShellsComplete(t *testing.T) {
	notShort(t)
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("part.json", nil, 0o600))
	lines := map[string]struct {
		typed []string // the last one is being completed
		want  []string
	}{
		"a verb":                  {[]string{"cr"}, []string{"creation"}},
		"a flag":                  {[]string{"audit", "--f"}, []string{"--fail-on", "--forecast", "--format"}},
		"another verb's flag":     {[]string{"lint", "--fa"}, nil},
		"one of some words":       {[]string{"render", "--format", "j"}, []string{"json", "junit"}},
		"a word behind others":    {[]string{"audit", "--all-projects", "--credential", ""}, []string{"azure-cli", "browser"}},
		"a free value":            {[]string{"creation", "--tenant", ""}, nil},
		"a file for a flag":       {[]string{"explain", "--log", "pa"}, []string{"part.json"}},
		"a file":                  {[]string{"render", "pa"}, []string{"part.json"}},
		"no file for a verb":      {[]string{"creation", "pa"}, nil},
		"a word of a verb's own":  {[]string{"audit", "me"}, []string{"merge"}},
		"a verb for its help":     {[]string{"help", "au"}, []string{"audit"}},
		"a shell":                 {[]string{"completion", "f"}, []string{"fish"}},
		"a flag behind a switch":  {[]string{"lint", "--patch", "--o"}, []string{"--output"}},
		"a flag behind its value": {[]string{"creation", "--format", "html", "--ten"}, []string{"--tenant"}},
	}
	for shell, ask := range map[string]func(script string, typed []string) []string{
		"bash": func(script string, typed []string) []string {
			return []string{"-c", script + "\nCOMP_WORDS=(armpreflight \"$@\"); COMP_CWORD=$#; _armpreflight; printf '%s\\n' \"${COMPREPLY[@]}\"", "bash"}
		},
		"fish": func(script string, typed []string) []string {
			return []string{"-c", script + "\ncomplete -C 'armpreflight " + strings.Join(typed, " ") + "'"}
		},
	} {
		t.Run(shell, func(t *testing.T) {
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skip(shell + " is not installed")
			}
			code, script, stray := call(t, "completion", shell)
			require.Equal(t, ExitOK, code, stray)
			for name, tc := range lines {
				args := ask(script, tc.typed)
				if shell == "bash" {
					args = append(args, tc.typed...)
				}
				cmd := exec.CommandContext(t.Context(), program, args...)
				cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
				var stderr bytes.Buffer
				cmd.Stderr = &stderr
				out, err := cmd.Output()
				require.NoError(t, err, "%s: %s", name, stderr.String())
				var found []string
				for line := range strings.Lines(string(out)) {
					if word, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); word != "" {
						found = append(found, word)
					}
				}
				assert.ElementsMatch(t, tc.want, found, name)
			}
		})
	}
}

// TestZshTakesTheScript that bash takes, by its bashcompinit.
func TestZshTakesTheScript(t *testing.T) {
	notShort(t)
	program, err := exec.LookPath("zsh")
	if err != nil {
		t.Skip("zsh is not installed")
	}
	_, script, _ := call(t, "completion", "zsh")
	cmd := exec.CommandContext(t.Context(), program, "-fc", "autoload -U compinit && compinit -u -D\n"+script+"\nprint $_comps[armpreflight]")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "_armpreflight")
}

func TestEveryShellHasAScript(t *testing.T) {
	for _, shell := range shells() {
		code, script, stray := call(t, "completion", shell)
		assert.Equal(t, ExitOK, code)
		assert.Empty(t, stray)
		for _, v := range verbs() {
			assert.Contains(t, script, v.name, shell)
			for _, f := range v.allFlags() {
				assert.Contains(t, script, f.Name, shell)
				for _, word := range choiceOf(f) {
					assert.Contains(t, script, word, shell)
				}
			}
		}
	}
	for _, args := range [][]string{{"completion"}, {"completion", "cmd"}, {"completion", "bash", "zsh"}, {"completion", "--bash"}} {
		code, stdout, stray := call(t, args...)
		assert.Equal(t, ExitUsage, code, args)
		assert.Empty(t, stdout)
		assert.Contains(t, stray, "\nusage: armpreflight completion bash|zsh|fish|powershell\n")
	}
}

var flagName = regexp.MustCompile(`--[a-z][a-z-]*`)

// TestHelpNamesEveryFlag and no other, and the words that a flag takes.
func TestHelpNamesEveryFlag(t *testing.T) {
	for _, v := range verbs() {
		if v.flags == nil {
			continue
		}
		want := []string{"--help"}
		for _, f := range v.allFlags() {
			want = append(want, "--"+f.Name)
			for _, word := range choiceOf(f) {
				assert.Contains(t, v.usage, word, "%s --%s", v.name, f.Name)
			}
		}
		for _, name := range flagName.FindAllString(v.usage, -1) {
			assert.Contains(t, want, name, v.name)
		}
		for _, name := range want[1:] {
			assert.Contains(t, v.usage, name, v.name)
		}
	}
}

// TestPagesHaveARowForEveryFlag and for no other.
func TestPagesHaveARowForEveryFlag(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| (`--[a-z-]+`(?:, `--[a-z-]+`)*) \\|")
	for _, name := range []string{"audit", "creation", "lint"} {
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", name+".md"))
		require.NoError(t, err)
		var found []string
		for _, m := range row.FindAllStringSubmatch(string(page), -1) {
			found = append(found, flagName.FindAllString(m[1], -1)...)
		}
		v, ok := lookup(name)
		require.True(t, ok)
		var want []string
		for _, f := range v.allFlags() {
			if f.Name != "all-projects" { // it's the default, and is next to --project
				want = append(want, "--"+f.Name)
			}
		}
		assert.ElementsMatch(t, want, found, name)
	}
}

// TestAChoiceIsWhatTheVerbTakes: every word of a choice is taken, and another is refused by naming them.
func TestAChoiceIsWhatTheVerbTakes(t *testing.T) {
	const id = "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14"
	parse := map[string]func(args ...string) error{
		"audit": func(args ...string) error {
			_, err := parseAudit(append([]string{"--organization", "https://dev.azure.com/contoso"}, args...))
			return err
		},
		"creation": func(args ...string) error {
			_, err := parseCreation(append([]string{"--organization", "https://dev.azure.com/contoso", "--project", "Shop", "--subscription", id}, args...))
			return err
		},
		"explain": func(args ...string) error {
			_, err := parseExplain(append([]string{"--list"}, args...))
			return err
		},
		"lint": func(args ...string) error {
			_, err := parseLint(newSession(Env{}), append([]string{"x"}, args...))
			return err
		},
	}
	for name, parse := range parse {
		v, _ := lookup(name)
		for _, f := range v.allFlags() {
			for _, word := range choiceOf(f) {
				assert.NoError(t, parse("--"+f.Name, word), "%s --%s %s", name, f.Name, word)
				assert.ErrorContains(t, parse("--"+f.Name, word+"x"), "--"+f.Name+" must be ", name)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"tenant", "timeout", "format", "fail-on", "at-once"}
	for typed, want := range map[string]string{
		"tennant": "tenant", "fromat": "format", "tenants": "tenant", "failon": "fail-on", "time": "", "t": "", "": "", "output": "", "format": "format",
	} {
		assert.Equal(t, want, nearest(typed, known), typed)
	}
	assert.Equal(t, 3, reading.Distance("kitten", "sitting"))
	assert.Equal(t, 2, reading.Distance("", "ab"))
	assert.Equal(t, 2, reading.Distance("ab", ""))
}

// TestAVerbIsWhole: whatever is read off the table is in it.
func TestAVerbIsWhole(t *testing.T) {
	var names []string
	for _, v := range verbs() {
		assert.NotEmpty(t, v.summary, v.name)
		assert.NotNil(t, v.run, v.name)
		assert.False(t, slices.Contains(names, v.name), v.name)
		names = append(names, v.name)
		assert.NotContains(t, v.summary, "'", "it stands between quotes in a script")
		for _, f := range v.allFlags() {
			assert.True(t, isSwitch(f) == (f.Usage == ""), "%s --%s says what its value is", v.name, f.Name)
			if words := choiceOf(f); words != nil && f.DefValue != "" {
				assert.Contains(t, words, f.DefValue)
			}
		}
	}
}
