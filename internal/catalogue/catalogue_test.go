package catalogue

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// wanted are the codes that the checks and the services of this release can give. Codes are public: none may go.
const wanted = `
input-invalid variable-unset variable-unresolved connection-not-in-job connection-incomplete scheme-unsupported cloud-retired
authority-unexpected subscription-mismatch tenant-mismatch subscription-disabled subscription-past-due subscription-warned
certificate-expired certificate-expiring certificate-not-yet-valid certificate-key-mismatch certificate-unreadable
managed-identity-on-hosted-agent managed-identity-unavailable managed-identity-busy identity-not-found multiple-identities identity-mismatch
clock-skew dns-failure connection-refused connect-timeout connection-reset answer-timeout no-route network-failure tls-untrusted tls-failed
proxy-authentication-required proxy-refused proxy-unreachable captive-portal unexpected-answer service-unavailable throttled
oidc-unavailable connection-not-referenced connection-not-found job-token-missing subject-mismatch issuer-mismatch issuer-retiring
resource-group-deleting management-group-not-found tool-fault cancelled time-ran-out
AADSTS7000215 AADSTS7000222 AADSTS7000216 AADSTS7000218 AADSTS70002 AADSTS50012 AADSTS700016 AADSTS700011 AADSTS70001 AADSTS7000229
AADSTS7000112 AADSTS700025 AADSTS700026 AADSTS700027 AADSTS700024 AADSTS50013 AADSTS500133 AADSTS90002 AADSTS900023 AADSTS900021
AADSTS70021 AADSTS700211 AADSTS700212 AADSTS7002121 AADSTS70022204 AADSTS700213 AADSTS7002137 AADSTS7002138 AADSTS700214 AADSTS70025
AADSTS70052 AADSTS700222 AADSTS700223 AADSTS700226 AADSTS700227 AADSTS700229 AADSTS700236 AADSTS700238 AADSTS7002381 AADSTS900382
AADSTS900432 AADSTS50166 AADSTS501661 AADSTS90061 AADSTS53003 AADSTS500011 AADSTS50001 AADSTS500014 AADSTS50194 AADSTS650059
AADSTS90033 AADSTS90055 AADSTS50196 AADSTS70011 AADSTS1002012 AADSTS500021
AuthorizationFailed LinkedAuthorizationFailed SubscriptionNotFound InvalidAuthenticationTokenTenant InvalidAuthenticationToken
InvalidAuthenticationTokenAudience ExpiredAuthenticationToken ResourceGroupNotFound InvalidSubscriptionId SubscriptionRequestsThrottled
ReadOnlyDisabledSubscription RequestDisallowedByPolicy ScopeLocked MissingSubscriptionRegistration insufficient_claims
TaskOrchestrationPlanSecurityException TF400813 TF24668 Authorization_RequestDenied`

func TestTheCatalogueHasEveryCodeOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range All() {
		lower := strings.ToLower(string(e.Code))
		assert.False(t, seen[lower], "%s twice", e.Code)
		seen[lower] = true
		found, ok := Lookup(e.Code)
		assert.True(t, ok)
		assert.Same(t, e.Advice, found.Advice)
	}
	for code := range strings.FieldsSeq(wanted) {
		assert.True(t, seen[strings.ToLower(code)], "%s is missing", code)
	}
	_, ok := Lookup("no-such-code")
	assert.False(t, ok)
}

func TestEveryEntryIsComplete(t *testing.T) {
	for _, e := range All() {
		t.Run(string(e.Code), func(t *testing.T) {
			assert.NotEmpty(t, e.Title)
			assert.NotEmpty(t, e.Causes)
			assert.NotEmpty(t, e.Links)
			for _, v := range e.Confirm {
				assert.True(t, strings.HasSuffix(v.Text, "."), "confirm: %s", v.Text)
			}
			for _, link := range e.Links {
				assert.True(t, strings.HasPrefix(link, "https://"), link)
			}
			if e.Code.Upstream() {
				assert.NotEmpty(t, e.Signs, "an upstream code can be matched")
			}
			for _, f := range e.Fixes {
				assert.NotEmpty(t, f.Steps)
			}
			for _, c := range e.Causes {
				for _, v := range c {
					assert.False(t, strings.HasSuffix(v.Text, "."), "a cause is a phrase: %s", v.Text)
				}
			}
		})
	}
}

func TestExactlyOneFixFitsBestInEverySituation(t *testing.T) {
	for _, e := range All() {
		conditions := []string{""}
		for _, f := range e.Fixes {
			conditions = append(conditions, f.With)
		}
		for _, condition := range conditions {
			name, value, exact := strings.Cut(condition, "=")
			if !exact {
				value = "known"
			}
			values := Values{}.with(name, value)
			for _, scheme := range []Scheme{"", SchemeKey, SchemeCertificate, SchemeFederation, SchemeManagedIdentity} {
				for _, mode := range []Mode{"", ModeAutomatic, ModeManual} {
					scores := map[int]int{}
					for _, f := range e.Fixes {
						if f.Fits(scheme, mode, values) {
							scores[f.asks()]++
						}
					}
					best := slices.Max(append(slices.Collect(maps.Keys(scores)), -1))
					assert.Equal(t, 1, scores[best], "%s: scheme %q, mode %q, %q", e.Code, scheme, mode, condition)
				}
			}
		}
	}
}

// A value that no text uses would be a word no one can see; the generator refuses
// those that aren't known.
func TestEveryValueIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, e := range append(slices.Clone(All()), Unknown("X")) {
		for text := range e.Texts() {
			for _, v := range text {
				for _, m := range name.FindAllStringSubmatch(v.Text, -1) {
					used[m[1]] = true
				}
				for part := range strings.SplitSeq(v.If, " and ") {
					key, _, _ := strings.Cut(strings.TrimPrefix(part, "not "), "=")
					used[key] = true
				}
			}
		}
		for _, f := range e.Fixes {
			key, _, _ := strings.Cut(f.With, "=")
			used[key] = true
		}
	}
	for _, key := range Names() {
		assert.True(t, used[key], "value %s is used nowhere", key)
	}
}

func TestAConditionHoldsOrNot(t *testing.T) {
	values := Values{map[string]string{"segment": "a part", "case": "yes"}}
	for condition, want := range map[string]bool{
		"":                         true,
		"segment":                  true,
		"not segment":              false,
		"position":                 false,
		"not position":             true,
		"case=yes":                 true,
		"case=YES":                 true,
		"case=no":                  false,
		"not case=no":              true,
		"segment and case=yes":     true,
		"segment and position":     false,
		"segment and not position": true,
	} {
		assert.Equal(t, want, Holds(condition, values), condition)
	}
}

func TestTheFirstVariantThatFitsIsChosen(t *testing.T) {
	text := Text{{If: "date", Text: "expired on {date}"}, {Text: "expired"}}
	assert.Equal(t, "expired on {date}", text.Choose(Values{}.with("date", "today")))
	assert.Equal(t, "expired", text.Choose(Values{}))
	assert.Empty(t, Text{{If: "date", Text: "x"}}.Choose(Values{}), "a text without a variant that fits is left out")
}

func TestAValueThatIsNotKnownLeavesASentence(t *testing.T) {
	for text, want := range map[string]string{
		"connection '{connection}' expired":            "the connection expired",
		"the identity of connection '{connection}'":    "the identity of the connection",
		"subscription '{subscription}' is disabled":    "the subscription is disabled",
		"{host} refused the connection":                "the host refused the connection",
		"tenant {tenant} is blocked":                   "the tenant is blocked",
		"nothing to fill, with ${{ parameters.a }} in": "nothing to fill, with ${{ parameters.a }} in",
	} {
		assert.Equal(t, want, Fill(text, Values{}), text)
	}
	assert.Equal(t, "connection 'prod {host}' expired", Fill("connection '{connection}' expired", Values{map[string]string{"connection": "prod {host}", "host": "h"}}),
		"what a value contains isn't a text of the catalogue")
}
