package evidence

import (
	"html"
	"strings"

	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/secret"
)

// HTML is the ContentType of a page.
const HTML = "text/html"

// maxName is how many bytes a word or an identifier may have.
const maxName = 80

var (
	// Entra ends a description with these three, on lines of their own until about 2023, in the same line since. Where
	// its whole answer was quoted, the ends of the lines are still escaped.
	tail          = &lazyregexp.Regexp{Expression: `(?i)(?:(?:\s|\\+[rn])+|\b)Trace ID: `}
	tailTrace     = &lazyregexp.Regexp{Expression: `(?i)Trace ID:\s*([0-9a-z-]{1,64})`}
	tailRelated   = &lazyregexp.Regexp{Expression: `(?i)Correlation ID:\s*([0-9a-z-]{1,64})`}
	tailTimestamp = &lazyregexp.Regexp{Expression: `(?i)Timestamp:\s*([0-9:TZ. -]{10,40})`}

	// Both with maxName: a bound in the expression costs a hundred times as much to compile.
	wordPattern       = &lazyregexp.Regexp{Expression: `^[A-Za-z0-9][A-Za-z0-9_. -]*$`}
	identifierPattern = &lazyregexp.Regexp{Expression: `^[0-9A-Za-z][0-9A-Za-z:. -]*$`}

	titlePattern = &lazyregexp.Regexp{Expression: `(?is)<title[^>]*>(.*?)</title>`}
	headPattern  = &lazyregexp.Regexp{Expression: `(?is)<h[12][^>]*>(.*?)</h[12]>`}
	linkPattern  = &lazyregexp.Regexp{Expression: `(?is)<a\s[^>]*href="([^"?]{1,200})`}
	tagPattern   = &lazyregexp.Regexp{Expression: `(?s)<[^>]*>`}
)

type ids struct{ trace, correlation, timestamp string }

// splitTail takes the trace ID, the correlation ID, and the timestamp off the end of one of Entra's sentences.
func splitTail(text string) (sentence string, found ids) {
	at := tail.FindStringIndex(text)
	if at == nil {
		return text, ids{}
	}
	rest := secret.Filter(nil).Head(text[at[0]:], 512)
	return text[:at[0]], ids{group(tailTrace, rest), group(tailRelated, rest), strings.TrimSpace(group(tailTimestamp, rest))}
}

func group(pattern *lazyregexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// word accepts what can be an error's name; anything else isn't a name and may be anything.
func (r *reader) word(text string) string {
	if len(text) > maxName || !wordPattern.MatchString(text) || r.hide(text) != text {
		return ""
	}
	return text
}

// identifier accepts what can be a request, trace, or correlation ID, or a timestamp.
func (r *reader) identifier(text string) string {
	if text = strings.TrimSpace(text); len(text) > maxName || !identifierPattern.MatchString(text) || r.redact.Cut(text, len(text)) != text {
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

// pageTitle is what the reader of a page sees first: its title and its heading, and where a lone link leads. The
// link is cut before its query.
func pageTitle(page string, hide secret.Filter) string {
	var parts []string
	for _, pattern := range []*lazyregexp.Regexp{titlePattern, headPattern, linkPattern} {
		part := hide.Line(html.UnescapeString(tagPattern.ReplaceAllString(group(pattern, page), " ")), maxField)
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " / ")
}
