package main

import (
	"bytes"
	"image/png"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	markdownLink = regexp.MustCompile(`(!?)\[[^\]]*\]\(\s*<?([^)\s>]*)`)
	htmlLink     = regexp.MustCompile(`(?i)<(img|a)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'\s>]*)`)
	reference    = regexp.MustCompile(`(?m)^\s{0,3}\[[^\]]+\]:\s*(\S+)`)
)

// checkPage checks the links and images of a page of the listing, as the Marketplace does only at upload: HTTPS, no SVG,
// and what is in the package must be there and be served.
func (c *checker) checkPage(name string) {
	text := string(c.p.files[name])
	c.want(strings.HasPrefix(text, "# "), "%s does not begin with a title", name)
	for _, match := range markdownLink.FindAllStringSubmatch(text, -1) {
		c.checkLink(name, match[2], match[1] == "!")
	}
	for _, match := range htmlLink.FindAllStringSubmatch(text, -1) {
		c.checkLink(name, match[2], strings.EqualFold(match[1], "img"))
	}
	for _, match := range reference.FindAllStringSubmatch(text, -1) {
		c.checkLink(name, match[1], false)
	}
}

func (c *checker) checkLink(page, address string, image bool) {
	bare, _, _ := strings.Cut(address, "#")
	bare, _, _ = strings.Cut(bare, "?")
	c.want(!strings.HasSuffix(strings.ToLower(bare), ".svg"), "%s: %q is an SVG, which the Marketplace refuses", page, address)
	switch {
	case strings.HasPrefix(address, "https://"), bare == "" && !image:
		return
	case strings.Contains(address, ":") || strings.HasPrefix(address, "//"):
		c.fault("%s: %q is not https", page, address)
		return
	}
	file := path.Join(path.Dir(page), bare)
	if !c.want(c.p.files[file] != nil, "%s: %q is not in the package", page, address) {
		return
	}
	served := false
	for _, asset := range c.listing.Assets {
		served = served || asset.Path == file && asset.Addressable
	}
	c.want(served, "%s: %q is in the package but not addressable", page, address)
}

// checkIcon checks that a file is a PNG with this edge, according to its header.
func (c *checker) checkIcon(what, name string, edge int) {
	data := c.p.files[name]
	if !c.want(data != nil, "%s %q is not in the package", what, name) {
		return
	}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		c.fault("%s %s is not a PNG file: %v", what, name, err)
		return
	}
	c.want(config.Width == edge && config.Height == edge, "%s %s is %d×%d, not %d×%d", what, name, config.Width, config.Height, edge, edge)
}

// checkTFX checks that tfx printed no warning: it exits with 0 even if it did.
func (c *checker) checkTFX(log []byte) {
	for line := range strings.SplitSeq(string(log), "\n") {
		lower := strings.ToLower(strings.TrimSpace(line))
		if slices.ContainsFunc([]string{"warning:", "error:"}, func(prefix string) bool { return strings.HasPrefix(lower, prefix) }) {
			c.fault("tfx said: %s", strings.TrimSpace(line))
		}
	}
}
