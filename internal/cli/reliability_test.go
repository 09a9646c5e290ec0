package cli

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	update = flag.Bool("update", false, "write the table in docs/reliability.md anew; read the diff")
	every  = flag.Bool("every", false, "give each wrong answer in each situation and audit ten thousand connections, not only some")
)

// endpoint is one of those that a run asks.
type endpoint struct {
	name, scenario string
	host           string // where it is; connections to it are those that a fault meets
	prepare        func(*bubble)
	asked          func(*http.Request) bool
	advisory       bool // what it tells isn't needed: no fault of it may change a result
}

func endpoints() []endpoint {
	path := func(part string) func(*http.Request) bool {
		return func(r *http.Request) bool { return strings.Contains(r.URL.Path, part) }
	}
	asIs := func(*bubble) {}
	return []endpoint{
		{name: "sign-in", scenario: "healthy", host: "login.microsoftonline.com", prepare: asIs, asked: path("/oauth2/v2.0/token")},
		{name: "id token", scenario: "healthy-federation", host: "dev.azure.com", prepare: asIs, asked: path("/oidctoken")},
		{name: "managed identity", scenario: "healthy-managed-identity", host: "169.254.169.254", prepare: func(b *bubble) { b.World.Machine.Azure = true }, asked: path("/metadata/identity")},
		{name: "subscription", scenario: "healthy", host: "management.azure.com", prepare: asIs, asked: func(r *http.Request) bool { return r.URL.Path == "/subscriptions/"+cloud.ContosoSubscriptionID }},
		{name: "rights", scenario: "healthy-required-actions", host: "management.azure.com", prepare: asIs, asked: path("/Microsoft.Authorization/permissions")},
		{name: "providers", scenario: "healthy", host: "management.azure.com", prepare: situations["more providers than are asked for one by one"].prepare, asked: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/providers") }},
		{name: "record", scenario: "healthy", host: "dev.azure.com", prepare: asIs, asked: path("/_apis/serviceendpoint/"), advisory: true},
		{name: "Graph", scenario: "healthy-expiry-by-graph", host: "graph.microsoft.com", prepare: asIs, asked: path("/v1.0/applications"), advisory: true},
		{name: "proxy", scenario: "healthy", host: proxy, prepare: func(b *bubble) { b.Variable("Agent.ProxyUrl", "http://"+proxy+":80", false) }, asked: func(r *http.Request) bool { return r.Method == http.MethodConnect }},
	}
}

const proxy = "proxy.contoso.example"

// meets reports whether a fault can be met there: the managed identity endpoint
// and the proxy speak no TLS here, and a proxy answers a tunnel by its status only.
func (e endpoint) meets(f outage) bool {
	tlsFault := strings.HasPrefix(f.name, "certificate") || strings.HasPrefix(f.name, "TLS")
	switch e.name {
	case "managed identity":
		return !tlsFault
	case "proxy":
		return !tlsFault && (f.dial != nil || len(f.name) == 3 || strings.HasPrefix(f.name, "no answer") || strings.HasPrefix(f.name, "closed without"))
	}
	return true
}

// TestEveryFaultOfEveryEndpoint breaks each endpoint in each way and holds what
// must be so in all of them; docs/reliability.md has what they result in.
func TestEveryFaultOfEveryEndpoint(t *testing.T) {
	var mu sync.Mutex
	cells := map[string]string{}
	t.Run("with", func(t *testing.T) {
		for i, e := range endpoints() {
			for j, f := range outages() {
				if !e.meets(f) || testing.Short() && (i+j)%16 != 0 {
					continue
				}
				t.Run(e.name+": "+f.name, func(t *testing.T) {
					t.Parallel()
					cell := suffer(t, e, f)
					mu.Lock()
					defer mu.Unlock()
					cells[e.name+": "+f.name] = cell
				})
			}
		}
	})
	if t.Failed() || testing.Short() {
		return
	}
	holdPage(t, "reliability.md", "go test ./internal/cli -run EveryFault -update", table(cells))
}

// suffer runs with one fault and returns what it results in, in short.
func suffer(t *testing.T, e endpoint, f outage) string {
	var mu sync.Mutex
	var dialled []string
	got := play(t, e.scenario, func(b *bubble) {
		e.prepare(b)
		b.dial = func(ctx context.Context, address string) (net.Conn, error) {
			host, _, _ := net.SplitHostPort(address)
			mu.Lock()
			dialled = append(dialled, host)
			mu.Unlock()
			if f.dial != nil && host == e.host {
				return f.dial(ctx, host)
			}
			return nil, nil
		}
		b.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if f.answer == nil || !e.asked(r) {
				return false
			}
			f.answer(w, r)
			return true
		}
	})
	result := group(`##vso\[task\.setvariable variable=ArmPreflight\.result;\](\w+)`, got.log)
	code := group(`##vso\[task\.logissue type=\w+;code=([\w-]+);`, got.log)

	assert.LessOrEqual(t, got.took, 63*time.Second, "within its time")
	assert.Equal(t, ExitOK, got.code)
	assert.Contains(t, []string{"pass", "warn", "unknown", "fail"}, result, got.visible())
	assert.NotContains(t, got.log, "tool-fault", "the program's own fault")
	assert.NotContains(t, got.log, cloud.ContosoSecret)
	assert.NotRegexp(t, `eyJ[A-Za-z0-9_-]{20,}`, got.log, "a token")
	assert.Empty(t, got.cloud.Violations())
	assert.NotContains(t, dialled, elsewhere, "nothing is sent after a redirect")
	lines := strings.Split(got.visible(), "\n")
	assert.Less(t, len(lines), 160, "a bounded log")
	for _, line := range lines {
		assert.Less(t, len(line), 8<<10, "a bounded line")
	}
	if e.advisory {
		assert.Equal(t, "pass", result, "what is not needed changes no result\n%s", got.visible())
		return "a line"
	}
	assert.Contains(t, []string{"unknown", "fail"}, result, "no pass without an answer\n%s", got.visible())
	assert.NotEmpty(t, code)
	return result + ", " + code
}

func group(pattern, text string) string {
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[1]
}

// table is the page's part that is made from the runs.
func table(cells map[string]string) string {
	var b strings.Builder
	all := endpoints()
	fmt.Fprintf(&b, "%d runs: %d endpoints and %d faults, where an endpoint can have the fault.\n\n|", len(cells), len(all), len(outages()))
	for _, e := range all {
		fmt.Fprintf(&b, " | %s", e.name)
	}
	b.WriteString(" |\n|---" + strings.Repeat("|---", len(all)) + "|\n")
	for _, f := range outages() {
		fmt.Fprintf(&b, "| %s", f.name)
		for _, e := range all {
			fmt.Fprintf(&b, " | %s", cells[e.name+": "+f.name])
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

// holdPage compares what was made with what is on a page of docs, between two
// comments, or writes it there.
func holdPage(t *testing.T, page, command, made string) {
	begin, end := "<!-- made by "+command+" -->\n", "<!-- to here -->\n"
	file := filepath.Join("..", "..", "docs", page)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	written, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+made+end+after), 0o644))
		return
	}
	assert.Equal(t, slices.Collect(strings.Lines(made)), slices.Collect(strings.Lines(written)), "%s writes it; read the diff", command)
}
