// Package lint reads Azure Pipelines YAML as it stands in a repository, and finds
// what would stop a run before its first step: service connections that are named
// by something that is known too late.
//
// [Run] is the one way in. Templates, extends, parameters, loops and conditions are followed within the
// repository. Where a value cannot be known from the files (a condition, a
// function, a template of another repository), every possibility is looked at and
// nothing is said that would be wrong for one of them. It is no validator of
// pipelines: Azure DevOps is.
package lint

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// Severity says whether a finding fails the lint.
type Severity string

// The severities. A note may be wrong where the pipeline's settings know more.
const (
	Error Severity = "error"
	Note  Severity = "note"
)

// Finding is one place that needs a change. Line and column count from 1; the file
// is named from the root of the repository, with slashes.
type Finding struct {
	Severity     Severity
	File         string
	Line, Column int
	Diagnosis    diagnosis.Diagnosis
}

// Unseen is a part of a pipeline that the files do not show, or that this tool has
// not looked at.
type Unseen struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Why  string `json:"why"`
}

// Result is what the files show.
type Result struct {
	Files    int       // read as a pipeline or a template
	Findings []Finding // by file, line and column
	// Unreadable are the files that cannot be read at all, by file. Each is an error: nobody knows what is in it.
	Unreadable []Unreadable
	Unseen     []Unseen // parts of what was read
	// Unpatched are findings that the patch does not mend, and why.
	Unpatched []Unseen
	patches   map[string][]insertion
	sources   map[string]*source
}

// Options choose what is looked for.
type Options struct {
	RequirePreflight bool // report jobs that use Azure without ArmPreflight@1 before

	order func(files []string) // for tests: the files are looked at in another order
}

// Run looks at files and folders of a repository, named from its root. The error
// says which of them cannot be read, or is no pipeline.
func Run(repository fs.FS, names []string, options Options) (Result, error) {
	all := &library{files: repository, read: map[string]opened{}}
	l := &linter{library: all, options: options, left: maxAll, seen: map[string]int{}, unseenBefore: map[Unseen]bool{}, unreadable: map[string]*Unreadable{},
		inserted: map[string]bool{}, server: map[*yaml.Node]bool{}}
	var files []string
	for _, name := range names {
		before := len(l.unreadable) + len(l.result.Unseen)
		found, err := l.find(name)
		switch {
		case err != nil:
			return Result{}, err
		case len(found) == 0 && len(l.unreadable)+len(l.result.Unseen) == before:
			return Result{}, fmt.Errorf("%s doesn't contain an Azure pipeline", name)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	if len(files) == 0 {
		return Result{}, l.nothingRead()
	}

	if options.order != nil {
		options.order(files)
	}
	if err := l.lintAll(files); err != nil {
		return Result{}, err
	}
	l.dropServerSteps()
	l.result.sources = map[string]*source{}
	for name, one := range all.read {
		if one.file != nil && one.file.root != nil && (one.file.followed || one.file.isPipeline()) {
			l.result.Files++
			l.result.sources[name] = one.file
		}
	}
	slices.SortStableFunc(l.result.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Diagnosis.Code, b.Diagnosis.Code), cmp.Compare(a.Diagnosis.Headline, b.Diagnosis.Headline), cmp.Compare(a.Severity, b.Severity))
	})
	for _, name := range slices.Sorted(maps.Keys(l.unreadable)) {
		l.result.Unreadable = append(l.result.Unreadable, *l.unreadable[name])
	}
	l.result.Unseen, l.result.Unpatched = inOrder(l.result.Unseen), inOrder(l.result.Unpatched)
	return l.result, nil
}

// lintAll looks at the files. A template is read where it is used, with what it is given there; by itself only when
// nothing uses it. Which ones these are does not depend on the order of the files.
func (l *linter) lintAll(names []string) error {
	used := map[string][]string{} // by template: the other files that use it
	var pipelines, templates []*source
	for _, name := range names {
		file, err := l.library.open(name)
		if err != nil {
			return err
		}
		for _, template := range file.templates() {
			if template != name {
				used[template] = append(used[template], name)
			}
		}
	}
	for _, name := range names {
		file, _ := l.library.open(name) // it was opened above
		if len(used[name]) == 0 && !file.isForOthers() {
			pipelines = append(pipelines, file)
		} else {
			templates = append(templates, file)
		}
	}
	for _, file := range pipelines {
		l.lint(file)
	}
	// Of what no pipeline has followed, first that which no other such file uses; where they use one another in a circle, all.
	for turn := 0; ; turn++ {
		left := map[string]bool{}
		for _, file := range templates {
			if !file.followed {
				left[file.name] = true
			}
		}
		if len(left) == 0 {
			return nil
		}
		round := slices.DeleteFunc(slices.Clone(templates), func(file *source) bool {
			return !left[file.name] || slices.ContainsFunc(used[file.name], func(user string) bool { return left[user] })
		})
		if len(round) == 0 || turn == maxDepth {
			round = slices.DeleteFunc(slices.Clone(templates), func(file *source) bool { return !left[file.name] })
		}
		for _, file := range round {
			l.lint(file)
			file.followed = true
		}
	}
}

func inOrder(all []Unseen) []Unseen {
	slices.SortFunc(all, func(a, b Unseen) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Why, b.Why))
	})
	return slices.Compact(all)
}

// linter collects over all pipelines.
type linter struct {
	library      *library
	options      Options
	result       Result
	left         int                    // how many nodes may still be looked at
	seen         map[string]int         // places in the findings
	unseenBefore map[Unseen]bool        // what is not seen
	unreadable   map[string]*Unreadable // by name
	inserted     map[string]bool        // steps of the patch
	server       map[*yaml.Node]bool    // lists of steps that run without an agent
}

// pipelineFile is cheaper than to read every YAML file of a repository.
var pipelineFile = lazyregexp.New(`(?m)^(stages|jobs|steps|extends|variables|\$\{\{.*\}\}) *:`)

// find gives the pipelines at a name: a file that must be one, or those in a folder.
func (l *linter) find(name string) ([]string, error) {
	info, err := fs.Stat(l.library.files, name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s isn't a regular file", name) // a pipe would be waited for
		}
		file, err := l.library.open(name)
		if err != nil {
			l.cannotRead(err)
			return nil, nil
		}
		if !file.isPipeline() {
			return nil, fmt.Errorf("%s isn't an Azure pipeline: it has no list of stages, jobs, or steps, and no extends", name)
		}
		file.named = true
		return []string{name}, nil
	}
	var all []string
	err = fs.WalkDir(l.library.files, name, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.unseen(at, 0, "can't be read")
			return nil
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case !entry.Type().IsRegular(), !slices.Contains([]string{".yml", ".yaml"}, strings.ToLower(path.Ext(at))):
			return nil
		}
		text, err := l.library.text(at)
		if err == nil && !pipelineFile.Match(bytes.TrimPrefix(utf8Text(text), []byte("\uFEFF"))) {
			return nil
		}
		file, err := l.library.open(at)
		if err != nil {
			l.cannotRead(err)
			return nil
		}
		if file.isPipeline() {
			all = append(all, at)
		}
		return nil
	})
	return all, err
}

// cannotRead remembers a file that cannot be read. One that is not there may be made by the run, as a template is in some
// repositories: what it holds is not seen.
func (l *linter) cannotRead(err error) {
	if one, ok := errors.AsType[*Unreadable](err); ok && !one.missing {
		l.unreadable[one.File] = one
	}
}

// nothingRead says that there is no file to look at: the first that cannot be read, and how many more.
func (l *linter) nothingRead() error {
	names := slices.Sorted(maps.Keys(l.unreadable))
	switch len(names) {
	case 0:
		return fmt.Errorf("no pipeline could be read: %s", l.result.Unseen[0])
	case 1:
		return l.unreadable[names[0]]
	}
	return fmt.Errorf("%w; %d more can't be read", l.unreadable[names[0]], len(names)-1)
}

func (l *linter) unseen(file string, line int, why string) {
	if u := (Unseen{file, line, why}); !l.unseenBefore[u] {
		l.unseenBefore[u] = true
		l.result.Unseen = append(l.result.Unseen, u)
	}
}

// lint looks at one pipeline, or at a template that nothing here uses.
func (l *linter) lint(file *source) {
	w := &walk{linter: l, left: maxNodes, alone: file.isForOthers()}
	p := w.pipeline(w.root(file))
	steps := w.alone && file.value("steps") != nil // the job around them is elsewhere
	for _, s := range p.stages {
		for _, j := range s.jobs {
			late := l.connections(w, j)
			if l.options.RequirePreflight && !steps {
				l.preflight(j, late)
			}
		}
		l.references(s, w.alone)
	}
	if w.cut {
		l.unseen(file.name, 0, "it's larger or deeper than this tool's limits, so only a part of it was checked")
	}
}

// finding is a code with what is known of it.
type finding interface {
	catalogue.Facts
	Code() catalogue.Code
}

// report keeps a finding once, however often a template is used.
func (l *linter) report(at place, severity Severity, found finding) {
	d := diagnosis.Explain(found.Code(), diagnosis.Situation{}, found, nil)
	f := Finding{Severity: severity, File: at.file.name, Line: at.node.Line, Column: at.node.Column, Diagnosis: d}
	key := fmt.Sprint(f.File, "\x00", f.Line, "\x00", f.Column, "\x00", severity, d.Code, d.Headline)
	i, known := l.seen[key]
	switch {
	case !known:
		l.seen[key] = len(l.result.Findings)
		l.result.Findings = append(l.result.Findings, f)
	case slices.Compare(d.Steps, l.result.Findings[i].Diagnosis.Steps) < 0:
		l.result.Findings[i] = f // the same one, whatever the order of the pipelines
	}
}

// Errors counts what fails the lint.
func (r Result) Errors() int {
	n := len(r.Unreadable)
	for _, f := range r.Findings {
		if f.Severity == Error {
			n++
		}
	}
	return n
}
