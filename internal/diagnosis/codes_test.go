package diagnosis

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answer is one line of testdata/codes.tsv: what a service returns, and the entry that it must lead to.
type answer struct {
	want          Code
	kind, family  string
	status        int
	code, message string // code: what the service calls it; see the head of the file
}

const (
	traceID       = "03da4b8e-5ffe-48ca-9754-aff4276f0100"
	correlationID = "7b12f9bb-2eef-42e3-ad75-eee69ec9088d"
	timestamp     = "2026-03-01 10:25:26Z"
	entraTail     = " Trace ID: " + traceID + " Correlation ID: " + correlationID + " Timestamp: " + timestamp
)

func answers(t testing.TB) []answer {
	raw, err := os.ReadFile("testdata/codes.tsv")
	require.NoError(t, err)
	var all []answer
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		field := strings.Split(strings.TrimRight(line, "\n"), "\t")
		require.Len(t, field, 6, line)
		require.Contains(t, []string{"observed", "documented", "sample"}, field[1], line)
		status, err := strconv.Atoi(field[3])
		require.NoError(t, err, line)
		all = append(all, answer{want: Code(field[0]), kind: field[1], family: field[2], status: status, code: field[4], message: field[5]})
	}
	require.Greater(t, len(all), 390, "the answers are there")
	return all
}

// sentence is what Microsoft Entra writes as error_description.
func (a answer) sentence() string { return string(a.want) + ": " + a.message + entraTail }

func (a answer) service() evidence.Service {
	family, _, _ := strings.Cut(a.family, "/")
	return map[string]evidence.Service{"entra": evidence.Entra, "arm": evidence.ARM, "graph": evidence.Graph, "managed-identity": evidence.ManagedIdentity, "azure-devops": evidence.DevOps}[family]
}

// response gives header and body as the service would write them.
func (a answer) response(t testing.TB) (http.Header, string) {
	header := http.Header{}
	object := map[string]any{}
	switch service := a.service(); {
	case service == evidence.Entra:
		number, err := strconv.Atoi(strings.TrimPrefix(string(a.want), "AADSTS"))
		require.NoError(t, err)
		object = map[string]any{
			"error": a.code, "error_description": a.sentence(), "error_codes": []int{number},
			"timestamp": timestamp, "trace_id": traceID, "correlation_id": correlationID,
		}
	case a.code == "insufficient_claims":
		header.Set("WWW-Authenticate", `Bearer authorization_uri="https://login.windows.net/common", error="insufficient_claims", claims="e30="`)
		object["error"] = map[string]any{"code": "InvalidAuthenticationToken", "message": a.message}
	case service == evidence.ARM, service == evidence.Graph:
		object["error"] = map[string]any{"code": a.code, "message": a.message}
	case a.code == "arc":
		header.Set("WWW-Authenticate", "Basic realm=/var/opt/azcmagent/tokens/0000.key")
		return header, ""
	case a.code == "text" || a.code == "html" || a.family == "log":
		return header, a.message
	case service == evidence.ManagedIdentity:
		object["error"], object["error_description"] = a.code, a.message
	case a.code == "value":
		object["count"], object["value"] = 151, a.message
	case a.code == "message":
		object["count"], object["value"] = 1, map[string]any{"Message": a.message}
	default:
		object["$id"], object["message"], object["typeKey"] = "1", a.message, a.code
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	body, err := json.Marshal(object)
	require.NoError(t, err)
	return header, string(body)
}

func (a answer) evidence(t testing.TB) evidence.Evidence {
	header, body := a.response(t)
	ev := evidence.FromResponse(a.service(), a.status, header, []byte(body), nil)
	if strings.HasSuffix(a.family, "/oidctoken") {
		ev.Path = "/contoso/_apis/distributedtask/hubs/build/plans/p/jobs/j/oidctoken"
	}
	return ev
}

// requireReached wants one entry, and no other that fits as well.
func requireReached(t testing.TB, want Code, ev evidence.Evidence) {
	t.Helper()
	found := Candidates(ev)
	require.NotEmpty(t, found, "nothing fits: codes %q, message %q", ev.Codes, ev.Message)
	assert.Equal(t, want, found[0].Entry.Code, "codes %q, message %q", ev.Codes, ev.Message)
	requireBest(t, ev, found)
}

func TestEveryAnswerIsReachedByItsEntryAndByNoOtherEquallyWell(t *testing.T) {
	counts := map[string]int{}
	reached := map[Code]bool{}
	for _, a := range answers(t) {
		requireReached(t, a.want, a.evidence(t))
		family, _, _ := strings.Cut(a.family, "/")
		counts[family]++
		counts[a.kind]++
		reached[a.want] = true
	}
	for _, s := range samples(t) {
		reached[s.Want] = true
	}
	t.Logf("answers: %d Microsoft Entra, %d Azure Resource Manager, %d managed identity, %d Azure DevOps, %d Microsoft Graph, %d texts of logs and dialogs",
		counts["entra"], counts["arm"], counts["managed-identity"], counts["azure-devops"], counts["graph"], counts["log"])
	t.Logf("of them %d observed, %d documented, %d made up; they and the samples reach %d of %d entries",
		counts["observed"], counts["documented"], counts["sample"], len(reached), len(Entries()))
	assert.GreaterOrEqual(t, counts["entra"], 186, "codes of Microsoft Entra")
	for _, e := range Entries() {
		assert.True(t, reached[e.Code] || !e.Code.Upstream(), "%s has neither an answer in codes.tsv nor a sample", e.Code)
	}
}

// entraWords are the ways in which others repeat an answer of Microsoft Entra.
var entraWords = map[string]func(number, sentence, body string) string{
	"MSAL for Go": func(_, _, body string) string {
		return "http call(https://login.microsoftonline.com/contoso/oauth2/v2.0/token)(POST) error: reply status code was 401:\n" + body
	},
	"azidentity": func(_, _, body string) string {
		return "ClientSecretCredential authentication failed\nPOST https://login.microsoftonline.com/contoso/oauth2/v2.0/token\n" +
			"--------------------------------------------------------------------------------\nRESPONSE 401: 401 Unauthorized\n" + body
	},
	"the Azure CLI": func(_, sentence, _ string) string {
		return "ERROR: " + sentence + "\nThe error may be caused by passing a service principal certificate with --password. Please note that --password no longer accepts a service principal certificate."
	},
	"the Azure CLI, older": func(number, sentence, _ string) string {
		return "Get Token request returned: Error(s): " + number + " - Timestamp: " + timestamp + " - Description: " + sentence
	},
	"the Azure CLI, number only": func(number, _, _ string) string {
		return "A configuration issue is preventing authentication. Error(s): " + number + " - Timestamp: " + timestamp
	},
	"a task of Azure DevOps": func(_, sentence, _ string) string {
		return "##[error]Failed to obtain the Json Web Token(JWT) using service principal client ID. Exception message: " + sentence
	},
	"a federated task of Azure DevOps": func(number, _, _ string) string {
		return "Microsoft Entra rejected the token issued by Azure DevOps with error code AADSTS" + number
	},
}

func TestEntrasCodesAreFoundInWhatOthersMakeOfThem(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	for name, wrap := range entraWords {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, a := range answers(t) {
				if a.service() != evidence.Entra {
					continue
				}
				_, body := a.response(t)
				text := wrap(strings.TrimPrefix(string(a.want), "AADSTS"), a.sentence(), body)
				message, err := json.Marshal(map[string]any{"$id": "1", "message": text, "typeKey": "ServiceEndpointException"})
				require.NoError(t, err)
				for _, ev := range []evidence.Evidence{evidence.FromResponse("", 0, nil, []byte(text), nil), evidence.FromResponse(evidence.DevOps, 400, nil, message, nil)} {
					requireReached(t, a.want, ev)
					if strings.Contains(text, traceID) {
						assert.Equal(t, []string{traceID, correlationID, timestamp}, []string{ev.TraceID, ev.CorrelationID, ev.Timestamp})
						assert.NotContains(t, ev.Message, traceID)
					}
				}
			}
		})
	}
}

// armWords are the ways in which others repeat an answer of Azure Resource Manager.
var armWords = map[string]func(code, message, body string) string{
	"the Azure CLI": func(code, message, _ string) string {
		return "ERROR: (" + code + ") " + message + "\nCode: " + code + "\nMessage: " + message
	},
	"the Azure SDK": func(code, _, body string) string {
		return "RESPONSE 403: 403 Forbidden\nERROR CODE: " + code + "\n---\n" + body
	},
	"Verify in Azure DevOps": func(_, _, body string) string {
		return "Failed to query service connection API: 'https://management.azure.com/subscriptions/x'. Status Code: 'Forbidden', Response from server: '" + body + "'"
	},
	"a body that was quoted twice": func(_, _, body string) string { return "Response from server: " + strconv.Quote(body) },
}

func TestAzuresCodesAreFoundInWhatOthersMakeOfThem(t *testing.T) {
	for name, wrap := range armWords {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, a := range answers(t) {
				if a.service() != evidence.ARM || a.code == "insufficient_claims" || a.want == "management-group-not-found" {
					continue
				}
				_, body := a.response(t)
				text := wrap(a.code, a.message, body)
				message, err := json.Marshal(map[string]any{"$id": "1", "message": text, "typeKey": "ServiceEndpointException"})
				require.NoError(t, err)
				requireReached(t, a.want, evidence.FromResponse("", 0, nil, []byte(text), nil))
				requireReached(t, a.want, evidence.FromResponse(evidence.DevOps, 400, nil, message, nil))
			}
		})
	}
}

func TestAnEntryIsNotConfirmedOnlyWhereNobodyHasSeenItsAnswer(t *testing.T) {
	seen := map[Code]bool{}
	for _, a := range answers(t) {
		seen[a.want] = seen[a.want] || a.kind != "sample"
	}
	for _, s := range samples(t) {
		seen[s.Want] = true
	}
	for _, e := range Entries() {
		if seen[e.Code] {
			assert.NotEqual(t, Guess, e.Confidence, e.Code)
		}
	}
}

// full says whether an entry holds everything that a reader needs, and not only title, meaning, and a common recipe.
func full(e Entry) bool {
	return len(e.Means) > 0 && len(e.Causes) >= 2 && len(e.Confirm) > 0 && len(e.Links) > 0 &&
		slices.ContainsFunc(e.Fixes, func(f catalogue.Fix) bool { return len(f.Steps) >= 3 })
}

func TestMostEntriesAreWrittenInFull(t *testing.T) {
	written, byScheme := 0, 0
	for _, e := range Entries() {
		if full(e) {
			written++
		}
		if len(e.Fixes) > 1 {
			byScheme++
		}
	}
	t.Logf("%d of %d entries are written in full, %d have steps of their own by scheme, creation mode or fact", written, len(Entries()), byScheme)
	assert.GreaterOrEqual(t, written, 80)
}

func TestAPropagationHasItsBoundAndNothingElseHas(t *testing.T) {
	for _, e := range Entries() {
		assert.Equal(t, e.Retry == RetryPropagation, e.Bound > 0, e.Code)
	}
}
