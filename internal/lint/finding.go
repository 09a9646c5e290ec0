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

// The severities. A note may be wrong where the pipeline's settings know more.
const (
	Error Severity = "error"
	Note  Severity = "note"
)

// Finding is one thing that needs a change, and every place where it shows.
type Finding struct {
	Severity  Severity
	Places    []azpipeline.Position // in order, at least one
	Diagnosis diagnosis.Diagnosis
	uses      []use
}

// Where is the first place as file:line:column, as editors read it.
func (f Finding) Where() string { return f.Places[0].String() }

// Message is a finding in one line.
func (f Finding) Message() string {
	return fmt.Sprintf("%s [%s]", f.Diagnosis.Headline, f.Diagnosis.Code)
}

// explained is a code with what is known of it.
type explained interface {
	catalogue.Facts
	Code() catalogue.Code
}

// report is what a rule says of one place.
type report struct {
	severity Severity
	at       azpipeline.Position
	use      use
	cause    string // what makes two reports one finding, beside their facts
	// facts are the same for each place of a finding, apart from what it's given of the uses.
	facts func(u merged) explained
}

// use is what a report is about, for the finding and for the patch.
type use struct {
	job     *azpipeline.Job
	hook    *azpipeline.Hook
	step    *azpipeline.Step
	input   *azpipeline.Input
	related []azpipeline.Position // where else the cause is written
	groups  []string              // variable groups that the finding names
	in      *azpipeline.Pipeline
}

// merged is what the places of a finding don't have in common, in words: empty for none.
type merged struct {
	task, job string
	jobs      string // how many, if more than one
	group     string // one of these variable groups
}

// reports collects what the rules of all pipelines say, by cause.
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

// findings are the causes in order. Where a change is given, only those that it touches.
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
		facts := c.facts(common(f))
		f.Diagnosis = diagnosis.Explain(facts.Code(), diagnosis.Situation{}, facts, nil)
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

// common words what the uses of a finding have.
func common(f Finding) merged {
	var tasks, jobs, groups []string
	for _, u := range f.uses {
		if u.step != nil && u.step.Task != "" {
			tasks = append(tasks, u.step.Task)
		}
		groups = append(groups, u.groups...)
		if u.job != nil {
			jobs = append(jobs, u.job.Name)
		}
	}
	slices.Sort(tasks)
	tasks = slices.Compact(tasks)
	slices.Sort(groups)
	words := merged{task: enumerated(tasks), group: oneOf(groups)}
	if len(jobs) > 0 {
		words.job = slices.Min(jobs)
	}
	if len(f.Places) > 1 {
		words.jobs = strconv.Itoa(len(f.Places))
	}
	return words
}

// enumerated names a few of many.
func enumerated(names []string) string {
	const few = 3
	switch n := len(names); {
	case n > few:
		return fmt.Sprintf("%s, and %d more tasks", strings.Join(names[:few-1], ", "), n-few+1)
	case n == few:
		return fmt.Sprintf("%s, %s, and %s", names[0], names[1], names[2])
	}
	return strings.Join(names, " and ")
}

// oneOf names a few of many: any of them is meant.
func oneOf(names []string) string {
	const few = 3
	var quoted []string
	for _, name := range names {
		if name = "'" + name + "'"; !slices.Contains(quoted, name) {
			quoted = append(quoted, name)
		}
	}
	switch n := len(quoted); {
	case n > few:
		return fmt.Sprintf("%s, or one of %d more", strings.Join(quoted[:few-1], ", "), n-few+1)
	case n == few:
		return fmt.Sprintf("%s, %s, or %s", quoted[0], quoted[1], quoted[2])
	}
	return strings.Join(quoted, " or ")
}

// Errors counts the findings and files that fail the lint.
func (r Result) Errors() int {
	n := len(r.Unreadable)
	for _, f := range r.Findings {
		if f.Severity == Error {
			n++
		}
	}
	return n
}
