package evidence

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

const planted = "qV8~planted.Zk3w-secret_1234567890"

func hide() secret.Filter {
	r := secret.NewRedactor()
	r.AddSecret(secret.New(planted))
	return r.Redact
}

// assertGone wants less than nine characters of the planted secret together.
func assertGone(t *testing.T, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	for i := 0; i+9 <= len(planted); i++ {
		require.NotContains(t, strings.ToLower(string(text)), strings.ToLower(planted[i:i+9]))
	}
}

// A secret extends across every place at which a text is cut.
func TestEvidenceKeepsNoHalfOfASecret(t *testing.T) {
	quoted, err := json.Marshal(planted)
	require.NoError(t, err)
	for name, make := range map[string]func(before string) (http.Header, string){
		"in a sentence": func(b string) (http.Header, string) {
			return nil, `{"error":{"code":"X","message":"` + b + planted + `"}}`
		},
		"in an answer as text":  func(b string) (http.Header, string) { return nil, b + planted },
		"in a page":             func(b string) (http.Header, string) { return nil, "<html><title>" + b + planted + "</title>" },
		"in the link of a page": func(b string) (http.Header, string) { return nil, `<html><a href="` + b + planted + `">` },
		"in Entra's trace id": func(b string) (http.Header, string) {
			return nil, `{"error_description":"AADSTS7: x Trace ID: ` + b[:min(len(b), 60)] + planted + `"}`
		},
		"as a code":               func(string) (http.Header, string) { return nil, `{"error":{"code":` + string(quoted) + `}}` },
		"as a trace id":           func(string) (http.Header, string) { return nil, `{"error":"x","trace_id":` + string(quoted) + `}` },
		"in the name of a field":  func(b string) (http.Header, string) { return nil, `{"` + b + planted + `":1}` },
		"in the name of a server": func(b string) (http.Header, string) { return http.Header{"Server": {b + planted}}, "" },
		"in a request id":         func(string) (http.Header, string) { return http.Header{"X-Ms-Request-Id": {planted}}, "" },
		"in a media type": func(b string) (http.Header, string) {
			return http.Header{"Content-Type": {"text/" + strings.ReplaceAll(b, " ", "") + planted}}, ""
		},
		"in a challenge": func(b string) (http.Header, string) {
			return http.Header{"Www-Authenticate": {`Bearer authorization_uri="https://login.example/` + strings.ReplaceAll(b, " ", "") + planted + `"`}}, ""
		},
		"in the error of Azure DevOps": func(b string) (http.Header, string) {
			return http.Header{"X-Tfs-Serviceerror": {strings.ReplaceAll(b, " ", "+") + planted}}, ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{40, 199, maxField, 512, MaxMessage, MaxBody, 8 * MaxMessage, maxPage} {
				for _, back := range []int{20} {
					for _, status := range []int{200, 403} {
						h, body := make(strings.Repeat("x ", max(0, size-back)/2))
						ev := FromResponse(ARM, status, h, []byte(body), hide())
						assertGone(t, ev)
					}
				}
			}
		})
	}
}

func TestASecretWithAnEscapeIsHiddenInTheNameOfAField(t *testing.T) {
	const escaped = "qV8\U000E0001planted\U000E0001Zk3w-secret"
	r := secret.NewRedactor()
	r.AddSecret(secret.New(escaped))
	body, err := json.Marshal(map[string]int{escaped: 1, "plain": 2})
	require.NoError(t, err)
	assert.Equal(t, `a JSON object with the fields "plain", "***"`, FromResponse(ARM, 200, nil, body, r.Redact).Message)
}

// What is filtered of an answer is bounded, whatever its size and shape.
func TestOnlyWhatIsKeptOfAnAnswerIsFiltered(t *testing.T) {
	escapes := strings.Repeat(`%41\u0042&amp;+`, 4<<20/15)
	var details strings.Builder
	for range 4 << 20 / 600 {
		details.WriteString(`{"code":"X","message":"` + strings.Repeat(`%41&amp;+`, 60) + `"},`)
	}
	for name, body := range map[string]string{
		"a sentence":     `{"error":{"code":"X","message":"` + strings.ReplaceAll(escapes, `\`, `\\`)[:maxParsed-100] + `"}}`,
		"text":           escapes,
		"a page":         "<html><title>" + escapes,
		"names":          `{"` + strings.ReplaceAll(escapes, `\`, `\\`)[:maxParsed-100] + `":1}`,
		"many sentences": `{"error":{"code":"X","details":[` + details.String()[:maxParsed/622*622] + `{}]}}`,
		"Entra's words":  `{"error":"invalid_client","error_description":"` + strings.ReplaceAll(escapes, `\`, `\\`)[:maxParsed-100] + `"}`,
	} {
		for _, status := range []int{200, 500} {
			t.Run(name, func(t *testing.T) {
				seen := 0
				count := secret.Filter(func(text string) string {
					seen += len(text)
					return text
				})
				_ = FromResponse(ARM, status, nil, []byte(body), count)
				assert.Less(t, seen, 160<<10)
			})
		}
	}
}
