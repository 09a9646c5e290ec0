package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"armpreflight/internal/codetext"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/manual"
	"armpreflight/internal/reading"
	"armpreflight/internal/secret"
)

const explainUsage = `armpreflight explain shows what an error code, an error message, or a log means: the likely cause, who can fix it, and the steps.

usage: armpreflight explain [--format text|json|markdown] CODE...
       armpreflight explain [--format ...] -              a pasted message, or JSON, on standard input
       armpreflight explain [--format ...] --log FILE     the log of a step, of a job, or of a whole run; - is
                                                         standard input
       armpreflight explain [--format ...] --list | --search WORD

It needs no network and no connection. You can spell a code in any way. From a text that it
reads, it prints only codes, names of jobs, steps, and tasks, and values that have a known form:
IDs, names, URLs, times. If it doesn't know the cause, it also prints up to 300 characters of the
innermost error message, without what looks like a credential.

examples:
  armpreflight explain AADSTS7000222
  armpreflight explain 7000215 AuthorizationFailed
  armpreflight explain --log build.log
  armpreflight explain --search multi-tenant
  az account show 2>&1 | armpreflight explain -

exit codes: 0 explained, 1 an unknown code or nothing found, 2 wrong use or no such file,
3 the tool itself failed
`

var explainFormats = choice{"text", "json", "markdown"}

// asked is what the arguments of explain ask for.
type asked struct {
	format, log, search string
	list                bool
	codes               []string
}

// explain prints pages of the manual.
func explain(ctx context.Context, s *session, args []string) (int, error) {
	a, err := parseExplain(args)
	if err != nil {
		return 0, wrongUse(err)
	}
	var answer answer
	switch {
	case a.list || a.search != "":
		answer.listed = true
		answer.Pages, answer.Topics = manual.Search(strings.Fields(a.search)...)
	case a.log == "-":
		if err := answer.readUntil(ctx, s.env.Stdin, "the log"); err != nil {
			return 0, err
		}
	case a.log != "":
		file, err := s.env.Open(a.log)
		if err != nil {
			return 0, ends(ExitUsage, fmt.Errorf("open the log: %w", err))
		}
		defer file.Close() // it's only read
		if err := answer.readUntil(ctx, file, "the log"); err != nil {
			return 0, err
		}
	case slices.Equal(a.codes, []string{"-"}):
		if err := answer.readUntil(ctx, s.env.Stdin, "the text"); err != nil {
			return 0, err
		}
	default:
		for i, code := range a.codes {
			if answer.add(i+1, code); len(answer.Unknown) == 0 || answer.Unknown[len(answer.Unknown)-1].Given != shown(i+1, code) {
				continue
			}
			isFile, err := s.isFile(code)
			if err != nil {
				return 0, wrongUse(fmt.Errorf("argument %d: %w", i+1, err))
			}
			answer.Unknown[len(answer.Unknown)-1].File = isFile
		}
	}
	style := manual.StyleFor(styled(s.env), s.columns())
	text, err := answer.render(a.format, style)
	if err != nil {
		return 0, err
	}
	switch {
	case a.format == "text" && styled(s.env):
		s.out.Styled(text)
	case a.format == "text":
		s.out.Line(text)
	default:
		if err := through(s.out.Document(), func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}); err != nil {
			return 0, err
		}
	}
	if !answer.explained() {
		return ExitFindings, nil
	}
	return ExitOK, nil
}

// readUntil reads a text, and gives up immediately when the verb ends: standard input can stay open permanently.
func (a *answer) readUntil(ctx context.Context, r io.Reader, name string) error {
	var read answer
	done := make(chan error, 1)
	go func() { done <- read.read(r, name) }()
	select {
	case err := <-done:
		*a = read
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// isFile says whether an argument that isn't a code names a file; a folder is an error.
func (s *session) isFile(name string) (bool, error) {
	if s.env.Open == nil || strings.ContainsAny(name, "\n\x00") {
		return false, nil
	}
	file, err := s.env.Open(name)
	if err == nil {
		return true, file.Close()
	}
	if info, statErr := os.Stat(name); statErr == nil && info.IsDir() {
		return false, errors.New("it's a folder; --log reads a file")
	}
	return false, nil
}

func (a *asked) flags() *flag.FlagSet {
	flags := newFlags("explain")
	flags.StringVar(&a.format, "format", "text", explainFormats.String())
	flags.StringVar(&a.log, "log", "", aFile)
	flags.StringVar(&a.search, "search", "", "WORD")
	flags.BoolVar(&a.list, "list", false, "")
	return flags
}

// parseExplain reads the arguments; flags may follow codes.
func parseExplain(args []string) (asked, error) {
	var a asked
	flags := a.flags()
	codes, err := parseMixed(flags, args)
	if err != nil {
		return a, err
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
	case !explainFormats.has(a.format):
		return a, explainFormats.wrong("format")
	case ways == 0:
		return a, errors.New("name a code, or one of -, --log, --list, and --search")
	case ways > 1:
		return a, errors.New("use only one of codes, --log, --list, and --search")
	case given["log"] && a.log == "":
		return a, errors.New("--log needs a file")
	case given["search"] && strings.TrimSpace(a.search) == "":
		return a, errors.New("--search needs a word")
	case slices.Contains(a.codes, "-") && len(a.codes) > 1:
		return a, errors.New("use - without codes: the text on standard input can contain any number of codes")
	}
	return a, nil
}

// add explains one argument: a code, a topic, or a sentence with codes in it.
func (a *answer) add(position int, argument string) {
	if e, ok := reading.Find(argument); ok {
		a.page(e.Code)
		return
	}
	if e, ok := reading.BySign(argument); ok {
		a.page(e.Code)
		return
	}
	if t, ok := manual.TopicOf(argument); ok {
		a.Topics = append(a.Topics, t)
		return
	}
	if strings.Contains(argument, " ") && a.Text == nil && len(a.Pages) == 0 {
		var pasted answer
		if err := pasted.read(strings.NewReader(argument), "the sentence"); err == nil && len(pasted.Causes) > 0 && len(pasted.Topics) == 0 {
			*a = pasted
			return
		}
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
		u.Nearest = reading.Nearest(argument)
	}
	if u.Family != "" {
		a.page(u.Family)
	}
	a.Unknown = append(a.Unknown, u)
}

// read explains what a text comes down to, and what else it names.
func (a *answer) read(r io.Reader, name string) error {
	phrases, topics := manual.Phrases()
	known, err := reading.Read(r, phrases...)
	if err != nil {
		return err
	}
	found := known.Mentions
	a.Text = &text{name: name, Lines: found.Lines, Left: found.Left}
	for _, c := range known.Causes {
		a.cause(c, found)
	}
	jobs := 0
	for _, f := range known.Failures {
		jobs = max(jobs, f.At.JobNumber)
	}
	for _, f := range known.Failures {
		a.Failed = append(a.Failed, failedStep{Job: jobName(f.At, jobs), Step: shownName(f.At.Step), Task: f.At.Task, Version: f.At.Version, Line: f.At.Line, Code: f.Code})
	}
	for i, c := range known.Causes {
		a.Causes[i].Job = jobName(c.At, jobs)
	}
	for _, m := range found.Codes {
		code, entry := diagnosis.Code(m.Code), diagnosis.Code(m.Entry)
		if !known.Claims(entry, m.Spoken) {
			continue
		}
		said := mention{Code: code, Line: m.Line, Lines: m.Lines}
		if e, ok := reading.BySign(m.Code); ok && code != entry {
			said.Entry = e.Code
		} else if code != entry {
			a.Unknown = append(a.Unknown, unknown{Given: m.Code, Family: entry})
		}
		a.Text.Codes = append(a.Text.Codes, said)
		if m.Entry != "" {
			a.page(entry)
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

// cause adds what a text comes down to, before what it only names.
func (a *answer) cause(c reading.Cause, found codetext.Mentions) {
	code := c.Entry.Code
	said := cause{Code: code, Line: c.At.Line, Step: shownName(c.At.Step), Task: c.At.Task, Version: c.At.Version, Way: c.Way, unlisted: c.Entry.Unlisted()}
	for _, f := range c.Facts {
		said.Facts = append(said.Facts, saying(f))
	}
	for _, also := range c.Also {
		said.Also = append(said.Also, fmt.Sprintf("%q (line %d)", shownName(also.Step), also.Line))
	}
	i := slices.IndexFunc(found.Codes, func(m codetext.Mention) bool { return m.Code == string(code) || m.Entry == string(code) })
	if i < 0 {
		a.Text.Codes = append(a.Text.Codes, mention{Code: code, Line: c.Line, Lines: 1})
	}
	if c.At.Step == "" {
		said.Line = c.Line
		if i >= 0 {
			said.Line = found.Codes[i].Line
		}
	}
	a.Causes = append(a.Causes, said)
	a.Pages = append(a.Pages, manual.About(c))
}

// jobName names the job of a message: by its number where a log of several jobs doesn't name them.
func jobName(m reading.Message, jobs int) string {
	if m.Job == "" && jobs > 1 {
		return fmt.Sprintf("no. %d", m.JobNumber)
	}
	return shownName(m.Job)
}

func shownName(name string) string { return secret.Filter(nil).Line(name, maxName) }

// maxName is how many characters of a step's name are shown.
const maxName = 60

// page adds the page of a code, once.
func (a *answer) page(code diagnosis.Code) {
	if slices.ContainsFunc(a.Pages, func(p manual.Page) bool { return p.Code == code }) {
		return
	}
	if e, ok := diagnosis.Lookup(code); ok {
		a.Pages = append(a.Pages, manual.Of(e))
	}
}

// shown is how an unknown argument is named: as it is when it has the form of a code, otherwise by its place. It may
// be anything that was in the clipboard.
func shown(position int, argument string) string {
	code := codetext.Spelled(argument)
	if codetext.LooksLikeCode(code) {
		return code
	}
	return fmt.Sprintf("argument %d (%d characters)", position, len([]rune(argument)))
}

// styled says whether the answer may have colors.
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
