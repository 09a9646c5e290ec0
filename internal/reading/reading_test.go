package reading

import (
	"strings"
	"testing"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func causesOf(t testing.TB, text string) []catalogue.Code {
	t.Helper()
	reading, err := Read(strings.NewReader(text))
	require.NoError(t, err)
	var codes []catalogue.Code
	for _, c := range reading.Causes {
		codes = append(codes, c.Entry.Code)
	}
	return codes
}

func TestUnrelatedCausesOfALogAreFindingsOfTheirOwn(t *testing.T) {
	const mark = "2026-11-23T10:00:00.0000000Z "
	step := func(name string, lines ...string) string {
		return mark + "##[section]Starting: " + name + "\n" + mark + strings.Join(lines, "\n"+mark) + "\n" + mark + "##[section]Finishing: " + name + "\n"
	}
	throttled := "##[error](SubscriptionRequestsThrottled) Number of requests for subscription 'x' exceeded the limit. Please try again after '6' seconds."
	expired := "##[error]AADSTS7000222: The provided client secret keys are expired."
	for name, tc := range map[string]struct {
		log  string
		want []catalogue.Code
	}{
		"what may pass by itself is second": {step("a", throttled) + step("b", expired), []catalogue.Code{"AADSTS7000222", "SubscriptionRequestsThrottled"}},
		"the same cause is one finding":     {step("a", expired) + step("b", expired), []catalogue.Code{"AADSTS7000222"}},
		"a wrapper alone leads":             {step("a", "##[error]Azure login failed"), []catalogue.Code{"sign-in-failed"}},
		"a wrapper of another step doesn't": {step("a", "##[error]Azure login failed") + step("b", expired), []catalogue.Code{"AADSTS7000222"}},
		"lines that aren't errors":          {step("a", "AADSTS7000222: The provided client secret keys are expired."), nil},
		"nothing of Azure":                  {step("a", "##[error]main.go:3:1: syntax error"), nil},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, causesOf(t, tc.log)) })
	}
}

func TestFactsHaveTheFormThatTheirServicesGiveThem(t *testing.T) {
	for name, tc := range map[string]struct{ text, fact, want string }{
		"a person as a client":       {"The client 'ada@contoso.com' with object id 'x'", "client", "ada@contoso.com"},
		"a value that was masked":    {"The client '***' with object id '***'", "object ID", "masked by the agent"},
		"a secret isn't a client":    {"The client 'hunter2hunter2hunter2' with object id 'x'", "client", ""},
		"a token isn't a host":       {"https://eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln/", "host", ""},
		"a page of documentation":    {"see https://aka.ms/arm-deploy for", "host", ""},
		"over several lines":         {"perform action 'Microsoft.Web/sites/write'\n over\n scope '/subscriptions/a'", "scope", "/subscriptions/a"},
		"too late by hours":          {"Current time: 2024-05-28T06:01:42Z, assertion valid from 2024-05-28T02:19:01Z, expiry time of assertion 2024-05-28T02:29:01Z", "too late by", "3 h 32 min"},
		"too early":                  {"Current time: 2024-05-28T02:00:00Z, assertion valid from 2024-05-28T02:19:01Z, expiry time of assertion 2024-05-28T02:29:01Z", "too early by", "19 min"},
		"times in another form":      {"The access token expiry UTC time '5/28/2024 2:29:01 AM' is earlier than current UTC time '5/28/2024 2:30:11 AM'.", "too late by", "1 min"},
		"a time that can't be":       {"Current time: 2024-99-99T06:01:42Z, expiry time of assertion 2024-05-28T02:29:01Z", "too late by", ""},
		"registration of a provider": {"perform action 'Microsoft.Maps/register/action' over", "resource provider", "Microsoft.Maps"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, factsIn(tc.text).Get(tc.fact)) })
	}
}

func TestAPersonInAMessageIsNotTheConnectionsIdentity(t *testing.T) {
	const text = "(AuthorizationFailed) The client 'ada@contoso.com' with object id '22223333-cccc-4444-dddd-5555eeee6666' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/00001111-aaaa-2222-bbbb-3333cccc4444' or the scope is invalid."
	reading, err := Read(strings.NewReader(text))
	require.NoError(t, err)
	require.Len(t, reading.Causes, 1)
	page := reading.Causes[0].Page()
	require.Len(t, page.Fixes, 1)
	assert.Equal(t, "person", page.Fixes[0].With)
}

func TestTheStepsOfAPastedTextFitWhatItTells(t *testing.T) {
	const denied = "The client '00001111-aaaa-2222-bbbb-3333cccc4444' with object id '00001111-aaaa-2222-bbbb-3333cccc4444' does not have authorization to perform action 'Microsoft.Web/sites/write' over scope '/subscriptions/00001111-aaaa-2222-bbbb-3333cccc4444'"
	const noSubject = "AADSTS700213: No matching federated identity record found for presented assertion subject "
	for name, tc := range map[string]struct {
		text, title, with, says string
		fixes                   int // 0: any number
	}{
		"nothing is known of the connection":  {text: denied, says: "check which roles the identity with object ID 00001111-aaaa-2222-bbbb-3333cccc4444 has"},
		"a Microsoft-hosted agent":            {text: "AADSTS53003: Access has been blocked by Conditional Access policies. /home/vsts/work/1/s/a.sh", with: "hosted=yes"},
		"a self-hosted agent":                 {text: "AADSTS53003: Access has been blocked by Conditional Access policies. /azp/_work/1/s/a.sh", fixes: 2},
		"a token of GitHub":                   {text: noSubject + "'repo:contoso/shop:environment:dev'", with: "foreign", says: "exactly 'repo:contoso/shop:environment:dev'", title: "has the subject 'repo:contoso/shop:environment:dev'", fixes: 1},
		"a token of a cluster":                {text: noSubject + "'system:serviceaccount:shop:web'", with: "foreign", says: "exactly 'system:serviceaccount:shop:web'", fixes: 1},
		"a token of Azure DevOps":             {text: noSubject + "'sc://contoso/shop/prod'", title: "has the subject 'sc://contoso/shop/prod'"},
		"a pod":                               {text: "kubelet MountVolume.SetUp failed: azure Refresh request failed {\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}", with: "pod=yes", fixes: 1},
		"a resource that asks a vault":        {text: "UserErrorCMKKeyVaultAuthFailure: Caller is not authorized to perform action on resource.\nCaller: name=Microsoft.RecoveryServices/vaults;appid=a;oid=b\nAction: 'Microsoft.KeyVault/vaults/keys/read'", with: "caller", title: "the identity of Microsoft.RecoveryServices/vaults doesn't have permission", says: "the resource's managed identity", fixes: 1},
		"a person or a connection at a vault": {text: "Caller is not authorized to perform action on resource.\nCaller: appid=a;oid=b\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'", title: "the identity doesn't have permission", says: "Key Vault Secrets User"},
		"a variable without a value":          {text: "The pipeline is not valid. Job Job1: Step input azureSubscription references service connection $(Conn) which could not be found.", says: "Give $(Conn) a value before the run is queued"},
		"Terraform without a subscription":    {text: "Error: retrieving Storage Account (Subscription: \"\"): unexpected status 400 with error: InvalidSubscriptionId: The provided subscription identifier 'resourceGroups' is malformed or invalid.", with: "terraform=yes", title: "the subscription ID that Terraform used", says: "subscription_id in the backend block", fixes: 1},
		"a permission of Microsoft Graph":     {text: "unexpected status 403 (403 Forbidden) with error: AccessDenied: You cannot perform the requested operation, required scopes are missing in the token. Microsoft Graph", says: "If one of your steps calls Microsoft Graph"},
		"an application":                      {text: "AADSTS7000222: The provided client secret keys for app '00001111-aaaa-2222-bbbb-3333cccc4444' are expired.", title: "(application 00001111-aaaa-2222-bbbb-3333cccc4444)"},
		"a creation that stopped half-way": {text: "Failed to set Azure permission 'RoleAssignmentId: a' for the service principal '00001111-aaaa-2222-bbbb-3333cccc4444' on subscription ID 'b': error code: Forbidden, inner error code: AuthorizationFailed, inner error message " +
			"The client 'ada@contoso.com' with object id 'c' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/22223333-cccc-4444-dddd-5555eeee6666'",
			title: "its role at '/subscriptions/22223333-cccc-4444-dddd-5555eeee6666' doesn't", says: `--assignee "00001111-aaaa-2222-bbbb-3333cccc4444" --role Contributor`},
	} {
		t.Run(name, func(t *testing.T) {
			reading, err := Read(strings.NewReader(tc.text))
			require.NoError(t, err)
			require.Len(t, reading.Causes, 1)
			page := reading.Causes[0].Page()
			assert.Equal(t, tc.with, page.Fixes[0].With)
			assert.Contains(t, page.Title, tc.title)
			assert.Contains(t, strings.Join(page.Fixes[0].Steps, "\n"), tc.says)
			if tc.fixes > 0 {
				assert.Len(t, page.Fixes, tc.fixes)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range sentences(f) {
		f.Add(s.text)
	}
	f.Add("##[section]Starting: \xff\n##[error]\\\\\\\\r\\n'*** object id '''")
	f.Fuzz(func(t *testing.T, text string) {
		reading, err := Read(strings.NewReader(text))
		require.NoError(t, err)
		for _, c := range reading.Causes {
			assert.LessOrEqual(t, len(c.At.Step), 90)
			for _, fact := range c.Facts {
				assert.LessOrEqual(t, len(fact.Value), 600, fact.Name)
				assert.NotContains(t, fact.Value, "\n")
				assert.NotContains(t, fact.Value, "eyJ")
			}
			assert.LessOrEqual(t, len([]rune(c.said.Message)), maxSaid)
			assert.NotContains(t, c.said.Message, "eyJ")
			assert.NotEmpty(t, c.Page().Title)
		}
	})
}

func TestACauseHasTheLineThatNamesIt(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want int
	}{
		"a short phrase":                 {text: "Task         : Azure Key Vault\nVersion      : 1.0.12\nError: Input required: ConnectedServiceName", want: 3},
		"a phrase with other words":      {text: "An error occurred\nAccess to registry 'x.azurecr.io' was denied. Response code: 403.", want: 2},
		"a code":                         {text: "az deployment group create\nfailed\nCode: AuthorizationFailed", want: 3},
		"a phrase over two lines":        {text: "The subscription is\nfine.\nPlease run\n'az login' to setup account.", want: 1},
		"an error of the agent in a log": {text: "##[section]Starting: A\n##[error]It failed:\nAADSTS700016: Application with identifier 'x' was not found in the directory", want: 3},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := Read(strings.NewReader(tc.text))
			require.NoError(t, err)
			require.NotEmpty(t, found.Causes)
			assert.Equal(t, tc.want, found.Causes[0].Line)
		})
	}
}
