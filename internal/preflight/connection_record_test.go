package preflight

import (
	"testing"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"

	"github.com/stretchr/testify/assert"
)

func TestWhatIsWorthALineOfARecord(t *testing.T) {
	for name, tc := range map[string]struct {
		record devops.Record
		want   string
	}{
		"a name alone": {devops.Record{Name: "prod"}, `"prod"`},
		"one project":  {devops.Record{Name: "prod", Projects: 1, Modified: time.Date(2026, 9, 24, 8, 0, 0, 0, time.UTC)}, `"prod", last changed 2026-09-24`},
		"all of it":    {devops.Record{Name: "prod", Disabled: true, Outdated: true, Projects: 3}, `"prod", disabled, called outdated by Azure DevOps, shared by 3 projects`},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, recordWords(tc.record)) })
	}
}

func TestFindingsCarryTheNameOfTheConnectionOnceItIsKnown(t *testing.T) {
	w := &World{Redact: func(s string) string { return s }}
	d := diagnosis.Explain("AADSTS7000222", diagnosis.Situation{Connection: "0c5d8e17"}, nil, nil)
	failed := check.Result{ID: "access-token", Outcome: check.Found(item(check.Fail, d))}
	before := failed.Items[0]
	results := []check.Result{
		{ID: "connection-record", Outcome: check.Passed("", devops.Record{Name: "prod-arm", Description: "ask the platform team"})},
		failed,
	}
	w.Name(results)
	assert.Equal(t, "the client secret of connection 'prod-arm' has expired", results[1].Text)
	assert.Equal(t, results[1].Text, results[1].Items[0].Text)
	assert.Equal(t, "ask the platform team", results[1].Items[0].Finding.(diagnosis.Diagnosis).Ask)
	assert.Equal(t, before, failed.Items[0], "what an earlier asking found is not written to")

	again := []check.Result{failed}
	w.Name(again)
	assert.Equal(t, failed, again[0], "without a record the id stays")
}
