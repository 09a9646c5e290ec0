package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"armpreflight/internal/reading"
)

// newFlags gives an empty set that prints nothing.
func newFlags(verb string) *flag.FlagSet {
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

var errWord = errors.New("unexpected argument; use flags only")

// parseFlags parses flags only.
func parseFlags(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		return flagError(flags, err)
	}
	if flags.NArg() > 0 {
		return errWord
	}
	return nil
}

// parseMixed parses flags that may be before, between and behind other words,
// which it gives.
func parseMixed(flags *flag.FlagSet, args []string) (words []string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, flagError(flags, err)
		}
		if args = flags.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	return words, nil
}

// flagError says which flag is wrong, in two dashes as the help writes it. It never repeats a value, which may be a secret
// in the wrong place. Package flag gives no types to tell its errors apart, only their texts; a test holds them.
func flagError(flags *flag.FlagSet, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return errHelp
	}
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		if !word.MatchString(name) {
			return errors.New("unknown flag")
		}
		var known []string
		flags.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
		if near := nearest(name, known); near != "" {
			return fmt.Errorf("unknown flag --%s; did you mean --%s?", name, near)
		}
		return fmt.Errorf("unknown flag --%s", name)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return fmt.Errorf("--%s needs a value", name)
	}
	var named string
	flags.VisitAll(func(f *flag.Flag) {
		if strings.Contains(text, fmt.Sprintf(" for flag -%s: ", f.Name)) || strings.Contains(text, fmt.Sprintf(" for -%s: ", f.Name)) {
			named = f.Name
		}
	})
	if named == "" {
		return errors.New("a flag can't be read")
	}
	return fmt.Errorf("--%s doesn't take that value", named)
}

// aFile is what the usage of a flag says whose value is the name of a file.
const aFile = "FILE"

// hidden is the usage of a flag that's only for people who work on the program.
const hidden = "hidden"

// choice is what a flag's value may be. A flag's usage says what its value is: the words of a choice, or a placeholder such
// as aFile; empty for a switch.
type choice []string

// String returns the words as a flag's usage.
func (c choice) String() string { return strings.Join(c, "|") }

func (c choice) has(value string) bool { return slices.Contains(c, value) }

// wrong says what a flag's value is.
func (c choice) wrong(flag string) error {
	last := len(c) - 1
	return fmt.Errorf("--%s must be %s or %s", flag, strings.Join(c[:last], ", "), c[last])
}

// choiceOf returns the words that a flag takes; empty when it takes others too.
func choiceOf(f *flag.Flag) []string {
	if !strings.Contains(f.Usage, "|") {
		return nil
	}
	return strings.Split(f.Usage, "|")
}

// isSwitch reports whether a flag takes no value.
func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// nearest returns the one of the known words that a word is most likely a slip of; empty when none is near.
func nearest(typed string, known []string) string {
	best, least := "", max(1, len(typed)/3)+1
	for _, name := range known {
		if d := reading.Distance(typed, name); d < least {
			best, least = name, d
		}
	}
	return best
}
