// Package finding makes items of checks: of what a check saw, and of a request that brought no usable answer. It decides
// which failure of a request answers the question of a check, in one table for the agent of a job and for a user.
//
// It asks no one and explains nothing: package report explains an item when everything is known.
package finding

import (
	"context"
	"errors"
	"net/http"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
)

// Codes are what any request can result in, and those of one check. A word in capitals represents the codes of a service.
func Codes(more ...catalogue.Code) []string {
	return Only(append([]catalogue.Code{
		catalogue.DNSFailure, catalogue.ConnectionRefused, catalogue.ConnectTimeout, catalogue.ConnectionReset, catalogue.AnswerTimeout,
		catalogue.NoRoute, catalogue.NetworkFailure, catalogue.TLSUntrusted, catalogue.TLSFailed, catalogue.ProxyAuthenticationRequired,
		catalogue.ProxyRefused, catalogue.ProxyUnreachable, catalogue.CaptivePortal, catalogue.UnexpectedAnswer,
		catalogue.ServiceUnavailable, catalogue.Throttled, check.CodeTimeRanOut, check.CodeCancelled, check.CodeFault,
	}, more...)...)
}

// Only are the codes of a check that sends no request.
func Only(codes ...catalogue.Code) []string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = string(code)
	}
	return words
}

// Coded is a code with what is known of it: a type of package facts, or a code alone.
type Coded interface {
	catalogue.Facts
	Code() catalogue.Code
}

// New is one non-pass item.
func New(status check.Status, found Coded) check.Item {
	return Seen(status, found, nil)
}

// Seen is New with the answer behind it; nil when there's none.
func Seen(status check.Status, found Coded, ev *evidence.Evidence) check.Item {
	return item(status, found.Code(), found, ev)
}

func item(status check.Status, code catalogue.Code, known catalogue.Facts, ev *evidence.Evidence) check.Item {
	return check.Item{Status: status, Code: string(code), Finding: diagnosis.Finding{Facts: known, Evidence: ev}}
}

// Judge makes items of requests that brought no usable answer.
type Judge struct {
	// Person is set where someone asks from a computer of their own: what its network refuses says nothing of Azure. The
	// network of a job's agent is the one that the deployment takes.
	Person bool
	// Timeout is the time that a run had, for the finding that it ran out; 0 isn't named.
	Timeout time.Duration
}

// Refused decides whether a read that brought no usable answer is an answer anyway (Fail) or leaves the question
// open (Unknown). A refusal that the catalogue can't explain leaves it open. about is what the request was about, whatever
// code it results in; nil when there's nothing to add.
func (j Judge) Refused(ctx context.Context, err error, about catalogue.Facts) check.Item {
	found, explained := j.failed(ctx, err, about)
	if !explained {
		found.Status = check.Unknown
	}
	return found
}

// Unseen is the item of a read that brought no answer and that fails nothing, whatever came instead.
func (j Judge) Unseen(ctx context.Context, err error, about catalogue.Facts) check.Item {
	found := j.Refused(ctx, err, about)
	found.Status = check.Unknown
	return found
}

// RefusedSignIn is the item of a request for a token that brought none. A service that refuses to sign someone in does
// so whether or not its code is known.
func (j Judge) RefusedSignIn(ctx context.Context, err error, about catalogue.Facts) check.Item {
	found, _ := j.failed(ctx, err, about)
	return found
}

// failed is the item of a failed request, and whether the catalogue explains what came; what the network did, it always explains.
func (j Judge) failed(ctx context.Context, err error, about catalogue.Facts) (found check.Item, explained bool) {
	failure, ok := errors.AsType[*evidence.Failure](err)
	if !ok { // a bug of ours: every request ends in a Failure
		return New(check.Unknown, facts.ToolFault{Detail: err.Error()}), true
	}
	ev := failure.Evidence
	if ev.Network == evidence.Canceled && ctx.Err() == nil {
		ev.Network = evidence.AnswerTimeout // the check gave up on its own, shorter time
	}
	if ev.Network == evidence.Canceled {
		return j.Undecided(ctx, &ev), true
	}
	match := diagnosis.Match(&ev)
	code := diagnosis.Code(failure.Code)
	if code == "" {
		code = diagnosis.CodeOf(ev)
	}
	return item(j.status(code, ev), code, about, &ev), failure.Code != "" || ev.Network != evidence.None || match.Code != ""
}

// Undecided is the item of a question that the end of the run's time, or its cancellation, left open. The
// evidence may be nil.
func (j Judge) Undecided(ctx context.Context, ev *evidence.Evidence) check.Item {
	late := errors.Is(context.Cause(ctx), check.ErrAdvisoryTime)
	if !late && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return Seen(check.Unknown, catalogue.Cancelled, ev)
	}
	found := Seen(check.Unknown, facts.TimeRanOut{Limit: j.Timeout}, ev)
	if late && !j.Person {
		found.Text = "no response soon after the other checks, and the run doesn't wait for it"
	}
	return found
}

// status tells a refusal that answers the question from trouble that leaves it open:
//
//	what came                                     agent of a job   person
//	an answer that says no                        Fail             Fail
//	the sign-in page of a network (captive-portal) Fail            Fail
//	429, 5xx, what may pass on its own             Unknown          Unknown
//	an answer that can't be read                  Unknown          Unknown
//	no answer in time, cut off, too large         Unknown          Unknown
//	DNS, refused, no route, TLS, proxy            Fail             Unknown
//	canceled, no time left, a bug of ours        Unknown          Unknown
func (j Judge) status(code diagnosis.Code, e evidence.Evidence) check.Status {
	switch code {
	case catalogue.ServiceUnavailable, catalogue.Throttled, catalogue.UnexpectedAnswer, catalogue.OIDCUnavailable, catalogue.Cancelled, catalogue.TimeRanOut, catalogue.ToolFault:
		return check.Unknown
	case catalogue.CaptivePortal:
		return check.Fail
	}
	switch {
	case e.Transient(), e.Status >= http.StatusInternalServerError:
		return check.Unknown
	case e.Network == evidence.AnswerTimeout, e.Network == evidence.ConnectionReset, e.Network == evidence.TooLarge:
		return check.Unknown
	case e.Network != evidence.None && j.Person:
		return check.Unknown
	}
	return check.Fail
}
