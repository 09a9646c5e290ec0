package house

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// literals are the strings that are written out although the catalogue has a constant for a code of the same name, by
// folder, with the reason.
var literals = map[string]string{
	"internal/check tool-fault":                    "the runner imports nothing of ours",
	"internal/check cancelled":                     "the runner imports nothing of ours",
	"internal/check time-ran-out":                  "the runner imports nothing of ours",
	"internal/evidence cancelled":                  "a word for a failure of the network",
	"internal/evidence insufficient_claims":        "a word in the answer of a service",
	"internal/codetext AADSTS70002":                "a word in the answer of a service",
	"internal/evidence AADSTS70021":                "a word in the answer of a service",
	"internal/evidence AADSTS70022204":             "a word in the answer of a service",
	"internal/evidence AADSTS700224":               "a word in the answer of a service",
	"internal/codetext Conflict":                   "a word in the answer of a service",
	"internal/preflight excess-rights":             "the ID of a check",
	"internal/report cancelled":                    "a class of a page",
	"internal/report/formtest cancelled":           "a class of a page",
	"internal/report/formtest tool-fault":          "it reads a report as anybody else, without the catalogue",
	"tools/fidelity subject-mismatch":              "the name of a scenario",
	"tools/fidelity SubscriptionRequestsThrottled": "what the simulation is told to answer",
	"tools/fidelity ResourceRequestsThrottled":     "what the simulation is told to answer",
	"tools/fidelity/sdk ResourceGroupNotFound":     "another module, which imports nothing of ours",
	"tools/platforms tls-untrusted":                "the name of a scenario",
	"tools/soak permission-missing":                "the name of a scenario",
}

// TestACodeIsWrittenAsItsConstant finds codes of the catalogue that are written out, where a typing mistake would compile.
func TestACodeIsWrittenAsItsConstant(t *testing.T) {
	root, used := filepath.Join("..", ".."), map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && slices.Contains([]string{"node_modules", "testdata", ".git", "dist", "sim"}, d.Name()) {
			return cmp.Or(err, fs.SkipDir)
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_gen.go") {
			return nil
		}
		files := token.NewFileSet()
		source, err := parser.ParseFile(files, file, nil, 0)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		ast.Inspect(source, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			if _, code := catalogue.Lookup(catalogue.Code(text)); !code {
				return true
			}
			key := filepath.ToSlash(folder) + " " + text
			used[key] = true
			assert.NotEmpty(t, literals[key], "%s: %q is a code: write the constant of package catalogue", files.Position(literal.Pos()), text)
			return true
		})
		return nil
	})
	require.NoError(t, err)
	for _, key := range slices.Sorted(maps.Keys(literals)) {
		assert.True(t, used[key], "%s isn't written out any more: take it out of literals", key)
	}
}

func TestTheCodesOfTheRunnerAreThoseOfTheCatalogue(t *testing.T) {
	assert.Equal(t, []catalogue.Code{catalogue.ToolFault, catalogue.Cancelled, catalogue.TimeRanOut},
		[]catalogue.Code{check.CodeFault, check.CodeCancelled, check.CodeTimeRanOut})
}
