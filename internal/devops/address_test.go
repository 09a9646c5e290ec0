package devops

import (
	"testing"

	"armpreflight/internal/secret"
	"armpreflight/internal/web"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// job is a job of an organization on Azure DevOps Services whose server sent
// every variable.
func job(change func(*Job)) Job {
	j := Job{
		Endpoint: "https://dev.azure.com/contoso/", Token: secret.New("job-token"), CollectionURI: "https://dev.azure.com/contoso/",
		ProjectID: "p1", HostType: "build", PlanID: "a1", JobID: "b2",
		OIDCRequestURI: "https://dev.azure.com/contoso/p1/_apis/distributedtask/hubs/build/plans/a1/jobs/b2/oidctoken",
	}
	change(&j)
	return j
}

func TestWhereAJobMayAskForAnIDToken(t *testing.T) {
	const own = "https://dev.azure.com/contoso/p1/_apis/distributedtask/hubs/build/plans/a1/jobs/b2/oidctoken"
	for name, tc := range map[string]struct {
		change func(*Job)
		want   string
		err    error
	}{
		"the address that the server set":                    {func(*Job) {}, own, nil},
		"rebuilt when the server set none":                   {func(j *Job) { j.OIDCRequestURI = "" }, own, nil},
		"rebuilt when the server's is at another host":       {func(j *Job) { j.OIDCRequestURI = "https://attacker.example/oidctoken" }, own, nil},
		"rebuilt when it is in another organization":         {func(j *Job) { j.OIDCRequestURI = "https://dev.azure.com/attacker/oidctoken" }, own, nil},
		"rebuilt when it is plain http":                      {func(j *Job) { j.OIDCRequestURI = "http://dev.azure.com/contoso/oidctoken" }, own, nil},
		"rebuilt when it holds a user":                       {func(j *Job) { j.OIDCRequestURI = "https://x@dev.azure.com/contoso/oidctoken" }, own, nil},
		"rebuilt when it is no address":                      {func(j *Job) { j.OIDCRequestURI = "::" }, own, nil},
		"a query is cut off":                                 {func(j *Job) { j.OIDCRequestURI = own + "?x=1#y" }, own, nil},
		"the hub in lower case":                              {func(j *Job) { j.OIDCRequestURI, j.HostType = "", "Build" }, own, nil},
		"a release, whose system connection is another host": {func(j *Job) { j.Endpoint = "https://vsrm.dev.azure.com/contoso/" }, own, nil},
		"the older name of the organization":                 {func(j *Job) { j.Endpoint = "https://contoso.visualstudio.com/" }, own, nil},
		"the older name of a release host":                   {func(j *Job) { j.Endpoint = "https://contoso.vsrm.visualstudio.com/" }, own, nil},
		"names without regard to case":                       {func(j *Job) { j.Endpoint = "https://dev.azure.com/Contoso/" }, own, nil},
		"a server of one's own": {func(j *Job) {
			j.Endpoint, j.OIDCRequestURI = "https://tfs.corp.example/tfs/Default/", "https://tfs.corp.example/tfs/Default/p1/_apis/distributedtask/hubs/build/plans/a1/jobs/b2/oidctoken"
		}, "https://tfs.corp.example/tfs/Default/p1/_apis/distributedtask/hubs/build/plans/a1/jobs/b2/oidctoken", nil},
		"another port of the same server": {func(j *Job) {
			j.Endpoint, j.OIDCRequestURI, j.CollectionURI = "https://tfs.corp.example/tfs/", "https://tfs.corp.example:8443/oidctoken", ""
		}, "", ErrForeign},
		"an organization that only begins alike": {func(j *Job) {
			j.OIDCRequestURI, j.CollectionURI = "https://dev.azure.com/contoso2/oidctoken", "https://dev.azure.com/contoso2/"
		}, "", ErrForeign},
		"a host that only ends alike": {func(j *Job) {
			j.OIDCRequestURI, j.CollectionURI = "https://evildev.azure.com/contoso/oidctoken", "https://contoso.visualstudio.com.evil.example/"
		}, "", ErrForeign},
		"rebuilt when it is another path, where a POST could write": {func(j *Job) {
			j.OIDCRequestURI = "https://dev.azure.com/contoso/Shop/_apis/pipelines/12/runs"
		}, own, nil},
		"rebuilt when it climbs out of the organization": {func(j *Job) {
			j.OIDCRequestURI = "https://dev.azure.com/contoso/../attacker/p1/_apis/distributedtask/hubs/build/plans/a1/jobs/b2/oidctoken"
		}, own, nil},
		"rebuilt when it climbs out encoded": {func(j *Job) {
			j.OIDCRequestURI = "https://dev.azure.com/contoso/%2e%2e/attacker/p1/_apis/distributedtask/hubs/build/plans/a1/jobs/b2/oidctoken"
		}, own, nil},
		"an address that a variable of the job may have set": {func(j *Job) { j.Overwritten = "ENDPOINT_URL_SYSTEMVSSCONNECTION" }, "", ErrOverwritten},
		"no token":                 {func(j *Job) { j.Token = secret.Text{} }, "", ErrNoToken},
		"no system connection":     {func(j *Job) { j.Endpoint = "" }, "", ErrNoAddress},
		"neither address nor plan": {func(j *Job) { j.OIDCRequestURI, j.PlanID = "", "" }, "", ErrNoAddress},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := idTokenAddress(job(tc.change))
			if tc.err != nil {
				require.ErrorIs(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.want, u.String())
		})
	}
}

func TestAClientThatMayNotAskSendsNothing(t *testing.T) {
	c := New(web.New(web.Config{}), job(func(j *Job) { j.Token = secret.Text{} }))
	assert.Empty(t, c.Host())
	_, err := c.IDToken(t.Context(), "id")
	assert.ErrorIs(t, err, ErrNoToken)
}

func FuzzAJobTokenStaysAtHome(f *testing.F) {
	f.Add("https://dev.azure.com/contoso/x", "https://dev.azure.com/contoso/")
	f.Add("https://dev.azure.com/contoso@evil/", "https://contoso.visualstudio.com/")
	f.Add("https://dev.azure.com%2fcontoso/", "")
	f.Fuzz(func(t *testing.T, oidc, collection string) {
		u, err := idTokenAddress(job(func(j *Job) { j.OIDCRequestURI, j.CollectionURI = oidc, collection }))
		if err != nil {
			return
		}
		assert.Equal(t, "https", u.Scheme)
		assert.Equal(t, "contoso", organization(u), "%s", u)
	})
}
