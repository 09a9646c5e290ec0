package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// requestCodes are what any request can come to.
var requestCodes = []string{
	"dns-failure", "connection-refused", "connect-timeout", "connection-reset", "answer-timeout", "no-route", "network-failure",
	"tls-untrusted", "tls-failed", "proxy-authentication-required", "proxy-refused", "proxy-unreachable",
	"captive-portal", "unexpected-answer", "service-unavailable", "throttled", check.CodeTimeRanOut, check.CodeCancelled, check.CodeFault,
}

// finding explains one non-pass item.
func (w *World) finding(s *state, status check.Status, code diagnosis.Code, args diagnosis.Args) check.Item {
	return item(status, w.explain(s, code, args, nil))
}

// explain explains a code in this run's situation. ev may be nil.
func (w *World) explain(s *state, code diagnosis.Code, args diagnosis.Args, ev *diagnosis.Evidence) diagnosis.Diagnosis {
	return diagnosis.Explain(code, w.situation(s), args, ev)
}

func item(status check.Status, d diagnosis.Diagnosis) check.Item {
	return check.Item{Status: status, Code: string(d.Code), Text: d.Headline, Finding: d}
}

// refused explains a read that brought no usable answer, and decides whether that
// is an answer all the same (Fail) or leaves the question open (Unknown). A refusal
// that the catalogue can't explain leaves it open.
func (w *World) refused(ctx context.Context, s *state, err error, args diagnosis.Args) check.Item {
	found := w.refusedSignIn(ctx, s, err, args)
	if failure, ok := errors.AsType[*diagnosis.Failure](err); ok && failure.Code == "" && failure.Evidence.Network == diagnosis.None {
		if _, explained := diagnosis.Match(failure.Evidence); !explained {
			found.Status = check.Unknown
		}
	}
	return found
}

// unseen explains a read that brought no answer and that fails nothing, whatever
// came instead.
func (w *World) unseen(ctx context.Context, s *state, err error, args diagnosis.Args) check.Item {
	found := w.refused(ctx, s, err, args)
	found.Status = check.Unknown
	return found
}

// refusedSignIn explains a request for a token that brought none. A service that
// refuses to sign the connection in does so whether or not its code is known.
func (w *World) refusedSignIn(ctx context.Context, s *state, err error, args diagnosis.Args) check.Item {
	failure, ok := errors.AsType[*diagnosis.Failure](err)
	if !ok { // a bug of ours: every request ends in a Failure
		return w.finding(s, check.Unknown, check.CodeFault, diagnosis.Args{"detail": err.Error()})
	}
	evidence := failure.Evidence
	if evidence.Network == diagnosis.Canceled && ctx.Err() == nil {
		evidence.Network = diagnosis.AnswerTimeout // the check gave up on its own, shorter time
	}
	if evidence.Network == diagnosis.Canceled {
		return w.undecided(ctx, s, &evidence)
	}
	if failure.Code != "" {
		return item(openOrShut(failure.Code, evidence), w.explain(s, failure.Code, args, &evidence))
	}
	d := diagnosis.ExplainEvidence(evidence, w.situation(s), args)
	return item(openOrShut(d.Code, evidence), d)
}

// undecided is the item of a question that the end of the run's time, or its
// cancellation, left open.
func (w *World) undecided(ctx context.Context, s *state, evidence *diagnosis.Evidence) check.Item {
	code := diagnosis.Code(check.CodeCancelled)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(context.Cause(ctx), check.ErrAdvisoryTime) {
		code = check.CodeTimeRanOut
	}
	found := item(check.Unknown, w.explain(s, code, diagnosis.Args{"seconds": fmt.Sprint(w.Inputs.Timeout.Seconds())}, evidence))
	if errors.Is(context.Cause(ctx), check.ErrAdvisoryTime) {
		found.Text = "no answer soon after the others; the run does not wait for it"
	}
	return found
}

// openOrShut tells refusals that answer the question from troubles that leave
// it open. A service that is down, overloaded or silent, and an answer that
// nobody can read, say nothing about the connection.
func openOrShut(code diagnosis.Code, e diagnosis.Evidence) check.Status {
	switch code {
	case "service-unavailable", "throttled", "unexpected-answer", "oidc-unavailable",
		check.CodeCancelled, check.CodeTimeRanOut, check.CodeFault:
		return check.Unknown
	case "captive-portal":
		return check.Fail
	}
	switch {
	case diagnosis.Transient(e), e.Status >= http.StatusInternalServerError:
		return check.Unknown
	case e.Network == diagnosis.AnswerTimeout, e.Network == diagnosis.ConnectionReset, e.Network == diagnosis.TooLarge:
		return check.Unknown
	}
	return check.Fail
}
