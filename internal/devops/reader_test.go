package devops

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheAddressOfAnOrganization(t *testing.T) {
	for address, want := range map[string]string{
		"https://dev.azure.com/contoso":             "https://dev.azure.com/contoso",
		"https://dev.azure.com/contoso/":            "https://dev.azure.com/contoso",
		" https://contoso.visualstudio.com/ ":       "https://contoso.visualstudio.com",
		"https://tfs.contoso.example:8443/tfs/Main": "https://tfs.contoso.example:8443/tfs/Main",
		"http://dev.azure.com/contoso":              "",
		"https://dev.azure.com":                     "",
		"https://dev.azure.com/contoso/Shop":        "",
		"https://ada@dev.azure.com/contoso":         "",
		"https://dev.azure.com/contoso?x=1":         "",
		"https://dev.azure.com/contoso#x":           "",
		"https://dev.azure.com/a%2fb":               "",
		"https://tfs.contoso.example/a/../b":        "",
		"dev.azure.com/contoso":                     "",
		"contoso":                                   "",
		"":                                          "",
		"https:opaque":                              "",
	} {
		u, err := ReadOrganization(address)
		if want == "" {
			assert.Error(t, err, address)
			continue
		}
		require.NoError(t, err, address)
		assert.Equal(t, want, u.String())
	}
}

func TestOnlyAzureDevOpsServicesGetsATokenOfEntra(t *testing.T) {
	for address, want := range map[string]bool{
		"https://dev.azure.com/contoso": true, "https://contoso.visualstudio.com": true, "https://tfs.contoso.example/tfs": false,
		"https://dev.azure.com.evil.example/contoso": false, "https://evilvisualstudio.com": false, "https://dev.azure.com:8443/contoso": false,
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, IsService(u), address)
	}
}

// listing is a reader of a server that answers as given.
func listing(t *testing.T, answer http.HandlerFunc) *Reader {
	t.Helper()
	server := httptest.NewTLSServer(answer)
	t.Cleanup(server.Close)
	pool := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	u, err := ReadOrganization(server.URL + "/tfs/Main")
	require.NoError(t, err)
	w := web.New(web.Config{Match: diagnosis.Match, Roots: web.TrustOnly(pool)})
	t.Cleanup(w.Close)
	return NewReader(w, u, Basic(secret.New("pat")), nil)
}

func TestAListIsReadToItsEndOrNotAtAll(t *testing.T) {
	for name, tc := range map[string]struct {
		pages []string // the token of the next page, then the body
		want  int
		code  string
	}{
		"one page":                     {[]string{"", `{"value":[{"id":"a","name":"A"}]}`}, 1, ""},
		"three pages":                  {[]string{"1", `{"value":[{"id":"a"}]}`, "2", `{"value":[]}`, "", `{"value":[{"id":"b"},{"id":"c"}]}`}, 3, ""},
		"a byte order mark":            {[]string{"", "\ufeff" + `{"value":[{"id":"a"}]}`}, 1, ""},
		"a token that leads back":      {[]string{"1", `{"value":[{"id":"a"}]}`, "1", `{"value":[{"id":"b"}]}`}, 0, "unexpected-answer"},
		"no list":                      {[]string{"", `{"count":0}`}, 0, "unexpected-answer"},
		"an array where an object was": {[]string{"", `[]`}, 0, "unexpected-answer"},
		"null":                         {[]string{"", `null`}, 0, "record-unreadable"},
		"half":                         {[]string{"", `{"value":[{"id":`}, 0, "unexpected-answer"},
	} {
		t.Run(name, func(t *testing.T) {
			reader := listing(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, http.MethodGet, r.Method)
				assert.Equal(t, "/tfs/Main/_apis/projects", r.URL.Path)
				page := 0
				if token := r.URL.Query().Get("continuationToken"); token != "" {
					_, _ = fmt.Sscan(token, &page)
				}
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("X-MS-ContinuationToken", tc.pages[2*page])
				_, _ = w.Write([]byte(tc.pages[2*page+1]))
			})
			n := 0
			var failure error
			for _, err := range reader.Projects(t.Context()) {
				if failure = err; err == nil {
					n++
				}
			}
			if tc.code != "" {
				f, ok := failure.(*evidence.Failure)
				require.True(t, ok, failure)
				assert.Equal(t, tc.code, f.Code)
				return
			}
			require.NoError(t, failure)
			assert.Equal(t, tc.want, n)
		})
	}
}

func TestARefusalIsToldFromATrouble(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		kind   string
		body   string
		code   string
	}{
		"the credential is not taken": {status: 401, code: "credential-refused"},
		"a sign-in page":              {status: 203, kind: "text/html", body: "<html>", code: "credential-refused"},
		"a redirect to a sign-in":     {status: 302, kind: "text/html", body: "<html>", code: "credential-refused"},
		"may not look":                {status: 403, kind: "application/json", body: `{"message":"no"}`, code: "record-unreadable"},
		"not there":                   {status: 404, kind: "application/json", body: `{"message":"no"}`, code: "record-unreadable"},
		"gone wrong":                  {status: 400, kind: "application/json", body: `{"message":"no"}`},
	} {
		reader := listing(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", tc.kind)
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(tc.status)
			_, _ = w.Write([]byte(tc.body))
		})
		_, err := reader.OpenToAll(t.Context(), "p", "c")
		f, ok := err.(*evidence.Failure)
		require.True(t, ok, name)
		assert.Equal(t, tc.code, f.Code, name)
		assert.False(t, strings.Contains(err.Error(), "no:"), name)
	}
}

func TestWhatAListKeepsOfAConnection(t *testing.T) {
	reader := listing(t, func(w http.ResponseWriter, r *http.Request) {
		assert.False(t, r.URL.Query().Has("type"), "federated connections of every type are listed")
		assert.Equal(t, "true", r.URL.Query().Get("includeFailed"))
		_, _ = w.Write([]byte(`{"value":[{"id":"1","name":"n","type":"AzureRM","isReady":false,"isDisabled":true,"url":"https://management.azure.com/",
			"authorization":{"scheme":"ServicePrincipal","parameters":{"tenantid":"t","serviceprincipalid":"c","serviceprincipalkey":"planted","unknown":"planted","authenticationType":null,"n":5}},
			"data":{"isDraft":"true","creationMode":"Manual","revertSchemeDeadline":"2026-12-01T00:00:00.0000000Z","n":{"deep":1}},
			"serviceEndpointProjectReferences":[{"projectReference":{"id":"p","name":"P"}},{"projectReference":{"id":"q","name":"Q"}}]},
			{"id":"2","name":"other","type":"github","authorization":{"scheme":"Token","parameters":{"accesstoken":"planted"}}},
			{"id":"3","name":"registry","type":"dockerregistry","authorization":{"scheme":"workloadIdentityFederation","parameters":{"registry":"planted","workloadIdentityFederationIssuer":"i"}}},{"name":"no id","type":"azurerm"}]}`))
	})
	n := 0
	for l, err := range reader.Connections(t.Context(), "p") {
		require.NoError(t, err)
		n++
		if l.ID == "3" {
			assert.True(t, l.Federated())
			assert.Equal(t, "dockerregistry", l.Type)
			assert.Len(t, l.Parameters, 1)
			continue
		}
		assert.Equal(t, "n", l.Name)
		assert.True(t, l.Unfinished() && l.Disabled && l.Draft)
		assert.Equal(t, "Manual", l.CreationMode)
		assert.Equal(t, 2026, l.RevertUntil.Year())
		assert.Equal(t, []Project{{"p", "P"}, {"q", "Q"}}, l.In)
		assert.Len(t, l.Parameters, 2)
		for _, value := range l.Parameters {
			assert.NotEqual(t, "planted", value.Reveal(), "a credential is not kept")
		}
	}
	assert.Equal(t, 2, n)
}
