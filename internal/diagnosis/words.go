package diagnosis

import (
	"html"
	"regexp"
	"strings"

	"armpreflight/internal/secret"
)

const htmlType = "text/html"

var (
	// Entra ends a description with these three, on lines of their own until about 2023, in the same line since. Where
	// its whole answer was quoted, the ends of the lines are still escaped.
	tail          = regexp.MustCompile(`(?i)(?:(?:\s|\\+[rn])+|\b)Trace ID: `)
	tailTrace     = regexp.MustCompile(`(?i)Trace ID:\s*([0-9a-z-]{1,64})`)
	tailRelated   = regexp.MustCompile(`(?i)Correlation ID:\s*([0-9a-z-]{1,64})`)
	tailTimestamp = regexp.MustCompile(`(?i)Timestamp:\s*([0-9:TZ. -]{10,40})`)

	wordPattern       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_. -]{0,79}$`)
	identifierPattern = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z:. -]{0,79}$`)

	titlePattern = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	headPattern  = regexp.MustCompile(`(?is)<h[12][^>]*>(.*?)</h[12]>`)
	linkPattern  = regexp.MustCompile(`(?is)<a\s[^>]*href="([^"?]{1,200})`)
	tagPattern   = regexp.MustCompile(`(?s)<[^>]*>`)
)

type ids struct{ trace, correlation, timestamp string }

// splitTail takes trace id, correlation id and timestamp off the end of one of Entra's sentences.
func splitTail(text string) (sentence string, found ids) {
	at := tail.FindStringIndex(text)
	if at == nil {
		return text, ids{}
	}
	rest := secret.Filter(nil).Head(text[at[0]:], 512)
	return text[:at[0]], ids{group(tailTrace, rest), group(tailRelated, rest), strings.TrimSpace(group(tailTimestamp, rest))}
}

func group(pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// word accepts what can be an error's name; anything else is no name and may be anything.
func (r *reader) word(text string) string {
	if !wordPattern.MatchString(text) || r.hide(text) != text {
		return ""
	}
	return text
}

// identifier accepts what can be a request, trace or correlation id or a timestamp.
func (r *reader) identifier(text string) string {
	if text = strings.TrimSpace(text); !identifierPattern.MatchString(text) || r.redact.Cut(text, len(text)) != text {
		return ""
	}
	return text
}

func looksLikeHTML(text string) bool {
	start := strings.ToLower(secret.Filter(nil).Head(text, 512))
	for _, mark := range []string{"<!doctype html", "<html", "<head", "<body", "<h1", "<h2"} {
		if strings.HasPrefix(start, mark) {
			return true
		}
	}
	return false
}

// pageTitle is what a person would read first on a page: its title and its heading, and where a lone link leads. The
// link is cut before its query.
func pageTitle(page string, hide secret.Filter) string {
	var parts []string
	for _, pattern := range []*regexp.Regexp{titlePattern, headPattern, linkPattern} {
		part := hide.Line(html.UnescapeString(tagPattern.ReplaceAllString(group(pattern, page), " ")), maxField)
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " / ")
}
