package preflight

import (
	"context"
	"fmt"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/finding"
)

// clockTolerance is how far a clock may be off before tokens and certificates
// are refused for it: Entra allows five minutes.
const clockTolerance = 5 * time.Minute

// Clock compares this machine's clock with the Date headers of answers that
// the run requests anyway.
var Clock = &Check{
	ID:       "clock",
	Layer:    layerNetwork,
	Title:    "is the agent's clock right?",
	Advisory: true,
	Needs:    []*Check{Network},
	After:    []*Check{ConnectionRecord, FederatedToken, AccessToken, Subscription, ManagementGroup},
	Codes:    func() []string { return finding.Only(catalogue.ClockSkew) },
	Quiet:    "no response included a date",
	Sends:    "nothing: it compares the dates of the responses to other checks",
	Warns:    "the clock is wrong",
	Run: func(_ context.Context, w *World, s *state) check.Outcome {
		skew, host, ok := w.Skew()
		switch {
		case !ok:
			return check.NotApplicable("no response included a date")
		case skew.Abs() <= clockTolerance:
			return check.Passed("", nil)
		}
		if r, ok := s.ResultOf(AccessToken); ok && len(r.Items) > 0 && r.Items[0].Code == string(catalogue.ClockSkew) {
			return check.Outcome{Status: check.Skip, Text: skewWords(skew) + ", see access-token"}
		}
		return check.Found(finding.New(check.Warn, facts.ClockSkew{Skew: skewWords(skew), Host: host}))
	},
}

// skewWords says how far this machine's clock is off.
func skewWords(skew time.Duration) string {
	minutes := int(skew.Abs().Round(time.Minute).Minutes())
	words := fmt.Sprintf("%d minutes", minutes)
	if minutes >= 120 {
		words = fmt.Sprintf("%d hours", minutes/60)
		if minutes%60 > 0 {
			words += fmt.Sprintf(" %d minutes", minutes%60)
		}
	}
	if skew > 0 {
		return words + " ahead"
	}
	return words + " behind"
}
