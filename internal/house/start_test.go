package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	// cheap are the functions that a package-level variable may be given the result of: they take well below a microsecond.
	cheap = []string{
		"append", "errors.New", "len", "slices.Clone", "slices.Concat", "strings.Join",
		"strings.NewReplacer", "sync.OnceValue", "sync.OnceValues", "time.Date", // NewReplacer builds its table at its first use
	}
	// early are the variables that are made before main anyway.
	early = map[string]string{
		"internal/secret.lower":     "256 bytes that every verb needs",
		"internal/secret.wrapTable": "256 bytes that every verb needs",
		"internal/secret.hexTable":  "256 bytes that every verb needs",
		"internal/cli.issueWords":   "a word of another package",
	}
	// mostKeys is how many keys a map may have that is made before main.
	mostKeys = 32
)

// TestNothingIsMadeBeforeMain holds the start of the program: each verb pays for what every package makes before main, the
// task in every job. GODEBUG=inittrace=1 shows the time of each package.
func TestNothingIsMadeBeforeMain(t *testing.T) {
	var used []string
	eachShippedFile(t, func(name string, file *ast.File) {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				assert.False(t, f.Recv == nil && f.Name.Name == "init", "%s has a function init", name)
			}
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.ValueSpec)
				for i, value := range spec.Values {
					variable := name + "." + spec.Names[min(i, len(spec.Names)-1)].Name
					for _, costly := range madeOf(value) {
						if _, ok := early[variable]; ok {
							used = append(used, variable)
							continue
						}
						t.Errorf("%s is made before main of %s: make it when it's first needed (sync.OnceValue, lazyregexp)", variable, costly)
					}
				}
			}
		}
	})
	for variable := range early {
		assert.Contains(t, used, variable, "no longer made before main: take it off the list")
	}
}

// madeOf returns what of an expression costs something, if it's the value of a package-level variable.
func madeOf(value ast.Expr) []string {
	var costly []string
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // runs later, unless it's called here
		case *ast.CallExpr:
			if _, conversion := n.Fun.(*ast.ArrayType); conversion {
				break
			}
			if call := types.ExprString(n.Fun); !slices.Contains(cheap, call) {
				costly = append(costly, call)
			}
		case *ast.CompositeLit:
			if _, ok := n.Type.(*ast.MapType); ok && len(n.Elts) > mostKeys {
				costly = append(costly, "a map of many keys")
			}
		}
		return true
	})
	return costly
}

func TestWhatIsMadeBeforeMainIsSeen(t *testing.T) {
	for text, want := range map[string]bool{
		"regexp.MustCompile(`a`)":                          true,
		"func() []int { return nil }()":                    true,
		"[]any{template.Must(nil, nil)}":                   true,
		"map[string]any{`a`: f()}":                         true,
		"map[int]int{" + strings.Repeat("1: 1,", 33) + "}": true,
		"&lazyregexp.Regexp{Expression: `a`}":              false,
		"sync.OnceValue(func() int { return f() })":        false,
		"[]byte(`a`)":               false,
		"func() int { return f() }": false,
		"map[string]int{`a`: 1}":    false,
	} {
		value, err := parser.ParseExpr(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, len(madeOf(value)) > 0, text)
	}
}

// TestEveryLazyExpressionCompiles: what's compiled late would fail late.
func TestEveryLazyExpressionCompiles(t *testing.T) {
	found := 0
	eachShippedFile(t, func(name string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || literal.Type == nil || types.ExprString(literal.Type) != "lazyregexp.Regexp" {
				return true
			}
			found++
			require.Len(t, literal.Elts, 1, name)
			expression := literal.Elts[0].(*ast.KeyValueExpr).Value
			text, ok := textOf(expression, file)
			if assert.True(t, ok, "%s: an expression of lazyregexp is written out, or joined of constants of its file: %s", name, types.ExprString(expression)) {
				_, err := regexp.Compile(text)
				assert.NoError(t, err, name)
			}
			return true
		})
	})
	assert.Greater(t, found, 20)
}

// textOf returns the value of a constant expression of strings and of constants that the same file declares.
func textOf(e ast.Expr, file *ast.File) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, ok := textOf(e.X, file)
		right, also := textOf(e.Y, file)
		return left + right, ok && also && e.Op == token.ADD
	case *ast.Ident:
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.ValueSpec)
				if i := slices.IndexFunc(spec.Names, func(n *ast.Ident) bool { return n.Name == e.Name }); i >= 0 && i < len(spec.Values) {
					return textOf(spec.Values[i], file)
				}
			}
		}
	}
	return "", false
}

// eachShippedFile parses the files of each package of ours in the program, for whatever system they are.
func eachShippedFile(t *testing.T, do func(name string, file *ast.File)) {
	t.Helper()
	for _, p := range list(t, shipping) {
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours {
			continue
		}
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		require.NoError(t, err)
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			do(name, file)
		}
	}
}
