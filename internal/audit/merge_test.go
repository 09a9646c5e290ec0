package audit

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func same(text string) string { return text }

// part makes a slice with the connections that belong to it.
func part(position, total, connections int) Document {
	d := Document{SchemaVersion: SchemaVersion, Tool: "armpreflight test", Organization: "https://dev.azure.com/contoso", Reader: "Ada",
		Checked: time.Date(2026, 11, 24, 6, position, 0, 0, time.UTC), Slice: &Slice{position, total}, Projects: []string{"Shop", "Billing"},
		NotSeen: []NotSeen{{What: "connections", Why: "no", Project: "Secret"}}, Connections: []Connection{}}
	for i := range connections {
		c := Connection{ID: fmt.Sprintf("%08x-0000-4000-8000-000000000000", i), Name: fmt.Sprint("c", i), Project: "Shop", Projects: []string{"Shop"},
			State: StateReady, OpenToAll: []string{}, Findings: []Finding{}, Unseen: []Unseen{{"when it was used", "no"}}, Recommendation: "nothing to do"}
		if i%3 == 0 {
			c.Findings = append(c.Findings, Finding{"secret-expired", Fail, "over"})
		}
		if d.Slice.Has(c.ID) {
			d.Connections = append(d.Connections, c)
		}
	}
	d.finish()
	return d
}

func written(t testing.TB, d Document) string {
	var b bytes.Buffer
	require.NoError(t, d.Render(&b, "json"))
	return b.String()
}

func TestSlicesShareOutEveryConnectionOnce(t *testing.T) {
	const connections = 1000
	for _, total := range []int{1, 2, 4, 7, 31} {
		var parts []Document
		for position := 1; position <= total; position++ {
			p := part(position, total, connections)
			assert.InDelta(t, connections/total, len(p.Connections), float64(connections/total)/2+10, "a fair share")
			read, err := new(Parts).Read(strings.NewReader(written(t, p)), same)
			require.NoError(t, err)
			parts = append(parts, read)
		}
		whole, err := Merge(parts)
		require.NoError(t, err)
		want := part(1, 1, connections)
		want.Slice, want.Checked = nil, time.Date(2026, 11, 24, 6, 1, 0, 0, time.UTC)
		assert.Equal(t, written(t, want), written(t, whole))
		assert.Len(t, whole.Connections, connections)
		assert.Equal(t, []NotSeen{{What: "when it was used", Why: "no", Connections: connections}, {What: "connections", Why: "no", Project: "Secret"}}, whole.NotSeen)
	}
}

func TestPartsThatDoNotFitAreRefused(t *testing.T) {
	whole, elsewhere, longer := part(1, 1, 9), part(2, 2, 9), part(2, 3, 9)
	whole.Slice, elsewhere.Organization = nil, "https://dev.azure.com/fabrikam"
	for name, parts := range map[string][]Document{
		"no parts were given":                  {},
		"missing":                              {part(1, 2, 9)},
		"twice":                                {part(1, 2, 9), part(1, 2, 9)},
		"of 2 slices and an audit of 3 slices": {part(1, 2, 9), longer},
		"fabrikam":                             {part(1, 2, 9), elsewhere},
		"a whole audit":                        {part(1, 2, 9), whole},
		"a whole audit, ":                      {whole, part(1, 2, 9)},
		"these are missing":                    {part(2, 4, 9), part(4, 4, 9)},
		"these are missing: 1, 2, 3,":          {part(12, 12, 9)},
	} {
		_, err := Merge(parts)
		if name == "missing" {
			name = "these are missing: 2"
		}
		assert.ErrorContains(t, err, name)
	}
}

func TestAFileThatIsNoPartIsRefused(t *testing.T) {
	good := written(t, part(1, 2, 9))
	for name, text := range map[string]string{
		"isn't the JSON of an audit":            "[]",
		"isn't the JSON of an audit ":           `{"schemaVersion":"1"}`,
		`its schemaVersion is "9"`:              strings.Replace(good, `"schemaVersion": "1"`, `"schemaVersion": "9"`, 1),
		"its slice is 7":                        strings.Replace(good, `"position": 1`, `"position": 7`, 1),
		"belongs to a different slice":          strings.Replace(good, `"position": 1`, `"position": 2`, 1),
		`has the kind "doom" and the certainty`: strings.Replace(good, `"recommendation"`, `"dates":[{"kind":"doom"}],"recommendation"`, 1),
		`has the severity "disaster"`:           strings.Replace(good, `"severity":"fail"`, `"severity":"disaster"`, 1),
		"isn't the JSON of an audit  ":          "",
		"isn't the JSON of an audit   ":         good[:len(good)/2],
		"it holds a connection twice?":          "",
	} {
		if text == "" && strings.HasSuffix(name, "?") {
			d := part(1, 1, 1)
			d.Connections = append(d.Connections, d.Connections[0])
			text, name = written(t, d), "twice"
		}
		_, err := new(Parts).Read(strings.NewReader(text), same)
		assert.ErrorContains(t, err, strings.TrimRight(name, " "))
	}
}

// TestPartsThatNoAuditWritesAreRefusedBeforeTheyAreDecoded: "{}," takes three bytes, and half a KiB as a connection.
func TestPartsThatNoAuditWritesAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	const start = `{"schemaVersion":"1","organization":"x","connections":[`
	for says, text := range map[string]string{
		"larger than 24 MiB":                      strings.Repeat(" ", maxParts+1),
		"nested deeper than 32 levels":            strings.Repeat("[", 33),
		"a connection in it is larger than 1 MiB": start + `{"projects":[` + strings.Repeat(`"aaaaaaa",`, 1<<17) + `""]}]}`,
		"a text in it is longer than 256 KiB":     start + `{"id":"` + strings.Repeat("a", maxText+1) + `"}]}`,
		"list more than 30000 connections":        start + strings.Repeat("{},", maxListed) + "{}]}",
		"have more than 250000 findings":          start + strings.Repeat(`{"findings":[{},{},{},{},{},{},{},{},{},{}]},`, maxWithin/10) + `{"findings":[]}]}`,
	} {
		_, err := new(Parts).Read(strings.NewReader(text), same)
		assert.ErrorContains(t, err, says)
	}
	var together Parts
	for i := range 4 {
		text := start + strings.TrimSuffix(strings.Repeat("{},", maxListed/3), ",") + "]}"
		if _, err := together.Read(strings.NewReader(text), same); i == 3 {
			assert.ErrorContains(t, err, "it and the parts before it list more than 30000 connections")
		}
	}
	together = Parts{}
	for i := range 3 {
		if _, err := together.Read(strings.NewReader(strings.Repeat(" ", maxParts/2)), same); i == 2 {
			assert.ErrorContains(t, err, "it and the parts before it are larger than 24 MiB")
		}
	}
}

// TestTenThousandConnectionsAreRead: each has something of everything.
func TestTenThousandConnectionsAreRead(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	d := part(1, 1, 10_000)
	for i := range d.Connections {
		c := &d.Connections[i]
		c.Link, c.Scope, c.TenantID, c.Scheme = "https://dev.azure.com/contoso/Shop/_settings/adminservices?resourceId="+c.ID, "/subscriptions/"+c.ID, c.ID, "workload identity federation"
		for range 5 {
			c.Findings = append(c.Findings, Finding{"connection-open-to-all", Warn, "all pipelines of the project may use it without being asked"})
		}
		for range maxPipelines {
			c.Pipelines = append(c.Pipelines, Pipeline{Name: "deploy the shop to production", Project: "Shop", Runs: 50, Last: d.Checked})
		}
		for range 3 {
			c.Dates = append(c.Dates, Date{Kind: UnusedDisables, At: d.Checked, Certainty: Possible, Basis: "the last use in its history was on 2026-11-01; it was changed later, which might count as use"})
		}
		for range 4 {
			c.Unseen = append(c.Unseen, Unseen{"when it was used", "the service didn't answer in time"})
		}
	}
	d.finish()
	text := written(t, d)
	read, err := new(Parts).Read(strings.NewReader(text), same)
	require.NoError(t, err)
	assert.Len(t, read.Connections, 10_000)
	assert.True(t, text == written(t, read), "it's written again as it was")
}

// FuzzRead: what is read can be merged with itself, written and read again, and
// comes out the same; every text of it went through the cleaner.
func FuzzRead(f *testing.F) {
	f.Add([]byte(written(f, part(1, 1, 5))))
	f.Add([]byte(written(f, part(2, 3, 20))))
	f.Add([]byte(`{"schemaVersion":"1","organization":"https://x","connections":[{"id":"##vso[a]","findings":null}]}`))
	f.Add([]byte(`{"schemaVersion":"1","organization":"x","slice":{"position":1,"total":1000000000},"connections":[]}`))
	clean := func(text string) string { return strings.ReplaceAll(text, "#", "") }
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := new(Parts).Read(bytes.NewReader(text), clean)
		if err != nil {
			return
		}
		for _, format := range Formats() {
			var b bytes.Buffer
			require.NoError(t, d.Render(&b, format))
			if format != "html" && format != "markdown" { // they have a # of their own
				assert.NotContains(t, b.String(), "#")
			}
		}
		first := written(t, d)
		again, err := new(Parts).Read(strings.NewReader(first), same)
		require.NoError(t, err, first)
		assert.Equal(t, first, written(t, again))
		if d.Slice == nil {
			whole, err := Merge([]Document{d})
			require.NoError(t, err)
			assert.Len(t, whole.Connections, len(d.Connections))
		}
	})
}

func TestACellIsNoFormula(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=1": "'=1", "\n=1": "'=1", " =1": "'=1", "|x": "'|x", "＝1": "'＝1",
		"prod": "prod", "": "", "a=b": "a=b", "two\nlines": "two lines",
	} {
		assert.Equal(t, want, inert(in), "%q", in)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for text, want := range map[string]string{"=1": "'=1", "a;=1": "a;'=1", "a; @x": "a;' @x", "a=1; b": "a=1; b", "-": "'-", "": ""} {
		assert.Equal(t, want, inert(text), text)
	}
}

func TestAnySliceCanBeAsked(t *testing.T) {
	huge := &Slice{Position: 1, Total: 1 << 32}
	assert.NotPanics(t, func() { huge.Has("a") })
}
