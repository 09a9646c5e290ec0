package diagnosis

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/catalogue"
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
	requireBest(t, ev, Candidates(ev))
}

func requireBest(t testing.TB, ev evidence.Evidence, found []Candidate) {
	t.Helper()
	if len(found) > 1 {
		require.NotZero(t, found[0].weight.compare(found[1].weight),
			"%s and %s fit equally well: %q %s %d %s %q html=%v network=%v", found[0].Entry.Code, found[1].Entry.Code, ev.Message,
			ev.Service, ev.Status, ev.Path, ev.Codes, ev.ContentType == evidence.HTML, ev.Network)
	}
}

// TestNoTwoEntriesTieOnAnyCombinationOfSigns takes every two signs of the same weight and gives them what both ask for, with the words of
// one of them, and as little else as possible: a sign that outweighs both there does so wherever there's more.
func TestNoTwoEntriesTieOnAnyCombinationOfSigns(t *testing.T) {
	type of struct {
		entry Entry
		*catalogue.Sign
	}
	type alike struct {
		weight
		code, family, network string // two that differ in one of these are never met with the same weight
	}
	signs := map[alike][]of{}
	statuses := map[int]bool{0: true}
	for _, e := range Entries() {
		for i := range e.Signs {
			s := &e.Signs[i]
			statuses[s.From], statuses[s.From+1], statuses[s.To] = true, true, true
			w, ok := fit(s, asked(s, s))
			require.True(t, ok, "%s: %+v", e.Code, s)
			k := alike{w, strings.ToLower(s.Code), strings.ToLower(s.Family), s.Network}
			signs[k] = append(signs[k], of{e, s})
		}
	}
	met := 0
	for _, all := range signs {
		for i, a := range all {
			for _, b := range all[i+1:] {
				if a.entry.Code == b.entry.Code {
					continue
				}
				ev := asked(a.Sign, b.Sign)
				for _, service := range []evidence.Service{"", evidence.Entra, evidence.ARM, evidence.DevOps, evidence.ManagedIdentity, evidence.Graph} {
					for status := range statuses {
						for _, words := range []*catalogue.Sign{a.Sign, b.Sign} {
							ev.Service, ev.Status, ev.Message = service, status, words.Phrase+"\n"+words.With
							ev.EntraError, ev.Suberror = words.OAuth, words.Suberror
							_, fits := fit(a.Sign, ev)
							if _, both := fit(b.Sign, ev); fits && both {
								met++
								requireNoTie(t, ev)
							}
						}
					}
				}
			}
		}
	}
	assert.NotZero(t, met, "signs that are met together")
}

// asked is what two signs ask for, where both can have it, in the words of the first.
func asked(a, b *catalogue.Sign) evidence.Evidence {
	ev := evidence.Evidence{
		Service: evidence.Service(cmp.Or(a.Service, b.Service)), Status: max(a.From, b.From), Path: a.Path + "/" + b.Path, Server: cmp.Or(a.Server, b.Server),
		Message: a.Phrase + "\n" + a.With, EntraError: a.OAuth, Suberror: a.Suberror,
	}
	for ev.Network.String() != a.Network && a.Network != "" {
		ev.Network++
	}
	switch {
	case a.Code != "":
		ev.Codes = []string{a.Code}
	case a.Family != "":
		ev.Codes = []string{a.Family + "9"}
	}
	if a.HTML || b.HTML {
		ev.ContentType = evidence.HTML
	}
	return ev
}

func fit(s *catalogue.Sign, ev evidence.Evidence) (weight, bool) {
	network := ""
	if ev.Network != evidence.None {
		network = ev.Network.String()
	}
	return weigh(s, &ev, network, strings.ToLower(ev.Message))
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
