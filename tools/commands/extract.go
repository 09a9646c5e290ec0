package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"armpreflight/internal/catalogue"
)

// A told command line is one that a reader is told to run.
type told struct {
	where string // the code, the topic, or the file
	text  string // as a shell gets it
	lines bool   // it's for one kind of shell, since it continues on another line
}

// everywhere finds all command lines, in order and without duplicates.
func everywhere(repository string) ([]told, error) {
	p := readPrograms(optionsText)
	all := fromCatalogue(p)
	for _, pattern := range []string{"*.md", "docs/*.md", "extension/*.md", "internal/cli/testdata/creation/*.txt", "docs/pipelines/*.yml"} {
		files, err := filepath.Glob(filepath.Join(repository, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			name, err := filepath.Rel(repository, file)
			if err != nil {
				return nil, err
			}
			// It's generated from the catalogue, which is read directly.
			if name = filepath.ToSlash(name); name != "docs/troubleshooting.md" {
				all = append(all, fromPage(p, name, string(text))...)
			}
		}
	}
	program, err := fromProgram(p, repository)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(append(all, program...), func(t told) bool {
		twice := seen[t.text]
		seen[t.text] = true
		return twice
	}), nil
}

func fromCatalogue(p programs) []told {
	var all []told
	add := func(where, text string) {
		for _, line := range p.inProse(text) {
			all = append(all, told{where: where, text: line})
		}
	}
	for _, e := range append(slices.Clone(catalogue.All()), catalogue.Unknown("X")) {
		for text := range e.Texts() {
			for _, v := range text {
				add(string(e.Code), v.Text)
			}
		}
		add(string(e.Code), e.Remedy)
	}
	for _, t := range catalogue.Topics() {
		texts := append([]string{t.Means, t.Finds}, t.Beware...)
		for _, f := range t.Fixes {
			texts = append(texts, f.Steps...)
		}
		for _, text := range texts {
			add(t.Title, text)
		}
	}
	return all
}

// commandIndent precedes a command in a report for a terminal.
const commandIndent = "                   "

var (
	code      = regexp.MustCompile("`([^`\n]+)`")
	scriptKey = regexp.MustCompile(`^- (?:script|bash|pwsh|powershell): `)
)

// fromPage finds commands in blocks and spans of code of a page, and in lines of a text that are a command.
func fromPage(p programs, name, text string) []told {
	var all []told
	joined := strings.ReplaceAll(text, " \\\n", " \x00")
	for line := range strings.Lines(joined) {
		if strings.HasSuffix(name, ".txt") && !strings.HasPrefix(line, commandIndent) {
			continue // a sentence of a report
		}
		line = scriptKey.ReplaceAllString(strings.TrimSpace(line), "")
		if p.isCommand(line) {
			all = append(all, told{where: name, text: filled(strings.Join(strings.Fields(strings.ReplaceAll(line, "\x00", "")), " ")), lines: strings.Contains(line, "\x00")})
		}
		for _, m := range code.FindAllStringSubmatch(line, -1) {
			if p.isCommand(m[1]) {
				all = append(all, told{where: name, text: filled(m[1])})
			}
		}
	}
	return all
}

// isCommand reports whether a line of code begins with a command that options.txt has.
func (p programs) isCommand(line string) bool {
	words := strings.Fields(line)
	return len(words) > 0 && p.program(words[0])
}

func (p programs) program(word string) bool {
	if p.begin[word] {
		return true
	}
	_, known := p.commands[word]
	return known
}

// fromProgram finds commands in what the program itself says. The commands of creation are joined from parts, so they're
// read from its pages in testdata.
func fromProgram(p programs, repository string) ([]told, error) {
	var all []told
	err := filepath.WalkDir(filepath.Join(repository, "internal"), func(file string, d fs.DirEntry, err error) error {
		name := filepath.ToSlash(file)
		if err != nil || d.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_gen.go") ||
			strings.HasSuffix(name, "creation/recommend.go") || strings.Contains(name, "internal/sim/") {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil || !strings.Contains(text, " ") {
				return true
			}
			for line := range strings.Lines(text) {
				if strings.HasSuffix(line, " ") { // the rest isn't in this literal
					line += "PLACEHOLDER"
				}
				for _, c := range p.inProse(line) {
					all = append(all, told{where: strings.TrimPrefix(name, filepath.ToSlash(repository)+"/"), text: c})
				}
			}
			return true
		})
		return nil
	})
	return all, err
}
