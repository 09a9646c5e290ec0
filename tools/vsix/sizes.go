package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// told finds the one sentence that says how much an agent fetches and unpacks, in MB of a million bytes.
var told = regexp.MustCompile(`fetches the task, about (\d+) MB[^.]*unpacks about (\d+) MB`)

// checkSizes compares what docs/install.md says about the sizes with the package. A difference of one MB is still "about".
func checkSizes(p *parcel, text []byte) []string {
	m := told.FindSubmatch(text)
	if m == nil {
		return []string{`the page of the sizes doesn't say "fetches the task, about N MB … unpacks about N MB"`}
	}
	unpacked := 0
	for name, data := range p.files {
		if strings.HasPrefix(name, "ArmPreflight/") {
			unpacked += len(data)
		}
	}
	var faults []string
	for i, size := range []float64{float64(p.size), float64(unpacked)} {
		said, _ := strconv.Atoi(string(m[i+1]))
		if math.Abs(size/1e6-float64(said)) > 1 {
			faults = append(faults, fmt.Sprintf("the page of the sizes says about %d MB; it's %.1f MB", said, size/1e6))
		}
	}
	return faults
}

// checkGrowth compares a package's size in bytes with the newest line of size.txt. Shrinking by as much needs a line too, so that the
// next growth is measured from there.
func checkGrowth(size int64, lines string) []string {
	lines = strings.TrimSpace(lines)
	number, note, _ := strings.Cut(lines[strings.LastIndex(lines, "\n")+1:], " ")
	was, err := strconv.ParseInt(number, 10, 64)
	if err != nil || strings.TrimSpace(note) == "" {
		return []string{"the last line of tools/vsix/size.txt isn't a size and a note"}
	}
	if change := 100 * float64(size-was) / float64(was); math.Abs(change) > 2 {
		return []string{fmt.Sprintf("the package has %d bytes, %+.1f %% of the %d in tools/vsix/size.txt: add a line with the size and why it changed", size, change, was)}
	}
	return nil
}
