package lint_test

import (
	"fmt"
	"strings"
	"testing/fstest"

	"armpreflight/internal/lint"
)

// The name of a connection must be known when the run is queued. Here, a step sets it.
func ExampleRun() {
	repository := fstest.MapFS{"azure-pipelines.yml": {Data: []byte(`
steps:
- bash: echo "##vso[task.setvariable variable=connection]prod-arm"
- task: AzureCLI@2
  inputs:
    azureSubscription: $(connection)
`)}}
	result, err := lint.Run(repository, []string{"azure-pipelines.yml"}, lint.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range result.Findings {
		fmt.Println(f.Where(), f.Severity, f.Diagnosis.Code)
	}
	// Output: azure-pipelines.yml:6:24 error connection-set-by-step
}

// With RequirePreflight, a job that uses Azure needs ArmPreflight@1 first, and Patch adds it.
func ExampleResult_Patch() {
	repository := fstest.MapFS{"azure-pipelines.yml": {Data: []byte(`steps:
- task: AzureCLI@2
  inputs:
    azureSubscription: prod-arm
`)}}
	result, err := lint.Run(repository, []string{"."}, lint.Options{RequirePreflight: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(result.Patch()) {
		fmt.Println(strings.TrimSpace(line))
	}
	// Output:
	// --- a/azure-pipelines.yml
	// +++ b/azure-pipelines.yml
	// @@ -1,4 +1,7 @@
	// steps:
	// +- task: ArmPreflight@1
	// +  inputs:
	// +    azureSubscription: prod-arm
	// - task: AzureCLI@2
	// inputs:
	// azureSubscription: prod-arm
}
