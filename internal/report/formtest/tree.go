package formtest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// outlineOf is a line for each block below a node: its element and its text. Every inline element shows in the line, so that none
// can come from outside unseen.
func outlineOf(n *html.Node, autolinks bool) []string {
	var all []string
	for child := range n.ChildNodes() {
		switch child.Type {
		case html.TextNode:
			if text := words(child.Data); text != "" {
				all = append(all, "text "+text)
			}
		case html.ElementNode:
			all = append(all, outlineOfElement(child, autolinks)...)
		default:
			all = append(all, fmt.Sprintf("?%d %s", child.Type, child.Data))
		}
	}
	return all
}

func outlineOfElement(n *html.Node, autolinks bool) []string {
	switch n.Data {
	case "h1", "h2", "h3", "h4", "p", "dt", "dd", "summary":
		return []string{block(n.Data, "%s", textOf(n, autolinks))}
	case "li":
		return []string{block(n.Parent.Data+".li", "%s", textOf(n, autolinks))}
	case "pre":
		return []string{"pre " + raw(n)}
	case "tr":
		var cells []string
		for cell := range n.ChildNodes() {
			if cell.Type == html.ElementNode {
				cells = append(cells, words(textOf(cell, autolinks)))
			}
		}
		return []string{"tr " + strings.Join(cells, " | ")}
	case "svg":
		return picture(n)
	case "section", "header":
		return append([]string{n.Data + " " + attribute(n, "class")}, outlineOf(n, autolinks)...)
	case "ol", "ul", "dl", "table", "thead", "tbody", "div", "details", "main":
		return outlineOf(n, autolinks)
	}
	return []string{"?" + n.Data + " " + raw(n)}
}

// textOf is the text of a block, with marks for the elements in it.
func textOf(n *html.Node, autolinks bool) string {
	var b strings.Builder
	for child := range n.ChildNodes() {
		switch {
		case child.Type == html.TextNode:
			b.WriteString(child.Data)
		case child.Type != html.ElementNode:
			fmt.Fprintf(&b, "⟨?%d %s⟩", child.Type, child.Data)
		case child.Data == "br":
			b.WriteString(" ⏎ ")
		case child.Data == "p": // of a list item with more than a line
			b.WriteString(" " + textOf(child, autolinks) + " ")
		case child.Data == "a" && isAddressOf(child):
			if autolinks && (n.Data != "p" || words(raw(n)) != words(raw(child))) {
				b.WriteString(raw(child)) // what a Markdown reader turns an address in a sentence into
			} else {
				b.WriteString(inside("a", raw(child)))
			}
		case child.Data == "a":
			b.WriteString(inside("a to "+attribute(child, "href"), raw(child)))
		case child.Data == "b":
			b.WriteString(inside("b "+attribute(child, "class"), raw(child)))
		default:
			b.WriteString(inside(child.Data, textOf(child, autolinks)))
		}
	}
	return b.String()
}

// isAddressOf reports whether a link leads to what it shows: an HTTPS address, or a mailbox.
func isAddressOf(n *html.Node) bool {
	address := attribute(n, "href")
	return len(n.Attr) == 1 && (strings.HasPrefix(address, "https://") && address == raw(n) || address == "mailto:"+raw(n))
}

// picture is the text of a picture for those who don't see it, and the text in it; empty if it has none.
func picture(n *html.Node) []string {
	label := attribute(n, "aria-label")
	if label == "" {
		return nil
	}
	var written []string
	for child := range n.Descendants() {
		if child.Type == html.ElementNode && child.Data == "text" {
			written = append(written, raw(child))
		}
	}
	return []string{block("svg", "%s: %s", label, strings.Join(written, ", "))}
}

func attribute(n *html.Node, name string) string {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if i < 0 {
		return ""
	}
	return n.Attr[i].Val
}

// raw is the text of a node as it is.
func raw(n *html.Node) string {
	var b strings.Builder
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return b.String()
}

// find returns the first element of a name; nil if it has none.
func find(n *html.Node, name string) *html.Node {
	for child := range n.Descendants() {
		if child.Type == html.ElementNode && child.Data == name {
			return child
		}
	}
	return nil
}

func parse(page []byte) *html.Node {
	tree, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return &html.Node{}
	}
	return tree
}
