package devops

import (
	"context"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/web"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const recordPath = "/contoso/" + cloud.ContosoProjectID + "/_apis/serviceendpoint/endpoints/" + cloud.ContosoKeyConnectionID

// contoso starts the simulated cloud and returns a client for its running job.
func contoso(t *testing.T, change func(*cloud.World, *Job), faults ...cloud.Fault) (*Client, *cloud.Cloud) {
	t.Helper()
	world := cloud.Contoso(time.Now)
	job := Job{
		Endpoint: cloud.ContosoOrganizationURL, Token: secret.New(world.Organizations[0].Projects[0].Jobs[0].Token),
		CollectionURI: cloud.ContosoOrganizationURL, ProjectID: cloud.ContosoProjectID,
	}
	change(world, &job)
	sim := cloud.New(world)
	for _, f := range faults {
		sim.Fault(f)
	}
	l, err := sim.Listen()
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(l.CAPEM))
	w := web.New(web.Config{Match: diagnosis.Match, Roots: web.TrustOnly(roots), Dial: l.Dial})
	t.Cleanup(w.Close)
	return New(w, job), sim
}

func connectionOf(w *cloud.World) *cloud.Connection {
	return &w.Organizations[0].Projects[0].Connections[0]
}

func failureOf(t *testing.T, err error) *evidence.Failure {
	t.Helper()
	f, ok := err.(*evidence.Failure)
	require.True(t, ok, "want a failure with evidence, got %T %v", err, err)
	return f
}

func TestARecordIsReadWithOneRequest(t *testing.T) {
	changed := time.Date(2026, 1, 10, 8, 30, 0, 0, time.UTC)
	c, sim := contoso(t, func(w *cloud.World, _ *Job) {
		one := connectionOf(w)
		one.NotReady, one.Outdated, one.Shared = true, true, true
		one.OperationState, one.OperationMessage = "Failed", "Failed to set Azure permission"
		one.ModifiedBy = "Bo Example"
		one.Created = changed.AddDate(0, -1, 0)
		one.Modified, one.Data["revertSchemeDeadline"] = changed, "2026-05-01T00:00:00.0000000Z"
	})
	ada := Identity{ID: "e18a1f0a-b112-67fd-a9e0-e3bb081da49e", Name: "Ada Example"}
	r, err := c.Record(t.Context(), strings.ToUpper(cloud.ContosoKeyConnectionID))
	require.NoError(t, err)
	assert.Equal(t, Record{
		ID: cloud.ContosoKeyConnectionID, Name: "prod-key", Description: "Owned by the platform team, platform@contoso.example",
		Owner: "library", Outdated: true, Shared: true, Projects: 1,
		State: "Failed", StateMessage: "Failed to set Azure permission", CreationMode: "Manual", CreatedBy: ada, ModifiedBy: Identity{ID: "dbe2c4de-5d8e-4ff5-be74-994fa4f7de3a", Name: "Bo Example"},
		Created: changed.AddDate(0, -1, 0), Modified: changed, RevertUntil: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
	}, r)
	require.Len(t, sim.Requests(), 1)
	assert.Equal(t, "7.1", sim.Requests()[0].APIVersion)
	assert.Empty(t, sim.Violations())
}

func TestWhatARecordDoesNotTellIsNoFinding(t *testing.T) {
	for name, body := range map[string]string{
		"fields that are not there":  ``,
		"fields of null":             `,"isReady":null,"isOutdated":null,"operationStatus":null,"data":null,"createdBy":null,"modifiedBy":"Ada","serviceEndpointProjectReferences":null,"modificationDate":null`,
		"a status of no known shape": `,"operationStatus":"Ready"`,
		"dates that are none":        `,"modificationDate":"yesterday","data":{"revertSchemeDeadline":"","creationMode":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := contoso(t, func(*cloud.World, *Job) {}, cloud.Fault{Path: recordPath, Body: `{"id":"` + cloud.ContosoKeyConnectionID + `","name":"prod"` + body + `}`})
			r, err := c.Record(t.Context(), cloud.ContosoKeyConnectionID)
			require.NoError(t, err)
			assert.Equal(t, Record{ID: cloud.ContosoKeyConnectionID, Name: "prod", Ready: true}, r)
		})
	}
	c, _ := contoso(t, func(*cloud.World, *Job) {}, cloud.Fault{Path: recordPath, Body: "\ufeff" + `{"id":"` + cloud.ContosoKeyConnectionID + `","name":"prod","isReady":true,"operationStatus":{"state":"Ready","severity":"warning"}}`, ContentType: "application/json"})
	r, err := c.Record(t.Context(), cloud.ContosoKeyConnectionID)
	require.NoError(t, err)
	assert.Equal(t, "warning", r.Severity)
}

func TestARecordThatCannotBeRead(t *testing.T) {
	own := `{"id":"` + cloud.ContosoKeyConnectionID + `","name":`
	for name, tc := range map[string]struct {
		change func(*cloud.World, *Job)
		id     string
		fault  cloud.Fault
		code   string
		status int
	}{
		"the build service may not see it":     {change: func(w *cloud.World, _ *Job) { w.Organizations[0].Projects[0].Jobs[0].HidesConnections = true }, code: "record-unreadable", status: 200},
		"no such connection":                   {id: cloud.ContosoJobID, code: "record-unreadable", status: 200},
		"the job's token is not taken":         {change: func(_ *cloud.World, j *Job) { j.Token = secret.New("ended") }, code: "record-unreadable", status: 401},
		"no such project":                      {change: func(_ *cloud.World, j *Job) { j.ProjectID = cloud.ContosoJobID }, code: "record-unreadable", status: 404},
		"forbidden":                            {fault: cloud.Fault{Status: 403, Code: "AccessDeniedException", Message: "TF400813: not authorized"}, code: "record-unreadable", status: 403},
		"a sign-in page":                       {fault: cloud.Fault{HTML: true, Status: http.StatusNonAuthoritativeInfo}, code: "job-token-missing", status: 203},
		"the way to a sign-in page":            {fault: cloud.Fault{RedirectTo: "https://attacker.example/_signin", Status: http.StatusFound}, code: "job-token-missing", status: 302},
		"an empty object":                      {fault: cloud.Fault{Body: "{}"}, code: "unexpected-answer", status: 200},
		"a list":                               {fault: cloud.Fault{Body: `{"count":0,"value":[]}`}, code: "unexpected-answer", status: 200},
		"a text":                               {fault: cloud.Fault{Body: `"null"`, ContentType: "application/json"}, code: "unexpected-answer", status: 200},
		"no content":                           {fault: cloud.Fault{Status: http.StatusNoContent}, code: "unexpected-answer", status: 204},
		"another connection":                   {fault: cloud.Fault{Body: `{"id":"` + cloud.ContosoJobID + `","name":"other"}`}, code: "unexpected-answer", status: 200},
		"one without a name":                   {fault: cloud.Fault{Body: own + `""}`}, code: "unexpected-answer", status: 200},
		"fields of another kind":               {fault: cloud.Fault{Body: own + `"prod","isReady":"yes"}`}, code: "unexpected-answer", status: 200},
		"an error in the shape of a list, 405": {fault: cloud.Fault{Status: 405, Body: `{"count":1,"value":{"Message":"no"}}`}, status: 405},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change, id := tc.change, tc.id
			if change == nil {
				change = func(*cloud.World, *Job) {}
			}
			if id == "" {
				id = cloud.ContosoKeyConnectionID
			}
			var faults []cloud.Fault
			if tc.fault.Status != 0 || tc.fault.Body != "" {
				faults = append(faults, tc.fault)
			}
			c, sim := contoso(t, change, faults...)
			_, err := c.Record(t.Context(), id)
			f := failureOf(t, err)
			assert.Equal(t, tc.code, f.Code)
			assert.Equal(t, tc.status, f.Evidence.Status)
			assert.Equal(t, evidence.DevOps, f.Evidence.Service)
			assert.Len(t, sim.Requests(), 1, "asked once, and nobody else")
			assert.Empty(t, sim.Violations())
		})
	}
}

func TestWhereAJobMayReadARecord(t *testing.T) {
	const own = "https://dev.azure.com/contoso/p1/_apis/serviceendpoint/endpoints"
	for name, tc := range map[string]struct {
		change func(*Job)
		want   string
		err    error
	}{
		"in its own project":                            {func(*Job) {}, own, nil},
		"whether or not it may ask for id tokens":       {func(j *Job) { j.PlanID, j.OIDCRequestURI = "", "" }, own, nil},
		"a release, whose system connection is another": {func(j *Job) { j.Endpoint = "https://vsrm.dev.azure.com/contoso/" }, own, nil},
		"the older name of the organization":            {func(j *Job) { j.CollectionURI = "https://contoso.visualstudio.com/" }, "https://contoso.visualstudio.com/p1/_apis/serviceendpoint/endpoints", nil},
		"a server of one's own": {func(j *Job) {
			j.Endpoint, j.CollectionURI = "https://tfs.corp.example/tfs/", "https://tfs.corp.example/tfs/Default/"
		},
			"https://tfs.corp.example/tfs/Default/p1/_apis/serviceendpoint/endpoints", nil},
		"one with a query":            {func(j *Job) { j.CollectionURI = "https://dev.azure.com/contoso?x=" }, "", ErrNoAddress},
		"a variable of the job's":     {func(j *Job) { j.Overwritten = "ENDPOINT_URL_SYSTEMVSSCONNECTION" }, "", ErrOverwritten},
		"no token":                    {func(j *Job) { j.Token = secret.Text{} }, "", ErrNoToken},
		"no system connection":        {func(j *Job) { j.Endpoint = "" }, "", ErrNoAddress},
		"no collection":               {func(j *Job) { j.CollectionURI = "" }, "", ErrNoAddress},
		"no project":                  {func(j *Job) { j.ProjectID = "" }, "", ErrNoAddress},
		"a project that climbs":       {func(j *Job) { j.ProjectID = ".." }, "", ErrNoAddress},
		"a collection that climbs":    {func(j *Job) { j.CollectionURI = "https://dev.azure.com/contoso/../attacker/" }, "", ErrNoAddress},
		"one that climbs out encoded": {func(j *Job) { j.CollectionURI = "https://dev.azure.com/contoso/%2e%2e/attacker/" }, "", ErrNoAddress},
		"one with a user":             {func(j *Job) { j.CollectionURI = "https://x@dev.azure.com/contoso/" }, "", ErrNoAddress},
		"another organization":        {func(j *Job) { j.CollectionURI = "https://dev.azure.com/attacker/" }, "", ErrForeign},
		"another host":                {func(j *Job) { j.CollectionURI = "https://attacker.example/contoso/" }, "", ErrForeign},
		"plain http":                  {func(j *Job) { j.CollectionURI = "http://dev.azure.com/contoso/" }, "", ErrForeign},
		"a server without https": {func(j *Job) {
			j.Endpoint, j.CollectionURI = "http://tfs.corp.example/tfs/", "http://tfs.corp.example/tfs/"
		}, "", ErrForeign},
		"another port of the own server": {func(j *Job) {
			j.Endpoint, j.CollectionURI = "https://tfs.corp.example/tfs/", "https://tfs.corp.example:8443/tfs/"
		}, "", ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := recordsAddress(job(tc.change))
			if tc.err != nil {
				require.ErrorIs(t, err, tc.err)
				_, err = New(web.New(web.Config{}), job(tc.change)).Record(t.Context(), "id")
				require.ErrorIs(t, err, tc.err, "nothing was sent")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.want, u.String())
		})
	}
}

func TestAConnectionIDThatIsNoneIsNotAsked(t *testing.T) {
	c, sim := contoso(t, func(*cloud.World, *Job) {})
	for _, id := range []string{"", "..", "../x", "a/b", "x?y", "prod-key"} {
		_, err := c.Record(t.Context(), id)
		require.ErrorIs(t, err, ErrNoAddress, id)
	}
	assert.Empty(t, sim.Requests())
}

func TestAnAnswerThatComesWithACancelIsUnread(t *testing.T) {
	c, _ := contoso(t, func(*cloud.World, *Job) {})
	ctx, cancel := context.WithCancel(t.Context())
	ctx, trace := web.Record(ctx)
	_, _, err := c.reads.ask(ctx, cloud.ContosoOrganizationURL+strings.TrimPrefix(recordPath, "/contoso/"), "7.1", "")
	require.NoError(t, err)
	cancel()
	f := failed(ctx, trace, "read the connection")
	assert.Equal(t, evidence.Canceled, f.Evidence.Network)
	assert.Zero(t, f.Evidence.Status)
}
