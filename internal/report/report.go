// Package report turns the results of a run into a verdict and into the text
// that a person reads in the log.
//
// A [Report] holds the results. [Report.Verdict] computes the verdict once, from them and from [FailOn], and no renderer does
// (docs/adr/0010-three-valued-verdict.md). A [Document] is the report for other programs (docs/adr/0011-report-schema.md). The package asks nobody and opens nothing.
package report

import (
	"slices"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// Report is one run.
type Report struct {
	Results []check.Result // in layer order, one per check
	FailOn  FailOn
	Ready   string // what is ready, for the last line: `connection … → "Contoso Prod"`
	// DaysToExpiry is the whole days until the credential in use expires; nil
	// when that is unknown or nothing expires.
	DaysToExpiry *int
	Thresholds   *Days // between which DaysToExpiry was judged; nil where nothing expires
	Elapsed      time.Duration
	Waited       time.Duration // of Elapsed, for what may still have been propagating
	Cancelled    bool          // the run was cancelled; there is no verdict to give
	// Advice is what a report about making a connection ends in; nil for a run.
	Advice *diagnosis.Advice
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
// stage stops the next one in classic releases. An essential check that a waived
// failure blocked could not tell either: nobody accepted what it would have found.
func (r *Report) Verdict() Verdict {
	v := Verdict{Worst: check.Pass, Step: Succeeded}
	failed, waived := false, false
	for _, result := range r.Results {
		status := counts(result)
		if status.Gravity() > v.Worst.Gravity() {
			v.Worst = status
		}
		failed = failed || r.fails(result)
		waived = waived || waiverOf(result) != nil
	}
	for _, u := range r.unexamined() {
		if !u.Advisory && v.Worst != check.Fail {
			v.Worst = check.Unknown
			failed = failed || r.FailOn == FailOnUnknown || r.FailOn == FailOnWarn
		}
	}
	if r.Cancelled && v.Worst != check.Fail {
		v.Worst = check.Unknown // what was not looked at any more may be anything
	}
	switch {
	case failed:
		v.Step = Failed
	case v.Worst == check.Fail, v.Worst == check.Unknown, waived:
		v.Step = SucceededWithIssues
	}
	return v
}

// FailedChecks returns the ids of the checks that failed.
func (r *Report) FailedChecks() []string {
	var ids []string
	for _, result := range r.Results {
		if weight(result) == check.Fail {
			ids = append(ids, result.ID)
		}
	}
	return ids
}

// weight is what a result counts for in the verdict: Pass for everything that
// is no finding, and for findings that are waived.
func weight(r check.Result) check.Status {
	status := r.Status
	if i := slices.IndexFunc(r.Items, func(i check.Item) bool { return i.Waiver == nil }); len(r.Items) > 0 {
		status = check.Pass
		if i >= 0 {
			status = r.Items[i].Status // the gravest comes first
		}
	}
	if status == check.Skip || status == check.Unknown && r.Advisory {
		return check.Pass
	}
	return status
}

// counts is the weight of a result, and a warning for what a waiver covers.
func counts(r check.Result) check.Status {
	if status := weight(r); status != check.Pass || waiverOf(r) == nil {
		return status
	}
	return check.Warn
}

// waiverOf is the waiver of the gravest waived finding that would otherwise
// count; nil when there is none. An accepted warning is no issue.
func waiverOf(r check.Result) *check.Waiver {
	for _, item := range r.Items {
		if item.Waiver != nil && (item.Status == check.Fail || item.Status == check.Unknown && !r.Advisory) {
			return item.Waiver
		}
	}
	return nil
}

// unexamined are the checks that a failure blocked which a waiver covers.
func (r *Report) unexamined() []check.Result {
	var accepted []string
	for _, result := range r.Results {
		if waiverOf(result) != nil {
			accepted = append(accepted, result.ID)
		}
	}
	return slices.DeleteFunc(slices.Clone(r.Results), func(result check.Result) bool {
		return result.Status != check.Skip || !slices.ContainsFunc(result.BlockedBy, func(id string) bool { return slices.Contains(accepted, id) })
	})
}

// fails reports whether a result fails the step. A fault of our own says nothing
// about the connection, so it never does.
func (r *Report) fails(result check.Result) bool {
	s := weight(result)
	if len(result.Items) > 0 && result.Items[0].Code == check.CodeFault {
		return false // it is never waived, so it is the first that counts
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
