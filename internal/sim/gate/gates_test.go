package gate

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// opens answers well from the given request on.
func opens(from int64) func(*http.Request) (*http.Response, error) {
	var asked atomic.Int64
	return func(r *http.Request) (*http.Response, error) {
		if asked.Add(1) >= from {
			return says(200, enabled)(r)
		}
		return says(200, `{"state":"Warned"}`)(r)
	}
}

// closes answers well up to the given request.
func closes(after int64) func(*http.Request) (*http.Response, error) {
	var asked atomic.Int64
	return func(r *http.Request) (*http.Response, error) {
		if asked.Add(1) <= after {
			return says(200, enabled)(r)
		}
		return says(200, `{}`)(r)
	}
}

// blinks answers every second request badly.
func blinks() func(*http.Request) (*http.Response, error) {
	var asked atomic.Int64
	return func(r *http.Request) (*http.Response, error) {
		if asked.Add(1)%2 == 1 {
			return says(200, enabled)(r)
		}
		return says(200, `{}`)(r)
	}
}

func TestGates(t *testing.T) {
	slow := func(r *http.Request) (*http.Response, error) {
		time.Sleep(7 * time.Minute)
		return says(500, "")(r)
	}
	for name, test := range map[string]struct {
		gates   Gates
		sends   []func(*http.Request) (*http.Response, error)
		passed  bool
		samples int
		elapsed time.Duration
	}{
		"one passes at once, after the delay": {gates: Gates{Delay: time.Minute, Interval: 5 * time.Minute, Timeout: time.Hour},
			sends: []func(*http.Request) (*http.Response, error){opens(1)}, passed: true, samples: 1, elapsed: time.Minute},
		"one passes in the third sample": {gates: Gates{Delay: time.Minute, Interval: 5 * time.Minute, Timeout: time.Hour},
			sends: []func(*http.Request) (*http.Response, error){opens(3)}, passed: true, samples: 3, elapsed: 11 * time.Minute},
		"all pass in the same sample": {gates: Gates{Interval: 5 * time.Minute, Timeout: time.Hour},
			sends: []func(*http.Request) (*http.Response, error){opens(2), opens(3)}, passed: true, samples: 3, elapsed: 10 * time.Minute},
		"each passes, but never together": {gates: Gates{Interval: 5 * time.Minute, Timeout: 12 * time.Minute},
			sends: []func(*http.Request) (*http.Response, error){opens(3), closes(2)}, samples: 3, elapsed: 12 * time.Minute},
		"two in a row": {gates: Gates{Interval: 5 * time.Minute, Timeout: time.Hour, InARow: 2},
			sends: []func(*http.Request) (*http.Response, error){opens(2)}, passed: true, samples: 3, elapsed: 10 * time.Minute},
		"two in a row, and the second does not pass": {gates: Gates{Interval: 5 * time.Minute, Timeout: 6 * time.Minute, InARow: 2},
			sends: []func(*http.Request) (*http.Response, error){closes(1)}, samples: 2, elapsed: 6 * time.Minute},
		"two in a row, not two of three": {gates: Gates{Interval: 5 * time.Minute, Timeout: 11 * time.Minute, InARow: 2},
			sends: []func(*http.Request) (*http.Response, error){blinks()}, samples: 3, elapsed: 11 * time.Minute},
		"no interval, no second sample": {gates: Gates{}, sends: []func(*http.Request) (*http.Response, error){opens(2)}, samples: 1},
		"a slow sample ends late, and the next follows at once": {gates: Gates{Interval: 5 * time.Minute, Timeout: 20 * time.Minute},
			sends: []func(*http.Request) (*http.Response, error){slow}, samples: 3, elapsed: 21 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var gates []Gate
				for _, send := range test.sends {
					gates = append(gates, Gate{read(t, plainTask), jobOf(send)})
				}
				outcome := test.gates.Run(t.Context(), gates)
				assert.Equal(t, test.passed, outcome.Passed)
				assert.Equal(t, test.passed, outcome.Err == "")
				assert.Len(t, outcome.Samples, test.samples)
				assert.Equal(t, test.elapsed, outcome.Elapsed)
			})
		})
	}
}

func TestGatesEndWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		outcome := Gates{Delay: time.Minute}.Run(ctx, []Gate{{read(t, plainTask), jobOf(opens(1))}})
		assert.False(t, outcome.Passed)
		assert.Contains(t, outcome.Err, "delay")
		assert.Empty(t, outcome.Samples)
	})
}

func TestAChainKeepsItsOutputsFromSampleToSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		polled := 0
		job := jobOf(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost {
				response, err := says(202, "")(r)
				response.Header.Set("Location", "https://management.azure.com/poll")
				return response, err
			}
			polled++
			return says(200, `{"status":"`+map[bool]string{true: "Succeeded", false: "Running"}[polled > 2]+`","list":[1,2]}`)(r)
		})
		outcome := Gates{Interval: time.Minute, Timeout: time.Hour}.Run(t.Context(), []Gate{{read(t, chainTask), job}})
		require.True(t, outcome.Passed, outcome)
		var asked []string
		for _, sample := range outcome.Samples {
			for _, request := range sample[0].Requests {
				asked = append(asked, request.Method+" "+request.Address)
			}
		}
		assert.Equal(t, []string{"POST https://management.azure.com/start", "GET https://management.azure.com/poll",
			"GET https://management.azure.com/poll", "GET https://management.azure.com/poll"}, asked, "it is started once")
		assert.Equal(t, map[string]string{"count": "2"}, outcome.Samples[2][0].Outputs)
		assert.Equal(t, map[string]string{"system.TeamProject": "p"}, job.Variables, "the job is not changed")
	})
}

func TestTheFirstSectionThatDoesNotHoldEndsAChain(t *testing.T) {
	result := read(t, chainTask).Sample(t.Context(), jobOf(says(200, `{}`)))
	assert.False(t, result.Passed)
	assert.Empty(t, result.Err)
	assert.Len(t, result.Requests, 1)
	assert.Empty(t, result.Outputs)

	for name, test := range map[string]struct{ old, with, err string }{
		"an output that is a list":       {`count(root['list'])`, `root['list']`, "section 1: output count: it is a list"},
		"an output that cannot be read":  {`count(root['list'])`, `count(root['list']`, "section 1: output count: expression"},
		"an output that is no template":  {`count(root['list'])`, `{{count`, "section 1: output count: template"},
		"a skip that cannot be read":     {`isUrl(variables['locationUrl'])`, `isUrl(`, "section 0: SkipSectionExpression"},
		"a section that is answered 400": {`eq(root['status'], 'Succeeded')`, `true`, "section 0: the answer is HTTP 400"},
	} {
		t.Run(name, func(t *testing.T) {
			job := jobOf(says(200, `{"status":"Succeeded","list":[1]}`))
			job.Variables["locationurl"] = "https://management.azure.com/poll"
			if strings.HasPrefix(name, "a section") {
				job = jobOf(says(400, ``))
			}
			result := read(t, replace(test.old, test.with)(chainTask)).Sample(t.Context(), job)
			assert.False(t, result.Passed)
			assert.Contains(t, result.Err, test.err)
		})
	}
}
