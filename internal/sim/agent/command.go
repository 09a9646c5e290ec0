package agent

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// command is a logging command as the agent reads it out of a line.
type command struct {
	area, event string            // lower case
	properties  map[string]string // names in lower case, otherwise as written; values decoded
	data        string            // decoded
	hidden      bool              // the prefix is only there for a search that ignores invisible characters
}

const commandPrefix = "##vso["

// parseCommand reads the first command of a line. The search for the prefix is culture-sensitive in the agent, so that
// invisible characters inside it don't count, while what follows is then cut by length as if they weren't there: such
// a line is still taken as a command, only a mangled one.
// Source: microsoft/azure-pipelines-agent src/Microsoft.VisualStudio.Services.Agent/Command.cs.
func parseCommand(line string, decodePercent bool) (command, bool) {
	prefix, found := indexInvisible(line, commandPrefix)
	if !found {
		return command{}, false
	}
	end := strings.IndexByte(line[prefix:], ']')
	if end < 0 {
		return command{}, false
	}
	end += prefix
	start := prefix + unitsIn(line[prefix:], len(commandPrefix))
	if start > end {
		return command{}, false
	}
	name, rest, spaced := strings.Cut(line[start:end], " ")
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' })
	if len(parts) != 2 {
		return command{}, false
	}
	c := command{area: fold(parts[0]), event: fold(parts[1]), properties: map[string]string{}}
	c.hidden = !strings.Contains(line, commandPrefix)
	if spaced {
		for piece := range strings.SplitSeq(rest, ";") {
			// Split at most in two with empty parts removed: "k==v" gives v, "k=" and "=v" give nothing.
			key, value, _ := strings.Cut(strings.TrimLeft(piece, "="), "=")
			if value = strings.TrimLeft(value, "="); value != "" {
				c.properties[fold(key)] = decode(value, decodePercent)
			}
		}
	}
	c.data = decode(line[end+1:], decodePercent)
	return c, true
}

// mentionsCommand says whether a line that isn't a command still has the keyword in it, which the agent warns about.
func mentionsCommand(line string) bool {
	_, found := indexInvisible(line, strings.TrimSuffix(commandPrefix, "["))
	return found
}

// decode undoes the five escapes in the agent's order; "%25" isn't one of them.
func decode(text string, percent bool) string {
	for _, pair := range [][2]string{{"%3B", ";"}, {"%0D", "\r"}, {"%0A", "\n"}, {"%5D", "]"}} {
		text = strings.ReplaceAll(text, pair[0], pair[1])
	}
	if percent {
		text = strings.ReplaceAll(text, "%AZP25", "%")
	}
	return text
}

// encodeData is how a well-behaved task writes data, and the form in which the agent registers a secret in addition to its
// plain one. Without percent the sign itself is left alone.
func encodeData(text string, percent bool) string {
	if percent {
		text = strings.ReplaceAll(text, "%", "%AZP25")
	}
	return strings.NewReplacer("\r", "%0D", "\n", "%0A").Replace(text)
}

func encodeProperty(text string) string {
	return strings.NewReplacer("]", "%5D", ";", "%3B").Replace(encodeData(text, true))
}

// indexInvisible finds pattern in text, taking no notice of characters that a culture-sensitive search ignores.
func indexInvisible(text, pattern string) (start int, found bool) {
	for start = range text {
		rest := pattern
		for _, r := range text[start:] {
			if r == rune(rest[0]) {
				if rest = rest[1:]; rest == "" {
					return start, true
				}
			} else if len(rest) == len(pattern) || !invisible(r) {
				break
			}
		}
	}
	return 0, false
}

// invisible characters have no weight in ICU's root collation: format and control characters (but for white space) and
// variation selectors.
func invisible(r rune) bool {
	switch {
	case r >= '\t' && r <= '\r', r == '\u0085':
		return false
	case r == '\u034f', r >= '\ufe00' && r <= '\ufe0f', r >= 0xe0100 && r <= 0xe01ef, r >= '\u180b' && r <= '\u180f':
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Cc)
}

// unitsIn is the number of bytes that the first units UTF-16 units of text take (.NET counts in these).
func unitsIn(text string, units int) int {
	for i, r := range text {
		if units <= 0 {
			return i
		}
		units -= utf16.RuneLen(r)
	}
	return len(text)
}
