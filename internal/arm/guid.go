// Package arm parses the IDs that Azure, Microsoft Entra, and Azure DevOps use: GUIDs, and the IDs of scopes and resources.
// What it returns was parsed, so nothing else takes such a text apart.
//
// It doesn't know whether anything has an ID, and what a scope is good for.
package arm

import "encoding/hex"

// GUID is an ID of 16 bytes, in the order in which they're written. The zero value, all zeros, represents "none" in several
// fields of a service connection (microsoft/azure-pipelines-tasks Tasks/AzureCLIV3/azureclitask.ts).
type GUID [16]byte

// ParseGUID reads the form with four hyphens, in either case; false for anything else.
func ParseGUID(text string) (GUID, bool) {
	var g GUID
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return GUID{}, false
	}
	at := 0
	for _, part := range []string{text[:8], text[9:13], text[14:18], text[19:23], text[24:]} {
		n, err := hex.Decode(g[at:], []byte(part))
		if err != nil {
			return GUID{}, false
		}
		at += n
	}
	return g, true
}

// IsGUID reports whether a text has the form of a GUID.
func IsGUID(text string) bool {
	_, ok := ParseGUID(text)
	return ok
}

// IsZero reports whether all of it is zeros.
func (g GUID) IsZero() bool { return g == GUID{} }

// String is the form with four hyphens, in lower case.
func (g GUID) String() string {
	text := hex.EncodeToString(g[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// Mixed are the bytes as .NET keeps them: the first three groups are little-endian.
func (g GUID) Mixed() [16]byte {
	m := [16]byte{g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6]}
	copy(m[8:], g[8:])
	return m
}
