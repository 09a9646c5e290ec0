package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
)

// question is the request that a sample responds to, and the scenario to send it in.
type question struct {
	scenario string // "" = healthy
	change   func(*scenario.Run)
	ask      func(*stage) (*http.Request, error) // nil = the simulation doesn't support the request
	differs  string                              // why the response can differ
}

func (q question) played(ctx context.Context, work string) (answer, error) {
	name := q.scenario
	if name == "" {
		name = "healthy"
	}
	s, err := set(ctx, work, name, q.change)
	if err != nil {
		return answer{}, err
	}
	defer s.listener.Close()
	request, err := q.ask(s)
	if err != nil {
		return answer{}, err
	}
	response, err := s.client().Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	got := answer{Status: response.StatusCode, Headers: map[string]string{}, BodyText: string(body)}
	for name := range response.Header {
		got.Headers[name] = response.Header.Get(name)
	}
	return got, err
}

// connection is the job's connection, as the step gets it.
func (s *stage) connection() map[string]string {
	for _, e := range s.Job.Endpoints {
		if e.ID != "" {
			return e.Parameters
		}
	}
	return nil
}

// token requests an access token with the connection's secret, or with an ID token if it has none; changed overwrites fields.
func token(version string, changed url.Values) func(*stage) (*http.Request, error) {
	return func(s *stage) (*http.Request, error) {
		c := s.connection()
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c["serviceprincipalid"]}}
		path := "/oauth2/token"
		if version == "v2.0" {
			path = "/oauth2/v2.0/token"
			form.Set("scope", "https://management.azure.com/.default")
		} else {
			form.Set("resource", "https://management.azure.com/")
		}
		if key := c["serviceprincipalkey"]; key != "" {
			form.Set("client_secret", key)
		} else {
			assertion, err := s.idToken(s.ctx)
			if err != nil {
				return nil, err
			}
			form.Set("client_assertion", assertion)
			form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		}
		for name, values := range changed {
			form[name] = values
			if len(values) == 0 {
				form.Del(name)
			}
		}
		request, err := http.NewRequestWithContext(s.ctx, http.MethodPost, "https://login.microsoftonline.com/"+c["tenantid"]+path, strings.NewReader(form.Encode()))
		if err == nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return request, err
	}
}

// as sends a GET with a token for the host.
func as(address string) func(*stage) (*http.Request, error) {
	return func(s *stage) (*http.Request, error) {
		u, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		ask, err := token("v2.0", url.Values{"scope": {"https://" + u.Host + "/.default"}})(s)
		if err != nil {
			return nil, err
		}
		response, err := s.client().Do(ask)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		var got struct {
			Token string `json:"access_token"`
		}
		if err := json.NewDecoder(response.Body).Decode(&got); err != nil || got.Token == "" {
			return nil, fmt.Errorf("no token for %s: HTTP %d, %w", u.Host, response.StatusCode, err)
		}
		request, err := http.NewRequestWithContext(s.ctx, http.MethodGet, address, nil)
		if err == nil {
			request.Header.Set("Authorization", "Bearer "+got.Token)
		}
		return request, err
	}
}

// devops sends a request to Azure DevOps with an Authorization header, unless it's empty.
func devops(method, path, authorization string, header ...string) func(*stage) (*http.Request, error) {
	return func(s *stage) (*http.Request, error) {
		request, err := http.NewRequestWithContext(s.ctx, method, strings.TrimSuffix(cloud.ContosoOrganizationURL, "/")+path, nil)
		if err != nil {
			return nil, err
		}
		switch authorization {
		case "":
		case "job":
			request.Header.Set("Authorization", "Bearer "+s.World.Organizations[0].Projects[0].Jobs[0].Token)
		case "user":
			request.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(":"+s.World.Organizations[0].Tokens[0])))
		default:
			request.Header.Set("Authorization", authorization)
		}
		for i := 0; i+1 < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		return request, nil
	}
}

// machine sends a request to a virtual machine's metadata service.
func machine(query string, header ...string) func(*stage) (*http.Request, error) {
	return func(s *stage) (*http.Request, error) {
		request, err := http.NewRequestWithContext(s.ctx, http.MethodGet, "http://169.254.169.254/metadata/identity/oauth2/token?"+query, nil)
		if err == nil && len(header) == 2 {
			request.Header.Set(header[0], header[1])
		}
		return request, err
	}
}

func fault(f cloud.Fault) func(*scenario.Run) {
	return func(r *scenario.Run) { r.Faults = append(r.Faults, f) }
}

func application(change func(*cloud.Application)) func(*scenario.Run) {
	return func(r *scenario.Run) { change(&r.World.Tenants[0].Applications[0]) }
}

const (
	resources = "https://management.azure.com"
	there     = resources + "/subscriptions/" + cloud.ContosoSubscriptionID
	graph     = "https://graph.microsoft.com/v1.0"
	oidc      = "/" + cloud.ContosoProjectID + "/_apis/distributedtask/hubs/" + cloud.ContosoHub + "/plans/" + cloud.ContosoPlanID + "/jobs/" +
		cloud.ContosoJobID + "/oidctoken"
	imds = "api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F"

	// Reasons that several samples share.
	older    = "an older wording of Microsoft Entra; the simulation has the newest one"
	writes   = "an answer to a write, and the simulation is read-only"
	unasked  = "an answer to a request that the product doesn't send"
	faulty   = "the source is a log that has the text without its HTTP answer"
	mildness = "the source shortened the answer"
)

var questions = map[string]question{
	"entra/token_v2_client_credentials_success":            {ask: token("v2.0", nil)},
	"entra/token_v1_client_credentials_success":            {ask: token("", nil), differs: "the headers of 2018; the simulation has those of 2024"},
	"entra/aadsts7000215_invalid_client_secret":            {scenario: "wrong-secret", ask: token("v2.0", nil)},
	"entra/aadsts7000222_expired_secret":                   {scenario: "expired-secret", ask: token("v2.0", nil)},
	"entra/aadsts7000222_expired_secret_wording_2023":      {scenario: "expired-secret", ask: token("v2.0", nil), differs: mildness},
	"entra/aadsts700016_unknown_application":               {scenario: "unknown-application", ask: token("v2.0", nil)},
	"entra/aadsts90002_tenant_not_found":                   {scenario: "unknown-tenant", ask: token("v2.0", nil)},
	"entra/aadsts90002_tenant_not_found_no_line_breaks":    {scenario: "unknown-tenant", ask: token("v2.0", nil)},
	"entra/aadsts700213_subject_not_matched":               {scenario: "subject-mismatch", ask: token("v2.0", nil)},
	"entra/aadsts70021_no_matching_record_400":             {scenario: "subject-mismatch", ask: token("v2.0", nil), differs: older},
	"entra/aadsts70021_no_matching_record_401":             {scenario: "subject-mismatch", ask: token("v2.0", nil), differs: older},
	"entra/aadsts700211_issuer_not_matched":                {scenario: "issuer-not-in-credential", ask: token("v2.0", nil)},
	"entra/aadsts7002137_entra_issuer_subject_not_matched": {scenario: "subject-mismatch", ask: token("v2.0", nil), differs: mildness},
	"entra/aadsts7002138_subject_differs_by_case":          {scenario: "subject-in-another-case", ask: token("v2.0", nil), differs: faulty},
	"entra/aadsts700024_assertion_expired": {scenario: "healthy-federation", ask: func(s *stage) (*http.Request, error) {
		request, err := token("v2.0", nil)(s) // with an ID token of now
		s.cloud.Update(func(w *cloud.World) {
			w.Clock = func() time.Time { return time.Now().Add(72 * time.Hour) }
		})
		return request, err
	}},
	"entra/aadsts53003_conditional_access":          {scenario: "conditional-access", ask: token("v2.0", nil)},
	"entra/aadsts53003_conditional_access_user":     {differs: "an answer to a user, and the simulated policies are for applications"},
	"entra/aadsts7000229_missing_service_principal": {change: application(func(a *cloud.Application) { a.PrincipalID = "" }), ask: token("v2.0", nil), differs: faulty},
	"entra/aadsts70025_no_federated_credentials":    {scenario: "healthy-federation", change: application(func(a *cloud.Application) { a.Federated = nil }), ask: token("v2.0", nil)},
	"entra/aadsts7000216_no_credential_sent":        {ask: token("v2.0", url.Values{"client_secret": nil})},
	"entra/throttled_429_plain_text":                {change: fault(cloud.Fault{Host: "login.microsoftonline.com", Status: http.StatusTooManyRequests, RetryAfter: "5"}), ask: token("v2.0", nil)},

	"arm/deployment_policy_violation_in_template":        {differs: writes},
	"arm/deployment_validate_invalid_template":           {differs: writes},
	"arm/managementgroup_put_400_no_right":               {differs: writes},
	"arm/missing_subscription_registration_409":          {differs: writes},
	"arm/missing_subscription_registration_unregistered": {differs: writes},
	"arm/request_disallowed_by_policy_403":               {differs: writes},
	"arm/scope_locked_409_delete":                        {differs: writes},
	"arm/scope_locked_409_write":                         {differs: writes},
	"arm/subscription_disabled_write_409":                {differs: writes},
	"arm/managementgroup_get_403":                        {scenario: "no-role", ask: as(resources + "/providers/Microsoft.Management/managementGroups/" + cloud.ContosoManagementGroup + "?api-version=2020-05-01")},
	"arm/managementgroup_get_404":                        {ask: as(resources + "/providers/Microsoft.Management/managementGroups/none?api-version=2020-05-01"), differs: faulty},
	"arm/resourcegroup_get_403":                          {scenario: "no-role", ask: as(there + "/resourcegroups/" + cloud.ContosoResourceGroup + "?api-version=2021-04-01")},
	"arm/resourcegroup_get_404":                          {ask: as(there + "/resourcegroups/rg-none?api-version=2021-04-01")},
	"arm/subscription_404_not_found":                     {ask: as(resources + "/subscriptions/11111111-2222-4333-8444-555555555555?api-version=2022-12-01")},
	"arm/subscription_get_403":                           {scenario: "no-role", ask: as(there + "?api-version=2022-12-01")},
	"arm/subscription_get_401_wrong_tenant":              {scenario: "subscription-in-other-tenant", ask: as(there + "?api-version=2022-12-01")},
	"arm/subscription_id_empty_400":                      {ask: as(resources + "/subscriptions/resourcegroups?api-version=2021-04-01")},
	"arm/subscription_list_401_expired_token": {ask: func(s *stage) (*http.Request, error) {
		request, err := as(resources + "/subscriptions?api-version=2022-12-01")(s)
		s.cloud.Update(func(w *cloud.World) {
			w.Clock = func() time.Time { return time.Now().Add(72 * time.Hour) }
		})
		return request, err
	}},
	"arm/throttled_429_short": {change: fault(cloud.Fault{Host: "management.azure.com", Status: http.StatusTooManyRequests}), ask: as(there + "?api-version=2022-12-01")},
	"arm/throttled_429_subscription": {change: fault(cloud.Fault{Host: "management.azure.com", Status: http.StatusTooManyRequests, Code: "SubscriptionRequestsThrottled"}),
		ask: as(there + "?api-version=2022-12-01")},
	"arm/throttled_429_resource": {change: fault(cloud.Fault{Host: "management.azure.com", Status: http.StatusTooManyRequests, Code: "ResourceRequestsThrottled"}),
		ask: as(there + "?api-version=2022-12-01")},

	"azure-devops/oidctoken_success":               {ask: devops(http.MethodPost, oidc+"?api-version=7.1&serviceConnectionId="+cloud.ContosoFederationConnectionID, "job")},
	"azure-devops/oidctoken_error_preview_version": {ask: devops(http.MethodPost, oidc+"?api-version=7.2&serviceConnectionId="+cloud.ContosoFederationConnectionID, "job"), differs: mildness},
	"azure-devops/oidctoken_object_moved":          {ask: devops(http.MethodPost, oidc+"?api-version=7.1", "Bearer nothing")},
	"azure-devops/project_not_found_404":           {ask: devops(http.MethodGet, "/None/_apis/serviceendpoint/endpoints?api-version=7.1", "user")},
	"azure-devops/unauthorized_401_empty_body":     {ask: devops(http.MethodGet, "/_apis/projects?api-version=7.1", "Basic bm90aGluZzpub3RoaW5n", "X-TFS-FedAuthRedirect", "Suppress")},
	"azure-devops/unauthorized_401_agent_headers_cloud": {ask: devops(http.MethodGet, "/_apis/projects?api-version=7.1", "Bearer nothing", "X-TFS-FedAuthRedirect", "Suppress"),
		differs: "the headers of 2019; the simulation has those of 2025"},
	"azure-devops/unauthorized_401_agent_headers_server": {differs: "an answer of Azure DevOps Server, which isn't simulated"},
	"azure-devops/tf400813_user_not_authorized":          {differs: "needs the token of a user who isn't a member; internal/sim/cloud tests it"},
	"azure-devops/tf400813_anonymous_user":               {differs: "needs the token of a user who isn't a member; internal/sim/cloud tests it"},
	"azure-devops/tf400813_anonymous":                    {differs: "an answer of a public project, which isn't simulated"},
	"azure-devops/count_value_message_405":               {differs: unasked},
	"azure-devops/count_value_message_batch":             {differs: unasked},
	"azure-devops/endpointproxy_azurerm_forbidden":       {differs: unasked},
	"azure-devops/federation_migration_400":              {differs: unasked},
	"azure-devops/federation_migration_404":              {differs: unasked},
	"azure-devops/feed_unauthorized_401":                 {differs: unasked},
	"azure-devops/serviceendpoint_exception":             {differs: unasked},
	"azure-devops/vs800075_project_not_visible_400":      {differs: unasked},
	"azure-devops/route_not_found_404_plain_text":        {differs: "a path that Azure DevOps doesn't have, which the simulation notes as a mistake"},
	"azure-devops/organization_deactivated_503":          {differs: "a state of an organization that isn't simulated"},
	"azure-devops/sign_in_page_203": {ask: devops(http.MethodGet, "/_apis/projects?api-version=7.1", "Basic bm90aGluZzpub3RoaW5n"),
		differs: "some hosts answer with the page itself, others with the way to it (oidctoken_object_moved); the simulation does the second"},

	"graph/application_get_password_credentials":          {scenario: "healthy-expiry-by-graph", ask: as(graph + "/applications/" + cloud.ContosoAppID)},
	"graph/application_get_secret_without_name_year_2100": {scenario: "healthy-expiry-by-graph", ask: as(graph + "/applications/" + cloud.ContosoAppID)},
	"graph/authorization_request_denied_403":              {ask: as(graph + "/applications/" + cloud.ContosoAppID)},
	"graph/throttled_429":                                 {change: fault(cloud.Fault{Host: "graph.microsoft.com", Status: http.StatusTooManyRequests, RetryAfter: "2.128"}), differs: "the documentation's example; the simulation has the fields of recorded refusals", ask: as(graph + "/applications/" + cloud.ContosoAppID)},
	"graph/throttled_429_directory":                       {change: fault(cloud.Fault{Host: "graph.microsoft.com", Status: http.StatusTooManyRequests}), ask: as(graph + "/applications/" + cloud.ContosoAppID), differs: mildness},

	"managed-identity/token_success":                 {ask: machine(imds, "Metadata", "true")},
	"managed-identity/metadata_header_missing_400":   {ask: machine(imds)},
	"managed-identity/identity_not_found_400":        {change: func(r *scenario.Run) { r.World.Machine.UserAssigned = nil }, ask: machine(imds, "Metadata", "true")},
	"managed-identity/multiple_identities_400":       {scenario: "several-identities", ask: machine(imds, "Metadata", "true")},
	"managed-identity/not_found_404":                 {differs: "an answer of a machine that isn't in Azure, whose metadata service isn't simulated"},
	"managed-identity/docker_desktop_403_plain_text": {differs: "an answer of Docker Desktop, which isn't simulated"},
	"managed-identity/pod_identity_500_plain_text":   {differs: "an answer of Pod Identity, which isn't simulated"},
}
