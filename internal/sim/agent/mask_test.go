package agent

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const secret = `Sekret%1 "\x/+?`

func TestWhatIsMasked(t *testing.T) {
	job := &Job{
		Variables: []Variable{{Name: "key", Value: secret, Secret: true}, {Name: "quoted", Value: `"inner value"`, Secret: true}, {Name: "spaced", Value: " padded-value\n", Secret: true}},
		Endpoints: []Endpoint{endpoint(azure, "prod"), system("job-token")},
	}
	for name, test := range map[string]struct{ line, want string }{
		"the value":                         {"<" + secret + ">", "<***>"},
		"the value in JSON":                 {`{"a":"` + jsonEscaped(secret) + `"}`, `{"a":"***"}`},
		"the value in a URL":                {"?k=" + uriEscaped(secret), "?k=***"},
		"the value with escapes undone":     {backslashUndone(`Sekret%1 "\x/+?`), "***"},
		"the value in Base64":               {base64.StdEncoding.EncodeToString([]byte(secret)), "***"},
		"the value as command data":         {strings.ReplaceAll(secret, "%", "%AZP25"), "***"},
		"without surrounding quotes":        {"inner value", "***"},
		"trimmed":                           {"[padded-value]", "[***]"},
		"a client id":                       {"client-0123456789", "***"},
		"a key of the connection":           {`k<e>y&"1"`, "***"},
		"the authentication type is listed": {"spnKey", "***"},
		"the job's token":                   {"Bearer job-token!", "Bearer ***!"},
		"data are not masked":               {"AzureCloud", "AzureCloud"},
		"a password in a URL":               {"https://user:pa%2Fss!@host", "https://user:***@host"},
		"one that is no part of a URL":      {"https://user:pa/ss@host", "https://user:pa/ss@host"},
		"what touches is one":               {"job-tokenjob-token", "***"},
		"hex is not known":                  {hex.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret))},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, []string{test.want}, feed(t, job, Step{}, test.line).Lines)
		})
	}
}

func TestMaskOfOverlaps(t *testing.T) {
	m := newMasker(0, &Job{})
	for _, value := range []string{"abc", "cde", "aa", ""} {
		m.add(value)
	}
	assert.Equal(t, "***", m.mask("abcde"))
	assert.Equal(t, "x***y***", m.mask("xabcyaaaa"))
	assert.Equal(t, "plain", m.mask("plain"))
}

func TestShortSecretsAreMaskedUnlessToldOtherwise(t *testing.T) {
	short := Variable{Name: "s", Value: "ab", Secret: true}
	assert.Equal(t, []string{"t***le"}, feed(t, &Job{Variables: []Variable{short}}, Step{}, "table").Lines)
	assert.Equal(t, []string{"table"}, feed(t, &Job{Variables: []Variable{short, {Name: "AZP_IGNORE_SECRETS_SHORTER_THAN", Value: "9"}}}, Step{}, "table").Lines)
}

func TestSecretsOfTheStepAreMaskedFromThenOn(t *testing.T) {
	r := feed(t, &Job{}, Step{}, "early-one", "##vso[task.setsecret]later-one", "later-one",
		"##vso[task.setvariable variable=a;issecret=true]own-value%AZP25", "own-value% own-value%AZP25", "##vso[task.logissue type=error;detail=later-one]later-one")
	assert.Equal(t, []string{"early-one", "***", "*** ***", "##[error]***"}, r.Lines)
	assert.Equal(t, "***", r.Issues[0].Message)
	assert.Equal(t, "later-one", r.Issues[0].Properties["detail"], "properties are not masked")
	assert.Contains(t, strings.Join(r.Faults, "\n"), "property \"detail\"")
}

func TestLeaksThatTheMaskDoesNotSee(t *testing.T) {
	pem := "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n"
	connection := Endpoint{ID: azure, Name: "prod", Scheme: "ServicePrincipal", Parameters: map[string]string{"serviceprincipalkey": "longsecretkey1", "certificate": pem, "kind": "Manual"}}
	dir := t.TempDir()
	report := filepath.Join(dir, "report.json")
	require.NoError(t, os.WriteFile(report, []byte(`{"key":"longsecretkey1"}`), 0o600))
	for name, test := range map[string]struct {
		line  string
		fault string
	}{
		"nothing":                    {"hello Manual client", ""},
		"the plain value":            {"longsecretkey1", "output line 1, before the agent masked"},
		"hex":                        {hex.EncodeToString([]byte("longsecretkey1")), "in hex"},
		"Base64 in a longer text":    {base64.StdEncoding.EncodeToString([]byte("id:longsecretkey1")), "in Base64"},
		"Base64 for URLs":            {base64.RawURLEncoding.EncodeToString([]byte("xlongsecretkey1?")), "in Base64"},
		"one line of a key":          {"MIIEvQIBADANBgkq", "line by line"},
		"a header of a key is none":  {"-----BEGIN PRIVATE KEY-----", ""},
		"an attachment":              {"##vso[task.uploadfile]" + report, `attachment "report.json"`},
		"a variable that is open":    {"##vso[task.setvariable variable=a]longsecretkey1", `variable "a"`},
		"a secret variable":          {"##vso[task.setvariable variable=a;issecret=true]longsecretkey1", "output line 1"},
		"the current operation":      {"##vso[task.complete result=Failed]longsecretkey1", "current operation"},
		"a property of an issue":     {"##vso[task.logissue type=error;code=longsecretkey1]x", `property "code"`},
		"an issue in another form":   {"##vso[task.logissue type=error]" + hex.EncodeToString([]byte("longsecretkey1")), "issue 1"},
		"a fault names no secret":    {"##vso[task.complete result=longsecretkey1]", `result "***"`},
		"first eight letters may go": {"longsecr…", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := feed(t, &Job{Endpoints: []Endpoint{connection}}, Step{}, test.line)
			faults := strings.Join(r.Faults, "\n")
			assert.Equal(t, test.fault != "", len(r.Faults) > 0, faults)
			assert.Contains(t, faults, test.fault)
			assert.NotContains(t, faults, "longsecretkey1")
		})
	}
}

// Whatever the value and whatever is around it, a masked text doesn't hold the value.
func FuzzMask(f *testing.F) {
	f.Add("secret", "a ", " b")
	f.Add(`"q\`, `"`, `\`)
	f.Add("aa", "a", "a")
	f.Add("größe😀", "ö", "😀")
	f.Fuzz(func(t *testing.T, value, before, after string) {
		if strings.Trim(value, "*") == "" || strings.Contains("***", value) {
			t.Skip("the mask itself")
		}
		m := newMasker(0, &Job{})
		m.add(value)
		masked := m.mask(before + value + after)
		require.Contains(t, masked, "***")
		if !strings.Contains(value, "*") {
			require.NotContains(t, masked, value)
		}
	})
}
