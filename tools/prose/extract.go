package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A text is text that people read, as Markdown, and the line where it begins.
type text struct {
	line    int
	content string
	// page says that its lines are those of the file; otherwise, they're all on one line there.
	page bool
}

// A source is the origin of a line of an extracted page.
type source struct {
	file string
	line int
}

// pageOf writes texts as a page of paragraphs, and says where each of its lines comes from.
func pageOf(file string, texts []text) (string, []source) {
	var b strings.Builder
	lines := []source{}
	for _, t := range texts {
		at := t.line
		for line := range strings.Lines(strings.TrimRight(t.content, "\n") + "\n\n") {
			b.WriteString(line)
			lines = append(lines, source{file, at})
			if t.page {
				at++
			}
		}
	}
	if len(lines) == 0 {
		lines = []source{{file, 1}}
	}
	return b.String(), lines
}

// shown are the keys of JSON and YAML whose values people read.
var shown = []string{"friendlyName", "description", "helpMarkDown", "label", "displayName", "about", "title", "value", "asks", "right"}

// values returns the texts of a JSON or YAML file: the values of some keys, the options of an input, and the comments.
func values(_ string, content []byte) ([]text, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, err
	}
	var all []text
	var walk func(n *yaml.Node, read bool)
	walk = func(n *yaml.Node, read bool) {
		for _, comment := range []string{n.HeadComment, n.LineComment, n.FootComment} {
			if comment != "" {
				all = append(all, text{line: n.Line, content: regexp.MustCompile(`(?m)^# ?`).ReplaceAllString(comment, "")})
			}
		}
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				key, value := n.Content[i], n.Content[i+1]
				walk(key, false)
				walk(value, slices.Contains(shown, key.Value) && value.Kind == yaml.ScalarNode || key.Value == "options" || read && value.Kind == yaml.ScalarNode)
			}
		case yaml.ScalarNode:
			if read && words.MatchString(n.Value) {
				all = append(all, text{line: n.Line, content: n.Value})
			}
		default:
			for _, child := range n.Content {
				walk(child, read)
			}
		}
	}
	walk(&document, false)
	return all, nil
}

// told are the keys of an entry's front matter whose values people read; the others are services' texts and names.
var told = regexp.MustCompile(`^(?:remedy|rule): *"?(.*?)"?$`)

// entry returns the texts of a page with front matter.
func entry(_ string, content []byte) ([]text, error) {
	front, body, ok := strings.Cut(strings.TrimPrefix(string(content), "---\n"), "\n---\n")
	if !ok || !strings.HasPrefix(string(content), "---\n") {
		return []text{{line: 1, content: string(content), page: true}}, nil
	}
	var all []text
	rows := strings.Split(front, "\n")
	for i, row := range rows {
		if m := told.FindStringSubmatch(row); m != nil {
			all = append(all, text{line: i + 2, content: m[1]})
		}
	}
	return append(all, text{line: len(rows) + 3, content: body, page: true}), nil
}

var (
	words = regexp.MustCompile(`[A-Za-z]{2,}[,;:]? +[A-Za-z]{2,}`)
	verb  = regexp.MustCompile(`%[-+# 0]*(?:\[\d+\])?[0-9*]*(?:\.[0-9*]+)?[a-zA-Z]`)
	// gap separates the columns of a usage text.
	gap = regexp.MustCompile(`\n|\t| {2,}`)
	// mark finds what precedes the first word of a piece: bullets, step numbers, quotation marks.
	mark = regexp.MustCompile(`^[^A-Za-z"'` + "`" + `~(-]+`)
	// code finds a piece that's another program's command, or a message of Go's packages that the code compares.
	code = regexp.MustCompile(`^(?:az [a-z]|complete -|(?:http2?|net|tls|x509): )`)
	// program finds a flag, a command, or a name that isn't a word, which aren't prose.
	program = regexp.MustCompile(`(?:^|[\s("'])(--?[a-z][\w-]*(?:[ =](?:[A-Z]+|json|html|csv|junit|sarif)\b)?|##\S+|_\w+|[A-Za-z_][\w.]*[_.][\w.]+\w|[\w-]*/[\w./-]+|\$\([^)]*\))`)
)

// choices finds a list of a flag's values, which aren't words of the sentence.
var choices = regexp.MustCompile(`\b[a-z]+(?:\|[a-z]+)+\b|\b(?:json|html|csv|junit|sarif)\b(,| or\b)|((?:,| or) )(?:json|html|csv|junit|sarif)\b`)

// compiled are the calls whose texts are expressions for a program, or are compared with others' texts.
var compiled = []string{"regexp.MustCompile", "regexp.Compile", "template.New", "strings.NewReplacer",
	"strings.Contains", "strings.HasPrefix", "strings.HasSuffix", "strings.Cut", "strings.CutPrefix", "strings.CutSuffix"}

// literals returns the texts of a Go file: string literals of at least two words, joined where an expression joins them. What's
// between them, and the verbs of a format, becomes a code span. Expressions, struct tags, and imports are left out.
func literals(name string, content []byte) ([]text, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, content, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var all []text
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			if n.Tag != nil {
				n.Tag = nil
			}
		case *ast.CompositeLit:
			if n.Type != nil && types.ExprString(n.Type) == "lazyregexp.Regexp" {
				return false
			}
		case *ast.CallExpr:
			if call, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains(compiled, fmt.Sprint(call.X)+"."+call.Sel.Name) {
				return false
			}
		case *ast.BinaryExpr:
			if n.Op == token.ADD {
				if joined, ok := join(n); ok {
					all = append(all, pieces(files.Position(n.Pos()).Line, joined)...)
					return false
				}
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				value, err := strconv.Unquote(n.Value)
				if err != nil {
					return true // the parser accepts only valid literals
				}
				line := files.Position(n.Pos()).Line
				if strings.HasPrefix(n.Value, "`") {
					for i, row := range strings.Split(value, "\n") {
						all = append(all, pieces(line+i, row)...)
					}
					return true
				}
				all = append(all, pieces(line, value)...)
			}
		}
		return true
	})
	return all, nil
}

// join concatenates the literals of a sum; false if it has no literal.
func join(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		left, ok := join(e.X)
		right, also := join(e.Y)
		return left + right, ok || also
	case *ast.BasicLit:
		value, err := strconv.Unquote(e.Value)
		return value, err == nil && e.Kind == token.STRING
	}
	return "%v", false
}

// pieces splits a text into its sentences and columns, as Markdown.
func pieces(line int, value string) []text {
	var all []text
	for _, piece := range gap.Split(value, -1) {
		if code.MatchString(strings.TrimSpace(piece)) {
			continue
		}
		piece = verb.ReplaceAllString(choices.ReplaceAllString(piece, "${2}~x~${1}"), "~x~")
		piece = strings.NewReplacer("*", "", "<", "", ">", "", "#", "", "|", " ", "`", "", "~", "`").Replace(mark.ReplaceAllString(piece, ""))
		if words.MatchString(piece) {
			piece = program.ReplaceAllString(piece, " `x`")
			all = append(all, text{line: line, content: strings.TrimSpace(piece)})
		}
	}
	return all
}
