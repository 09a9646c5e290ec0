package house

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// room is where a module may be imported.
type room struct {
	// record is the page in docs/adr of a module that ships, which names the same packages behind "imported by"; empty where it's
	// a sentence in another record, or where the module doesn't ship.
	record   string
	packages []string // of the shipped program
	others   []string // packages that don't ship: the simulation, tools, help for tests
	tests    []string // whose tests import it, in addition to those above
	anyTest  bool     // every package's tests may
}

// rooms lists, for each module by the beginning of its import paths, who may import it.
var rooms = map[string]room{
	"github.com/Azure/azure-sdk-for-go/sdk/": {
		record: "0001-azure-sdk.md", packages: []string{"internal/azure", "internal/cli"}, tests: []string{"internal/attack"},
	},
	"github.com/microsoft/azure-devops-go-api/azuredevops/": {record: "0002-azuredevops.md", packages: []string{"internal/devops"}},
	"go.yaml.in/yaml/": {
		record: "0007-yaml.md", packages: []string{"internal/azpipeline"}, others: []string{"tools/catalogue", "tools/manual", "tools/prose"}, tests: []string{"internal/cli", "internal/decorator", "internal/deployment", "internal/house", "internal/lint"},
	},
	"github.com/hashicorp/terraform-json": {record: "0013-terraform-json.md", packages: []string{"internal/deployment"}},
	"github.com/arran4/golang-ical":       {record: "0017-golang-ical.md", packages: []string{"internal/audit"}},
	"github.com/emersion/go-ical":         {tests: []string{"internal/audit"}},
	"golang.org/x/net/http/":              {packages: []string{"internal/web"}}, // a sentence in 0001
	"golang.org/x/net/html":               {others: []string{"internal/report/formtest", "tools/vsix"}, tests: []string{"internal/audit", "internal/report"}},
	"github.com/CycloneDX/cyclonedx-go":   {others: []string{"tools/sbom"}},
	"github.com/ohler55/ojg/":             {others: []string{"internal/sim/gate"}},
	"github.com/santhosh-tekuri/":         {others: []string{"internal/report/formtest"}, tests: []string{"internal/deployment", "internal/endtoend"}},
	"github.com/yuin/goldmark":            {others: []string{"internal/report/formtest", "tools/catalogue"}, tests: []string{"internal/report"}},
	"go.abhg.dev/goldmark/frontmatter":    {others: []string{"tools/catalogue"}},
	"github.com/google/uuid":              {tests: []string{"internal/endtoend"}},
	"github.com/rogpeppe/go-internal/":    {tests: []string{"internal/cli"}},
	"mvdan.cc/sh/v3/":                     {others: []string{"tools/commands"}},
	"golang.org/x/tools/txtar":            {tests: []string{"internal/cli", "internal/deployment", "internal/lint", "internal/reading"}},
	"github.com/stretchr/testify/":        {others: []string{"internal/sim/bubble"}, anyTest: true},
}

// roomOf is the room of an import path; not ok for one that has none.
func roomOf(imported string) (prefix string, ok bool) {
	for prefix := range rooms {
		if strings.HasPrefix(imported, prefix) {
			return prefix, true
		}
	}
	return "", false
}

// foreign reports whether an import is neither ours nor the standard library's.
func foreign(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.HasPrefix(imported, module) && strings.Contains(first, ".")
}

// TestALibraryThatDoesNotShipStaysInItsRoom is about the simulation, tools and tests, on every file of the repository.
func TestALibraryThatDoesNotShipStaysInItsRoom(t *testing.T) {
	needed := map[string]bool{} // "prefix kind package"
	for _, p := range list(t, everything) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for kind, imports := range map[string][]string{"code": p.Imports, "tests": slices.Concat(p.TestImports, p.XTestImports)} {
			for _, imported := range imports {
				if !foreign(imported) {
					continue
				}
				prefix, ok := roomOf(imported)
				if !assert.True(t, ok, "%s of %s imports %s, which has no room", kind, name, imported) {
					continue
				}
				r := rooms[prefix]
				within := slices.Contains(r.packages, name) || slices.Contains(r.others, name)
				if kind == "tests" && !within {
					within = r.anyTest || slices.Contains(r.tests, name)
					needed[prefix+" tests "+name] = true
				} else {
					needed[prefix+" code "+name] = true
				}
				assert.True(t, within, "%s of %s imports %s, whose room is elsewhere", kind, name, imported)
			}
		}
	}
	for prefix, r := range rooms {
		for kind, packages := range map[string][]string{"code": slices.Concat(r.packages, r.others), "tests": r.tests} {
			for _, name := range packages {
				assert.True(t, needed[prefix+" "+kind+" "+name], "no %s of %s imports %s any more", kind, name, prefix)
			}
		}
	}
}

func TestALibraryStaysInItsRoomAndItsRecordSaysWhich(t *testing.T) {
	found := map[string][]string{}
	for _, p := range list(t, shipping) {
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours {
			continue
		}
		for _, imported := range p.Imports {
			if !foreign(imported) {
				continue
			}
			prefix, known := roomOf(imported)
			assert.True(t, known, "%s imports %s, which has no room", name, imported)
			if !slices.Contains(found[prefix], name) {
				found[prefix] = append(found[prefix], name)
			}
		}
	}
	importers := regexp.MustCompile(`(?s)imported by ([^.]*)\.`)
	for prefix, room := range rooms {
		assert.ElementsMatch(t, room.packages, found[prefix], "importers of %s", prefix)
		if room.record == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "adr", room.record))
		require.NoError(t, err)
		sentence := importers.FindSubmatch(text)
		require.NotNil(t, sentence, "%s doesn't say who imports it", room.record)
		var named []string
		for _, m := range regexp.MustCompile("`(internal/[a-z]+)`").FindAllStringSubmatch(string(sentence[1]), -1) {
			named = append(named, m[1])
		}
		assert.ElementsMatch(t, room.packages, named, room.record)
	}
}
