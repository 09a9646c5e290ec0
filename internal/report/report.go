// Package report turns the results of a run into its Document, once: it explains
// the findings, with everything that's known at the end, and computes the verdict.
// What a reader gets (log, annotations, page, Markdown, JUnit, JSON) are pure
// functions of the Document.
//
// A [Report] holds the results. [Report.Document] explains them and computes the verdict from them and from [FailOn], and no
// renderer does (docs/adr/0010-three-valued-verdict.md). A [Document] is the report for other programs, too
// (docs/adr/0011-report-schema.md). The package sends no requests and opens nothing.
package report

import (
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// Report is one run, as its checks left it.
type Report struct {
	Results   []check.Result      // in layer order, one per check
	Situation diagnosis.Situation // what Results are explained with
	Others    []Part              // the other connections that were checked
	FailOn    FailOn
	Ready     string // what's ready, for the last line: `connection … → "Contoso Prod"`
	// DaysToExpiry is the whole days until the credential in use expires; nil
	// if that's unknown or nothing expires.
	DaysToExpiry *int
	Expires      *Expiry
	Thresholds   *Days     // between which DaysToExpiry was judged; nil where nothing expires
	Pipeline     *Pipeline // nil if it isn't known
	Elapsed      time.Duration
	Waited       time.Duration // of Elapsed, for what may still have been propagating
	Cancelled    bool          // the run was canceled; there's no verdict to give
	Facts        []Fact        // for a comparison with another run; nil for none
	// Deployment is what the deployment needs; nil if no file was named or could be read.
	Deployment *Deployment
	// Advice is what a report about creating a connection ends with; nil for a run.
	Advice *diagnosis.Advice
}

// Part is what was found of another connection.
type Part struct {
	Results   []check.Result
	Situation diagnosis.Situation
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
