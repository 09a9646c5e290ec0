package diagnosis

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample is one answer as a service gave it. Status 0: the source doesn't show it. An empty want: no entry fits, and
// that is right, because no request of ours gets this answer or because it's a success.
type sample struct {
	Source   string            `json:"source"`
	Status   int               `json:"status"`
	Headers  map[string]string `json:"headers"`
	Body     json.RawMessage   `json:"body"`
	BodyText string            `json:"bodyText"`
	Want     Code              `json:"want"`

	name    string
	service evidence.Service
}

func (s sample) evidence() evidence.Evidence {
	h := http.Header{}
	for name, value := range s.Headers {
		h.Set(name, value)
	}
	body := []byte(s.Body)
	if s.BodyText != "" {
		body = []byte(s.BodyText)
	}
	return evidence.FromResponse(s.service, s.Status, h, body, nil)
}

func samples(t testing.TB) []sample {
	var all []sample
	err := filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && d.Name() == "fuzz" {
				return filepath.SkipDir
			}
			return err
		}
		if filepath.Ext(path) != ".json" {
			return nil
		}
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		s := sample{name: path, service: evidence.Service(filepath.Base(filepath.Dir(path)))}
		require.NoError(t, json.Unmarshal(raw, &s), path)
		require.NotEmpty(t, s.Source, path)
		all = append(all, s)
		return nil
	})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 70, "the samples are there")
	return all
}

func TestEverySampleIsReachedByItsEntryAndByNoOtherEquallyWell(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			ev := s.evidence()
			entry, ok := best(ev)
			assert.Equal(t, s.Want, entry.Code, "codes %q, message %q", ev.Codes, ev.Message)
			assert.Equal(t, s.Want != "", ok)
			requireNoTie(t, ev)
		})
	}
}

func requireNoTie(t testing.TB, ev evidence.Evidence) {
	t.Helper()
	requireBest(t, ev, candidates(ev))
}

func requireBest(t testing.TB, ev evidence.Evidence, found []candidate) {
	t.Helper()
	if len(found) > 1 {
		require.NotZero(t, found[0].weight.compare(found[1].weight),
			"%s and %s fit equally well: %s %d %s %q html=%v network=%v", found[0].entry.Code, found[1].entry.Code,
			ev.Service, ev.Status, ev.Path, ev.Codes, ev.ContentType == evidence.HTML, ev.Network)
	}
}

func TestNoTwoEntriesTieOnAnyCombinationOfSigns(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	phrases := map[string]bool{"": true}
	codes := map[string]map[string]bool{}
	for _, e := range Entries() {
		for _, s := range e.Signs {
			phrases[s.Phrase] = true
			for _, code := range []string{s.Code, s.Family + "9"} {
				if codes[code] == nil {
					codes[code] = map[string]bool{"": true}
				}
				codes[code][s.Phrase] = true
			}
		}
	}
	for _, service := range []evidence.Service{"", evidence.Entra, evidence.ARM, evidence.DevOps, evidence.ManagedIdentity, evidence.Graph} {
		t.Run("service "+string(service), func(t *testing.T) {
			t.Parallel()
			for network := evidence.None; network <= evidence.OtherNetwork; network++ {
				requireNoTie(t, evidence.Evidence{Service: service, Network: network})
			}
			for _, status := range []int{0, 200, 203, 302, 400, 401, 403, 404, 405, 407, 408, 409, 410, 429, 500, 503} {
				for _, path := range []string{"", "/x/oidctoken", "/providers/Microsoft.Management/managementGroups/x"} {
					for _, content := range []string{"", evidence.HTML} {
						for phrase := range phrases {
							for _, server := range []string{"", "IMDS/150"} {
								requireNoTie(t, evidence.Evidence{Service: service, Status: status, Path: path, ContentType: content, Message: phrase, Server: server})
							}
						}
					}
				}
			}
			// A code outweighs all the rest: only entries with the same code can tie, by the phrases that are next to it.
			for code, phrases := range codes {
				for _, path := range []string{"", "/providers/Microsoft.Management/managementGroups/x"} {
					for phrase := range phrases {
						requireNoTie(t, evidence.Evidence{Service: service, Status: 404, Path: path, Message: phrase, Codes: []string{code}})
					}
				}
			}
		})
	}
}

func TestSamplesKeepWhatSupportAsksFor(t *testing.T) {
	for _, s := range samples(t) {
		ev := s.evidence()
		assert.LessOrEqual(t, len([]rune(ev.Message)), evidence.MaxMessage, s.name)
		assert.LessOrEqual(t, len(ev.Body), evidence.MaxBody, s.name)
		if s.service == evidence.Entra && strings.Contains(string(s.Body), `"trace_id"`) {
			assert.NotEmpty(t, ev.TraceID, s.name)
			assert.NotContains(t, ev.Message, "Trace ID", s.name)
			assert.NotContains(t, ev.Message, "Timestamp:", s.name)
		}
		if id := s.Headers["x-ms-request-id"]; id != "" {
			assert.Equal(t, id, ev.RequestID, s.name)
		}
		if s.Headers["Date"] != "" || s.Headers["date"] != "" {
			assert.False(t, ev.Date.IsZero(), s.name)
		}
	}
}

func TestSuccessfulAnswersKeepNoValue(t *testing.T) {
	seen := 0
	for _, s := range samples(t) {
		if s.Status != 200 {
			continue
		}
		seen++
		ev := s.evidence()
		assert.Empty(t, ev.Body, s.name)
		assert.Empty(t, ev.Codes, s.name)
		assert.Contains(t, ev.Message, "a JSON object with the fields", s.name)
		var body map[string]any
		require.NoError(t, json.Unmarshal(s.Body, &body), s.name)
		for name, value := range body {
			if text, ok := value.(string); ok && len(text) > 3 && text != name {
				assert.NotContains(t, ev.Message, text, "%s: %s", s.name, name)
			}
		}
	}
	assert.GreaterOrEqual(t, seen, 5)
}
