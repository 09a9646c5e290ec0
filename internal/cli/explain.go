package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/manual"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/secret"
)

const explainUsage = `usage: armpreflight explain [--format text|json|markdown] CODE...
       armpreflight explain [--format ...] -              a pasted message, or JSON, on standard input
       armpreflight explain [--format ...] --log FILE     the log of a step or of a whole run
       armpreflight explain [--format ...] --list | --search WORD

It needs no network and looks at no connection. A code may be spelled in any way. Of a text that it
reads it prints nothing but codes.

examples:
  armpreflight explain AADSTS7000222
  armpreflight explain 7000215 authorizationfailed
  armpreflight explain --log build.log
  armpreflight explain --search multi-tenant
  az account show 2>&1 | armpreflight explain -

exit codes: 0 explained, 1 a code that is not known or nothing found, 2 wrong use or no such file,
3 the tool itself failed
`

// asked is what the arguments of explain ask for.
type asked struct {
	format, log, search string
	list                bool
	codes               []string
}

// explain prints pages of the manual.
func explain(env Env) int {
	a, err := parseExplain(env.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return print(env, explainUsage)
	case err != nil:
		fmt.Fprintf(env.Stderr, "armpreflight: explain: %s\n\n%s", harmless(err.Error()), explainUsage)
		return ExitUsage
	}
	var answer answer
	switch {
	case a.list || a.search != "":
		answer.listed = true
		answer.Pages, answer.Topics = manual.Search(strings.Fields(a.search)...)
	case a.log != "":
		file, err := env.Open(a.log)
		if err != nil {
			fmt.Fprintf(env.Stderr, "armpreflight: explain: open the log: %s\n", harmless(err.Error()))
			return ExitUsage
		}
		defer file.Close()
		if err := answer.read(file, "the log"); err != nil {
			fmt.Fprintf(env.Stderr, "armpreflight: explain: %s\n", harmless(err.Error()))
			return ExitFault
		}
	case slices.Equal(a.codes, []string{"-"}):
		if err := answer.read(env.Stdin, "the text"); err != nil {
			fmt.Fprintf(env.Stderr, "armpreflight: explain: %s\n", harmless(err.Error()))
			return ExitFault
		}
	default:
		for i, code := range a.codes {
			answer.add(i+1, code)
		}
	}
	text, err := answer.render(a.format, manual.StyleFor(styled(env)))
	if err != nil {
		fmt.Fprintf(env.Stderr, "armpreflight: explain: %v\n", err)
		return ExitFault
	}
	if code := print(env, text); code != ExitOK {
		return code
	}
	if !answer.explained() {
		return ExitFindings
	}
	return ExitOK
}

// parseExplain reads the arguments; flags may stand behind codes.
func parseExplain(args []string) (asked, error) {
	var a asked
	flags := flag.NewFlagSet("explain", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&a.format, "format", "text", "")
	flags.StringVar(&a.log, "log", "", "")
	flags.StringVar(&a.search, "search", "", "")
	flags.BoolVar(&a.list, "list", false, "")
	codes, err := parseMixed(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		return a, err
	} else if err != nil {
		return a, errors.New("a flag that there is not, or one without its value") // which may be a secret: not repeated
	}
	a.codes = codes
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	ways := 0
	for _, way := range []bool{given["log"], given["search"], a.list, len(a.codes) > 0} {
		if way {
			ways++
		}
	}
	switch {
	case !slices.Contains([]string{"text", "json", "markdown"}, a.format):
		return a, errors.New("--format is text, json or markdown")
	case ways == 0:
		return a, errors.New("name a code, or one of -, --log, --list and --search")
	case ways > 1:
		return a, errors.New("codes, --log, --list and --search do not go together")
	case given["log"] && a.log == "":
		return a, errors.New("--log names no file")
	case given["search"] && strings.TrimSpace(a.search) == "":
		return a, errors.New("--search names no word")
	case slices.Contains(a.codes, "-") && len(a.codes) > 1:
		return a, errors.New("- stands alone: the text on standard input may hold any number of codes")
	}
	return a, nil
}

// add explains one argument: a code, a topic, or a sentence with codes in it.
func (a *answer) add(position int, argument string) {
	if e, ok := diagnosis.Find(argument); ok {
		a.page(e.Code)
		return
	}
	if t, ok := manual.TopicOf(argument); ok {
		a.Topics = append(a.Topics, t)
		return
	}
	var inside answer
	if err := inside.read(strings.NewReader(argument), ""); err == nil && inside.explained() {
		for _, p := range inside.Pages {
			a.page(p.Code)
		}
		a.Topics = append(a.Topics, inside.Topics...)
		return
	}
	u := unknown{Given: shown(position, argument), Check: manual.IsCheck(argument)}
	if len(inside.Unknown) > 0 {
		u.Given, u.Family = inside.Unknown[0].Given, inside.Unknown[0].Family
	}
	if u.Family == "" && !u.Check {
		u.Nearest = diagnosis.Nearest(argument)
	}
	if u.Family != "" {
		a.page(u.Family)
	}
	a.Unknown = append(a.Unknown, u)
}

// read explains what a text names.
func (a *answer) read(r io.Reader, name string) error {
	phrases, topics := manual.Phrases()
	found, err := diagnosis.Scan(r, phrases...)
	if err != nil {
		return err
	}
	a.Text = &text{name: name, Lines: found.Lines, Left: found.Left}
	for _, m := range found.Codes {
		a.Text.Codes = append(a.Text.Codes, mention{Code: m.Code, Line: m.Line, Lines: m.Lines})
		if m.Code != m.Entry {
			a.Unknown = append(a.Unknown, unknown{Given: string(m.Code), Family: m.Entry})
		}
		if m.Entry != "" {
			a.page(m.Entry)
		}
	}
	for i, line := range found.Phrases {
		if line == 0 || slices.ContainsFunc(a.Topics, func(t manual.Topic) bool { return t.Title == topics[i].Title }) {
			continue
		}
		a.Topics = append(a.Topics, topics[i])
		a.Text.Topics = append(a.Text.Topics, line)
	}
	return nil
}

// page adds the page of a code, once.
func (a *answer) page(code diagnosis.Code) {
	if slices.ContainsFunc(a.Pages, func(p manual.Page) bool { return p.Code == code }) {
		return
	}
	if e, ok := diagnosis.Lookup(code); ok {
		a.Pages = append(a.Pages, manual.Of(e))
	}
}

// shown is how an argument is named that nobody knows: as it is when it has the form of a code, else by its place. It may
// be anything that was in the clipboard.
func shown(position int, argument string) string {
	code := string(diagnosis.Spelled(argument))
	if diagnosis.LooksLikeCode(code) {
		return code
	}
	return fmt.Sprintf("argument %d (%d characters)", position, len([]rune(argument)))
}

// harmless makes a sentence with words from outside fit for a terminal and for the agent.
func harmless(sentence string) string {
	var line bytes.Buffer
	pipeline.NewLog(&line, nil).Line(strings.Join(strings.Fields(sentence), " "))
	return secret.Filter(nil).Cut(strings.TrimSpace(line.String()), 300)
}

// styled says whether the answer may have colours.
func styled(env Env) bool {
	if !env.Terminal {
		return false
	}
	for _, pair := range env.Environ {
		name, value, _ := strings.Cut(pair, "=")
		if name == "NO_COLOR" && value != "" || name == "TERM" && value == "dumb" {
			return false
		}
	}
	return true
}
