package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAHostAndAPathAreCleanedAsTheyAreShown(t *testing.T) {
	clean := func(text string) string {
		return strings.ReplaceAll(strings.ReplaceAll(text, "##vso", "# #vso"), "secret", "***")
	}
	for name, tc := range map[string]struct{ host, path, wantHost, wantPath string }{
		"an address":                  {"login.example", "/t", "login.example", "/t"},
		"a command out of two halves": {"a##", "vso[b]", "", "a# #vso[b]"},
		"a secret out of two halves":  {"a.sec", "ret/b", "", "a.***/b"},
		"one that is in one of them":  {"##vso", "/secret", "# #vso", "/***"},
		"no host":                     {"", "/t", "", "/t"},
		"no path and nothing at all":  {"h", "", "h", ""},
	} {
		t.Run(name, func(t *testing.T) {
			host, path := address(tc.host, tc.path, clean)
			assert.Equal(t, tc.wantHost, host)
			assert.Equal(t, tc.wantPath, path)
		})
	}
}
