package attack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/sim/bubble"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFolderThatCantBePrintedAsItIsIsNotNamed: what is told would be the path of another file. The agent fails the step for
// an attachment that it can't find, and a later step would read what someone put there.
func TestAFolderThatCantBePrintedAsItIsIsNotNamed(t *testing.T) {
	for _, name := range []string{"a##[error]b", "a##vso[task.complete result=Failed]b", "soft\u00adhyphen", "man\u200dwoman", "esc\x1b[0m", "line\nbreak"} {
		t.Run(name, func(t *testing.T) {
			got := play(t, "healthy", func(b *bubble.Bubble) {
				b.Job.TempDirectory = filepath.Join(t.TempDir(), name)
				require.NoError(t, os.MkdirAll(b.Job.TempDirectory, 0o700))
				b.Step.Inputs["publishSummary"] = "always"
			})
			for line := range strings.Lines(got.Log) {
				assert.NotRegexp(t, `^##vso\[task\.(addattachment|uploadsummary)`, line)
			}
			assert.Equal(t, "pass", outputsIn(got.Log)["ArmPreflight.result"])
			assert.Empty(t, outputsIn(got.Log)["ArmPreflight.reportPath"])
			assert.Contains(t, got.Visible(), "isn't attached")
		})
	}
}
