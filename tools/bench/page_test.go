package main

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThePageHasTheFiguresAndTheirRatios(t *testing.T) {
	text, err := json.Marshal([]figure{
		{Group: "Key", What: theStep, Runs: 5, Median: 100, Low: 90, High: 120, CPU: 50},
		{Group: "Key", What: theEmpty, Runs: 5, Median: 40, Low: 39, High: 41, CPU: 20},
		{Group: "Key", What: theCLI, Runs: 5, Median: 800, Low: 700, High: 900, CPU: 700},
		{Group: thePhases, What: "Node starts", Runs: 5, Median: 60, Low: 59, High: 61},
		{Group: theStart, What: "A bare program", Runs: 5, Median: 4, Low: 3, High: 5, CPU: 4},
		{Group: theStart, What: "version", Runs: 5, Median: 7, Low: 6, High: 8, CPU: 9},
		{Group: "Growth", What: "20 connections", Runs: 5, Median: 300, Low: 290, High: 310},
	})
	require.NoError(t, err)
	page, err := pageOf(text)
	require.NoError(t, err)
	assert.Contains(t, page, "| The whole step | 100 ms | 90 to 120 ms | | 50 ms | |\n")
	assert.Contains(t, page, "| An empty Node step | 40 ms | 39 to 41 ms | 2.50 times as long | 20.0 ms | 2.50 times as much |\n")
	assert.Contains(t, page, "An empty Node step alone takes 0.05 times as long as the Azure CLI")
	assert.Contains(t, page, "| Node starts | 60 ms | 59 to 61 ms | Every task needs it: the agent starts tasks on Node. |\n")
	assert.Contains(t, page, "| A bare program | 4.0 ms | 3.0 to 5.0 ms | 4.0 ms | |\n| version | 7.0 ms | 6.0 to 8.0 ms | 9.0 ms | 1.75 times as long |\n")
	assert.Contains(t, page, "| 20 connections | 300 ms | 290 to 310 ms | not measured |\n")
	_, err = pageOf([]byte("no figures"))
	assert.Error(t, err)
}

func TestAFigureLeavesOutATenthAtEachEnd(t *testing.T) {
	var all []sample
	for i := range 20 {
		all = append(all, sample{took: time.Duration(i+1) * time.Millisecond, cpu: time.Millisecond})
	}
	assert.Equal(t, figure{Group: "g", What: "w", Runs: 20, Median: 11, Low: 3, High: 18, CPU: 1}, figureOf("g", "w", all))
	assert.Equal(t, figure{Group: "g", What: "w", Runs: 1, Median: 5, Low: 5, High: 5, CPU: 2}, figureOf("g", "w", []sample{{5 * time.Millisecond, 2 * time.Millisecond}}))
}

func TestEachPhaseOfAStepHasItsReason(t *testing.T) {
	text, err := os.ReadFile("breakdown.go")
	require.NoError(t, err)
	found := regexp.MustCompile(`until\("([^"]+)"`).FindAllStringSubmatch(string(text), -1)
	assert.Len(t, found, len(reasons))
	for _, m := range found {
		assert.NotEmpty(t, reasons[m[1]], m[1])
	}
}
