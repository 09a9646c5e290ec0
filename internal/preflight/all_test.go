package preflight

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheSetOfChecksIsSound(t *testing.T) {
	require.NoError(t, check.Validate(All()))
}

func TestEveryDeclaredCheckIsListed(t *testing.T) {
	declared := 0
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.UnaryExpr)
			if !ok || literal.Op != token.AND {
				return true
			}
			if composite, ok := literal.X.(*ast.CompositeLit); ok {
				if id, ok := composite.Type.(*ast.Ident); ok && id.Name == "Check" {
					declared++
				}
			}
			return true
		})
	}
	assert.Len(t, All(), declared, "a check is declared and not in All (CONTRIBUTING, Adding a check, step 1)")
}

func TestEveryCodeOfACheckIsInTheCatalogue(t *testing.T) {
	for _, c := range All() {
		require.NotEmpty(t, c.Codes(), c.ID)
		for _, code := range c.Codes() {
			if strings.ContainsAny(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") { // whatever the service answers
				continue
			}
			_, known := diagnosis.Lookup(diagnosis.Code(code))
			assert.True(t, known, "%s: no entry explains %s (CONTRIBUTING, Adding a check, step 2)", c.ID, code)
		}
	}
}
