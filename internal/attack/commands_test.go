package attack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"armpreflight/internal/cli"
	"armpreflight/internal/sim/bubble"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pieces form a command or a section of the agent when some of them come together, and nothing alone.
var pieces = []string{
	"#", "##", "##v", "##vs", "##vso", "#v", "#vso[task.setvariable variable=owned]1", "vso[task.complete result=Succeeded;]owned", "so[task.setvariable variable=owned]1",
	"o[task.setvariable variable=owned]1", "[task.setvariable variable=owned]1", "[error]owned", "#[error]owned", "#[group]owned", "[endgroup]", "\u200b", "\t", "\r", "\n", "\x1b[0m", "\u202e", " ",
	"##vso[task.setvariable variable=owned]1", "##[error]owned",
}

// hostile is a source of texts that mean something only together.
type hostile struct {
	*rand.Rand
	share float64 // of the texts that are spoiled
	// Where there are halves, each text begins with the second and ends with the first: any two that meet form a command.
	first, second string
}

func (h hostile) text() string {
	if h.first != "" {
		return h.second + h.first
	}
	var b strings.Builder
	for range 1 + h.IntN(3) {
		b.WriteString(pieces[h.IntN(len(pieces))])
	}
	return b.String()
}

// spoil puts pieces around or in the place of some of the texts in a tree of JSON.
func (h hostile) spoil(value any) any {
	switch v := value.(type) {
	case string:
		if h.Float64() >= h.share {
			return v
		}
		if h.first != "" {
			return h.second + v + h.first
		}
		return []string{h.text() + v, v + h.text(), h.text() + v + h.text(), h.text()}[h.IntN(4)]
	case []any:
		for i := range v {
			v[i] = h.spoil(v[i])
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !slices.Contains([]string{"schemaVersion", "status", "failOn", "started", "checked", "severity"}, key) { // what no report can be without
				v[key] = h.spoil(v[key])
			}
		}
	}
	return value
}

func (h hostile) spoilJSON(text []byte) []byte {
	var tree any
	if json.Unmarshal(text, &tree) != nil {
		return text
	}
	spoiled, _ := json.Marshal(h.spoil(tree))
	return spoiled
}

// between answers with what the cloud answers, spoiled.
func (h hostile) between(cloud http.Handler) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		cloud.ServeHTTP(recorder, r)
		mu.Lock()
		answer := h.spoilJSON(recorder.Body.Bytes())
		mu.Unlock()
		maps.Copy(w.Header(), recorder.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(answer)
	}
}

// holdNothing fails where a stream holds what the agent or a terminal would act on, except the commands at the start of a
// line that are allowed.
func holdNothing(t *testing.T, what, stream string, allowed ...string) {
	t.Helper()
	stream = strings.ReplaceAll(stream, "\r\n", "\n")
	for line := range strings.SplitSeq(stream, "\n") {
		rest := line
		for _, command := range allowed {
			if after, ok := strings.CutPrefix(line, command); ok {
				rest = after
			}
		}
		eyes := func(r rune) rune {
			if r > unicode.MaxASCII || r < ' ' {
				return -1
			}
			return unicode.ToLower(r)
		}
		for _, seen := range []string{rest, strings.Map(eyes, rest)} {
			if strings.Contains(strings.ToLower(seen), "##vso") || strings.Contains(seen, "##[") {
				t.Errorf("%s: a command in %q", what, line)
			}
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf) }) {
			t.Errorf("%s: a sign that is not for the eye in %q", what, line)
		}
	}
}

// ofTheRun are the commands that the verb run gives the agent.
var ofTheRun = []string{
	"##vso[task.debug]", "##vso[task.setprogress ", "##vso[task.logissue ", "##vso[task.setvariable variable=ArmPreflight.", "##vso[task.complete ",
	"##vso[task.addattachment ", "##vso[task.uploadsummary]", "##[group]", "##[endgroup]",
}

// rounds is how often each attack is tried, each time with other texts.
const rounds = 12

func source(round int, share float64) hostile {
	h := hostile{Rand: rand.New(rand.NewPCG(1, uint64(round))), share: share}
	if round%2 == 1 {
		whole := []string{"##vso[task.setvariable variable=owned]1", "##[error]owned"}[h.IntN(2)]
		at := 1 + h.IntN(min(len(whole), 6)-1)
		h.first, h.second = whole[:at], whole[at:]
		h.share = max(share, 0.9)
	}
	return h
}

// called is a verb's call without a network.
func called(t *testing.T, dir, input string, environ []string, args ...string) (out, stray string) {
	t.Helper()
	_, out, stray = calledFor(t, dir, input, environ, args...)
	return out, stray
}

func calledFor(t *testing.T, dir, input string, environ []string, args ...string) (code int, out, stray string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = cli.Main(t.Context(), cli.Env{Args: args, Environ: environ, Stdin: strings.NewReader(input), Stdout: &stdout, Stderr: &stderr, Now: time.Now,
		Open:   func(name string) (io.ReadCloser, error) { return cli.OpenFile(filepath.Join(dir, name)) },
		Locate: func(name string) (cli.Location, error) { return cli.Locate(filepath.Join(dir, name)) },
		Create: func(name string) (io.WriteCloser, error) { return nil, fmt.Errorf("create %s: no", name) },
		Dial:   func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }})
	return code, stdout.String(), stderr.String()
}

var allVerbs = []string{"run", "audit", "creation", "explain", "lint", "render", "requires", "version", "help"}

func TestNoArgumentOfAnyVerbIsACommand(t *testing.T) {
	flags := []string{"", "--organization", "--project", "--subscription", "--scope", "--format", "--output", "--credential", "--log", "--search", "--timeout", "--parameters", "merge", "--", "-", "--help"}
	for round := range 40 * rounds {
		h := source(round, 1)
		args := []string{append(allVerbs, h.text())[round%(len(allVerbs)+1)]}
		for range h.IntN(5) {
			name, value := flags[h.IntN(len(flags))], h.text()
			args = append(args, [][]string{{value}, {name + "=" + value}, {name, value}, {"--" + value}, {name + value}, {"--organization", "https://dev.azure.com/" + value}}[h.IntN(6)]...)
		}
		environ := []string{"AZURE_DEVOPS_EXT_PAT=pat-of-somebody", "SYSTEM_JOBPOSITIONINPHASE=" + h.text(), "HTTPS_PROXY=http://" + h.text(), "SSL_CERT_FILE=" + h.text(), "COLUMNS=" + h.text()}
		out, stray := called(t, t.TempDir(), h.text(), environ, args...)
		holdNothing(t, fmt.Sprintf("%q stdout", args), out)
		holdNothing(t, fmt.Sprintf("%q stderr", args), stray)
	}
}

func TestNoFileOfAnyVerbIsACommand(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	text, err := os.ReadFile(filepath.Join("..", "report", "testdata", "rich.json"))
	require.NoError(t, err)
	const advice = `"recommendation":{"way":"automatic","title":"a","why":"b","alone":true,"fileName":"c.json","file":"{}","steps":[{"who":"d","text":"e","command":"f"},{"who":"g","text":"h"}]},"checks":`
	reports := []string{string(text), strings.Replace(string(text), `"checks":`, advice, 1)}
	const part = `{"schemaVersion":"1","tool":"t","organization":"https://dev.azure.com/contoso","reader":"r","checked":"2026-11-24T05:00:00Z","projects":["Shop"],"notSeen":[{"what":"w","project":"p","why":"y"}],` +
		`"connections":[{"id":"1","name":"n","project":"Shop","projects":["Shop","Other"],"scheme":"s","state":"ready","recommendation":"r","link":"https://dev.azure.com/x","unseen":[{"what":"u","why":"y"}],"findings":[{"severity":"fail","code":"secret-expired","text":"over"}]}]}`
	const pipeline = "parameters:\n- name: '%s'\nvariables:\n- group: '%s'\nsteps:\n- script: echo '##vso[task.setvariable variable=c]x'\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: '$(c)'\n" +
		"- task: AzureCLI@2\n  displayName: '%s'\n  inputs:\n    azureSubscription: '$(%s)'\n- template: '%s'\n"
	for round := range rounds {
		dir, h := t.TempDir(), source(round, 0.3)
		each := func(input string, args ...string) {
			for _, job := range [][]string{nil, {"TF_BUILD=True"}} {
				allowed := []string(nil)
				if args[0] == "lint" && (job != nil || slices.Contains(args, "pipelines")) {
					allowed = []string{"##vso[task.logissue "}
				}
				out, stray := called(t, dir, input, job, args...)
				holdNothing(t, fmt.Sprintf("%d %q stdout", round, args), out, allowed...)
				holdNothing(t, fmt.Sprintf("%d %q stderr", round, args), stray)
			}
		}
		for _, text := range reports {
			for _, format := range []string{"text", "markdown", "html", "junit", "json"} {
				each(string(h.spoilJSON([]byte(text))), "render", "--format", format, "-")
			}
		}
		name := "part-" + strings.NewReplacer("/", "", "\x00", "").Replace(h.text()) + ".json"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), h.spoilJSON([]byte(part)), 0o600))
		for _, format := range []string{"table", "markdown", "html", "csv", "json"} {
			each("", "audit", "merge", "--format", format, name)
		}
		log := h.text() + "AADSTS7000222: x" + h.text() + "\ncode=" + h.text() + "\nAADSTS79" + fmt.Sprint(10000+round) + h.text() + "\n          code   " + h.text()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "log"), []byte(log), 0o600))
		for _, format := range []string{"text", "markdown", "json"} {
			each(log, "explain", "--format", format, "-")
			each("", "explain", "--format", format, "--log", "log")
			each("", "explain", "--format", format, h.text(), "AADSTS7000222"+h.text())
			each("", "explain", "--format", format, "--search", h.text())
		}
		folder := strings.NewReplacer("/", "", "\\", "").Replace(h.text())
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "repository", ".git"), 0o700))
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "repository", folder), 0o700))
		yaml := fmt.Sprintf(pipeline, quotable(h), quotable(h), quotable(h), quotable(h), quotable(h))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "repository", folder, "azure-pipelines"+strings.ReplaceAll(quotable(h), "/", "")+".yml"), []byte(yaml), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "repository", "azure-pipelines.yml"), []byte(yaml), 0o600))
		for _, format := range []string{"text", "json", "sarif", "pipelines"} {
			each("", "lint", "--require-preflight", "--format", format, "repository")
		}
		each("", "lint", "--patch", "repository")
		each("", "lint", "repository", h.text())
	}
}

// quotable is a hostile text that YAML takes within single quotes.
func quotable(h hostile) string {
	return strings.NewReplacer("\n", "", "\r", "", "\x1b", "").Replace(h.text())
}

func TestNoAnswerToARunIsACommand(t *testing.T) {
	for _, situation := range []string{"expired-secret", "connection-not-ready", "permission-denied-by-assignment", "read-only-lock", "more-connections-broken", "healthy-federation"} {
		for round := range rounds {
			h := source(round, []float64{0.02, 0.1, 0.4}[round%3])
			var stray bytes.Buffer
			got := bubble.Play(t, situation, func(ctx context.Context, environ []string, stdout io.Writer, dial bubble.Dial) int {
				return cli.Main(ctx, cli.Env{Args: []string{"run"}, Environ: environ, Stdout: stdout, Stderr: &stray, Now: time.Now, Dial: dial, Terminal: false})
			}, func(b *bubble.Bubble) {
				spoiled := h.between(b.Cloud)
				b.Answer = func(w http.ResponseWriter, r *http.Request) bool { spoiled(w, r); return true }
				b.Variable("hostile", h.text(), false)
				b.Step.Inputs["requiredVariables"] = "hostile\n" + h.text()
				b.Step.Inputs["resourceGroups"] = h.text() + "\n" + h.text()
				b.Step.Inputs["failOn"] = []string{"fail", h.text()}[round%2]
			})
			what := fmt.Sprintf("%s %d", situation, round)
			holdNothing(t, what+" stdout", got.Log, ofTheRun...)
			holdNothing(t, what+" stderr", stray.String())
			assert.Equal(t, 1, strings.Count(got.Log, "##vso[task.complete"), what)
		}
	}
}

// signedIn is the sign-in of a simulated person.
type signedIn struct {
	cloud   *cloud.Cloud
	account string
}

func (s signedIn) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, expires, err := s.cloud.PersonToken(s.account, o.TenantID, strings.TrimSuffix(o.Scopes[0], "/.default"))
	return azcore.AccessToken{Token: token, ExpiresOn: expires}, err
}

func TestNoAnswerToAnAuditOrACreationIsACommand(t *testing.T) {
	all, ok := scenario.FindCreation("guest-without-rights")
	require.True(t, ok)
	audit := []string{"audit", "--organization", strings.TrimSuffix(cloud.ContosoOrganizationURL, "/"), "--credential", "azure-cli"}
	for name, tc := range map[string]struct {
		args    []string
		formats []string
		world   func() (*cloud.World, string)
	}{
		"audit":    {audit, []string{"table", "markdown", "html", "csv", "json"}, func() (*cloud.World, string) { return scenario.Audited(time.Now), scenario.Ada }},
		"creation": {all.Arguments(), []string{"text", "markdown", "html", "json"}, func() (*cloud.World, string) { w := all.Start(time.Now); return w.World, w.Account }},
	} {
		for _, format := range tc.formats {
			for round := range rounds / 4 {
				dir := t.TempDir()
				certificate := bubble.SelfSigned(t, filepath.Join(dir, "authority.pem"))
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(time.Until(bubble.Today))
					world, account := tc.world()
					simulated := cloud.New(world)
					wire := bubble.NewWire(certificate, source(round, []float64{0.02, 0.1, 0.3}[round%3]).between(simulated))
					var out, stray bytes.Buffer
					cli.Main(t.Context(), cli.Env{Args: append(slices.Clone(tc.args), "--format", format), Environ: []string{"SSL_CERT_FILE=" + filepath.Join(dir, "authority.pem")},
						Stdout: &out, Stderr: &stray, Now: time.Now, Dial: wire.Dial, Credential: signedIn{simulated, account}})
					wire.Close()
					holdNothing(t, fmt.Sprintf("%s %s %d stdout", name, format, round), out.String())
					holdNothing(t, fmt.Sprintf("%s %s %d stderr", name, format, round), stray.String())
				})
			}
		}
	}
}
