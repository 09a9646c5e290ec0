package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// maxPackage is the largest package in bytes that every Azure DevOps Server accepts (docs/adr/0016-package-size.md): 2019 and older
// accept 25 MiB, newer ones 100.
const maxPackage = 25 << 20

// recorded has a line for each size that was accepted, the newest last: the bytes, and why the package has that size.
//
//go:embed size.txt
var recorded string

// contents lists every file that a package must have, sorted, one per line; an extra or missing file is a fault.
//
//go:embed contents.txt
var contents string

// checker collects what's wrong with one package.
type checker struct {
	p        *parcel
	manifest manifest
	listing  listing
	tasks    []*task
	released string
	contents string   // every file that the package has, one per line
	scopes   []string // the scopes that it requests
	faults   []string
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// want records a fault unless ok, which it returns.
func (c *checker) want(ok bool, format string, args ...any) bool {
	if !ok {
		c.fault(format, args...)
	}
	return ok
}

// inspect returns everything that is wrong with package p, in a stable order of subjects; source is the manifest it was made
// from, log what tfx printed (nil: not checked), released the last released version ("": none).
func inspect(p *parcel, source, log []byte, released string) []string {
	c := &checker{p: p, released: released, contents: contents}
	if err := decodeStrict(source, &c.manifest); err != nil {
		c.fault("the extension's manifest: %v", err)
		return c.faults
	}
	c.want(p.size <= maxPackage, "the package has %d bytes, more than the %d that every server takes", p.size, maxPackage)
	c.checkContents()
	c.checkInstalled()
	c.checkManifest()
	c.readTasks()
	c.checkFamilies()
	c.checkContributions()
	for _, t := range c.tasks {
		c.checkTask(t)
		c.checkSchema(t)
	}
	c.checkTFX(log)
	return c.faults
}

func (c *checker) checkContents() {
	expected := strings.Split(strings.TrimSuffix(c.contents, "\n"), "\n")
	for _, name := range expected {
		c.want(c.p.files[name] != nil, "%s is missing from the package", name)
	}
	for _, name := range c.p.names() {
		c.want(slices.Contains(expected, name), "%s is not expected in the package", name)
	}
}
