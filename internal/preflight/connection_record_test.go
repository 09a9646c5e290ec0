package preflight

import (
	"testing"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"

	"github.com/stretchr/testify/assert"
)

func TestWhatIsWorthALineOfARecord(t *testing.T) {
	for name, tc := range map[string]struct {
		record devops.Record
		want   string
	}{
		"a name alone": {devops.Record{Name: "prod"}, `"prod"`},
		"one project":  {devops.Record{Name: "prod", Projects: 1, Modified: time.Date(2026, 9, 24, 8, 0, 0, 0, time.UTC)}, `"prod", last changed 2026-09-24`},
		"all of it":    {devops.Record{Name: "prod", Disabled: true, Outdated: true, Projects: 3}, `"prod", disabled, marked as outdated by Azure DevOps, shared by 3 projects`},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, recordWords(tc.record)) })
	}
}

func TestFindingsAreExplainedWithTheNamesOfToday(t *testing.T) {
	var conn connection.Connection
	conn.Scope.SubscriptionName, conn.Scope.SubscriptionID = "Contoso Old", "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14"
	w := &World{Link: func(id string) string { return "link of " + id }}
	kept := []check.Result{
		{Outcome: check.Passed("", connection.Endpoint{ID: "0c5d8e17"})},
		{Outcome: check.Passed("", conn)},
	}
	s := w.Situation(kept)
	assert.Equal(t, "0c5d8e17", s.Connection)
	assert.Equal(t, "Contoso Old", s.Subscription)
	s = w.Situation(append(kept,
		check.Result{Outcome: check.Passed("", devops.Record{Name: "prod-arm", Description: "ask the platform team"})},
		check.Result{Outcome: check.Passed("", azure.Subscription{DisplayName: "Contoso Prod"})}))
	assert.Equal(t, "prod-arm", s.Connection)
	assert.Equal(t, "link of 0c5d8e17", s.ConnectionLink)
	assert.Equal(t, "ask the platform team", s.Description)
	assert.Equal(t, "Contoso Prod", s.Subscription)
	assert.Equal(t, "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14", s.SubscriptionID)
	assert.Equal(t, "link of ", w.Situation(nil).ConnectionLink, "without a connection, the page of all")
}
