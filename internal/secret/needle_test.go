package secret

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What lowerEscapes and pemBodies look for, as expressions.
var (
	percentEscape = regexp.MustCompile(`%[0-9A-F]{2}`)
	pemBody       = regexp.MustCompile(`(?s)-----BEGIN [^-]*-----(.*?)(?:-----END|$)`)
)

func FuzzNeedlesAreTheExpressions(f *testing.F) {
	for _, seed := range []string{
		"", "%41%aF%AF%%4A%4", "-----BEGIN A-----b-----END A-----", "-----BEGIN -----", "------BEGIN A------b-----ENDc-----BEGIN B-----d",
		"-----BEGIN A----b-----BEGIN C-----d", "-----BEGIN A-B-----c-----END", "-----BEGIN \xff-----\n-----END", "-----BEGIN -----BEGIN -----",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, percentEscape.ReplaceAllStringFunc(text, strings.ToLower), lowerEscapes(text))
		var bodies []string
		for _, m := range pemBody.FindAllStringSubmatch(text, -1) {
			bodies = append(bodies, m[1])
		}
		require.Equal(t, bodies, pemBodies(text))
	})
}

func TestEveryPercentEscapeIsLowered(t *testing.T) {
	for b := range 256 {
		escape := fmt.Sprintf("%%%02X", b)
		assert.Equal(t, strings.ToLower(escape), lowerEscapes(escape))
	}
	for _, plain := range []string{"%4G", "%G4", "%@1", "%1@", "%/A", "%A", "A%", "%:A", "ABC"} {
		assert.Equal(t, plain, lowerEscapes(plain))
	}
}
