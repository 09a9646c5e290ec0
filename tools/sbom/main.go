// Command sbom writes what is linked into the programs, as a CycloneDX bill of materials:
//
//	sbom OUT VERSION PROGRAM...
//
// Names and versions are those that the Go toolchain recorded in the programs; each module is listed once. Nothing depends
// on the time or the machine, so two builds of a commit give the same bill of materials. It recognizes licenses by their
// text, and doesn't assess them.
package main

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// module is a linked module.
type module struct{ path, version string }

func run(args []string) error {
	if len(args) < 3 {
		return errors.New("OUT, VERSION and at least one PROGRAM are needed")
	}
	modules := map[string]module{}
	for _, program := range args[2:] {
		if err := linked(program, modules); err != nil {
			return err
		}
	}
	var components []cyclonedx.Component
	var refs []string
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		c, err := component(modules[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		components, refs = append(components, c), append(refs, c.BOMRef)
	}
	product := cyclonedx.Component{
		BOMRef: "pkg:golang/armpreflight@" + args[1], Type: cyclonedx.ComponentTypeApplication, Name: "armpreflight", Version: args[1],
		Licenses: &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "MIT"}}},
	}
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{Component: &product}
	bom.Components = &components
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: product.BOMRef, Dependencies: &refs}}

	var out bytes.Buffer
	if err := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		return err
	}
	return os.WriteFile(args[0], out.Bytes(), 0o644)
}

// linked adds the modules that the toolchain recorded in a program.
func linked(program string, modules map[string]module) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			return fmt.Errorf("%s: %s is replaced, which a bill of materials would hide", program, m.Path)
		}
		modules[m.Path+" "+m.Version] = module{path: m.Path, version: m.Version}
	}
	// The standard library isn't a module; its version is the toolchain's.
	version, _, _ := strings.Cut(strings.TrimPrefix(info.GoVersion, "go"), " ")
	modules["std "+version] = module{path: "std", version: version}
	return nil
}

func component(m module) (cyclonedx.Component, error) {
	folder, err := folderOf(m)
	if err != nil {
		return cyclonedx.Component{}, err
	}
	ids, err := licenses(folder)
	if err != nil {
		return cyclonedx.Component{}, err
	}
	url := "pkg:golang/" + m.path + "@" + m.version
	c := cyclonedx.Component{BOMRef: url, PackageURL: url, Type: cyclonedx.ComponentTypeLibrary, Name: m.path, Version: m.version, Scope: cyclonedx.ScopeRequired}
	var choices cyclonedx.Licenses
	for _, id := range ids {
		choices = append(choices, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: id}})
	}
	c.Licenses = &choices
	return c, nil
}

// folderOf asks the toolchain for the folder of a module's sources.
func folderOf(m module) (string, error) {
	args := []string{"list", "-m", "-f", "{{.Dir}}", m.path + "@" + m.version}
	if m.path == "std" {
		args = []string{"env", "GOROOT"}
	}
	out, err := exec.Command("go", args...).Output()
	folder := strings.TrimSpace(string(out))
	if err == nil && folder == "" {
		err = errors.New("its sources are not on this machine")
	}
	return folder, err
}

// known are the licenses of the shipped modules, by sentences that no other license has.
var known = []struct {
	id        string
	sentences []string
}{
	// One file of go-textseg has three licenses, and its text of Apache's is a reference.
	{"MIT AND Apache-2.0 AND Unicode-DFS-2016", []string{"Permission is hereby granted, free of charge, to any person obtaining a copy",
		"Unicode table generation programs are under a separate copyright and license", "COPYRIGHT AND PERMISSION NOTICE Copyright © 1991-2017 Unicode, Inc."}},
	{"MPL-2.0", []string{"Mozilla Public License", "Source Code Form", "Secondary License"}},
	{"Apache-2.0", []string{"Apache License Version 2.0, January 2004", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"}},
	{"MIT", []string{"Permission is hereby granted, free of charge, to any person obtaining a copy", "The above copyright notice and this permission notice shall be included"}},
	{"BSD-3-Clause", []string{"Redistributions in binary form must reproduce the above copyright notice", "Neither the name of"}},
	{"BSD-2-Clause", []string{"Redistributions in binary form must reproduce the above copyright notice"}},
}

// identify returns the SPDX ID of a license's text; it ignores white space between words.
func identify(text string) (string, bool) {
	text = strings.Join(strings.Fields(text), " ")
	for _, k := range known {
		if !slices.ContainsFunc(k.sentences, func(s string) bool { return !strings.Contains(text, s) }) {
			return k.id, true
		}
	}
	return "", false
}

var licenseFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)([.-].*)?$`)

// licenses returns the SPDX IDs of the license files at the top of a folder. An
// unknown text is an error: someone has to read it.
func licenses(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, entry := range entries {
		if entry.IsDir() || !licenseFile.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		id, ok := identify(string(text))
		if !ok {
			return nil, fmt.Errorf("%s is none of the known licenses", entry.Name())
		}
		for part := range strings.SplitSeq(id, " AND ") {
			ids[part] = true
		}
	}
	if len(ids) == 0 {
		return nil, errors.New("it brings no license")
	}
	return slices.Sorted(maps.Keys(ids)), nil
}
