package cli

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestAnAuditInAScriptStepTrustsNoVariable: a script step isn't told which names
// are variables of the job, so none of them decides what to trust.
func TestAnAuditInAScriptStepTrustsNoVariable(t *testing.T) {
	asked := 0
	got := auditing{
		environ: []string{"TF_BUILD=True", "AZURE_DEVOPS_EXT_PAT=" + pat()},
		spoil:   func(http.ResponseWriter, *http.Request) bool { asked++; return false },
	}.run(t)
	assert.Zero(t, asked)
	assert.NotZero(t, got.code)
	assert.Contains(t, got.stderr, "ignored: the certificate authorities of ")
}
