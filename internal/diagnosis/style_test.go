package diagnosis

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
)

// forbidden are words that no advice of ours holds: rights far too wide, verification switched off, a masked value in a command.
var forbidden = regexp.MustCompile(`(?i)global administrator|application\.read\.all|ignore_ssl|node_tls_reject|disable_connection_verification|insecureskipverify|sslverify|--insecure|curl -k|skip.?cert|verification off|` +
	`disable (tls|ssl|certificate)|\baz [^.]*\{client\}|!(\s|$)`)

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
	everything := known{}
	for _, key := range catalogue.Names() {
		everything[key] = "known"
	}
	for _, e := range append(slices.Clone(Entries()), catalogue.Unknown("Unknown")) {
		for text := range e.Texts() {
			for _, v := range text {
				assert.NotRegexp(t, forbidden, v.Text, e.Code)
			}
		}
		for _, v := range e.Title {
			first, _ := utf8.DecodeRuneInString(v.Text)
			isProper := slices.ContainsFunc(proper, func(p string) bool { return strings.HasPrefix(v.Text, p) })
			assert.True(t, isProper || !unicode.IsUpper(first), "%s: %s", e.Code, v.Text)
			assert.False(t, strings.HasSuffix(v.Text, "."), e.Code)
		}

		for _, args := range []known{nil, everything} {
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
					// A command or a URL at the end is alone on its line, without a full stop, so that it can be copied.
					lines := strings.Split(step, "\n")
					assert.Equal(t, len(lines)%2 == 1, strings.HasSuffix(step, "."), "%s: %s", e.Code, step)
				}
			}
		}
	}
}

// known are facts of whatever names.
type known map[string]string

func (k known) Each(set func(name, text string)) {
	for name, text := range k {
		set(name, text)
	}
}

func with(args known, condition string) known {
	args = maps.Clone(args)
	if key, value, exact := strings.Cut(condition, "="); exact {
		if args == nil {
			args = known{}
		}
		args[key] = value
	}
	return args
}
