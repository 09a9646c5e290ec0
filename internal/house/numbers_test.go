package house

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/preflight"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A stated number is one that a page that people write has in a sentence, and where it comes from.
type stated struct {
	page string
	// sentence has the number, or several, in its groups.
	sentence string
	want     []string
}

// TestTheNumbersInThePagesAreThoseOfTheProduct: sizes of the package are compared by ./build.sh package, requests, faults and
// memory by the tests that make their tables.
func TestTheNumbersInThePagesAreThoseOfTheProduct(t *testing.T) {
	for _, s := range numbers(t) {
		text := strings.Join(strings.Fields(string(file(t, s.page))), " ")
		for _, fault := range s.faults(text) {
			t.Error(fault)
		}
	}
}

// faults compares the sentences in a text; there must be one.
func (s stated) faults(text string) (faults []string) {
	found := regexp.MustCompile(s.sentence).FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		return []string{fmt.Sprintf("%s has no sentence %q", s.page, s.sentence)}
	}
	for _, m := range found {
		for i, got := range m[1:] {
			if got != s.want[min(i, len(s.want)-1)] {
				faults = append(faults, fmt.Sprintf("%s: %q; it's %s", s.page, m[0], strings.Join(s.want, ", ")))
				break
			}
		}
	}
	return faults
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	require.NoError(t, err)
	return text
}

// from finds the number that a source file has in the group of an expression.
func from(t *testing.T, name, expression string) []string {
	t.Helper()
	m := regexp.MustCompile(expression).FindSubmatch(file(t, name))
	require.NotNil(t, m, "%s has no %s", name, expression)
	var all []string
	for _, group := range m[1:] {
		all = append(all, strings.ReplaceAll(string(group), "_", ""))
	}
	return all
}

func numbers(t *testing.T) []stated {
	t.Helper()
	var extension struct{ Version string }
	require.NoError(t, json.Unmarshal(file(t, "vss-extension.json"), &extension))
	version := []string{extension.Version}
	var task struct {
		MinimumAgentVersion string
		Inputs              []struct{ Name, DefaultValue, HelpMarkDown string }
	}
	require.NoError(t, json.Unmarshal(file(t, "task/ArmPreflight/v1/task.json"), &task))
	golang, node := from(t, "go.mod", `(?m)^go (\d+\.\d+)`), from(t, "build.sh", `\$major -ge (\d+)`)
	modules := map[string]bool{}
	for _, p := range list(t, shipping) {
		if p.Module != nil && p.Module.Path != "armpreflight" {
			modules[p.Module.Path] = true
		}
	}
	codes := len(catalogue.All()) // aliases are entries too
	faults := from(t, "docs/reliability.md", `runs: (\d+) endpoints and (\d+) faults`)
	audit := "internal/cli/audit.go"

	all := []stated{
		{"docs/install.md", `\*\*Agent (\S+) or newer\.\*\*`, []string{task.MinimumAgentVersion}},
		{"docs/install.md", `dist/armpreflight-(\d+\.\d+\.\d+)\.(?:vsix|cdx)`, version},
		{"CONTRIBUTING.md", `dist/armpreflight-(\d+\.\d+\.\d+)\.vsix`, version},
		{"docs/install.md", `Go (\d+\.\d+) \(Go 1\.21 or later`, golang},
		{"README.md", `Go (\d+\.\d+) \(Go 1\.21 or later`, golang},
		{"CONTRIBUTING.md", `Go (\d+\.\d+) \(Go 1\.21 or later`, golang},
		{"docs/install.md", `Node (\d+) or newer with npm`, node},
		{"README.md", `Node (\d+) or newer`, node},
		{"CONTRIBUTING.md", `Node (\d+) or newer with npm`, node},
		{"docs/adr/0016-package-size.md", `fails above (\d+) MiB`, from(t, "tools/vsix/check.go", `maxPackage = (\d+) << 20`)},
		{"docs/adr/README.md", `(\d+) modules are linked`, []string{strconv.Itoa(len(modules))}},
		{"extension/overview.md", `(\d+) codes`, []string{strconv.Itoa(codes)}},
		{"docs/testing-status.md", `runs in (\d+) situations`, []string{strconv.Itoa(len(scenario.All()))}},
		{"docs/testing-status.md", `Each of (\d+) endpoints with each of (\d+) faults`, faults},
		{"README.md", `runs (\d+) \[checks\]`, []string{strconv.Itoa(len(preflight.All()))}},
		{"docs/audit.md", `as expiring soon \((\d+)\), and as unused \((\d+)\)`, append(from(t, audit, `"expiry-days", (\d+)`), from(t, audit, `"unused-days", (\d+)`)...)},
		{"docs/audit.md", `at the same time \((\d+)\), and the time limit \((\d+) minutes\)`, append(from(t, audit, `"at-once", (\d+)`), from(t, audit, `"timeout", (\d+)\*time\.Minute`)...)},
		{"docs/lint.md", `more than (\d+) MiB`, from(t, "internal/azpipeline/source.go", `maxFile = (\d+) << 20`)},
		{"docs/adr/0007-yaml.md", `checks the size \((\d+) MiB\)`, from(t, "internal/azpipeline/source.go", `maxFile = (\d+) << 20`)},
		{"docs/adr/0011-report-schema.md", `bounds size \((\d+) MiB\)`, from(t, "internal/report/document.go", `MaxDocument = (\d+) << 20`)},
		{"docs/adr/0004-one-client.md", `up to a limit \((\d+) MiB`, from(t, "internal/web/limit.go", `bodyLimit\s+= (\d+) << 20`)},
		{"CHANGELOG.md", "reports of up to (\\d+) MiB, `audit merge` parts of up to (\\d+) MiB", append(from(t, "internal/report/document.go", `MaxDocument = (\d+) << 20`), from(t, "internal/audit/merge.go", `maxParts\s+= (\d+) << 20`)...)},
		{"docs/reliability.md", `stays below (\d+) lines`, from(t, "internal/cli/reliability_test.go", `len\(lines\), (\d+), "a bounded log"`)},
		{"docs/reliability.md", `time limit \((\d+) seconds, and three`, []string{"60"}},
		{"SECURITY.md", `Memory stays below (\d+) MiB`, from(t, "internal/attack/memory_linux_test.go", `"lint: " \+ name.*limit: (\d+)`)},
	}
	// The ranges of the inputs, in the pages and in the help of the task.
	for _, in := range []struct{ name, use string }{
		{"waitForPropagation", "`waitForPropagation` \\| %d \\| %d–%d minutes"},
		{"expiryWarningDays", "`expiryWarningDays` \\| %d \\| %d–%d\\."},
		{"expiryErrorDays", "`expiryErrorDays` \\| %d \\| %d–%d\\."},
		{"timeoutSeconds", "`timeoutSeconds` \\| %d \\| %d–%d,"},
	} {
		limits := from(t, "internal/preflight/inputs.go", `"`+in.name+`"\), (\d+), (\d+), (\d+)\)`)
		all = append(all, stated{"docs/use.md", strings.ReplaceAll(in.use, "%d", `(\d+)`), limits},
			stated{"task/ArmPreflight/v1/task.json", `"name": "` + in.name + `".*?"helpMarkDown": "(?:Whole days, )?(\d+) to (\d+)`, limits[1:]})
	}
	limits := from(t, "internal/preflight/inputs.go", `"timeoutSeconds"\), (\d+), (\d+), (\d+)\)`)
	return append(all, stated{"README.md", "`timeoutSeconds` \\| (\\d+) \\| (\\d+)–(\\d+);", limits})
}

// TestAWrongNumberIsFound: a number that changed, and a sentence that's gone.
func TestAWrongNumberIsFound(t *testing.T) {
	s := stated{"a.md", `has (\d+) parts and (\d+) lines`, []string{"2", "3"}}
	assert.Empty(t, s.faults("It has 2 parts and 3 lines."))
	assert.NotEmpty(t, s.faults("It has 2 parts and 4 lines."))
	assert.NotEmpty(t, s.faults("It has 2 parts and 3 lines. It has 1 parts and 3 lines."))
	assert.NotEmpty(t, s.faults("It's gone."))
}
