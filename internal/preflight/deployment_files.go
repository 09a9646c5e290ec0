package preflight

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"armpreflight/internal/deployment"
)

// Folder is what a job has of files: those in its workspace, which the agent creates for it, and nothing outside.
type Folder struct {
	fs.FS     // opens regular files only
	io.Closer // nil: there's nothing to close
	Path      string
	Work      string // the folder from which names start, within Path; "." is Path itself
}

// deploymentLine is a line of the input deployment.
type deploymentLine struct {
	text       string
	pattern    string   // of templates, snapshots and plans
	parameters []string // parameter files of an ARM template, a later one over an earlier one
	scope      string   // as requiredActions takes it; empty: the connection's own
}

// parseDeployment reads FILE [+ PARAMETERS]… [@ SCOPE]. Blanks around both signs distinguish them from those in a name.
func parseDeployment(text string) deploymentLine {
	line := deploymentLine{text: text}
	rest := text
	if at := strings.LastIndex(rest, " @ "); at >= 0 {
		rest, line.scope = rest[:at], strings.TrimSpace(rest[at+len(" @ "):])
	}
	names := strings.Split(rest, " + ")
	line.pattern = strings.TrimSpace(names[0])
	for _, name := range names[1:] {
		line.parameters = append(line.parameters, strings.TrimSpace(name))
	}
	return line
}

// explained says how a line has to change.
func (l deploymentLine) explained(err error) error {
	_, wrongScope := errors.AsType[*deployment.ScopeError](err)
	switch {
	case errors.Is(err, deployment.ErrParameters):
		return fmt.Errorf("%w: add it after + to the line of its template", err)
	case wrongScope && l.scope == "":
		return fmt.Errorf("%w, the connection's own: add another one after @", err)
	case wrongScope:
		return fmt.Errorf("%w: change what's after @", err)
	}
	return err
}

// deploymentFile is a file with its parameter files, as names in the folder.
type deploymentFile struct {
	name       string
	parameters []string
}

// maxDeploymentFiles is how many files all lines together may name.
const maxDeploymentFiles = 100

// files finds the files of a line.
func (f Folder) files(line deploymentLine) ([]deploymentFile, error) {
	var parameters []string
	for _, name := range line.parameters {
		within, err := f.within(name)
		if err != nil {
			return nil, err
		}
		parameters = append(parameters, within)
	}
	name, err := f.within(line.pattern)
	switch {
	case err != nil:
		return nil, err
	case !strings.ContainsAny(line.pattern, "*?"):
		return []deploymentFile{{name, parameters}}, nil
	}
	w := globbing{files: f.FS, been: map[matched]bool{}}
	pattern := slices.CompactFunc(strings.Split(name, "/"), func(a, b string) bool { return a == "**" && b == "**" })
	if pattern[len(pattern)-1] == "**" {
		pattern = append(pattern, "*")
	}
	if err := w.match(".", pattern); err != nil {
		return nil, err
	}
	slices.Sort(w.found)
	w.found = slices.Compact(w.found)
	if len(w.found) == 0 {
		return nil, errors.New("no file matches")
	}
	return paired(w.found, parameters), nil
}

// paired gives each file of a pattern the parameter file that has its name: main.parameters.json is that of main.json. What's left
// of those is kept as a file, and rejected as what it is.
func paired(names, parameters []string) []deploymentFile {
	const ending = ".parameters.json"
	taken := map[string]bool{}
	var files []deploymentFile
	for _, name := range names {
		own := parameters
		if stem, ok := strings.CutSuffix(name, ".json"); ok && slices.Contains(names, stem+ending) {
			own = append([]string{stem + ending}, parameters...)
			taken[stem+ending] = true
		}
		files = append(files, deploymentFile{name, own})
	}
	return slices.DeleteFunc(files, func(f deploymentFile) bool { return taken[f.name] })
}

// within gives a name in the folder.
func (f Folder) within(name string) (string, error) {
	if name == "" {
		return "", errors.New("the name of a file is missing")
	}
	// A pipeline's text is the same on every agent, so both separators are right everywhere.
	within := path.Join(f.Work, strings.ReplaceAll(name, `\`, "/"))
	if filepath.IsAbs(name) {
		relative, err := filepath.Rel(f.Path, name)
		if err != nil {
			return "", f.outside(name)
		}
		within = filepath.ToSlash(relative)
	}
	if !fs.ValidPath(within) {
		return "", f.outside(name)
	}
	return within, nil
}

func (f Folder) outside(name string) error {
	return fmt.Errorf("%s is outside of the job's workspace, %s", name, f.Path)
}

// globbing looks for the files of a pattern: * and ? within a name, and ** for any number of folders, as elsewhere in Azure
// Pipelines. Folders whose names start with a dot are left out of ** and *.
type globbing struct {
	files fs.FS
	found []string
	been  map[matched]bool
	seen  int
}

// matched is a folder with the rest of a pattern, to which several ** lead on many ways.
type matched struct {
	folder string
	rest   int // of the pattern
}

// maxSeen is how many files and folders a pattern may visit.
const maxSeen = 50_000

// look counts what a pattern visits.
func (g *globbing) look(n int) error {
	if g.seen += n; g.seen > maxSeen {
		return fmt.Errorf("the pattern covers more than %d files: name the folder", maxSeen)
	}
	return nil
}

// match finds the files below a folder; ** is never the last part of a pattern.
func (g *globbing) match(folder string, pattern []string) error {
	if g.been[matched{folder, len(pattern)}] {
		return nil
	}
	g.been[matched{folder, len(pattern)}] = true
	if err := g.look(1); err != nil {
		return err
	}
	head, rest := pattern[0], pattern[1:]
	if !strings.ContainsAny(head, "*?") {
		name := path.Join(folder, head)
		if len(rest) > 0 {
			return g.match(name, rest)
		}
		if info, err := fs.Stat(g.files, name); err == nil && !info.IsDir() {
			g.found = append(g.found, name)
		}
		return nil
	}
	if head == "**" {
		if err := g.match(folder, rest); err != nil {
			return err
		}
	}
	entries, err := fs.ReadDir(g.files, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := g.look(len(entries)); err != nil {
		return err
	}
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		hidden := strings.HasPrefix(entry.Name(), ".") && !strings.HasPrefix(head, ".")
		fits, err := path.Match(head, entry.Name())
		switch {
		case err != nil:
			return err
		case hidden:
		case head == "**" && entry.IsDir():
			err = g.match(name, pattern)
		case head == "**" || !fits:
		case len(rest) > 0 && entry.IsDir():
			err = g.match(name, rest)
		case len(rest) == 0 && !entry.IsDir() && !g.leadsToFolder(name, entry):
			g.found = append(g.found, name)
		}
		if err != nil {
			return err
		}
		if len(g.found) > maxDeploymentFiles {
			return fmt.Errorf("the pattern fits more than %d files", maxDeploymentFiles)
		}
	}
	return nil
}

// leadsToFolder reports whether an entry is a link to a folder, which a pattern leaves out: links can form rings. A link that can't
// be followed is found, and said to be unreadable.
func (g *globbing) leadsToFolder(name string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := fs.Stat(g.files, name)
	return err == nil && info.IsDir()
}
