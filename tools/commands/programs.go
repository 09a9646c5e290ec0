package main

import (
	_ "embed"
	"strings"
)

// optionsText is a line for each command: its name, a tab, and its options. An option ends in "=" if it takes a value, and in
// "=*" if it takes several. "!" before it means that the command requires it, and "|" separates the names of one option. "+N"
// is the number of words that aren't options.
//
//go:embed options.txt
var optionsText string

// A command is what options.txt says about a program or one of its commands.
type command struct {
	takes map[string]string // by name: "" for a switch, "=" for a value, "=*" for several
	needs [][]string        // the names of each required option
	words int
}

// programs are the commands by name, and the beginnings of names that aren't names by themselves (az account).
type programs struct {
	commands map[string]command
	begin    map[string]bool
}

func readPrograms(text string) programs {
	p := programs{commands: map[string]command{}, begin: map[string]bool{}}
	for line := range strings.Lines(text) {
		name, options, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		c := command{takes: map[string]string{}}
		for option := range strings.FieldsSeq(options) {
			if n, isCount := strings.CutPrefix(option, "+"); isCount {
				c.words = int(n[0] - '0')
				continue
			}
			names, needed := strings.CutPrefix(option, "!")
			names, takes := strings.TrimRight(names, "=*"), ""
			if _, value, has := strings.Cut(option, "="); has {
				takes = "=" + value
			}
			for n := range strings.SplitSeq(names, "|") {
				c.takes[n] = takes
			}
			if needed {
				c.needs = append(c.needs, strings.Split(names, "|"))
			}
		}
		p.commands[name] = c
		for words := strings.Fields(name); len(words) > 1; words = words[:len(words)-1] {
			p.begin[strings.Join(words[:len(words)-1], " ")] = true
		}
	}
	return p
}

// find returns the longest command name that words begin with.
func (p programs) find(words []string) (name string, rest []string) {
	for n := range words {
		joined := strings.Join(words[:n+1], " ")
		if _, known := p.commands[joined]; known {
			name, rest = joined, words[n+1:]
		} else if !p.begin[joined] {
			break
		}
	}
	return name, rest
}
