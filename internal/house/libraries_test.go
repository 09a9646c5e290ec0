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

// rooms lists the packages that may import a module of the shipped program. Its record in docs/adr names the same ones
// behind "Importers:".
var rooms = map[string]struct {
	record   string
	packages []string
}{
	"github.com/Azure/azure-sdk-for-go/sdk/":                {"0001-azure-sdk.md", []string{"internal/azure", "internal/cli"}},
	"github.com/microsoft/azure-devops-go-api/azuredevops/": {"0002-azuredevops.md", []string{"internal/devops"}},
	"go.yaml.in/yaml/":  {"0007-yaml.md", []string{"internal/lint"}},
	"golang.org/x/net/": {"", []string{"internal/web"}}, // a sentence in 0001
}

func TestALibraryStaysInItsRoomAndItsRecordSaysWhich(t *testing.T) {
	found := map[string][]string{}
	for _, p := range list(t, "-deps", "./cmd/armpreflight") {
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours {
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, module) || !strings.Contains(imported, ".") {
				continue
			}
			known := false
			for prefix := range rooms {
				if strings.HasPrefix(imported, prefix) {
					known = true
					if !slices.Contains(found[prefix], name) {
						found[prefix] = append(found[prefix], name)
					}
				}
			}
			assert.True(t, known, "%s imports %s, which has no room", name, imported)
		}
	}
	importers := regexp.MustCompile(`(?s)Importers:([^.]*)\.`)
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
