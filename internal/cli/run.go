package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/report"
	"armpreflight/internal/secret"
)

// run preflights the connection of this job and tells the agent the result.
func run(ctx context.Context, s *session, _ []string) (code int, err error) {
	env, task, redactor, log := s.env, s.task, s.redactor, s.out
	if !inJob(env.Environ) {
		return 0, ends(ExitUsage, errors.New("this is for the agent of Azure Pipelines, which starts it in a job; armpreflight help shows what else there is"))
	}
	shorten(redactor, task.Identifiers())
	defer func() {
		if p := recover(); p != nil {
			code = fault(log, redactor, fmt.Sprint(p), strings.EqualFold(task.Input("outputs"), "reference"))
		}
	}()

	debug := slog.New(slog.DiscardHandler)
	if task.Job().Debug {
		debug = slog.New(log.Handler(slog.LevelDebug))
	}
	inputs := preflight.ReadInputs(task.Input, variables(task))
	start := env.Now()
	network := openNetwork(env, task, redactor, debug)
	defer network.client.Close()
	for _, line := range header(task, inputs, network) {
		log.Line(line)
	}
	world := newWorld(env, task, inputs, network, redactor, debug)
	going := &progress{log: log, total: len(preflight.All()), share: shareAlone}
	if inputs.WaitForPropagation > 0 {
		going.share = shareOfWaiting
	}
	if env.Terminal {
		going.terminal = s.err
	}
	// The time is for everything: what is asked again, and connections that wait for
	// their turn, get what is left of it.
	look := func(ctx context.Context, end time.Time, w *preflight.World, checks []*preflight.Check, stands []check.Result, finished func(check.Result)) []check.Result {
		ctx, stop := context.WithTimeout(ctx, min(inputs.Timeout, end.Sub(env.Now())))
		defer stop()
		results := check.Run(ctx, w, checks, check.Options{
			Now: env.Now, AdvisoryGrace: 2 * time.Second, StopGrace: time.Second, Stands: stands, Finished: finished,
		})
		preflight.OneCause(results)
		check.Waive(results, w.Inputs.Waivers, env.Now())
		return results
	}
	ask := func(ctx context.Context, stands []check.Result) []check.Result {
		return look(ctx, start.Add(inputs.Timeout+inputs.WaitForPropagation), world, preflight.All(), stands, going.finished)
	}
	others := make(chan any, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				others <- p // and on to the one place that tells of it
			}
		}()
		others <- world.Others(ctx, func(ctx context.Context, w *preflight.World, checks []*preflight.Check) []check.Result {
			return look(ctx, start.Add(inputs.Timeout), w, checks, nil, nil)
		})
	}()
	results, waited := awaitPropagation(ctx, log, inputs, env.Now, ask(ctx, nil), ask)
	found := <-others
	more, ok := found.([]preflight.Other)
	if !ok {
		panic(found)
	}
	going.clear()

	r := &report.Report{
		Results:   results,
		Situation: world.Situation(results),
		FailOn:    report.FailOn(inputs.FailOn),
		Ready:     ready(inputs, results),
		Elapsed:   env.Now().Sub(start),
		Waited:    waited,
		Cancelled: ctx.Err() != nil,
	}
	for _, other := range more {
		r.Others = append(r.Others, report.Part(other))
	}
	r.Thresholds = &report.Days{Warning: inputs.ExpiryWarningDays, Error: inputs.ExpiryErrorDays}
	if c, ok := fact[preflight.CertificateFacts](results); ok {
		r.DaysToExpiry = &c.Days
	}
	if e, ok := fact[preflight.ExpiryFacts](results); ok {
		r.DaysToExpiry = &e.Days
	}
	document := r.Document("armpreflight "+version, start, about(inputs, results), s.clean)
	outputs := outputsOf(env, r)
	issues := document.Issues()
	for _, line := range notSecret(log, outputs, issues) {
		log.Line(line)
	}
	report.WriteLog(log, document, redactor.Redact)
	for _, c := range document.Checks {
		debug.Debug("check", "id", c.ID, "status", c.Status, "notes", strings.Join(c.Notes, "\n"))
	}
	tell(log, issues)
	reportPath := ""
	if !document.Cancelled {
		reportPath = publish(log, task.Agent().TempDirectory, inputs.PublishSummary, document)
	}
	setOutputs(log, inputs, document, append(outputs, output{"ArmPreflight.reportPath", reportPath}))
	if document.Cancelled {
		return ExitCancelled, nil
	}
	log.Complete(pipeline.StepResult(document.Step), document.Line)
	return ExitOK, nil
}

// inJob tells whether the agent started this process: TF_BUILD is in the environment of every step, and the inputs and
// connections of a task are in that of every task.
func inJob(environ []string) bool {
	return slices.ContainsFunc(environ, func(pair string) bool {
		name, value, _ := strings.Cut(strings.ToUpper(pair), "=")
		return name == "TF_BUILD" && value != "" || strings.HasPrefix(name, "INPUT_") || strings.HasPrefix(name, "ENDPOINT_")
	})
}

// fault reports a failure of this program: it says nothing about the
// connection, so it does not stop the deployment.
func fault(log *pipeline.Log, redactor *secret.Redactor, detail string, asReference bool) int {
	d := diagnosis.Explain(check.CodeFault, diagnosis.Situation{Hide: redactor.Redact}, diagnosis.Args{"detail": detail}, nil)
	log.Issue(pipeline.IssueWarning, check.CodeFault, d.Headline)
	log.SetWord(resultOutput, pipeline.Word(check.Unknown.String()), asReference) // not that of an earlier step
	log.Complete(pipeline.SucceededWithIssues, d.Headline)
	return ExitOK
}

// tell annotates the run.
func tell(log *pipeline.Log, issues []report.Issue) {
	for _, issue := range issues {
		kind := pipeline.IssueWarning
		if issue.Error {
			kind = pipeline.IssueError
		}
		log.Issue(kind, codeWord(log, issue.Code), issue.Message)
	}
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
