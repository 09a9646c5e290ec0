package main

import (
	"regexp"
	"strings"
)

var (
	value       = regexp.MustCompile(`\{([a-z]+)\}`)
	placeholder = regexp.MustCompile(`\\?<[^<>]*>`)
	// synopsis finds a line that lists the options.
	synopsis = regexp.MustCompile(`armpreflight .*\[`)
	// wordOfNone is part of a command, not a word of the sentence.
	wordOfNone = regexp.MustCompile(`[^a-z]`)
	// started is what can precede a command: nothing, a blank, or a quotation mark.
	started = regexp.MustCompile(`(?:^|[\s('"` + "`" + `])([a-zA-Z][\w-]*)(?:\s|$)`)
)

// values are those that never need quotation marks in a shell: an ID, or the name of a host or a namespace. Any other, such as the
// name of a group or a lock, can contain a parenthesis or a blank, so a command has it in quotation marks.
var values = map[string]string{
	"subscriptionid": "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14", "tenant": "7d2f0c3e-51a4-4b6e-9c38-2f60d1a9e845",
	"object": "4b6f0d2e-93c7-4a15-8e5d-17f2c0a9b364", "client": "0e9d5c1b-7a24-4f38-b6c2-d1f80a3e5b97",
	"host": "login.microsoftonline.com", "provider": "Microsoft.Web",
}

// filled replaces a text's values and placeholders by words.
func filled(text string) string {
	text = placeholder.ReplaceAllString(text, "PLACEHOLDER")
	return value.ReplaceAllStringFunc(text, func(name string) string {
		if v := values[strings.Trim(name, "{}")]; v != "" {
			return v
		}
		return "value(1)"
	})
}

// inProse finds the command lines in a sentence. One ends with the first word that isn't an option, a value of an option, or
// a word that its command takes, or with a punctuation mark.
func (p programs) inProse(text string) []string {
	if text = filled(text); synopsis.MatchString(text) {
		return nil
	}
	var all []string
	for at := 0; at < len(text); {
		m := started.FindStringSubmatchIndex(text[at:])
		if m == nil {
			return all
		}
		start := at + m[2]
		at += m[3]
		// "doesn't include the program az" names the program.
		if !p.program(text[start:at]) || strings.HasSuffix(text[:start], "program ") {
			continue
		}
		words := split(text[start:])
		if n := p.length(words); n > 0 {
			all = append(all, strings.Join(words[:n], " "))
			at = start + len(words[0])
		}
	}
	return all
}

// split divides a text at blanks that aren't in quotation marks, up to a mark that ends a sentence or a clause.
func split(text string) []string {
	var words []string
	for text = strings.TrimLeft(text, " \n"); text != ""; text = strings.TrimLeft(text, " \n") {
		end, quote := 0, byte(0)
		for ; end < len(text); end++ {
			c := text[end]
			if quote == 0 && (c == ' ' || c == '\n') {
				break
			}
			switch {
			case quote == c:
				quote = 0
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
			}
		}
		word := text[:end]
		text = text[end:]
		bare := strings.TrimRight(word, ".,;:`*")
		if strings.Count(bare, ")") > strings.Count(bare, "(") {
			bare = strings.TrimRight(bare, ")")
		}
		if quote != 0 || strings.Count(bare, "'")%2 == 1 {
			bare = strings.TrimRight(bare, "'")
		}
		words = append(words, bare)
		if bare != word {
			return words
		}
	}
	return words
}

// length is the number of words at the beginning that are a command line; 0 if it isn't one.
func (p programs) length(words []string) int {
	name, _ := p.find(words)
	n := len(strings.Fields(name))
	if n == 0 {
		// It begins like a command that isn't in options.txt: return all of it, so that the check reports it.
		if words[0] == "az" {
			return min(len(words), 3)
		}
		return 0
	}
	c, plain := p.commands[name], 0
	for n < len(words) {
		w := words[n]
		switch takes, known := c.takes[w]; {
		case isOption(name, w) && known && takes != "":
			n = min(n+2, len(words))
		case isOption(name, w):
			n++
		case plain < c.words && wordOfNone.MatchString(w):
			plain, n = plain+1, n+1
		default:
			return n
		}
	}
	return n
}

// isOption reports whether a word is an option: those of w32tm begin with a slash.
func isOption(name, word string) bool {
	return len(word) > 1 && (word[0] == '-' || word[0] == '/' && strings.HasPrefix(name, "w32tm"))
}
