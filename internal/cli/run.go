package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/report"
)

// run preflights the connection of this job and tells the agent the result.
func run(ctx context.Context, s *session, _ []string) (code int, err error) {
	if !inJob(s.env.Environ) {
		return 0, ends(ExitUsage, errors.New("only the Azure Pipelines agent runs this verb, in a job; armpreflight help lists the other verbs"))
	}
	shorten(s.redactor, s.task.Identifiers())
	defer func() {
		if p := recover(); p != nil {
			code = s.fault(fmt.Sprint(p))
		}
	}()
	j := newJob(s)
	defer j.network.client.Close()
	lines := header(s.task, j.inputs, j.network)
	now := len(lines)
	if j.injected {
		now = 1 // the others if there's something to tell
	}
	j.lines(lines[:now])
	if j.needless != "" {
		j.leave(j.needless)
		return ExitOK, nil
	}
	results, others, waited := j.check(ctx)
	r := j.report(ctx, results, others, waited)
	d := r.Document("armpreflight "+version, j.start, about(j.inputs, results), s.clean)
	if j.silent(d, d.Issues()) {
		s.out.Line(d.Line)
		j.forDebugging(d)
		setOutputs(s.out, j.inputs, d, append(outputsOf(s.env, r), output{checkedOutput, checkedNow(s.task, j.inputs)}))
	} else {
		j.lines(append(lines[now:], subject(s.task, j.inputs, results)))
		j.tell(r, d)
	}
	if d.Cancelled {
		return ExitCanceled, nil
	}
	s.out.Complete(j.result(d), d.Line)
	return ExitOK, nil
}

func (j *job) lines(lines []string) {
	for _, line := range lines {
		j.out.Line(line)
	}
}

// job is one run of the checks in a job.
type job struct {
	*session
	debug   *slog.Logger
	inputs  preflight.Inputs
	start   time.Time
	network network
	world   *preflight.World
	going   *progress

	injected bool   // by a pipeline decorator
	needless string // why an injected step has nothing to do; empty if it has
}

// newJob reads what the task was given. The caller closes the network's client.
func newJob(s *session) *job {
	j := &job{session: s, debug: slog.New(slog.DiscardHandler), inputs: preflight.ReadInputs(s.task.Input, variables(s.task)), start: s.env.Now()}
	if s.task.Job().Debug {
		j.debug = slog.New(s.out.Handler(slog.LevelDebug))
	}
	if j.injected = injected(s.task); j.injected {
		j.inputs, j.needless = ofInjected(s.task, j.inputs)
	}
	j.network = openNetwork(s.env, s.task, s.redactor, j.debug)
	j.world = newWorld(s.env, s.task, j.inputs, j.network, s.redactor, j.debug)
	j.going = &progress{log: s.out, total: len(preflight.All()), share: shareAlone}
	if j.inputs.WaitForPropagation > 0 {
		j.going.share = shareOfWaiting
	}
	if s.env.Terminal {
		j.going.terminal = s.err
	}
	return j
}

// check runs the checks on the job's connection, again while it may heal on its own, and at the same time those on its other
// connections. It returns the results, and how long it waited for a change.
func (j *job) check(ctx context.Context) (results []check.Result, others []preflight.Other, waited time.Duration) {
	wait := j.others(ctx)
	end := j.start.Add(j.inputs.Timeout + j.inputs.WaitForPropagation)
	ask := func(ctx context.Context, stands []check.Result) []check.Result {
		return j.look(ctx, end, j.world, preflight.All(), stands, j.going.finished)
	}
	results, waited = awaitPropagation(ctx, j.out, j.inputs, j.env.Now, ask(ctx, nil), ask)
	others = wait()
	j.going.clear()
	return results, others, waited
}

// others begins the checks on the job's other connections. What it returns waits for their results; it panics if they did.
func (j *job) others(ctx context.Context) func() []preflight.Other {
	type outcome struct {
		found []preflight.Other
		panic any
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.panic = recover()
			done <- o
		}()
		o.found = j.world.Others(ctx, func(ctx context.Context, w *preflight.World, checks []*preflight.Check) []check.Result {
			return j.look(ctx, j.start.Add(j.inputs.Timeout), w, checks, nil, nil)
		})
	}()
	return func() []preflight.Other {
		o := <-done
		if o.panic != nil {
			panic(o.panic) // on to the one place that reports it
		}
		return o.found
	}
}

// look runs checks on one connection until end at the latest. The time is for everything: what runs again, and
// connections that wait for their turn, get what is left of it.
func (j *job) look(ctx context.Context, end time.Time, w *preflight.World, checks []*preflight.Check, stands []check.Result, finished func(check.Result)) []check.Result {
	ctx, stop := context.WithTimeout(ctx, min(j.inputs.Timeout, end.Sub(j.env.Now())))
	defer stop()
	results := check.Run(ctx, w, checks, check.Options{
		Now: j.env.Now, AdvisoryGrace: 2 * time.Second, StopGrace: time.Second, Stands: stands, Finished: finished,
	})
	if j.injected {
		couldNotTell(results)
	}
	preflight.OneCause(results)
	check.Waive(results, w.Inputs.Waivers, j.env.Now())
	return results
}

// report puts together what was found.
func (j *job) report(ctx context.Context, results []check.Result, others []preflight.Other, waited time.Duration) *report.Report {
	r := &report.Report{
		Results:    results,
		Situation:  j.world.Situation(results),
		FailOn:     report.FailOn(j.inputs.FailOn),
		Ready:      ready(j.inputs, results),
		Elapsed:    j.env.Now().Sub(j.start),
		Waited:     waited,
		Cancelled:  ctx.Err() != nil,
		Facts:      comparedFacts(j.task.Agent(), results, j.start),
		Thresholds: &report.Days{Warning: j.inputs.ExpiryWarningDays, Error: j.inputs.ExpiryErrorDays},
	}
	if name := cmp.Or(j.task.Env("RELEASE_DEFINITIONNAME"), j.task.Env("BUILD_DEFINITIONNAME")); name != "" {
		r.Pipeline = &report.Pipeline{Name: name, Project: j.task.Env("SYSTEM_TEAMPROJECT")}
	}
	for _, other := range others {
		r.Others = append(r.Others, report.Part(other))
	}
	if a := preflight.AnswerOf(results); a != nil {
		r.Deployment = deploymentOf(a)
	}
	if c, ok := fact[preflight.CertificateFacts](results); ok {
		r.DaysToExpiry, r.Expires = &c.Days, &report.Expiry{At: c.Credential.Leaf.NotAfter.UTC(), Source: report.FromCertificate}
	}
	if e, ok := fact[preflight.ExpiryFacts](results); ok {
		r.DaysToExpiry, r.Expires = &e.Days, &report.Expiry{At: e.Until.UTC(), Source: report.FromGraph}
		if e.Given {
			r.Expires.Source = report.FromInput
		}
	}
	return r
}

// tell writes the log, the annotations and the report, and sets the outputs.
func (j *job) tell(r *report.Report, d report.Document) {
	outputs, issues := outputsOf(j.env, r), d.Issues()
	for _, line := range notSecret(j.out, outputs, issues) {
		j.out.Line(line)
	}
	report.WriteLog(j.out, d, j.redactor.Redact)
	j.forDebugging(d)
	j.annotate(issues)
	reportPath := ""
	if !d.Cancelled {
		reportPath = publish(j.out, j.task.Agent().TempDirectory, j.inputs.PublishSummary, d)
	}
	setOutputs(j.out, j.inputs, d, append(outputs, output{"ArmPreflight.reportPath", reportPath}, output{checkedOutput, checkedNow(j.task, j.inputs)}))
}

func (j *job) forDebugging(d report.Document) {
	for _, c := range d.Checks {
		j.debug.Debug("check", "id", c.ID, "status", c.Status, "notes", strings.Join(c.Notes, "\n"))
	}
}

// annotate annotates the run.
func (j *job) annotate(issues []report.Issue) {
	for _, issue := range issues {
		kind := pipeline.IssueWarning
		if issue.Error {
			kind = pipeline.IssueError
		}
		j.out.Issue(kind, codeWord(j.out, issue.Code), issue.Message)
	}
}

// inJob reports whether the agent started this process: TF_BUILD is in the environment of every step, and the inputs and
// connections of a task are in that of every task.
func inJob(environ []string) bool {
	return slices.ContainsFunc(environ, func(pair string) bool {
		name, value, _ := strings.Cut(strings.ToUpper(pair), "=")
		return name == "TF_BUILD" && value != "" || strings.HasPrefix(name, "INPUT_") || strings.HasPrefix(name, "ENDPOINT_")
	})
}

// fault reports a failure of this program: it says nothing about the
// connection, so it doesn't stop the deployment.
func (s *session) fault(detail string) int {
	d := diagnosis.Explain(catalogue.ToolFault, diagnosis.Situation{Hide: s.redactor.Redact}, facts.ToolFault{Detail: detail}, nil)
	s.out.Issue(pipeline.IssueWarning, check.CodeFault, d.Headline)
	s.out.SetWord(resultOutput, pipeline.Word(check.Unknown.String()), strings.EqualFold(s.task.Input("outputs"), "reference")) // not that of an earlier step
	result := pipeline.SucceededWithIssues
	if injected(s.task) {
		result = pipeline.Succeeded
	}
	s.out.Complete(result, d.Headline)
	return ExitOK
}

// fact returns the facts of type T among the results.
func fact[T any](results []check.Result) (T, bool) {
	for _, r := range results {
		if f, ok := r.Facts.(T); ok {
			return f, true
		}
	}
	var none T
	return none, false
}

// variables looks up pipeline variables for the checks.
func variables(task *pipeline.Task) func(string) (preflight.Variable, bool) {
	return func(name string) (preflight.Variable, bool) {
		v, ok := task.Variable(name)
		return preflight.Variable{Value: v.Value.Reveal(), Secret: v.Secret}, ok
	}
}
