package house

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAReleaseIsBuiltWithoutTheBuildersSettings sets Go by variables and by go env -w to what would change the programs, and
// asks Go what is left of it. How modules are fetched must stay.
func TestAReleaseIsBuiltWithoutTheBuildersSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env")
	require.NoError(t, os.WriteFile(file, []byte("GOFLAGS=-tags=hostile\nGOEXPERIMENT=jsonv2\nGOWORK=/nowhere/go.work\nGOFIPS140=latest\n"+
		"GOAMD64=v3\nGOPROXY=https://proxy.contoso.example\nGOPRIVATE=contoso.example\n"), 0o600))
	for name, set := range map[string][]string{
		"by go env -w":      {"GOENV=" + file},
		"by the shell also": {"GOENV=" + file, "GOFLAGS=-gcflags=all=-N", "GOWORK=/elsewhere/go.work", "GOEXPERIMENT=jsonv2", "GOFIPS140=latest"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "bash", "-c", "source ./build.sh help >/dev/null && release_environment && go env -json")
			cmd.Dir = filepath.Join("..", "..")
			for _, variable := range os.Environ() {
				switch name, _, _ := strings.Cut(variable, "="); name {
				case "GOFLAGS", "GOWORK", "GOEXPERIMENT", "GOFIPS140", "GOPROXY", "GOPRIVATE":
				default:
					cmd.Env = append(cmd.Env, variable)
				}
			}
			cmd.Env = append(cmd.Env, set...)
			out, err := cmd.Output()
			require.NoError(t, err, string(out))
			var got map[string]string
			require.NoError(t, json.Unmarshal(out, &got))
			for variable, want := range map[string]string{"GOFLAGS": "", "GOEXPERIMENT": "", "GOWORK": "off", "GOFIPS140": "off",
				"GOAMD64": "v1", "GOPROXY": "https://proxy.contoso.example", "GOPRIVATE": "contoso.example"} {
				assert.Equal(t, want, got[variable], variable)
			}
		})
	}
}

// TestWhatRunsAtTheSameTimeIsTestedForRaces: each package of the program that starts goroutines is in build.sh's list.
func TestWhatRunsAtTheSameTimeIsTestedForRaces(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "bash", "-c", `source ./build.sh help >/dev/null && go list "${racing[@]}"`)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	require.NoError(t, err)
	tested := strings.Fields(string(out))
	starting := 0
	names, err := filepath.Glob(filepath.Join("..", "*", "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		starts := false
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				starts = true
			case *ast.SelectorExpr:
				starts = starts || n.Sel.Name == "Go" || n.Sel.Name == "AfterFunc"
			}
			return true
		})
		if starts {
			starting++
			assert.Contains(t, tested, module+"internal/"+filepath.Base(filepath.Dir(name)), name)
		}
	}
	assert.Greater(t, starting, 4)
}

// TestWhatIsTestedForRacesOnlyIsTestedWhole: no test of these packages makes itself short.
func TestWhatIsTestedForRacesOnlyIsTestedWhole(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "bash", "-c", `source ./build.sh help >/dev/null && go list -f '{{.Dir}}' "${only_racing[@]}"`)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	require.NoError(t, err)
	for dir := range strings.FieldsSeq(string(out)) {
		names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		require.NoError(t, err)
		require.NotEmpty(t, names, dir)
		for _, name := range names {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			assert.NotContains(t, string(text), "testing.Short()", name)
		}
	}
}
