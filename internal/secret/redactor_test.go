package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

const (
	key      = `p@ss/w+rd "x" <é>%41~`
	clientID = "1a2b3c4d-0000-4000-8000-ABCDEFabcdef"
	pem      = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\r\nhkiG9w0BAQEFAASC\nab==\n-----END PRIVATE KEY-----\n"
	token    = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzYzovL28vcC9jIn0.c2lnbmF0dXJl"
)

func redactor(secrets ...string) *secret.Redactor {
	r := secret.NewRedactor()
	for _, s := range secrets {
		r.AddSecret(secret.New(s))
	}
	return r
}

func TestRedactHidesSecrets(t *testing.T) {
	std, raw := base64.StdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString
	for name, c := range map[string]struct {
		secrets    []string
		text, want string
	}{
		"as they are":                                 {[]string{key}, "key " + key + "!", "key ***!"},
		"wherever they stand":                         {[]string{"abcdef"}, "abcdefabcdef-abcdef", "******-***"},
		"trimmed":                                     {[]string{" abcdef\n"}, "x abcdef y", "x *** y"},
		"without the quotes around them":              {[]string{`"abcdef"`}, `abcdef "abcdef"`, "*** ***"},
		"not when shorter than six characters":        {[]string{"abcde", " ab\n", "äöüäö", ""}, "abcde ab äöüäö", "abcde ab äöüäö"},
		"six characters of any script":                {[]string{"äöüäöü"}, "=äöüäöü=", "=***="},
		"only in their own case":                      {[]string{"abcdef"}, "ABCDEF", "ABCDEF"},
		"as Base64":                                   {[]string{key}, "v=" + std([]byte(key)), "v=***=="},
		"as Base64 behind a user name":                {[]string{key}, "Basic " + std([]byte("u:"+key)), "Basic dT***"},
		"as Base64 with neighbors":                    {[]string{"abcdef"}, std([]byte("1234abcdef5")), "MTIzN***U="},
		"as Base64 of a group of its own":             {[]string{"abcdef"}, std([]byte("123abcdef456")), "MTIz***NDU2"},
		"as Base64 that nothing stands before":        {[]string{"abcdef"}, "v:" + std([]byte("1abcdef"))[2:], "v:***=="},
		"as base64url":                                {[]string{key}, raw([]byte("u:" + key)), "dT***"},
		"as a query value":                            {[]string{key}, "https://h/?k=" + url.QueryEscape(key) + "&x", "https://h/?k=***&x"},
		"as a path segment":                           {[]string{key}, "https://h/" + url.PathEscape(key) + "/x", "https://h/***/x"},
		"with lower-case percent escapes":             {[]string{key}, strings.ReplaceAll(url.QueryEscape(key), "%2F", "%2f"), "***"},
		"with percent escapes of every character":     {[]string{"abcdef"}, "%61%62%63%64%65%66", "***"},
		"with another choice of percent escapes":      {[]string{"a'b(c)d!"}, "a'b%28c%29d!", "***"},
		"as JSON":                                     {[]string{key}, `{"k":` + marshal(key) + `}`, `{"k":"***"}`},
		"as JSON of ASCII only":                       {[]string{key}, `"p@ss\/w\u002brd \"x\" \u003c\u00e9>%41~"`, `"***"`},
		"as JSON in JSON":                             {[]string{key}, marshal(marshal(key)), `"\"***\""`},
		"with two kinds of escapes":                   {[]string{"abcdef"}, `\u002561\u002562\u002563def`, "***"},
		"as a URL in JSON":                            {[]string{key}, marshal("?a=1&k=" + url.QueryEscape(key)), `"?a=1\u0026k=***"`},
		"as Base64 in a URL":                          {[]string{"abcde>>>?"}, url.QueryEscape(std([]byte("abcde>>>?"))), "***"},
		"quoted the way Go does":                      {[]string{"ab\x01cdef\u200b"}, strconv.Quote("ab\x01cdef\u200b"), `"***"`},
		"with invisible characters strewn in":         {[]string{"abcdef"}, "ab\u200bc\x00d\x1b[0me\u00adf", "***"},
		"with control characters of their own":        {[]string{"ab\x01cd\x1bef"}, "ab\x01cd\x1bef abcdef", "*** ***"},
		"with bytes of their own that are not UTF-8":  {[]string{"abc\xffdef"}, "abc\xffdef abc\ufffddef", "*** ***"},
		"with a logging command of their own":         {[]string{"##vso[x]"}, "a ##vso[x] b", "a *** b"},
		"every line of a PEM file":                    {[]string{pem}, "a MIIEvQIBADANBgkq b hkiG9w0BAQEFAASC c", "a *** b *** c"},
		"but not the frame of a PEM file":             {[]string{pem}, "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----"},
		"a PEM file as a whole":                       {[]string{pem}, "x" + pem + "y", "x***\ny"},
		"a PEM file with other line breaks":           {[]string{pem}, strings.ReplaceAll(strings.ReplaceAll(pem, "\r", ""), "\n", "\r\n"), "***\r\n"},
		"every part of a token":                       {[]string{token}, strings.Join(strings.Split(token, "."), " "), "*** *** ***"},
		"but not what only has dots":                  {[]string{"alpha-one.beta-two.gamma-three"}, "beta-two", "beta-two"},
		"cut off at the end of the text":              {[]string{"abcdefghijkl"}, "k: abcdefgh", "k: ***"},
		"cut off in an escape of an escape":           {[]string{"abcdefghijkl"}, "k: %5Cu0061bcdefgh%", "k: ***"},
		"as hexadecimal digits in a dump":             {[]string{"abcdef"}, "61 62 63\n0x64, 0X65:66", "***"},
		"but not digits with letters between them":    {[]string{"abcdef"}, "61g62z63G64Z65*66", "61g62z63G64Z65*66"},
		"nor with other scripts between them":         {[]string{"abcdef"}, "61é62ā63\x8064\xff65\u010066", "61é62ā63\x8064\xff65\u010066"},
		"but not a few first characters":              {[]string{"abcdefghijkl"}, "k: abcdefg", "k: abcdefg"},
		"cut off before an ellipsis":                  {[]string{"abcdefghijkl"}, "k: abcdefghi… abcdefghi...", "k: ***… ***..."},
		"but not eight characters before an ellipsis": {[]string{"abcdefghijkl"}, "k: abcdefgh… abcdefgh...", "k: abcdefgh… abcdefgh..."},
		"nor the beginning of it in another word":     {[]string{"abcdefghijkl"}, "k: abcdefghi!", "k: abcdefghi!"},
		"of sixteen characters across lines":          {[]string{"abcdefghijklmnop"}, "abcdefgh\nijklmnop", "***"},
		"but not of fewer across lines":               {[]string{"abcdefghijklmno"}, "abcdefgh\nijklmno", "abcdefgh\nijklmno"},
		"across lines behind the escape of one":       {[]string{"ABCDEFnopqrstuvwx", "nopqrstuvwxABCDEF", "rstuvwxABCDEFGHIJ", "tuvwxABCDEFGHIJKL"}, `\nopqrst\nuvwxABCDEF \rstuvw\nxABCDEFGHIJ \tuvwxA\nBCDEFGHIJKL`, `\n*** \r*** \t***`},
		"a PEM file of one piece across lines":        {[]string{"-----BEGIN X-----\nABCDEFGH\n-----END X-----"}, "ABCD\nEFGH", "***"},
		"with control characters at its start":        {[]string{"\x00\x00\x00abcdef"}, "abcdef \x00\x00\x00abcdef", "*** ***"},
		"the longer of two that begin together":       {[]string{"abcdef", "abcdefghij"}, "abcdefghijk", "***k"},
		"both of two that overlap":                    {[]string{"abcdefgh", "ghijklmn"}, "-abcdefghijklmn-", "-***-"},
		"one within another":                          {[]string{"cdefgh", "abcdefghij"}, "abcdefghij", "***"},
		"one that overlaps with itself":               {[]string{"aaaaaa"}, "aaaaaaaaaaaab", "***b"},
		"one that a mask completes":                   {[]string{"abcdef", "x***yz"}, "xabcdefyz", "***"},
		"one that is a mask itself":                   {[]string{"******"}, "*********** ***", "*** ***"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, redactor(c.secrets...).Redact(c.text))
		})
	}
}

// A character of Base64 that holds bits of a secret and of its neighbor goes with the secret, and nothing else does.
func TestRedactHidesTheBase64CharacterThatASecretSharesWithItsNeighbor(t *testing.T) {
	r := redactor("abcdefg") // nine characters of its own, and four bits of the tenth
	own := base64.RawStdEncoding.EncodeToString([]byte("abcdefg"))[:9]
	for c := range rune(utf8.RuneSelf) {
		want := "***"
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("+/-_", c) {
			want += string(c)
		}
		assert.Equal(t, want, r.Redact(own+string(c)), "%q", c)
	}
	assert.Equal(t, "*** word", r.Redact(own+" word"), "a blank parts neighbors")
}

func TestRedactShortensIdentifiers(t *testing.T) {
	const issuer = "https://login.example/0f0f0f0f-0000-0000-0000-000000000000/v2.0"
	for name, c := range map[string]struct {
		identifiers, secrets []string
		text, want           string
	}{
		"whatever their case":             {identifiers: []string{clientID}, text: "a " + strings.ToUpper(clientID) + " b " + strings.ToLower(clientID), want: "a 1a2b3c4d… b 1a2b3c4d…"},
		"whatever the case of its start":  {identifiers: []string{"AZaz-0000-1111"}, text: "azAZ-0000-1111", want: "AZaz-000…"},
		"within a longer word":            {identifiers: []string{clientID}, text: "ff" + clientID + "00", want: "ff1a2b3c4d…00"},
		"in a URL":                        {identifiers: []string{issuer}, text: "?iss=" + url.QueryEscape(issuer), want: "?iss=https://…"},
		"in JSON":                         {identifiers: []string{issuer}, text: `"` + strings.ReplaceAll(issuer, "/", `\/`) + `"`, want: `"https://…"`},
		"the longer where two overlap":    {identifiers: []string{clientID, clientID + "/extra"}, text: clientID + "/extra!", want: "1a2b3c4d…!"},
		"not when they are short":         {identifiers: []string{"EntraID", "12345678", ""}, text: "EntraID 12345678", want: "EntraID 12345678"},
		"not what only begins like one":   {identifiers: []string{clientID}, text: "1a2b3c4d-0000 and 1a2b3c4d", want: "1a2b3c4d-0000 and 1a2b3c4d"},
		"hides one that is a secret":      {identifiers: []string{clientID}, secrets: []string{clientID}, text: "a " + clientID, want: "a ***"},
		"hides one with a secret in it":   {identifiers: []string{clientID}, secrets: []string{"1a2b3c4d"}, text: "a " + clientID, want: "a ***"},
		"hides one that a secret touches": {identifiers: []string{clientID}, secrets: []string{"abcdefghi"}, text: clientID + "ghi", want: "***"},
		"also one like its own short":     {identifiers: []string{"12345678…"}, text: "12345678…", want: "12345678…"},
	} {
		t.Run(name, func(t *testing.T) {
			r := redactor(c.secrets...)
			r.AddIdentifier(c.identifiers...)
			assert.Equal(t, c.want, r.Redact(c.text))
		})
	}
}

func TestShortShowsEightCharacters(t *testing.T) {
	for name, c := range map[string]struct{ id, want string }{
		"a longer one is cut":         {clientID, "1a2b3c4d…"},
		"eight characters stay":       {"12345678", "12345678"},
		"fewer stay":                  {"a", "a"},
		"none stay none":              {"", ""},
		"characters count, not bytes": {"äöüäöüäöü", "äöüäöüäö…"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, secret.Short(c.id)) })
	}
}

func TestRedactorWithoutValuesChangesNothing(t *testing.T) {
	const text = "a\u200b##vso[x]\xff%41\\u0041"
	var none *secret.Redactor
	assert.Equal(t, text, none.Redact(text))
	assert.Equal(t, text, secret.NewRedactor().Redact(text))
	assert.Equal(t, text, redactor("somethingelse").Redact(text))
}

func TestRedactorTakesValuesWhileItRuns(t *testing.T) {
	r := secret.NewRedactor()
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for i := range 50 {
				value := fmt.Sprintf("secret-%d-%d!", worker, i)
				r.AddSecret(secret.New(value))
				r.AddIdentifier("identifier" + value)
				assert.Equal(t, "<***>", r.Redact("<"+value+">"))
			}
		})
	}
	workers.Wait()
}

func FuzzRedactHidesAPlantedSecretInEveryEncoding(f *testing.F) {
	f.Add(key, "before ", " after", uint8(64), uint8(0))
	f.Add(pem, "%2", "\\", uint8(76), uint8(3))
	f.Add(token, "\\u00", "%", uint8(1), uint8(1))
	f.Add("##vso[x]\x00%AZP25", "a", "", uint8(2), uint8(2))
	f.Add("***abc***", "***", "***", uint8(3), uint8(4))
	f.Add("000000", "%", "", uint8(2), uint8(5))
	f.Add("nrtnrt", "\\", "\\", uint8(2), uint8(3))
	f.Add("0!00!0", "0", "X100", uint8(2), uint8(4))
	f.Add("\xff\xfe\u200b\u2028\rä", "\xe2", "\x80", uint8(9), uint8(6))
	f.Fuzz(func(t *testing.T, value, before, after string, width, separator uint8) {
		trimmed := strings.TrimSpace(value)
		if utf8.RuneCountInString(trimmed) < 6 {
			t.Skip("too short to be searched for")
		}
		r := redactor(value)
		gone := func(what, planted, text string) {
			require.NotContains(t, r.Redact(text), planted, "%s in %q", what, text)
		}
		for what, planted := range map[string]string{
			"raw": trimmed, "visible": secret.Visible(trimmed),
			"query": url.QueryEscape(trimmed), "lower query": lowerHex(url.QueryEscape(trimmed)),
			"path": url.PathEscape(trimmed), "lower path": lowerHex(url.PathEscape(trimmed)),
			"JSON for HTML": unquote(marshal(trimmed)), "JSON": unquote(marshalPlain(trimmed)),
		} {
			if utf8.RuneCountInString(planted) >= 6 {
				gone(what, planted, before+planted+after)
			}
		}
		for shift := range 3 {
			whole := strings.Repeat("x", shift) + before[:len(before)/3*3] + trimmed + after
			for what, encoding := range map[string]*base64.Encoding{"Base64": base64.StdEncoding, "base64url": base64.URLEncoding} {
				gone(what, stable(encoding, trimmed, shift), encoding.EncodeToString([]byte(whole)))
				wrap := wraps[int(separator)%len(wraps)]
				planted := broken(stable(encoding, trimmed, shift), 1+int(width), wrap)
				gone("wrapped "+what, planted, before+planted+after)
				if len(planted) > 1 && strings.Contains("nrt", planted[:1]) { // behind a backslash it's a line break
					gone("wrapped "+what, planted[1:], before+"\\"+planted+after)
				}
			}
		}
		digits := hex.EncodeToString([]byte(trimmed))
		mark := marks[int(separator)%len(marks)]
		for what, form := range map[string]string{"small digits": digits, "capital digits": strings.ToUpper(digits), "mixed digits": mixedCase(digits)} {
			planted := broken(form, 2*(1+int(width)), mark)
			gone(what, planted, before+planted+after)
		}
		for line := range strings.SplitSeq(secret.Visible(trimmed), "\n") {
			line = strings.TrimSpace(line)
			if strings.Contains(secret.Visible(trimmed), "\n") && utf8.RuneCountInString(line) >= 6 && !strings.HasPrefix(line, "-----") {
				gone("line", line, before+line+after)
			}
		}
	})
}

// stable gives the Base64 of value at a shift without the characters that its neighbors have a say in: those differ
// when every bit around does.
func stable(encoding *base64.Encoding, value string, shift int) string {
	around := func(bits string) string {
		return encoding.EncodeToString([]byte(strings.Repeat(bits, shift) + value + strings.Repeat(bits, 2)))
	}
	zeros, ones := around("\x00"), around("\xff")
	end := (shift + len(value)) * 8 / 6 // the rest is neighbors or a character shared with them
	begin := 0
	for i := range end {
		if zeros[i] != ones[i] {
			begin = i + 1
		}
	}
	return zeros[begin:end]
}

func lowerHex(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' {
			b.WriteString(strings.ToLower(text[i : i+3]))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func marshal(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

func marshalPlain(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func unquote(text string) string { return text[1 : len(text)-1] }

func BenchmarkRedact(b *testing.B) {
	r := secret.NewRedactor()
	for i := range 30 {
		r.AddSecret(secret.New(fmt.Sprintf("sEcReT~%d.%s", i, strings.Repeat("xY_z", 8))))
		r.AddIdentifier(fmt.Sprintf("%08d-0000-4000-8000-000000000000", i))
	}
	r.AddSecret(secret.New(pem+strings.Repeat("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n", 40)), secret.New(token))
	line := strings.Repeat("access-token: Entra refused (AADSTS7000215), ", 5)
	for name, text := range map[string]string{
		"a plain line":                line,
		"a line with marks":           "✗ " + line + "→",
		"a line with escapes":         line + `https://h/?a%20b+c \"x\" C:\temp`,
		"a body of four KiB of JSON":  strings.Repeat(`{"error":"invalid_client","m":"a\r\nb\u0026c"}`, 4096/46),
		"a line that a secret ends":   line + "sEcReT~7." + strings.Repeat("xY_z", 8),
		"a line of nothing but dots.": strings.Repeat(".", 225),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r.Redact(text)
			}
		})
	}
}
