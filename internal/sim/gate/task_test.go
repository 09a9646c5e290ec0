package gate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const plainTask = `{
	"id": "0d4b9f0e-6d3c-4d2b-9a51-6a3f3b1c7e21", "name": "Example", "friendlyName": "Example", "instanceNameFormat": "Example",
	"version": {"Major": 1, "Minor": "0", "Patch": 0}, "visibility": ["Build", "Release"], "runsOn": ["Server", "ServerGate"], "demands": [],
	"inputs": [{"name": "connection", "type": "connectedService:AzureRM", "required": true},
		{"name": "group", "type": "string", "defaultValue": "rg-default", "required": true},
		{"name": "hidden", "type": "string", "required": true, "visibleRule": "group = x"}],
	"execution": {"HttpRequest": {"Execute": {
		"EndpointId": "$(connection)", "EndpointUrl": "$(endpoint.url)subscriptions/$(endpoint.subscriptionId)?api-version=2022-12-01&g={{group}}",
		"Method": "GET", "Body": "", "Headers": "{\"Content-Type\":\"application/json\"}", "WaitForCompletion": "false",
		"Expression": "eq(root['state'], 'Enabled')"},
		"Events": {"TaskCompleted": {"Timeout": "00:01:00"}}}}}`

const chainTask = `{
	"id": "0d4b9f0e-6d3c-4d2b-9a51-6a3f3b1c7e21", "name": "Chain", "friendlyName": "Chain", "instanceNameFormat": "Chain",
	"version": {"Major": 1, "Minor": 0, "Patch": 0}, "runsOn": ["ServerGate"],
	"inputs": [{"name": "connection", "type": "connectedService:AzureRM"}],
	"execution": {"HttpRequestChain": {"Execute": [
		{"RequestInputs": {"EndpointId": "$(connection)", "EndpointUrl": "$(endpoint.url)start", "Method": "POST", "Body": "{}",
			"Expression": "eq(response['statuscode'], 'Accepted')"},
		 "ExecutionOptions": {"SkipSectionExpression": "isUrl(variables['locationUrl'])",
			"OutputVariables": "{\"locationUrl\": \"response['headers']['location']\"}"}},
		{"RequestInputs": {"EndpointId": "$(connection)", "EndpointUrl": "$(locationUrl)", "Method": "GET",
			"Expression": "eq(root['status'], 'Succeeded')"},
		 "ExecutionOptions": {"OutputVariables": {"count": "count(root['list'])"}}}]}}}`

func TestReadTakesServerTasks(t *testing.T) {
	task, err := Read([]byte("\ufeff" + plainTask))
	require.NoError(t, err)
	assert.Equal(t, "Example", task.Name)
	assert.Equal(t, []string{"Server", "ServerGate"}, task.RunsOn)
	assert.Len(t, task.Inputs, 3)
	assert.Len(t, task.sections, 1)

	chain, err := Read([]byte(chainTask))
	require.NoError(t, err)
	require.Len(t, chain.sections, 2)
	assert.Equal(t, map[string]string{"locationUrl": "response['headers']['location']"}, chain.sections[0].outputs, "as a text")
	assert.Equal(t, map[string]string{"count": "count(root['list'])"}, chain.sections[1].outputs, "as an object")
	assert.Equal(t, "isUrl(variables['locationUrl'])", chain.sections[0].skip)

	lower := strings.NewReplacer(`"EndpointUrl"`, `"endpointUrl"`, `"Execute"`, `"execute"`, `"Method"`, `"method"`).Replace(plainTask)
	_, err = Read([]byte(lower))
	require.NoError(t, err, "casing is free")
}

func TestReadRefuses(t *testing.T) {
	for name, test := range map[string]struct{ from, old, new, want string }{
		"no JSON":                          {from: plainTask, old: `{`, want: "task.json"},
		"an agent task":                    {from: plainTask, old: `["Server", "ServerGate"]`, new: `["Agent"]`, want: "runsOn"},
		"a mixture":                        {from: plainTask, old: `["Server", "ServerGate"]`, new: `["Server", "Agent"]`, want: "runsOn"},
		"nowhere to run":                   {from: plainTask, old: `"runsOn": ["Server", "ServerGate"],`, want: "runsOn"},
		"demands":                          {from: plainTask, old: `"demands": []`, new: `"demands": ["node"]`, want: "demands"},
		"an agent version":                 {from: plainTask, old: `"demands": []`, new: `"minimumAgentVersion": "3.0.0"`, want: "minimumAgentVersion"},
		"a step before the job":            {from: plainTask, old: `"demands": []`, new: `"preJobExecution": {"Node20_1": {}}`, want: "before or after"},
		"two handlers":                     {from: plainTask, old: `"execution": {`, new: `"execution": {"Delay": {},`, want: "2 handlers"},
		"an agent's handler":               {from: plainTask, old: `"HttpRequest"`, new: `"Node20_1"`, want: "acted out"},
		"another server handler":           {from: plainTask, old: `"HttpRequest"`, new: `"ServiceBus"`, want: "acted out"},
		"no handler":                       {from: plainTask, old: `"execution"`, new: `"other"`, want: "0 handlers"},
		"an id that is no GUID":            {from: plainTask, old: `0d4b9f0e-`, new: `0d4b9f0e`, want: "GUID"},
		"a name with spaces":               {from: plainTask, old: `"name": "Example"`, new: `"name": "An Example"`, want: "letters"},
		"a friendly name that is too long": {from: plainTask, old: `"friendlyName": "Example"`, new: `"friendlyName": "` + strings.Repeat("x", 41) + `"`, want: "1 to 40"},
		"no name of the instance":          {from: plainTask, old: `"instanceNameFormat": "Example"`, new: `"a": ""`, want: "instanceNameFormat"},
		"no patch level":                   {from: plainTask, old: `"Patch"`, new: `"Fix"`, want: "version"},
		"an unknown place":                 {from: plainTask, old: `"Release"]`, new: `"Everywhere"]`, want: "visibility"},
		"an input twice":                   {from: plainTask, old: `"name": "hidden"`, new: `"name": "Group"`, want: "name of its own"},
		"a property that nobody knows":     {from: plainTask, old: `"Body": ""`, new: `"Bodyy": ""`, want: "unknown field"},
		"a number where a text belongs":    {from: plainTask, old: `"Body": ""`, new: `"Body": 1`, want: "cannot unmarshal"},
		"no address":                       {from: plainTask, old: `"EndpointUrl"`, new: `"ResourceURL"`, want: "EndpointUrl and Method"},
		"no request":                       {from: plainTask, old: `"Execute"`, new: `"Cancel"`, want: "HttpRequest"},
		"a time of another form":           {from: plainTask, old: `00:01:00`, new: `1m`, want: "hh:mm:ss"},
		"a time that is too long":          {from: plainTask, old: `00:01:00`, new: `72:00:01`, want: "72 hours"},
		"a chain that is empty":            {from: chainTask, old: `"Execute": [`, new: `"Execute": [], "x": [`, want: "unknown field"},
		"a section without a request":      {from: chainTask, old: `"RequestInputs": {"EndpointId": "$(connection)", "EndpointUrl": "$(endpoint.url)start"`, new: `"ExecutionOptions": {}, "Other": {"a": "b"`, want: "unknown field"},
		"polling":                          {from: chainTask, old: `"SkipSectionExpression"`, new: `"ContinuePollingExpression"`, want: "unknown field"},
		"outputs that are a list":          {from: chainTask, old: `{"count": "count(root['list'])"}`, new: `["count"]`, want: "OutputVariables"},
		"a chain of a plain request":       {from: plainTask, old: `"HttpRequest"`, new: `"HttpRequestChain"`, want: "HttpRequestChain"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(test.from, test.old, test.new, 1)
			require.NotEqual(t, test.from, changed)
			_, err := Read([]byte(changed))
			require.ErrorContains(t, err, test.want)
		})
	}
}
