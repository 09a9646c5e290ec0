package house

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cuts are the functions that shorten a string to a size, or write "…", and why they may. Everyone else uses
// secret.Filter, which takes secrets out first: half a secret isn't found later.
var cuts = map[string]string{
	"internal/arm/guid.go ParseGUID":                  "takes a GUID apart, which has its length",
	"internal/arm/guid.go String":                     "puts the hyphens into a GUID",
	"internal/connection/pem.go fromUTF16":            "looks at the first two bytes",
	"internal/deployment/functions_text.go cut":       "evaluates take() and skip() of a template, which names resources",
	"internal/deployment/functions_text.go substring": "evaluates substring() of a template, which names resources",
	"internal/deployment/render.go words":             "leaves out the scope above it; what it says is clean already",
	"internal/reading/message.go add":                 "bounds what is read of a pasted text; only values of known forms are printed",
	"internal/reading/message.go stepName":            "bounds the name of a step, which a log prints as it is",
	"internal/evidence/response.go cleanBody":         "bounds what is parsed; what is kept of it goes through a filter",
	"internal/reading/sayings.go sayingsIn":           "bounds what is read of a message; keys are taken out before",
	"internal/reading/sayings.go jsonSayings":         "bounds what is read of a message; keys are taken out before",
	"internal/codetext/line.go bare":                  "looks for a mark near the start",
	"internal/codetext/numbers.go listedNumbers":      "looks for the end of a number",
	"internal/codetext/forms.go namedValues":          "looks for the end of a word",
	"internal/azpipeline/value.go bound":              "bounds what is matched; a value that was cut counts as unknown",
	"internal/preflight/mismatch.go shownApart":       "shows eight characters of an identifier, as everywhere",
	"internal/rights/wanted.go cutData":               "looks at a prefix",
}

// precise finds a verb that cuts its operand.
var precise = regexp.MustCompile(`%[-+ #0]*[0-9]*\.(?:[0-9]+|\*)[sqvx]`)

func TestTextsAreCutInOnePlace(t *testing.T) {
	used, exports := map[string]bool{}, exported(t)
	for _, p := range list(t, everything) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if strings.HasPrefix(name, "tools/") || strings.HasPrefix(name, "internal/sim") || name == "cmd/demo" || name == "internal/secret" || len(p.GoFiles) == 0 {
			continue
		}
		fset, files, info := typed(t, p, exports)
		for _, file := range files {
			for _, decl := range file.Decls {
				where := filepath.ToSlash(name) + "/" + filepath.Base(fset.Position(decl.Pos()).Filename)
				function := "-"
				if f, ok := decl.(*ast.FuncDecl); ok {
					function = f.Name.Name
				}
				ast.Inspect(decl, func(n ast.Node) bool {
					if why := cutting(n, info); why != "" {
						key := where + " " + function
						used[key] = true
						assert.NotEmpty(t, cuts[key], "%s in %s: %s", key, fset.Position(n.Pos()), why)
					}
					return true
				})
			}
		}
	}
	for key := range cuts {
		assert.True(t, used[key], "%s cuts nothing any more: take it off the list", key)
	}
}

// cutting says in which way a node shortens a text; "" when it doesn't.
func cutting(n ast.Node, info *types.Info) string {
	switch n := n.(type) {
	case *ast.SliceExpr:
		if n.High == nil {
			return ""
		}
		kind := info.TypeOf(n.X).Underlying()
		runes := types.Identical(kind, types.NewSlice(types.Typ[types.Rune]))
		bytes := types.Identical(kind, types.NewSlice(types.Typ[types.Byte]))
		if runes || (bytes || types.Identical(kind, types.Typ[types.String])) && sized(n.High, info) {
			return "a text is cut to a size"
		}
	case *ast.BinaryExpr:
		if isEllipsis(n.X) || isEllipsis(n.Y) {
			return "a text that ends in … was cut"
		}
	case *ast.AssignStmt:
		if n.Tok == token.ADD_ASSIGN && isEllipsis(n.Rhs[0]) {
			return "a text that ends in … was cut"
		}
	case *ast.BasicLit:
		if n.Kind == token.STRING && precise.MatchString(n.Value) {
			return "a verb with a precision cuts its operand"
		}
	}
	return ""
}

func isEllipsis(e ast.Expr) bool {
	literal, ok := e.(*ast.BasicLit)
	return ok && strings.Trim(literal.Value, "\"`', ") == "…"
}

// sized says whether a bound is a number that someone chose, other than 0 and 1.
func sized(bound ast.Expr, info *types.Info) bool {
	if value := info.Types[bound].Value; value != nil {
		return value.String() != "0" && value.String() != "1"
	}
	found := false
	ast.Inspect(bound, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "min" {
				found = true
			}
		}
		return true
	})
	return found
}

// typed parses a package and finds out its types, by what the compiler wrote of what it imports.
func typed(t *testing.T, p goPackage, exports importer.Lookup) (*token.FileSet, []*ast.File, *types.Info) {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range slices.Sorted(slices.Values(p.GoFiles)) {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
		require.NoError(t, err)
		files = append(files, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", exports)}
	_, err := config.Check(p.ImportPath, fset, files, info)
	require.NoError(t, err)
	return fset, files, info
}

// exported opens what the compiler wrote of a package.
func exported(t *testing.T) importer.Lookup {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./internal/...", "./cmd/...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	require.NoError(t, err)
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
}
