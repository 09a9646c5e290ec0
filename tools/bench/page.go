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

This page shows how long the step takes, compared with other ways to learn that a connection works. ` + "`./build.sh bench -peers`" + `
measures these figures and writes this page; ` + "`./build.sh peers`" + ` installs what it compares with. They're times of one machine
with two cores, against the simulated cloud on the same machine: compare ratios, not milliseconds. See [Testing status](testing-status.md).

"Median" is the time that passes, with the range that holds four fifths of the runs. "CPU" is what all processes of the step use, in user
and system mode, which a busy machine changes less. In an audit of 10,000 connections, most of the time is the simulated cloud's: it compares
each request with every secret.

The program's start takes longer than a bare one's. Its libraries initialize, whether they're needed or not; it reads its environment; and
it's larger: the system reads each part of a program at its first use. Most of the difference is page faults, not
instructions, so it depends on the machine.
`

// The groups that don't compare the step with something else: the parts of one step, and the start compared with the bare program's.
const (
	thePhases = "Where the time of a step goes: client secret, answers without delay"
	theStart  = "Start of the program"
)

// reasons say what each phase is for, and what it would take to do without it.
var reasons = map[string]string{
	"Node starts":                       "Every task needs it: the agent starts tasks on Node.",
	"shim: outputs, files":              "Resets the outputs of an earlier step, and finds the program of the platform.",
	"shim: hash of the program":         "A program that was changed on the agent never starts. Without the comparison, only the agent's file permissions protect it.",
	"shim: spawn":                       "The checks run in a separate program. In JavaScript, they would have to load Microsoft's libraries in Node, as the in-box tasks do.",
	"program starts, to its first line": "See the start of the program below. It would take libraries that initialize only what's used, and fewer of them.",
	"to the first request (TLS)":        "Reads the certificate authorities, and opens the connections to all hosts at the same time. Any HTTPS client needs it.",
	"the requests, first to last":       "The subscription can't be read without a token, so one request waits for another, as in the row with the requests that can't be avoided.",
	"results, log, report files":        "Judges, and writes the report in its four forms. Without the files, the results tab and the published results would have nothing to show.",
	"the rest of the log, exit":         "The agent waits for the end of the program.",
	"Node ends":                         "Every task needs it.",
	"the agent notices":                 "Every task needs it: Node ends its process, and the agent reads the end of the output.",
}

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
			switch {
			case compares:
				b.WriteString("| | Median | Range | The step takes | CPU | The step uses |\n|---|---|---|---|---|---|\n")
			case f.Group == thePhases:
				b.WriteString("| | Median | Range | What it's for |\n|---|---|---|---|\n")
			case f.Group == theStart:
				b.WriteString("| | Median | Range | CPU | Compared with the bare program |\n|---|---|---|---|---|\n")
			default:
				b.WriteString("| | Median | Range | CPU |\n|---|---|---|---|\n")
			}
		}
		fmt.Fprintf(&b, "| %s | %s ms | %s to %s ms |", f.What, short(f.Median), short(f.Low), short(f.High))
		cpu := "not measured"
		if f.CPU > 0 {
			cpu = short(f.CPU) + " ms"
		}
		base := all[first(all, f.Group)]
		switch {
		case f.Group == thePhases:
			fmt.Fprintf(&b, " %s |\n", reasons[f.What])
		case f.Group == theStart && f != base:
			fmt.Fprintf(&b, " %s | %.2f times as long |\n", cpu, f.Median/base.Median)
		case f.Group == theStart:
			fmt.Fprintf(&b, " %s | |\n", cpu)
		case !compares:
			fmt.Fprintf(&b, " %s |\n", cpu)
		case f.What == theStep:
			fmt.Fprintf(&b, " | %s | |\n", cpu)
		default:
			fmt.Fprintf(&b, " %.2f times as long | %s | %.2f times as much |\n", base.Median/f.Median, cpu, base.CPU/f.CPU)
		}
		if f.What == theCLI {
			for _, empty := range all {
				if empty.Group == f.Group && empty.What == theEmpty {
					fmt.Fprintf(&b, "\nAn empty Node step alone takes %.2f times as long as the Azure CLI, so no task can take much less.\n", empty.Median/f.Median)
				}
			}
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
