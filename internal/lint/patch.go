package lint

import (
	"armpreflight/internal/azpipeline"
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/lazyregexp"
)

// insertion is a step to insert before a line. The first line is 1.
type insertion struct {
	line int
	text string
	file *azpipeline.File
}

// patch is the change that adds the missing preflights.
type patch struct {
	library   *azpipeline.Library
	steps     map[string][]insertion // by file
	unpatched []Unseen
	unfit     map[*azpipeline.File]bool
	lines     map[*azpipeline.File][][]byte // see linesOf
	inserted  map[string]bool
	server    map[any]bool // lists of steps that also run without an agent
}

func newPatch(files *azpipeline.Library, findings []Finding, server map[any]bool) patch {
	p := patch{library: files, steps: map[string][]insertion{}, unfit: map[*azpipeline.File]bool{}, lines: map[*azpipeline.File][][]byte{}, inserted: map[string]bool{}, server: server}
	for _, f := range findings {
		if f.Diagnosis.Code != catalogue.Code(catalogue.PreflightMissing) {
			continue
		}
		covered := map[*azpipeline.Job][]*azpipeline.Guard{}
		for _, u := range f.uses {
			if slices.ContainsFunc(covered[u.job], func(g *azpipeline.Guard) bool { return g.Within(u.step.Under) }) {
				continue
			}
			at := u.place()
			covered[u.job] = append(covered[u.job], at.under)
			p.insert(u, at)
		}
	}
	return p
}

// place is the list that a preflight goes into, and the connection as it's written there.
type place struct {
	list       azpipeline.List // the zero List if no list can name the connection
	connection string
	under      *azpipeline.Guard // the condition under which the step will run
}

// place returns the job's list of steps if the task always runs and the list can name the connection. Otherwise, it returns the list that
// the task is written in.
func (u use) place() place {
	s := u.step
	if s.Under == nil && !s.Brought {
		if connection, ok := u.in.NamedIn(u.input.Value, s.List); ok {
			return place{s.List, connection, nil}
		}
	}
	if s.Own.Exists() {
		if connection, ok := u.in.NamedIn(u.input.Value, s.Own); ok {
			return place{s.Own, connection, s.Under}
		}
	}
	return place{under: s.Under}
}

// written returns the connection as the preflight would name it.
func (u use) written() string {
	if at := u.place(); at.list.Exists() {
		return at.connection
	}
	return u.input.Value.Source()
}

// refuse records why the patch leaves a finding out.
func (p *patch) refuse(at azpipeline.Position, why string) {
	p.unpatched = append(p.unpatched, Unseen{File: at.File, Line: at.Line, Why: why})
}

func (p *patch) insert(u use, at place) {
	switch {
	case !at.list.Exists():
		p.refuse(u.input.Value.Trail()[0], "the connection's name isn't in the file that has the steps")
		return
	case !at.list.HasLines():
		p.refuse(at.list.Position(), "the steps aren't a list with one step per line")
		return
	case p.server[at.list.Key()]:
		p.refuse(at.list.Position(), "an agentless job also uses the steps")
		return
	}
	file, line, column := at.list.File(), at.list.Position().Line, at.list.Position().Column
	if why := p.notPatchable(file, line, column); why != "" {
		p.refuse(at.list.Position(), why)
		return
	}
	margin := strings.Repeat(" ", column-1)
	var text strings.Builder
	text.WriteString(margin + "- task: ArmPreflight@1\n" + margin + "  inputs:\n" + margin + "    azureSubscription: " + azpipeline.Scalar(at.connection) + "\n")
	if needs, before := u.deployment(p.library.Files(), at); len(needs) > 0 && p.notPatchable(file, before, column) == "" {
		line = before
		text.WriteString(margin + "    deployment: |\n")
		for _, need := range needs {
			text.WriteString(margin + "      " + need + "\n")
		}
	}
	line = aboveComments(p.linesOf(file), line)
	if key := fmt.Sprint(file.Name, "\x00", line, "\x00", text.String()); !p.inserted[key] {
		p.inserted[key] = true
		p.steps[file.Name] = append(p.steps[file.Name], insertion{line, text.String(), file})
	}
}

// unfit matches characters that a terminal, the agent, or Git could misread.
var unfit = &lazyregexp.Regexp{Expression: `\r[^\n]|\r$|[\x{85}\x{2028}\x{2029}]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]`}

// notPatchable returns the reason why a patch could change the wrong line or file; empty if it can't.
func (p *patch) notPatchable(file *azpipeline.File, line, column int) string {
	name := file.Name
	if name == Stdin {
		return "the pipeline comes from standard input"
	}
	if strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, `"\`) || strings.TrimSpace(name) != name {
		return "the file's name has characters that a patch must quote"
	}
	for part := name; part != "."; part = path.Dir(part) {
		if info, err := fs.Lstat(p.library.Files(), part); err != nil || info.Mode()&fs.ModeSymlink != 0 {
			return "the file is behind a symbolic link"
		}
	}
	bad, known := p.unfit[file]
	if !known {
		bad = unfit.Match(file.Text)
		p.unfit[file] = bad
	}
	if bad {
		return "the file has mixed line breaks or control characters"
	}
	var text []byte
	if lines := p.linesOf(file); line <= len(lines) {
		text = azpipeline.WithoutBOM(lines[line-1])
	}
	if dash := column - 1; dash >= len(text) || text[dash] != '-' || len(bytes.TrimLeft(text[:dash], " ")) > 0 {
		return "the steps don't begin on a separate line" // they're after an anchor or a tag
	}
	return ""
}

// aboveComments returns the line of the first comment above a step, because the comment describes that step. Without a comment, it's the
// line of the step.
func aboveComments(lines [][]byte, step int) int {
	line := step
	for i, one := range slices.Backward(lines[:step-1]) {
		switch one = bytes.TrimSpace(one); {
		case bytes.HasPrefix(one, []byte("#")):
			line = i + 1
		case len(one) > 0:
			return line
		}
	}
	return line
}

// linesOf returns the lines of a file with their ends. They're remembered: a file can have thousands of jobs.
func (p *patch) linesOf(file *azpipeline.File) [][]byte {
	if _, known := p.lines[file]; !known {
		p.lines[file] = slices.Collect(bytes.Lines(file.Text))
	}
	return p.lines[file]
}

// surroundings is the number of unchanged lines before and after a change.
const surroundings = 3

// Patch returns a unified diff that adds ArmPreflight@1 to each job that needs it. It's empty if no job does, and applies at the root of
// the repository.
func (r Result) Patch() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.patch.steps)) {
		insertions := r.patch.steps[name]
		slices.SortFunc(insertions, func(a, b insertion) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.text, b.text)) })
		// The tab ends the name. Without it, Git takes a name that ends like a time for a name and a time.
		fmt.Fprintf(&out, "--- a/%s\t\n+++ b/%s\t\n", name, name)
		writeHunks(&out, r.patch.linesOf(insertions[0].file), insertions)
	}
	return out.String()
}

func writeHunks(out *strings.Builder, lines [][]byte, insertions []insertion) {
	end := "\n"
	if bytes.HasSuffix(lines[0], []byte("\r\n")) {
		end = "\r\n"
	}
	added := 0
	for len(insertions) > 0 {
		n := 1 // changes that are close together are one hunk
		for n < len(insertions) && insertions[n].line-insertions[n-1].line <= 2*surroundings {
			n++
		}
		from, to := max(insertions[0].line-surroundings, 1), min(insertions[n-1].line+surroundings-1, len(lines))
		var hunk strings.Builder
		more, next := 0, 0
		for i := from; i <= to; i++ {
			for ; next < n && insertions[next].line == i; next++ {
				for text := range strings.Lines(insertions[next].text) {
					hunk.WriteString("+" + strings.TrimSuffix(text, "\n") + end)
					more++
				}
			}
			hunk.WriteString(" " + string(lines[i-1]))
			if !bytes.HasSuffix(lines[i-1], []byte("\n")) {
				hunk.WriteString("\n\\ No newline at end of file\n")
			}
		}
		fmt.Fprintf(out, "@@ -%d,%d +%d,%d @@\n%s", from, to-from+1, from+added, to-from+1+more, &hunk)
		added += more
		insertions = insertions[n:]
	}
}

// PatchSummary describes the patch in one sentence.
func (r Result) PatchSummary() string {
	steps := 0
	for _, all := range r.patch.steps {
		steps += len(all)
	}
	if steps == 0 && len(r.Unpatched) == 0 {
		nothing := "nothing to patch: no job uses Azure before ArmPreflight@1"
		if n := len(r.Unseen); n > 0 {
			nothing += fmt.Sprintf("; %s not checked", count(n, "part"))
		}
		return nothing
	}
	return fmt.Sprintf("%s to add to %s", count(steps, "step"), count(len(r.patch.steps), "file"))
}
