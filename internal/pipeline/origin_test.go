package pipeline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatAVariableOfTheJobMayHaveSet(t *testing.T) {
	const name = "SSL_CERT_FILE"
	for about, test := range map[string]struct {
		environ []string
		want    bool
	}{
		"a name of the machine":                   {[]string{"VSTS_PUBLIC_VARIABLES=[]"}, false},
		"a variable":                              {[]string{`VSTS_PUBLIC_VARIABLES=["SSL_CERT_FILE"]`}, true},
		"a variable with dots":                    {[]string{`VSTS_PUBLIC_VARIABLES=["ssl.cert.file"]`}, true},
		"a variable with spaces":                  {[]string{`VSTS_PUBLIC_VARIABLES=["Ssl Cert File"]`}, true},
		"a letter that becomes another":           {[]string{`VSTS_PUBLIC_VARIABLES=["ſsl_cert_file"]`}, true},
		"another variable":                        {[]string{`VSTS_PUBLIC_VARIABLES=["SSL_CERT_FILES"]`}, false},
		"a secret variable has another name":      {[]string{"VSTS_PUBLIC_VARIABLES=[]", `VSTS_SECRET_VARIABLES=["SSL_CERT_FILE"]`}, false},
		"a list that can't be read":               {[]string{"VSTS_PUBLIC_VARIABLES=["}, true},
		"an empty list":                           {[]string{"VSTS_PUBLIC_VARIABLES="}, true},
		"no list at all":                          {[]string{"VSTS_PUBLIC_VARIABLES=null"}, true},
		"a script, which isn't given the list":    {[]string{"TF_BUILD=True"}, true},
		"outside a job":                           {[]string{"PATH=/bin"}, false},
		"a list in lower case doesn't take over":  {[]string{`vsts_public_variables=[]`, `VSTS_PUBLIC_VARIABLES=["SSL_CERT_FILE"]`}, true},
		"a list in lower case, before the real 1": {[]string{`VSTS_PUBLIC_VARIABLES=["SSL_CERT_FILE"]`, `vsts_public_variables=[]`}, true},
	} {
		t.Run(about, func(t *testing.T) {
			assert.Equal(t, test.want, Read(append(test.environ, name+"=/ca.pem")).FromJob(name))
		})
	}
}

func TestAConnectionThatAVariableMayHaveOverwritten(t *testing.T) {
	const id = "aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb"
	read := func(list string) *Task { return Read([]string{"VSTS_PUBLIC_VARIABLES=" + list}) }
	for list, want := range map[string]string{
		`[]`: "",
		`["ENDPOINT_URL_cccccccc-1111-2222-3333-bbbbbbbbbbbb"]`: "",
		`["Endpoint.Url.` + id + `"]`:                           "Endpoint.Url." + id,
		`["ENDPOINT_AUTH_` + id + `"]`:                          "ENDPOINT_AUTH_" + id,
		`["ENDPOINT_DATA_` + id + `"]`:                          "ENDPOINT_DATA_" + id,
		`nonsense`:                                              "ENDPOINT_URL_AAAAAAAA-1111-2222-3333-BBBBBBBBBBBB",
	} {
		assert.Equal(t, want, read(list).Overwritten(" AAAAAAAA-1111-2222-3333-bbbbbbbbbbbb"), list)
	}
	assert.Equal(t, "endpoint url systemvssconnection", read(`["endpoint url systemvssconnection"]`).Overwritten(""))
	assert.Empty(t, read(`["ENDPOINT_URL_`+id+`"]`).Overwritten(""))

	task := Read([]string{`VSTS_PUBLIC_VARIABLES=["Input.FailOn", "input.other"]`, "INPUT_FAILON=never", "INPUT_WAIVERS="})
	assert.Equal(t, []string{"Input.FailOn"}, task.OverwrittenInputs())
}

func TestWhatTheAgentWasConfiguredWith(t *testing.T) {
	folder := func(t *testing.T, externals string) (root, node string) {
		root = t.TempDir()
		node = filepath.Join(root, externals, "node20_1", "bin", "node")
		require.NoError(t, os.WriteFile(filepath.Join(root, ".certificates"), []byte("\ufeff{\"skipServerCertValidation\": false, \"caCert\": \"/etc/corp.pem\"}"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(root, ".proxy"), []byte("http://proxy.corp:8080\r\nbasicauth=true\r\n"), 0o600))
		return root, node
	}
	configured := Settings{CAFile: "/etc/corp.pem", ProxyURL: "http://proxy.corp:8080"}
	read := func(node, list string) Settings {
		return Read([]string{NodeVariable + "=" + node, "VSTS_PUBLIC_VARIABLES=" + list}).Settings()
	}
	_, node := folder(t, "externals")
	assert.Equal(t, configured, read(node, "[]"))
	assert.Zero(t, read(node, `["armpreflight.node"]`), "a variable of the job")
	assert.Zero(t, read("externals/node20_1/bin/node", "[]"), "a relative path")
	assert.Zero(t, read("/usr/bin/node", "[]"), "a Node that isn't the agent's")
	_, node = folder(t, "externals.5.278.0")
	assert.Equal(t, configured, read(node, "[]"), "an agent that has updated itself")
	_, node = folder(t, "elsewhere")
	assert.Zero(t, read(node, "[]"))

	root, node := folder(t, "externals")
	require.NoError(t, os.Remove(filepath.Join(root, ".proxy")))
	require.NoError(t, os.WriteFile(filepath.Join(root, ".certificates"), []byte("{"), 0o600))
	assert.Zero(t, read(node, "[]"), "files that are missing or damaged")
}
