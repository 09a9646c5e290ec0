package endtoend

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/preflight"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	rare   = "TestFindingsThatNoScenarioShows" // in package cli
	advice = "TestARecordThatCannotBeRead"
	attack = "TestAPlantedAddressReceivesNothing"
)

// seenElsewhere are findings, as "check: code", that no log shows, each with the
// test that does.
var seenElsewhere = map[string]string{
	"inputs: variable-unresolved":                rare,
	"connection-input: input-invalid":            rare,
	"subscription-variable: input-invalid":       rare,
	"subscription-variable: variable-unresolved": rare,
	"required-variables: input-invalid":          rare,
	"federated-token: connection-not-found":      rare,
	"federated-token: oidc-unavailable":          rare,
	"access-token: tenant-mismatch":              rare,
	"access-token: identity-mismatch":            rare,
	"access-token: identity-not-found":           rare,
	"access-token: managed-identity-unavailable": rare,
	"access-token: managed-identity-busy":        rare,
	"deployment: variable-unresolved":            rare,
	"resource-groups: input-invalid":             rare,
	"resource-providers: input-invalid":          rare,
	"connection-input: authority-unexpected":     attack,
	"connection-data: authority-unexpected":      attack,
	"federated-token: authority-unexpected":      attack,
	"access-token: connection-incomplete":        "TestWhatAzidentityWillNotBuildIsAFailureWithoutARequest",
	"connection-record: record-unreadable":       advice, // couldn't determine, as advice: a line without a code
	"connection-record: job-token-missing":       advice,
	"credential-expiry: expiry-unknown":          "TestTheResultAndLogOfEverySituation", // the same; most healthy runs say it
}

var (
	resultLine = regexp.MustCompile(`^  (pass|note|WARN|FAIL|\?\?\?\?) +(?:\d+ m?s +)?([a-z-]+)(?: |$)`)
	codeLine   = regexp.MustCompile(`^          code   (\S+)`)
)

// TestEveryFindingOfACheckIsSeenInALog reads the logs that another test holds
// against the runs: each check must be seen finding something, and each code of
// its own must be seen below it.
func TestEveryFindingOfACheckIsSeenInALog(t *testing.T) {
	found := map[string]map[string]bool{} // codes by check; empty for a finding that shows none
	for _, s := range scenario.All() {
		text, err := os.ReadFile(filepath.Join("testdata", "log", s.Name+".txt"))
		require.NoError(t, err, "go test ./internal/endtoend -run Log -update writes it")
		check := ""
		for line := range strings.Lines(string(text)) {
			if m := resultLine.FindStringSubmatch(line); m != nil {
				if check = m[2]; m[1] != "pass" && found[check] == nil {
					found[check] = map[string]bool{}
				}
			}
			if m := codeLine.FindStringSubmatch(line); m != nil && found[check] != nil {
				found[check][m[1]] = true
			}
		}
	}
	const step = "(CONTRIBUTING, Adding a check, step 4)"
	unneeded := maps.Clone(seenElsewhere)
	for _, c := range preflight.All() {
		assert.NotNil(t, found[c.ID], "no scenario in which %s finds anything %s", c.ID, step)
		for _, code := range c.Codes() {
			if slices.Contains(preflight.Network.Codes(), code) || strings.ToLower(code) != code {
				continue // what any request can result in, which network_test.go shows, and the codes of a service
			}
			key := c.ID + ": " + code
			if found[c.ID][code] {
				continue
			}
			assert.NotEmpty(t, seenElsewhere[key], "no scenario shows %q %s", key, step)
			delete(unneeded, key)
		}
	}
	assert.Empty(t, unneeded, "seen in a scenario after all, or no code of the check")
}
