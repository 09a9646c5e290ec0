package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inWords are requests that docs/network.md names without an address of their own.
var inWords = map[string]string{
	"roleAssignments":            "`roleAssignments` with",
	"roleDefinitions":            "`roleDefinitions` these name",
	"/subscriptions/…/providers": "the list of all",
	"GET login.stack.contoso.example/" + cloud.ContosoTenantID + "/v2.0/.well-known/openid-configuration": "the authority's openid metadata",
	"GET 169.254.169.254/metadata/identity/oauth2/token":                                                  "`/metadata/identity/oauth2/token`",
}

// TestEveryRequestIsListed holds docs/network.md, which administrators write allow
// lists from, against what runs ask.
func TestEveryRequestIsListed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "network.md"))
	require.NoError(t, err)
	listed := addresses(string(page))
	require.Greater(t, len(listed), 5)
	for name, s := range situations {
		for _, r := range requestsOf(t, s.scenario, s.prepare).cloud.Requests() {
			address := r.Method + " " + r.Path
			if r.APIVersion != "" {
				address += "?api-version=" + r.APIVersion
			}
			words := inWords[shortened(r.Method+" "+r.Host+r.Path)]
			known := words != "" && strings.Contains(string(page), words)
			stack := strings.HasSuffix(r.Host, ".stack.contoso.example")
			for _, pattern := range listed {
				known = known || pattern.MatchString(address) || stack && pattern.MatchString(r.Method+" "+r.Path)
			}
			assert.True(t, known, "%s: docs/network.md does not list %s (CONTRIBUTING, Adding a check, step 5)", name, address)
			assert.True(t, stack || strings.Contains(string(page), "`"+r.Host+"`"), "docs/network.md does not name the host %s", r.Host)
		}
	}
}

// addresses are the requests on the page, `GET /a/{b}?c=d`: a part in braces
// represents anything, {scope} and {collection} for more than one segment. Of the
// query only the version counts, which may travel in a header.
func addresses(page string) []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, m := range regexp.MustCompile("`((?:GET|POST) [^`]*[/}][^`]*)`").FindAllStringSubmatch(page, -1) {
		path, query, _ := strings.Cut(m[1], "?")
		pattern := regexp.QuoteMeta(path)
		pattern = regexp.MustCompile(`\\\{(scope|collection)\\\}`).ReplaceAllString(pattern, "/.+")
		pattern = regexp.MustCompile(`\\\{[^{}]*\\\}`).ReplaceAllString(pattern, "[^/?]+")
		if version := regexp.MustCompile(`api-version=[0-9.-]+`).FindString(query); version != "" {
			pattern += `(\?` + regexp.QuoteMeta(version) + `)?`
		} else {
			pattern += `(\?.*)?`
		}
		all = append(all, regexp.MustCompile("^"+pattern+"$"))
	}
	return all
}
