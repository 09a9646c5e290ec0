package report

import (
	"fmt"
	"strings"
	"testing"

	"armpreflight/internal/check"

	"github.com/stretchr/testify/assert"
)

// counting counts what a log is given.
type counting struct{ lines, bytes int }

func (c *counting) Line(text string)   { c.lines, c.bytes = c.lines+1, c.bytes+len(text) }
func (c *counting) Group(title string) { c.Line(title) }
func (c *counting) EndGroup()          {}

// TestALogIsNotMuchLargerThanItsReport: a long ID must not precede every word.
func TestALogIsNotMuchLargerThanItsReport(t *testing.T) {
	long, words := strings.Repeat("a", 20_000), strings.Repeat("a ", 20_000)
	for _, status := range []check.Status{check.Skip, check.Pass, check.Warn, check.Unknown, check.Fail} {
		r := &Report{Results: []check.Result{{ID: long, Outcome: check.Outcome{Status: status, Text: words, Notes: []string{words},
			Items: []check.Item{{Status: status, Code: long, Text: words}}}}}}
		var log counting
		WriteLog(&log, document(r), func(text string) string { return text })
		assert.Less(t, log.bytes, 40*(2*len(long)+3*len(words)), status.String())
	}
}

// TestManyCausesCostNoMoreThanTheyAre: as many causes as checks were compared with each other, one by one.
func TestManyCausesCostNoMoreThanTheyAre(t *testing.T) {
	const many = 20_000
	r := &Report{}
	for i := range many {
		r.Results = append(r.Results, check.Result{ID: "c", BlockedBy: []string{fmt.Sprint(strings.Repeat("x", 60), i)}, Outcome: check.Outcome{Status: check.Skip}})
	}
	var log counting
	WriteLog(&log, document(r), func(text string) string { return text })
	assert.GreaterOrEqual(t, log.lines, many)
}

func BenchmarkManyCauses(b *testing.B) {
	for _, many := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			r := &Report{}
			for i := range many {
				r.Results = append(r.Results, check.Result{ID: "c", BlockedBy: []string{fmt.Sprint(strings.Repeat("x", 60), i)}, Outcome: check.Outcome{Status: check.Skip}})
			}
			b.SetBytes(int64(70 * many))
			for b.Loop() {
				WriteLog(&counting{}, document(r), func(text string) string { return text })
			}
		})
	}
}
