package report

import (
	"math"
	"slices"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// Report is the report that a document was written from, as far as it is in it:
// enough for the log to be written again.
func (d Document) Report() *Report {
	r := &Report{
		FailOn: d.FailOn, Ready: d.Ready, DaysToExpiry: d.DaysToExpiry, Thresholds: d.Thresholds, Cancelled: d.Cancelled,
		Elapsed: duration(d.Seconds), Waited: duration(d.Waited), Advice: d.Recommendation.advice(),
	}
	for _, c := range d.Checks {
		r.Results = append(r.Results, c.result())
	}
	return r
}

func (c Check) result() check.Result {
	r := check.Result{ID: c.ID, Layer: c.Layer, Title: c.Title, Advisory: c.Advisory, BlockedBy: c.BlockedBy, Elapsed: duration(c.Seconds),
		Outcome: check.Outcome{Status: status(c.Status), Text: c.Text, Notes: c.Notes, NotAsked: c.NotAsked, NotApplicable: c.NotApplicable}}
	for _, f := range c.Findings {
		r.Items = append(r.Items, f.item())
	}
	return r
}

func duration(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds*1000)) * time.Millisecond
}

// status is one whose name Read has looked at.
func status(text string) check.Status {
	return statuses[slices.IndexFunc(statuses, func(s check.Status) bool { return s.String() == text })]
}

func (f Found) item() check.Item {
	item := check.Item{Status: status(f.Status), Code: f.Code, Text: f.Text}
	if f.Waived != nil {
		item.Waiver = &check.Waiver{Because: f.Waived.Because}
		if day, err := time.Parse(time.DateOnly, f.Waived.Until); err == nil {
			item.Waiver.Until = day.AddDate(0, 0, 1)
		}
	}
	if f.Who == "" && f.Cause == "" {
		return item
	}
	d := diagnosis.Diagnosis{Code: diagnosis.Code(f.Code), Headline: f.Text, Cause: f.Cause, Who: diagnosis.Person(f.Who), Steps: f.Steps,
		Link: f.Link, Ask: f.Ask, Bound: time.Duration(f.Minutes * float64(time.Minute))}
	for _, c := range []diagnosis.Confidence{diagnosis.Certain, diagnosis.Likely, diagnosis.Guess} {
		if c.String() == f.Confidence {
			d.Confidence = c
		}
	}
	if e := f.Evidence; e != nil {
		d.Evidence = &diagnosis.Evidence{Method: e.Method, Host: e.Host, Path: e.Path, Status: e.Status, ContentType: e.ContentType,
			Codes: e.Codes, Message: e.Message, Body: e.Body, TraceID: e.TraceID, CorrelationID: e.CorrelationID, RequestID: e.RequestID,
			Timestamp: e.Timestamp, NetworkDetail: e.Network}
	}
	item.Finding = d
	return item
}
