package main

import (
	"regexp"
	"slices"
	"strings"
)

// serverConnection is the type of a connection input that offers only connections that Azure DevOps itself can sign in with: a
// managed identity belongs to a machine, and a publish profile gives no token.
const serverConnection = "connectedService:AzureRM:ServicePrincipal,WorkloadIdentityFederation"

// chain is the handler of a server task: requests that Azure DevOps sends on its own, one after the other. The form is that of
// the in-box AzurePolicyCheckGate (microsoft/azure-pipelines-tasks Tasks/AzurePolicyV0/task.json).
type chain struct {
	Execute []section `json:"Execute"`
}

type section struct {
	Request request `json:"RequestInputs"`
	Options options `json:"ExecutionOptions"`
}

// request has no Headers and no Body on purpose: the reads need none, and the job token gets into a request that way.
type request struct {
	EndpointID  string `json:"EndpointId"`
	EndpointURL string `json:"EndpointUrl"`
	Method      string `json:"Method"`
	Expression  string `json:"Expression"`
}

type options struct {
	Skip string `json:"SkipSectionExpression"`
}

// allowedMacro finds the macros that an address can contain without encoding: values of the connection, and never an input or a
// variable, which need uriDataEncode.
var allowedMacro = []string{"endpoint.url", "endpoint.subscriptionId"}

// expressions are those that the gate can contain: if you change them, add tests.
var expressions = []string{
	"and(eq(response['statuscode'], 'OK'), eq(response['content']['type'], 'Microsoft.Resources/resourceGroups'), eq(response['content']['properties']['provisioningState'], 'Succeeded'))",
	"and(eq(response['statuscode'], 'OK'), or(eq(response['content']['state'], 'Enabled'), startsWith(response['content']['id'], '/providers/Microsoft.Management/managementGroups/')))",
}

var (
	mustache = regexp.MustCompile(`\{\{([^}]*)\}\}`)
	encoded  = regexp.MustCompile(`\{\{#uriDataEncode (?:resourceGroupName|endpoint\.[A-Za-z]+)\}\}\{\{/uriDataEncode\}\}`)
	// The connection's own value chooses the branch, under its own prefix: otherwise, an input of that name could.
	branch = regexp.MustCompile(`^(#if endpoint\.[A-Za-z]+|else|/if)$`)
	start  = regexp.MustCompile(`^\$\(endpoint\.url\)(subscriptions/|\{\{#if )`)
	skip   = regexp.MustCompile(`^isNullOrEmpty\(taskInputs\['[A-Za-z]+'\]\)$`)
)

// checkServerTask checks that a task without an agent has what it needs, and nothing of an agent's task.
func checkServerTask(t *task, want func(bool, string, ...any) bool) {
	want(slices.Equal(t.RunsOn, []string{"Server", "ServerGate"}), "runsOn is %q, not Server and ServerGate", t.RunsOn)
	want(t.Execution.Node20 == nil && t.Execution.Node24 == nil, "a server task has no other handler")
	want(t.MinimumAgentVersion == "", "a server task has no minimumAgentVersion")
	want(t.Restrictions == nil, "a server task has no restrictions")
	want(slices.ContainsFunc(t.Inputs, func(in input) bool { return in.Type == serverConnection }), "no input has the type %s", serverConnection)
	want(len(t.Execution.Chain.Execute) > 0, "the chain has no request")
	for i, s := range t.Execution.Chain.Execute {
		r := s.Request
		want(r.Method == "GET", "request %d: the method is %q; a gate only reads", i+1, r.Method)
		want(r.EndpointID == "$(connectedServiceNameARM)", "request %d is signed by %q", i+1, r.EndpointID)
		want(start.MatchString(r.EndpointURL), "request %d does not begin with the connection's address", i+1)
		want(strings.Contains(r.EndpointURL, "?api-version="), "request %d names no api-version", i+1)
		for _, match := range macro.FindAllStringSubmatch(r.EndpointURL, -1) {
			want(slices.Contains(allowedMacro, match[1]), "request %d: %q would enter the address as it is", i+1, match[0])
		}
		for _, match := range mustache.FindAllStringSubmatch(encoded.ReplaceAllString(r.EndpointURL, ""), -1) {
			want(branch.MatchString(match[1]), "request %d: %q is neither encoded nor a branch", i+1, match[0])
		}
		want(strings.HasPrefix(r.Expression, "and(eq(response['statuscode'], 'OK'), "), "request %d: the expression does not begin with the status", i+1)
		for _, expression := range []string{r.Expression, s.Options.Skip} {
			want(!macro.MatchString(expression) && !strings.Contains(expression, "{{"), "request %d: what stands in an expression is replaced before it is read: %q", i+1, expression)
		}
		want(slices.Contains(expressions, r.Expression), "request %d: the expression is not one that was tested: %q", i+1, r.Expression)
		last := i == len(t.Execution.Chain.Execute)-1
		want(s.Options.Skip == "" || !last && skip.MatchString(s.Options.Skip), "request %d: it is skipped by %q", i+1, s.Options.Skip)
		want(strings.Count(r.EndpointURL, "?") == strings.Count(r.EndpointURL, "?api-version="), "request %d: a branch names no api-version", i+1)
	}
}
