package gate

// longestText is what InvokeRestApiV1's task.json allows for body and headers, in characters.
const longestText = 2000

// InvokeREST is the built-in Invoke REST API task or check with an Azure Resource Manager connection, set up as a recipe
// says. The job's input connectedServiceNameARM names the connection; the texts of the recipe are filled in first.
// Source: microsoft/azure-pipelines-tasks Tasks/InvokeRestApiV1/task.json.
func InvokeREST(urlSuffix, headers, successCriteria, method, body string) *Task {
	return &Task{
		Name: "InvokeRESTAPI", RunsOn: []string{"Server", "ServerGate"},
		sections: []section{{inputs: requestInputs{
			EndpointID:  "$(connectedServiceNameARM)",
			EndpointURL: "$(endpoint.url)$(urlSuffix)",
			Method:      "$(method)", Headers: "$(headers)", Body: "$(body)", Expression: "$(successCriteria)",
		}}},
		recipe: map[string]string{"urlSuffix": urlSuffix, "headers": headers, "successCriteria": successCriteria,
			"method": method, "body": body},
		maxCharsIn: map[string]int{"headers": longestText, "body": longestText},
	}
}
