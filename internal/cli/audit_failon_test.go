package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestWhatFailsAnAudit: a secret that ends tomorrow is a warning, and fails the verb when --fail-on says so.
func TestWhatFailsAnAudit(t *testing.T) {
	sameCodeAsOthers(t)
	const whole = `{"schemaVersion":"1","organization":"https://dev.azure.com/contoso","connections":[{"id":"a","findings":[%s]}]}`
	finding := func(severity string) string {
		return fmt.Sprintf(whole, `{"code":"secret-expiring","severity":"`+severity+`","text":"x"},{"code":"federation-advised","severity":"note","text":"x"}`)
	}
	for _, tc := range []struct {
		name, document, failOn string
		want                   int
	}{
		{name: "nothing found", document: fmt.Sprintf(whole, ""), failOn: "warn", want: ExitOK},
		{name: "a note", document: finding("note"), failOn: "warn", want: ExitOK},
		{name: "a warning, as before", document: finding("warn"), want: ExitOK},
		{name: "a warning, and fail", document: finding("warn"), failOn: "fail", want: ExitOK},
		{name: "a warning, and warn", document: finding("warn"), failOn: "warn", want: ExitFindings},
		{name: "a warning, and none", document: finding("warn"), failOn: "none", want: ExitOK},
		{name: "a failure, as before", document: finding("fail"), want: ExitFindings},
		{name: "a failure, and fail", document: finding("fail"), failOn: "fail", want: ExitFindings},
		{name: "a failure, and warn", document: finding("fail"), failOn: "warn", want: ExitFindings},
		{name: "a failure, and none", document: finding("fail"), failOn: "none", want: ExitOK},
		{name: "a word that is none", document: finding("fail"), failOn: "note", want: ExitUsage},
	} {
		t.Run(tc.name, func(t *testing.T) {
			args := []string{"audit", "merge", "--format", "json"}
			if tc.failOn != "" {
				args = append(args, "--fail-on", tc.failOn)
			}
			var out, stray bytes.Buffer
			code := Main(t.Context(), Env{Args: append(args, "part.json"), Stdout: &out, Stderr: &stray, Now: time.Now,
				Open: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(tc.document)), nil }})
			assert.Equal(t, tc.want, code, stray.String())
			assert.Equal(t, tc.want == ExitUsage, strings.Contains(stray.String(), "--fail-on must be none, fail or warn"))
		})
	}
	for failOn, want := range map[string]int{"none": ExitOK, "fail": ExitFindings, "warn": ExitFindings} {
		assert.Equal(t, want, auditing{args: []string{"--fail-on", failOn}, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}}.run(t).code, failOn)
	}
}
