package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxTab is the maximum total size of the results tab's files, compressed with gzip, in bytes: a reader waits for them.
const maxTab = 150_000

// tabContents lists every file of the package of the results tab, sorted, one per line.
//
//go:embed tab.txt
var tabContents string

// tabScope is the one permission that the results tab requests: to read runs.
const tabScope = "vso.build"

// inspectTab returns everything that is wrong with a package of the results tab, like inspect. taskSource is the task.json of the
// task whose reports it shows.
func inspectTab(p *parcel, source, taskSource, log []byte, released string) []string {
	c := &checker{p: p, released: released, contents: tabContents, scopes: []string{tabScope}}
	if err := decodeStrict(source, &c.manifest); err != nil {
		c.fault("the extension's manifest: %v", err)
		return c.faults
	}
	c.checkContents()
	c.checkInstalled()
	c.checkManifest()
	c.checkTabContribution(taskSource)
	c.checkTabFiles()
	c.checkTFX(log)
	return c.faults
}

// checkTabContribution checks that there's one tab on the page of a run, for runs of our task, at the task's version.
func (c *checker) checkTabContribution(taskSource []byte) {
	var shown struct {
		ID      string
		Version struct{ Major, Minor, Patch int }
	}
	if err := json.Unmarshal(taskSource, &shown); err != nil || shown.ID == "" {
		c.fault("the task.json of the task can't be read: %v", err)
		return
	}
	version := fmt.Sprintf("%d.%d.%d", shown.Version.Major, shown.Version.Minor, shown.Version.Patch)
	c.want(c.manifest.Version == version, "version is %s, the task's %s", c.manifest.Version, version)
	if !c.want(len(c.manifest.Contributions) == 1, "there are %d contributions, not one", len(c.manifest.Contributions)) {
		return
	}
	tab := c.manifest.Contributions[0]
	c.want(extensionID.MatchString(tab.ID), "contribution id %q is not letters, digits and hyphens", tab.ID)
	c.want(tab.Type == "ms.vss-build-web.build-results-tab" && slices.Equal(tab.Targets, []string{"ms.vss-build-web.build-results-view"}),
		"contribution %s is not a tab of the page of a run", tab.ID)
	c.want(tab.Properties.Name != "", "the tab has no name")
	c.want(slices.Equal(tab.Properties.SupportsTasks, []string{shown.ID}), "the tab is for the tasks %q, not %q", tab.Properties.SupportsTasks, shown.ID)
	c.want(c.p.files[tab.Properties.URI] != nil, "the tab's page %q is not in the package", tab.Properties.URI)
}

var (
	// anAddress finds an address anywhere else: the tab loads only what Azure DevOps gives it, and sends nothing elsewhere.
	anAddress = regexp.MustCompile(`(?i)https?://[^\s"'<>)]+`)
	// fromText are the ways to turn a text into markup or a program, and to load more of either.
	fromText = regexp.MustCompile(`\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|eval\(|new Function|importScripts|DOMParser)`)
	// loading finds what a style loads.
	loading = regexp.MustCompile(`(?i)@import|url\(`)
)

// checkTabFiles checks what a browser gets: it must work under a policy that forbids everything inline and from elsewhere.
func (c *checker) checkTabFiles() {
	packed := 0
	for _, name := range c.p.names() {
		if path.Dir(name) != "tab" {
			continue
		}
		data := c.p.files[name]
		packed += gzipped(data)
		c.want(slices.ContainsFunc(c.listing.Assets, func(a asset) bool { return a.Path == name && a.Addressable }), "%s is not addressable", name)
		c.want(!anAddress.Match(data), "%s has an address of another place: %s", name, anAddress.Find(data))
		switch path.Ext(name) {
		case ".html":
			c.checkTabPage(name, data)
		case ".js":
			c.want(!fromText.Match(data), "%s makes markup or programs from texts: %s", name, fromText.Find(data))
		case ".css":
			c.want(!loading.Match(data), "%s loads something: %s", name, loading.Find(data))
		}
	}
	c.want(packed <= maxTab, "the tab has %d bytes, packed by gzip, more than %d", packed, maxTab)
}

// checkTabPage checks that a page has no inline script, style, or handler, and loads nothing from elsewhere.
func (c *checker) checkTabPage(name string, data []byte) {
	tree, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		c.fault("%s: %v", name, err)
		return
	}
	policy := ""
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
			c.want(!strings.HasPrefix(a.Key, "on") && a.Key != "style", "%s: <%s> has the attribute %s", name, n.Data, a.Key)
			if a.Key == "src" || a.Key == "href" {
				c.want(c.p.files[path.Join(path.Dir(name), a.Val)] != nil, "%s: %q is not in the package", name, a.Val)
			}
		}
		c.want(n.Data != "style" && n.Data != "base" && (n.Data != "script" || attributes["src"] != "" && n.FirstChild == nil), "%s has a <%s> of its own", name, n.Data)
		if strings.EqualFold(attributes["http-equiv"], "Content-Security-Policy") {
			policy = attributes["content"]
		}
	}
	for _, rule := range []string{"default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action 'none'"} {
		c.want(slices.Contains(strings.Split(policy, "; "), rule), "%s: its policy doesn't say %s", name, rule)
	}
}

// gzipped returns the size of data compressed with gzip, in bytes.
func gzipped(data []byte) int {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is valid
	_, _ = w.Write(data)                                       // a buffer never fails
	_ = w.Close()
	return packed.Len()
}
