// Package endtoend tests what is shipped: the task is taken out of the packaged
// extension, started on Node as the agent starts it, and talks TLS to the
// simulated cloud through the agent's proxy settings. The binary is the one that
// ships; nothing in it knows about the simulation.
package endtoend

import (
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"armpreflight/internal/preflight"
	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packaged builds the extension unless ARMPREFLIGHT_VSIX names one, and returns its path.
var packaged = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("ARMPREFLIGHT_VSIX"); path != "" {
		return path, nil
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return "", err
	}
	build := exec.Command("./build.sh", "package")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("./build.sh package: %w\n%s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(root, "dist", "armpreflight-[0-9]*.vsix"))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("want one .vsix in dist, found %q", found)
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
})

// extracted is one task folder that all tests share, as an agent's jobs do.
var extracted = sync.OnceValues(func() (string, error) {
	vsix, err := packaged()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "work folder ") // agents live in paths with spaces
	if err != nil {
		return "", err
	}
	return agent.Extract(vsix, "ArmPreflight", filepath.Join(dir, "_tasks"))
})

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("the packaged program is not looked at in a short run")
		return
	}
	code := m.Run()
	if dir, err := extracted(); err == nil {
		os.RemoveAll(filepath.Dir(filepath.Dir(filepath.Dir(dir))))
	}
	os.Exit(code)
}

// stage is a situation with its cloud running.
type stage struct {
	*scenario.Run
	name     string
	wants    scenario.Wants
	t        *testing.T
	cloud    *cloud.Cloud
	listener *cloud.Listener
	taskDir  string
}

// set brings a scenario on stage: the cloud listens, and the agent's settings
// lead to it.
func set(t *testing.T, name string, changes ...func(*scenario.Run)) *stage {
	t.Helper()
	s, ok := scenario.Find(name)
	require.True(t, ok, "no scenario %q", name)
	r := s.Start(time.Now)
	for _, change := range changes {
		change(r)
	}
	r.Faults = append(r.Faults, cloud.Fault{Latency: 2 * time.Millisecond}) // so that one after the other can be told from at the same time
	c, l, err := r.Listen(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	r.UseProxy(l)
	dir, err := extracted()
	require.NoError(t, err)
	r.Job.ParentEnv = append(r.Job.ParentEnv, "PATH="+os.Getenv("PATH"), "HOME="+t.TempDir())
	if r.Job.TempDirectory == "" {
		r.Job.TempDirectory = t.TempDir()
	}
	return &stage{Run: r, name: name, wants: s.Wants, t: t, cloud: c, listener: l, taskDir: dir}
}

// play runs the step to its end and checks what must hold in every situation.
func (s *stage) play(ctx context.Context) *agent.Record {
	s.t.Helper()
	record, err := s.Job.Run(ctx, s.taskDir, s.Step)
	require.NoError(s.t, err)
	assert.Empty(s.t, record.Faults, "commands that the agent could not make sense of")
	assert.Empty(s.t, record.Orphans, "processes left behind")
	assert.Empty(s.t, s.cloud.Violations(), "requests that are not read-only, or not as the service wants them")
	assert.NotContains(s.t, record.Variables, "owned")
	s.assertNoSecrets(record)
	s.assertSurvivesTheMask(record)
	s.assertDeclared(record)
	return record
}

// theRecord is a part of the path of the one request that no other waits for.
const theRecord = "/_apis/serviceendpoint/"

// shortest is the least number of round trips on the critical path: of the play
// that was, and where that has more than wanted, of some more against a slower and
// slower cloud. On a loaded machine a request may be answered before its neighbor
// is sent; what is written to wait for an answer never gets shorter by playing again.
func (s *stage) shortest(ctx context.Context, wanted int) int {
	least := s.cloud.Waits(theRecord)
	for _, latency := range []time.Duration{50, 200, 800, 1600} {
		if least <= wanted {
			break
		}
		again := set(s.t, s.name)
		again.cloud.Fault(cloud.Fault{Latency: latency * time.Millisecond})
		again.play(ctx)
		least = min(least, again.cloud.Waits(theRecord))
	}
	return least
}

// assertDeclared holds the codes of the annotations against what their checks
// say that they can return.
func (s *stage) assertDeclared(record *agent.Record) {
	s.t.Helper()
	for _, issue := range record.Issues {
		id, _, _ := strings.Cut(issue.Message, ":")
		id = id[strings.LastIndex(id, "/")+1:] // of another connection: name/check-id
		i := slices.IndexFunc(preflight.All(), func(c *preflight.Check) bool { return c.ID == id })
		if i < 0 {
			continue // an annotation of the shim or the agent
		}
		declared := slices.ContainsFunc(preflight.All()[i].Codes(), func(code string) bool {
			return code == issue.Code || code == "AADSTS" && strings.HasPrefix(issue.Code, code) ||
				(code == "ARM" || code == "DevOps") && !strings.Contains(issue.Code, "-")
		})
		assert.True(s.t, declared, "check %s returns %s, which it does not declare", id, issue.Code)
	}
}

// assertNoSecrets looks for every credential of the world, in every encoding it
// may take, in what was printed before the agent masked anything.
func (s *stage) assertNoSecrets(record *agent.Record) {
	s.t.Helper()
	var output strings.Builder
	output.WriteString(strings.Join(record.Raw, "\n"))
	for _, a := range record.Attachments {
		output.WriteString("\n" + string(a.Content))
	}
	if path := record.Variables["ArmPreflight.reportPath"].Value; path != "" {
		kept, err := os.ReadDir(filepath.Dir(path))
		require.NoError(s.t, err)
		for _, file := range kept {
			text, err := os.ReadFile(filepath.Join(filepath.Dir(path), file.Name()))
			require.NoError(s.t, err)
			output.Write(text)
		}
	}
	for _, value := range s.Secrets() {
		for name, form := range forms(value) {
			assert.NotContains(s.t, output.String(), form, "a secret was printed (%s)", name)
		}
	}
	for _, identifier := range []string{cloud.ContosoClientID, cloud.EntraIssuer(cloud.ContosoTenantID), cloud.DevOpsIssuer(cloud.ContosoOrganizationID),
		cloud.EntraSubject(cloud.ContosoTenantID, cloud.ContosoOrganizationID, cloud.ContosoFederationConnectionID)} {
		assert.NotContains(s.t, output.String(), identifier, "an identifier that the agent masks was printed whole")
	}
	for _, line := range record.Raw {
		assert.NotRegexp(s.t, `eyJ[A-Za-z0-9_-]{20,}`, line, "something that looks like a token was printed")
	}
}

// assertSurvivesTheMask looks for what the agent masked in what users read: a
// command in a fix that holds *** can't be run.
func (s *stage) assertSurvivesTheMask(record *agent.Record) {
	s.t.Helper()
	masked := func(lines []string, commands bool) (n int) {
		for _, line := range lines {
			if commands || !strings.HasPrefix(line, "##[debug]") {
				n += strings.Count(line, "***")
			}
		}
		return n
	}
	assert.LessOrEqual(s.t, masked(record.Lines, false), masked(record.Raw, true), "the agent masked a part of the log:\n%s", output(record))
}

// forms gives a secret as it could appear in a log. It knows nothing of how the
// product redacts.
func forms(value string) map[string]string {
	all := map[string]string{
		"raw":        value,
		"query":      url.QueryEscape(value),
		"path":       url.PathEscape(value),
		"json":       strings.Trim(fmt.Sprintf("%q", value), `"`),
		"half":       value[:len(value)/2+1],
		"other half": value[len(value)/2-1:],
	}
	for shift := range 3 {
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.StdEncoding, "base64url": base64.URLEncoding} {
			encoded := encoding.EncodeToString([]byte(strings.Repeat("x", shift) + value))
			all[fmt.Sprintf("%s, shifted by %d", name, shift)] = strings.TrimRight(encoded, "=")[4 : len(strings.TrimRight(encoded, "="))-2]
		}
	}
	for i, line := range strings.Split(value, "\n") {
		if len(line) >= 20 && !strings.HasPrefix(line, "-----") {
			all[fmt.Sprintf("line %d", i+1)] = line
		}
	}
	return all
}

// errorsOf and warningsOf return the codes of the annotations.
func errorsOf(r *agent.Record) []string   { return codes(r, "error") }
func warningsOf(r *agent.Record) []string { return codes(r, "warning") }

func codes(r *agent.Record, kind string) []string {
	var all []string
	for _, issue := range r.Issues {
		if strings.EqualFold(issue.Type, kind) {
			all = append(all, issue.Code)
		}
	}
	return all
}

// tokenRequests counts what was requested from authorities for Resource Manager.
func tokenRequests(c *cloud.Cloud) int {
	n := 0
	for _, r := range c.Requests() {
		if r.Method == "POST" && strings.HasSuffix(r.Path, "/oauth2/v2.0/token") && !strings.Contains(r.Scope, "graph.") {
			n++
		}
	}
	return n
}

func output(r *agent.Record) string { return strings.Join(r.Lines, "\n") }

func hasLine(r *agent.Record, part string) bool {
	return slices.ContainsFunc(r.Lines, func(l string) bool { return strings.Contains(l, part) })
}
