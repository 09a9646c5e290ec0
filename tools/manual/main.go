// Command manual writes the generated pages of docs: errors, checks, and troubleshooting.
//
//	manual [FOLDER]
//
// It also fills in the table of names in SECURITY.md, the logs in README.md and the Marketplace page, and the
// findings in docs/lint.md. FOLDER is the repository, by default the working directory. The command owns every page in docs/errors and docs/checks, and
// deletes pages that it no longer generates. The text of the pages comes from package manual, and the logs come from the tests.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"armpreflight/internal/cli"
	"armpreflight/internal/manual"
)

func main() {
	folder := "."
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	files, err := pages(folder)
	var changed []string
	if err == nil {
		changed, err = write(folder, files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
	for _, name := range changed {
		fmt.Println(name)
	}
}

// The comments around the generated part of SECURITY.md.
const (
	security    = "SECURITY.md"
	namesBegin  = "<!-- begin names: made by ./build.sh docs -->\n"
	namesEnding = "<!-- end names -->\n"
)

// pages creates the pages, and the part of a page that people write.
func pages(folder string) (map[string]string, error) {
	compared, err := readCompared(filepath.Join(folder, filepath.FromSlash(entries)))
	if err != nil {
		return nil, err
	}
	linked, err := readLinked(folder)
	if err != nil {
		return nil, err
	}
	files := manual.Files(compared, linked)
	written, err := os.ReadFile(filepath.Join(folder, security))
	if err != nil {
		return nil, err
	}
	before, rest, begun := strings.Cut(string(written), namesBegin)
	_, after, ended := strings.Cut(rest, namesEnding)
	if !begun || !ended {
		return nil, fmt.Errorf("%s has no place for the names of the environment", security)
	}
	files[security] = before + namesBegin + cli.NamesTable() + namesEnding + after
	for _, name := range []string{"README.md", "extension/overview.md"} {
		if files[name], err = withLog(folder, name); err != nil {
			return nil, err
		}
	}
	if files[lintPage], err = withFindings(folder); err != nil {
		return nil, err
	}
	return files, nil
}

var linkedCode = regexp.MustCompile(`\berrors/([\w-]+)\.md`)

// readLinked finds the codes that a page written by people links to.
func readLinked(folder string) ([]string, error) {
	var codes []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "extension/*.md"} {
		names, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if filepath.Base(name) == "troubleshooting.md" {
				continue // generated pages don't count
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			for _, m := range linkedCode.FindAllSubmatch(text, -1) {
				codes = append(codes, string(m[1]))
			}
		}
	}
	return codes, nil
}

// owned are the folders that contain only generated pages.
var owned = []string{"docs/errors", "docs/checks"}

// write brings the pages below folder up to date and names those it changed.
func write(folder string, files map[string]string) ([]string, error) {
	stale, err := compare(os.DirFS(folder), files)
	if err != nil {
		return nil, err
	}
	for _, name := range stale {
		file := filepath.Join(folder, filepath.FromSlash(name))
		text, wanted := files[name]
		if !wanted {
			err = os.Remove(file)
		} else if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			return nil, err
		}
	}
	return stale, nil
}

// compare names the pages in the repository that are out of date: changed, missing, or no longer generated.
func compare(repository fs.FS, files map[string]string) ([]string, error) {
	var stale []string
	for name, text := range files {
		if there, err := fs.ReadFile(repository, name); err != nil || string(there) != text {
			stale = append(stale, name)
		}
	}
	for _, folder := range owned {
		pages, err := fs.Glob(repository, path.Join(folder, "*.md"))
		if err != nil {
			return nil, err
		}
		for _, page := range pages {
			if _, wanted := files[page]; !wanted {
				stale = append(stale, page)
			}
		}
	}
	slices.Sort(stale)
	return stale, nil
}
