package codetext

import (
	"cmp"
	"slices"
	"strings"
)

// The forms in which services, tools and logs write codes. They are read by hand, in one pass for each form: a log of
// any size and origin is searched for them, and a regular expression costs a microsecond for every few bytes of a hostile
// one. forms_test.go says what each form is as an expression, and compares.

// maxCodes is how many codes of one form are read from a text; further ones are left out.
const maxCodes = 16

// written is a code in a text and where it starts.
type written struct {
	at   int
	code string
}

// byForm are the codes in a sentence, in the order in which they appear.
func byForm(text string) []written {
	found := numberedCodes(nil, text)
	found = namedCodes(found, text)
	found = lineCodes(found, text)
	sortByPlace(found)
	return found
}

// namedCodes are those next to a word such as "code" or "Error(s)".
func namedCodes(found []written, text string) []written {
	found = quotedCodes(found, text)
	found = innerCodes(found, text)
	return bareNumbers(found, text)
}

func sortByPlace(found []written) {
	slices.SortStableFunc(found, func(a, b written) int { return cmp.Compare(a.at, b.at) })
}

// quotedCodes are those of an ARM body that was quoted inside another service's sentence, with or without backslashes:
// "code":"AuthorizationFailed".
func quotedCodes(found []written, text string) []written {
	const key = `"code`
	n, from := 0, 0
	for n < maxCodes {
		i := strings.Index(text[from:], key)
		if i < 0 {
			break
		}
		from += i + len(key)
		at := skip(text, from, isBackslash)
		if at = literal(text, at, '"'); at < 0 {
			continue
		}
		if at = literal(text, skip(text, at, isSpace), ':'); at < 0 {
			continue
		}
		if at = literal(text, skip(text, skip(text, at, isSpace), isBackslash), '"'); at < 0 {
			continue
		}
		end := skip(text, at, func(c byte) bool { return isWord(c) || c == '.' })
		if size := end - at; size < 3 || size > 80 || !isLetter(text[at]) {
			continue
		}
		closed := literal(text, skip(text, end, isBackslash), '"')
		if closed < 0 {
			continue
		}
		found = append(found, written{at, text[at:end]})
		n, from = n+1, closed
	}
	return found
}

// lineCodes are those that the Azure CLI prints for an ARM body, at the start of a line: "(AuthorizationFailed) The client …",
// with or without "ERROR: " before, and "Code: AuthorizationFailed", alone in its line.
func lineCodes(found []written, text string) []written {
	parentheses, fields := 0, 0
	for i := 0; i < len(text); {
		start := skip(text, i, isSpace) // over empty lines, too
		if at, end, ok := inParentheses(text, start); ok && parentheses < maxCodes {
			found = append(found, written{at, text[at:end]})
			parentheses++
			start = end // "ERROR:" may be on a line of its own
		} else if at, end, ok := codeField(text, start); ok && fields < maxCodes {
			found = append(found, written{at, text[at:end]})
			fields++
		}
		next := strings.IndexByte(text[start:], '\n')
		if next < 0 {
			break
		}
		i = start + next + 1
	}
	return found
}

func inParentheses(text string, i int) (at, end int, ok bool) {
	if strings.HasPrefix(text[i:], "ERROR:") {
		i = skip(text, i+len("ERROR:"), isSpace)
	}
	if at = literal(text, i, '('); at < 0 {
		return 0, 0, false
	}
	end = skip(text, at, isWord)
	if end+1 >= len(text) || text[end] != ')' || !isSpace(text[end+1]) {
		return 0, 0, false
	}
	name := text[at:end]
	if name == "Conflict" {
		return at, end, true
	}
	small := skip(name, 1, isLower)
	rest := len(name) - small - 1
	ok = small >= 2 && rest >= 1 && rest <= 79 && isUpper(name[0]) && (isUpper(name[small]) || name[small] == '_')
	return at, end, ok
}

func codeField(text string, i int) (at, end int, ok bool) {
	if hasFoldedPrefix(text[i:], "error ") {
		i += len("error ")
	}
	if !hasFoldedPrefix(text[i:], "code:") {
		return 0, 0, false
	}
	i += len("code:")
	at = skip(text, i, isSpace)
	end = skip(text, at, isWord)
	if size := end - at; at == i || size < 3 || size > 80 || !isUpper(text[at]) {
		return 0, 0, false
	}
	for j := end; j < len(text) && text[j] != '\n'; j++ {
		if !isSpace(text[j]) {
			return 0, 0, false
		}
	}
	return at, end, true
}

// innerCodes are those in what Azure DevOps prints for an ARM body: "error code: Forbidden, inner error code: AuthorizationFailed".
func innerCodes(found []written, text string) []written {
	n := 0
	for at := range valuesOf(text, "inner error code:") {
		end := skip(text, at, isWord)
		if size := end - at; size < 3 || size > 80 || !isUpper(text[at]) {
			continue
		}
		found = append(found, written{at, text[at:end]})
		if n++; n == maxCodes {
			break
		}
	}
	return found
}

// valuesOf gives the places behind a key and the blanks after it. The key is a word or several, and a colon.
func valuesOf(text, key string) func(yield func(at int) bool) {
	return func(yield func(int) bool) {
		for from := 0; ; {
			i := strings.Index(text[from:], key)
			if i < 0 {
				return
			}
			i, from = from+i, from+i+len(key)
			if (i == 0 || !isWord(text[i-1])) && !yield(skip(text, from, isSpace)) {
				return
			}
		}
	}
}

// namedValues are the words next to "code", "error code" and "typeKey", as in JSON, in an issue of ours and in our own log,
// which writes "code   " at the start of a line.
func namedValues(text string) []string {
	var found []string
	i := 0
	add := func(at int) bool {
		if at = skip(text, at, isBackslash); at < len(text) && (text[at] == '"' || text[at] == '\'') {
			at++
		}
		end := skip(text[:min(len(text), at+80)], at, func(c byte) bool { return isWord(c) || c == '.' || c == '-' })
		if end-at < 3 || !isLetter(text[at]) {
			return false
		}
		found, i = append(found, text[at:end]), end
		return true
	}
	const ours = "code   "
	if start := skip(text, 0, isSpace); start > 0 && hasFoldedPrefix(text[start:], ours) {
		add(start + len(ours))
	}
	for first := i; i < len(text) && len(found) < maxCodes; i++ {
		word := i  // where it starts
		var at int // where it ends
		switch {
		case text[i]|0x20 == 'c' && hasFoldedPrefix(text[i:], "code"):
			at = i + len("code")
			if start := i - len("error"); start >= first && hasFoldedPrefix(text[start:], "error") {
				word = start
			}
		case text[i]|0x20 == 't' && hasFoldedPrefix(text[i:], "typekey"):
			at = i + len("typekey")
		default:
			continue
		}
		if word > 0 && isWord(text[word-1]) {
			continue
		}
		at = skip(text, at, isBackslash)
		if at < len(text) && (text[at] == '"' || text[at] == '\'') {
			at++
		}
		if at = skip(text, at, isSpace); at >= len(text) || text[at] != ':' && text[at] != '=' {
			continue
		}
		if add(skip(text, at+1, isSpace)) {
			first = i
			i-- // the loop goes on behind the word
		}
	}
	return found
}

// namesBeforeColons are the words of several capitals before a colon, as Terraform writes codes: "error: AuthorizationFailed: The client …".
func namesBeforeColons(text string) []string {
	var found []string
	last := 0 // behind what was taken
	for end := 1; end+1 < len(text); end++ {
		next := strings.IndexByte(text[end:], ':')
		if next < 0 {
			break
		}
		if end += next; end+1 >= len(text) || !isSpace(text[end+1]) {
			continue
		}
		at := end
		for at > last && isLetter(text[at-1]) {
			at--
		}
		if (at == 0 || at > last && !isWord(text[at-1]) && text[at-1] != '.') && isCapitals(text[at:end]) {
			if found = append(found, text[at:end]); len(found) == maxCodes {
				break
			}
			last = end + 2
		}
	}
	return found
}

// namesInParentheses are the words that are alone in parentheses.
func namesInParentheses(text string) []string {
	var found []string
	for at := 0; ; {
		next := strings.IndexByte(text[at:], '(')
		if next < 0 {
			return found
		}
		at += next + 1
		end := skip(text, at, isWord)
		if size := end - at; size >= 3 && size <= 80 && isLetter(text[at]) && end < len(text) && text[end] == ')' {
			if found = append(found, text[at:end]); len(found) == 4*maxCodes {
				return found
			}
		}
		at = end
	}
}

// IsCodeForm recognizes the form in which services write the codes that the catalogue may not have yet.
func IsCodeForm(code string) bool {
	end, ok := numbered(code, 0)
	return ok && end == len(code) || isName(code)
}

// isName: two words or more, each a capital letter and small ones, or an abbreviation of two to five capitals next to such a word:
// SubnetNotAssociatedWithNATGateway, InvalidSKU.
func isName(code string) bool {
	words := 0
	for i := 0; i < len(code); {
		small := skip(code, i, isUpper)
		end := skip(code, small, isLower)
		switch capitals := small - i; {
		case capitals == 1 && end > small:
			words++
		case capitals >= 3 && capitals <= 6 && end > small: // the last one begins a word
			words += 2
		case capitals >= 2 && capitals <= 5 && end == len(code) && words > 0:
			words++
		default:
			return false
		}
		i = end
	}
	return words >= 2
}

// isCapitals: two to six words, each a capital letter and small ones.
func isCapitals(name string) bool {
	words := 0
	for i := 0; i < len(name); words++ {
		end := skip(name, min(i+1, len(name)), isLower)
		if !isUpper(name[i]) || end-i < 2 {
			return false
		}
		i = end
	}
	return words >= 2 && words <= 6
}
