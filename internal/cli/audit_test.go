package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// audited is what the verb left behind.
type audited struct {
	code        int
	out, stderr string
	cloud       *cloud.Cloud
	tokens      map[string]bool
	took        time.Duration // in made-up time
}

func (a audited) document(t *testing.T) audit.Document {
	t.Helper()
	var d audit.Document
	require.NoError(t, json.Unmarshal([]byte(a.out), &d), a.out+a.stderr)
	return d
}

// auditing is one run of the verb.
type auditing struct {
	world   func(now func() time.Time) *cloud.World
	args    []string
	environ []string
	person  bool // signed in by the Azure CLI
	// spoil may answer in the cloud's place; true says that it did.
	spoil func(http.ResponseWriter, *http.Request) bool
	fault *cloud.Fault
	dir   string // of files that are written
}

// run runs the verb in one process and in made-up time.
func (a auditing) run(t *testing.T) audited {
	t.Helper()
	dir := t.TempDir()
	certificate := selfSigned(t, filepath.Join(dir, "authority.pem"))
	var got audited
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(today))
		got = a.play(t.Context(), dir, func(h http.HandlerFunc) *wire { return newWire(certificate, h) })
	})
	return got
}

func (a auditing) play(ctx context.Context, dir string, connect func(http.HandlerFunc) *wire) audited {
	if a.world == nil {
		a.world = scenario.Audited
	}
	w := a.world(time.Now)
	simulated := cloud.New(w)
	if a.fault != nil {
		simulated.Fault(*a.fault)
	}
	wire := connect(func(out http.ResponseWriter, r *http.Request) {
		if a.spoil == nil || !a.spoil(out, r) {
			simulated.ServeHTTP(out, r)
		}
	})
	defer wire.Close()
	var out, stray bytes.Buffer
	env := Env{Args: append([]string{"audit", "--organization", strings.TrimSuffix(cloud.ContosoOrganizationURL, "/")}, a.args...),
		Environ: append([]string{"SSL_CERT_FILE=" + filepath.Join(dir, "authority.pem")}, a.environ...),
		Stdout:  &out, Stderr: &stray, Now: time.Now, Dial: wire.Dial,
		Create: func(name string) (io.WriteCloser, error) { return createIn(a.dir, name) }}
	tokens := map[string]bool{}
	if a.person {
		env.Args = append(env.Args, "--credential", "azure-cli")
		env.Credential = &simulatedCLI{cloud: simulated, account: scenario.Ada, known: func(*cloud.Cloud, string) {}, tokens: tokens}
	}
	start := time.Now()
	code := Main(ctx, env)
	return audited{code: code, out: out.String(), stderr: stray.String(), cloud: simulated, tokens: tokens, took: time.Since(start)}
}

func createIn(dir, name string) (io.WriteCloser, error) {
	return os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// pat is the personal access token of the simulated organization.
func pat() string { return scenario.Audited(time.Now).Organizations[0].Tokens[0] }

// matters are the findings of each connection of scenario.Audited.
var matters = map[string][]string{
	"healthy":                 nil,
	"issuer-retiring":         {"warn issuer-retiring"},
	"issuer-of-multitenant":   nil,
	"no-federated-credential": {"fail AADSTS70025"},
	"other-subject":           {"fail AADSTS700213", "note federated-credential-dangling"},
	"other-issuer":            {"fail AADSTS700211"},
	"other-letter-case":       {"fail AADSTS7002138", "warn issuer-retiring"},
	"other-audience":          {"fail AADSTS700212"},
	"dangling-credential":     {"note federated-credential-dangling"},
	"application-gone":        {"fail AADSTS700016"},
	"registration-gone":       {"fail AADSTS700016"},
	"principal-gone":          {"fail AADSTS7000229"},
	"application-elsewhere":   nil,
	"application-disabled":    {"fail AADSTS7000112"},
	"secret":                  {"note federation-advised"},
	"secret-expiring":         {"warn secret-expiring", "note federation-advised"},
	"secret-expired":          {"fail secret-expired", "note federation-advised"},
	"secrets-old-and-new":     {"note federation-advised"},
	"failed-half-way":         {"fail connection-not-ready"},
	"draft":                   {"warn connection-draft"},
	"disabled":                {"note connection-disabled", "note AADSTS70025"},
	"outdated":                {"warn connection-outdated"},
	"converted":               nil,
	"open-to-all":             {"warn connection-open-to-all"},
	"unused":                  {"note connection-unused"},
	"never-used":              {"note connection-unused"},
	"disabling":               {"warn connection-disabling"},
	"secrets-two":             {"note federation-advised"},
	"docker-registry":         {"warn issuer-retiring"}, // docker-registry-with-password isn't listed
	"incomplete":              {"fail connection-incomplete"},
	"publish-profile":         {"note scheme-unsupported"},
	"duplicate":               {"note identity-shared"},
	"duplicate-too":           {"note identity-shared"},
	"shared":                  {"note connection-shared"},
}

func TestEveryMatterOfAConnectionIsFound(t *testing.T) {
	got := auditing{args: []string{"--format", "json"}, person: true}.run(t)
	assert.Equal(t, ExitFindings, got.code, got.stderr)
	assert.Empty(t, got.cloud.Violations())
	assert.True(t, strings.HasPrefix(got.stderr, "reading https://dev.azure.com/contoso as ada@contoso.example, with the sign-in of --credential azure-cli\n"), got.stderr)
	d := got.document(t)
	require.Equal(t, "1", d.SchemaVersion)
	require.Len(t, d.Connections, len(matters)+1, "and the hostile one")
	rank := 0
	for _, c := range d.Connections {
		if want, ok := matters[c.Name]; ok {
			var found []string
			for _, f := range c.Findings {
				found = append(found, string(f.Severity)+" "+string(f.Code))
				assert.NotEmpty(t, f.Text)
			}
			assert.Equal(t, want, found, c.Name)
		}
		assert.NotEmpty(t, c.Recommendation, c.Name)
		now := map[audit.Severity]int{audit.Fail: 0, audit.Warn: 1, audit.Note: 2, "": 3}[c.Worst()]
		assert.GreaterOrEqual(t, now, rank, "worst first: %s", c.Name)
		rank = now
	}
	by := func(name string) audit.Connection {
		i := slices.IndexFunc(d.Connections, func(c audit.Connection) bool { return c.Name == name })
		require.GreaterOrEqual(t, i, 0, name)
		return d.Connections[i]
	}
	assert.Equal(t, audit.StateFailed, by("failed-half-way").State)
	assert.NotContains(t, by("failed-half-way").StateMessage, cloud.FleetID("client failed-half-way"), "a client id is shortened")
	assert.Equal(t, audit.StateDisabled, by("disabled").State)
	assert.Equal(t, audit.StateDraft, by("draft").State)
	assert.Equal(t, "2026-12-02", by("secret-expiring").Expires.Format(time.DateOnly))
	assert.Equal(t, "2026-11-28", by("converted").RevertibleUntil.Format(time.DateOnly))
	assert.Equal(t, "2026-05-23", by("unused").LastSucceeded.Format(time.DateOnly))
	assert.Equal(t, []string{"Billing", "Shop"}, by("shared").Projects)
	assert.Equal(t, "Azure DevOps", by("issuer-retiring").Issuer)
	assert.Equal(t, "Microsoft Entra", by("healthy").Issuer)
	assert.Equal(t, "fits", by("healthy").Federated)
	assert.Equal(t, "Automatic", by("healthy").CreationMode)
	assert.Equal(t, "/subscriptions/"+cloud.ContosoSubscriptionID, by("healthy").Scope)
	assert.Equal(t, "nothing to do", by("healthy").Recommendation)
	assert.Equal(t, 1, by("duplicate").SameIdentity)
	assert.Contains(t, got.stderr, `not checked: connections of project "Empty": the project shows none to this reader`)
	assert.Equal(t, "dockerregistry", by("docker-registry").Type)
	assert.Contains(t, by("docker-registry").Unseen, audit.Unseen{What: "settings other than federation and use", Why: "the audit doesn't check them for connections of type dockerregistry"})
	assert.Contains(t, got.stderr, "not checked: its federated credential, of 1 connection: they don't belong to an application in this tenant")
}

func TestACredentialOfAzureDevOpsSaysWhatItCouldNotSee(t *testing.T) {
	sameCodeAsOthers(t)
	for name, tc := range map[string]struct {
		environ     []string
		whose, does string
	}{
		"a personal access token":               {[]string{"AZURE_DEVOPS_EXT_PAT=" + pat()}, "Token Owner, with the personal access token in AZURE_DEVOPS_EXT_PAT", "a personal access token doesn't work for Microsoft Graph"},
		"the token of a job":                    {[]string{"SYSTEM_ACCESSTOKEN=" + jobToken(), "SYSTEM_COLLECTIONURI=" + cloud.ContosoOrganizationURL}, "Shop Build Service (contoso), with the job's own token", "the job's token doesn't work for Microsoft Graph"},
		"both, and the first is used":           {[]string{"AZURE_DEVOPS_EXT_PAT=" + pat(), "SYSTEM_ACCESSTOKEN=of-another"}, "Token Owner, with", "a personal access token"},
		"the older address of the organization": {[]string{"SYSTEM_ACCESSTOKEN=" + jobToken(), "SYSTEM_COLLECTIONURI=https://contoso.visualstudio.com/"}, "Shop Build Service", "the job's token"},
	} {
		t.Run(name, func(t *testing.T) {
			got := auditing{args: []string{"--format", "json"}, environ: tc.environ}.run(t)
			assert.Equal(t, ExitFindings, got.code, got.stderr)
			first, _, _ := strings.Cut(got.stderr, "\n")
			assert.Contains(t, first, tc.whose)
			assert.Contains(t, got.stderr, tc.does)
			assert.Empty(t, got.cloud.Violations())
			for _, r := range got.cloud.Requests() {
				host := "dev.azure.com"
				if strings.HasSuffix(r.Path, "/_apis/identities") {
					host = "vssps.dev.azure.com" // of the same organization, for the question about its users
				}
				assert.Equal(t, host, r.Host, "one credential, one organization")
			}
			for _, c := range got.document(t).Connections {
				if c.Name == "healthy" {
					assert.Equal(t, "nothing to do, but some checks have no result", c.Recommendation)
				}
			}
		})
	}
}

func jobToken() string {
	return scenario.Audited(time.Now).Organizations[0].Projects[0].Jobs[0].Token
}

// answers gives a body to the requests whose path and query contain a part.
func answers(part, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path+"?"+r.URL.RawQuery, part) {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
		return true
	}
}

// TestAnAnswerThatSaysNothingIsNoNews: a connection whose history or users aren't
// told is neither unused nor closed, and an application that a list leaves out is
// not gone when it is there.
func TestAnAnswerThatSaysNothingIsNoNews(t *testing.T) {
	sameCodeAsOthers(t)
	const notUnderstood = "the response couldn't be read"
	failures := `{"count":50,"value":[` + strings.Repeat(`{"data":{"finishTime":"2026-11-23T11:00:00Z","result":"failed"}},`, 49) + `{"data":{"finishTime":"2026-11-22T11:00:00Z","result":"failed"}}]}`
	for name, tc := range map[string]struct {
		part, body, connection, unseen, why string
		findings                            []string
	}{
		"no history in the answer":        {part: "/executionhistory", body: `{}`, connection: "never-used", unseen: "when it was used", why: notUnderstood},
		"fifty failures, and older uses":  {part: "/executionhistory", body: failures, connection: "unused", unseen: "when it was used", why: "none of its newest uses succeeded, and older ones aren't read"},
		"fifty uses that are still going": {part: "/executionhistory", body: `{"value":[` + strings.TrimSuffix(strings.Repeat(`{"data":{}},`, 50), ",") + `]}`, connection: "unused", unseen: "when it was used", why: "none of its newest uses succeeded, and older ones aren't read"},
		"fifty failures of long ago":      {part: "/executionhistory", body: strings.ReplaceAll(failures, "2026-11", "2026-01"), connection: "unused", findings: []string{"note connection-unused"}},
		"no pipelines in the answer":      {part: "/pipelinePermissions/", body: `{}`, connection: "open-to-all", unseen: "which pipelines can use it", why: notUnderstood},
		"a list that leaves everyone out": {part: "/v1.0/applications?", body: `{"value":[]}`, connection: "secret-expiring", findings: []string{"warn secret-expiring", "note federation-advised"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := auditing{args: []string{"--format", "json"}, person: true, spoil: answers(tc.part, tc.body)}.run(t)
			found := false
			for _, c := range got.document(t).Connections {
				if c.Name != tc.connection {
					continue
				}
				found = true
				var is []string
				for _, f := range c.Findings {
					is = append(is, string(f.Severity)+" "+string(f.Code))
				}
				assert.Equal(t, tc.findings, is)
				if tc.unseen != "" {
					assert.Contains(t, c.Unseen, audit.Unseen{What: tc.unseen, Why: tc.why})
				} else {
					assert.Empty(t, c.Unseen)
				}
			}
			assert.True(t, found)
		})
	}
}

// TestAPrincipalThatIsNotShownIsNoGoodOne: who reads the application and not its
// service principal doesn't know that this is there and enabled.
func TestAPrincipalThatIsNotShownIsNoGoodOne(t *testing.T) {
	hide := func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/v1.0/servicePrincipals") {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path != "/v1.0/servicePrincipals" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}`)
			return true
		}
		_, _ = io.WriteString(w, `{"value":[]}`)
		return true
	}
	got := auditing{args: []string{"--format", "json"}, person: true, spoil: hide}.run(t)
	for _, c := range got.document(t).Connections {
		if c.Name == "application-disabled" {
			assert.Empty(t, c.Findings)
			assert.Equal(t, []audit.Unseen{{What: "whether its service principal exists and is enabled", Why: "this reader doesn't have permission (HTTP 403)"}}, c.Unseen)
			assert.Equal(t, "nothing to do, but some checks have no result", c.Recommendation)
		}
	}
	assert.Contains(t, got.stderr, "not checked: whether its service principal exists and is enabled, of ")
}

// TestAnOrganizationThatShowsNothingIsNoHealthyOne: an empty list isn't an audit.
func TestAnOrganizationThatShowsNothingIsNoHealthyOne(t *testing.T) {
	good := []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}
	answer := func(body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/contoso/_apis/projects") {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	got := auditing{environ: good, spoil: answer(`{"count":0,"value":[]}`)}.run(t)
	assert.Equal(t, ExitUsage, got.code)
	assert.Contains(t, got.stderr, "the list of projects: it's empty, so this reader can't read any project")
	got = auditing{environ: good, args: []string{"--project", "Shop"}, spoil: answer(`{}`)}.run(t)
	assert.Equal(t, ExitFault, got.code)
	assert.Contains(t, got.stderr, `project "Shop": the response couldn't be read`)
}

func TestWhoMayNotLookIsTold(t *testing.T) {
	good := []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}
	for name, tc := range map[string]struct {
		auditing
		code int
		says string
	}{
		"no credential":                     {auditing{}, ExitUsage, "no credential: choose --credential"},
		"a wrong one":                       {auditing{environ: []string{"AZURE_DEVOPS_EXT_PAT=wrong-and-secret"}}, ExitUsage, "the list of projects: the credential wasn't accepted"},
		"a job of another organization":     {auditing{environ: []string{"SYSTEM_ACCESSTOKEN=" + jobToken(), "SYSTEM_COLLECTIONURI=https://dev.azure.com/fabrikam/"}}, ExitUsage, "is for the organization of the job"},
		"a job of nowhere":                  {auditing{environ: []string{"SYSTEM_ACCESSTOKEN=" + jobToken()}}, ExitUsage, "is for the organization of the job"},
		"a sign-in at somebody's server":    {auditing{args: []string{"--organization", "https://tfs.contoso.example/tfs/Default"}, person: true}, ExitUsage, "for Azure DevOps Server, use a personal access token"},
		"no such project":                   {auditing{args: []string{"--project", "Nowhere"}, environ: good}, ExitUsage, `project "Nowhere": it doesn't exist, or this reader can't see it`},
		"an organization that is not https": {auditing{args: []string{"--organization", "http://dev.azure.com/contoso"}, environ: good}, ExitUsage, "must begin with https://"},
		"an outage":                         {auditing{environ: good, fault: &cloud.Fault{Path: "/contoso/_apis/projects", Status: 503}, args: []string{"--timeout", "1m"}}, ExitFault, "the list of projects: "},
		"a slice that is none":              {auditing{environ: append(slices.Clone(good), "SYSTEM_JOBPOSITIONINPHASE=5", "SYSTEM_TOTALJOBSINPHASE=4")}, ExitUsage, "the position must be from 1 to the total"},
		"a format that is none":             {auditing{environ: good, args: []string{"--format", "xml"}}, ExitUsage, "--format must be table, json, csv, html or markdown"},
		"two answers to one question":       {auditing{environ: good, args: []string{"--project", "Shop", "--all-projects"}}, ExitUsage, "use either --project or --all-projects"},
	} {
		t.Run(name, func(t *testing.T) {
			got := tc.auditing.run(t)
			assert.Equal(t, tc.code, got.code, got.out+got.stderr)
			assert.Contains(t, got.stderr, tc.says)
			assert.Empty(t, got.out)
			assert.NotContains(t, got.stderr, "wrong-and-secret")
			if name != "a wrong one" {
				assert.Empty(t, got.cloud.Violations())
			}
		})
	}
}

func TestFourSlicesMakeTheWhole(t *testing.T) {
	whole := auditing{args: []string{"--format", "json"}, person: true}.run(t)
	dir := t.TempDir()
	var names []string
	total := 0
	for _, position := range []string{"1", "2", "3", "4"} {
		part := auditing{args: []string{"--format", "json"}, person: true, environ: []string{"SYSTEM_JOBPOSITIONINPHASE=" + position, "SYSTEM_TOTALJOBSINPHASE=4"}}.run(t)
		require.Contains(t, []int{ExitOK, ExitFindings}, part.code, part.stderr)
		total += len(part.document(t).Connections)
		name := filepath.Join(dir, "part-"+position+".json")
		require.NoError(t, os.WriteFile(name, []byte(part.out), 0o600))
		names = append(names, name)
	}
	assert.Equal(t, len(matters)+1, total)
	merge := func(args ...string) (int, string, string) {
		var out, stray bytes.Buffer
		code := Main(t.Context(), Env{Args: append([]string{"audit", "merge"}, args...), Stdout: &out, Stderr: &stray, Now: time.Now,
			Open: func(name string) (io.ReadCloser, error) { return os.Open(name) }})
		return code, out.String(), stray.String()
	}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 1, 0, 2}} {
		args := []string{"--format", "json"}
		for _, i := range order {
			args = append(args, names[i])
		}
		code, out, stray := merge(args...)
		assert.Equal(t, ExitFindings, code, stray)
		assert.Equal(t, whole.out, out)
	}
	for name, tc := range map[string]struct {
		parts []string
		says  string
	}{
		"one is missing":   {names[:3], "of 4 slices, these are missing: 4"},
		"one is twice":     {append(slices.Clone(names), names[0]), "slice 1 occurs twice"},
		"one is not there": {append(slices.Clone(names), filepath.Join(dir, "nothing.json")), "no such file"},
	} {
		code, out, stray := merge(tc.parts...)
		assert.Equal(t, ExitUsage, code, name)
		assert.Contains(t, stray, tc.says)
		assert.Empty(t, out)
	}
}

// TestAnAuditShowsNoSecret plants secrets wherever the services keep or echo one,
// and looks for them in every format, in files and in what is said.
func TestAnAuditShowsNoSecret(t *testing.T) {
	notShort(t)
	world := scenario.Audited(time.Now)
	secrets := []string{pat(), jobToken(), "pL4nt~", cloud.ContosoSecret}
	for _, a := range world.Tenants[0].Applications {
		secrets = append(secrets, a.ClientID)
	}
	for _, format := range []string{"table", "json", "csv", "html", "markdown"} {
		for _, person := range []bool{true, false} {
			dir := t.TempDir()
			a := auditing{args: []string{"--format", format, "--output", "audit." + format}, person: person, dir: dir, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}}
			a.world = func(now func() time.Time) *cloud.World {
				w := scenario.Audited(now)
				c := &w.Organizations[0].Projects[0].Connections
				(*c)[0].Description = "the token is " + pat()
				(*c)[1].NotReady, (*c)[1].OperationMessage = true, "could not sign in with "+pat()
				(*c)[2].Data["creationMode"] = pat()
				return w
			}
			got := a.run(t)
			require.Equal(t, ExitFindings, got.code, got.stderr)
			assert.Empty(t, got.out)
			file := filepath.Join(dir, "audit."+format)
			info, err := os.Stat(file)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Contains(t, string(text), "secret-expired")
			for token := range got.tokens {
				secrets = append(secrets, token)
			}
			for _, s := range secrets {
				assert.NotContains(t, string(text), s, format)
				assert.NotContains(t, got.stderr, s, format)
			}
			assert.NotContains(t, string(text), "##vso", format)
			again := a.run(t)
			assert.Equal(t, ExitUsage, again.code, "a file that is there is not written over")
		}
	}
}

func TestAHostileNameIsTextInEveryFormat(t *testing.T) {
	sameCodeAsOthers(t)
	for format, never := range map[string][]string{
		"csv": {"\n=HYPERLINK", ",=HYPERLINK", ",\"=HYPERLINK", ";=", "; ="}, "html": {"<b>x</b>", "<script", "src="}, "markdown": {"<b>x", "| <b>"}, "table": {"##vso["},
	} {
		got := auditing{args: []string{"--format", format}, person: true}.run(t)
		require.Contains(t, got.out, "HYPERLINK", format)
		for _, text := range append(never, "##vso[") {
			assert.NotContains(t, got.out, text, format)
		}
	}
}

// TestTheExamplesOfAnAuditAreRun runs every example of the help.
func TestTheExamplesOfAnAuditAreRun(t *testing.T) {
	sameCodeAsOthers(t)
	_, examples, ok := strings.Cut(auditUsage, "\nexamples:\n")
	require.True(t, ok)
	examples, _, _ = strings.Cut(examples, "\n\n")
	dir := t.TempDir()
	for _, position := range []string{"1", "2"} {
		part := auditing{args: []string{"--format", "json"}, person: true, environ: []string{"SYSTEM_JOBPOSITIONINPHASE=" + position, "SYSTEM_TOTALJOBSINPHASE=2"}}.run(t)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "part-"+position+".json"), []byte(part.out), 0o600))
	}
	for example := range strings.Lines(examples) {
		args := strings.Fields(example)
		require.Equal(t, []string{"armpreflight", "audit"}, args[:2])
		if args[2] == "merge" {
			var out bytes.Buffer
			code := Main(t.Context(), Env{Args: args[1:], Stdout: &out, Stderr: io.Discard, Now: time.Now,
				Open: func(name string) (io.ReadCloser, error) { return os.Open(filepath.Join(dir, name)) }})
			assert.Equal(t, ExitFindings, code, example)
			assert.Contains(t, out.String(), fmt.Sprintf("%d connections", len(matters)+1))
			continue
		}
		got := auditing{args: args[2:], person: true, dir: dir}.run(t)
		want := ExitFindings
		if strings.Contains(example, "--injected") {
			want = ExitOK // no run of the organization can be read
		}
		assert.Equal(t, want, got.code, example+got.stderr)
	}
}
