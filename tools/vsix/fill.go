package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// What stands in the sources for the publisher and for the address where people get help and report faults, until a package
// is made to be published. The top-level domain "invalid" never exists (RFC 2606).
const (
	samplePublisher = "armpreflight"
	sampleSupport   = "https://support.invalid/arm-preflight"
)

// placeholder finds an address that nobody filled in.
var placeholder = regexp.MustCompile(`(?i)https?://[^\s"'<>()/]*\.invalid\b[^\s"'<>()]*`)

// fill writes a publisher and a support address into the staged files of a package. Where one of the samples isn't found, or
// a value can't be what it should be, nothing more is written.
func fill(folder, publisher, support string) error {
	if !extensionID.MatchString(publisher) {
		return fmt.Errorf("the publisher %q isn't letters, digits and hyphens", publisher)
	}
	if u, err := url.Parse(support); err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(support, "\"'<>() \\") {
		return fmt.Errorf("the support address %q isn't an https address", support)
	}
	tasks, err := filepath.Glob(filepath.Join(folder, "*", "v*", "task.json"))
	if err != nil {
		return err
	}
	if len(tasks) == 0 {
		return fmt.Errorf("%s has no task", folder)
	}
	for _, name := range tasks {
		if err := replace(name, "itemName="+samplePublisher+".", "itemName="+publisher+"."); err != nil {
			return err
		}
	}
	manifest := filepath.Join(folder, "vss-extension.json")
	if err := replace(manifest, `"publisher": "`+samplePublisher+`"`, `"publisher": "`+publisher+`"`); err != nil {
		return err
	}
	for _, name := range []string{manifest, filepath.Join(folder, "overview.md")} {
		if err := replace(name, sampleSupport, support); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file again with every old text, of which there must be one, replaced.
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

// checkPlaceholders lists addresses in a package that were to be filled in before it's published.
func checkPlaceholders(p *parcel) []string {
	var faults []string
	for _, name := range p.names() {
		switch filepath.Ext(name) {
		case ".md", ".json", ".vsixmanifest", ".vsomanifest":
			if found := placeholder.Find(p.files[name]); found != nil {
				faults = append(faults, fmt.Sprintf("%s: %s is a placeholder; give ./build.sh package a support address", name, found))
			}
		}
	}
	return faults
}
