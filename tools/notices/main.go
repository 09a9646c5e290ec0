// Command notices writes the licenses of everything that's linked into a program on any platform, as most of them require for
// distribution:
//
//	notices OUT PACKAGE GOOS/GOARCH...
//
// It copies the modules' license files, and doesn't assess them.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// license matches the names of files that must be distributed with a module.
var license = regexp.MustCompile(`(?i)^(licen[cs]e|notice|copying)([.-].*)?$`)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 {
		return errors.New("OUT, PACKAGE and at least one GOOS/GOARCH are needed")
	}
	folders := map[string]string{} // from module and version to its folder
	for _, platform := range args[2:] {
		if err := linked(args[1], platform, folders); err != nil {
			return err
		}
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("ask for GOROOT: %w", err)
	}
	folders["The Go standard library"] = strings.TrimSpace(string(goroot))
	var out bytes.Buffer
	out.WriteString("The program armpreflight contains the following, each under its own license. The name of a module is the address of its\n" +
		"sources (https://), which are used unchanged, at the version that follows it.\n")
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		text, err := licenses(folders[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), name, text)
	}
	return os.WriteFile(args[0], out.Bytes(), 0o644)
}

// linked adds the modules that pkg needs on platform, except its own, to folders.
func linked(pkg, platform string, folders map[string]string) error {
	system, machine, ok := strings.Cut(platform, "/")
	if !ok {
		return fmt.Errorf("%q is not GOOS/GOARCH", platform)
	}
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("list what %s needs on %s: %w", pkg, platform, err)
	}
	for line := range strings.Lines(string(out)) {
		if name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			folders[name] = dir
		}
	}
	return nil
}

// licenses joins the license files at the top of dir; it's an error if dir has no license.
func licenses(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, entry := range entries {
		if entry.IsDir() || !license.MatchString(entry.Name()) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n")))
	}
	if len(texts) == 0 {
		return "", errors.New("it brings no license")
	}
	return strings.Join(texts, "\n\n"), nil
}
