package cloud

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResourceManagerRefusesAVersionThatTheTypeDoesNotHave(t *testing.T) {
	const authorization = subscriptionURL + "/providers/Microsoft.Authorization/"
	tests := map[string]struct {
		address string
		status  int
		code    string
		message string
	}{
		"a day that never was a version":           {address: subscriptionURL + "?api-version=2023-99-99", status: 400, code: "InvalidApiVersionParameter", message: "The api-version '2023-99-99' is invalid."},
		"a day between two versions":               {address: subscriptionURL + "/resourceGroups/rg-app?api-version=2021-04-02", status: 400, code: "InvalidApiVersionParameter", message: "2021-04-01"},
		"a version of another type":                {address: subscriptionURL + "?api-version=2022-04-01", status: 400, code: "InvalidApiVersionParameter", message: "'2022-04-01' is invalid"},
		"locks of the reference, refused in 2022":  {address: authorization + "locks?api-version=2020-05-01", status: 400, code: "NoRegisteredProviderFound", message: "API version '2020-05-01' for type 'locks'. The supported api-versions are '2015-01-01, 2015-05-01-preview, 2015-06-01, 2016-09-01, 2017-04-01'"},
		"locks of the future":                      {address: authorization + "locks?api-version=2031-01-01", status: 400, code: "NoRegisteredProviderFound", message: "'2031-01-01'"},
		"a preview asked for as if it were stable": {address: authorization + "denyAssignments?api-version=2018-07-01", status: 404, code: "InvalidResourceType", message: "for api version '2018-07-01'. The supported api-versions are '2018-07-01-preview,"},
		"a stable version asked for as a preview":  {address: authorization + "roleAssignments?api-version=2022-04-01-preview", status: 404, code: "InvalidResourceType", message: "2022-04-01"},
		"a management group":                       {address: armURL + managementGroupID("mg-contoso") + "?api-version=2020-06-01", status: 404, code: "InvalidResourceType", message: "'managementGroups' could not be found in the namespace 'Microsoft.Management'"},
		"the document of an Azure Stack":           {address: armURL + "/metadata/endpoints?api-version=2016-01-01", status: 400, code: "InvalidApiVersionParameter", message: "2015-01-01"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			a := b.get(tt.address, b.accessToken())
			code, message := a.arm()
			assert.Equal(t, tt.status, a.status, a.text)
			assert.Equal(t, tt.code, code)
			assert.Contains(t, message, tt.message)
			assert.Len(t, b.cloud.Violations(), 1)
		})
	}
	b := start(t)
	assert.Equal(t, http.StatusNotImplemented, b.get(armURL+"/metadata/endpoints?api-version=2022-09-01", b.accessToken()).status, "it has another shape")
	assert.Len(t, b.cloud.Violations(), 1)
	b = start(t)
	for _, address := range []string{ // as recorded
		subscriptionURL + "?api-version=2016-06-01", authorization + "locks?api-version=2016-09-01",
		authorization + "roleAssignments?api-version=2018-09-01-preview", authorization + "permissions?api-version=2015-07-01",
		authorization + "roleDefinitions/" + RoleContributor + "?api-version=2018-01-01-preview",
		subscriptionURL + "/resourceGroups/rg-app?api-version=2025-03-01",
	} {
		assert.Equal(t, http.StatusOK, b.get(address, b.accessToken()).status, address)
	}
	assert.Empty(t, b.cloud.Violations())
}

func TestAzureDevOpsRefusesAVersionThatTheResourceDoesNotHave(t *testing.T) {
	const connection = projectURL + "/_apis/serviceendpoint/endpoints/" + ContosoKeyConnectionID
	tests := map[string]struct {
		address string
		status  int
		key     string
		message string
	}{
		"newer than the server": {address: connection + "?api-version=99.1", status: 400, key: "VssVersionOutOfRangeException",
			message: "The requested REST API version of 99.1 is out of range for this server. The latest REST API version this server supports is 7.2."},
		"not released yet": {address: connection + "?api-version=7.2", status: 400, key: "VssInvalidPreviewVersionException",
			message: `The requested version "7.2" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "7.2-preview"`},
		"never released": {address: ContosoOrganizationURL + "_apis/connectionData?api-version=7.1", status: 400, key: "VssInvalidPreviewVersionException",
			message: `The requested version "7.1" of the resource is under preview.`},
		"older than the resource": {address: connection + "?api-version=3.0", status: 501},
		"no version at all":       {address: connection + "?api-version=latest", status: 501},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			a := b.get(tt.address, b.jobToken())
			assert.Equal(t, tt.status, a.status, a.text)
			if tt.key != "" {
				assert.Equal(t, tt.key, a.body["typeKey"])
				assert.Contains(t, a.body["message"], tt.message)
			}
			assert.Len(t, b.cloud.Violations(), 1)
		})
	}
	b := start(t)
	for _, version := range []string{"7.1", "5.0", "7.1-preview", "7.2-preview.4"} {
		a := b.get(connection+"?api-version="+version, b.jobToken())
		require.Equal(t, http.StatusOK, a.status, a.text)
		assert.Equal(t, "application/json; charset=utf-8; api-version="+version, a.header.Get("Content-Type"))
	}
	assert.Empty(t, b.cloud.Violations())
}

func TestAClientLooksUpTheLocationsOfAnArea(t *testing.T) {
	b := start(t)
	for path, want := range map[string][]string{
		"_apis":                 {locationOIDCToken, locationProjects},
		"_apis/serviceendpoint": {locationEndpoints, locationHistory},
		"_apis/DistributedTask": {locationOIDCToken},
		"_apis/nothing":         nil,
	} {
		a := b.send(http.MethodOptions, ContosoOrganizationURL+path, "")
		require.Equal(t, http.StatusOK, a.status, path)
		assert.InDelta(t, len(a.body["value"].([]any)), a.body["count"], 0)
		for _, id := range want {
			assert.Contains(t, a.text, id, path)
		}
		if want == nil {
			assert.JSONEq(t, `{"count":0,"value":[]}`, a.text)
		}
	}
	assert.NotContains(t, b.send(http.MethodOptions, ContosoOrganizationURL+"_apis/core", "").text, locationEndpoints)
	assert.Empty(t, b.cloud.Violations())
}

func TestAnUnknownPathOfAnOrganizationIsNoted(t *testing.T) {
	for _, path := range []string{"", "_apis", "_apis/nothere", "_apis/serviceendpoint/types", ContosoProjectName, "none/settings",
		ContosoProjectName + "/_apis/build/builds"} {
		b := start(t)
		a := b.get(ContosoOrganizationURL+path+"?api-version=7.1", b.jobToken())
		assert.Equal(t, http.StatusNotImplemented, a.status, path)
		assert.Len(t, b.cloud.Violations(), 1, path)
	}
	b := start(t)
	a := b.get(ContosoOrganizationURL+"none/_apis/build/builds?api-version=7.1", b.jobToken())
	assert.Equal(t, http.StatusNotFound, a.status)
	assert.Equal(t, "Microsoft.TeamFoundation.Core.WebApi.ProjectDoesNotExistWithNameException, Microsoft.TeamFoundation.Core.WebApi", a.body["typeName"])
	assert.Contains(t, a.header.Get("X-TFS-ServiceError"), "TF200016%3A%20The%20following%20project")
}
