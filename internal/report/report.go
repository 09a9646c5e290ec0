// Package report turns the results of a run into a verdict and into the text
// that a person reads in the log.
//
// The verdict is computed here once, from the results and failOn, and never by
// a renderer. The package asks nobody and opens nothing.
package report

import (
	"time"

	"armpreflight/internal/check"
)

// Report is one run.
type Report struct {
	Results []check.Result // in layer order, one per check
	FailOn  FailOn
	Ready   string // what is ready, for the last line: `connection … → "Contoso Prod"`
	// DaysToExpiry is the whole days until the credential in use expires; nil
	// when that is unknown or nothing expires.
	DaysToExpiry *int
	Elapsed      time.Duration
	Cancelled    bool // the run was cancelled; there is no verdict to give
}

// FailOn is the gravity from which findings fail the step.
type FailOn string

// The values of the input failOn.
const (
	FailOnFail    FailOn = "fail"
	FailOnUnknown FailOn = "unknown"
	FailOnWarn    FailOn = "warn"
	FailOnNever   FailOn = "never"
)

// Step is the result of the step as the agent knows it.
type Step string

// The results a step can have.
const (
	Succeeded           Step = "Succeeded"
	SucceededWithIssues Step = "SucceededWithIssues"
	Failed              Step = "Failed"
)

// Verdict is the judgement over a report.
type Verdict struct {
	Worst check.Status // Pass, Warn, Unknown or Fail
	Step  Step
}

// Verdict judges the report. An advisory check that could not tell counts as
// nothing; a warning leaves the step Succeeded, since a partially succeeded
// stage stops the next one in classic releases.
func (r *Report) Verdict() Verdict {
	v := Verdict{Worst: check.Pass, Step: Succeeded}
	failed := false
	for _, result := range r.Results {
		status := weight(result)
		if status.Gravity() > v.Worst.Gravity() {
			v.Worst = status
		}
		failed = failed || r.fails(result)
	}
	switch {
	case failed:
		v.Step = Failed
	case v.Worst == check.Fail, v.Worst == check.Unknown:
		v.Step = SucceededWithIssues
	}
	return v
}

// FailedChecks returns the ids of the checks that failed.
func (r *Report) FailedChecks() []string {
	var ids []string
	for _, result := range r.Results {
		if result.Status == check.Fail {
			ids = append(ids, result.ID)
		}
	}
	return ids
}

// weight is what a result counts for in the verdict: Pass for everything that
// is no finding.
func weight(r check.Result) check.Status {
	if r.Status == check.Skip || r.Status == check.Unknown && r.Advisory {
		return check.Pass
	}
	return r.Status
}

// fails reports whether a result fails the step. A fault of our own says nothing
// about the connection, so it never does.
func (r *Report) fails(result check.Result) bool {
	s := weight(result)
	if len(result.Items) > 0 && result.Items[0].Code == check.CodeFault {
		return false
	}
	switch r.FailOn {
	case FailOnNever:
		return false
	case FailOnWarn:
		return s.Gravity() >= check.Warn.Gravity()
	case FailOnUnknown:
		return s.Gravity() >= check.Unknown.Gravity()
	default:
		return s == check.Fail
	}
}
