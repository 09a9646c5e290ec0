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
		"no JSON":                          {plainTask, `{`, ``, "task.json"},
		"an agent task":                    {plainTask, `["Server", "ServerGate"]`, `["Agent"]`, "runsOn"},
		"a mixture":                        {plainTask, `["Server", "ServerGate"]`, `["Server", "Agent"]`, "runsOn"},
		"nowhere to run":                   {plainTask, `"runsOn": ["Server", "ServerGate"],`, ``, "runsOn"},
		"demands":                          {plainTask, `"demands": []`, `"demands": ["node"]`, "demands"},
		"an agent version":                 {plainTask, `"demands": []`, `"minimumAgentVersion": "3.0.0"`, "minimumAgentVersion"},
		"a step before the job":            {plainTask, `"demands": []`, `"preJobExecution": {"Node20_1": {}}`, "before or after"},
		"two handlers":                     {plainTask, `"execution": {`, `"execution": {"Delay": {},`, "2 handlers"},
		"an agent's handler":               {plainTask, `"HttpRequest"`, `"Node20_1"`, "acted out"},
		"another server handler":           {plainTask, `"HttpRequest"`, `"ServiceBus"`, "acted out"},
		"no handler":                       {plainTask, `"execution"`, `"other"`, "0 handlers"},
		"an id that is no GUID":            {plainTask, `0d4b9f0e-`, `0d4b9f0e`, "GUID"},
		"a name with spaces":               {plainTask, `"name": "Example"`, `"name": "An Example"`, "letters"},
		"a friendly name that is too long": {plainTask, `"friendlyName": "Example"`, `"friendlyName": "` + strings.Repeat("x", 41) + `"`, "1 to 40"},
		"no name of the instance":          {plainTask, `"instanceNameFormat": "Example"`, `"a": ""`, "instanceNameFormat"},
		"no patch level":                   {plainTask, `"Patch"`, `"Fix"`, "version"},
		"an unknown place":                 {plainTask, `"Release"]`, `"Everywhere"]`, "visibility"},
		"an input twice":                   {plainTask, `"name": "hidden"`, `"name": "Group"`, "name of its own"},
		"a property that nobody knows":     {plainTask, `"Body": ""`, `"Bodyy": ""`, "unknown field"},
		"a number where a text belongs":    {plainTask, `"Body": ""`, `"Body": 1`, "cannot unmarshal"},
		"no address":                       {plainTask, `"EndpointUrl"`, `"ResourceURL"`, "EndpointUrl and Method"},
		"no request":                       {plainTask, `"Execute"`, `"Cancel"`, "HttpRequest"},
		"a time of another form":           {plainTask, `00:01:00`, `1m`, "hh:mm:ss"},
		"a time that is too long":          {plainTask, `00:01:00`, `72:00:01`, "72 hours"},
		"a chain that is empty":            {chainTask, `"Execute": [`, `"Execute": [], "x": [`, "unknown field"},
		"a section without a request":      {chainTask, `"RequestInputs": {"EndpointId": "$(connection)", "EndpointUrl": "$(endpoint.url)start"`, `"ExecutionOptions": {}, "Other": {"a": "b"`, "unknown field"},
		"polling":                          {chainTask, `"SkipSectionExpression"`, `"ContinuePollingExpression"`, "unknown field"},
		"outputs that are a list":          {chainTask, `{"count": "count(root['list'])"}`, `["count"]`, "OutputVariables"},
		"a chain of a plain request":       {plainTask, `"HttpRequest"`, `"HttpRequestChain"`, "HttpRequestChain"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(test.from, test.old, test.new, 1)
			require.NotEqual(t, test.from, changed)
			_, err := Read([]byte(changed))
			require.ErrorContains(t, err, test.want)
		})
	}
}
