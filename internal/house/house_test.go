// Package house holds the rules of the house as tests: which package may import
// which, what ships, and what the libraries in it may read from the environment.
package house

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"armpreflight/internal/cli"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "armpreflight/"

// TestMain leaves everything out of a short run: nothing here runs at the same time as anything else.
func TestMain(m *testing.M) {
	flag.Parse()
	if !testing.Short() {
		os.Exit(m.Run())
	}
}

// everywhere are the packages of ours that any package may import.
var everywhere = []string{"internal/lazyregexp"}

// arrows lists, for each package, the packages of ours that it may import. What
// prints doesn't ask, what asks doesn't print.
var arrows = map[string][]string{
	"internal/secret":          {},
	"internal/lazyregexp":      {},
	"internal/regular":         {},
	"internal/check":           {},
	"internal/jsonsize":        {},
	"internal/catalogue":       {},
	"internal/catalogue/facts": {"internal/catalogue"},
	"internal/arm":             {},
	"internal/codetext":        {"internal/secret"},
	"internal/evidence":        {"internal/codetext", "internal/secret", "internal/arm"},
	"internal/diagnosis":       {"internal/catalogue", "internal/secret", "internal/evidence", "internal/catalogue/facts"},
	"internal/reading":         {"internal/catalogue", "internal/codetext", "internal/secret", "internal/evidence", "internal/diagnosis"},
	"internal/pipeline":        {"internal/secret", "internal/arm"},
	"internal/connection":      {"internal/secret", "internal/arm"},
	"internal/web":             {"internal/regular", "internal/jsonsize", "internal/secret", "internal/evidence"},
	"internal/azure":           {"internal/secret", "internal/arm", "internal/web", "internal/jsonsize", "internal/connection", "internal/evidence", "internal/rights", "internal/catalogue"},
	"internal/devops":          {"internal/secret", "internal/arm", "internal/web", "internal/evidence", "internal/catalogue"},
	"internal/finding":         {"internal/check", "internal/evidence", "internal/diagnosis", "internal/catalogue", "internal/catalogue/facts"},
	"internal/preflight":       {"internal/secret", "internal/arm", "internal/check", "internal/evidence", "internal/diagnosis", "internal/finding", "internal/connection", "internal/azure", "internal/devops", "internal/rights", "internal/deployment", "internal/catalogue", "internal/catalogue/facts"},
	"internal/markdown":        {},
	"internal/markup":          {},
	"internal/report":          {"internal/catalogue/facts", "internal/check", "internal/evidence", "internal/diagnosis", "internal/secret", "internal/markdown", "internal/markup", "internal/jsonsize"},
	"internal/report/formtest": {},
	"internal/creation":        {"internal/secret", "internal/arm", "internal/check", "internal/evidence", "internal/diagnosis", "internal/finding", "internal/connection", "internal/azure", "internal/devops", "internal/rights", "internal/catalogue", "internal/catalogue/facts"},
	"internal/manual":          {"internal/catalogue", "internal/check", "internal/diagnosis", "internal/reading", "internal/preflight", "internal/creation", "internal/markdown"},
	"internal/audit":           {"internal/secret", "internal/check", "internal/evidence", "internal/diagnosis", "internal/connection", "internal/azure", "internal/devops", "internal/preflight", "internal/markdown", "internal/markup", "internal/jsonsize", "internal/catalogue", "internal/catalogue/facts", "internal/finding", "internal/armtask", "internal/decorator"},
	"internal/armtask":         {},
	"internal/decorator":       {"internal/armtask"},
	"internal/expression":      {},
	"internal/azpipeline":      {"internal/expression"},
	"internal/lint":            {"internal/armtask", "internal/azpipeline", "internal/diagnosis", "internal/catalogue", "internal/catalogue/facts"},
	"internal/deployment":      {"internal/rights"},
	"internal/cli":             {"internal/codetext", "internal/reading", "internal/regular", "internal/deployment", "internal/decorator", "internal/audit", "internal/lint", "internal/manual", "internal/secret", "internal/arm", "internal/check", "internal/evidence", "internal/diagnosis", "internal/pipeline", "internal/connection", "internal/web", "internal/azure", "internal/devops", "internal/preflight", "internal/creation", "internal/rights", "internal/report", "internal/catalogue", "internal/catalogue/facts"},
	"cmd/armpreflight":         {"internal/cli"},
	"internal/sim/cloud":       {},
	"internal/rights":          {"internal/arm"},
	"internal/sim/gate":        {},
	"internal/sim/template":    {},
	"internal/sim/agent":       {},
	"internal/sim/scenario":    {"internal/sim/cloud", "internal/sim/agent"},
	"internal/sim/bubble":      {"internal/sim/cloud", "internal/sim/scenario"},
	"internal/attack":          {},
	"cmd/demo":                 {"internal/cli", "internal/sim/cloud", "internal/sim/agent", "internal/sim/scenario"},
}

type goPackage struct {
	ImportPath, Dir string
	Imports, Deps   []string
	TestImports     []string
	XTestImports    []string
	GoFiles         []string
	Standard        bool
	Module          *struct{ Path, Version string }
}

// The packages are listed once: go list takes a second.
var (
	everything = sync.OnceValues(func() ([]goPackage, error) { return goList("./...") })
	shipping   = sync.OnceValues(func() ([]goPackage, error) { return goList("-deps", "./cmd/armpreflight") })
)

// list returns the packages of one of the lists.
func list(t *testing.T, packages func() ([]goPackage, error)) []goPackage {
	t.Helper()
	all, err := packages()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

func goList(args ...string) ([]goPackage, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Imports,Deps,TestImports,XTestImports,GoFiles,Standard,Module"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", strings.Join(args, " "), err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			return nil, fmt.Errorf("read what go list prints: %w", err)
		}
		all = append(all, p)
	}
	return all, nil
}

func TestArrowsRunOneWay(t *testing.T) {
	for _, p := range list(t, everything) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if len(p.GoFiles) == 0 || strings.HasPrefix(name, "tools/") {
			continue
		}
		allowed, known := arrows[name]
		if !assert.True(t, known, "%s is not in the plan of the house: add it to arrows with what it may import", name) {
			continue
		}
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, module); ok {
				assert.Contains(t, slices.Concat(allowed, everywhere), ours, "%s imports %s", name, ours)
			}
		}
	}
}

func TestNothingThatShipsSimulates(t *testing.T) {
	for _, p := range list(t, shipping) {
		dep := p.ImportPath
		assert.NotContains(t, dep, "internal/sim")
		assert.NotContains(t, dep, "testify")
		assert.NotEqual(t, "testing", dep)
	}
}

// shipped are the modules that may be linked into the binary. Each has its
// reason, weight, license and way out in docs/adr.
func TestEveryModuleThatShipsHasItsRecord(t *testing.T) {
	var records strings.Builder
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "adr", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		records.Write(text)
	}
	seen := map[string]bool{}
	for _, p := range list(t, shipping) {
		if p.Standard || p.Module == nil || p.Module.Path == "armpreflight" || seen[p.Module.Path] {
			continue
		}
		seen[p.Module.Path] = true
		assert.True(t, strings.Contains(records.String(), "`"+p.Module.Path+"`"), "no record in docs/adr names %s", p.Module.Path)
	}
	assert.NotEmpty(t, seen)
}

// environment lists what the libraries in the binary read from the process's
// environment, where the name can be told from their sources, otherwise the argument
// as it is written. Package cli takes out of the process, before anything else
// runs, whatever here could redirect a credential; a new name has to be judged
// and, if need be, added there.
var environment = []string{
	"AZURE_ADDITIONALLY_ALLOWED_TENANTS", "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PATH",
	"AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", "AZURE_FEDERATED_TOKEN_FILE",
	"AZURE_KUBERNETES_CA_DATA", "AZURE_KUBERNETES_CA_FILE", "AZURE_KUBERNETES_SNI_NAME", "AZURE_KUBERNETES_TOKEN_PROXY", "AZURE_PASSWORD",
	"AZURE_REGIONAL_AUTHORITY_NAME", "AZURE_SDK_GO_LOGGING", "AZURE_TENANT_ID", "AZURE_TOKEN_CREDENTIALS", "AZURE_USERNAME",
	"DEBUG_HTTP2_GOROUTINES", // x/net, prints nothing on its own
	"DEFAULT_IDENTITY_CLIENT_ID",
	"GODEBUG", // the standard library reads it too
	"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT", "MSAL_FORCE_REGION", "MSI_ENDPOINT", "MSI_SECRET",
	"OS",             // azcore, for its User-Agent
	"ProgramData",    // MSAL, where Azure Arc keeps its key file
	"REGION_NAME",    // MSAL, only when it's told to find the region on its own
	"REQUEST_METHOD", // x/net httpproxy: a CGI guard, not reached
	"SYSTEM_OIDCREQUESTURI",
	"n",           // x/net httpproxy, FromEnvironment: not called, see package web
	"os.Environ(", // azidentity, for the Azure CLI that a user is signed in to
}

var (
	read     = regexp.MustCompile(`os\.(?:Getenv|LookupEnv)\(([^)]*)\)|(os\.(?:Environ|ExpandEnv)\()`)
	constant = regexp.MustCompile(`(?m)^\s*(?:const )?(\w+)\s*=\s*"([A-Z0-9_]+)"`)
)

func TestLibrariesReadNoOtherEnvironment(t *testing.T) {
	found, names := map[string]bool{}, map[string]string{}
	for _, p := range list(t, shipping) {
		if p.Standard || strings.HasPrefix(p.ImportPath, module) {
			continue
		}
		for _, file := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, file))
			require.NoError(t, err)
			for _, m := range read.FindAllStringSubmatch(string(source), -1) {
				found[strings.Trim(m[1], `"`)+m[2]] = true
			}
			for _, m := range constant.FindAllStringSubmatch(string(source), -1) {
				names[m[1]] = m[2]
			}
		}
	}
	require.NotEmpty(t, found)
	got := map[string]bool{}
	for argument := range found {
		if name, ok := names[argument]; ok {
			argument = name
		}
		got[argument] = true
	}
	assert.Equal(t, environment, slices.Sorted(maps.Keys(got)))
}

// TestEveryNameOfTheEnvironmentIsJudged holds what the program, its shim, its libraries and the standard library read
// against the one list that says who can set it and what is done about it.
func TestEveryNameOfTheEnvironmentIsJudged(t *testing.T) {
	judged := func(name, where string) {
		t.Helper()
		assert.True(t, slices.ContainsFunc(cli.Names(), func(n cli.Name) bool { return n.Match(name) }),
			"%s reads %s: say in cli.Names who can set it, what it can do, and what we do", where, name)
	}
	for _, name := range environment {
		if name != "n" && name != "os.Environ(" {
			judged(name, "a library")
		}
	}
	ours := regexp.MustCompile(`(?:Env|getenv|Getenv|LookupEnv|FromJob)\("([A-Za-z_]+)"\)|byName\["([A-Z_]+)"\]|"(WT_SESSION|NO_COLOR|TERM)\b|NodeVariable = "([A-Z_]+)"|Variable\s+= "([A-Z_]+)"`)
	standard := regexp.MustCompile(`\b(?:Getenv|LookupEnv|gogetenv)\("([A-Za-z_]+)"\)|cert(?:File|Dir)Env\s+= "([A-Z_]+)"`)
	seen := 0
	for _, p := range list(t, shipping) {
		pattern := standard
		switch {
		case strings.HasPrefix(p.ImportPath, module):
			pattern = ours
		case !p.Standard:
			continue // above
		}
		for _, file := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, file))
			require.NoError(t, err)
			for _, m := range pattern.FindAllStringSubmatch(string(source), -1) {
				seen++
				judged(strings.Join(m[1:], ""), p.ImportPath)
			}
		}
	}
	shim, err := os.ReadFile(filepath.Join("..", "..", "task", "ArmPreflight", "v1", "index.js"))
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`process\.env\.(\w+)`).FindAllStringSubmatch(string(shim), -1) {
		seen++
		judged(m[1], "the shim")
	}
	assert.Greater(t, seen, 40)
}

func TestNoInitAndEveryPackageSaysWhatItIsFor(t *testing.T) {
	files := token.NewFileSet()
	documented := map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "dist") {
			return cmp.Or(err, fs.SkipDir)
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		documented[filepath.Dir(path)] = documented[filepath.Dir(path)] || file.Doc != nil
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				assert.NotEqual(t, "init", f.Name.Name, path)
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, len(documented), 10)
	for dir, ok := range documented {
		assert.True(t, ok, "%s has no package comment", dir)
	}
}
