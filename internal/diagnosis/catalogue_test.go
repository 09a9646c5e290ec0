package diagnosis

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

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
	for _, e := range Entries() {
		lower := strings.ToLower(string(e.Code))
		assert.False(t, seen[lower], "%s twice", e.Code)
		seen[lower] = true
		found, ok := Lookup(e.Code)
		assert.True(t, ok)
		assert.Equal(t, e.Title, found.Title)
	}
	for code := range strings.FieldsSeq(wanted) {
		assert.True(t, seen[strings.ToLower(code)], "%s is missing", code)
	}
	_, ok := Lookup("no-such-code")
	assert.False(t, ok)
}

func TestEveryEntryIsComplete(t *testing.T) {
	people := []Person{PipelineAuthor, ConnectionAdministrator, SubscriptionOwner, EntraAdministrator, NetworkAdministrator, ApplicationOwner, ConnectionMaker}
	for _, e := range Entries() {
		t.Run(string(e.Code), func(t *testing.T) {
			assert.NotEmpty(t, e.Title)
			assert.NotEmpty(t, e.Causes)
			assert.True(t, strings.HasSuffix(e.Confirm, "."), "confirm: %s", e.Confirm)
			assert.NotEmpty(t, e.Since)
			assert.Contains(t, []Retry{RetryNever, RetryTransient, RetryPropagation}, e.Retry)
			assert.Contains(t, []Confidence{Certain, Likely, Guess}, e.Confidence)
			assert.NotEmpty(t, e.Links)
			for _, link := range e.Links {
				assert.True(t, strings.HasPrefix(link, "https://"), link)
			}
			if e.Code.upstream() {
				assert.NotEmpty(t, e.signs, "an upstream code can be matched")
			}
			for _, s := range e.signs {
				assert.Equal(t, strings.ToLower(s.phrase+s.path), s.phrase+s.path, "looked for in lower case")
			}
			for _, f := range e.Fixes {
				assert.Contains(t, people, f.Who)
				assert.NotEmpty(t, f.Steps)
			}
			for _, c := range e.Causes {
				assert.False(t, strings.HasSuffix(strings.TrimRight(c, "]"), "."), "a cause is a phrase: %s", c)
			}
		})
	}
}

func TestExactlyOneFixFitsBestInEverySituation(t *testing.T) {
	for _, e := range Entries() {
		conditions := []string{""}
		for _, f := range e.Fixes {
			conditions = append(conditions, f.With)
		}
		for _, condition := range conditions {
			values := map[string]string{}
			if name, value, exact := strings.Cut(condition, "="); exact {
				values[name] = value
			} else {
				values[name] = "known"
			}
			for _, scheme := range []Scheme{"", SchemeKey, SchemeCertificate, SchemeFederation, SchemeManagedIdentity} {
				for _, mode := range []Mode{"", ModeAutomatic, ModeManual} {
					s := Situation{Scheme: scheme, Mode: mode}
					scores := map[int]int{}
					for _, f := range e.Fixes {
						if f.fits(s, values) {
							scores[f.weight()]++
						}
					}
					best := slices.Max(append(slices.Collect(maps.Keys(scores)), -1))
					assert.Equal(t, 1, scores[best], "%s: scheme %q, mode %q, %q", e.Code, scheme, mode, condition)
				}
			}
		}
	}
}

// texts are all templates of an entry.
func (e Entry) texts() []string {
	all := slices.Concat([]string{e.Title, e.Means, e.Confirm}, e.Causes)
	for _, f := range e.Fixes {
		all = append(all, f.Steps...)
	}
	return all
}

func TestTextsUseKnownPlaceholdersOnly(t *testing.T) {
	used := map[string]bool{}
	for _, e := range append(Entries(), unknownEntry("X")) {
		for _, text := range e.texts() {
			for _, m := range name.FindAllStringSubmatch(text, -1) {
				assert.Contains(t, unknown, m[1], "%s: %s", e.Code, text)
				used[m[1]] = true
			}
			for _, m := range bracket.FindAllStringSubmatch(toMarks.Replace(text), -1) {
				if key := strings.TrimPrefix(m[1], "!"); key != "" {
					assert.Contains(t, unknown, key, "%s: %s", e.Code, text)
					used[key] = true
				}
			}
		}
		for _, f := range e.Fixes {
			if key, _, _ := strings.Cut(f.With, "="); key != "" {
				assert.Contains(t, unknown, key, e.Code)
				used[key] = true
			}
		}
	}
	for key := range unknown {
		assert.True(t, used[key], "placeholder %s is used nowhere", key)
	}
}

// forbidden are words that no advice of ours holds: rights far too wide, verification switched off, a masked value in a command.
var forbidden = regexp.MustCompile(`(?i)global administrator|application\.read\.all|ignore_ssl|node_tls_reject|disable_connection_verification|insecureskipverify|sslverify|--insecure|curl -k|skip.?cert|verification off|` +
	`disable (tls|ssl|certificate)|\baz [^.]*\{client\}|!(\s|$)`)

var lastCommand = regexp.MustCompile(`: az [a-z]+ [^.]*$`)

// proper are the names that a headline may begin with; any other begins in lower case.
var proper = []string{"Azure", "Microsoft Entra", "Microsoft Graph", "Verify", "Conditional Access", "{service}", "{host}", "the "}

func TestEveryEntryHasAHeadlineWithNothingKnown(t *testing.T) {
	for _, e := range Entries() {
		for _, scheme := range []Scheme{"", SchemeKey, SchemeCertificate, SchemeFederation, SchemeManagedIdentity} {
			d := Explain(e.Code, Situation{Scheme: scheme}, nil, nil)
			assert.NotEmpty(t, d.Headline, "%s, scheme %q", e.Code, scheme)
			assert.NotRegexp(t, `^[:,(]|[:,(]$`, d.Headline, "%s, scheme %q", e.Code, scheme)
		}
	}
}

func TestTextsKeepTheStyle(t *testing.T) {
	everything := Args{}
	for key := range unknown {
		everything[key] = "known"
	}
	for _, e := range append(Entries(), unknownEntry("Unknown")) {
		for _, text := range e.texts() {
			assert.NotRegexp(t, forbidden, text, e.Code)
		}
		start := strings.TrimLeft(e.Title, "[")
		first, _ := utf8.DecodeRuneInString(start)
		isProper := slices.ContainsFunc(proper, func(p string) bool { return strings.HasPrefix(start, p) })
		assert.True(t, isProper || !unicode.IsUpper(first), "%s: %s", e.Code, e.Title)
		assert.False(t, strings.HasSuffix(e.Title, "."), e.Code)

		for _, args := range []Args{nil, everything} {
			for _, f := range e.Fixes {
				s := Situation{}
				if len(f.Schemes) > 0 {
					s.Scheme = f.Schemes[0]
				}
				if len(f.Modes) > 0 {
					s.Mode = f.Modes[0]
				}
				d := Explain(e.Code, s, with(args, f.With), nil)
				for _, text := range append([]string{d.Headline, d.Cause}, d.Steps...) {
					assert.NotContains(t, strings.NewReplacer("${{", "", "}}", "").Replace(text), "{", e.Code)
					assert.NotContains(t, text, "''", e.Code)
					assert.NotContains(t, text, "  ", e.Code)
					assert.NotContains(t, text, "..", e.Code)
					assert.NotRegexp(t, `\b(the|a|an|no|any) (the|a|an)\b`, text, e.Code)
				}
				assert.LessOrEqual(t, utf8.RuneCountInString(d.Headline), 200, e.Code)
				assert.True(t, strings.HasSuffix(d.Cause, "."), d.Cause)
				assert.NotEmpty(t, d.Steps)
				for _, step := range d.Steps {
					// A command at the end stands without a full stop, so that it can be copied.
					assert.True(t, strings.HasSuffix(step, ".") || lastCommand.MatchString(step), "%s: %s", e.Code, step)
				}
			}
		}
	}
}

func with(args Args, condition string) Args {
	args = maps.Clone(args)
	if key, value, exact := strings.Cut(condition, "="); exact {
		if args == nil {
			args = Args{}
		}
		args[key] = value
	}
	return args
}
