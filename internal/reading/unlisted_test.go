package reading

import (
	"encoding/json"
	"strings"
	"testing"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// around are the wrappers in which services and tools show an error, each with a code on the way to it.
var around = map[string]struct {
	way  catalogue.Code
	text func(code, message string) string
}{
	"az, in parentheses": {"InvalidTemplateDeployment", func(code, message string) string {
		return "ERROR: (InvalidTemplateDeployment) The template deployment 'main' is not valid according to the validation procedure. The tracking id is '00001111-aaaa-2222-bbbb-3333cccc4444'. See inner errors for details.\n" +
			"Code: InvalidTemplateDeployment\nMessage: The template deployment 'main' is not valid according to the validation procedure.\n" +
			"Exception Details:\t(" + code + ") " + message + "\n\tCode: " + code + "\n\tMessage: " + message + "\n\tTarget: /subscriptions/a"
	}},
	"az, in JSON": {"DeploymentFailed", func(code, message string) string {
		return `ERROR: {"status":"Failed","error":{"code":"DeploymentFailed","target":"/subscriptions/a/providers/Microsoft.Resources/deployments/main","message":"At least one resource deployment operation failed. Please list deployment operations for details.","details":[` + inJSON(code, message) + `]}}`
	}},
	"az, the message before the code": {"DeploymentFailed", func(code, message string) string {
		m, _ := json.Marshal(message)
		return `ERROR: Deployment failed. {"error":{"message":"At least one resource deployment operation failed.","code":"DeploymentFailed","details":[{"message":` + string(m) + `,"code":"` + code + `"}]}}`
	}},
	"nested details": {"ResourceDeploymentFailure", func(code, message string) string {
		return `{"code":"DeploymentFailed","message":"At least one resource deployment operation failed.","details":[{"code":"ResourceDeploymentFailure","target":"/subscriptions/a","message":"The resource write operation failed to complete successfully, because it reached terminal provisioning state 'Failed'.","details":[` + inJSON(code, message) + `]}]}`
	}},
	"BadRequest with JSON in a string": {"BadRequest", func(code, message string) string {
		inner, _ := json.Marshal(`{"error":` + inJSON(code, message) + `}`)
		return `{"status":"Failed","error":{"code":"DeploymentFailed","message":"At least one resource deployment operation failed.","details":[{"code":"BadRequest","message":` + string(inner) + `}]}}`
	}},
	"Conflict with JSON in a string, quoted twice": {"Conflict", func(code, message string) string {
		inner, _ := json.Marshal("{\r\n  \"error\": " + inJSON(code, message) + "\r\n}")
		outer, _ := json.Marshal(`{"code":"DeploymentFailed","message":"At least one resource deployment operation failed.","details":[{"code":"Conflict","message":` + string(inner) + `}]}`)
		return "Response from server: " + string(outer)
	}},
	"ScriptFailed": {"ScriptFailed", func(code, message string) string {
		inner, _ := json.Marshal(`{"error":` + inJSON(code, message) + `}`)
		return `{"code":"DeploymentFailed","message":"At least one resource deployment operation failed.","details":[{"code":"ScriptFailed","message":` + string(inner) + `}]}`
	}},
	"Terraform, one error": {"DeploymentFailed", func(code, message string) string {
		return `Error: waiting for creation of Template Deployment "main": Code="DeploymentFailed" Message="At least one resource deployment operation failed. Please list deployment operations for details." Details=[{"code":"` + code + `","message":` + quoted(message) + `}]`
	}},
	"Terraform, in its frame": {"ResourceDeploymentFailure", func(code, message string) string {
		return "╷\n│ Error: creating Deployment: Code=\"ResourceDeploymentFailure\" Message=\"The resource operation completed with terminal provisioning state 'Failed'.\" Details=[{\"code\":\"" + code + "\",\"message\":" + quoted(message) + "}]\n│ \n│   with azurerm_resource_group_template_deployment.main,\n│   on main.tf line 1\n╵"
	}},
	"Terraform, code and message": {"DeploymentFailed", func(code, message string) string {
		return `Error: creating Site: Code="DeploymentFailed" Message="Deployment failed." InnerError={} Details: Code="` + code + `" Message="` + message + `"`
	}},
	"the SDK for Go": {"InvalidTemplateDeployment", func(code, message string) string {
		return "RESPONSE 400: 400 Bad Request\nERROR CODE: InvalidTemplateDeployment\n--------\n{\n  \"error\": {\n    \"code\": \"InvalidTemplateDeployment\",\n    \"message\": \"The template deployment 'main' is not valid according to the validation procedure.\",\n    \"details\": [\n      " + inJSON(code, message) + "\n    ]\n  }\n}\n--------"
	}},
	"Az PowerShell": {"InvalidTemplateDeployment", func(code, message string) string {
		return "New-AzResourceGroupDeployment: 10:20:00 - The deployment 'main' failed with error(s). Showing 1 out of 1 error(s).\nStatus Message: " + message + " (Code: " + code + ")\nCorrelationId: 00001111-aaaa-2222-bbbb-3333cccc4444"
	}},
	"Az PowerShell, an error in an error": {"DeploymentFailed", func(code, message string) string {
		return "New-AzDeployment: 10:20:00 - The deployment 'main' failed with error(s). Showing 1 out of 1 error(s).\nStatus Message: At least one resource deployment operation failed. (Code: DeploymentFailed)\n - " + message + " (Code:" + code + ")\nCorrelationId: 00001111-aaaa-2222-bbbb-3333cccc4444"
	}},
	"the deployment task": {"InvalidTemplateDeployment", func(code, message string) string {
		return "At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/DeployOperations for usage details.\nDetails:\n" + code + ": " + message + "\nCheck out the troubleshooting guide."
	}},
	"the deployment task, JSON behind a code": {"BadRequest", func(code, message string) string {
		return "At least one resource deployment operation failed. Please list deployment operations for details.\nDetails:\nBadRequest: {\"error\":" + inJSON(code, message) + "}"
	}},
}

func inJSON(code, message string) string {
	return `{"code":"` + code + `","message":` + quoted(message) + `}`
}

func quoted(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

func TestACodeThatNobodyKnowsIsShownWithItsMessageInsideEveryWrapper(t *testing.T) {
	require.GreaterOrEqual(t, len(around), 12)
	for name, wrapper := range around {
		for code, message := range map[catalogue.Code]string{
			"FooSkuNotOffered":    "The SKU 'S1' of foo 'web-1' isn't offered in westeurope.",
			"SubnetIsTooSmall":    "Subnet /subscriptions/00001111-aaaa-2222-bbbb-3333cccc4444/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet1/subnets/app needs at least /27.",
			"CertificateNotReady": "The certificate of contoso.example (listener https) is still being issued, so the site can't use it.",
		} {
			for form, paste := range asPasted {
				reading, err := Read(strings.NewReader(paste(wrapper.text(string(code), message))))
				require.NoError(t, err)
				if !assert.Len(t, reading.Causes, 1, "%s around %s, %s", name, code, form) {
					continue
				}
				c := reading.Causes[0]
				assert.Equal(t, code, c.Entry.Code, "%s, %s", name, form)
				assert.Contains(t, c.Way, wrapper.way, "%s around %s, %s", name, code, form)
				assert.Equal(t, "a code that this version doesn't know: "+strings.TrimSuffix(message, "."), c.Page().Title, "%s around %s, %s", name, code, form)
			}
		}
		reading, err := Read(strings.NewReader(wrapper.text("ScopeLocked", "The scope '/subscriptions/a' cannot perform write operation because following scope(s) are locked: '/subscriptions/a'.")))
		require.NoError(t, err)
		assert.Equal(t, catalogue.Code("ScopeLocked"), reading.Causes[0].Entry.Code, "a known cause in %s", name)
	}
}

func TestAWrapperOfASentenceShowsTheSentence(t *testing.T) {
	for name, tc := range map[string]struct {
		text  string
		code  catalogue.Code
		title string
	}{
		"a request": {
			`ERROR: {"code":"DeploymentFailed","message":"At least one resource deployment operation failed.","details":[{"code":"BadRequest","message":"The plan tier isn't allowed."}]}`,
			"BadRequest", "Azure can't process the template or request: The plan tier isn't allowed",
		},
		"a state": {
			`Error: deleting the Azure site: Code="Conflict" Message="The site is stopped, so it has no slots."`,
			"Conflict", "the resource's current state doesn't allow the request: The site is stopped, so it has no slots",
		},
		"nothing but the wrapper": {
			`ERROR: {"code":"DeploymentFailed","message":"At least one resource deployment operation failed. Please list deployment operations for details."}`,
			"DeploymentFailed", "the deployment failed",
		},
		"a code without a message": {
			`ERROR: {"code":"DeploymentFailed","message":"At least one resource deployment operation failed.","details":[{"code":"FooBarNotReady"}]}`,
			"FooBarNotReady", "a code that this version doesn't know",
		},
		"a number that's no code": {
			`ERROR: {"code":"DeploymentFailed","message":"At least one resource deployment operation failed.","details":[{"code":"BadRequest","message":"The plan is full.","innererror":{"code":"40901"}}]}`,
			"BadRequest", "Azure can't process the template or request: The plan is full",
		},
		"az, without a wrapper": {
			"ERROR: (FooNotReady) The foo of subscription /subscriptions/a isn't ready.\nCode: FooNotReady\nMessage: The foo of subscription /subscriptions/a isn't ready.",
			"FooNotReady", "a code that this version doesn't know: The foo of subscription /subscriptions/a isn't ready",
		},
		"Terraform, without a wrapper": {
			`network.FoosClient#CreateOrUpdate: Failure responding to request: StatusCode=400 -- Original Error: autorest/azure: Service returned an error. Status=400 Code="FooInUse" Message="Foo a is in use." Details=[]`,
			"FooInUse", "a code that this version doesn't know: Foo a is in use",
		},
		"AD FS": {
			"ERROR: MSIS9999: The client isn't known.\nTo re-authenticate, please run:\naz login",
			"MSIS9999", "a code that this version doesn't know: The client isn't known. To re-authenticate, please run: az login",
		},
		"a number of Microsoft Entra": {
			"##[error]Could not fetch access token for Azure. Status code: 401, status message: AADSTS9999998: Something new. Trace ID: 00001111-aaaa-2222-bbbb-3333cccc4444 Correlation ID: 00001111-aaaa-2222-bbbb-3333cccc4444 Timestamp: 2026-03-01 10:25:26Z",
			"AADSTS9999998", "a code that this version doesn't know: Something new",
		},
	} {
		t.Run(name, func(t *testing.T) {
			reading, err := Read(strings.NewReader(tc.text))
			require.NoError(t, err)
			require.Len(t, reading.Causes, 1)
			assert.Equal(t, tc.code, reading.Causes[0].Entry.Code)
			assert.Equal(t, tc.title, reading.Causes[0].Page().Title)
		})
	}
}

func TestAMessageThatNobodyKnowsIsShortAndHoldsNoCredential(t *testing.T) {
	for name, message := range map[string]string{
		"a secret of an application": "The login with hQ48Q~pT3kZ7vX9bN2mC5rL8wY1dF6gH0jS4aB.u failed",
		"a key of a storage account": "AccountName=a;AccountKey=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz==;EndpointSuffix=core.windows.net",
		"a key in words":             "The key MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz== isn't valid",
		"a token":                    "The header Bearer eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2lnMDEyMzQ1Njc4 was refused",
		"a signature":                "GET https://a.blob.core.windows.net/c?sv=2024&sig=MDEyMzQ1Njc4OTAxMjM0NTY3OA%3D%3D failed",
		"a password in a URL":        "git clone https://ada:hunter2hunter2@dev.azure.com/contoso failed",
		"a password":                 "Server=a;User ID=b;Password=hunter2hunter2;",
	} {
		t.Run(name, func(t *testing.T) {
			for wrapper, w := range around {
				reading, err := Read(strings.NewReader(w.text("FooNotReady", message+strings.Repeat(" and more of it", 100))))
				require.NoError(t, err)
				for _, c := range reading.Causes {
					title := c.Page().Title
					for _, secret := range []string{"8Q~", "MDEy", "eyJ", "hunter2"} {
						assert.NotContains(t, title, secret, wrapper)
					}
					assert.LessOrEqual(t, len([]rune(title)), maxSaid+60, wrapper)
				}
			}
		})
	}
}

func TestAnUnknownErrorOfAnotherStepStays(t *testing.T) {
	const mark = "2026-11-23T10:00:00.0000000Z "
	log := mark + "##[section]Starting: a\n" + mark + `##[error]{"code":"DeploymentFailed","message":"At least one resource deployment operation failed.","details":[{"code":"FooNotReady","message":"The foo isn't ready."}]}` + "\n" + mark + "##[section]Finishing: a\n" +
		mark + "##[section]Starting: b\n" + mark + "##[error]AADSTS7000222: The provided client secret keys are expired.\n" + mark + "##[section]Finishing: b\n"
	assert.ElementsMatch(t, []catalogue.Code{"FooNotReady", "AADSTS7000222"}, causesOf(t, log))
}
