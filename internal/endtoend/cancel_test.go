package endtoend

import (
	"context"
	"fmt"
	"testing"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnInterruptDuringAnyRequestEndsTheRun cancels the job while request k of
// the run gets no answer, for every k.
func TestAnInterruptDuringAnyRequestEndsTheRun(t *testing.T) {
	for _, name := range []string{"healthy", "healthy-certificate", "healthy-federation", "healthy-managed-identity", "healthy-resource-group"} {
		calm := set(t, name)
		calm.play(t.Context())
		requests := len(calm.cloud.Requests())
		require.Positive(t, requests)
		for k := range requests {
			t.Run(fmt.Sprintf("%s, request %d", name, k+1), func(t *testing.T) {
				t.Parallel()
				s := set(t, name, func(r *scenario.Run) {
					r.Faults = append(r.Faults, cloud.Fault{Nth: k + 1, Hang: true})
					r.Variable("ArmPreflight.result", "pass", false)
				})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				arrived := make(chan time.Time, 1)
				go func() {
					// The record grows when a request arrives; there is no event to wait for.
					for ctx.Err() == nil {
						if len(s.cloud.Requests()) > k {
							arrived <- time.Now()
							cancel()
							return
						}
						<-time.After(5 * time.Millisecond)
					}
				}()
				record := s.play(ctx)
				select {
				case at := <-arrived:
					assert.Less(t, time.Since(at), 5*time.Second, "out within five seconds")
				default:
					require.Fail(t, "the request never came", output(record))
				}
				assert.Equal(t, "Canceled", record.Result)
				assert.Equal(t, "unknown", record.Variables["ArmPreflight.result"].Value, "whatever was found until then")
				assert.True(t, hasLine(record, "connection-data"), "what was found is printed:\n%s", output(record))
				assert.True(t, hasLine(record, "canceled"), output(record))
			})
		}
	}
}
