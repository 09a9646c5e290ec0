package house

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryDocLinkLeadsSomewhere: a [Name] in a comment is a name of the package, or of one that its file imports. The
// packages that others read first have links at all.
func TestEveryDocLinkLeadsSomewhere(t *testing.T) {
	link := regexp.MustCompile(`(?:^|[\s(])\[\*?([A-Za-z]\w*(?:\.[A-Z]\w*)*)\](?:$|[\s,.;:)])`)
	linked := map[string]int{}
	folders, err := filepath.Glob(filepath.Join("..", "..", "internal", "*"))
	require.NoError(t, err)
	more, err := filepath.Glob(filepath.Join("..", "sim", "*"))
	require.NoError(t, err)
	for _, folder := range append(folders, more...) {
		paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		set := token.NewFileSet()
		var files []*ast.File
		imported := map[string]bool{}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
			require.NoError(t, err)
			files = append(files, file)
			for _, spec := range file.Imports {
				imported[filepath.Base(strings.Trim(spec.Path.Value, `"`))] = true
			}
		}
		if len(files) == 0 {
			continue
		}
		p, err := doc.NewFromFiles(set, files, "armpreflight/"+filepath.Base(folder), doc.AllDecls|doc.PreserveAST)
		require.NoError(t, err)
		names := declared(p)
		for _, file := range files {
			var comments []*ast.CommentGroup
			if file.Doc != nil {
				comments = append(comments, file.Doc)
			}
			for _, d := range file.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					comments = append(comments, d.Doc)
				case *ast.GenDecl:
					comments = append(comments, d.Doc)
				}
			}
			for _, comment := range comments {
				for line := range strings.Lines(comment.Text()) {
					if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
						continue // written as it is
					}
					for _, m := range link.FindAllStringSubmatch(strings.TrimRight(line, "\n"), -1) {
						first, _, dotted := strings.Cut(m[1], ".")
						switch {
						case names[m[1]]:
							linked[p.Name]++
						case dotted && imported[first], imported[m[1]]:
						case strings.Contains(comment.Text(), "\n["+m[1]+"]: http"): // a link with its address
						case first == strings.ToLower(first):
							// no link: the usual way to write that something may be left out
						default:
							t.Errorf("%s: [%s] is no name of package %s, nor of one that it imports", set.Position(comment.Pos()), m[1], p.Name)
						}
					}
				}
			}
		}
	}
	for _, name := range []string{"check", "secret", "web", "report", "pipeline", "lint", "codetext", "evidence", "diagnosis", "reading", "preflight", "creation", "cli"} {
		assert.NotZero(t, linked[name], "the comments of package %s link to none of its names", name)
	}
}

// declared are the names of a package, methods behind those of their types.
func declared(p *doc.Package) map[string]bool {
	names := map[string]bool{}
	values := func(all []*doc.Value) {
		for _, v := range all {
			for _, name := range v.Names {
				names[name] = true
			}
		}
	}
	functions := func(before string, all []*doc.Func) {
		for _, f := range all {
			names[before+f.Name] = true
		}
	}
	values(p.Consts)
	values(p.Vars)
	functions("", p.Funcs)
	for _, typ := range p.Types {
		names[typ.Name] = true
		values(typ.Consts)
		values(typ.Vars)
		functions("", typ.Funcs)
		functions(typ.Name+".", typ.Methods)
		for _, spec := range typ.Decl.Specs {
			if s, ok := spec.(*ast.TypeSpec); ok {
				if fields, ok := s.Type.(*ast.StructType); ok {
					for _, field := range fields.Fields.List {
						for _, name := range field.Names {
							names[typ.Name+"."+name.Name] = true
						}
					}
				}
			}
		}
	}
	return names
}
