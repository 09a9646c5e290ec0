package lint

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// insertion is a step to put before a line, which counts from 1.
type insertion struct {
	line int
	text string
	list *yaml.Node
}

// insert remembers the step that checks a connection. It gives the connection as it
// is written there, and the condition under which the step will run: first in the
// job where the task runs whenever the job does and the connection can be named
// there, else first in the list that the task is written in.
func (l *linter) insert(s step, in input) (connection string, under *guard) {
	if s.under == nil && !s.brought {
		if connection, ok := in.text.namedIn(s.list); ok {
			l.insertAt(s.list.place(), connection)
			return connection, nil
		}
	}
	if s.own != nil {
		if connection, ok := in.text.namedIn(*s.own); ok {
			l.insertAt(s.own.place(), connection)
			return connection, s.under
		}
	}
	l.unpatched(in.text.hops[0].place(), "the connection's name isn't in the file that has the steps")
	return in.text.hops[0].node.Value, s.under
}

// namedIn is how a text is written in the file of a list, so that it means the same
// there: as it stands, or as what was given to the template that it stands in.
func (t text) namedIn(list value) (string, bool) {
	for _, hop := range t.hops {
		if hop.scope.instance == list.scope.instance && meansTheSame(hop, list.scope) {
			return hop.node.Value, true
		}
		if !meansTheSame(hop, &scope{}) {
			break // what follows is that of one round
		}
	}
	if written := t.hops[0].node.Value; !expression.MatchString(written) {
		return written, true // for all who use the template
	}
	return "", false
}

// unpatched says why a finding has no part in the patch.
func (l *linter) unpatched(at place, why string) {
	l.result.Unpatched = append(l.result.Unpatched, Unseen{at.file.name, at.node.Line, why})
}

func (l *linter) insertAt(at place, connection string) {
	if at.node.Kind != yaml.SequenceNode || at.node.Style&yaml.FlowStyle != 0 || len(at.node.Content) == 0 {
		l.unpatched(at, "the steps aren't a list with one step per line")
		return
	}
	if why := l.notPatchable(at); why != "" {
		l.unpatched(at, why)
		return
	}
	margin := strings.Repeat(" ", at.node.Column-1)
	text := margin + "- task: ArmPreflight@1\n" + margin + "  inputs:\n" + margin + "    azureSubscription: " + scalar(connection) + "\n"
	if l.result.patches == nil {
		l.result.patches = map[string][]insertion{}
	}
	if key := fmt.Sprint(at.file.name, "\x00", at.node.Line, "\x00", text); !l.inserted[key] {
		l.inserted[key] = true
		l.result.patches[at.file.name] = append(l.result.patches[at.file.name], insertion{at.node.Line, text, at.node})
	}
}

// dropServerSteps takes steps out of the patch whose list also runs without an agent.
func (l *linter) dropServerSteps() {
	for name, all := range l.result.patches {
		kept := slices.DeleteFunc(all, func(one insertion) bool {
			if l.server[one.list] {
				l.unpatched(place{&source{name: name}, one.list}, "an agentless job also uses the steps")
			}
			return l.server[one.list]
		})
		if l.result.patches[name] = kept; len(kept) == 0 {
			delete(l.result.patches, name)
		}
	}
}

// unfit is what a terminal, the agent or git could take for something else.
var unfit = lazyregexp.New(`\r[^\n]|\r$|[\x{85}\x{2028}\x{2029}]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]`)

// notPatchable says why a patch could hit another place than that of a list of
// steps, or another file; empty when it cannot.
func (l *linter) notPatchable(at place) string {
	name := at.file.name
	if strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, `"\`) || strings.TrimSpace(name) != name {
		return "the file's name has characters that a patch must quote"
	}
	for part := name; part != "."; part = path.Dir(part) {
		if info, err := fs.Lstat(l.library.files, part); err != nil || info.Mode()&fs.ModeSymlink != 0 {
			return "the file is behind a symbolic link"
		}
	}
	if at.file.lines == nil {
		text, err := l.library.text(name)
		if err != nil {
			return "the file can't be read again"
		}
		at.file.text, at.file.lines = text, bytes.Split(text, []byte("\n"))
		at.file.unfit = unfit.Match(at.file.text)
	}
	if at.file.unfit {
		return "the file has mixed line breaks or control characters"
	}
	if at.node.Line > len(at.file.lines) {
		return "the steps aren't a list with one step per line"
	}
	line := bytes.TrimPrefix(at.file.lines[at.node.Line-1], []byte("\uFEFF"))
	dash := at.node.Column - 1
	if dash >= len(line) || line[dash] != '-' || len(bytes.TrimLeft(line[:dash], " ")) > 0 {
		return "the steps don't begin on a separate line" // behind an anchor or a tag
	}
	return ""
}

// meansTheSame: the expressions in a text mean there what they mean in a scope of
// the same file.
func meansTheSame(written value, s *scope) bool {
	for _, m := range expression.FindAllStringSubmatch(written.node.Value, -1) {
		head := reference.FindStringSubmatch(m[1])
		if head == nil {
			return false
		}
		if bound := written.scope.binding(head[1]); bound != s.binding(head[1]) {
			return false // another round, or another loop
		} else if bound == nil && !strings.EqualFold(head[1], "parameters") && !strings.EqualFold(head[1], "variables") {
			return false
		}
	}
	return true
}

var plain = lazyregexp.New(`^[A-Za-z$][\w.$(){}\[\]'/ -]*[\w)}]$`)

// scalar writes a name as YAML.
func scalar(name string) string {
	if plain.MatchString(name) {
		return name
	}
	if text, err := yaml.Marshal(&yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: name}); err == nil {
		return strings.TrimSuffix(string(text), "\n")
	}
	return "''"
}

// context is how many lines stand around a change.
const context = 3

// Patch is a unified diff that puts ArmPreflight@1 first in each job that lacks
// it; empty when there is nothing to do. It applies at the root of the repository.
func (r Result) Patch() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.patches)) {
		insertions := r.patches[name]
		slices.SortFunc(insertions, func(a, b insertion) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.text, b.text)) })
		// After the tab git looks for no name, nor for a time that a name could end in.
		fmt.Fprintf(&out, "--- a/%s\t\n+++ b/%s\t\n", name, name)
		writeHunks(&out, r.sources[name].text, insertions)
	}
	return out.String()
}

func writeHunks(out *strings.Builder, source []byte, insertions []insertion) {
	lines := bytes.SplitAfter(source, []byte("\n"))
	if last := len(lines) - 1; len(lines[last]) == 0 {
		lines = lines[:last]
	}
	end := "\n"
	if bytes.HasSuffix(lines[0], []byte("\r\n")) {
		end = "\r\n"
	}
	added := 0
	for len(insertions) > 0 {
		n := 1 // changes whose surroundings touch are one hunk
		for n < len(insertions) && insertions[n].line-insertions[n-1].line <= 2*context {
			n++
		}
		from, to := max(insertions[0].line-context, 1), min(insertions[n-1].line+context-1, len(lines))
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
