package azpipeline

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFileOfAnotherServiceIsNoPipeline(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want bool
	}{
		"a pipeline":      {text: "steps:\n- script: a\n", want: true},
		"a registry task": {text: "version: v1.1.0\nsteps:\n- build: -t shop .\n"},
		"a registry task that the registry fills in": {text: "version: v1.1.0\nsteps:\n- push: [ {{.Run.Registry}}/shop ]\n"},
		"a workflow":                           {text: "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"},
		"a broken workflow":                    {text: "on:\n  push:\njobs:\n  a:\n    runs-on: ubuntu-latest\n   b:\n    runs-on: ubuntu-latest\n"},
		"a broken workflow that calls another": {text: "name: a\n\"on\": push\njobs:\n  a:\n      uses: contoso/shop/.github/workflows/a.yml@main\n   b:\n"},
		"a pipeline that writes a workflow":    {text: "jobs:\n- job: a\n  steps:\n  - script: |\n      on: push\n      jobs:\n        a:\n          runs-on: x\n", want: true},
		"a script that names a version":        {text: "steps:\n- script: |\n    version: 1\n", want: true},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := NewLibrary(fstest.MapFS{"p.yml": {Data: []byte(tc.text)}}).OpenIf("p.yml")
			require.NoError(t, err)
			assert.Equal(t, tc.want, file != nil && file.IsPipeline())
		})
	}
	file, err := NewLibrary(fstest.MapFS{"p.yml": {Data: []byte("version: v1.1.0\nsteps:\n- build: -t shop .\n")}}).Open("p.yml")
	require.NoError(t, err)
	assert.False(t, file.IsPipeline(), "it's named on the command line")
}
