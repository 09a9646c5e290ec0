package check_test

import (
	"context"
	"fmt"
	"time"

	"armpreflight/internal/check"
)

// world is everything that the checks of the example may touch.
type world struct{ host string }

// The second of two checks needs the first: its question isn't asked when the first fails.
func Example() {
	name := &check.Check[*world]{
		ID: "name", Layer: "network", Title: "is a host named?",
		Run: func(_ context.Context, w *world, _ *check.State[*world]) check.Outcome {
			if w.host == "" {
				return check.Found(check.Item{Status: check.Fail, Code: "input-invalid", Text: "no host is named"})
			}
			return check.Passed(w.host, nil)
		},
	}
	reach := &check.Check[*world]{
		ID: "reach", Layer: "network", Title: "does it answer?", Needs: []*check.Check[*world]{name},
		Run: func(context.Context, *world, *check.State[*world]) check.Outcome { return check.Passed("", nil) },
	}
	for _, r := range check.Run(context.Background(), &world{}, []*check.Check[*world]{name, reach}, check.Options{Now: time.Now}) {
		fmt.Println(r.ID, r.Status, r.Text, r.BlockedBy)
	}
	// Output:
	// name fail no host is named []
	// reach skip  [name]
}
