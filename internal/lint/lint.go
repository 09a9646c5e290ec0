// Package lint reads Azure Pipelines YAML as it is in a repository, and finds
// what would stop a run before its first step: service connections that are named
// by something that is known too late.
//
// [Run] is the one way in. It resolves each file into an [azpipeline.Pipeline], with templates, extends, parameters, loops and conditions followed
// within the repository. A value that cannot be known from the files is a value, too: every possibility is looked at, and
// nothing is said that would be wrong for one of them. Rules look at the model, and report findings; the patch is made of findings. It is no
// validator of pipelines: Azure DevOps is.
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
	Findings []Finding // by the first place of each
	// Unreadable are the files that cannot be read at all, by file. Each is an error: nobody knows what is in it.
	Unreadable []azpipeline.Unreadable
	Remarks    []Unseen // lines that were read as Azure Pipelines reads them
	Unseen     []Unseen // parts of what was read
	// Unpatched are findings that the patch does not mend, and why.
	Unpatched []Unseen
	Pipelines []*azpipeline.Pipeline // as they were understood; only if [Options] ask for it
	patch     patch
}

// Options choose what is looked for.
type Options struct {
	RequirePreflight bool // report jobs that use Azure without ArmPreflight@1 before
	KeepModel        bool // keep the pipelines as they were understood
	// Input is the text of the file that [Stdin] names, which is in no repository; nil for none.
	Input []byte
	// Changed reports whether a change touches the lines of a file. Findings that it doesn't touch are left out; nil for all.
	Changed func(file string, line int) bool

	order func(files []string) // for tests: the files are looked at in another order
}

// MaxFile is how many bytes of a file are read. A larger one is refused.
const MaxFile = azpipeline.MaxFile

// Stdin is the name of what comes from standard input.
const Stdin = "<stdin>"

// Run looks at files and folders of a repository, named from its root. The error
// says which of them cannot be read, or is no pipeline.
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

// search finds the pipelines at all names.
func (l *linter) search(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		before := len(l.unreadable) + len(l.result.Unseen)
		found, err := l.find(name)
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0 && len(l.unreadable)+len(l.result.Unseen) == before:
			return nil, fmt.Errorf("%s doesn't contain an Azure pipeline", name)
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

// finish puts what was found in order.
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
			r.Remarks = append(r.Remarks, Unseen(remark))
		}
	}
	r.Remarks = inOrder(r.Remarks)
	slices.SortFunc(r.Pipelines, func(a, b *azpipeline.Pipeline) int { return cmp.Compare(a.File, b.File) })
	r.patch = newPatch(l.library, r.Findings, l.server)
	r.Unseen, r.Unpatched = inOrder(r.Unseen), inOrder(r.patch.unpatched)
}

// maxTurns is more than Azure Pipelines nests templates.
const maxTurns = 60

// lintAll looks at the files. A template is read where it is used, with what it is given there; by itself only when
// nothing uses it. Which ones these are does not depend on the order of the files.
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
	// Of what no pipeline has followed, first that which no other such file uses; where they use one another in a circle, all.
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

// linter collects over all pipelines.
type linter struct {
	library      *azpipeline.Library
	options      Options
	result       Result
	reports      reports
	unseenBefore map[Unseen]bool                   // what is not seen
	unreadable   map[string]*azpipeline.Unreadable // by name
	server       map[any]bool                      // lists of steps that run without an agent
}

// Folders and files that other programs and services read. Some look like an Azure pipeline, and what those services accept in them can be
// broken YAML.
var (
	otherFolders = []string{".git", "node_modules", ".circleci", ".buildkite"}
	otherFiles   = []string{".gitlab-ci.yml", ".travis.yml", ".drone.yml"}
)

// find gives the pipelines at a name: a file that must be one, or those in a folder.
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
			return nil, fmt.Errorf("%s isn't a regular file", name) // a pipe would be waited for
		}
		file, err := l.library.Open(name)
		return l.named(file, err, name)
	}
	var all []string
	err = fs.WalkDir(l.library.Files(), name, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.unseen(azpipeline.Position{File: at}, "can't be read")
			return nil
		case entry.IsDir() && (slices.Contains(otherFolders, entry.Name()) || strings.HasSuffix("/"+at, "/.github/workflows")):
			return fs.SkipDir
		case slices.Contains(otherFiles, entry.Name()):
			return nil
		case !entry.Type().IsRegular(), !slices.Contains([]string{".yml", ".yaml"}, strings.ToLower(path.Ext(at))):
			return nil
		}
		file, err := l.library.OpenIf(at)
		if err != nil {
			l.cannotRead(err)
		} else if file != nil && file.IsPipeline() {
			all = append(all, at)
		}
		return nil
	})
	return all, err
}

// named is a file that the person named, which has to be a pipeline.
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

// cannotRead remembers a file that cannot be read. One that is not there may be made by the run, as a template is in some
// repositories: what it holds is not seen.
func (l *linter) cannotRead(err error) {
	if one, ok := errors.AsType[*azpipeline.Unreadable](err); ok && !one.Missing {
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

func (l *linter) unseen(at azpipeline.Position, why string) {
	if u := (Unseen{at.File, at.Line, why}); !l.unseenBefore[u] {
		l.unseenBefore[u] = true
		l.result.Unseen = append(l.result.Unseen, u)
	}
}

// lint looks at one pipeline, or at a template that nothing here uses.
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
		l.unseen(azpipeline.Position{File: file.Name}, "it's larger or deeper than this tool's limits, so only a part of it was checked")
	}
	if l.options.KeepModel {
		l.result.Pipelines = append(l.result.Pipelines, p)
	}
}
