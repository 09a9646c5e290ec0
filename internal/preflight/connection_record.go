package preflight

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
)

// ConnectionRecord reads what Azure DevOps keeps of the connection. It judges
// one thing only, whether the connection was finished; the rest is for a reader,
// and for Name. Facts: devops.Record.
var ConnectionRecord = &Check{
	ID:       "connection-record",
	Layer:    layerConnection,
	Title:    "what does Azure DevOps return for the connection: name, description, state, and last change?",
	Advisory: true,
	Needs:    []*Check{ConnectionInput},
	Codes: func() []string {
		return finding.Codes(catalogue.RecordUnreadable, catalogue.JobTokenMissing, catalogue.ConnectionNotReady)
	},
	Quiet: "the job has no URL or no token for the request",
	Sends: "one read of the connection's record in the job's organization",
	Right: "the role Reader on the connection, for the build service of the project or the collection",
	Warns: "Azure DevOps reports that the connection isn't ready",
	Run:   runConnectionRecord,
}

func runConnectionRecord(ctx context.Context, w *World, s *state) check.Outcome {
	endpoint, _ := check.FactsOf[connection.Endpoint](s, ConnectionInput)
	record, err := w.DevOps.Record(ctx, endpoint.ID)
	if err != nil {
		if _, asked := errors.AsType[*evidence.Failure](err); !asked {
			return check.NotApplicable("the job has no URL or no token for the request")
		}
		return check.Found(w.unread(ctx, s, err))
	}
	o := check.Passed(recordWords(record), record)
	if record.Unfinished() {
		o = check.Found(finding.New(check.Warn, facts.ConnectionNotReady{State: record.State, Detail: record.StateMessage}))
		o.Facts = record
	}
	if record.RevertUntil.After(w.Now()) {
		o.Notes = append(o.Notes, "converted to federation; you can revert it until "+record.RevertUntil.Format(time.DateOnly))
	}
	return o
}

// unread is the finding of a record that couldn't be read, for any reason:
// nothing that a deployment needs is in it.
func (w *World) unread(ctx context.Context, s *state, err error) check.Item {
	found := w.judge().Unseen(ctx, err, nil)
	if found.Code == string(catalogue.RecordUnreadable) {
		found.Text = "the build service can't read it (it needs the role Reader on the connection)"
	}
	return found
}

// recordWords says what's worth a line of a record.
func recordWords(r devops.Record) string {
	words := []string{fmt.Sprintf("%q", r.Name)}
	if r.Disabled {
		words = append(words, "disabled")
	}
	if r.Outdated {
		words = append(words, "marked as outdated by Azure DevOps")
	}
	if r.Projects > 1 {
		words = append(words, fmt.Sprintf("shared by %d projects", r.Projects))
	}
	if !r.Modified.IsZero() {
		words = append(words, "last changed "+r.Modified.Format(time.DateOnly))
	}
	return strings.Join(words, ", ")
}
