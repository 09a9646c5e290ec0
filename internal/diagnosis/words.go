package diagnosis

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strings"

	"armpreflight/internal/secret"
)

const htmlType = "text/html"

var (
	// codeWords find the codes that stand in a sentence, each as its first group.
	codeWords = []*regexp.Regexp{
		// AADSTS: Entra. TF and VS: Azure DevOps.
		regexp.MustCompile(`\b(AADSTS[0-9]{4,9}|TF[0-9]{5,6}|VS[0-9]{5,7})\b`),
		// The code of an ARM body that was quoted inside another service's sentence, with or without backslashes.
		regexp.MustCompile(`\\*"code\\*"\s*:\s*\\*"([A-Za-z][A-Za-z0-9_.]{2,79})\\*"`),
		// What the Azure CLI makes of an ARM body: "(AuthorizationFailed) The client …" and "Code: AuthorizationFailed".
		regexp.MustCompile(`(?m)^\s*(?:ERROR:\s*)?\((Conflict|[A-Z][a-z]+[A-Z_][A-Za-z0-9_]{1,79})\)\s`),
		regexp.MustCompile(`(?m)^\s*(?i:(?:ERROR )?Code):\s+([A-Z][A-Za-z0-9_]{2,79})\s*$`),
		// What Azure DevOps makes of one: "error code: Forbidden, inner error code: AuthorizationFailed".
		regexp.MustCompile(`\binner error code:\s*([A-Z][A-Za-z0-9_]{2,79})\b`),
	}
	// What the Azure CLI makes of Entra's answer where it leaves the prefix out: "Error(s): 7000222 - Timestamp: …".
	bareNumber = regexp.MustCompile(`\bError\(s\):\s*([0-9]{4,9})\b`)

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

// codesIn finds the codes in a sentence, in the order in which they stand, each once.
func codesIn(text string) []string {
	type place struct {
		at   int
		code string
	}
	var found []place
	for _, pattern := range codeWords {
		for _, m := range pattern.FindAllStringSubmatchIndex(text, maxCodes) {
			found = append(found, place{m[2], text[m[2]:m[3]]})
		}
	}
	for _, m := range bareNumber.FindAllStringSubmatchIndex(text, maxCodes) {
		found = append(found, place{m[2], "AADSTS" + text[m[2]:m[3]]})
	}
	slices.SortStableFunc(found, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	codes := make([]string, 0, len(found))
	for _, f := range found {
		codes = append(codes, f.code)
	}
	return codes
}

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
