package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkAThousandFiles reads at least a thousand pipelines and templates from the disk: copies of those in testdata/pipelines.
func BenchmarkAThousandFiles(b *testing.B) {
	folder := b.TempDir()
	files := 0
	for round := 0; files < 1000; round++ {
		for _, s := range samples(b) {
			for name, f := range s.files {
				file := filepath.Join(folder, fmt.Sprintf("%s-%d", s.name, round), filepath.FromSlash(name))
				require.NoError(b, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(b, os.WriteFile(file, f.Data, 0o600))
				files++
			}
		}
	}
	root, err := os.OpenRoot(folder)
	require.NoError(b, err)
	defer root.Close()
	for b.Loop() {
		r, err := Run(root.FS(), []string{"."}, Options{RequirePreflight: true})
		require.NoError(b, err)
		require.NotEmpty(b, r.Findings)
	}
	b.ReportMetric(float64(files), "files")
}
