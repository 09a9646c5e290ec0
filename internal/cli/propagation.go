package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
)

// awaitPropagation asks again what failed and may heal on its own, until it is
// well, something fails that won't heal, or the time that the input
// waitForPropagation allows is over. It returns the last results and how long
// it waited. ask runs the checks whose results don't hold.
func awaitPropagation(ctx context.Context, log *pipeline.Log, inputs preflight.Inputs, now func() time.Time,
	results []check.Result, ask func(ctx context.Context, stands []check.Result) []check.Result,
) ([]check.Result, time.Duration) {
	start := now()
	end := start.Add(inputs.WaitForPropagation)
	var waited time.Duration // none, however long it took to see that there's nothing to wait for
	for pause := range preflight.Pauses {
		ids := preflight.MayHeal(results)
		left := end.Sub(now())
		if len(ids) == 0 || left < time.Second || ctx.Err() != nil {
			break
		}
		pause = min(pause, left)
		text := fmt.Sprintf("%s might still be propagating; next check in %s, for up to %s more", strings.Join(ids, ", "), rounded(pause), rounded(left))
		log.Line(text)
		log.Progress(shareOfWaiting+int((100-shareOfWaiting)*now().Sub(start)/inputs.WaitForPropagation), text)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return results, now().Sub(start)
		case <-timer.C:
		}
		results = ask(ctx, preflight.Standing(results))
		waited = now().Sub(start)
	}
	return results, waited
}

// rounded is a duration in whole seconds, without the seconds of a whole minute.
func rounded(d time.Duration) string {
	text := d.Round(time.Second).String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		return short + "m"
	}
	return text
}
