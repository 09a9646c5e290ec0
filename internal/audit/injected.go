package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"armpreflight/internal/armtask"
	"armpreflight/internal/decorator"
	"armpreflight/internal/devops"
)

// mostRuns is how many timelines are read, the newest runs first.
const mostRuns = 200

// Injection tells in which pipelines the step of the pipeline decorator ran, and which it missed. A decorator that's broken or switched off
// leaves no other trace.
type Injection struct {
	SchemaVersion string             `json:"schemaVersion"`
	Tool          string             `json:"tool"`
	Organization  string             `json:"organization"`
	Reader        string             `json:"reader"`
	Checked       time.Time          `json:"checked"`
	Days          int                `json:"days"`
	Projects      []string           `json:"projects"`
	NotSeen       []NotSeen          `json:"notSeen"`
	Pipelines     []InjectedPipeline `json:"pipelines"` // missed ones first
}

// InjectedPipeline is a pipeline by its newest run with an Azure Resource Manager connection.
type InjectedPipeline struct {
	Name    string    `json:"name"`
	Project string    `json:"project"`
	Run     int       `json:"run"`
	At      time.Time `json:"at"`
	Link    string    `json:"link"`
	State   string    `json:"state"`          // missed, unlisted, own, or injected
	Jobs    []string  `json:"jobs,omitempty"` // without a preflight, of a pipeline that was missed
}

// The states of a pipeline.
const (
	InjectionMissed   = "missed"   // a job with an Azure task has no preflight
	InjectionUnlisted = "unlisted" // no preflight, and no task that always has a connection
	InjectionOwn      = "own"      // each such job has its own preflight
	InjectionDone     = "injected" // each such job has a preflight, and a decorator added at least one
)

var injectionStates = []string{InjectionMissed, InjectionUnlisted, InjectionOwn, InjectionDone}

// newestRun is the run of a pipeline whose timeline is read.
type newestRun struct {
	devops.PipelineOfUse
	project devops.Project
}

// Injected reads, for the pipelines that used a connection within some days, the timeline of the newest run that did. The error is that of Run.
func Injected(ctx context.Context, reader *devops.Reader, o Options, days int) (Injection, error) {
	fleet, err := o.list(ctx, reader)
	if err != nil {
		return Injection{}, err
	}
	d := Injection{SchemaVersion: SchemaVersion, Tool: o.Tool, Organization: o.Organization, Reader: o.Text(o.Reader), Checked: o.Now.UTC().Truncate(time.Second), Days: days,
		Projects: append([]string{}, fleet.listed...), NotSeen: fleet.notSeen, Pipelines: []InjectedPipeline{}}
	slices.Sort(d.Projects)
	var mu sync.Mutex
	missing := func(what, why string) {
		mu.Lock()
		defer mu.Unlock()
		i := slices.IndexFunc(d.NotSeen, func(n NotSeen) bool { return n.What == what && n.Why == why })
		if i < 0 {
			d.NotSeen = append(d.NotSeen, NotSeen{What: what, Why: why})
		}
	}
	runs, releases := o.newestRuns(ctx, reader, fleet, o.Now.AddDate(0, 0, -days), missing)
	if releases > 0 {
		missing("runs of "+plural(releases, "classic release definition"), "their steps aren't read")
	}
	if len(runs) > mostRuns {
		missing("runs of "+plural(len(runs)-mostRuns, "pipeline"), fmt.Sprintf("only the newest %d are read", mostRuns))
		runs = runs[:mostRuns]
	}
	forEach(o.AtOnce, runs, func(r newestRun) {
		jobs, err := reader.Timeline(ctx, r.project.ID, r.Run)
		if err != nil {
			missing("the steps of a run", why(ctx, err))
			return
		}
		p := InjectedPipeline{Name: o.Text(r.Name), Project: o.Text(r.project.Name), Run: r.Run, At: r.Last,
			Link: fmt.Sprintf("%s/%s/_build/results?buildId=%d", o.Organization, url.PathEscape(r.project.Name), r.Run)}
		p.State, p.Jobs = injection(jobs)
		for i, name := range p.Jobs {
			p.Jobs[i] = o.Text(name)
		}
		mu.Lock()
		defer mu.Unlock()
		d.Pipelines = append(d.Pipelines, p)
	})
	slices.SortFunc(d.Pipelines, func(a, b InjectedPipeline) int {
		return cmp.Or(slices.Index(injectionStates, a.State)-slices.Index(injectionStates, b.State), cmp.Compare(a.Project, b.Project), cmp.Compare(a.Name, b.Name), a.Run-b.Run)
	})
	slices.SortFunc(d.NotSeen, func(a, b NotSeen) int { return cmp.Compare(a.String(), b.String()) })
	return d, nil
}

// newestRuns finds the newest run of each pipeline since a time, newest first, and counts release definitions.
func (o *Options) newestRuns(ctx context.Context, reader *devops.Reader, f *fleet, since time.Time, missing func(what, why string)) (runs []newestRun, releases int) {
	type key struct {
		project, kind string
		id            int
	}
	newest := map[key]newestRun{}
	var mu sync.Mutex
	var all []*seen
	for _, one := range f.all {
		if !one.foreign() {
			all = append(all, one)
		}
	}
	forEach(o.AtOnce, all, func(one *seen) {
		for _, p := range one.projects {
			use, err := reader.LastUse(ctx, p.ID, one.ID)
			if err != nil {
				missing("which pipelines used a connection", why(ctx, err))
				continue
			}
			mu.Lock()
			for _, pipeline := range use.Pipelines {
				k := key{p.ID, strings.ToLower(pipeline.Kind), pipeline.ID}
				if known := newest[k]; pipeline.Last.After(since) && pipeline.Last.After(known.Last) {
					newest[k] = newestRun{pipeline, p}
				}
			}
			mu.Unlock()
		}
	})
	for k, r := range newest {
		if k.kind == "release" {
			releases++
			continue
		}
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(a, b newestRun) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.project.ID, b.project.ID), a.ID-b.ID)
	})
	return runs, releases
}

// injection judges a run. A job counts if it ran a task that always has a connection.
func injection(jobs []devops.RunJob) (state string, missed []string) {
	injected, own, azure := false, false, false
	for _, job := range jobs {
		preflight, counts := false, false
		for _, s := range job.Steps {
			switch {
			case s.TaskID == decorator.TaskID:
				preflight = true
				injected = injected || s.Name == decorator.StepName
				own = own || s.Name != decorator.StepName
			case !s.Skipped && armtask.Always(s.TaskID, s.Version):
				counts = true
			}
		}
		azure = azure || counts
		if counts && !preflight {
			missed = append(missed, job.Name)
		}
	}
	switch {
	case len(missed) > 0:
		return InjectionMissed, missed
	case injected:
		return InjectionDone, nil
	case own:
		return InjectionOwn, nil
	}
	return InjectionUnlisted, nil
}

// Missed reports whether the step didn't run in a pipeline that it's for.
func (d Injection) Missed() bool { return d.count(InjectionMissed) > 0 }

func (d Injection) count(state string) int {
	n := 0
	for _, p := range d.Pipelines {
		if p.State == state {
			n++
		}
	}
	return n
}

// Summary says in one line what was found.
func (d Injection) Summary() string {
	return fmt.Sprintf("%s in the last %s: %d missed, %d with the injected step, %d with their own preflight, %d with unlisted tasks only",
		plural(len(d.Pipelines), "deploying pipeline"), plural(d.Days, "day"), d.count(InjectionMissed), d.count(InjectionDone), d.count(InjectionOwn), d.count(InjectionUnlisted))
}

// InjectionFormats returns the names that Injection.Render knows.
func InjectionFormats() []string { return []string{"table", "json"} }

// Render writes what was found.
func (d Injection) Render(w io.Writer, format string) error {
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(d)
	case "table":
		return d.table(w)
	}
	return errFormat
}

func (d Injection) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "STATE\tPIPELINE\tPROJECT\tLAST RUN\tJOBS WITHOUT A PREFLIGHT\tLINK")
	for _, p := range d.Pipelines {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", p.State, cell(p.Name), cell(p.Project), day(p.At), cell(cmp.Or(strings.Join(p.Jobs, ", "), "-")), line(p.Link))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "\n%s\n", d.Summary()); err != nil {
		return err
	}
	for _, n := range d.NotSeen {
		if _, err := fmt.Fprintf(w, "not checked: %s\n", line(n.String())); err != nil {
			return err
		}
	}
	return nil
}
