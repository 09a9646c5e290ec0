package diagnosis

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
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

// A text from a filtered answer contains no half of a secret either.
func TestExplainEvidenceCutsNoSecretInTwo(t *testing.T) {
	for _, size := range []int{40, 199, 256, maxHeadline, maxValue, evidence.MaxMessage, evidence.MaxBody} {
		before := strings.Repeat("x ", max(0, size-20)/2)
		for name, body := range map[string]string{
			"a sentence": `{"error":{"code":"X","message":"` + before + planted + `"}}`,
			"text":       before + planted,
			"a page":     "<html><title>" + before + planted + "</title>",
		} {
			for _, status := range []int{200, 403} {
				d := ExplainEvidence(evidence.FromResponse(evidence.ARM, status, nil, []byte(body), hide()), Situation{Hide: hide()}, nil)
				t.Run(name, func(t *testing.T) { assertGone(t, []any{d.Headline, d.Cause, d.Steps, d.Ask}) })
			}
		}
	}
}

// TestExplainCutsNoSecretInTwo: the values that a finding is given are cut after they're filtered, and so are the finished texts.
func TestExplainCutsNoSecretInTwo(t *testing.T) {
	for _, size := range []int{maxHeadline - 40} {
		for _, back := range []int{20} {
			value := strings.Repeat("x ", max(0, size-back)/2) + planted
			for _, e := range Entries() {
				s := Situation{Connection: value, Subscription: value, Description: value, Scope: value, Hide: hide()}
				args := known{}
				for _, name := range []string{"value", "detail", "lock", "scope", "expected", "variable", "names", "message"} {
					args[name] = value
				}
				d := Explain(e.Code, s, args, &evidence.Evidence{Host: value, NetworkDetail: value, Message: value})
				assertGone(t, []any{d.Headline, d.Cause, d.Steps, d.Ask})
			}
		}
	}
}
