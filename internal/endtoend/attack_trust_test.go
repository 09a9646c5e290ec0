package endtoend

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// thief makes the simulated cloud someone else's: a proxy with a certificate
// authority of its own that would answer "pass". No one but the test's attack
// names the file with that authority.
func thief(t *testing.T, situation string, plant func(s *stage, authority string)) *stage {
	t.Helper()
	s := set(t, situation, func(r *scenario.Run) { r.NoCA = true })
	s.Variable("Agent.ProxyUrl", "", false)
	authority := filepath.Join(t.TempDir(), "thief.pem")
	require.NoError(t, os.WriteFile(authority, s.listener.CAPEM, 0o600))
	plant(s, authority)
	return s
}

// versions are agents before and after the change from which on a variable no
// longer overwrites what the agent hands over.
var versions = []string{"5.276.0", agent.Newest}

func TestAThiefsProxyGetsNoSecret(t *testing.T) {
	proxied := func(name string) func(*stage) {
		return func(s *stage) { s.Variable(name, s.listener.Proxy("", ""), false) }
	}
	for name, tc := range map[string]struct {
		proxy func(*stage)
		trust func(s *stage, authority string)
	}{
		"SSL_CERT_FILE":                     {proxied("HTTPS_PROXY"), variable("SSL_CERT_FILE")},
		"SSL_CERT_FILE, spelled with dots":  {proxied("https.proxy"), variable("ssl.cert.file")},
		"NODE_EXTRA_CA_CERTS":               {proxied("HTTPS_PROXY"), variable("NODE_EXTRA_CA_CERTS")},
		"the agent's own names":             {proxied("Agent.ProxyUrl"), variable("Agent.CAInfo")},
		"a machine's proxy":                 {func(s *stage) { s.Job.ParentEnv = append(s.Job.ParentEnv, "HTTPS_PROXY="+s.listener.Proxy("", "")) }, variable("SSL_CERT_FILE")},
		"a name in lower case":              {proxied("HTTPS_PROXY"), preserved("ssl_cert_file")},
		"a variable over the machine's":     {proxied("HTTPS_PROXY"), over("SSL_CERT_FILE")},
		"an agent's folder of one's own":    {proxied("HTTPS_PROXY"), ownFolder},
		"a list of variables of one's own":  {proxied("HTTPS_PROXY"), ownList},
		"every name that anything ever had": {proxied("HTTPS_PROXY"), variable("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "Agent.CAInfo", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "AZURE_KUBERNETES_CA_FILE")},
		"a folder of authorities":           {proxied("HTTPS_PROXY"), func(s *stage, authority string) { s.Variable("SSL_CERT_DIR", filepath.Dir(authority), false) }},
	} {
		for situation, version := range map[string]string{"healthy": agent.Oldest, "healthy-federation": agent.Newest} {
			t.Run(name+", "+situation, func(t *testing.T) {
				t.Parallel()
				s := thief(t, situation, func(s *stage, authority string) {
					s.Job.Version = version
					tc.proxy(s)
					tc.trust(s, authority)
				})
				record := s.play(t.Context())
				assert.Empty(t, s.cloud.Requests(), "a request came through")
				assert.NotContains(t, []string{"Succeeded", "SucceededWithIssues"}, record.Result, output(record))
			})
		}
	}
}

func variable(names ...string) func(*stage, string) {
	return func(s *stage, authority string) {
		for _, name := range names {
			s.Variable(name, authority, false)
		}
	}
}

func preserved(name string) func(*stage, string) {
	return func(s *stage, authority string) {
		s.Job.Variables = append(s.Job.Variables, agent.Variable{Name: name, Value: authority, PreserveCase: true})
	}
}

func over(name string) func(*stage, string) {
	return func(s *stage, authority string) {
		s.Job.ParentEnv = append(s.Job.ParentEnv, name+"=/etc/ssl/certs/ca-certificates.crt")
		s.Variable(name, authority, false)
	}
}

// ownFolder is a folder that looks like an agent's, and variables that name it.
func ownFolder(s *stage, authority string) {
	root := s.t.TempDir()
	node := filepath.Join(root, "externals", "node20_1", "bin", "node")
	configured, err := json.Marshal(map[string]string{"caCert": authority})
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(filepath.Join(root, ".certificates"), configured, 0o600))
	s.Variable("Agent.CAInfo", authority, false)
	s.Variable("Agent.HomeDirectory", root, false)
	s.Variable("Agent.RootDirectory", root, false)
	s.Variable("ARMPREFLIGHT_NODE", node, false)
	s.Job.ParentEnv = append(s.Job.ParentEnv, "armpreflight_node="+node)
}

func ownList(s *stage, authority string) {
	s.Variable("SSL_CERT_FILE", authority, false)
	for _, name := range []string{"VSTS_PUBLIC_VARIABLES", "VSTS_SECRET_VARIABLES"} {
		s.Variable(name, "[]", false)
	}
	s.Job.Variables = append(s.Job.Variables, agent.Variable{Name: "vsts_public_variables.", Value: "[]", PreserveCase: true})
}

// TestWhatIsIgnoredIsSaid: someone who meant well finds the way to do it.
func TestWhatIsIgnoredIsSaid(t *testing.T) {
	s := set(t, "healthy", func(r *scenario.Run) { r.Variable("NODE_EXTRA_CA_CERTS", "/corp.pem", false) })
	record := s.play(t.Context())
	assert.Equal(t, "Succeeded", record.Result, output(record))
	assert.True(t, hasLine(record, "ignored: the certificate authorities of /corp.pem in NODE_EXTRA_CA_CERTS"), output(record))
	assert.True(t, hasLine(record, "--sslcacert"), output(record))
}

// TestTheAgentsOwnCertificateIsTrusted gives the agent a folder with the settings
// that its config command writes, and its own Node in there.
func TestTheAgentsOwnCertificateIsTrusted(t *testing.T) {
	node, err := exec.LookPath("node")
	require.NoError(t, err)
	node, err = filepath.EvalSymlinks(node)
	require.NoError(t, err)
	for version, externals := range map[string]string{agent.Oldest: "externals", agent.Newest: "externals.5.278.0"} {
		t.Run(version, func(t *testing.T) {
			root := t.TempDir()
			own := filepath.Join(root, externals, "node20_1", "bin", "node")
			require.NoError(t, os.MkdirAll(filepath.Dir(own), 0o755))
			program, err := os.ReadFile(node)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(own, program, 0o755))
			s := thief(t, "healthy", func(s *stage, authority string) {
				proxy := s.listener.Proxy("", "") // another at each call
				configured, err := json.Marshal(map[string]any{"skipServerCertValidation": false, "caCert": authority})
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(root, ".certificates"), configured, 0o600))
				require.NoError(t, os.WriteFile(filepath.Join(root, ".proxy"), []byte(proxy+"\n"), 0o600))
				s.Job.Version, s.Job.Node = version, own
				s.Variable("agent.cainfo", authority, false)
				s.Variable("agent.proxyurl", proxy, false)
			})
			record := s.play(t.Context())
			assert.Equal(t, "Succeeded", record.Result, output(record))
			assert.True(t, hasLine(record, "(agent)"), output(record))
		})
	}
}

func TestAnOverwrittenConnectionGetsNothingSent(t *testing.T) {
	const elsewhere = "https://attacker.example/"
	auth := `{"scheme":"OAuth","parameters":{"AccessToken":"of the thief"}}`
	for name, tc := range map[string]struct {
		situation string
		plant     func(s *stage)
		sent      bool // the run may ask for a token anyway: only the record isn't read
	}{
		"the address of the job's own connection": {"healthy-federation", func(s *stage) {
			s.Variable("ENDPOINT_URL_SYSTEMVSSCONNECTION", elsewhere, false)
			s.Variable("System.CollectionUri", elsewhere, false)
			s.Variable("System.TeamFoundationCollectionUri", elsewhere, false)
			s.Variable("System.OidcRequestUri", strings.Replace(s.oidc(), cloud.ContosoOrganizationURL, elsewhere, 1), false)
		}, false},
		"the same for a connection with a secret": {"healthy", func(s *stage) {
			s.Variable("endpoint.url.SystemVssConnection", elsewhere, false)
			s.Variable("System.CollectionUri", elsewhere, false)
		}, true},
		"another organization of Azure DevOps Services": {"healthy-federation", func(s *stage) {
			s.Variable("ENDPOINT_URL_SYSTEMVSSCONNECTION", "https://dev.azure.com/attacker/", false)
			s.Variable("System.CollectionUri", "https://dev.azure.com/attacker/", false)
			s.Variable("System.OidcRequestUri", strings.Replace(s.oidc(), cloud.ContosoOrganizationURL, "https://dev.azure.com/attacker/", 1), false)
		}, false},
		"the token of the job's own connection": {"healthy-federation", func(s *stage) { s.Variable("ENDPOINT_AUTH_SYSTEMVSSCONNECTION", auth, false) }, false},
		"the data of the step's connection": {"healthy", func(s *stage) {
			id := s.Step.Inputs["connectedServiceNameARM"]
			for name, value := range map[string]string{
				"ENDPOINT_URL_" + id:  "https://management.attacker.example/",
				"ENDPOINT_DATA_" + id: `{"environment":"AzureStack","activeDirectoryAuthority":"https://login.attacker.example/","activeDirectoryServiceEndpointResourceId":"https://management.attacker.example/","subscriptionId":"` + cloud.ContosoSubscriptionID + `"}`,
			} {
				s.Job.Variables = append(s.Job.Variables, agent.Variable{Name: name, Value: value, PreserveCase: true})
			}
		}, false},
	} {
		for _, version := range versions {
			t.Run(name+", "+version, func(t *testing.T) {
				t.Parallel()
				s := set(t, tc.situation)
				s.Job.Version = version
				tc.plant(s)
				record := s.play(t.Context())
				for _, tunnel := range s.listener.Tunnels() {
					assert.NotContains(t, tunnel.Address, "attacker", "not even a connection is opened")
				}
				for _, r := range s.cloud.Requests() {
					assert.NotContains(t, r.Path, "attacker")
					assert.NotEqual(t, "dev.azure.com", r.Host, "the job's token was sent")
				}
				if tc.sent {
					assert.Equal(t, "Succeeded", record.Result, output(record))
					return
				}
				assert.Equal(t, []string{"authority-unexpected"}, errorsOf(record), output(record))
				assert.Zero(t, tokenRequests(s.cloud))
			})
		}
	}
}

// oidc is the address at which the server lets the job ask for ID tokens.
func (s *stage) oidc() string {
	for _, v := range s.Job.Variables {
		if v.Name == "System.OidcRequestUri" {
			return v.Value
		}
	}
	return ""
}

func TestAVariableThatTakesThePlaceOfAnInputIsNamed(t *testing.T) {
	s := set(t, "expired-secret", func(r *scenario.Run) { r.Variable("input.failOn", "never", false) })
	s.Job.Version = "5.276.0"
	record := s.play(t.Context())
	assert.True(t, hasLine(record, "override them on agents before 5.277.0: input.failOn"), output(record))
}

// TestNodeWritesNoReportOfTheEnvironment cancels a run whose Node was told to
// write a report, which holds the environment, on the signal of a cancel.
func TestNodeWritesNoReportOfTheEnvironment(t *testing.T) {
	for _, signal := range []string{"SIGINT", "SIGTERM"} {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			s := set(t, "healthy", func(r *scenario.Run) {
				r.Faults = append(r.Faults, cloud.Fault{Nth: 1, Hang: true})
				r.Variable("NODE_OPTIONS", "--report-on-signal --report-on-fatalerror --report-uncaught-exception --report-signal="+signal, false)
			})
			s.Step.WorkingDirectory = t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				for ctx.Err() == nil && len(s.cloud.Requests()) == 0 {
					<-time.After(5 * time.Millisecond)
				}
				cancel()
			}()
			record := s.play(ctx)
			assert.Equal(t, "Canceled", record.Result, output(record))
			written, err := os.ReadDir(s.Step.WorkingDirectory)
			require.NoError(t, err)
			assert.Empty(t, written)
		})
	}
}

// TestALocalIdentityEndpointOfAVariableIsNotAsked: only the machine says where its
// managed identity is.
func TestALocalIdentityEndpointOfAVariableIsNotAsked(t *testing.T) {
	s := set(t, "healthy-managed-identity", func(r *scenario.Run) {
		r.IdentityEndpoint = false
		newIdentity(r)
	})
	s.Variable("IDENTITY_ENDPOINT", s.listener.IdentityEndpoint(), false)
	s.Variable("IDENTITY_HEADER", s.World.Machine.IdentityHeader, false)
	record := s.play(t.Context())
	for _, r := range s.cloud.Requests() {
		assert.NotContains(t, r.Path, "/msi/", "the variable's endpoint was asked")
	}
	assert.NotEqual(t, "Succeeded", record.Result, output(record))
}

// TestTheRuntimesAreNotWeakenedByAVariable: each of these lowers what TLS or
// certificates must hold to, or leaves memory behind.
func TestTheRuntimesAreNotWeakenedByAVariable(t *testing.T) {
	for _, name := range []string{"GODEBUG", "GOTRACEBACK", "SSLKEYLOGFILE", "NODE_TLS_REJECT_UNAUTHORIZED"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			value := map[string]string{"GODEBUG": "rsa1024min=0,tls10server=1,x509sha1=1,http2debug=2", "GOTRACEBACK": "crash",
				"SSLKEYLOGFILE": filepath.Join(t.TempDir(), "keys"), "NODE_TLS_REJECT_UNAUTHORIZED": "0"}[name]
			s := set(t, "healthy", func(r *scenario.Run) { r.Variable(name, value, false) })
			record := s.play(t.Context())
			assert.Equal(t, "Succeeded", record.Result, output(record))
			assert.NoFileExists(t, value)
		})
	}
}
