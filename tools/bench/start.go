package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// bareProgram does nothing, and links what every program that uses HTTP links, and what else it imports.
const bareProgram = `package main

import (
	"fmt"
	"net/http"
	"os"
%s)

func main() {
	if len(os.Args) > 9 {
		fmt.Println(http.ListenAndServe("", nil))
	}
}
`

// measureStart measures how long the program takes to print its version, and how long two others take to do nothing: a bare one, and
// one that also initializes the libraries of ours. The rest is ours, and the size of the program.
func measureStart(ctx context.Context, taskDir, work string, runs int) ([]figure, error) {
	program := filepath.Join(taskDir, "bin", runtime.GOOS+"-"+runtime.GOARCH, "armpreflight")
	bare, linked := filepath.Join(work, "bare"), filepath.Join(work, "linked")
	if runtime.GOOS == "windows" {
		program, bare, linked = program+".exe", bare+".exe", linked+".exe"
	}
	if err := os.Chmod(program, 0o755); err != nil { // the package has no exec bits
		return nil, err
	}
	libraries, err := libraries(ctx)
	if err != nil {
		return nil, err
	}
	if err := buildBare(ctx, bare, nil); err != nil {
		return nil, err
	}
	if err := buildBare(ctx, linked, libraries); err != nil {
		return nil, err
	}
	programs := []struct {
		what    string
		command []string
		samples []sample
	}{
		{what: "A bare program that links net/http", command: []string{bare}},
		{what: "The same with the libraries of this program", command: []string{linked}},
		{what: "`armpreflight version`", command: []string{program, "version"}},
	}
	for i := range runs + 1 { // the first of each reads the files from disk
		for j := range programs {
			p := &programs[j]
			s, err := timed(func() error {
				if text, err := exec.CommandContext(ctx, p.command[0], p.command[1:]...).CombinedOutput(); err != nil {
					return fmt.Errorf("start %s: %w\n%s", p.command[0], err, text)
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
			if i > 0 {
				p.samples = append(p.samples, s)
			}
		}
	}
	var all []figure
	for _, p := range programs {
		all = append(all, figureOf(theStart, p.what, p.samples))
	}
	return all, nil
}

// libraries are the packages of others that our packages in the program import.
func libraries(ctx context.Context) ([]string, error) {
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-f", `{{if and .Module .Module.Main}}{{join .Imports "\n"}}{{end}}`, "./cmd/armpreflight")
	list.Stderr = os.Stderr
	text, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the libraries: %w", err)
	}
	names := slices.DeleteFunc(strings.Fields(string(text)), func(name string) bool {
		module, _, _ := strings.Cut(name, "/")
		return !strings.Contains(module, ".") // Go's or ours
	})
	slices.Sort(names)
	return slices.Compact(names), nil
}

// buildBare builds the bare program as build.sh compiles ours.
func buildBare(ctx context.Context, out string, imports []string) error {
	var lines strings.Builder
	for _, name := range imports {
		fmt.Fprintf(&lines, "\t_ %q\n", name)
	}
	source := out + ".go"
	if err := os.WriteFile(source, fmt.Appendf(nil, bareProgram, lines.String()), 0o600); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", out, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build a bare program: %w\n%s", err, text)
	}
	return nil
}
