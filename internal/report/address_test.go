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
		"an address":                  {host: "login.example", path: "/t", wantHost: "login.example", wantPath: "/t"},
		"a command out of two halves": {host: "a##", path: "vso[b]", wantPath: "a# #vso[b]"},
		"a secret out of two halves":  {host: "a.sec", path: "ret/b", wantPath: "a.***/b"},
		"one that is in one of them":  {host: "##vso", path: "/secret", wantHost: "# #vso", wantPath: "/***"},
		"no host":                     {path: "/t", wantPath: "/t"},
		"no path and nothing at all":  {host: "h", wantHost: "h"},
	} {
		t.Run(name, func(t *testing.T) {
			host, path := address(tc.host, tc.path, clean)
			assert.Equal(t, tc.wantHost, host)
			assert.Equal(t, tc.wantPath, path)
		})
	}
}
