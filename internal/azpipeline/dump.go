package azpipeline

import (
	"fmt"
	"io"
	"strings"
)

// Dump writes the pipeline as it was understood. It's for people who work on this package, and its form can change.
func (p *Pipeline) Dump(w io.Writer, clean func(string) string) error {
	var out strings.Builder
	d := dump{&out, clean}
	d.line(0, "pipeline %s%s", p.File, when(p.Alone, " (a template that no pipeline uses)"))
	d.variables(1, p.Variables)
	for _, s := range p.Stages {
		d.line(1, "stage %s%s", s.Name, when(s.Open, " (not all of it is known)"))
		for _, j := range s.Jobs {
			d.job(j)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

type dump struct {
	out   *strings.Builder
	clean func(string) string
}

func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}

func (d dump) line(depth int, format string, args ...any) {
	text := strings.Join(strings.Fields(d.clean(fmt.Sprintf(format, args...))), " ")
	d.out.WriteString(strings.Repeat("  ", depth) + text + "\n")
}

func (d dump) variables(depth int, v *Variables) {
	if v == nil {
		return
	}
	for _, name := range v.names {
		d.value(depth, "variable "+v.byName[name].Name, v.byName[name].Value)
	}
	for _, g := range v.groups {
		d.line(depth, "group %s %s", g.Name, g.Pos)
	}
	if v.open {
		d.line(depth, "more variables that the files don't show")
	}
}

func (d dump) value(depth int, name string, v Value) {
	text := v.Text
	if first, _, more := strings.Cut(strings.TrimSpace(text), "\n"); more {
		text = first + " and more lines"
	}
	d.line(depth, "%s = %q %s %s%s", name, text, v.Pos, v.Origin, when(!v.Known, " (not known)"))
	for _, ref := range v.References() {
		if strings.Contains(v.Text, "\n") {
			break // a script
		}
		d.line(depth+1, "%s %s", ref.Kind, ref.Name)
	}
}

func (d dump) job(j *Job) {
	kind := "job"
	if j.Deployment {
		kind = "deployment"
	}
	d.line(2, "%s %s %s%s%s", kind, j.Name, j.Pos, when(j.Server, " (without an agent)"), when(j.Given, " (given to a template that isn't seen)"))
	d.variables(3, j.Variables)
	for _, h := range j.Hooks {
		d.line(3, "hook %s%s", h.Name, when(h.Server, " (without an agent)"))
		for _, s := range h.Steps {
			d.line(4, "step %s %s %s%s%s", s.Task, s.Name, s.Pos, when(s.Under != nil, " (under a condition)"), when(s.Never, " (never runs)"))
			for _, in := range s.Inputs {
				d.value(5, "input "+in.Name, in.Value)
			}
			for _, name := range s.Sets {
				d.line(5, "sets %s", name)
			}
		}
	}
}
