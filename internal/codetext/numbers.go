package codetext

import "strings"

// numberedCodes are those of Entra (AADSTS) and of Azure DevOps (TF, VS).
func numberedCodes(found []written, text string) []written {
	n := 0
	for i := 0; i < len(text) && n < maxCodes; i++ {
		if c := text[i]; c != 'A' && c != 'T' && c != 'V' || i > 0 && isWord(text[i-1]) {
			continue
		}
		if end, ok := numbered(text, i); ok {
			found = append(found, written{i, text[i:end]})
			n, i = n+1, end-1
		}
	}
	return found
}

// numbered is the end of a code that consists of a prefix and a number, and starts at a place.
func numbered(text string, at int) (end int, ok bool) {
	for _, form := range []struct {
		prefix   string
		min, max int
	}{{"AADSTS", 4, 9}, {"TF", 5, 6}, {"VS", 5, 7}} {
		if strings.HasPrefix(text[at:], form.prefix) {
			return digits(text, at+len(form.prefix), form.min, form.max)
		}
	}
	return at, false
}

// anyCaseNumbers are the numbers of Entra's codes with the prefix in any case.
func anyCaseNumbers(text string) []string {
	var found []string
	for i := range foldedPlaces(text, "aadsts") {
		if i > 0 && isWord(text[i-1]) {
			continue
		}
		start := i + len("aadsts")
		if end, ok := digits(text, start, 4, 9); ok {
			if found = append(found, text[start:end]); len(found) == maxCodes {
				break
			}
		}
	}
	return found
}

// bareNumbers are what the Azure CLI prints for Entra's answer if it omits the prefix: "Error(s): 7000222 - Timestamp: …".
func bareNumbers(found []written, text string) []written {
	n := 0
	for at := range valuesOf(text, "Error(s):") {
		if end, ok := digits(text, at, 4, 9); ok {
			found = append(found, written{at, "AADSTS" + text[at:end]})
			if n++; n == maxCodes {
				break
			}
		}
	}
	return found
}

// listedNumbers are the numbers in "Error(s): 7000215, 7000222" and in "error_codes":[7000215,7000222], case aside.
func listedNumbers(text string) []string {
	var found []string
	lists := 0
	for i := range foldedPlaces(text, "error") {
		rest := i + len("error")
		var at int
		switch {
		case hasFoldedPrefix(text[rest:], "(s):"):
			at = rest + len("(s):")
		case hasFoldedPrefix(text[rest:], "_codes"):
			at = literal(text, skip(text, rest+len("_codes"), isBackslash), '"')
			if at < 0 {
				continue
			}
			if at = literal(text, skip(text, at, isSpace), ':'); at < 0 {
				continue
			}
			if at = literal(text, skip(text, at, isSpace), '['); at < 0 {
				continue
			}
		default:
			continue
		}
		listed := len(found)
		for range maxCodes {
			at = skip(text, at, isSpace)
			end := skip(text[:min(len(text), at+9)], at, isDigit)
			if end-at < 4 {
				break
			}
			found = append(found, text[at:end])
			if at = literal(text, skip(text, end, isSpace), ','); at < 0 {
				break
			}
		}
		if len(found) > listed {
			if lists++; lists == maxCodes {
				break
			}
		}
	}
	return found
}
