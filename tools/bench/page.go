package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// The figures, and their page.
const (
	figuresFile = "tools/bench/measured.json"
	figuresPage = "docs/performance.md"
)

// writePage writes the page of the recorded figures.
func writePage() error {
	text, err := os.ReadFile(figuresFile)
	if err != nil {
		return err
	}
	page, err := pageOf(text)
	if err != nil {
		return fmt.Errorf("%s: %w", figuresFile, err)
	}
	return os.WriteFile(figuresPage, []byte(page), 0o644)
}

const intro = `# Performance

How long the step takes, compared with other ways to learn that a connection works. ` + "`./build.sh bench -peers`" + ` measures these figures and
makes this page; ` + "`./build.sh peers`" + ` installs what it compares with. They're times of one machine with two cores, against the simulated
cloud on the same machine: compare ratios, not milliseconds. See [Testing status](testing-status.md).

"Median" is the time that passes, with the range that holds four fifths of the runs. "CPU" is what all processes of the step use, in user
and system mode, which a busy machine changes less. Of an audit of 10,000 connections, most of the time is the simulated cloud's: it compares
each request with every secret.

The program's start takes longer than a bare one's. Its libraries initialize, whether they're needed or not; it reads its environment; and
it's larger: the system reads each part of a program at its first use.
`

// pageOf is the page. In a table with the step, each row has its ratio to the step.
func pageOf(recorded []byte) (string, error) {
	var all []figure
	if err := json.Unmarshal(recorded, &all); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(intro)
	for i, f := range all {
		compares := all[first(all, f.Group)].What == theStep
		if i == 0 || all[i-1].Group != f.Group {
			fmt.Fprintf(&b, "\n## %s\n\n", f.Group)
			if compares {
				b.WriteString("| | Median | Range | The step takes | CPU | The step uses |\n|---|---|---|---|---|---|\n")
			} else {
				b.WriteString("| | Median | Range | CPU |\n|---|---|---|---|\n")
			}
		}
		fmt.Fprintf(&b, "| %s | %s ms | %s to %s ms |", f.What, short(f.Median), short(f.Low), short(f.High))
		cpu := "not measured"
		if f.CPU > 0 {
			cpu = short(f.CPU) + " ms"
		}
		step := all[first(all, f.Group)]
		switch {
		case !compares:
			fmt.Fprintf(&b, " %s |\n", cpu)
		case f.What == theStep:
			fmt.Fprintf(&b, " | %s | |\n", cpu)
		default:
			fmt.Fprintf(&b, " %.2f times as long | %s | %.2f times as much |\n", step.Median/f.Median, cpu, step.CPU/f.CPU)
		}
	}
	return b.String(), nil
}

// first is the index of the first figure of a group.
func first(all []figure, group string) int {
	for i, f := range all {
		if f.Group == group {
			return i
		}
	}
	return -1
}
