package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// columns is how many columns a row of a table may have without their names.
const columns = 3

// TestATableOfManyColumnsNamesThem reads the tables of all tests and scenarios.
func TestATableOfManyColumnsNamesThem(t *testing.T) {
	files := token.NewFileSet()
	rows := 0
	require.NoError(t, filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"node_modules", "testdata", ".git", "dist"}, d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go") && (!strings.HasSuffix(path, ".go") || !strings.Contains(filepath.ToSlash(path), "internal/sim/scenario/")):
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if table, ok := n.(*ast.CompositeLit); ok {
				for _, row := range rowsOf(table) {
					rows++
					_, named := row.Elts[0].(*ast.KeyValueExpr)
					if !named && len(row.Elts) > columns {
						t.Errorf("%s: name the columns", files.Position(row.Pos()))
					}
				}
			}
			return true
		})
		return nil
	}))
	assert.Greater(t, rows, 500)
}

// rowsOf are the structs without a type of their own in a slice, an array or a map.
func rowsOf(table *ast.CompositeLit) []*ast.CompositeLit {
	var row ast.Expr
	switch typed := table.Type.(type) {
	case *ast.ArrayType:
		row = typed.Elt
	case *ast.MapType:
		row = typed.Value
	}
	switch row.(type) {
	case nil, *ast.ArrayType, *ast.MapType:
		return nil
	}
	var all []*ast.CompositeLit
	for _, e := range table.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			e = pair.Value
		}
		if literal, ok := e.(*ast.CompositeLit); ok && literal.Type == nil && len(literal.Elts) > 0 {
			all = append(all, literal)
		}
	}
	return all
}
