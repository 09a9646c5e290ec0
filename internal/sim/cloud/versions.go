package cloud

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The api-versions of Resource Manager, as its own refusals list them or as recorded requests were answered. A version that
// no source shows isn't here: a client that asks for it is refused, as it might be by the service.
//   - core: Azure/azure-cli issue 31331, and a recorded request for 2025-03-01.
//   - locks: Azure/bicep issue 7495. 2020-05-01 is in the reference and was refused in 2022.
//   - roleAssignments, roleDefinitions: Azure/azure-sdk-for-java pull request 28334, and recorded requests for 2022-04-01.
//   - permissions, denyAssignments: recorded requests and the reference.
//   - roleEligibilityScheduleInstances: those of its sibling in Azure/bicep-types-az issue 2313.
//   - managementGroups: Azure/Azure-Landing-Zones issue 1335, and later ones in Azure/ALZ-Bicep issue 760.
//   - metadata/endpoints: azure-cli and the documentation of Azure Stack Hub.
const (
	coreVersions = "2025-03-01,2024-11-01,2024-10-01-preview,2024-08-01,2024-07-01,2024-06-01-preview,2024-03-01,2023-07-01," +
		"2023-07-01-preview,2023-03-01-preview,2022-12-01,2022-11-01-preview,2022-09-01,2022-06-01,2022-05-01,2022-03-01-preview," +
		"2022-01-01,2021-04-01,2021-01-01,2020-10-01,2020-09-01,2020-08-01,2020-07-01,2020-06-01,2020-05-01,2020-01-01,2019-11-01," +
		"2019-10-01,2019-09-01,2019-08-01,2019-07-01,2019-06-01,2019-05-10,2019-05-01,2019-03-01,2018-11-01,2018-09-01,2018-08-01," +
		"2018-07-01,2018-06-01,2018-05-01,2018-02-01,2018-01-01,2017-12-01,2017-08-01,2017-06-01,2017-05-10,2017-05-01,2017-03-01," +
		"2016-09-01,2016-07-01,2016-06-01,2016-02-01,2015-11-01,2015-01-01,2014-04-01-preview,2014-04-01,2014-01-01,2013-03-01,2014-02-26,2014-04"

	// of the instance metadata service, from 2018-02-01 on, with which tokens begin: its documentation, "Supported API versions"
	metadataServiceVersions = "2018-02-01,2018-04-02,2018-10-01,2019-02-01,2019-03-11,2019-04-30,2019-06-01,2019-06-04,2019-08-01," +
		"2019-08-15,2019-11-01,2020-06-01,2020-07-15,2020-09-01,2020-10-01,2020-12-01,2021-01-01,2021-02-01,2021-03-01,2021-05-01," +
		"2021-10-01,2021-11-01,2021-11-15,2021-12-13,2023-07-01"

	metadataVersions        = "2022-09-01,2020-06-01,2019-05-01,2018-05-01,2015-01-01"
	managementGroupVersions = "2023-04-01,2021-04-01,2020-10-01,2020-05-01,2020-02-01,2019-11-01,2018-03-01-preview,2018-01-01-preview," +
		"2017-11-01-preview,2017-08-31-preview,2017-06-30-preview,2017-05-31-preview,2018-03-01-beta"

	firstAuthorizationVersions = "2014-04-01-preview,2014-07-01-preview,2014-10-01-preview,2015-05-01-preview,2015-06-01,2015-07-01," +
		"2016-07-01,2017-05-01,2017-09-01,"
)

// authorizationVersions are those of the types of Microsoft.Authorization, by their names in lower case.
func authorizationVersions(kind string) string {
	switch kind {
	case "locks":
		return "2015-01-01,2015-05-01-preview,2015-06-01,2016-09-01,2017-04-01"
	case "roleassignments":
		return firstAuthorizationVersions + "2017-10-01-preview,2018-01-01-preview,2018-07-01,2018-09-01-preview,2018-12-01-preview," +
			"2019-04-01-preview,2020-03-01-preview,2020-04-01-preview,2020-08-01-preview,2020-10-01-preview,2021-04-01-preview," +
			"2022-01-01-preview,2022-04-01"
	case "roledefinitions":
		return firstAuthorizationVersions + "2018-01-01-preview,2018-07-01,2022-04-01,2022-05-01-preview"
	case "permissions":
		return "2015-07-01,2018-01-01-preview,2018-07-01,2022-04-01,2022-05-01-preview"
	case "denyassignments":
		return "2018-07-01-preview,2022-04-01"
	case "roleeligibilityscheduleinstances":
		return "2020-10-01-preview,2020-10-01,2022-04-01-preview"
	}
	return ""
}

// checkVersion refuses a version that the addressed type doesn't have, in the words of who answers for it: Resource
// Manager itself for its own types, the registry of resource types for Microsoft.Authorization and Microsoft.Management.
func checkVersion(q *call, e Environment, segments []string) *reply {
	version := q.query.Get("api-version")
	if version == "" {
		q.note("%s %s%s: no api-version", q.Method, q.host, q.path)
		return new(armError(q, http.StatusBadRequest, "MissingApiVersionParameter",
			"The api-version query parameter (?api-version=) is required for all requests."))
	}
	namespace, kind, supported := "", "", coreVersions
	if _, after, ok := cutFold(q.path, "/providers/Microsoft.Authorization/"); ok {
		namespace = "Microsoft.Authorization"
		kind, _, _ = strings.Cut(after, "/")
		supported = authorizationVersions(strings.ToLower(kind))
	} else if isPath(segments[:min(3, len(segments))], "providers", "Microsoft.Management", "managementGroups") {
		namespace, kind, supported = "Microsoft.Management", "managementGroups", managementGroupVersions
	} else if isPath(segments, "metadata", "endpoints") {
		supported = metadataVersions
	}
	list := slices.DeleteFunc(strings.Split(supported, ","), func(v string) bool { return e.MaxAPIVersion != "" && v > e.MaxAPIVersion })
	if supported == "" || slices.ContainsFunc(list, func(v string) bool { return strings.EqualFold(v, version) }) {
		return nil // a type that isn't simulated is noted as an unknown path
	}
	q.note("%s %s%s: api-version %s is not supported", q.Method, q.host, q.path, version)
	switch {
	case namespace == "":
		return new(armError(q, http.StatusBadRequest, "InvalidApiVersionParameter", fmt.Sprintf("The api-version '%s' is invalid. "+
			"The supported versions are '%s'.", version, strings.Join(list, ","))))
	case strings.EqualFold(kind, "locks"), strings.EqualFold(kind, "roleDefinitions"): // both were recorded like this
		return new(armError(q, http.StatusBadRequest, "NoRegisteredProviderFound", fmt.Sprintf("No registered resource provider found for "+
			"location '' and API version '%s' for type '%s'. The supported api-versions are '%s'. The supported locations are ''.",
			version, kind, strings.Join(list, ", "))))
	}
	return new(armError(q, http.StatusNotFound, "InvalidResourceType", fmt.Sprintf("The resource type '%s' could not be found in the namespace "+
		"'%s' for api version '%s'. The supported api-versions are '%s'.", kind, namespace, version, strings.Join(list, ","))))
}
