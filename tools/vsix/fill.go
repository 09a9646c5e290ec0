package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// These are the placeholders in the sources, until a package is built to be published: the publisher, the address where users
// get help and report faults, the repository, and the folder of the documents. The top-level domain "invalid" never exists
// (RFC 2606).
const (
	samplePublisher  = "armpreflight"
	sampleSupport    = "https://support.invalid/arm-preflight"
	sampleRepository = "https://repository.invalid/arm-preflight"
	sampleDocs       = sampleRepository + "/docs/"
)

// A filling is the values that replace the placeholders.
type filling struct {
	publisher, support, repository string
	// docs is the address of the folder docs; empty means its address on GitHub.
	docs string
}

// placeholder finds an address that no one filled in.
var placeholder = regexp.MustCompile(`(?i)https?://[^\s"'<>()/]*\.invalid\b[^\s"'<>()]*`)

// fill writes a publisher's values into the staged files of a package. If a placeholder isn't found, or a value isn't valid,
// nothing more is written.
func fill(folder string, f filling) error {
	if !extensionID.MatchString(f.publisher) {
		return fmt.Errorf("the publisher %q isn't letters, digits and hyphens", f.publisher)
	}
	f.repository = strings.TrimSuffix(f.repository, "/")
	if f.docs == "" {
		f.docs = f.repository + "/blob/HEAD/docs"
	}
	for _, a := range []struct{ name, value string }{{"support", f.support}, {"repository", f.repository}, {"documents", f.docs}} {
		if u, err := url.Parse(a.value); err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(a.value, "\"'<>() \\") {
			return fmt.Errorf("the %s address %q isn't an https address", a.name, a.value)
		}
	}
	tasks, err := filepath.Glob(filepath.Join(folder, "*", "v*", "task.json"))
	if err != nil {
		return err
	}
	manifest := filepath.Join(folder, "vss-extension.json")
	if len(tasks) == 0 && !isTab(manifest) {
		return fmt.Errorf("%s has no task and no tab", folder)
	}
	for _, name := range tasks {
		if err := replace(name, "itemName="+samplePublisher+".", "itemName="+f.publisher+"."); err != nil {
			return err
		}
	}
	if err := replace(manifest, `"publisher": "`+samplePublisher+`"`, `"publisher": "`+f.publisher+`"`); err != nil {
		return err
	}
	for _, name := range []string{manifest, filepath.Join(folder, "overview.md")} {
		for _, a := range []struct{ old, with string }{{sampleSupport, f.support}, {sampleDocs, strings.TrimSuffix(f.docs, "/") + "/"}} {
			if err := replace(name, a.old, a.with); err != nil {
				return err
			}
		}
	}
	return replace(manifest, sampleRepository, f.repository)
}

// isTab reports whether a manifest contributes a tab.
func isTab(manifest string) bool {
	text, err := os.ReadFile(manifest)
	return err == nil && strings.Contains(string(text), "build-results-tab")
}

// replace rewrites a file with every old text replaced. Each must occur once.
func replace(name, old, with string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !strings.Contains(string(text), old) {
		return fmt.Errorf("%s has no %s to fill in", name, old)
	}
	return os.WriteFile(name, []byte(strings.ReplaceAll(string(text), old, with)), 0o644)
}

// checkPlaceholders lists addresses in a package that must be filled in before it's published.
func checkPlaceholders(p *parcel) []string {
	var faults []string
	for _, name := range p.names() {
		switch filepath.Ext(name) {
		case ".md", ".json", ".vsixmanifest", ".vsomanifest":
			if found := placeholder.Find(p.files[name]); found != nil {
				faults = append(faults, fmt.Sprintf("%s: %s is a placeholder; give ./build.sh package the addresses of a publisher", name, found))
			}
		}
	}
	return faults
}
