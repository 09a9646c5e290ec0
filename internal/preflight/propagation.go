package preflight

import (
	"slices"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// MayHeal names the checks whose failure may go away without a fix within minutes of
// a change: a new role, a new credential. It's empty if something else is
// in the way too, since waiting wouldn't help then.
func MayHeal(results []check.Result) []string {
	var ids []string
	for _, r := range results {
		if r.Status != check.Fail {
			continue
		}
		for _, item := range r.Items {
			if item.Status != check.Fail || item.Waiver != nil {
				continue
			}
			entry, ok := diagnosis.Lookup(diagnosis.Code(item.Code))
			if !ok || entry.Retry != diagnosis.RetryPropagation {
				return nil
			}
			if !slices.Contains(ids, r.ID) {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids
}

// Standing are the results that don't need another check after a wait: all but
// the failures, unknown results, and what these blocked.
func Standing(results []check.Result) []check.Result {
	return slices.DeleteFunc(slices.Clone(results), func(r check.Result) bool {
		return r.Status == check.Fail || r.Status == check.Unknown && !r.Advisory || len(r.BlockedBy) > 0
	})
}

// Pauses are the times between two askings while something may still be
// propagating: short at first, since most changes are there within a minute.
func Pauses(yield func(time.Duration) bool) {
	for pause := 2 * time.Second; yield(pause); {
		pause = min(pause*2, 30*time.Second)
	}
}
