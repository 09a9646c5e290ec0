package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// check returns what's wrong with a command line: in Bash, in PowerShell, or in its options.
func (p programs) check(t told) error {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(t.text), "")
	if err != nil {
		return fmt.Errorf("bash: %w", err)
	}
	var faults []error
	commands := 0
	syntax.Walk(file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		commands++
		words := make([]string, len(call.Args))
		for i, w := range call.Args {
			text, err := literal(w)
			words[i] = text
			if err != nil {
				faults = append(faults, fmt.Errorf("bash: %s: %w", t.text[w.Pos().Offset():w.End().Offset()], err))
			}
		}
		faults = append(faults, p.options(words))
		return true
	})
	if commands == 0 {
		faults = append(faults, errors.New("bash: it holds no command"))
	}
	if !t.lines && commands == 1 {
		faults = append(faults, powerShell(t.text))
	}
	return errors.Join(faults...)
}

// literal reads a word without expansions.
func literal(w *syntax.Word) (string, error) {
	var b strings.Builder
	for _, part := range w.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			if strings.ContainsAny(part.Value, "*?[{}~") {
				return "", errors.New("a shell replaces it: it needs quotation marks")
			}
			b.WriteString(part.Value)
		case *syntax.SglQuoted:
			b.WriteString(part.Value)
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				text, ok := inner.(*syntax.Lit)
				if !ok {
					return "", errors.New("a shell replaces a part of it")
				}
				b.WriteString(text.Value)
			}
		default:
			return "", errors.New("a shell replaces a part of it")
		}
	}
	return b.String(), nil
}

// powerShell returns what PowerShell would read differently. Outside quotation marks, these characters are special; in double
// quotation marks, $ and ` are.
func powerShell(text string) error {
	quote := rune(0)
	for _, c := range text {
		switch {
		case quote == c:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && strings.ContainsRune("@(){};,|&<>$`#", c), quote == '"' && (c == '$' || c == '`'):
			return fmt.Errorf("PowerShell: %c means something there: it needs quotation marks", c)
		}
	}
	return nil
}

// options compares a command with options.txt.
func (p programs) options(words []string) error {
	if len(words) == 0 || !p.program(words[0]) {
		return nil
	}
	name, rest := p.find(words)
	if name == "" {
		return fmt.Errorf("%s: no such command, or options.txt doesn't have it yet", strings.Join(words[:min(len(words), 4)], " "))
	}
	c := p.commands[name]
	var faults []error
	given, plain := map[string]bool{}, 0
	for len(rest) > 0 {
		word, value, attached := strings.Cut(rest[0], "=")
		rest = rest[1:]
		if !isOption(name, word) {
			plain++
			continue
		}
		takes, known := c.takes[word]
		if !known {
			faults = append(faults, fmt.Errorf("%s has no option %s", name, word))
			continue
		}
		given[word] = true
		switch {
		case takes == "" || attached && value != "":
		case len(rest) == 0 || isOption(name, rest[0]):
			faults = append(faults, fmt.Errorf("%s: %s needs a value", name, word))
		case takes == "=":
			rest = rest[1:]
		default:
			for len(rest) > 0 && !isOption(name, rest[0]) {
				rest = rest[1:]
			}
		}
	}
	if plain > c.words {
		faults = append(faults, fmt.Errorf("%s takes %d words beside its options, not %d", name, c.words, plain))
	}
	for _, needed := range c.needs {
		if len(given) > 0 && !slices.ContainsFunc(needed, func(n string) bool { return given[n] }) {
			faults = append(faults, fmt.Errorf("%s needs %s", name, strings.Join(needed, " or ")))
		}
	}
	return errors.Join(faults...)
}
