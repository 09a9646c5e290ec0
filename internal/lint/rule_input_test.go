package lint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheFindingSaysWhatReadsTheKey(t *testing.T) {
	for name, tc := range map[string]struct{ input, headline, step string }{
		"a script":                 {input: "inlineScript: az login -p $servicePrincipalKey", headline: "the script of AzureCLI@2 reads servicePrincipalKey", step: "sign in with idToken"},
		"arguments of a script":    {input: "arguments: -key $servicePrincipalKey", headline: "the script of AzureCLI@2 reads servicePrincipalKey", step: "sign in with idToken"},
		"parameters of a template": {input: "overrideParameters: -key $servicePrincipalKey", headline: "input 'overrideParameters' of AzureCLI@2 reads servicePrincipalKey", step: "remove servicePrincipalKey from the input"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := result(t, "-- p.yml --\ntrigger: none\nsteps:\n"+cli+"sc\n    addSpnToEnvironment: true\n    "+tc.input+"\n", Options{})
			require.Len(t, r.Findings, 1)
			assert.Contains(t, r.Findings[0].Diagnosis.Headline, tc.headline)
			assert.Contains(t, r.Findings[0].Diagnosis.Steps[0], tc.step)
		})
	}
}
