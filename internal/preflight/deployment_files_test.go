package preflight

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"armpreflight/internal/connection"
	"armpreflight/internal/deployment"
	"armpreflight/internal/regular"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLinesOfTheInputDeployment(t *testing.T) {
	read := func(text string) []string {
		return ReadInputs(func(name string) string { return map[string]string{"deployment": text}[name] }, func(string) (Variable, bool) { return Variable{}, false }).Deployment
	}
	assert.Equal(t, []string{"a.json", "b.json + c.json @ resourceGroups/rg"}, read("\r\n  a.json \r\n# the network\r\n\r\n\t#\r\n b.json + c.json @ resourceGroups/rg\r\na.json"))
	assert.Empty(t, read("\n # nothing yet\n"))
}

func TestTheFormOfALine(t *testing.T) {
	for text, want := range map[string]deploymentLine{
		"main.json":                             {pattern: "main.json"},
		"main.json @ resourceGroups/rg":         {pattern: "main.json", scope: "resourceGroups/rg"},
		"main.json + a.json + b.json":           {pattern: "main.json", parameters: []string{"a.json", "b.json"}},
		"main.json  +  a.json  @  /":            {pattern: "main.json", parameters: []string{"a.json"}, scope: "/"},
		"a b/c+d@e.json @ resourceGroups/rg":    {pattern: "a b/c+d@e.json", scope: "resourceGroups/rg"},
		"a @ b/main.json @ managementGroups/mg": {pattern: "a @ b/main.json", scope: "managementGroups/mg"},
		"main.json +":                           {pattern: "main.json +"}, // as it's named
		" + a.json":                             {parameters: []string{"a.json"}},
		"main.json @ ":                          {pattern: "main.json"},
	} {
		want.text = text
		assert.Equal(t, want, parseDeployment(text), text)
	}
}

// folderOf is a workspace with some files; a name that ends in / is a folder, and one with -> in it a link.
func folderOf(t *testing.T, names ...string) Folder {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		name, target, link := strings.Cut(name, " -> ")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			require.NoError(t, os.MkdirAll(path, 0o700))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		if link {
			if err := os.Symlink(filepath.FromSlash(target), path); err != nil {
				t.Skip("NOT RUN: this machine makes no links: " + err.Error())
			}
			continue
		}
		require.NoError(t, os.WriteFile(path, []byte(`{"resources":[]}`), 0o600))
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	return Folder{FS: regular.In(root), Path: dir, Work: "s"}
}

func TestTheFilesOfAPattern(t *testing.T) {
	f := folderOf(t, "s/main.json", "s/main.parameters.json", "s/readme.md", "s/infra/net.json", "s/infra/deep/er/db.json", "s/infra/deep/app.json", "s/infra/empty/",
		"s/.git/config.json", "s/infra/.hidden.json", "s/json/", "drop/plan.json", "drop/[1]/plan.json", "s/infra/ring -> ../infra", "s/infra/linked.json -> net.json",
		"s/infra/out.json -> /etc/hostname", "s/infra/gone.json -> nowhere.json")
	infra := []string{"s/infra/gone.json", "s/infra/linked.json", "s/infra/net.json", "s/infra/out.json"} // what a link leads to is read later, or refused
	for pattern, want := range map[string][]string{
		"main.json":                        {"s/main.json"},
		`infra\net.json`:                   {"s/infra/net.json"},
		"./infra/../main.json":             {"s/main.json"},
		"../drop/plan.json":                {"drop/plan.json"},
		"../drop/[1]/plan.json":            {"drop/[1]/plan.json"},
		"*.json":                           {"s/main.json"}, // with its parameters
		"ma?n.json":                        {"s/main.json"},
		"infra/*.json":                     infra,
		`infra\*.json`:                     infra,
		"infra/*":                          infra,
		"infra/.*.json":                    {"s/infra/.hidden.json"},
		"infra/*/app.json":                 {"s/infra/deep/app.json"},
		"infra/**/app.json":                {"s/infra/deep/app.json"},
		"**/d?.json":                       {"s/infra/deep/er/db.json"},
		"infra/deep/**":                    {"s/infra/deep/app.json", "s/infra/deep/er/db.json"},
		"infra/deep/**/*.json":             {"s/infra/deep/app.json", "s/infra/deep/er/db.json"},
		"infra/deep/**/**/**/**/db.json":   {"s/infra/deep/er/db.json"},
		"**/deep/**/db.json":               {"s/infra/deep/er/db.json"},
		"../**/plan.json":                  {"drop/[1]/plan.json", "drop/plan.json"},
		filepath.Join(f.Path, "drop", "*"): {"drop/plan.json"},
		"../drop/[1]/*.json":               {"drop/[1]/plan.json"}, // a class of characters needs * or ? next to it
	} {
		t.Run(pattern, func(t *testing.T) {
			files, err := f.files(parseDeployment(pattern))
			require.NoError(t, err)
			var names []string
			for _, file := range files {
				names = append(names, file.name)
			}
			assert.Equal(t, want, names)
		})
	}
	files, err := f.files(parseDeployment("*.json + ../drop/plan.json"))
	require.NoError(t, err)
	assert.Equal(t, []deploymentFile{{"s/main.json", []string{"s/main.parameters.json", "drop/plan.json"}}}, files, "the named one overrides")
}

func TestAPatternThatLeadsNowhereOrTooFar(t *testing.T) {
	many := []string{"s/none/"}
	for i := range maxDeploymentFiles + 1 {
		many = append(many, fmt.Sprintf("s/many/%d.json", i))
	}
	f := folderOf(t, many...)
	outside := filepath.Join(filepath.Dir(f.Path), "other.json")
	for text, want := range map[string]string{
		"none/*.json":                    "no file matches",
		"nowhere/*.json":                 "no file matches",
		"many/*.bicep":                   "no file matches",
		"many/*.json":                    "the pattern fits more than 100 files",
		"**":                             "the pattern fits more than 100 files",
		"many/[*.json":                   "syntax error in pattern",
		"../../main.json":                "../../main.json is outside of the job's workspace, " + f.Path,
		`..\..\main.json`:                `..\..\main.json is outside of the job's workspace, ` + f.Path,
		"../../*/main.json":              "../../*/main.json is outside of the job's workspace, " + f.Path,
		outside:                          outside + " is outside of the job's workspace, " + f.Path,
		" + a.json":                      "the name of a file is missing",
		"many/1.json + ../../other.json": "../../other.json is outside of the job's workspace, " + f.Path,
	} {
		_, err := f.files(parseDeployment(text))
		assert.EqualError(t, err, want, text)
	}
}

// TestALinkThatLeavesTheWorkspaceIsRefused: a pull request can add one, and the log would quote what's there.
func TestALinkThatLeavesTheWorkspaceIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("NOT RUN: a link to a file of Linux")
	}
	f := folderOf(t, "s/out.json -> /etc/hostname", "s/up.json -> ../../x.json", "s/etc -> /etc", "s/fine.json -> ../drop/plan.json", "drop/plan.json")
	scope := connection.Scope{Level: connection.ResourceGroupLevel, SubscriptionID: "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14", ResourceGroup: "rg"}
	for _, name := range []string{"out.json", "up.json", "etc/hostname", "*.json"} {
		_, err := derive(t.Context(), &deployment.Needs{}, f, parseDeployment(name), scope)
		assert.ErrorContains(t, err, "path escapes from parent", name)
	}
	_, err := derive(t.Context(), &deployment.Needs{}, f, parseDeployment("fine.json"), scope)
	assert.NoError(t, err, "one that stays within is followed")
}

// TestAPatternLooksAtABoundedNumberOfFiles, however it's written: to each folder once for each rest of the pattern.
func TestAPatternLooksAtABoundedNumberOfFiles(t *testing.T) {
	f := folderOf(t, "s/"+strings.Repeat("a/", 40)+"main.json")
	for pattern, found := range map[string]bool{strings.Repeat("**/", 300) + "main.json": true, strings.Repeat("**/a/", 15) + "none.json": false} {
		w := globbing{files: f.FS, been: map[matched]bool{}}
		require.NoError(t, w.match("s", strings.Split(pattern, "/")))
		assert.Equal(t, found, len(w.found) > 0)
		assert.Less(t, w.seen, 30_000)
	}
	full := globbing{files: f.FS, been: map[matched]bool{}, seen: maxSeen - 10}
	assert.ErrorContains(t, full.match("s", []string{"**", "*"}), "the pattern covers more than 50000 files")
}

// TestALineSaysHowToChangeIt: an author of a pipeline has no flags.
func TestALineSaysHowToChangeIt(t *testing.T) {
	wrong := fmt.Errorf("main.json: %w", &deployment.ScopeError{Wants: "a resource group", Scope: "/providers/Microsoft.Management/managementGroups/mg"})
	says := "main.json: the template deploys to a resource group, but the scope is /providers/Microsoft.Management/managementGroups/mg"
	assert.EqualError(t, parseDeployment("main.json").explained(wrong), says+", the connection's own: add another one after @")
	assert.EqualError(t, parseDeployment("main.json @ managementGroups/mg").explained(wrong), says+": change what's after @")
	assert.EqualError(t, parseDeployment("a.json").explained(deployment.ErrParameters), "this is a parameter file: add it after + to the line of its template")
	other := errors.New("main.json: this is a folder")
	assert.Equal(t, other, parseDeployment("main.json").explained(other))
}
