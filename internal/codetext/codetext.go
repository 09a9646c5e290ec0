// Package codetext finds the codes of errors in text: in a sentence of a service, in a message that someone pasted, and
// in the log of a whole run. It knows the forms in which services, tools and logs write a code, and how people spell one.
//
// It doesn't know which codes there are, nor what one means: its callers hand in the codes to look for ([Known]). Package
// evidence reads the rest of an answer, and package reading explains a text.
package codetext

import (
	"slices"
	"strings"

	"armpreflight/internal/lazyregexp"
)

// ByForm gives the codes in a sentence by their form alone, in the order in which they appear. A code that appears
// several times is there several times.
func ByForm(text string) []string {
	var codes []string
	for _, found := range byForm(text) {
		codes = append(codes, found.code)
	}
	return codes
}

var namedCode = &lazyregexp.Regexp{Expression: `(?:<Code>|ServiceCode=|\bCode="|ErrorCode:\s?|Azure Error:\s+|\[)([A-Z][A-Za-z0-9_]{2,79})\b`}

// Codes gives the known codes in a message and those that have the form of one, outermost first, each once. find is that
// of [Known].
func Codes(text string, find func(spelling string) string) []string {
	found := byForm(text)
	for _, n := range append(anyCaseNumbers(text), listedNumbers(text)...) {
		if at := strings.Index(text, n); at >= 0 {
			found = append(found, written{at, "AADSTS" + n})
		}
	}
	names := slices.Concat(namesBeforeColons(text), namesInParentheses(text))
	for _, m := range namedCode.FindAllStringSubmatch(text, 4*maxCodes) {
		names = append(names, m[1])
	}
	for _, name := range names {
		if code := find(name); isUpstream(code) {
			found = append(found, written{strings.Index(text, name), code})
		}
	}
	for _, name := range namedValues(text) {
		if code := find(name); code != "" {
			found = append(found, written{strings.Index(text, name), code})
		}
	}
	sortByPlace(found)
	var codes []string
	for _, f := range found {
		code := f.code
		if known := find(code); known != "" {
			code = known
		} else if !IsCodeForm(code) {
			continue
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	isSpecial := func(code string) bool { return !IsGeneral(code) }
	return slices.Concat(slices.DeleteFunc(slices.Clone(codes), isSpecial), slices.DeleteFunc(codes, IsGeneral))
}

// IsGeneral says whether a code only means that there's a more specific one next to it.
func IsGeneral(code string) bool { return code == "AADSTS70002" }

// isUpstream: a service gave the code its name; ours are all lower case.
func isUpstream(code string) bool { return strings.ToLower(code) != code }
