package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"armpreflight/internal/report"
	"armpreflight/internal/report/formtest"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// simulatedCLI is the Azure CLI of a simulated person.
type simulatedCLI struct {
	cloud   *cloud.Cloud
	account string
	tokens  map[string]bool // every one that was handed out
	known   func(c *cloud.Cloud, token string)
	mu      sync.Mutex
}

func (c *simulatedCLI) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, expires, err := c.cloud.PersonToken(c.account, o.TenantID, strings.TrimSuffix(o.Scopes[0], "/.default"))
	if err != nil {
		return azcore.AccessToken{}, errors.New("AzureCLICredential: " + err.Error() + ". To troubleshoot, visit https://aka.ms/azsdk/go/identity/troubleshoot#azure-cli")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tokens[token] = true
	c.known(c.cloud, token)
	return azcore.AccessToken{Token: token, ExpiresOn: expires}, nil
}

// wished is what the verb left behind.
type wished struct {
	code        int
	out, stderr string
	cloud       *cloud.Cloud
	tokens      map[string]bool
}

// wishFor runs the verb for a situation, in one process and in made-up time.
func wishFor(t *testing.T, s scenario.Creation, more ...string) wished {
	t.Helper()
	return wishThat(t, s, func(*cloud.Cloud, string) {}, more...)
}

// wishThat is wishFor with something that is done as soon as a token is known.
func wishThat(t *testing.T, s scenario.Creation, known func(c *cloud.Cloud, token string), more ...string) wished {
	t.Helper()
	dir := t.TempDir()
	certificate := selfSigned(t, filepath.Join(dir, "authority.pem"))
	var got wished
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(today))
		w := s.Start(time.Now)
		simulated := cloud.New(w.World)
		for _, f := range w.Faults {
			simulated.Fault(f)
		}
		wire := newWire(certificate, simulated.ServeHTTP)
		cli := &simulatedCLI{cloud: simulated, account: w.Account, known: known, tokens: map[string]bool{}}
		var out, stray bytes.Buffer
		got.code = Main(t.Context(), Env{Args: append(s.Arguments(), more...), Environ: []string{"SSL_CERT_FILE=" + filepath.Join(dir, "authority.pem")},
			Stdout: &out, Stderr: &stray, Now: time.Now, Dial: wire.Dial, Credential: cli})
		wire.Close()
		got.out, got.stderr, got.cloud, got.tokens = strings.ReplaceAll(out.String(), dir, "DIR"), stray.String(), simulated, cli.tokens
	})
	return got
}

func TestEverySituationOfAPersonIsNamedWithThePersonAndTheSteps(t *testing.T) {
	for i, s := range scenario.Creations() {
		if testing.Short() && i%4 != 0 {
			continue // the requests run at the same time in the same way in each
		}
		t.Run(s.Name, func(t *testing.T) {
			w := s.Wants
			require.NotEmpty(t, w.Way, "the situation has no Wants")
			got := wishFor(t, s)
			changesNothing(t, got)
			holdNoToken(t, got)
			assert.Equal(t, w.Code, got.code)
			assert.Empty(t, got.stderr)
			assert.Contains(t, strings.Join(strings.Fields(got.out), " "), w.Told)

			d := got.document(t, s)
			holdForms(t, d)
			require.NotNil(t, d.Recommendation)
			assert.Equal(t, w.Way, d.Recommendation.Way)
			assert.Equal(t, w.Alone, d.Recommendation.Alone)
			assert.NotEmpty(t, d.Recommendation.Steps)
			var finds []string
			var first *report.Found
			for _, c := range d.Checks {
				for _, f := range c.Findings[:min(1, len(c.Findings))] {
					finds = append(finds, c.ID+" "+f.Status+" "+f.Code)
					if first == nil {
						first = &f
					}
				}
				if strings.Contains(" "+w.Blocks+" ", " "+c.ID+" ") {
					assert.Equal(t, "skip", c.Status, c.ID)
				}
			}
			assert.Equal(t, w.Finds, strings.Join(finds, ", "))
			if w.Who != "" {
				require.NotNil(t, first)
				assert.Equal(t, w.Who, first.Who)
				assert.Contains(t, strings.Join(first.Steps, " "), w.Steps)
			}
			assert.NotContains(t, strings.ToLower(got.out), "re-run the failed job", "there is no job yet")
			golden(t, s.Name, got.out)
		})
	}
}

// holdForms holds the forms of a report against the report.
func holdForms(t *testing.T, d report.Document) {
	t.Helper()
	object, err := json.Marshal(d)
	require.NoError(t, err)
	junit, err := d.JUnit()
	require.NoError(t, err)
	page, err := d.HTML()
	require.NoError(t, err)
	formtest.Hold(t, formtest.Forms{JSON: object, Markdown: []byte(d.Markdown()), JUnit: junit, HTML: page})
}

// golden compares a text with the file that is kept of it.
func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", "creation", name+".txt")
	text = times.ReplaceAllString(took.ReplaceAllString(text, "$1          "), "")
	text = requestIDs.ReplaceAllString(text, "${1}00000000-0000-0000-0000-000000000000")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	kept, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./internal/cli -run Situation -update writes it")
	assert.Equal(t, string(kept), text)
}

// requestIDs go by the order in which requests arrive.
var requestIDs = regexp.MustCompile(`(?i)((?:trace|correlation|request) id:?\s+)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// times and took are what differs from run to run.
var times = regexp.MustCompile(` \(\d+\.\d s\)|(?mi)^ +(?:correlation ID|request id) .*\n`)

var took = regexp.MustCompile(`(?m)^(  (?:pass|WARN|FAIL|\?{4})) +\d+ m?s  `)

func (w wished) document(t *testing.T, s scenario.Creation) report.Document {
	t.Helper()
	again := wishFor(t, s, "--format", "json")
	assert.Equal(t, w.code, again.code)
	holdNoToken(t, again)
	d, err := report.Read(strings.NewReader(again.out))
	require.NoError(t, err, again.out)
	return d
}

func changesNothing(t *testing.T, got wished) {
	t.Helper()
	assert.Empty(t, got.cloud.Violations())
	require.NotEmpty(t, got.cloud.Requests())
	for _, r := range got.cloud.Requests() {
		assert.Equal(t, "GET", r.Method, "%s%s", r.Host, r.Path)
	}
}

// TestNoTokenIsInWhatCreationLeavesBehind gives each situation one of the formats that
// TestEverySituationOfAPersonIsNamedWithThePersonAndTheSteps doesn't hold, or both with -every.
func TestNoTokenIsInWhatCreationLeavesBehind(t *testing.T) {
	sameCodeAsOthers(t)
	formats := []string{"markdown", "html"}
	for i, s := range scenario.Creations() {
		for j, format := range formats {
			if *every || i%len(formats) == j {
				holdNoToken(t, wishFor(t, s, "--format", format))
			}
		}
	}
}

func holdNoToken(t *testing.T, got wished) {
	t.Helper()
	for token := range got.tokens {
		for part := range strings.SplitSeq(token, ".") {
			assert.False(t, strings.Contains(got.out+got.stderr, part), "a part of a token: %s", part)
		}
	}
}

func TestATokenThatComesBackInAnAnswerIsNotShown(t *testing.T) {
	s, _ := scenario.FindCreation("creators-unread")
	for _, format := range []string{"text", "markdown", "html", "json"} {
		got := wishThat(t, s, func(c *cloud.Cloud, token string) {
			c.Fault(cloud.Fault{Path: "/contoso/_apis/permissions/", Status: 400, Code: "X", Message: "you sent " + token})
		}, "--format", format)
		assert.NotContains(t, got.out, "eyJ")
	}
}

func TestTheExamplesOfCreationsHelpAreRun(t *testing.T) {
	_, examples, ok := strings.Cut(creationUsage, "examples:\n")
	require.True(t, ok)
	found := regexp.MustCompile(`armpreflight (creation .*)`).FindAllStringSubmatch(examples, -1)
	require.Len(t, found, 3)
	for i, example := range found {
		got := wishFor(t, scenario.Creation{Line: strings.Fields(example[1])})
		assert.Equal(t, ExitOK, got.code, got.stderr)
		assert.Contains(t, got.out, []string{"you can: ", "#### Recommendation: ", `"recommendation": {`}[i])
	}
}

func TestWrongUseOfCreation(t *testing.T) {
	needed := []string{"--organization", "https://dev.azure.com/contoso", "--project", "Shop", "--subscription", cloud.ContosoSubscriptionID}
	without := func(i int) []string { return append(slices.Clone(needed[:i]), needed[i+2:]...) }
	for name, tc := range map[string]struct {
		args []string
		says string
	}{
		"nothing":                        {nil, "are required"},
		"no organization":                {without(0), "are required"},
		"no project":                     {without(2), "are required"},
		"no subscription":                {without(4), "are required"},
		"a flag that there is not":       {append(needed, "--force"), "unknown flag --force"},
		"a word too many":                {append(needed, "now"), "unexpected argument"},
		"an organization without a name": {append(needed, "--organization", "https://dev.azure.com/"), "an organization's URL"},
		"another host":                   {append(needed, "--organization", "https://dev.azure.com.attacker.example/contoso"), "an organization's URL"},
		"an organization by http":        {append(needed, "--organization", "http://dev.azure.com/contoso"), "an organization's URL"},
		"an organization that climbs":    {append(needed, "--organization", "https://dev.azure.com/.."), "an organization's URL"},
		"one with a user":                {append(needed, "--organization", "https://me:pat@dev.azure.com/contoso"), "an organization's URL"},
		"a project that climbs":          {append(needed, "--project", ".."), "isn't a valid project name"},
		"a project with a slash":         {append(needed, "--project", "a/b"), "isn't a valid project name"},
		"a subscription by name":         {append(needed, "--subscription", "Contoso Prod"), "--subscription needs an ID"},
		"a tenant by name":               {append(needed, "--tenant", "contoso.example"), "--tenant needs an ID"},
		"an application by name":         {append(needed, "--application", "deploy"), "--application needs an ID"},
		"a scope elsewhere":              {append(needed, "--scope", "/subscriptions/"+scenario.OtherTenant), "isn't in the subscription of --subscription"},
		"a scope that is none":           {append(needed, "--scope", "rg-app"), "--scope: "},
		"another format":                 {append(needed, "--format", "yaml"), "--format must be"},
		"another credential":             {append(needed, "--credential", "pat"), "--credential must be"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := call(t, append([]string{"creation"}, tc.args...)...)
			assert.Equal(t, ExitUsage, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, tc.says)
		})
	}
	code, stdout, stderr := call(t, "creation", "--help")
	assert.Equal(t, ExitOK, code)
	assert.Contains(t, stdout, "usage: armpreflight creation")
	assert.Empty(t, stderr)
}

func TestAReportAboutMakingAConnectionIsShownAgain(t *testing.T) {
	s, _ := scenario.FindCreation("no-registrations")
	saved := wishFor(t, s, "--format", "json").out
	for _, format := range []string{"text", "markdown"} {
		var out, stray bytes.Buffer
		code := Main(t.Context(), Env{Args: []string{"render", "--format", format, "-"}, Stdin: strings.NewReader(saved), Stdout: &out, Stderr: &stray, Now: time.Now})
		assert.Equal(t, ExitOK, code, stray.String())
		first := wishFor(t, s, "--format", format).out
		if format == "text" {
			_, first, _ = strings.Cut(first, "authority.pem\n")
		}
		assert.Equal(t, times.ReplaceAllString(first, ""), times.ReplaceAllString(out.String(), ""))
	}
}

func TestWhatServicesSayOfAPersonIsTextAndNothingElse(t *testing.T) {
	sameCodeAsOthers(t)
	const nasty = "x##vso[task.complete result=Failed;]y \x1b[31m red $(rm -rf ~) `id` <script>|"
	for _, name := range []string{"locked", "denied", "no-registrations", "disabled"} {
		s, _ := scenario.FindCreation(name)
		for _, format := range []string{"text", "markdown", "html", "json"} {
			got := wishThat(t, s, func(c *cloud.Cloud, _ string) {
				c.Update(func(w *cloud.World) {
					w.Organizations[0].Projects[0].Name = nasty
					t := &w.Tenants[0]
					t.Subscriptions[0].Name = nasty
					for i := range t.Locks {
						t.Locks[i].Name, t.Locks[i].Notes = nasty, nasty
					}
					for i := range t.DenyAssignments {
						t.DenyAssignments[i].Name = nasty
					}
				})
			}, "--project", cloud.ContosoProjectID, "--format", format)
			assert.NotContains(t, got.out, "##vso", name)
			assert.NotContains(t, got.out, "\x1b", name)
			for line := range strings.Lines(got.out) {
				if strings.Contains(line, " az ") && format == "text" {
					assert.NotContains(t, line, "rm -rf", "nothing of a service's is in a command")
				}
			}
		}
	}
}

func TestCreationIsCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, _ := scenario.FindCreation("all-well")
	var out, stray bytes.Buffer
	code := Main(ctx, Env{Args: s.Arguments(), Stdout: &out, Stderr: &stray, Now: time.Now, Credential: &simulatedCLI{}})
	assert.Equal(t, ExitCanceled, code)
	assert.Contains(t, out.String(), "canceled: the findings so far are above")
	assert.NotContains(t, out.String(), "recommendation")
}

func TestCreationSaysWhereItCannotWrite(t *testing.T) {
	s, _ := scenario.FindCreation("all-well")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stray bytes.Buffer
	code := Main(ctx, Env{Args: append(s.Arguments(), "--format", "json"), Stdout: brokenPipe{}, Stderr: &stray, Now: time.Now, Credential: &simulatedCLI{}})
	assert.NotEqual(t, ExitOK, code)
	assert.Contains(t, stray.String(), "broken pipe")
}

func TestCreationWritesAFileOfItsOwn(t *testing.T) {
	s, _ := scenario.FindCreation("all-well")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	var out, stray bytes.Buffer
	env := Env{Args: append(s.Arguments(), "--format", "html", "--output", "page.html"), Stdout: &out, Stderr: &stray, Now: time.Now, Credential: &simulatedCLI{},
		Create: func(name string) (io.WriteCloser, error) { return createIn(dir, name) }}
	assert.Equal(t, ExitCanceled, Main(ctx, env), stray.String())
	assert.Empty(t, out.String())
	text, err := os.ReadFile(filepath.Join(dir, "page.html"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "<main>")
	assert.Equal(t, ExitUsage, Main(ctx, env), "a file that is there is not written over")
	assert.Contains(t, stray.String(), "file exists")
}

// TestNoRefusedReadFailsCreationUnexplained: what a service refuses for a reason
// that the catalogue doesn't have leaves the question open. Only a refused sign-in
// doesn't.
func TestNoRefusedReadFailsCreationUnexplained(t *testing.T) {
	sameCodeAsOthers(t)
	s, _ := scenario.FindCreation("all-well")
	for name, path := range map[string]string{
		"the organization":    "/contoso/",
		"the project":         "/contoso/_apis/projects",
		"the tenant":          "/subscriptions/",
		"the subscription":    "/subscriptions/" + cloud.ContosoSubscriptionID,
		"what's inside of it": "/subscriptions/" + cloud.ContosoSubscriptionID + "/providers",
		"the directory":       "/v1.0/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{400, 401, 403, 404, 405, 409, 410, 412, 418, 429, 451, 500, 503} {
				for nth := range 2 { // the first request of the subscription is the one for its tenant
					got := wishThat(t, s, func(c *cloud.Cloud, _ string) {
						c.Fault(cloud.Fault{Path: path, Nth: nth, Status: status, Code: "ContosoSaysNo", Message: "Not today."})
					}, "--format", "json")
					d, err := report.Read(strings.NewReader(got.out))
					require.NoError(t, err, got.stderr)
					for _, c := range d.Checks {
						if c.Status == "fail" && c.Findings[0].Code != "person-session-stale" { // what a 401 of Azure DevOps alone means
							t.Errorf("%s: %d: %+v", c.ID, status, c.Findings)
						}
					}
				}
			}
		})
	}
}
