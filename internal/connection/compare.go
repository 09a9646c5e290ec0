package connection

import "strings"

// Difference is the first place where two subjects or two issuers differ. Entra compares them to the letter, so letter
// case, a blank and a slash at the end count.
type Difference struct {
	Segment  int    // from 1
	Name     string // of the segment, such as "connection ID"; "space at the end" and the like where only that differs
	Position int    // from 1, in characters inside the segment: the first one that differs or that one side lacks
	CaseOnly bool   // the whole texts are equal but for letter case

	// Got and Want are the segment on either side, "" where a side has no such segment. A subject holds names and IDs that
	// the agent may mask: whether they may be shown is for the caller to say.
	Got, Want string
}

// IsNamed reports whether Name is that of a segment, such as "project", so that the name and either side read as one.
func (d Difference) IsNamed() bool {
	return d.Name != unnamed && d.Name != format && !strings.HasPrefix(d.Name, "blank") && !strings.HasPrefix(d.Name, "slash")
}

// unnamed is the name of a segment if only its place is known.
const unnamed = "part"

// format is the name of a segment that's the same in every text of a kind.
const format = "format"

// segment is a named part of a subject or an issuer.
type segment struct {
	name, text string
}

// CompareSubjects names the first difference; false when the two are equal.
func CompareSubjects(got, want string) (Difference, bool) {
	return compare(got, want, subjectSegments)
}

// CompareIssuers names the first difference; false when the two are equal.
func CompareIssuers(got, want string) (Difference, bool) {
	return compare(got, want, issuerSegments)
}

func compare(got, want string, split func(string) []segment) (Difference, bool) {
	if got == want {
		return Difference{}, false
	}
	g, w := split(got), split(want)
	// The splits keep every character and end in a segment that isn't empty, so unequal texts differ in some segment,
	// a missing one counting as empty.
	i := 0
	for i < max(len(g), len(w)) && at(g, i).text == at(w, i).text {
		i++
	}
	d := Difference{Segment: i + 1, Name: at(w, i).name, Got: at(g, i).text, Want: at(w, i).text,
		CaseOnly: strings.EqualFold(got, want)}
	if d.Name == "" || d.Name == unnamed && i < len(g) {
		d.Name = at(g, i).name
	}
	d.Position = firstDifference(d.Got, d.Want)
	if name := edge(got, want); name != "" {
		d.Name = name
	}
	return d, true
}

// at is the segment at an index, an empty one behind the end.
func at(segments []segment, i int) segment {
	if i < len(segments) {
		return segments[i]
	}
	return segment{}
}

// edge names a difference only in blanks around the text or in a slash at its end.
func edge(got, want string) string {
	switch {
	case strings.TrimLeft(got, blanks) == strings.TrimLeft(want, blanks):
		return "space at the start"
	case strings.TrimRight(got, blanks) == strings.TrimRight(want, blanks):
		return "space at the end"
	case strings.Trim(got, blanks) == strings.Trim(want, blanks):
		return "spaces around it"
	case strings.TrimRight(got, "/") == strings.TrimRight(want, "/"):
		return "slash at the end"
	default:
		return ""
	}
}

// blanks are what a paste brings along, the no-break space included.
const blanks = " \t\r\n\u00a0"

// firstDifference counts from 1; where one text begins with the other it is the place after the shorter one.
func firstDifference(a, b string) int {
	left, right := []rune(a), []rune(b)
	n := 0
	for n < len(left) && n < len(right) && left[n] == right[n] {
		n++
	}
	return n + 1
}

// subjectSegments knows the two generations of subjects and the one that Azure DevOps gives when it wasn't asked for a
// connection: sc://organization/project/connection name, /eid1/c/pub/t/T/a/A/sc/organization ID/connection ID and
// p://organization/project/pipeline.
func subjectSegments(subject string) []segment {
	trimmed := strings.TrimLeft(subject, blanks)
	switch {
	case hasPrefixFold(trimmed, "sc://"):
		return named(subject, strings.Index(subject, "//")+2, 3, "organization", "project", "connection name")
	case hasPrefixFold(trimmed, "p://"):
		return named(subject, strings.Index(subject, "//")+2, 3, "organization", "project", "pipeline name")
	case hasPrefixFold(trimmed, "/eid1/"):
		return named(subject, strings.Index(subject, "/")+1, -1, format, format, "cloud", format, "tenant",
			format, "application", format, "organization ID", "connection ID")
	default:
		return named(subject, 0, -1)
	}
}

// issuerSegments knows Entra, where the tenant follows the host, and the issuer of Azure DevOps, where the organization
// does. A federated credential of the preview may still name its former host.
func issuerSegments(issuer string) []segment {
	head := strings.Index(issuer, "//") + 2
	if head < 2 {
		return named(issuer, 0, -1)
	}
	host, _, _ := strings.Cut(issuer[head:], "/")
	switch strings.ToLower(host) {
	case "vstoken.dev.azure.com", "app.vstoken.visualstudio.com":
		return named(issuer, head, -1, "host", "organization ID")
	default:
		return named(issuer, head, -1, "host", "tenant", "version")
	}
}

// named splits text after its first head bytes, which become the segment format, at slashes into at most n parts
// (n < 0: all), and names them in order.
func named(text string, head, n int, names ...string) []segment {
	var segments []segment
	if head > 0 {
		segments = append(segments, segment{format, text[:head]})
	}
	core := strings.TrimRight(text[head:], "/")
	parts := strings.SplitN(core, "/", n)
	parts[len(parts)-1] += text[head+len(core):] // so that a slash at the end isn't a segment of its own
	for i, part := range parts {
		name := unnamed
		if i < len(names) {
			name = names[i]
		}
		segments = append(segments, segment{name, part})
	}
	return segments
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}
