package connection

import (
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// maxPEM is the largest certificate text that is read, in bytes; a chain with a key has about ten thousand.
const maxPEM = 256 << 10

const (
	beginMark = "-----BEGIN "
	endMark   = "-----END "
	dashes    = "-----"
)

// pemBlock is one block of a PEM text.
type pemBlock struct {
	kind      string // the word after BEGIN
	der       []byte // empty when encrypted by RFC 1423 headers
	encrypted bool
}

// readPEM reads a PEM text more patiently than encoding/pem does, since what people paste into a form has often lost its
// layout. Notes say what had to be put right. The error is an *UnreadableError.
func readPEM(text string) (blocks []pemBlock, notes []string, err error) {
	text, notes = plainText(text)
	if !strings.Contains(text, beginMark) {
		inner, why := withoutMarks(text)
		if why != "" {
			return nil, nil, &UnreadableError{Why: why}
		}
		text, notes = inner, append(notes, "the PEM text was encoded as base64 again")
	}
	for rest := text; ; {
		_, after, found := strings.Cut(rest, beginMark)
		if !found {
			break
		}
		block, remaining, why := nextBlock(after)
		if why != "" {
			return nil, nil, &UnreadableError{Why: why}
		}
		blocks, rest = append(blocks, block), remaining
	}
	if countStrict(text) != len(blocks) {
		notes = append(notes, "the text has lost its line breaks or its lines are indented; other tools might not be able to read it")
	}
	return blocks, notes, nil
}

// nextBlock reads one block from the text after its BEGIN mark and gives back what comes after it.
func nextBlock(after string) (block pemBlock, remaining, why string) {
	kind, body, found := strings.Cut(after, dashes)
	if kind = strings.TrimSpace(kind); !found || strings.ContainsAny(kind, "\r\n") {
		return block, "", "it ends within a BEGIN line, or that line is damaged"
	}
	block.kind = kind
	body, remaining, found = strings.Cut(body, endMark)
	switch {
	case strings.Contains(body, beginMark):
		return block, "", "the " + kindName(kind) + " has no END line before the next BEGIN line"
	case !found:
		return block, "", "it ends within the " + kindName(kind) + ": there's no END line, so the text was cut off"
	}
	closing, remaining, found := strings.Cut(remaining, dashes)
	switch {
	case !found:
		return block, "", "it ends within the END line of the " + kindName(kind) + ", so the text was cut off"
	case strings.TrimSpace(closing) != kind:
		return block, "", "the " + kindName(kind) + " is closed by the END line of another block"
	case strings.Contains(body, "Proc-Type:"): // RFC 1423, whose only type for keys is ENCRYPTED
		block.encrypted = true
		return block, remaining, ""
	}
	block.der, why = decodeBody(body, kindName(kind))
	return block, remaining, why
}

func decodeBody(body, name string) (der []byte, why string) {
	packed := withoutSpace(body)
	if packed == "" {
		return nil, "the " + name + " is empty between its BEGIN and END line"
	}
	if strings.Contains(packed, "***") {
		return nil, "the " + name + ` contains "***": it was copied from a log, where it was masked`
	}
	der, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, "the " + name + " is damaged: the text between BEGIN and END isn't base64"
	}
	return der, ""
}

// plainText undoes what happens to a text on its way into a form: UTF-16, a byte order mark, line breaks written as \n.
func plainText(text string) (plain string, notes []string) {
	if decoded, ok := fromUTF16(text); ok {
		text, notes = decoded, append(notes, "the text was UTF-16 instead of plain ASCII")
	}
	if unmarked, ok := strings.CutPrefix(text, "\ufeff"); ok {
		text, notes = unmarked, append(notes, "the text began with a byte order mark, which some tools don't skip")
	}
	if strings.Contains(text, `\n`) {
		text = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\r`, "").Replace(text)
		notes = append(notes, `line breaks were written as the two characters \n`)
	}
	return text, notes
}

// fromUTF16 decodes UTF-16 in either order, with a byte order mark or, since PEM is ASCII, by every other byte being zero.
func fromUTF16(text string) (string, bool) {
	if len(text) < 4 || len(text)%2 != 0 {
		return "", false
	}
	high := -1
	switch {
	case text[:2] == "\xfe\xff" || text[0] == 0 && text[1] != 0:
		high = 0
	case text[:2] == "\xff\xfe" || text[0] != 0 && text[1] == 0:
		high = 1
	default:
		return "", false
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 0; i < len(text); i += 2 {
		units = append(units, uint16(text[i+high])<<8|uint16(text[i+1-high]))
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff"), true
}

// withoutMarks reads a text without a BEGIN line: a PEM text that was encoded once more is given back, everything
// other than that is named.
func withoutMarks(text string) (inner, why string) {
	packed := withoutSpace(text)
	if isDER([]byte(text)) {
		return "", "it's a binary file (DER or PKCS#12), not PEM"
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		decoded, err := encoding.DecodeString(packed)
		if err != nil {
			continue
		}
		if isDER(decoded) {
			return "", "it's base64 without BEGIN and END lines: a PKCS#12 (PFX) file, or a bare certificate or key"
		}
		if inner, _ := plainText(string(decoded)); strings.Contains(inner, beginMark) {
			return inner, ""
		}
	}
	switch {
	case packed == "":
		return "", "it's empty"
	case strings.Contains(packed, "BEGIN"):
		return "", "its BEGIN line is damaged: it needs five plain hyphens on either side"
	default:
		return "", "it has no BEGIN line, so it isn't PEM"
	}
}

// isDER reports whether data can be one ASN.1 sequence with a length of two or more bytes, as certificates, keys and
// PKCS#12 files are.
func isDER(data []byte) bool {
	return len(data) > 64 && data[0] == 0x30 && (data[1] == 0x82 || data[1] == 0x81 || data[1] == 0x83 || data[1] == 0x80)
}

// countStrict is the number of blocks that an ordinary reader finds.
func countStrict(text string) (n int) {
	for rest := []byte(text); ; n++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return n
		}
	}
}

func withoutSpace(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '\u200b' || c == '\ufeff' {
			return -1
		}
		return c
	}, text)
}

// kindName is a block's kind if it is one of those that exist. The text between BEGIN and END of a damaged value may be
// anything, a secret too.
func kindName(kind string) string {
	known := []string{
		"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "CERTIFICATE REQUEST", "PUBLIC KEY", "PKCS7",
		"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY",
		"ENCRYPTED PRIVATE KEY", "EC PARAMETERS",
	}
	if slices.Contains(known, kind) {
		return kind + " block"
	}
	return "block of an unknown kind"
}
