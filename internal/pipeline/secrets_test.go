package pipeline_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/pipeline"
)

func secrets(environ ...string) []string {
	var found []string
	for _, value := range pipeline.Read(environ).Secrets() {
		found = append(found, value.Reveal())
	}
	return found
}

func TestSecretsNamesEverySecret(t *testing.T) {
	const other = "ENDPOINT_AUTH_PARAMETER_ffffffff-0000-0000-0000-00000000000f_"
	for name, c := range map[string]struct{ environ, want []string }{
		"secret variables":                      {[]string{"SECRET_A=1", "SECRET_AGENT_CLIENTCERTPASSWORD=2", "SECRET_AGENT_PROXYPASSWORD=3"}, []string{"1", "2", "3"}},
		"a secret variable in the step's env":   {[]string{`VSTS_SECRET_VARIABLES=["My.Key"]`, "MY_KEY=1", "OTHER=2"}, []string{"1"}},
		"the job's token in every place":        {[]string{"ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN=1", "SECRET_SYSTEM_ACCESSTOKEN=2", "SYSTEM_ACCESSTOKEN=3"}, []string{"2", "3", "1"}},
		"tickets of secure files":               {[]string{"SECUREFILE_TICKET_x=1", "SECUREFILE_NAME_x=name"}, []string{"1"}},
		"a parameter of the JSON":               {[]string{"ENDPOINT_AUTH_" + connection + `={"parameters":{"idToken":"1"}}`}, []string{"1"}},
		"a parameter without its connection":    {[]string{other + "APITOKEN=1", other + "TENANTID=2", other + "SERVICEPRINCIPALID=3"}, []string{"1"}},
		"JSON and single variable that differ":  {[]string{"ENDPOINT_AUTH_" + connection + `={"parameters":{"key":"1"}}`, "ENDPOINT_AUTH_PARAMETER_" + connection + "_KEY=2"}, []string{"1", "2"}},
		"of a connection that has no GUID":      {[]string{"ENDPOINT_URL_my_repo=u", "ENDPOINT_AUTH_PARAMETER_my_repo_PASSWORD=1", "ENDPOINT_AUTH_PARAMETER_my_repo_ROLE=2"}, []string{"1"}},
		"a parameter with a dot in its key":     {[]string{"ENDPOINT_URL_my_repo=u", "ENDPOINT_AUTH_PARAMETER_my_repo_A_SCOPE=1"}, []string{"1"}},
		"passwords in addresses":                {[]string{"AGENT_PROXYURL=http://u:a%40b@p:8080/", "https_proxy=u:c@p", "HTTP_PROXY=http://p:8080/x@y", "ENDPOINT_URL_" + connection + "=https://u:d@h/?q"}, []string{"d", "a%40b", "a@b", "c"}},
		"a password with what ends a host":      {[]string{"ALL_PROXY=http://svc:pa/ss#w@proxy"}, []string{"pa/ss#w"}},
		"a password that is no proper address":  {[]string{"ALL_PROXY=socks5://u:%zz[@p"}, []string{"%zz["}},
		"none behind the host of an address":    {[]string{"ALL_PROXY=http://p/u:a@b", "HTTP_PROXY=/u:a@b", "HTTPS_PROXY=@b"}, nil},
		"credentials of the machine":            {[]string{"AZURE_CLIENT_SECRET=1", "IDENTITY_HEADER=2", "AZURE_CLIENT_ID=no"}, []string{"1", "2"}},
		"none that is empty, and each but once": {[]string{"SECRET_A=", "SECRET_B= ", "SECRET_C=1", "SECRET_D=1"}, []string{"1"}},
		"none":                                  {[]string{"A=1", "INPUT_B=2", "ENDPOINT_DATA_" + connection + `={"a":"3"}`, "ENDPOINT_AUTH_" + connection + "=null"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, secrets(c.environ...))
		})
	}
}

// The agent masks every parameter but these (agent: src/Agent.Sdk/Util/MaskingUtil.cs).
func TestSecretsNamesTheParametersThatTheAgentMasks(t *testing.T) {
	parameters := map[string]string{}
	for _, key := range []string{
		"Role", "Scope", "TenantId", "IssuedAt", "ExpiresAt", "Audience", "AuthenticationType", "AuthorizationType",
		"AccessTokenType", "AccessTokenFetchingMethod", "UseWindowsSecurity", "Unsecured", "OAuthAccessTokenIsSupplied",
		"CompleteCallbackPayload", "AcceptUntrustedCertificates",
		"servicePrincipalId", "workloadIdentityFederationIssuer", "workloadIdentityFederationSubject", "workloadIdentityFederationIssuerType",
	} {
		parameters[key] = "open " + key
	}
	var masked []string
	for _, key := range []string{"accesstoken", "apitoken", "idToken", "serviceprincipalkey", "servicePrincipalCertificate", "publishProfile", "username", "registry", "anything.else"} {
		parameters[key] = "masked " + key
		masked = append(masked, "masked "+key)
	}
	encoded, err := json.Marshal(map[string]any{"parameters": parameters, "scheme": "S"})
	require.NoError(t, err)
	fromJSON := []string{"ENDPOINT_AUTH_" + connection + "=" + string(encoded)}
	single := []string{"ENDPOINT_URL_" + connection + "="}
	for key, value := range parameters {
		single = append(single, "ENDPOINT_AUTH_PARAMETER_"+connection+"_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))+"="+value)
	}
	assert.ElementsMatch(t, masked, secrets(fromJSON...))
	assert.ElementsMatch(t, masked, secrets(single...))
	assert.ElementsMatch(t, masked, secrets(slices.Concat(fromJSON, single)...))
}

func TestIdentifiersNamesWhoTheConnectionsAre(t *testing.T) {
	const second = "1c1d2e3f-aaaa-bbbb-cccc-1234567890ab"
	got := pipeline.Read([]string{
		"ENDPOINT_URL_SYSTEMVSSCONNECTION=https://dev.azure.com/contoso/",
		"ENDPOINT_AUTH_" + connection + `={"parameters":{"ServicePrincipalId":"` + clientID + `","workloadIdentityFederationIssuer":" ` + issuer + ` ","workloadIdentityFederationSubject":"` + subject + `","idToken":"x","tenantid":"t"}}`,
		"ENDPOINT_AUTH_" + second + `={"parameters":{"serviceprincipalid":"` + clientID + `"}}`,
		"ENDPOINT_DATA_" + second + `={"msiclientId":"msi"}`,
	}).Identifiers()
	assert.Equal(t, []string{clientID, issuer, subject, "msi"}, got)
	assert.Empty(t, pipeline.Read(nil).Identifiers())
}
