package reading

import (
	"strings"
	"testing"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
)

func TestNearestNamesWhatWasMeant(t *testing.T) {
	for typed, want := range map[string]catalogue.Code{
		"AADSTS7000221": "AADSTS7000222", "7000225": "AADSTS7000222", "AuthorisationFailed": "AuthorizationFailed",
		"clock-skw": "clock-skew", "captive": "captive-portal", "SubscripitonNotFound": "SubscriptionNotFound",
	} {
		assert.Contains(t, Nearest(typed), want, typed)
	}
	for _, typed := range []string{"", "x", "xyzzy", strings.Repeat("a", 1<<20), "\xff\xfe"} {
		assert.Empty(t, Nearest(typed))
	}
}

func TestFindTakesAnySpelling(t *testing.T) {
	for _, spelling := range []string{"7000222", "AADSTS7000222", "aadsts7000222:", "'AADSTS 7000222'", "(AADSTS-7000222)", " AadSts_7000222, "} {
		e, ok := Find(spelling)
		assert.True(t, ok, spelling)
		assert.Equal(t, catalogue.Code("AADSTS7000222"), e.Code)
	}
	for _, spelling := range []string{"", "AADSTS", "222", "7000222x", "AADSTS7000222: The provided", strings.Repeat("7", 1<<20)} {
		_, ok := Find(spelling)
		assert.False(t, ok, spelling[:min(len(spelling), 40)])
	}
}
