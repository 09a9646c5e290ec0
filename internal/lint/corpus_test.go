package lint

import (
	"armpreflight/internal/azpipeline"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// sample is a repository of testdata/pipelines. What it wants is worked out from what Azure DevOps does, and not copied from lint.
type sample struct {
	name, want string
	after      bool // it has the structure of a public pipeline, which its comment names
	options    Options
	files      fstest.MapFS
}

func samples(t testing.TB) []sample {
	names, err := filepath.Glob(filepath.Join("testdata", "pipelines", "*.txtar"))
	require.NoError(t, err)
	var all []sample
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		archive := txtar.Parse(text)
		about := string(archive.Comment)
		s := sample{name: strings.TrimSuffix(filepath.Base(name), ".txtar"), files: fstest.MapFS{}, after: strings.Contains(about, "\nafter: https://github.com/"),
			options: Options{RequirePreflight: strings.Contains(about, "\nflags: require-preflight")}}
		for _, f := range archive.Files {
			if f.Name == "want" {
				s.want = string(f.Data)
			} else {
				s.files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
		}
		all = append(all, s)
	}
	return all
}

// lines returns the places of all findings, sorted.
func lines(r Result) []string {
	type line struct {
		at   azpipeline.Position
		text string
	}
	var all []line
	for _, f := range r.Findings {
		for _, at := range f.Places {
			all = append(all, line{at, fmt.Sprintf("%s %s %s", at, f.Severity, f.Diagnosis.Code)})
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.text, b.text)) })
	var texts []string
	for _, one := range all {
		texts = append(texts, one.text)
	}
	return texts
}

func TestPipelinesComeToWhatIsExpected(t *testing.T) {
	all := samples(t)
	clean, public := 0, 0
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			r, err := Run(s.files, []string{"."}, s.options)
			require.NoError(t, err)
			var got strings.Builder
			for _, line := range lines(r) {
				fmt.Fprintln(&got, line)
			}
			for _, u := range r.Unseen {
				fmt.Fprintf(&got, "%s:%d not seen\n", u.File, u.Line)
			}
			assert.Equal(t, s.want, got.String())
		})
		if !strings.Contains(s.want, "connection-") && !strings.Contains(s.want, "preflight-") {
			clean++
		}
		if s.after {
			public++
		}
	}
	assert.GreaterOrEqual(t, len(all), 60)
	assert.GreaterOrEqual(t, clean, len(all)*2/5, "no false alarm is seen where nothing is clean")
	assert.GreaterOrEqual(t, public, 15)
}
