package cli

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"os"
	"testing"

	"armpreflight/internal/pipeline"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIsolateTakesOutWhatLibrariesActOn(t *testing.T) {
	for name, tc := range map[string]struct {
		environ []string
		removed []string
		verb    string // empty: "run"
	}{
		"what names an authority, a region or a credential": {
			environ: []string{"AZURE_AUTHORITY_HOST=https://x", "azure_client_id=1", "MSAL_FORCE_REGION=westeurope", "REGION_NAME=x", "PATH=/bin"},
			removed: []string{"AZURE_AUTHORITY_HOST", "azure_client_id", "MSAL_FORCE_REGION", "REGION_NAME"},
		},
		"proxies in either case": {
			environ: []string{"HTTPS_PROXY=http://p", "https_proxy=http://p", "NO_PROXY=*", "ALL_PROXY=x"},
			removed: []string{"HTTPS_PROXY", "https_proxy", "NO_PROXY", "ALL_PROXY"},
		},
		"the job's own variables stay": {
			environ: []string{"ENDPOINT_URL_X=1", "INPUT_X=1", "SECRET_X=1"},
		},
		"what the Azure CLI needs stays for a person": {
			environ: []string{"AZURE_CONFIG_DIR=/home/ada/.azure", "HTTPS_PROXY=http://p", "AZURE_CLIENT_SECRET=x", "AZURE_AUTHORITY_HOST=https://x"},
			removed: []string{"AZURE_CLIENT_SECRET", "AZURE_AUTHORITY_HOST"}, verb: "creation",
		},
		"and goes in a job": {
			environ: []string{"AZURE_CONFIG_DIR=/home/ada/.azure", "HTTPS_PROXY=http://p"}, removed: []string{"AZURE_CONFIG_DIR", "HTTPS_PROXY"},
		},
		"certificate authorities that nobody would name": {
			environ: []string{"SSL_CERT_FILE=/ca.pem", "SSL_CERT_DIR=/certs"}, removed: []string{"SSL_CERT_FILE", "SSL_CERT_DIR"},
		},
		"a local identity endpoint stays, with its header": {
			environ: []string{"IDENTITY_ENDPOINT=http://127.0.0.1:8081/msi/token", "IDENTITY_HEADER=abc"},
		},
		"a link-local one stays": {
			environ: []string{"MSI_ENDPOINT=http://169.254.129.3:8081/msi/token"},
		},
		"one elsewhere goes, with its header": {
			environ: []string{"IDENTITY_ENDPOINT=http://10.0.0.1/token", "IDENTITY_HEADER=abc"},
			removed: []string{"IDENTITY_ENDPOINT", "IDENTITY_HEADER"},
		},
		"one local and one elsewhere: both go": {
			environ: []string{"IDENTITY_ENDPOINT=http://127.0.0.1/token", "IMDS_ENDPOINT=http://attacker.example"},
			removed: []string{"IDENTITY_ENDPOINT", "IMDS_ENDPOINT"},
		},
		"a local name with credentials goes": {
			environ: []string{"IDENTITY_ENDPOINT=http://u:p@localhost/token"}, removed: []string{"IDENTITY_ENDPOINT"},
		},
		"a local identity endpoint that a variable of the job can set": {
			environ: []string{`VSTS_PUBLIC_VARIABLES=["identity.endpoint"]`, "IDENTITY_ENDPOINT=http://127.0.0.1:8081/msi/token", "IDENTITY_HEADER=abc"},
			removed: []string{"IDENTITY_ENDPOINT", "IDENTITY_HEADER"},
		},
		"one whose header alone it can set": {
			environ: []string{`VSTS_PUBLIC_VARIABLES=["IDENTITY_HEADER"]`, "IDENTITY_ENDPOINT=http://127.0.0.1:8081/msi/token", "IDENTITY_HEADER=abc"},
			removed: []string{"IDENTITY_ENDPOINT", "IDENTITY_HEADER"},
		},
		"a runtime that a variable of the job lowers": {
			environ: []string{`VSTS_PUBLIC_VARIABLES=["GODEBUG"]`, "GODEBUG=tls10server=1,rsa1024min=0"}, removed: []string{"GODEBUG"},
		},
		"a runtime that the machine sets": {environ: []string{"VSTS_PUBLIC_VARIABLES=[]", "GODEBUG=x509negativeserial=1"}},
		"an https address is not the one this program may ask": {
			environ: []string{"IDENTITY_ENDPOINT=https://localhost/token"}, removed: []string{"IDENTITY_ENDPOINT"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var removed []string
			v, ok := lookup(cmp.Or(tc.verb, "run"))
			require.True(t, ok)
			env := Env{Environ: tc.environ, Unset: func(name string) error { removed = append(removed, name); return nil }}
			require.NoError(t, isolate(pipeline.Read(tc.environ), v, env))
			assert.Equal(t, tc.removed, removed)
		})
	}
}

func TestNothingHappensInAnEnvironmentThatCannotBeCleaned(t *testing.T) {
	var out, errs bytes.Buffer
	code := Main(t.Context(), Env{
		Args:    []string{"version"},
		Environ: []string{"AZURE_X=1"},
		Stdout:  &out,
		Stderr:  &errs,
		Unset:   func(string) error { return errors.New("unset AZURE_X=1: no") },
	})
	assert.Equal(t, ExitFault, code)
	assert.Empty(t, out.String())
	assert.Equal(t, "armpreflight: the environment can't be cleaned\n", errs.String())
}

// TestTheRuntimeNoticesThatAVariableIsTakenOut requests a key that the runtime
// refuses unless it's told otherwise.
func TestTheRuntimeNoticesThatAVariableIsTakenOut(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	_, err := rsa.GenerateKey(rand.Reader, 512)
	require.NoError(t, err)
	environ := []string{`VSTS_PUBLIC_VARIABLES=["GODEBUG"]`, "GODEBUG=rsa1024min=0"}
	require.NoError(t, isolate(pipeline.Read(environ), verb{}, Env{Environ: environ, Unset: os.Unsetenv}))
	_, err = rsa.GenerateKey(rand.Reader, 512)
	assert.Error(t, err)
}

func TestIdentityEndpointsAreLocal(t *testing.T) {
	environ := []string{"IDENTITY_ENDPOINT=http://localhost:42/x", "MSI_ENDPOINT=http://10.0.0.1/x"}
	assert.Equal(t, []string{"localhost:42"}, identityEndpoints(pipeline.Read(environ)))
	assert.Empty(t, identityEndpoints(pipeline.Read(append(environ, `VSTS_PUBLIC_VARIABLES=["MSI_ENDPOINT"]`))))
}
