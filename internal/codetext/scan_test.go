package codetext_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"armpreflight/internal/codetext"
	"armpreflight/internal/reading"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// codesOf are the codes that a text names, in the order of the answer.
func codesOf(t *testing.T, text string) []string {
	t.Helper()
	found, err := scan(strings.NewReader(text))
	require.NoError(t, err)
	var codes []string
	for _, m := range found.Codes {
		codes = append(codes, m.Code)
	}
	return codes
}

func TestScanFindsCodesAsTheyAreWritten(t *testing.T) {
	const long = 3 * codetext.ScanPiece
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"nothing in nothing":                {"", nil},
		"a sentence of Entra":               {"AADSTS7000222: The provided client secret keys for app 'x' are expired.", []string{"AADSTS7000222"}},
		"in lower case":                     {"aadsts7000222:", []string{"AADSTS7000222"}},
		"behind the agent's time and mark":  {"2026-11-23T10:00:00.1234567Z ##[error]ERROR: (AuthorizationFailed) The client may not", []string{"AuthorizationFailed"}},
		"behind colors":                     {"\x1b[31mERROR:\x1b[0m AADSTS700016: x", []string{"AADSTS700016"}},
		"a number alone":                    {"Error(s): 7000222 - Timestamp: 2026-11-23", []string{"AADSTS7000222"}},
		"numbers alone":                     {"error(s): 7000215, 7000222", []string{"AADSTS7000215", "AADSTS7000222"}},
		"a list of numbers":                 {`{"error":"invalid_client","error_codes":[7000215]}`, []string{"AADSTS7000215"}},
		"JSON":                              {`{"error":{"code":"AuthorizationFailed","message":"x"}}`, []string{"AuthorizationFailed"}},
		"JSON on several lines":             {"{\"error\": {\n  \"code\": \"ResourceGroupNotFound\",\n", []string{"ResourceGroupNotFound"}},
		"JSON in JSON":                      {`"{\"error\":{\"code\":\"ScopeLocked\"}}"`, []string{"ScopeLocked"}},
		"JSON in JSON in JSON":              {`"\"{\\\"error\\\":{\\\"code\\\":\\\"ScopeLocked\\\"}}\""`, []string{"ScopeLocked"}},
		"the Azure CLI":                     {"Code: AuthorizationFailed\nMessage: x", []string{"AuthorizationFailed"}},
		"azurerm":                           {"unexpected status 403 (403 Forbidden) with error: AuthorizationFailed: The client 'x' does not", []string{"AuthorizationFailed"}},
		"the start of a line":               {"x\nSubscriptionNotFound: The subscription 'x' could not be found.", []string{"SubscriptionNotFound"}},
		"a word of its own":                 {"x\nInvalidOperationException: y", nil},
		"PowerShell":                        {"ErrorCode: RequestDisallowedByPolicy", []string{"RequestDisallowedByPolicy"}},
		"Terraform":                         {`Original Error: Code="SubscriptionNotFound" Message="x"`, []string{"SubscriptionNotFound"}},
		"in parentheses within a sentence":  {"failed with (AuthorizationFailed) The client", []string{"AuthorizationFailed"}},
		"Azure DevOps":                      {"TF400813: The user is not authorized", []string{"TF400813"}},
		"the type of an exception":          {`"typeKey":"TaskOrchestrationPlanSecurityException"`, []string{"TaskOrchestrationPlanSecurityException"}},
		"a code of ours in an issue":        {"##vso[task.logissue type=error;code=clock-skew;]x", []string{"clock-skew"}},
		"a code of ours in the log":         {"2026-11-23T10:00:00.1234567Z           code   captive-portal", []string{"captive-portal"}},
		"behind a mark without a blank":     {"##[error]AuthorizationFailed: The client", []string{"AuthorizationFailed"}},
		"behind two marks":                  {"2026-11-23T10:00:00.1234567Z ##[error]##[error]ScopeLocked: x", []string{"ScopeLocked"}},
		"behind a mark in colors":           {"\x1b[31m##[warning]\x1b[0mScopeLocked: x", []string{"ScopeLocked"}},
		"behind a broken mark":              {"# #[error]ScopeLocked: x", []string{"ScopeLocked"}},
		"behind a command":                  {"##vso[task.logissue type=error;]ScopeLocked: x", []string{"ScopeLocked"}},
		"in a quote":                        {`message="ScopeLocked: x"`, []string{"ScopeLocked"}},
		"in a bracket":                      {"[ScopeLocked: x]", []string{"ScopeLocked"}},
		"part of a longer name":             {"a.ScopeLocked: x\nxScopeLocked: x", nil},
		"alone in its line":                 {"x\n##[error]ScopeLocked\r\n clock-skew \nAADSTS7000222", []string{"ScopeLocked", "clock-skew", "AADSTS7000222"}},
		"a word or a number alone":          {"throttled\n7000222\n\n-\n" + strings.Repeat("ScopeLocked", 20), nil},
		"UTF-16":                            {utf16Text("AADSTS7000222: x\r\n"), []string{"AADSTS7000222"}},
		"a code before the words around it": {"No matching federated identity record found for presented assertion subject\nAADSTS7000222", []string{"AADSTS7000222", "AADSTS700213"}},
		"a family's phrase":                 {"No matching federated identity record found for presented assertion subject 'sc://a'", []string{"AADSTS700213"}},
		"no word that happens to be one":    {"the request was throttled and cancelled; exit code throttled", nil},
		"no word in parentheses":            {"it failed (throttled)", nil},
		"no authorization code":             {`{"code":"AQABAAIAAABhZ2VudHNlY3JldA","state":"x"} ?code=OAAABAAAAiL9Kn2Z27UubvWFPbm0gLW`, nil},
		"a code that nobody knows yet":      {"AADSTS7999999: x", []string{"AADSTS7999999"}},
		"known before unknown":              {"AADSTS7999999\nAADSTS700016", []string{"AADSTS700016", "AADSTS7999999"}},
		"lasting before passing":            {"code=service-unavailable\nAADSTS700016", []string{"AADSTS700016", "service-unavailable"}},
		"the specific before the general":   {"AADSTS70002: Error. AADSTS7000215: Invalid", []string{"AADSTS7000215", "AADSTS70002"}},
		"at the end of a long line":         {strings.Repeat("x ", long) + "AADSTS7000222", []string{"AADSTS7000222"}},
		"across two pieces of a long line":  {strings.Repeat("x", codetext.ScanPiece-8) + " AADSTS7000222 " + strings.Repeat("x", long), []string{"AADSTS7000222"}},
		"a code within a word is no code":   {"XAADSTS7000222 AADSTS70002223333444", nil},
		"bytes that are no characters":      {"\xff\xfe\x80 AADSTS7000222\xff", []string{"AADSTS7000222"}},
		"a page of a proxy":                 {"<html><body><h1>Access denied</h1></body></html>", nil},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, codesOf(t, tc.text)) })
	}
}

// TestScanTakesFromAReportOfOursWhatItFound: the advice and the evidence of a finding name other codes.
func TestScanTakesFromAReportOfOursWhatItFound(t *testing.T) {
	const report = "  pass    3 ms  network               login.microsoftonline.com\n" +
		"  FAIL   12 ms  access-token          refused (AADSTS50034)\n" +
		"          code   AADSTS7000215 (observed)\n" +
		"          cause  Another thing than an expired secret (AADSTS7000222).\n" +
		"             1.  Look for AuthorizationFailed: it is another one, code: ScopeLocked.\n" +
		"##[group]what was seen\n" +
		"          codes          AADSTS700016\n" +
		"##[endgroup]\n" +
		"  ????          credential-expiry     couldn't determine: (Authorization_RequestDenied)\n" +
		"          code   expiry-unknown\n"
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"as it is":                    {report, []string{"AADSTS7000215", "expiry-unknown"}},
		"with the agent's times":      {"2026-11-23T10:00:00.1Z " + strings.ReplaceAll(strings.TrimSuffix(report, "\n"), "\n", "\r\n2026-11-23T10:00:00.1Z "), []string{"AADSTS7000215", "expiry-unknown"}},
		"a part of it":                {report[strings.Index(report, "          code"):strings.Index(report, "##[group]")], []string{"AADSTS7000215"}},
		"with what follows":           {report + "not ready: access-token failed\n    {\n          \"code\": \"ScopeLocked\"", []string{"AADSTS7000215", "expiry-unknown", "ScopeLocked"}},
		"broken off, then others":     {report[:strings.Index(report, "             1.")] + "##[error]ScopeLocked: x\n          (AuthorizationFailed)\n", []string{"AADSTS7000215", "ScopeLocked", "AuthorizationFailed"}},
		"broken off by a small step":  {report[:strings.Index(report, "             1.")] + "  code: ScopeLocked\n          (AuthorizationFailed)\n", []string{"AADSTS7000215", "ScopeLocked", "AuthorizationFailed"}},
		"broken off by another group": {report[:strings.Index(report, "             1.")] + "##[group]others\n          (AuthorizationFailed)\n", []string{"AADSTS7000215", "AuthorizationFailed"}},
		"no group without a report":   {"##[group]what was seen\n          (AuthorizationFailed)\n##[endgroup]\n          (ScopeLocked)", []string{"AuthorizationFailed", "ScopeLocked"}},
		"nor a recommendation":        {"recommendation: x\n          (AuthorizationFailed)\n", []string{"AuthorizationFailed"}},
		"up to its recommendation":    {report + "recommendation: x\n          why    (AuthorizationFailed)\n", []string{"AADSTS7000215", "expiry-unknown"}},
		"an annotation of today":      {"##[error]access-token: refused. Who: application owner. Step 2: See AADSTS7000222. (Steps 1 and 3 are in the log.)", nil},
		"an annotation":               {"##[error]access-token: refused. Steps 1 and 2 of 3 (application owner; all are in this step's log): (1) See AADSTS7000222. (2) See AADSTS50034", nil},
		"a short annotation":          {"##[warning]access-token: AADSTS7000222: x. Steps (pipeline author): (1) See AADSTS50034.", []string{"AADSTS7000222"}},
		"an annotation's command":     {"##vso[task.logissue type=error;code=AADSTS7000215;]access-token: x. Steps (pipeline author): (1) See AADSTS50034.", []string{"AADSTS7000215"}},
		"an annotation of the report": {report + "##[error]access-token: AADSTS700016: x. Steps (pipeline author): (1) See AADSTS50034.\nAADSTS700016: x. Steps: (1)", []string{"AADSTS7000215", "expiry-unknown", "AADSTS700016"}},
		"no annotation":               {"x. Steps: (1) See AADSTS50034.", []string{"AADSTS50034"}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, codesOf(t, tc.text)) })
	}
}

func utf16Text(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestScanSaysWhereAndHowOften(t *testing.T) {
	found, err := scan(strings.NewReader("start\nAADSTS7000222 AADSTS7000222\nfine\naadsts7000222\nAADSTS7002139: x\n"+
		"A Sentence of somebody\n"), "a sentence of", "not there")
	require.NoError(t, err)
	assert.Equal(t, codetext.Mentions{
		Codes: []codetext.Mention{
			{Code: "AADSTS7000222", Entry: "AADSTS7000222", Line: 2, Lines: 2},
			{Code: "AADSTS7002139", Entry: "AADSTS700213", Line: 5, Lines: 1},
		},
		Phrases: []int{6, 0}, Lines: 6,
	}, found)
}

func TestScanKeepsAFewUnknownCodesAndCountsTheRest(t *testing.T) {
	var b strings.Builder
	for i := range 50 {
		b.WriteString("AADSTS79000" + string(rune('0'+i/10)) + string(rune('0'+i%10)) + "\n")
	}
	found, err := scan(strings.NewReader(b.String()))
	require.NoError(t, err)
	assert.Len(t, found.Codes, codetext.MaxUnknown)
	assert.Equal(t, 30, found.Left)
}

func TestScanGivesWhatItHasWhenReadingFails(t *testing.T) {
	found, err := scan(io.MultiReader(strings.NewReader("AADSTS7000222\n"), iotest.ErrReader(errors.New("gone"))))
	assert.ErrorContains(t, err, "read the text: gone")
	assert.Len(t, found.Codes, 1)
}

func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		"", "2026-11-23T10:00:00.1234567Z ##[error]AADSTS7000222: x", "Error(s): 7000222, 70002 - Timestamp", `{"error":{"code":"AuthorizationFailed"}}`,
		`{\"error_codes\":[7000215],\"code\":\"x\"}`, "code=clock-skew;]##vso[task.complete]", "(AuthorizationFailed)", "\xff\xfeA\x00A\x00", "\x1b[31mTF400813",
		"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln client_secret=hunter2hunter2", strings.Repeat("AADSTS7000222", 2000),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := scan(bytes.NewReader(text), "failed to obtain")
		require.NoError(t, err)
		require.LessOrEqual(t, found.Lines, bytes.Count(text, []byte("\n"))+1)
		seen := map[string]bool{}
		for _, m := range found.Codes {
			require.False(t, seen[m.Code], "%s twice", m.Code)
			seen[m.Code] = true
			require.Positive(t, m.Line)
			require.LessOrEqual(t, m.Line, found.Lines)
			require.Positive(t, m.Lines)
			if m.Entry == "" {
				require.Regexp(t, codetext.CodeFormPattern, m.Code)
			}
		}
		slow, err := scan(iotest.OneByteReader(bytes.NewReader(text)), "failed to obtain")
		require.NoError(t, err)
		require.Equal(t, found, slow, "however it arrives")
	})
}

func TestScanKeepsLittleOfAnyText(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector keeps some, too")
	}
	for name, line := range codetext.Logs {
		text := codetext.Repeated(line, 1<<20)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		found, err := scan(strings.NewReader(text))
		require.NoError(t, err)
		runtime.ReadMemStats(&after)
		assert.Less(t, len(found.Codes), 400, name)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16*len(text)), "%s: bytes", name)
		assert.Less(t, after.Mallocs-before.Mallocs, uint64(len(text)), "%s: pieces of memory", name)
	}
}

func BenchmarkScan(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(codetext.Logs)) {
		b.Run(name, func(b *testing.B) {
			text := codetext.Repeated(codetext.Logs[name], 1<<20)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_, err := scan(strings.NewReader(text))
				require.NoError(b, err)
			}
		})
	}
}

// scan looks for the codes of the catalogue.
func scan(r io.Reader, phrases ...string) (codetext.Mentions, error) {
	found, err := reading.Read(r, phrases...)
	return found.Mentions, err
}
