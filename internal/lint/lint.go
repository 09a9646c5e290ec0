// Package lint reads the Azure Pipelines YAML of a repository, and finds errors that stop a run before its first step: service connections
// whose name isn't known when the run is queued.
//
// [Run] resolves each file into an [azpipeline.Pipeline]. Where the files don't show a value, the rules check every possibility, and report
// only what's true for all of them. The patch is made from the findings. The package doesn't validate pipelines; Azure DevOps does.
package lint

import (
	"armpreflight/internal/azpipeline"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Unseen is a part of a pipeline that the files don't show, or that wasn't checked.
type Unseen struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Why  string `json:"why"`
	// Repository is the alias of the other repository that has the part; empty if that isn't the reason.
	Repository string `json:"repository,omitempty"`
	// language is the template language of the file; empty if that isn't the reason.
	language string
}

// Result is what the files show.
type Result struct {
	Files    int       // read as a pipeline or a template
	Findings []Finding // by the first place of each
	// Unreadable has the files that can't be read, in order. Each is an error, because its content isn't known.
	Unreadable []azpipeline.Unreadable
	Remarks    []Unseen // lines that were read as Azure Pipelines reads them
	Unseen     []Unseen // parts that weren't checked
	// Unpatched has the places that the patch doesn't fix, and why.
	Unpatched []Unseen
	Pipelines []*azpipeline.Pipeline // empty without Options.KeepModel
	patch     patch
}

// Options choose what Run reports.
type Options struct {
	RequirePreflight bool // report jobs that use Azure without ArmPreflight@1 before
	KeepModel        bool // return the resolved pipelines
	// Input is the text of the file that [Stdin] names; nil if there isn't one.
	Input []byte
	// Changed reports whether a change touches a line of a file. Findings that it doesn't touch are left out. Nil keeps all findings.
	Changed func(file string, line int) bool

	order func(files []string) // for tests: changes the order of the files
}

// MaxFile is the size of the largest file that's read, in bytes.
const MaxFile = azpipeline.MaxFile

// Stdin is the name of the pipeline that comes from standard input.
const Stdin = "<stdin>"

// Run checks files and folders of a repository, named from its root. It returns an error if a named file isn't a pipeline, or if nothing can
// be read.
func Run(repository fs.FS, names []string, options Options) (Result, error) {
	l := &linter{library: azpipeline.NewLibrary(repository), options: options,
		unseenBefore: map[Unseen]bool{}, unreadable: map[string]*azpipeline.Unreadable{}, server: map[any]bool{}}
	files, err := l.search(names)
	if err != nil {
		return Result{}, err
	}
	if options.order != nil {
		options.order(files)
	}
	if err := l.lintAll(files); err != nil {
		return Result{}, err
	}
	l.finish()
	return l.result, nil
}

// search returns the pipelines at all names, sorted.
func (l *linter) search(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		before := len(l.unreadable) + len(l.result.Unseen)
		found, err := l.find(name)
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0 && len(l.unreadable)+len(l.result.Unseen) == before:
			folder := "the folder " + name
			if name == "." { // of the repository, or of the file system without one
				folder = "this folder"
			}
			return nil, fmt.Errorf("%s has no Azure pipeline: no .yml or .yaml file with stages, jobs, steps, or extends", folder)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	if len(files) == 0 {
		return nil, l.nothingRead()
	}
	return files, nil
}

// finish sorts the result.
func (l *linter) finish() {
	r := &l.result
	read := map[string]bool{}
	l.library.Read(func(file *azpipeline.File) {
		read[file.Name] = true
		r.Files++
	})
	r.Findings = l.reports.findings(l.options.Changed)
	for _, name := range slices.Sorted(maps.Keys(l.unreadable)) {
		r.Unreadable = append(r.Unreadable, *l.unreadable[name])
	}
	for _, remark := range l.library.Remarks() {
		if read[remark.File] {
			r.Remarks = append(r.Remarks, Unseen{File: remark.File, Line: remark.Line, Why: remark.Why})
		}
	}
	r.Remarks = inOrder(r.Remarks)
	slices.SortFunc(r.Pipelines, func(a, b *azpipeline.Pipeline) int { return cmp.Compare(a.File, b.File) })
	r.patch = newPatch(l.library, r.Findings, l.server)
	r.Unseen, r.Unpatched = inOrder(r.Unseen), inOrder(r.patch.unpatched)
}

// maxTurns is more than the depth to which Azure Pipelines nests templates.
const maxTurns = 60

// lintAll checks the files. A template is checked where a pipeline uses it, with the parameters that it gets there. It's checked on its own
// only if nothing uses it, which doesn't depend on the order of the files.
func (l *linter) lintAll(names []string) error {
	used := map[string][]string{} // by template: the other files that use it
	var pipelines, templates []*azpipeline.File
	for _, name := range names {
		file, err := l.library.Open(name)
		if err != nil {
			return err
		}
		for _, template := range file.Templates() {
			if template != name {
				used[template] = append(used[template], name)
			}
		}
	}
	for _, name := range names {
		file, _ := l.library.Open(name) // it was opened above
		if len(used[name]) == 0 && !file.IsForOthers() {
			pipelines = append(pipelines, file)
		} else {
			templates = append(templates, file)
		}
	}
	for _, file := range pipelines {
		l.lint(file)
	}
	// First check templates that neither a pipeline nor another unused template uses. If the rest use one another in a circle, check them all.
	for turn := 0; ; turn++ {
		left := map[string]bool{}
		for _, file := range templates {
			if !file.Followed {
				left[file.Name] = true
			}
		}
		if len(left) == 0 {
			return nil
		}
		round := slices.DeleteFunc(slices.Clone(templates), func(file *azpipeline.File) bool {
			return !left[file.Name] || slices.ContainsFunc(used[file.Name], func(user string) bool { return left[user] })
		})
		if len(round) == 0 || turn == maxTurns {
			round = slices.DeleteFunc(slices.Clone(templates), func(file *azpipeline.File) bool { return !left[file.Name] })
		}
		for _, file := range round {
			l.lint(file)
			file.Followed = true
		}
	}
}

func inOrder(all []Unseen) []Unseen {
	slices.SortFunc(all, func(a, b Unseen) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Why, b.Why))
	})
	return slices.Compact(all)
}

// linter collects what all pipelines have.
type linter struct {
	library      *azpipeline.Library
	options      Options
	result       Result
	reports      reports
	unseenBefore map[Unseen]bool                   // already in the result
	unreadable   map[string]*azpipeline.Unreadable // by name
	server       map[any]bool                      // lists of steps that run without an agent
}

// Other programs and services read these folders and files. Some of them look like an Azure pipeline, and a service can accept broken YAML.
var (
	otherFolders = []string{".git", "node_modules", ".circleci", ".buildkite"}
	otherFiles   = []string{".gitlab-ci.yml", ".travis.yml", ".drone.yml"}
)

// find returns the pipelines at a name, which is a pipeline or a folder.
func (l *linter) find(name string) ([]string, error) {
	if name == Stdin && l.options.Input != nil {
		file, err := l.library.Parse(name, l.options.Input)
		return l.named(file, err, name)
	}
	info, err := fs.Stat(l.library.Files(), name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s isn't a regular file", name) // reading a pipe could block
		}
		file, err := l.library.Open(name)
		return l.named(file, err, name)
	}
	var all []string
	err = fs.WalkDir(l.library.Files(), name, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.unseen(azpipeline.Position{File: at}, "", "can't be read")
			return nil
		case entry.IsDir() && (slices.Contains(otherFolders, entry.Name()) || strings.HasSuffix("/"+at, "/.github/workflows")):
			return fs.SkipDir
		case slices.Contains(otherFiles, entry.Name()):
			return nil
		case !entry.Type().IsRegular(), !slices.Contains([]string{".yml", ".yaml"}, strings.ToLower(path.Ext(at))):
			return nil
		}
		file, err := l.library.OpenIf(at)
		one, _ := errors.AsType[*azpipeline.Unreadable](err)
		switch {
		case one != nil && one.Language != "": // its tool makes a pipeline of it
			l.addUnseen(Unseen{File: at, Line: one.Line, Why: one.Why, language: one.Language})
		case err != nil:
			l.cannotRead(err)
		case file != nil && file.IsPipeline():
			all = append(all, at)
		}
		return nil
	})
	return all, err
}

// named checks that a file on the command line is a pipeline.
func (l *linter) named(file *azpipeline.File, err error, name string) ([]string, error) {
	switch {
	case err != nil:
		l.cannotRead(err)
		return nil, nil
	case !file.IsPipeline():
		return nil, fmt.Errorf("%s isn't an Azure pipeline: it has no list of stages, jobs, or steps, and no extends", name)
	}
	file.Named = true
	return []string{name}, nil
}

// cannotRead records a file that can't be read.
func (l *linter) cannotRead(err error) {
	if one, ok := errors.AsType[*azpipeline.Unreadable](err); ok {
		l.unreadable[one.File] = one
	}
}

// nothingRead returns the error for a run that has no file to check: the first unreadable file, and how many there are in addition.
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

func (l *linter) unseen(at azpipeline.Position, repository, why string) {
	l.addUnseen(Unseen{File: at.File, Line: at.Line, Why: why, Repository: repository})
}

func (l *linter) addUnseen(u Unseen) {
	if !l.unseenBefore[u] {
		l.unseenBefore[u] = true
		l.result.Unseen = append(l.result.Unseen, u)
	}
}

// lint checks a pipeline, or a template that no pipeline uses.
func (l *linter) lint(file *azpipeline.File) {
	p, cut := l.library.Resolve(file, l.unseen, l.cannotRead)
	for _, rule := range rules(p, l.options, l.reports.add) {
		for _, s := range p.Stages {
			for _, j := range s.Jobs {
				rule.job(j)
			}
			rule.stage(s)
		}
	}
	for _, s := range p.Stages {
		for _, j := range s.Jobs {
			j.EachStep(func(h *azpipeline.Hook, s *azpipeline.Step) {
				if j.Server || h.Server {
					l.server[s.List.Key()], l.server[s.Own.Key()] = true, true
				}
			})
		}
	}
	if cut {
		l.unseen(azpipeline.Position{File: file.Name}, "", "it's larger or deeper than this tool's limits, so only a part of it was checked")
	}
	if l.options.KeepModel {
		l.result.Pipelines = append(l.result.Pipelines, p)
	}
}
