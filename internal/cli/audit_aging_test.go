package cli

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryBreakWasForecast lives through 400 days with 250 connections and audits every 28 days; with -every, it's 500 and every 14. What breaks
// was in a forecast at least 14 days earlier, and what was certain came true unless someone acted.
func TestEveryBreakWasForecast(t *testing.T) {
	notShort(t)
	const days = 400
	connections, pause := 250, 28
	if *every {
		connections, pause = 500, 14
	}
	kinds := map[string]audit.DateKind{"secret": audit.SecretEnds, "certificate": audit.CertificateEnds, "issuer": audit.IssuerRetires, "unused": audit.UnusedDisables}
	type forecast struct {
		audit.Forecast
		used map[string][]string // the pipelines of each connection on that day
	}
	dir := t.TempDir()
	certificate := selfSigned(t, filepath.Join(dir, "authority.pem"))
	var forecasts []forecast
	var world *scenario.Aging
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(today.AddDate(0, 0, -100))) // the certificate of the network lasts for a year after today
		world = scenario.NewAging(time.Now, 23, connections)
		a := auditing{world: func(func() time.Time) *cloud.World { return world.World }, args: []string{"--format", "json", "--forecast", "120"}, person: true}
		for day := range days + 1 {
			if day%pause == 0 {
				got := a.play(t.Context(), dir, func(h http.HandlerFunc) *wire { return newWire(certificate, h) })
				f := forecast{got.forecast(t), map[string][]string{}}
				require.Equal(t, connections, f.Connections)
				for _, e := range f.Dates {
					f.used[e.Name] = world.Pipelines(e.Name)
				}
				forecasts = append(forecasts, f)
			}
			time.Sleep(24 * time.Hour)
			world.Advance()
		}
	})

	broke, counts := map[string]time.Time{}, map[string]int{}
	for _, b := range world.Broken {
		broke[b.Connection] = b.At
		counts[b.Kind]++
		last := len(forecasts) - 1
		for last >= 0 && forecasts[last].Checked.After(b.At.AddDate(0, 0, -14)) {
			last--
		}
		require.GreaterOrEqual(t, last, 0, "%+v", b)
		f := forecasts[last]
		place := slices.IndexFunc(f.Dates, func(e audit.Expected) bool {
			return e.Name == b.Connection && e.Kind == kinds[b.Kind] && e.At.Equal(b.At.Truncate(time.Second))
		})
		if !assert.NotEqual(t, -1, place, "%+v wasn't in the forecast of %s", b, f.Checked) {
			continue
		}
		e := f.Dates[place]
		assert.Equal(t, b.Who, string(e.Who), "%+v", b)
		assert.True(t, e.Stops)
		var named []string
		for _, p := range e.Pipelines {
			named = append(named, p.Name)
		}
		slices.Sort(named)
		assert.Equal(t, f.used[b.Connection], named, "%+v", b)
	}
	certain := 0
	for _, f := range forecasts {
		for _, e := range f.Dates {
			if e.Certainty != audit.Certain || e.At.After(forecasts[len(forecasts)-1].Checked) {
				continue
			}
			certain++
			renewed := slices.ContainsFunc(world.Renewed[e.Name], func(at time.Time) bool { return at.After(f.Checked) && !at.After(e.At) })
			at, ok := broke[e.Name]
			assert.True(t, renewed || ok && !at.After(e.At.Add(time.Second)), "%s of %s was certain for %s on %s, and broke at %s", e.Kind, e.Name, e.Day, f.Checked, at)
		}
	}
	for kind := range kinds {
		assert.Greater(t, counts[kind], 10, kind)
	}
	assert.Greater(t, certain, 200)
	assert.Greater(t, len(world.Renewed), 20)
	t.Logf("%d forecasts, %v broke, %d certain dates, %d connections renewed", len(forecasts), counts, certain, len(world.Renewed))
}
