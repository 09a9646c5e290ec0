package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"armpreflight/internal/cli"
)

// lintPage shows a pipeline, and what lint prints for it.
const lintPage = "docs/lint.md"

var (
	shownPipeline = regexp.MustCompile("(?s)\n```yaml\n(.*?)```\n")
	shownFindings = regexp.MustCompile(`(?s)(<!-- begin lint: made by \./build\.sh docs -->\n).*?(<!-- end lint -->\n)`)
)

// withFindings returns the page with lint's current output for its first pipeline.
func withFindings(folder string) (string, error) {
	page, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(lintPage)))
	if err != nil {
		return "", err
	}
	pipeline, place := shownPipeline.FindSubmatch(page), shownFindings.FindSubmatch(page)
	if pipeline == nil || place == nil {
		return "", fmt.Errorf("%s has no pipeline, or no place for its findings", lintPage)
	}
	work, err := os.MkdirTemp("", "manual")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	file := filepath.Join(work, "azure-pipelines.yml")
	if err := os.WriteFile(file, pipeline[1], 0o600); err != nil {
		return "", err
	}
	var out, stderr strings.Builder
	code := cli.Main(context.Background(), cli.Env{Args: []string{"lint", file}, Stdout: &out, Stderr: &stderr, Now: time.Now, Open: cli.OpenFile, Locate: cli.Locate})
	if code != cli.ExitFindings {
		return "", fmt.Errorf("lint of the pipeline in %s: exit code %d: %s", lintPage, code, stderr.String())
	}
	return strings.Replace(string(page), string(place[0]), string(place[1])+"```\n"+out.String()+"```\n"+string(place[2]), 1), nil
}
