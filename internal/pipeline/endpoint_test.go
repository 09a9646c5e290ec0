package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/secret"
)

const (
	connection = "0c1d2e3f-aaaa-bbbb-cccc-1234567890ab"
	clientID   = "7a8b9c0d-1111-4222-8333-444455556666"
	issuer     = "https://login.microsoftonline.com/f0f0/v2.0"
	subject    = "/eid1/c/pub/t/x/a/y/sc/z/w"
)

func texts(pairs ...string) map[string]secret.Text {
	found := map[string]secret.Text{}
	for i := 0; i < len(pairs); i += 2 {
		found[pairs[i]] = secret.New(pairs[i+1])
	}
	return found
}

func TestEndpointReadsWhatTheAgentHandsOver(t *testing.T) {
	const auth, data = "ENDPOINT_AUTH_" + connection, "ENDPOINT_DATA_" + connection
	const parameter = "ENDPOINT_AUTH_PARAMETER_" + connection + "_"
	for name, c := range map[string]struct {
		environ []string
		want    *pipeline.Endpoint
	}{
		"all of it, keys in lower case": {
			[]string{
				"ENDPOINT_URL_" + connection + "=https://management.azure.com/",
				auth + `={"parameters":{"TenantId":"t","servicePrincipalKey":"k"},"scheme":"ServicePrincipal"}`,
				"ENDPOINT_AUTH_SCHEME_" + connection + "=ServicePrincipal",
				parameter + "TENANTID=t", parameter + "SERVICEPRINCIPALKEY=k",
				data + `={"environment":"AzureCloud","scopeLevel":"Subscription"}`, data + "_ENVIRONMENT=AzureCloud",
			},
			&pipeline.Endpoint{
				URL: "https://management.azure.com/", Scheme: "ServicePrincipal",
				Parameters: texts("tenantid", "t", "serviceprincipalkey", "k"),
				Data:       map[string]string{"environment": "AzureCloud", "scopelevel": "Subscription"},
			},
		},
		"a pipeline variable of the same name, in upper case as the agent hands it over": {
			[]string{
				"ENDPOINT_DATA_" + strings.ToUpper(connection) + `={"environmentAuthorityUrl":"https://attacker.example/"}`,
				"ENDPOINT_URL_" + strings.ToUpper(connection) + "=https://attacker.example/",
				"ENDPOINT_URL_" + connection + "=https://management.azure.com/", data + `={"environment":"AzureCloud"}`,
			},
			&pipeline.Endpoint{URL: "https://management.azure.com/", Parameters: texts(), Data: map[string]string{"environment": "AzureCloud"}},
		},
		"pipeline variables named like parameters and data that the connection does not have": {
			[]string{
				auth + `={"parameters":{"a":"1"}}`, parameter + "IDTOKEN=forged", data + `={"c":"2"}`,
				data + "_ENVIRONMENTAUTHORITYURL=https://attacker.example/", "ENDPOINT_AUTH_SCHEME_" + connection + "=ManagedServiceIdentity",
			},
			&pipeline.Endpoint{Parameters: texts("a", "1"), Data: map[string]string{"c": "2"}},
		},
		"broken JSON is no JSON": {
			[]string{auth + `={"parameters":`, data + "=[1]"},
			&pipeline.Endpoint{Parameters: texts(), Data: map[string]string{}},
		},
		"no authorization, written as null": {
			[]string{"ENDPOINT_URL_" + connection + "=", auth + "=null", data + "=null"},
			&pipeline.Endpoint{Parameters: texts(), Data: map[string]string{}},
		},
		"values that are no strings": {
			[]string{auth + `={"parameters":{"a":1,"b":true},"scheme":7}`, data + `={"c":{"d":1}}`},
			&pipeline.Endpoint{Parameters: texts("a", "1", "b", "true"), Data: map[string]string{"c": `{"d":1}`}},
		},
		"of keys that differ in case the one with a value": {
			[]string{auth + `={"parameters":{"TENANTID":"","tenantId":"t","tenantid":""},"scheme":null}`},
			&pipeline.Endpoint{Parameters: texts("tenantid", "t"), Data: map[string]string{}},
		},
		"nothing but an empty address":     {[]string{"ENDPOINT_URL_" + connection + "="}, &pipeline.Endpoint{Parameters: texts(), Data: map[string]string{}}},
		"not the connection of another id": {[]string{"ENDPOINT_URL_1" + connection[1:] + "=x", auth + "1=x"}, nil},
		"nothing":                          {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			task := pipeline.Read(c.environ)
			for _, id := range []string{connection, strings.ToUpper(connection), " " + connection + "\n"} {
				got, ok := task.Endpoint(id)
				assert.Equal(t, c.want != nil, ok)
				if c.want != nil {
					c.want.ID = connection
					assert.Equal(t, *c.want, got)
				}
			}
		})
	}
	t.Run("nothing for what is no GUID", func(t *testing.T) {
		task := pipeline.Read([]string{"ENDPOINT_URL_prod-arm=x", "ENDPOINT_URL_=x", "ENDPOINT_URL_SYSTEMVSSCONNECTION=x", "ENDPOINT_AUTH_SCHEME_" + connection + "=S"})
		for _, id := range []string{"prod-arm", "", "$(connection)", "SystemVssConnection", "SCHEME_" + connection} {
			_, ok := task.Endpoint(id)
			assert.False(t, ok, id)
		}
	})
	t.Run("its JSON is read once", func(t *testing.T) {
		var fields []string
		for i := range 200 {
			fields = append(fields, fmt.Sprintf(`"field%d":"value"`, i))
		}
		task := pipeline.Read([]string{data + "={" + strings.Join(fields, ",") + "}"})
		first, _ := task.Endpoint(connection)
		assert.Len(t, first.Data, 200)
		assert.Less(t, testing.AllocsPerRun(10, func() { task.Endpoint(connection) }), 100.0, "a copy of a map takes less than an allocation for each field")
	})
	t.Run("what it gives belongs to the caller", func(t *testing.T) {
		task := pipeline.Read([]string{auth + `={"parameters":{"a":"1"}}`})
		first, _ := task.Endpoint(connection)
		first.Parameters["a"] = secret.New("2")
		second, _ := task.Endpoint(connection)
		assert.Equal(t, texts("a", "1"), second.Parameters)
	})
}

func TestJobEndpointIsTheConnectionToAzureDevOps(t *testing.T) {
	task := pipeline.Read([]string{
		"ENDPOINT_URL_SYSTEMVSSCONNECTION=https://dev.azure.com/contoso/",
		`ENDPOINT_AUTH_SYSTEMVSSCONNECTION={"parameters":{"AccessToken":"jwt"},"scheme":"OAuth"}`,
	})
	got, ok := task.JobEndpoint()
	assert.True(t, ok)
	assert.Equal(t, pipeline.Endpoint{
		ID: "SYSTEMVSSCONNECTION", URL: "https://dev.azure.com/contoso/", Scheme: "OAuth",
		Parameters: texts("accesstoken", "jwt"), Data: map[string]string{},
	}, got)
	_, ok = pipeline.Read(nil).JobEndpoint()
	assert.False(t, ok)
}

func TestJobTokenComesFromTheFirstPlaceThatHasOne(t *testing.T) {
	const (
		json   = `ENDPOINT_AUTH_SYSTEMVSSCONNECTION={"parameters":{"AccessToken":"one"},"scheme":"OAuth"}`
		hidden = "SECRET_SYSTEM_ACCESSTOKEN=two"
		plain  = "SYSTEM_ACCESSTOKEN= three "
	)
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"the connection's JSON":       {[]string{plain, hidden, json}, "one"},
		"the secret variable":         {[]string{plain, hidden}, "two"},
		"the plain variable, trimmed": {[]string{plain, "SECRET_SYSTEM_ACCESSTOKEN="}, "three"},
		"no unresolved macro":         {[]string{"SYSTEM_ACCESSTOKEN=$(System.AccessToken)"}, ""},
		"nowhere":                     {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, pipeline.Read(c.environ).JobToken().Reveal())
		})
	}
}
