package main

import (
	"encoding/xml"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// manifest is what our vss-extension.json can contain, which is less than the Marketplace allows.
// The field rules are those of the extension manifest reference (MicrosoftDocs/azure-devops-docs docs/extend/develop/manifest.md).
type manifest struct {
	ManifestVersion int               `json:"manifestVersion"`
	ID              string            `json:"id"`
	Publisher       string            `json:"publisher"`
	Version         string            `json:"version"`
	Name            string            `json:"name"`
	Description     string            `json:"description"`
	Categories      []string          `json:"categories"`
	Tags            []string          `json:"tags"`
	Targets         []target          `json:"targets"`
	Icons           map[string]string `json:"icons"`
	Content         map[string]page   `json:"content"`
	Links           map[string]link   `json:"links"`
	Repository      repository        `json:"repository"`
	GalleryFlags    []string          `json:"galleryFlags"`
	Files           []file            `json:"files"`
	Contributions   []contribution    `json:"contributions"`
	Scopes          []string          `json:"scopes"`
}

type target struct {
	ID string `json:"id"`
}

type page struct {
	Path string `json:"path"`
}

type link struct {
	URI string `json:"uri"`
}

// repository becomes the link to the sources on the page of the listing.
type repository struct {
	Type string `json:"type"`
	URI  string `json:"uri"`
}

type file struct {
	Path        string `json:"path"`
	Addressable bool   `json:"addressable"`
}

type contribution struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Targets     []string       `json:"targets"`
	Properties  contributionOf `json:"properties"`
	Description string         `json:"description"`
}

type contributionOf struct {
	Name     string `json:"name"`     // of a task's folder
	Template string `json:"template"` // of a decorator
	// URI is the page of a tab, and SupportsTasks the IDs of the tasks whose runs have the tab.
	URI           string   `json:"uri"`
	SupportsTasks []string `json:"supportsTasks"`
}

// installed is extension.vsomanifest, the part of the manifest that Azure DevOps reads. tfx copies keys it doesn't know.
type installed struct {
	ManifestVersion   int            `json:"manifestVersion"`
	Contributions     []contribution `json:"contributions"`
	Scopes            []string       `json:"scopes"`
	Repository        repository     `json:"repository"` // for the listing; tfx copies it here too
	ContributionTypes []string       `json:"contributionTypes"`
}

// listing is the part of extension.vsixmanifest, which the Marketplace reads, that must agree with ours.
type listing struct {
	Identity struct {
		ID        string `xml:"Id,attr"`
		Publisher string `xml:"Publisher,attr"`
		Version   string `xml:"Version,attr"`
	} `xml:"Metadata>Identity"`
	Assets []asset `xml:"Assets>Asset"`
}

type asset struct {
	Path        string `xml:"Path,attr"`
	Addressable bool   `xml:"Addressable,attr"`
}

var (
	extensionID   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)
	versionNumber = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$`)
)

// checkFields checks the fields that every extension has.
func (c *checker) checkFields() {
	m := &c.manifest
	c.want(m.ManifestVersion == 1, "manifestVersion is %d, not 1", m.ManifestVersion)
	c.want(extensionID.MatchString(m.ID), "id %q is not letters, digits and hyphens", m.ID)
	c.want(extensionID.MatchString(m.Publisher), "publisher %q is not letters, digits and hyphens", m.Publisher)
	c.want(versionNumber.MatchString(m.Version), "version %q is not major.minor.patch", m.Version)
	c.want(m.Name != "" && utf8.RuneCountInString(m.Name) <= 200, "name must have 1 to 200 characters")
	c.want(m.Description != "" && utf8.RuneCountInString(m.Description) <= 200, "description has %d characters, not 1 to 200", utf8.RuneCountInString(m.Description))
	c.want(slices.Equal(m.Categories, []string{"Azure Pipelines"}), "categories are %q, not Azure Pipelines", m.Categories)
	c.want(slices.Equal(m.Targets, []target{{ID: "Microsoft.VisualStudio.Services"}}), "targets are %v, not Microsoft.VisualStudio.Services", m.Targets)
	c.want(slices.Equal(m.Scopes, c.scopes), "scopes are %q, not %q; each must be consented to", m.Scopes, c.scopes)
	if c.want(m.Content["details"].Path != "", "there is no content.details page") {
		c.checkPage(m.Content["details"].Path)
	}
	for name, page := range m.Content {
		c.want(c.p.files[page.Path] != nil, "content %s names %q, which is not in the package", name, page.Path)
	}
}

// checkManifest checks the additional fields of an extension with tasks, which is for the Marketplace.
func (c *checker) checkManifest() {
	c.checkFields()
	m := &c.manifest
	for _, flag := range m.GalleryFlags {
		c.want(flag == "Public" || flag == "Preview", "gallery flag %q is not Public or Preview", flag)
	}
	for name, link := range m.Links {
		c.want(strings.HasPrefix(link.URI, "https://"), "link %s is %q, not https", name, link.URI)
	}
	for _, name := range []string{"getstarted", "learn", "support"} {
		c.want(m.Links[name].URI != "", "there is no link %s", name)
	}
	c.want(m.Repository.Type == "git" && strings.HasPrefix(m.Repository.URI, "https://"), "repository is %v, not git at an https address", m.Repository)
	c.checkIcon("icons.default", m.Icons["default"], 128)
	if c.released != "" {
		c.want(newer(m.Version, c.released), "version %s is not above %s, which is released", m.Version, c.released)
	}
}

// checkInstalled compares the manifest that tfx wrote into the package with ours.
func (c *checker) checkInstalled() {
	var made installed
	if err := decodeStrict(c.p.files["extension.vsomanifest"], &made); err != nil {
		c.fault("extension.vsomanifest: %v", err)
	}
	c.want(slices.Equal(made.Scopes, c.scopes), "the package asks for scopes %q", made.Scopes)
	c.want(len(made.Contributions) == len(c.manifest.Contributions), "the package has %d contributions, its manifest %d", len(made.Contributions), len(c.manifest.Contributions))
	if err := xml.Unmarshal(c.p.files["extension.vsixmanifest"], &c.listing); err != nil {
		c.fault("extension.vsixmanifest: %v", err)
		return
	}
	id := c.listing.Identity
	c.want(id.ID == c.manifest.ID && id.Publisher == c.manifest.Publisher && id.Version == c.manifest.Version,
		"the package is %s.%s %s, its manifest %s.%s %s", id.Publisher, id.ID, id.Version, c.manifest.Publisher, c.manifest.ID, c.manifest.Version)
}

// newer compares two versions of three numbers; false if one isn't such a version.
func newer(version, than string) bool {
	a, b := versionNumber.FindStringSubmatch(version), versionNumber.FindStringSubmatch(than)
	if a == nil || b == nil {
		return false
	}
	return slices.Compare(numbers(a[1:]), numbers(b[1:])) > 0
}

// numbers converts digits to numbers; a number that doesn't fit an int counts as 0.
func numbers(digits []string) []int {
	result := make([]int, len(digits))
	for i, text := range digits {
		result[i], _ = strconv.Atoi(text)
	}
	return result
}
