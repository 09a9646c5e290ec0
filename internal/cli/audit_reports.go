package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/preflight"
	"armpreflight/internal/report"
)

// runReport reads a file that's the report of a run. If it isn't one, run is nil, and all gives the whole file.
func (s *session) runReport(file io.Reader) (run *audit.RunReport, all io.Reader, err error) {
	start, err := io.ReadAll(io.LimitReader(file, report.MaxDocument+1))
	if err != nil {
		return nil, nil, fmt.Errorf("it can't be read: %w", err)
	}
	var keys struct {
		Checks json.RawMessage `json:"checks"`
	}
	if json.Unmarshal(start, &keys) != nil || keys.Checks == nil { // also the start of a larger file
		return nil, io.MultiReader(bytes.NewReader(start), file), nil
	}
	d, err := report.Read(bytes.NewReader(start))
	if err != nil {
		return nil, nil, err
	}
	d = d.Cleaned(s.clean)
	run = &audit.RunReport{Connection: d.Connection.ID, Started: d.Started}
	if p := d.Pipeline; p != nil {
		run.Pipeline = audit.Pipeline{Name: p.Name, Project: p.Project}
	}
	if e := d.Expires; e != nil {
		run.Ends, run.Certificate, run.Given = e.At, e.Source == report.FromCertificate, e.Source == report.FromInput
	}
	for _, c := range d.Checks { // that of another connection has its name in the ID
		if c.ID == preflight.Subscription.ID {
			run.Subscription = subscriptionOf(c)
		}
		if !slices.ContainsFunc(preflight.All(), func(known *preflight.Check) bool { return known.ID == c.ID }) {
			continue
		}
		for _, f := range c.Findings {
			if f.Waived == nil || f.Status != check.Fail.String() || d.FailOn == report.FailOnNever {
				continue
			}
			if last, err := time.Parse(time.DateOnly, f.Waived.Until); err == nil {
				run.Waivers = append(run.Waivers, audit.Waiver{Check: c.ID, Code: diagnosis.Code(f.Code), Until: last.AddDate(0, 0, 1)})
			}
		}
	}
	return run, nil, nil
}

// subscriptionOf is what a run found of its subscription.
func subscriptionOf(c report.Check) audit.SubscriptionState {
	switch {
	case slices.ContainsFunc(c.Findings, func(f report.Found) bool { return f.Code == string(catalogue.SubscriptionDisabled) }):
		return audit.SubscriptionDisabled
	case c.Status == check.Pass.String(), c.Status == check.Warn.String():
		return audit.SubscriptionUsable
	}
	return audit.SubscriptionUnseen
}
