package cloud

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// location is a row of the table in which clients of Azure DevOps look up where a resource is, and in which versions.
type location struct {
	id, area, resource, template string
	version                      int    // of the resource, the last number of 7.1-preview.1
	min, max, released           string // released "0.0": there are preview versions only
}

// Ids of the resources that this cloud has.
const (
	locationProjects            = "603fe2ac-9723-48b9-88ad-09305aa6c6e1"
	locationEndpoints           = "e85f1c62-adfc-4b74-b618-11a150fb195e"
	locationOIDCToken           = "69a319f4-28c1-4bfd-93e6-ea0ff5c6f1a2"
	locationResourceAreas       = "e81700f7-3be2-46de-8624-2eb35882fcaa"
	locationConnectionData      = "00d9565f-ed9c-4a06-9a50-00e7896ccab4"
	locationPermissions         = "dd3b8bd6-c7fc-4cbd-929a-933d9c011c9d"
	locationHistory             = "10a16738-9299-4cd1-9a81-fd23ad6200d0"
	locationTimeline            = "8baac422-4c6e-4de5-8532-db96d92acffa"
	locationPipelinePermissions = "b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2"
	locationIdentities          = "28010c54-d0c0-4c89-a5b0-1c9e188b9fb7" // of the host for people
)

// locationTable is a part of the table (recorded 2025-01-10, 31 of 820 rows), and below it what the reference says about one that wasn't
// in the part that we have.
func locationTable() []location {
	return []location{
		{locationProjects, "core", "projects", "_apis/{resource}/{*projectId}", 4, "1.0", "7.2", "7.1"},
		{"3ad71e20-7586-45f9-a6c8-0342e00835ac", "distributedtask", "executionhistory", "{project}/_apis/{area}/serviceendpoints/{endpointId}/{resource}", 1, "3.2", "5.0", "0.0"},
		{"ca373c13-fec3-4b30-9525-35a117731384", "distributedtask", "serviceendpoints", "{scopeIdentifier}/_apis/{area}/{resource}/{endpointId}", 1, "1.0", "3.0", "0.0"},
		{"5cecd946-d704-471e-a45f-3b4064fcfaba", "distributedtask", "plans", "{scopeIdentifier}/_apis/{area}/hubs/{hubName}/{resource}/{planId}", 2, "2.0", "7.2", "7.1"},
		{"11a45c69-2cce-4ade-a361-c9f5a37239ee", "distributedtask", "executionhistory", "{project}/_apis/{area}/serviceendpoints/{resource}", 1, "3.2", "5.0", "0.0"},
		{"f8d10759-6e90-48bc-96b0-d19440116797", "distributedtask", "plans", "_apis/{area}/{resource}/{planId}", 1, "1.0", "1.0", "0.0"},
		{"dca61d2f-3444-410a-b5ec-db2fc4efb4c5", "distributedtask", "serviceendpoints", "{project}/_apis/{area}/{resource}/{endpointId}", 2, "3.0", "5.0", "0.0"},
		{locationOIDCToken, "distributedtask", "oidctoken", "{scopeIdentifier}/_apis/{area}/hubs/{hubName}/plans/{planId}/jobs/{jobId}/{resource}", 1, "7.1", "7.2", "7.1"},
		{locationConnectionData, "Location", "ConnectionData", "_apis/{resource}", 1, "1.0", "7.2", "0.0"},
		{locationResourceAreas, "Location", "ResourceAreas", "_apis/{resource}/{areaId}", 1, "3.2", "7.2", "0.0"},
		{"d810a47d-f4f4-4a62-a03f-fa1860585c4c", "Location", "ServiceDefinitions", "_apis/{resource}/{serviceType}/{identifier}", 1, "1.0", "7.2", "0.0"},
		{"4599291a-3810-4a31-ab22-5c4211cfaf05", "PermissionsReport", "PermissionsReport", "_apis/{area}/{id}", 1, "5.1", "7.2", "7.1"},
		{"cb51ee09-c726-4417-9055-981b4885e3c1", "PermissionsReport", "PermissionsReportDownload", "_apis/{area}/{id}/download", 1, "5.1", "7.2", "7.1"},
		{"18a2ad18-7571-46ae-bec7-0c7da1495885", "Security", "AccessControlLists", "_apis/{resource}/{securityNamespaceId}", 1, "1.0", "7.2", "7.1"},
		{"cf1faa59-1b63-4448-bf04-13d981a46f5d", "Security", "PermissionEvaluationBatch", "_apis/{area}/{resource}", 1, "3.0", "7.2", "7.1"},
		{"ce7b9f95-fde9-4be8-a86d-83b366f0b87a", "Security", "SecurityNamespaces", "_apis/{resource}/{securityNamespaceId}", 1, "1.0", "7.2", "7.1"},
		{locationPermissions, "Security", "Permissions", "_apis/{resource}/{securityNamespaceId}/{permissions}", 2, "1.0", "7.2", "7.1"},
		{"ac08c8ff-4323-4b08-af90-bcd018d380ce", "Security", "AccessControlEntries", "_apis/{resource}/{securityNamespaceId}", 1, "1.0", "7.2", "7.1"},
		{locationEndpoints, "serviceendpoint", "endpoints", "{project}/_apis/{area}/{resource}/{endpointId}", 4, "4.1", "7.2", "7.1"},
		{"702edb4e-3952-43fe-a4eb-288938f3ba35", "serviceendpoint", "oauthconfiguration", "_apis/{area}/{resource}/{configurationId}", 1, "5.0", "7.2", "0.0"},
		{"9acb984c-4f88-4e13-9691-2e688dddc047", "serviceendpoint", "azurermmanagementgroups", "_apis/{area}/endpointproxy/{resource}", 1, "5.0", "7.2", "0.0"},
		{"55b9ed4b-5404-41b1-b9d2-7ed757d02bb0", "serviceendpoint", "executionhistory", "{project}/_apis/{area}/{resource}", 1, "4.1", "7.2", "7.1"},
		{"6c9371d6-98b6-4175-afba-915cb24ce263", "serviceendpoint", "endpointtoken", "_apis/{area}/{endpointId}/{resource}", 1, "7.2", "7.2", "0.0"},
		{"86e77201-c1f7-46c9-8672-9dfc2f6f568a", "serviceendpoint", "share", "_apis/{area}/{resource}/{endpointId}", 1, "5.0", "7.2", "0.0"},
		{"5a7938a4-655e-486c-b562-b78c54a7e87b", "serviceendpoint", "types", "_apis/{area}/{resource}", 1, "4.1", "7.2", "7.1"},
		{"cc63bb57-2a5f-4a7a-b79c-c142d308657e", "serviceendpoint", "endpointproxy", "{project}/_apis/{area}/{resource}", 1, "4.1", "7.2", "7.1"},
		{"18e8f65d-4e19-4a01-a621-cf0f2d938108", "serviceendpoint", "azurermsubscriptions", "_apis/{area}/endpointproxy/{resource}", 1, "5.0", "7.2", "0.0"},
		{"47911d38-53e1-467a-8c32-d871599d5498", "serviceendpoint", "vstsaadoauth", "_apis/{area}/vstsaadoauth/{resource}", 1, "5.1", "7.2", "0.0"},
		{"14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0", "serviceendpoint", "endpoints", "_apis/{area}/{resource}/{endpointId}", 4, "5.2", "7.2", "7.1"},
		{locationHistory, "serviceendpoint", "executionhistory", "{project}/_apis/{area}/{endpointId}/{resource}", 1, "4.1", "7.2", "7.1"},
		{"df5f298a-4e06-4815-a13e-6ce90a37efa4", "Location", "SpsServiceDefinition", "_apis/{resource}/{hostId}", 1, "1.0", "7.2", "0.0"},

		{locationIdentities, "IMS", "Identities", "_apis/{resource}/{identityId}", 1, "1.0", "7.2", "7.1"},
		{locationTimeline, "build", "Timeline", "{project}/_apis/{area}/builds/{buildId}/{resource}/{timelineId}", 2, "2.0", "7.2", "7.1"},
		{locationPipelinePermissions, "pipelinePermissions", "pipelinePermissions",
			"{project}/_apis/pipelines/{resource}/{resourceType}/{resourceId}", 1, "5.1", "7.2", "0.0"},
	}
}

// locations answers OPTIONS _apis and OPTIONS _apis/{area}, which clients send before their first request.
func locations(q *call, area string) reply {
	value := []object{}
	for _, l := range locationTable() {
		if area == "" || strings.EqualFold(l.area, area) {
			value = append(value, object{"id": l.id, "area": l.area, "resourceName": l.resource, "routeTemplate": l.template,
				"resourceVersion": l.version, "minVersion": l.min, "maxVersion": l.max, "releasedVersion": l.released})
		}
	}
	return jsonReply(http.StatusOK, object{"count": len(value), "value": value}).with(devopsHeaders(q)...)
}

// latestVersion is the newest that any resource has.
const latestVersion = "7.2"

// checkDevOpsVersion refuses a version that is newer than the server, and one of a resource that has it as a preview only.
// Sentences: issues cribeiro84/azure-devops-pull-request-hub 118 and dotnet/arcade-services pull request 1141.
func checkDevOpsVersion(q *call, id string) *reply {
	asked := apiVersion(q)
	if asked == "" {
		return nil // noted, and refused where the service does
	}
	at := slices.IndexFunc(locationTable(), func(l location) bool { return l.id == id })
	l := locationTable()[at]
	number, preview, isPreview := strings.Cut(asked, "-preview")
	version, ok := versionNumber(number)
	resource := 0
	if preview != "" {
		var err error
		resource, err = strconv.Atoi(strings.TrimPrefix(preview, "."))
		ok = ok && err == nil && preview[0] == '.'
	}
	if !ok {
		return new(unknown(q, "api-version "+strconv.Quote(asked)))
	}
	refuse := func(typeKey, format string, args ...any) *reply {
		q.note("%s %s%s: api-version %s is not supported", q.Method, q.host, q.path, asked)
		return new(devopsError(q, http.StatusBadRequest, typeKey, fmt.Sprintf(format, args...)))
	}
	oldest, _ := versionNumber(l.min)
	newest, _ := versionNumber(l.max)
	latest, _ := versionNumber(latestVersion)
	released, _ := versionNumber(l.released)
	switch {
	case version > latest:
		return refuse("VssVersionOutOfRangeException", "The requested REST API version of %s is out of range for this server. The latest REST "+
			"API version this server supports is %s.", number, latestVersion)
	case version < oldest || version > newest || resource > l.version:
		return new(unknown(q, "api-version "+asked+" of "+l.resource)) // no one recorded what is said then
	case version > released && !isPreview:
		return refuse("VssInvalidPreviewVersionException", "The requested version \"%s\" of the resource is under preview. The -preview flag "+
			"must be supplied in the api-version for such requests. For example: \"%s-preview\"", number, number)
	}
	return nil
}

// versionNumber reads 7.1 as 701, so that versions can be compared.
func versionNumber(text string) (int, bool) {
	major, minor, ok := strings.Cut(text, ".")
	a, err := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	return 100*a + b, ok && err == nil && err2 == nil && a >= 0 && b >= 0 && b < 100
}
