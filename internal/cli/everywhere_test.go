package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"armpreflight/internal/decorator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func everywhere(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "everywhere.md"))
	require.NoError(t, err)
	return string(text)
}

// TestTheCostsOfAnInjectedStepAreThoseOfThePage: what an administrator multiplies by the number of jobs.
func TestTheCostsOfAnInjectedStepAreThoseOfThePage(t *testing.T) {
	row := regexp.MustCompile(`(?m)^\| ([a-z ]+) \| (\d+) \| (\d+) \| (\d+) \|$`)
	type cost struct{ requests, signIns, more int }
	said := map[string]cost{}
	for _, m := range row.FindAllStringSubmatch(everywhere(t), -1) {
		var n [3]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[2+i])
		}
		said[m[1]] = cost{n[0], n[1], n[2]}
	}
	require.Len(t, said, 4)
	count := func(scenario string) (requests, signIns int) {
		got := play(t, scenario, func(b *bubble) { b.Step.Name = "__system_1" })
		for _, r := range got.cloud.Requests() {
			if strings.HasSuffix(r.Path, "/token") {
				signIns++
			}
		}
		return len(got.cloud.Requests()), signIns
	}
	for kind, scenario := range map[string]string{"client secret": "healthy", "certificate": "healthy-certificate", "workload identity federation": "healthy-federation",
		"managed identity": "healthy-managed-identity"} {
		requests, signIns := count(scenario)
		assert.Equal(t, said[kind].requests, requests, kind)
		assert.Equal(t, said[kind].signIns, signIns, kind)
	}
	all, _ := count("more-connections") // a secret, and in addition a certificate, a federation, and a secret
	assert.Equal(t, said["client secret"].requests+said["certificate"].more+said["workload identity federation"].more+said["client secret"].more, all)
}

// TestThePageShowsTheLinesOfAHealthyJob that people will see in each deploying job.
func TestThePageShowsTheLinesOfAHealthyJob(t *testing.T) {
	got := play(t, "healthy", func(b *bubble) { b.Step.Name = "__system_1" })
	first, _, _ := strings.Cut(got.visible(), "\n")
	assert.Contains(t, everywhere(t), "\n"+strings.Replace(first, "ARM Preflight "+version, "ARM Preflight 1.0.0", 1)+"\n")
	assert.Contains(t, first, decorator.Inject)
}
