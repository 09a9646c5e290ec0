package azpipeline_test

import (
	"runtime"
	"testing"
	"testing/fstest"

	"armpreflight/internal/azpipeline"
	"armpreflight/internal/lint"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFilesOfManyPartsTakeBoundedMemory has files that took two gigabytes in an earlier version, at only five of them.
func TestFilesOfManyPartsTakeBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector keeps some, too")
	}
	for name := range azpipeline.Dense {
		repository := fstest.MapFS{"azure-pipelines.yml": {Data: []byte("trigger: none\nsteps: []\n")}}
		for _, file := range []string{"a.yml", "b.yml", "c.yml", "d.yml", "e.yml"} {
			repository[file] = &fstest.MapFile{Data: azpipeline.DenseText(name, azpipeline.MaxFile/4)}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := lint.Run(repository, []string{"."}, lint.Options{})
		require.NoError(t, err, name)
		runtime.ReadMemStats(&after)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(400<<20), name)
	}
}
