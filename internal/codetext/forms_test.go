package codetext

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The forms of codes as expressions: what forms.go and numbers.go read by hand.
var (
	codeWordPatterns = []*regexp.Regexp{
		regexp.MustCompile(`\b(AADSTS[0-9]{4,9}|TF[0-9]{5,6}|VS[0-9]{5,7})\b`),
		regexp.MustCompile(`\\*"code\\*"\s*:\s*\\*"([A-Za-z][A-Za-z0-9_.]{2,79})\\*"`),
		regexp.MustCompile(`(?m)^\s*(?:ERROR:\s*)?\((Conflict|[A-Z][a-z]+[A-Z_][A-Za-z0-9_]{1,79})\)\s`),
		regexp.MustCompile(`(?m)^\s*(?i:(?:ERROR )?Code):\s+([A-Z][A-Za-z0-9_]{2,79})\s*$`),
		regexp.MustCompile(`\binner error code:\s*([A-Z][A-Za-z0-9_]{2,79})\b`),
	}
	bareNumberPattern  = regexp.MustCompile(`\bError\(s\):\s*([0-9]{4,9})\b`)
	anyCasePattern     = regexp.MustCompile(`(?i)\bAADSTS([0-9]{4,9})\b`)
	listPattern        = regexp.MustCompile(`(?i)(?:error\(s\):|error_codes\\*"\s*:\s*\[)\s*([0-9]{4,9}(?:\s*,\s*[0-9]{4,9})*)`)
	numberPattern      = regexp.MustCompile(`[0-9]+`)
	namedPattern       = regexp.MustCompile(`(?i)(?:\b(?:error ?)?code\\*["']?\s*[:=]\s*|\btypekey\\*["']?\s*[:=]\s*|^\s+code {3})\\*["']?([a-z][a-z0-9_.-]{2,79})`)
	parenthesisPattern = regexp.MustCompile(`\(([A-Za-z][A-Za-z0-9_]{2,79})\)`)
	colonPattern       = regexp.MustCompile(`(?:^|[^\w.])((?:[A-Z][a-z]+){2,6}):\s`)
	CodeFormPattern    = regexp.MustCompile(`^(?:AADSTS[0-9]{4,9}|TF[0-9]{5,6}|VS[0-9]{5,7}|` +
		`(?:` + namePart + `){2,}|[A-Z]{3,6}[a-z]+|(?:` + namePart + `)+[A-Z]{2,5})$`)
	entraPattern = regexp.MustCompile(`^(?i:aadsts)?[\s_:-]*([0-9]{4,9})$`)
	colorPattern = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]`)
)

// namePart is a word of a name, or an abbreviation and a word.
const namePart = `(?:[A-Z]|[A-Z]{3,6})[a-z]+`

func groups(pattern *regexp.Regexp, text string, most int) []string {
	var all []string
	for _, m := range pattern.FindAllStringSubmatch(text, most) {
		all = append(all, m[1])
	}
	return all
}

func codesByPatterns(text string) []string {
	var found []written
	for _, pattern := range codeWordPatterns {
		for _, m := range pattern.FindAllStringSubmatchIndex(text, maxCodes) {
			found = append(found, written{m[2], text[m[2]:m[3]]})
		}
	}
	for _, m := range bareNumberPattern.FindAllStringSubmatchIndex(text, maxCodes) {
		found = append(found, written{m[2], "AADSTS" + text[m[2]:m[3]]})
	}
	slices.SortStableFunc(found, func(a, b written) int { return cmp.Compare(a.at, b.at) })
	codes := []string{}
	for _, f := range found {
		codes = append(codes, f.code)
	}
	return codes
}

func compareWithPatterns(t *testing.T, text string) {
	if strings.ContainsAny(text, "\u212a\u017f") || len(text) > 4000 {
		return // (?i) takes them for k and s
	}
	codes := []string{}
	for _, found := range byForm(text) {
		codes = append(codes, found.code)
	}
	require.Equal(t, codesByPatterns(text), codes, "%q", text)
	require.Equal(t, groups(anyCasePattern, text, maxCodes), anyCaseNumbers(text), "%q", text)
	var listed []string
	for _, list := range groups(listPattern, text, maxCodes) {
		listed = append(listed, numberPattern.FindAllString(list, maxCodes)...)
	}
	require.Equal(t, listed, listedNumbers(text), "%q", text)
	require.ElementsMatch(t, groups(namedPattern, text, maxCodes), namedValues(text), "%q", text)
	require.Equal(t, groups(parenthesisPattern, text, 4*maxCodes), namesInParentheses(text), "%q", text)
	require.Equal(t, groups(colonPattern, text, maxCodes), namesBeforeColons(text), "%q", text)
	require.Equal(t, CodeFormPattern.MatchString(text), IsCodeForm(text), "%q", text)
	require.Equal(t, colorPattern.ReplaceAllString(text, ""), withoutColors(text), "%q", text)
	if len(text) > 256 {
		return
	}
	want := strings.Trim(text[:min(len(text), 256)], " \t\r\n\"'`.,:;!?()[]{}<>")
	if m := entraPattern.FindStringSubmatch(want); m != nil {
		want = "AADSTS" + m[1]
	}
	require.Equal(t, want, Spelled(text), "%q", text)
}

var writtenSeeds = []string{
	"AADSTS7000222: x AADSTS70002223333444 XTF400813 TF400813 VS800075 VS1 TF12345A", "aadsts7000222 Error(s): 7000222, 70002,123 - Timestamp Error(s): 123",
	`{"error":{"code":"AuthorizationFailed"}} {\"code\":\"ScopeLocked\"} "code" : "a.b_c" "code":"ab" "code":"Abc"code":"Def"`,
	"ERROR: (AuthorizationFailed) x\n  (Conflict) y\n(Conflict)z\n(Ab_c) \n\n\n (ABc) ", "Code: AuthorizationFailed \n error Code:\nAbc\t\n\nCode: Abc d\ncode: Abc",
	"error code: Forbidden, inner error code: AuthorizationFailed. inner error code:Abcé", `"error_codes":[7000215, 70002,1] ERROR_CODES\" : [ 1234567890,5555`,
	"code=clock-skew;]x errorcode: abc xerror code='abc' typeKey\\\":\\\"Abc.Def code   : xyz", "   code   captive-portal code code:code:abc", " \tCODE    abc",
	"error: AuthorizationFailed: The AbCd: EfGh: x\nIjKl:\tMnOp:", "(abc)(ab)(abc_1)((abcd))(" + strings.Repeat("a", 81) + ")", "\x1b[31mred\x1b[0m \x1b[3\x1b[!m\x1b[",
	"AbCdEfGhIjKl", "AbCdEfGhIjKlMn", "AbCDE", "ABCde", "ABcDef", "AbCD", "ABC", "AbC", "ABCDEFg", "ABCDEFGh", "AbCDEFGH", "ABcABc", "Abc", "aadsts - 70002", "70002", "aadsts70002:", "AADSTS", "  123 ",
}

func TestCodesAreReadAsTheirFormsSay(t *testing.T) {
	for _, text := range writtenSeeds {
		compareWithPatterns(t, text)
	}
	for _, line := range Logs {
		compareWithPatterns(t, Repeated(line, 2000))
	}
}

func FuzzWritten(f *testing.F) {
	for _, text := range writtenSeeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { compareWithPatterns(t, text) })
}

func FuzzPhrases(f *testing.F) {
	f.Add("he,she,his,hers", "ushers")
	f.Add("a,aa,aaa,ba", "baaab")
	f.Add("a,a,", "\xff")
	f.Fuzz(func(t *testing.T, list, text string) {
		phrases := slices.DeleteFunc(strings.Split(list, ","), func(phrase string) bool { return phrase == "" })
		if len(list) > 1000 {
			return
		}
		found := map[int]bool{}
		newPhraseSet(phrases).find([]byte(text), func(i int) { found[i] = true })
		for i, phrase := range phrases {
			assert.Equal(t, strings.Contains(text, phrase), found[i], "%q in %q", phrase, text)
		}
	})
}
