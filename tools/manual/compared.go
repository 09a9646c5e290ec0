package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// entries is where the Markdown files of the catalogue are. Their sources are read from there, because the program
// doesn't contain them.
const entries = "internal/catalogue/entries"

// readCompared reads the sources of each entry's facts from its front matter, by code.
func readCompared(folder string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*", "*.md"))
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		_, rest, _ := bytes.Cut(text, []byte("---\n"))
		front, _, _ := bytes.Cut(rest, []byte("\n---\n"))
		var entry struct {
			Code      string   `yaml:"code"`
			Aliases   []string `yaml:"aliases"`
			Sources   []string `yaml:"sources"`
			Checked   string   `yaml:"checked"`
			Unchecked string   `yaml:"unchecked"`
		}
		if err := yaml.Unmarshal(front, &entry); err != nil {
			return nil, fmt.Errorf("front matter of %s: %w", file, err)
		}
		for _, code := range append(entry.Aliases, entry.Code) {
			all[code] = comparedWith(entry.Sources, entry.Checked, entry.Unchecked)
		}
	}
	return all, nil
}

// comparedWith lists the sources in a sentence without a full stop, as Markdown for a page in docs/errors.
func comparedWith(sources []string, checked, unchecked string) string {
	if len(sources) == 0 {
		if unchecked == "" {
			return ""
		}
		return "Seen in reports; not found in documentation"
	}
	links := make([]string, len(sources))
	for i, source := range sources {
		links[i] = sourceLink(source)
	}
	return "Checked on " + checked + " against: " + strings.Join(links, ", ")
}

// sourceLink leads to a page, a file of a public repository, or a file of this one.
func sourceLink(source string) string {
	repository, file, there := strings.Cut(source, " ")
	switch {
	case there:
		return fmt.Sprintf("[%s of %s](https://github.com/%s/blob/HEAD/%s)", path.Base(file), repository, repository, file)
	case strings.HasPrefix(source, "https://"):
		return fmt.Sprintf("[%s](%s)", path.Base(source), source)
	default:
		return fmt.Sprintf("[%s](../../%s)", source, source)
	}
}
