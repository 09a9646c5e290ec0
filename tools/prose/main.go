// Command prose lists the places where text that people read differs from docs/style.md.
//
//	prose             check all scopes; exit code 1 if there are findings (./build.sh check)
//	prose SCOPE…      check these scopes
//
// The rules are Vale's, in tools/prose/styles; nothing is downloaded. Vale reads Markdown and the comments of Go on its own.
// Texts in JSON, YAML, and Go are extracted first, and a finding names the line that they come from. It doesn't read texts of one
// word, sentences that a program joins at run time from different expressions, HTML templates, and build.sh.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if err := run(".", os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "prose:", err)
		os.Exit(1)
	}
}

// A scope is a set of files that are checked together.
type scope struct {
	name string
	// files are patterns from the root of the repository; ** is any folder. Those that begin with ! are left out.
	files []string
	// ignored are the findings that make no sense in these files, as "Rule: message"; nil if all do.
	ignored *regexp.Regexp
	// extract returns the texts of a file that Vale can't read, nil if it can.
	extract func(name string, source []byte) ([]text, error)
}

var scopes = []scope{
	{name: "docs", files: []string{"README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "!docs/troubleshooting.md", "docs/adr/*.md", "extension/*.md", "internal/catalogue/README.md"}},
	{name: "tasks", files: []string{"task/*/*/task.json", "vss-extension.json", "docs/recipes.json"}, extract: values},
	{name: "forms", files: []string{".github/**/*.yml", "docs/pipelines/*.yml", "azure-pipelines.yml"}, extract: values},
	{name: "catalogue", files: []string{"internal/catalogue/*.md", "!internal/catalogue/README.md", "internal/catalogue/entries/**/*.md", "internal/catalogue/topics/*.md"}, extract: entry},
	{name: "strings", files: []string{"internal/**/*.go", "cmd/armpreflight/*.go", "!internal/**/*_test.go", "!internal/**/*_gen.go", "!internal/sim/**", "!internal/house/**", "!internal/attack/**", "!internal/report/formtest/**"}, extract: literals},
	{name: "comments", files: []string{"internal/**/*.go", "cmd/**/*.go", "tools/**/*.go", "!internal/**/*_gen.go"}, ignored: inComments},
}

// inComments are findings that make no sense in comments of Go. The style of Go's own documentation has "may" for what a caller can
// do and for what can happen. A definition needs a relative clause, such as "the folder in which" or "one that". And comments name
// parameters, packages, and programs without marking them as code, so most words that aren't in the dictionary are right.
var inComments = regexp.MustCompile(`(?i)^(?:May|Spelling): |^Whom: .*'in\s+which'|^Persons: .*'ones?\s+that'|^Posture: .*'(?:hang|(?-i:Standing)|Stands)'`)

func run(root string, names []string, out io.Writer) error {
	chosen := func(scope) bool { return true }
	if len(names) > 0 {
		for _, name := range names {
			if name != "all" && !slices.ContainsFunc(scopes, func(s scope) bool { return s.name == name }) {
				return fmt.Errorf("there's no scope %q", name)
			}
		}
		chosen = func(s scope) bool { return slices.Contains(names, s.name) || slices.Contains(names, "all") }
	}
	l, err := newLinter(root)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "prose")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	total := 0
	for _, s := range scopes {
		if !chosen(s) {
			continue
		}
		found, err := s.findings(l, root, work)
		if err != nil {
			return fmt.Errorf("scope %s: %w", s.name, err)
		}
		for _, f := range found {
			fmt.Fprintln(out, f)
		}
		fmt.Fprintf(out, "%s: %d\n", s.name, len(found))
		total += len(found)
	}
	if total > 0 {
		return fmt.Errorf("%d places depart from docs/style.md", total)
	}
	return nil
}

// A finding is one place that breaks a rule.
type finding struct {
	File, Rule, Message string
	Line                int
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s [%s]", f.File, f.Line, f.Message, f.Rule)
}

// findings returns what Vale reports for the files of a scope, in the order of files and lines.
func (s scope) findings(l linter, root, work string) ([]finding, error) {
	names, err := s.list(root)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("it has no files")
	}
	origin := map[string][]source{} // by the path that Vale is given: where each line comes from
	paths := make([]string, 0, len(names))
	for i, name := range names {
		file := filepath.Join(root, filepath.FromSlash(name))
		if s.extract == nil {
			origin[file] = []source{{file: name}}
			paths = append(paths, file)
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		texts, err := s.extract(name, content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		page := filepath.Join(work, fmt.Sprintf("%s-%d.md", s.name, i))
		written, lines := pageOf(name, texts)
		if err := os.WriteFile(page, []byte(written), 0o600); err != nil {
			return nil, err
		}
		origin[page] = lines
		paths = append(paths, page)
	}
	reports, err := l.alerts(paths)
	if err != nil {
		return nil, err
	}
	var all []finding
	for file := range reports {
		lines := origin[file]
		for _, a := range reports[file] {
			f := finding{File: lines[0].file, Line: a.Line, Rule: strings.TrimPrefix(a.Check, "House."), Message: a.Message}
			if s.ignored != nil && s.ignored.MatchString(f.Rule+": "+f.Message) {
				continue
			}
			if s.extract != nil {
				f.Line = lines[min(a.Line, len(lines))-1].line
			}
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int { return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line) })
	return all, nil
}

// list returns the files of a scope, sorted, from the root of the repository.
func (s scope) list(root string) ([]string, error) {
	var names []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"node_modules", "testdata", ".git", "dist"}, entry.Name()):
			return fs.SkipDir
		case !entry.IsDir() && s.has(name):
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// has reports whether a file is in the scope.
func (s scope) has(name string) bool {
	in := false
	for _, pattern := range s.files {
		pattern, out := strings.CutPrefix(pattern, "!")
		if matches(strings.Split(pattern, "/"), strings.Split(name, "/")) {
			in = !out
		}
		if out && !in && matches(strings.Split(pattern, "/"), strings.Split(name, "/")) {
			return false
		}
	}
	return in
}

// matches compares a path with a pattern, part by part; ** is any number of parts.
func matches(pattern, parts []string) bool {
	if len(pattern) == 0 || len(parts) == 0 {
		return len(pattern) == 0 && len(parts) == 0
	}
	if pattern[0] == "**" {
		return matches(pattern[1:], parts) || matches(pattern, parts[1:]) || len(pattern) == 1
	}
	ok, _ := path.Match(pattern[0], parts[0])
	return ok && matches(pattern[1:], parts[1:])
}

// An alert is Vale's report of one place (vale --output=JSON).
type alert struct {
	Check, Message string
	Line           int
}

// A linter is Vale with a repository's rules.
type linter struct{ program, config string }

// newLinter finds Vale, as tools/prose.mod has it, and builds it if it isn't there yet.
func newLinter(root string) (linter, error) {
	cmd := exec.Command("go", "tool", "-modfile=tools/prose.mod", "-n", "vale")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	cmd.Dir = root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return linter{}, fmt.Errorf("build vale, which needs a C compiler: %w\n%s", err, stderr.String())
	}
	return linter{program: strings.TrimSpace(string(out)), config: absolute(filepath.Join(root, "tools", "prose", "vale.ini"))}, nil
}

// alerts runs the linter and returns what it reports by file, under the names that are given.
func (l linter) alerts(files []string) (map[string][]alert, error) {
	given := map[string]string{}
	args := []string{"--config=" + l.config, "--output=JSON", "--no-exit"}
	for _, file := range files {
		full := absolute(file)
		given[full] = file
		args = append(args, full)
	}
	cmd := exec.Command(l.program, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("run vale: %w\n%s%s", err, stderr.String(), out)
	}
	var reports map[string][]alert
	if err := json.Unmarshal(out, &reports); err != nil {
		return nil, fmt.Errorf("read vale's report: %w\n%s", err, out)
	}
	all := map[string][]alert{}
	for full, found := range reports {
		file, ok := given[full]
		if !ok {
			return nil, fmt.Errorf("vale reports on %s, which it wasn't given", full)
		}
		all[file] = found
	}
	return all, nil
}

func absolute(file string) string {
	full, err := filepath.Abs(file)
	if err != nil {
		return file // the working directory is gone; vale reports it
	}
	return full
}
