package web

import (
	"cmp"
	"crypto/x509"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAllAuthoritiesAreReadForAServerThatNeedsThem(t *testing.T) {
	public, corporate, foreign := newAuthority(t, "Public CA", ""), newAuthority(t, "Corp CA", "Contoso"), newAuthority(t, "Foreign CA", "")
	expired := x509.NewCertPool()
	expired.AddCert(corporate.expired(t))
	tests := []struct {
		name    string
		issuer  *authority
		first   *x509.CertPool // nil: that of the public one
		reads   int64
		fails   bool
		twice   int64 // connections for two requests
		warming bool
	}{
		{name: "a server of the first few", issuer: public, twice: 1},
		{name: "a server of the first few, with an open connection", issuer: public, twice: 1, warming: true},
		{name: "a server of another one", issuer: corporate, reads: 1, twice: 2},
		{name: "a server of another one, with an open connection", issuer: corporate, reads: 1, twice: 2, warming: true},
		{name: "a server of one that has expired among the first few", issuer: corporate, first: expired, reads: 1, twice: 2},
		{name: "a server of none", issuer: foreign, reads: 1, fails: true, twice: 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var reads atomic.Int64
			all := public.pool.Clone()
			all.AddCert(corporate.cert)
			roots := &Roots{
				first: &authorities{cmp.Or(tt.first, public.pool), func() {}},
				all:   &authorities{all, func() { reads.Store(1) }},
			}
			var bodies []string
			s := newSite(t, tt.issuer.issue(t, nil, "login.example"), true, func(w http.ResponseWriter, r *http.Request) {
				bodies = append(bodies, r.FormValue("grant_type"))
				hello(w, r)
			})
			c := online(t, Config{Roots: roots, Dial: dialTo(map[string]string{"login.example:443": s.address})})
			if tt.warming {
				require.NoError(t, c.Open(t.Context(), "login.example"))
			}
			for range 2 {
				form := request(t, t.Context(), http.MethodPost, "https://login.example/t/oauth2/v2.0/token", "grant_type=client_credentials")
				form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				_, err := c.For(Rule{Hosts: []string{"login.example"}, Post: func(*url.URL) bool { return true }}).Do(form)
				if !tt.fails {
					require.NoError(t, err)
					continue
				}
				kind, _ := c.Classify(err)
				assert.Equal(t, evidence.TLSUntrusted, kind)
			}
			assert.Equal(t, tt.reads, reads.Load())
			assert.Equal(t, tt.twice, s.connections.Load())
			if !tt.fails {
				assert.Equal(t, "client_credentials client_credentials", strings.Join(bodies, " "))
			}
		})
	}
}
