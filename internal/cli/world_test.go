package cli

import (
	"testing"

	"armpreflight/internal/pipeline"

	"github.com/stretchr/testify/assert"
)

func TestWhoMaySayWhomToTrust(t *testing.T) {
	const list, none = "VSTS_PUBLIC_VARIABLES=", "VSTS_PUBLIC_VARIABLES=[]"
	configured := pipeline.Settings{CAFile: "/agent.pem"}
	for name, tc := range map[string]struct {
		environ    []string
		configured pipeline.Settings
		files      []string
		ignored    []string // the file that is named
	}{
		"the machine":                         {environ: []string{none, "SSL_CERT_FILE=/a.pem", "NODE_EXTRA_CA_CERTS=/b.pem"}, files: []string{"/a.pem", "/b.pem"}},
		"the machine, twice":                  {environ: []string{none, "SSL_CERT_FILE=/a.pem", "NODE_EXTRA_CA_CERTS=/a.pem"}, files: []string{"/a.pem"}},
		"a variable":                          {environ: []string{list + `["SSL_CERT_FILE"]`, "SSL_CERT_FILE=/a.pem"}, ignored: []string{"/a.pem in SSL_CERT_FILE"}},
		"a variable beside the machine":       {environ: []string{list + `["node.extra.ca.certs"]`, "SSL_CERT_FILE=/a.pem", "NODE_EXTRA_CA_CERTS=/b.pem"}, files: []string{"/a.pem"}, ignored: []string{"/b.pem in NODE_EXTRA_CA_CERTS"}},
		"a variable in lower case":            {environ: []string{list + `["ssl_cert_file"]`, "ssl_cert_file=/a.pem"}, ignored: []string{"/a.pem in SSL_CERT_FILE"}},
		"the agent":                           {environ: []string{list + `["agent.cainfo"]`, "AGENT_CAINFO=/agent.pem"}, configured: configured, files: []string{"/agent.pem"}},
		"a variable of an agent's name":       {environ: []string{list + `["agent.cainfo"]`, "AGENT_CAINFO=/thief.pem"}, ignored: []string{"/thief.pem in Agent.CAInfo"}},
		"a variable in place of the agent's":  {environ: []string{list + `["agent.cainfo"]`, "AGENT_CAINFO=/thief.pem"}, configured: configured, files: []string{"/agent.pem"}, ignored: []string{"/thief.pem in Agent.CAInfo"}},
		"the environment of a script":         {environ: []string{"TF_BUILD=True", "SSL_CERT_FILE=/a.pem"}, ignored: []string{"/a.pem in SSL_CERT_FILE"}},
		"the environment of a person":         {environ: []string{"SSL_CERT_FILE=/a.pem"}, files: []string{"/a.pem"}},
		"nobody":                              {environ: []string{none}},
		"what this program does not read":     {environ: []string{none, "SSL_CERT_DIR=/certs", "REQUESTS_CA_BUNDLE=/a.pem", "CURL_CA_BUNDLE=/a.pem"}},
		"a list of variables that is damaged": {environ: []string{list, "SSL_CERT_FILE=/a.pem"}, ignored: []string{"/a.pem in SSL_CERT_FILE"}},
	} {
		t.Run(name, func(t *testing.T) {
			task := pipeline.Read(tc.environ)
			files, ignored := authorities(task, task.Agent(), tc.configured)
			assert.Equal(t, tc.files, files)
			assert.Len(t, ignored, len(tc.ignored))
			for i, line := range ignored {
				assert.Contains(t, line, tc.ignored[i])
				assert.Contains(t, line, "--sslcacert")
			}
		})
	}
}

func TestWhoChoseTheProxy(t *testing.T) {
	variable := pipeline.Read([]string{`VSTS_PUBLIC_VARIABLES=["agent.proxyurl", "https.proxy"]`})
	agent := pipeline.Agent{ProxyURL: "http://proxy:8080"}
	assert.Equal(t, "agent", proxyOrigin(variable, agent, pipeline.Settings{ProxyURL: "http://proxy:8080"}, "agent"))
	assert.Contains(t, proxyOrigin(variable, agent, pipeline.Settings{}, "agent"), "a variable of this job")
	assert.Contains(t, proxyOrigin(variable, agent, pipeline.Settings{}, "HTTPS_PROXY"), "a variable of this job")
	assert.Equal(t, "HTTPS_PROXY", proxyOrigin(pipeline.Read([]string{"VSTS_PUBLIC_VARIABLES=[]"}), pipeline.Agent{}, pipeline.Settings{}, "HTTPS_PROXY"))
}
