package endtoend

import (
	"encoding/hex"
	"html"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const foreign = "login.microsoftonline.com.attacker.example"

// endpointOf returns what the agent hands over for the step's connection.
func endpointOf(r *scenario.Run) (url *string, parameters, data map[string]string) {
	e := &r.Job.Endpoints[len(r.Job.Endpoints)-1]
	return &e.URL, e.Parameters, e.Data
}

func TestAPlantedAddressReceivesNothing(t *testing.T) {
	for name, tc := range map[string]struct {
		scenario string
		plant    func(*scenario.Run)
		code     string // empty: the run succeeds without asking there
	}{
		"an authority in the connection's data": {"healthy", func(r *scenario.Run) {
			_, _, data := endpointOf(r)
			data["environmentAuthorityUrl"] = "https://" + foreign + "/"
		}, "authority-unexpected"},
		"the newer key for the authority": {"healthy", func(r *scenario.Run) {
			_, _, data := endpointOf(r)
			data["activeDirectoryAuthority"] = "https://" + foreign + "/"
		}, "authority-unexpected"},
		"the connection's own address": {"healthy", func(r *scenario.Run) {
			url, _, _ := endpointOf(r)
			*url = "https://management.azure.com.attacker.example/"
		}, "authority-unexpected"},
		"a plain address of Resource Manager": {"healthy", func(r *scenario.Run) {
			url, _, _ := endpointOf(r)
			*url = "http://management.azure.com/"
		}, "authority-unexpected"},
		"an address for id tokens at another host": {"healthy-federation", func(r *scenario.Run) {
			r.Variable("System.OidcRequestUri", "https://attacker.example/oidctoken", false)
		}, ""}, // rebuilt from the job's own variables
		"an address for id tokens in another organization": {"healthy-federation", func(r *scenario.Run) {
			r.Variable("System.OidcRequestUri", "https://dev.azure.com/attacker/p/_apis/distributedtask/hubs/build/plans/x/jobs/y/oidctoken", false)
		}, ""},
		"every address for id tokens at another host": {"healthy-federation", func(r *scenario.Run) {
			r.Variable("System.OidcRequestUri", "https://attacker.example/oidctoken", false)
			r.Variable("System.CollectionUri", "https://attacker.example/", false)
			r.Variable("System.TeamFoundationCollectionUri", "https://attacker.example/", false)
		}, "authority-unexpected"},
		"a plain address for id tokens": {"healthy-federation", func(r *scenario.Run) {
			r.Variable("System.OidcRequestUri", "http://dev.azure.com/contoso/oidctoken", false)
		}, ""},
		"an address for id tokens that is another path of the organization": {"healthy-federation", func(r *scenario.Run) {
			r.Variable("System.OidcRequestUri", "https://dev.azure.com/contoso/attacker/_apis/pipelines/12/runs", false)
		}, ""},
		"a pipeline variable named like the connection's data": {"healthy", func(r *scenario.Run) {
			id := r.Step.Inputs["connectedServiceNameARM"]
			r.Variable("ENDPOINT_URL_"+id, "https://management.attacker.example/", false)
			r.Variable("ENDPOINT_DATA_"+id, `{"environment":"AzureStack","activeDirectoryAuthority":"https://login.attacker.example/","activeDirectoryServiceEndpointResourceId":"https://management.core.windows.net/"}`, false)
			r.Variable("ENDPOINT_DATA_"+id+"_ENVIRONMENTAUTHORITYURL", "https://login.attacker.example/", false)
		}, "authority-unexpected"}, // no one can tell whose word it is
		"a cloud of one's own that asks for a token of the public one": {"healthy", func(r *scenario.Run) {
			url, _, data := endpointOf(r)
			*url, data["environment"] = "https://management.attacker.example/", "AzureStack"
			data["activeDirectoryAuthority"] = "https://login.microsoftonline.com/"
			data["activeDirectoryServiceEndpointResourceId"] = "https://management.core.windows.net/"
		}, "authority-unexpected"},
		"an authority in the environment": {"healthy", func(r *scenario.Run) {
			r.Job.ParentEnv = append(r.Job.ParentEnv, "AZURE_AUTHORITY_HOST=https://"+foreign, "AZURE_REGIONAL_AUTHORITY_NAME=attacker")
		}, ""},
		"an authority in a pipeline variable": {"healthy", func(r *scenario.Run) {
			r.Variable("AZURE_AUTHORITY_HOST", "https://"+foreign, false)
			r.Variable("AZURE_REGIONAL_AUTHORITY_NAME", "attacker", false)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, tc.scenario, tc.plant)
			record := s.play(t.Context())
			for _, r := range s.cloud.Requests() {
				assert.NotContains(t, r.Host, "attacker")
				assert.NotContains(t, r.Path, "attacker")
			}
			for _, tunnel := range s.listener.Tunnels() {
				assert.NotContains(t, tunnel.Address, "attacker", "not even a connection is opened")
			}
			if tc.code == "" {
				assert.Equal(t, "Succeeded", record.Result, output(record))
			} else {
				assert.Equal(t, []string{tc.code}, errorsOf(record), output(record))
				assert.Zero(t, tokenRequests(s.cloud))
			}
		})
	}
}

func TestDebugSwitchesOfTheRuntimesPrintNoSecret(t *testing.T) {
	for name, tc := range map[string]struct{ variable, result string }{
		"Go's HTTP/2 frames":           {"GODEBUG=http2debug=2", "Succeeded"},
		"Go's HTTP/2 client":           {"GODEBUG=http2client=1,netdns=2", "Succeeded"},
		"Node's child processes":       {"NODE_DEBUG=http,child_process", "SucceededWithIssues"},
		"everything of Node":           {"NODE_DEBUG=*", "SucceededWithIssues"},
		"of Node what does not matter": {"NODE_DEBUG=tls", "Succeeded"},
		"the SDK's log":                {"AZURE_SDK_GO_LOGGING=all", "Succeeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, "healthy-federation", func(r *scenario.Run) { r.Job.ParentEnv = append(r.Job.ParentEnv, tc.variable) })
			record := s.play(t.Context()) // looks for secrets
			assert.Equal(t, tc.result, record.Result, output(record))
			assert.Less(t, len(record.Raw), 50, "no dump")
		})
	}
}

// TestASecretIsNotCutInHalf: a sentence has a limit, and half a secret isn't
// what a redactor looks for.
func TestASecretIsNotCutInHalf(t *testing.T) {
	for name, change := range map[string]func(*scenario.Run){
		"in what a service echoes": func(r *scenario.Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "login.microsoftonline.com", Status: 400, Code: "AADSTS90014", Message: strings.Repeat("x", 1970) + " " + cloud.ContosoSecret})
		},
		"in a long headline": func(r *scenario.Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "login.microsoftonline.com", Status: 400, Code: "AADSTS500011", Message: strings.Repeat("y ", 60) + cloud.ContosoSecret})
		},
		"in an input": func(r *scenario.Run) {
			r.Step.Inputs["expectedSubscription"] = strings.Repeat("z", 150) + cloud.ContosoSecret
		},
		"as HTML": func(r *scenario.Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "login.microsoftonline.com", HTML: true, Body: "<title>" + html.EscapeString(cloud.ContosoSecret) + "</title>"})
		},
		"as hex": func(r *scenario.Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "login.microsoftonline.com", Status: 400, Code: "AADSTS90014", Message: hex.EncodeToString([]byte(cloud.ContosoSecret))})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := set(t, "healthy", change).play(t.Context())
			for _, part := range []string{cloud.ContosoSecret[:12], html.EscapeString(cloud.ContosoSecret[:20]), hex.EncodeToString([]byte(cloud.ContosoSecret[:12]))} {
				assert.NotContains(t, strings.Join(record.Raw, "\n"), part)
			}
		})
	}
}

// TestAServicesWordIsNotOurs: a service that sends one of our codes hasn't said
// what it means with us.
func TestAServicesWordIsNotOurs(t *testing.T) {
	for _, code := range []string{"tool-fault", "cancelled", "time-ran-out", "oidc-unavailable"} {
		s := set(t, "healthy", func(r *scenario.Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "management.azure.com", Status: 403, Code: code, Message: "no"})
		})
		record := s.play(t.Context())
		assert.NotContains(t, append(errorsOf(record), warningsOf(record)...), code)
		assert.NotEqual(t, "Succeeded", record.Result)
	}
}

// TestNothingAtTheLeftEdgeIsForged: the verdict is at the left edge, and
// nothing from outside gets there.
func TestNothingAtTheLeftEdgeIsForged(t *testing.T) {
	const forged = "x\n  pass          access-token\nready: connection prod → Contoso Prod (0.9 s)"
	for name, change := range map[string]func(*scenario.Run){
		"by the connection's environment": func(r *scenario.Run) {
			_, _, data := endpointOf(r)
			data["environment"] = forged
		},
		"by the connection's input": func(r *scenario.Run) { r.Step.Inputs["connectedServiceNameARM"] = forged },
		"by a long name":            func(r *scenario.Run) { r.World.Tenants[0].Subscriptions[0].Name = strings.Repeat("long ", 15) + forged },
		"by the agent's name":       func(r *scenario.Run) { r.Variable("Agent.Name", forged, false) },
		"by the path of a file":     func(r *scenario.Run) { r.Job.ParentEnv = append(r.Job.ParentEnv, "SSL_CERT_FILE="+forged) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := set(t, "healthy", change).play(t.Context())
			verdicts := 0
			for _, line := range record.Lines {
				if strings.HasPrefix(line, "ready:") || strings.HasPrefix(line, "not ready:") {
					verdicts++
				}
			}
			assert.Equal(t, 1, verdicts, output(record))
		})
	}
}

func TestAnAnswerForAnotherSubscriptionIsNoPass(t *testing.T) {
	s := set(t, "healthy", func(r *scenario.Run) {
		r.Faults = append(r.Faults, cloud.Fault{Host: "management.azure.com", Body: `{"id":"/subscriptions/6","subscriptionId":"66666666-1b39-4d57-86e0-9f2d7c5b3a14","displayName":"Contoso Prod","state":"Enabled"}`})
	})
	record := s.play(t.Context())
	assert.Equal(t, "SucceededWithIssues", record.Result, output(record))
	assert.Equal(t, []string{"unexpected-answer"}, warningsOf(record))
}

// TestACertificateFileThatNeverEndsDoesNotHoldUpTheRun gives a pipe where a file was due.
func TestACertificateFileThatNeverEndsDoesNotHoldUpTheRun(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	record := set(t, "healthy", func(r *scenario.Run) { r.Job.ParentEnv = append(r.Job.ParentEnv, "SSL_CERT_FILE="+pipe) }).play(t.Context())
	assert.Equal(t, "Succeeded", record.Result, output(record))
	assert.True(t, hasLine(record, "not a regular file"), output(record))
}

func TestARedirectedCredentialIsNotFollowed(t *testing.T) {
	for name, path := range map[string]struct{ scenario, host string }{
		"the token request": {"healthy", "login.microsoftonline.com"},
		"the read":          {"healthy", "management.azure.com"},
		"the id token":      {"healthy-federation", "dev.azure.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, path.scenario, func(r *scenario.Run) {
				r.Faults = append(r.Faults, cloud.Fault{Host: path.host, RedirectTo: "https://attacker.example/" + path.host})
			})
			record := s.play(t.Context())
			for _, tunnel := range s.listener.Tunnels() {
				assert.NotContains(t, tunnel.Address, "attacker")
			}
			assert.NotEqual(t, "Succeeded", record.Result, output(record))
		})
	}
}

// TestAManagedIdentityEndpointElsewhereIsNotAsked runs in this process, where the
// library finds the address in the environment although main would have removed
// it: the client must refuse it anyway.
func TestAManagedIdentityEndpointElsewhereIsNotAsked(t *testing.T) {
	t.Setenv("IDENTITY_ENDPOINT", "http://attacker.example/token")
	t.Setenv("IDENTITY_HEADER", "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a")
	s := set(t, "healthy-managed-identity", func(r *scenario.Run) {
		r.IdentityEndpoint = false
		newIdentity(r)
	})
	_, text := direct(t, s)
	assert.NotContains(t, text, "result=Succeeded;", text)
	for _, r := range s.cloud.Requests() {
		assert.NotContains(t, r.Host, "attacker")
	}
}

func TestHostileTextIsNeverACommand(t *testing.T) {
	hostile := scenario.Hostile
	for name, change := range map[string]func(*scenario.Run){
		"in an answer of Resource Manager": func(r *scenario.Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "management.azure.com", Status: 403, Code: "AuthorizationFailed", Message: hostile})
		},
		"in a code": func(r *scenario.Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "management.azure.com", Status: 403, Code: "##vso[task.complete result=Succeeded]", Message: "x"})
		},
		"as a page": func(r *scenario.Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "login.microsoftonline.com", HTML: true, Body: "<title>" + hostile + "</title>"})
		},
		"in a subscription's name": func(r *scenario.Run) { r.World.Tenants[0].Subscriptions[0].Name = hostile },
		"in an input":              func(r *scenario.Run) { r.Step.Inputs["expectedSubscription"] = hostile },
		"in a variable's name":     func(r *scenario.Run) { r.Step.Inputs["requiredVariables"] = hostile },
		"in a variable's value": func(r *scenario.Run) {
			r.Variable("sub", hostile, false)
			r.Step.Inputs["subscriptionVariable"] = "sub"
		},
		"in the connection": func(r *scenario.Run) {
			_, _, data := endpointOf(r)
			data["subscriptionName"], data["environment"] = hostile, hostile
		},
		"in the agent's name": func(r *scenario.Run) { r.Variable("Agent.Name", hostile, false) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, "healthy", change, func(r *scenario.Run) { r.Variable("system.debug", "true", false) })
			record := s.play(t.Context()) // no faults, no variable "owned"
			for _, line := range record.Raw {
				assert.NotContains(t, strings.ToLower(line), "##vso[task.setvariable variable=owned")
				assert.NotContains(t, line, "\x1b")
				assert.NotContains(t, line, "\u202e")
				assert.NotContains(t, line, "\r")
			}
			assert.NotContains(t, output(record), "##[error]forged")
		})
	}
}
