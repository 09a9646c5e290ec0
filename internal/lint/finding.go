package lint

import (
	"armpreflight/internal/azpipeline"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/diagnosis"
)

// Severity says whether a finding fails the lint.
type Severity string

// The severities. A note can be wrong if the pipeline's settings define more than the files.
const (
	Error Severity = "error"
	Note  Severity = "note"
)

// Finding is one cause, and every place that needs a change because of it.
type Finding struct {
	Severity  Severity
	Places    []azpipeline.Position // in order, at least one
	Diagnosis diagnosis.Diagnosis
	uses      []use
}

// Where returns the first place as file:line:column, which editors can open.
func (f Finding) Where() string { return f.Places[0].String() }

// Message returns the headline and the code.
func (f Finding) Message() string {
	return fmt.Sprintf("%s [%s]", f.Diagnosis.Headline, f.Diagnosis.Code)
}

// explained is a code and its facts.
type explained interface {
	catalogue.Facts
	Code() catalogue.Code
}

// report is what a rule finds at one place.
type report struct {
	severity Severity
	at       azpipeline.Position
	use      use
	cause    string // reports with the same cause and facts are one finding
	// facts returns the same for each place of a finding, apart from the texts that the places have in common.
	facts func(u merged) explained
}

// use is the subject of a report, for the finding and for the patch.
type use struct {
	job     *azpipeline.Job
	hook    *azpipeline.Hook
	step    *azpipeline.Step
	input   *azpipeline.Input
	name    string                // the variable that the finding is about
	via     string                // the variable that the input names, if its value has that one
	related []azpipeline.Position // other lines that the cause is in
	groups  []string              // variable groups that the finding names
	narrow  []string              // variable groups that are read too late
	similar []string              // variables that the author might have meant
	in      *azpipeline.Pipeline
}

// merged describes what differs between the places of a finding. Texts are empty if there's nothing to name.
type merged struct {
	task, job        string
	input, name, via string // of the first place
	jobs             string // their number if there are several
	group, narrow    string // 'a' or one of 3 more
	similar          string // 'a'; 'b'
}

// mostNames is how many names of a kind a headline lists.
const mostNames = 2

// reports collects the reports of all pipelines by cause.
type reports struct{ byCause map[string]*cause }

type cause struct {
	severity Severity
	code     catalogue.Code
	facts    func(merged) explained
	at       map[azpipeline.Position][]use
}

func (all *reports) add(r report) {
	facts := r.facts(merged{})
	key := fmt.Sprintf("%s %s %q %#v", r.severity, facts.Code(), r.cause, facts)
	if all.byCause == nil {
		all.byCause = map[string]*cause{}
	}
	c := all.byCause[key]
	if c == nil {
		c = &cause{r.severity, facts.Code(), r.facts, map[azpipeline.Position][]use{}}
		all.byCause[key] = c
	}
	c.at[r.at] = append(c.at[r.at], r.use)
}

// findings returns the findings, sorted by their first place. If changed isn't nil, it leaves out places that the change doesn't touch.
func (all *reports) findings(changed func(file string, line int) bool) []Finding {
	var found []Finding
	for _, c := range all.byCause {
		f := Finding{Severity: c.severity}
		for at, used := range c.at {
			if changed == nil || touched(changed, at, used) {
				f.Places = append(f.Places, at)
			}
		}
		if len(f.Places) == 0 {
			continue
		}
		slices.SortFunc(f.Places, azpipeline.Position.Compare)
		for _, at := range f.Places {
			f.uses = append(f.uses, c.at[at]...)
		}
		first := firstOf(c.at[f.Places[0]])
		for most := mostNames; most >= 0; most-- {
			facts := c.facts(common(f, first, most))
			f.Diagnosis = diagnosis.Explain(facts.Code(), diagnosis.Situation{}, facts, nil)
			if !strings.HasSuffix(f.Diagnosis.Headline, "…") {
				break // it wasn't cut
			}
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(a.Places[0].Compare(b.Places[0]), cmp.Compare(a.Diagnosis.Code, b.Diagnosis.Code), cmp.Compare(a.Diagnosis.Headline, b.Diagnosis.Headline),
			cmp.Compare(a.Severity, b.Severity))
	})
	return found
}

func touched(changed func(string, int) bool, at azpipeline.Position, used []use) bool {
	touches := func(p azpipeline.Position) bool { return changed(p.File, p.Line) }
	return touches(at) || slices.ContainsFunc(used, func(u use) bool { return slices.ContainsFunc(u.related, touches) })
}

// common describes the uses of a finding, and first, which is at its first place, with at most so many names of a kind.
func common(f Finding, first use, most int) merged {
	var tasks, jobs, groups, narrow, similar []string
	for _, u := range f.uses {
		if name := u.taskName(); name != "" {
			tasks = append(tasks, name)
		}
		groups, narrow = append(groups, u.groups...), append(narrow, u.narrow...)
		similar = append(similar, u.similar...)
		if u.job != nil {
			jobs = append(jobs, u.job.Name)
		}
	}
	for _, names := range []*[]string{&tasks, &groups, &narrow, &similar} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
	}
	words := merged{input: first.inputName(), name: first.name, via: first.via,
		task: enumerated(tasks, most), group: oneOf(groups, most), narrow: oneOf(narrow, most), similar: strings.Join(similar[:min(most, len(similar))], "; ")}
	if first.name != "" && len(f.Places) > 1 && slices.ContainsFunc(f.uses, func(u use) bool { return u.inputName() != first.inputName() }) {
		words.task = fmt.Sprintf("%s (and at %s)", first.taskName(), count(len(f.Places)-1, "more place"))
	}
	if len(jobs) > 0 {
		words.job = slices.Min(jobs)
	}
	if len(f.Places) > 1 {
		words.jobs = strconv.Itoa(len(f.Places))
	}
	return words
}

// firstOf returns the use that the headline is about, of those at the first place. It doesn't depend on the order of the files.
func firstOf(all []use) use {
	return slices.MinFunc(all, func(a, b use) int {
		return cmp.Or(cmp.Compare(a.via, b.via), cmp.Compare(a.inputName(), b.inputName()), cmp.Compare(a.taskName(), b.taskName()), cmp.Compare(a.name, b.name))
	})
}

func (u use) inputName() string {
	if u.input == nil {
		return ""
	}
	return u.input.Name
}

func (u use) taskName() string {
	if u.step == nil {
		return ""
	}
	return taskName(u.step.Task)
}

// taskName returns the name and version of a task without the publisher and extension that can be in front of it.
func taskName(task string) string {
	name, version, versioned := strings.Cut(task, "@")
	name = name[strings.LastIndexByte(name, '.')+1:]
	if versioned {
		name += "@" + version
	}
	return name
}

// enumerated lists the first names.
func enumerated(names []string, most int) string {
	if n := len(names); n > max(most, 1) {
		return names[0] + " and " + count(n-1, "more task")
	}
	return strings.Join(names, " and ")
}

// oneOf lists the first names as alternatives; none for 0.
func oneOf(names []string, most int) string {
	switch n := len(names); {
	case n == 0 || most == 0:
		return ""
	case n > most:
		return fmt.Sprintf("'%s' or one of %d more", names[0], n-1)
	}
	return "'" + strings.Join(names, "' or '") + "'"
}

// Errors returns the number of findings and unreadable files that fail the lint.
func (r Result) Errors() int {
	n := len(r.Unreadable)
	for _, f := range r.Findings {
		if f.Severity == Error {
			n++
		}
	}
	return n
}
