package cli

import (
	"strings"
	"testing"

	"armpreflight/internal/check"
	"armpreflight/internal/pipeline"

	"github.com/stretchr/testify/assert"
)

func TestProgress(t *testing.T) {
	var log, terminal strings.Builder
	p := progress{log: pipeline.NewLog(&log, nil), terminal: pipeline.NewLog(&terminal, nil), total: 3, share: shareAlone}
	passed := check.Result{ID: "network", Outcome: check.Outcome{Status: check.Pass}}
	p.finished(passed)
	p.finished(passed) // asked again
	p.finished(check.Result{ID: "locks", Outcome: check.Outcome{Status: check.Skip}})
	p.finished(check.Result{ID: "access-token", Outcome: check.Outcome{Status: check.Fail}})
	p.clear()
	assert.Equal(t, "##vso[task.setprogress value=33;]network: pass\n##vso[task.setprogress value=33;]network: pass\n##vso[task.setprogress value=99;]access-token: fail\n", log.String())
	assert.True(t, strings.HasSuffix(terminal.String(), "\r\x1b[2K"), "the line is gone in the end")
	assert.Contains(t, terminal.String(), "3 of 3, access-token: fail")
}

func TestNoTerminalNoLine(t *testing.T) {
	p := progress{total: 1}
	p.finished(check.Result{ID: "network", Outcome: check.Outcome{Status: check.Pass}})
	p.clear()
}
