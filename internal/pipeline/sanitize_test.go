package pipeline

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACommandIsBroken(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"#":                         "#",
		"a ##vso[task.complete]":    "a # #vso[task.complete]",
		"##VsO":                     "# #VsO",
		"###[[":                     "## #[[",
		"##[error]##[error]":        "# #[error]# #[error]",
		"#\t#\u00a0[":               "#\t #\u00a0[",
		"#\u00a0#v\u0301s\u00a0\to": "#\u00a0 #v\u0301s\u00a0\to",
		"#\xff#vso":                 "#\xff #vso",
		"##vſo":                     "# #vſo", // a long s is a letter of its own, or nothing at all
		"##vſ\u0301so":              "# #vſ\u0301so",
		"##v\u0301o":                "##v\u0301o",
		"##vs":                      "##vs",
		"##v":                       "##v",
		"##":                        "##",
		"# #vso[":                   "# #vso[",
		"#k#vso[":                   "#k#vso[",
		"## vso[":                   "## vso[",
		"##vsp[ #[":                 "##vsp[ #[",
	} {
		assert.Equal(t, want, breakCommands(text), "%q", text)
	}
}

// commandStart is what breakCommands looks for, as an expression. It isn't marked (?i): that would let the letters k and s
// into its gaps, since a Kelvin sign and a long s are in them. It takes milliseconds to compile.
var commandStart = regexp.MustCompile(`(#` + gap + `)(#` + gap + `(?:[vV]` + gap + `[sSſ]` + gap + `[oO]|\[))`)

const gap = `[\t\x{80}-\x{10ffff}]*`

func FuzzBreakCommandsIsTheExpression(f *testing.F) {
	for _, seed := range []string{
		"##vso[task.complete result=Failed;]", "#\u200b#vso[a.b]", "###[[", "#\xff#vso[", "##v\u0301so[", "##vs\u00a0o", "##ﬁvso[", "##vſo", "##vſſ\tO",
		"#\t##\xc5\xbf#v\xc5sO##vso##[", "#\u212a#VSO", "##v\xc5\xbf\xbfo",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, commandStart.ReplaceAllString(text, "$1 $2"), breakCommands(text))
	})
}
