package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// logs is where the log of each scenario is, as the step prints it.
const logs = "internal/endtoend/testdata/log"

// shownLog finds the place for a log in a hand-written page; its name is the scenario's.
var shownLog = regexp.MustCompile(`(?s)(<!-- begin log ([a-z-]+): made by \./build\.sh docs -->\n).*?(<!-- end log -->\n)`)

// withLog returns a page with the current log in it.
func withLog(folder, name string) (string, error) {
	page, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	place := shownLog.FindSubmatch(page)
	if place == nil {
		return "", fmt.Errorf("%s has no place for a log", name)
	}
	log, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(logs), string(place[2])+".txt"))
	if err != nil {
		return "", err
	}
	before, after := string(place[1]), string(place[3])
	return strings.Replace(string(page), string(place[0]), before+"```\n"+excerpt(string(log))+"```\n"+after, 1), nil
}

// excerpt returns a log as the page of a run shows it before the reader unfolds anything: groups are folded, and issues are
// elsewhere on the page. It leaves out what's specific to the machine.
func excerpt(log string) string {
	var b strings.Builder
	folded := false
	for line := range strings.Lines(log) {
		switch {
		case strings.HasPrefix(line, "##[endgroup]"):
			folded = false
		case folded:
		case strings.HasPrefix(line, "##[group]"):
			folded = true
			b.WriteString("▸ " + strings.TrimPrefix(line, "##[group]"))
		case strings.HasPrefix(line, "##"), strings.HasPrefix(line, "in use:"):
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}
