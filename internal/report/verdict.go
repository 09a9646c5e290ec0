package report

import (
	"slices"

	"armpreflight/internal/check"
)

// Verdict is the judgment of a run.
type Verdict struct {
	Worst check.Status // Pass, Warn, Unknown or Fail
	Step  Step
}

// Verdict judges the run. An advisory check with an unknown result counts as
// nothing; a warning leaves the step Succeeded, since a partially succeeded
// stage stops the next one in classic releases. An essential check that a waived
// failure blocked is unknown too: no one accepted what it would have found.
func (d Document) Verdict() Verdict {
	v := Verdict{Worst: check.Pass, Step: Succeeded}
	failed, waived := false, false
	for _, c := range d.Checks {
		status := c.counts()
		if status.Gravity() > v.Worst.Gravity() {
			v.Worst = status
		}
		failed = failed || d.fails(c)
		waived = waived || c.waived() != nil
	}
	for _, u := range d.unexamined() {
		if !u.Advisory && v.Worst != check.Fail {
			v.Worst = check.Unknown
			failed = failed || d.FailOn == FailOnUnknown || d.FailOn == FailOnWarn
		}
	}
	if d.Cancelled && v.Worst != check.Fail {
		v.Worst = check.Unknown // what wasn't checked anymore may be anything
	}
	switch {
	case failed:
		v.Step = Failed
	case v.Worst == check.Fail, v.Worst == check.Unknown, waived:
		v.Step = SucceededWithIssues
	}
	return v
}

// FailedChecks returns the IDs of the checks that failed.
func (d Document) FailedChecks() []string { return d.weighing(check.Fail) }

// weighing returns the IDs of the checks that count for a status.
func (d Document) weighing(s check.Status) []string {
	var ids []string
	for _, c := range d.Checks {
		if c.weight() == s {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// weight is what a check counts for in the verdict: Pass for everything that isn't a
// finding, and for findings that are waived.
func (c Check) weight() check.Status {
	s := status(c.Status)
	if i := slices.IndexFunc(c.Findings, func(f Found) bool { return f.Waived == nil }); len(c.Findings) > 0 {
		s = check.Pass
		if i >= 0 {
			s = status(c.Findings[i].Status) // the gravest comes first
		}
	}
	if s == check.Skip || s == check.Unknown && c.Advisory {
		return check.Pass
	}
	return s
}

// counts is the weight of a check, and a warning for what a waiver covers.
func (c Check) counts() check.Status {
	if s := c.weight(); s != check.Pass || c.waived() == nil {
		return s
	}
	return check.Warn
}

// waived is the waiver of the gravest waived finding that would otherwise count;
// nil if it has none. An accepted warning isn't an issue.
func (c Check) waived() *Waived {
	for _, f := range c.Findings {
		if s := status(f.Status); f.Waived != nil && (s == check.Fail || s == check.Unknown && !c.Advisory) {
			return f.Waived
		}
	}
	return nil
}

// unexamined are the checks that a failure blocked which a waiver covers.
func (d Document) unexamined() []Check {
	var accepted []string
	for _, c := range d.Checks {
		if c.waived() != nil {
			accepted = append(accepted, c.ID)
		}
	}
	return slices.DeleteFunc(slices.Clone(d.Checks), func(c Check) bool {
		return status(c.Status) != check.Skip || !slices.ContainsFunc(c.BlockedBy, func(id string) bool { return slices.Contains(accepted, id) })
	})
}

// fails reports whether a check fails the step. A fault of our own says nothing
// about the connection, so it never does.
func (d Document) fails(c Check) bool {
	s := c.weight()
	if len(c.Findings) > 0 && c.Findings[0].Code == check.CodeFault {
		return false // it's never waived, so it's the first that counts
	}
	switch d.FailOn {
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

// statuses are those that a document can have.
var statuses = []check.Status{check.Unknown, check.Pass, check.Warn, check.Fail, check.Skip}

// status is one whose name Read has checked.
func status(text string) check.Status {
	return statuses[slices.IndexFunc(statuses, func(s check.Status) bool { return s.String() == text })]
}
