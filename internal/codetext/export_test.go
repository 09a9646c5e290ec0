package codetext

import (
	"fmt"
	"strings"
)

// For the tests that scan with the codes of the catalogue, from outside.
const (
	ScanPiece  = scanPiece
	MaxUnknown = maxUnknown
)

// Logs are texts whose reading must not cost more than that of any other, a line or a part of one, to be repeated.
var Logs = map[string]string{
	"a build":                 "2026-11-23T10:00:00.1234567Z  > build (web) [esbuild] compiled 1204 modules in 3.2 s, nothing changed\n",
	"empty lines":             "\n",
	"short words":             "(Ab)\n",
	"numbers of TF":           "TF1\n",
	"unknown codes":           "AADSTS7%06d\n",
	"unknown codes, one line": "AADSTS7%06d ",
	"codes in capitals":       "Ab%dCd: EfGhIj: ",
	"fields":                  "code:%d ",
	"fields that are empty":   "code=\n",
	"fields in quotes":        `\"code\":\"a%d\",`,
	"backslashes":             `\\\\\\\\"code\\\\\\"`,
	"parentheses":             "(a%d)(",
	"known codes":             "(AuthorizationFailed) AADSTS700016: ",
	"numbers":                 "Error(s): 70%05d, 7000215,",
	"lists of numbers":        `"error_codes":[7000%03d,7000215],`,
	"typed keys":              `"typeKey":"a%d"`,
	"colors":                  "\x1b[m\x1b[0(code",
	"almost a phrase":         "no matching federated identity record found for presented assertion ",
	"blanks":                  "code                             ",
	"times":                   "2026-11-23T10:00:00Z code\n",
	"marks":                   "##[a](code\n",
	"no characters":           "\xff\xfe(\x80code\n",
	"letters of two bytes":    "ÄÖÜ(code)",
	"UTF-16":                  "c\x00o\x00d\x00e\x00:\x00 \x00(\x00",
	"members of a family":     "AADSTS700236%d\n",
	"every form at once":      "(A%d) code:x Error(s): 1234 Aa: TF12345 VS12345 inner error code: A error_codes\":[",
}

// Repeated writes a line or a part of one again and again, each time with another number.
func Repeated(line string, size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		if strings.Contains(line, "%") {
			fmt.Fprintf(&b, line, i)
		} else {
			b.WriteString(line)
		}
	}
	return b.String()
}
