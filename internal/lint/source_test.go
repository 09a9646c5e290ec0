package lint

import (
	"armpreflight/internal/azpipeline"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type refusing struct{ fstest.MapFS }

func (r refusing) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "refused") {
		return nil, &fs.PathError{Op: "open", Path: "/secret/" + name, Err: fs.ErrPermission}
	}
	return r.MapFS.Open(name)
}

// TestAFileThatCannotBeReadIsAnError also checks that a missing part of a file that can be read isn't an error.
func TestAFileThatCannotBeReadIsAnError(t *testing.T) {
	const good = "trigger: none\nsteps: []\n"
	for _, tc := range []struct {
		name, file, text, want string
	}{
		{name: "a tab", file: "b.yml", text: "steps:\n\t- a\n", want: "b.yml:2:1: error: found character that cannot start any token"},
		{name: "an alias of nothing", file: "b.yml", text: "trigger:\n  branches:\n    include: [a]\n  x: &a [*a\nsteps: []\n", want: "b.yml:4:3: error: the bracket that opens in this line isn't closed before line 5: did not find expected ',' or ']'"},
		{name: "a bracket that is not closed", file: "b.yml", text: "steps: [a\n", want: "b.yml:1:1: error: the bracket that opens in this line isn't closed: did not find expected ',' or ']'"},
		{name: "no permission", file: "refused.yml", text: good, want: "refused.yml:1:1: error: it can't be read: permission denied"},
		{name: "too large", file: "b.yml", text: "steps: []\n#" + strings.Repeat("a", azpipeline.MaxFile), want: "b.yml:1:1: error: it's larger than 4 MiB"},
		{name: "too many parts", file: "b.yml", text: "steps: []\n" + strings.Repeat("#\r", 120_000), want: "b.yml:1:1: error: it has more parts than this tool reads"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			repository := refusing{fstest.MapFS{"a.yml": {Data: []byte(good)}, tc.file: {Data: []byte(tc.text)}}}
			for _, names := range [][]string{{"."}, {"a.yml", tc.file}, {tc.file, "a.yml"}} {
				r, err := Run(repository, names, Options{})
				require.NoError(t, err, names)
				require.Len(t, r.Unreadable, 1)
				assert.Equal(t, tc.want, r.Unreadable[0].Error())
				assert.Equal(t, 1, r.Errors())
				assert.Empty(t, r.Unseen)
			}
			_, err := Run(repository, []string{tc.file}, Options{})
			assert.EqualError(t, err, tc.want, "the only one")
			repository.MapFS["a.yml"] = &fstest.MapFile{Data: []byte("trigger: none\nsteps:\n- template: " + tc.file + "\n- template: not-there.yml\n")}
			r, err := Run(repository, []string{"a.yml"}, Options{})
			require.NoError(t, err)
			require.Len(t, r.Unreadable, 1, "a template that is used")
			assert.Equal(t, tc.want, r.Unreadable[0].Error())
			assert.Len(t, r.Unseen, 2, "what the templates hold")
		})
	}
}

// TestFilesOfOtherServicesAreNotRead has broken YAML in them, which GitHub accepts. A file that's named on the command line is read.
func TestFilesOfOtherServicesAreNotRead(t *testing.T) {
	broken := &fstest.MapFile{Data: []byte("jobs:\n  plan:\n    runs-on: [ ${{ inputs.agent }}, b ]\nsteps: [\n")}
	repository := fstest.MapFS{
		"azure-pipelines.yml": {Data: []byte("trigger: none\nsteps: []\n")}, ".github/workflows/a.yml": broken, "sample/.github/workflows/a.yml": broken,
		".circleci/config.yml": broken, ".buildkite/pipeline.yml": broken, ".gitlab-ci.yml": broken, ".travis.yml": broken, ".drone.yml": broken,
	}
	r, err := Run(repository, []string{"."}, Options{})
	require.NoError(t, err)
	assert.Empty(t, r.Unreadable)
	assert.Equal(t, 1, r.Files)
	repository[".github/pipelines/a.yml"] = broken
	r, err = Run(repository, []string{"."}, Options{})
	require.NoError(t, err)
	assert.Len(t, r.Unreadable, 1, "pipelines can be in another folder of .github")
	_, err = Run(repository, []string{".github/workflows/a.yml"}, Options{})
	assert.ErrorContains(t, err, ".github/workflows/a.yml:")
}

func TestAFolderWithoutPipelinesIsNamed(t *testing.T) {
	repository := fstest.MapFS{"sub/compose.yml": {Data: []byte("services: {}\n")}}
	for name, want := range map[string]string{".": "this folder has no Azure pipeline: ", "sub": "the folder sub has no Azure pipeline: "} {
		_, err := Run(repository, []string{name}, Options{})
		assert.ErrorContains(t, err, want, name)
	}
}
