package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"armpreflight/internal/lint"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/regular"
)

const lintUsage = `armpreflight lint reads Azure Pipelines YAML, offline, and finds connections whose names are set too late: by a variable
that a step sets, by an output variable, by a runtime expression, or not at all in a stage whose script signs in with one.

usage: armpreflight lint [flags] FILE|DIR...
       armpreflight lint [flags] -       read one pipeline from standard input

  --require-preflight  report jobs that use Azure before ArmPreflight@1, or without it
  --patch              print a change for git apply that adds ArmPreflight@1 as the first step of those jobs; exit code 0
  --changed[=REF]      report only what a change touches: the lines that differ from REF in git. The default is the target branch of a
                       pull request's pipeline, otherwise HEAD
  --format NAME        text, json, sarif, or pipelines (logging commands, the default in a pipeline)
  --output FILE        write to a new file that only you can read, instead of to standard output

A folder is searched for pipelines. Templates, extends, parameters, and loops are followed within the repository, which is
the nearest folder above with a .git, otherwise the folder of the file. Anything that the files don't determine isn't reported.

examples:
  armpreflight lint azure-pipelines.yml
  armpreflight lint --require-preflight --format sarif --output lint.sarif .
  armpreflight lint --patch --output preflight.patch .

exit codes: 0 nothing, or notes only, 1 errors, or an unreadable file, 2 wrong use, a named file that isn't a pipeline, or
nothing readable, 3 the tool itself failed
`

// linting is what the arguments of lint ask for.
type linting struct {
	names          []string
	require, patch bool
	changed        ref
	dump           bool // show the pipelines as they were understood
	format, output string
}

// ref is a flag whose value can be left out.
type ref struct {
	given bool
	name  string // empty for the default
}

func (r *ref) IsBoolFlag() bool { return true }
func (r *ref) String() string   { return "" }

func (r *ref) Set(text string) error {
	if text == "false" {
		*r = ref{}
		return nil
	}
	if r.given, r.name = true, text; text == "true" {
		r.name = ""
	}
	if strings.HasPrefix(r.name, "-") || strings.ContainsAny(r.name, " \x00\n") {
		return errors.New("name a commit, a branch, or a tag")
	}
	return nil
}

// runLint checks pipelines in the file system.
func runLint(ctx context.Context, s *session, args []string) (int, error) {
	in, err := parseLint(s, args)
	if err != nil {
		return 0, wrongUse(err)
	}
	repository, names, err := openRepository(s.env, in.names)
	if err != nil {
		return 0, ends(ExitUsage, err)
	}
	defer repository.Close() // it is only read
	options, err := in.options(ctx, s, repository.Name())
	if err != nil {
		return 0, ends(ExitUsage, err)
	}
	result, err := lint.Run(regular.In(repository), names, options)
	if err != nil {
		return 0, ends(ExitUsage, err)
	}
	if err := s.writeLint(result, in); err != nil {
		return 0, err
	}
	switch {
	case in.patch:
		for _, u := range result.Unreadable {
			s.say("%s", u.Error())
		}
		for _, u := range result.Unpatched {
			s.say("no patch for %s", u)
		}
		s.say("%s", result.PatchSummary())
	case in.output != "":
		s.say("%s", result.Summary())
	}
	if result.Errors() > 0 && !in.patch && !in.dump {
		return ExitFindings, nil
	}
	return ExitOK, nil
}

// options reads what the arguments name in addition to files: standard input, and a change.
func (in linting) options(ctx context.Context, s *session, root string) (lint.Options, error) {
	options := lint.Options{RequirePreflight: in.require || in.patch, KeepModel: in.dump}
	if slices.Contains(in.names, "-") {
		text, err := io.ReadAll(io.LimitReader(s.env.Stdin, lint.MaxFile+1))
		if err != nil {
			return options, fmt.Errorf("read standard input: %w", err)
		}
		options.Input = append([]byte{}, text...)
	}
	if in.changed.given {
		change, err := s.env.change(ctx, root, in.changed.name, s.task.Env("SYSTEM_PULLREQUEST_TARGETBRANCH"))
		if err != nil {
			return options, err
		}
		options.Changed = change.touches
	}
	return options, nil
}

var lintFormats = choice{"text", "json", "sarif", "pipelines"}

func (in *linting) flags() *flag.FlagSet {
	flags := newFlags("lint")
	flags.BoolVar(&in.require, "require-preflight", false, "")
	flags.BoolVar(&in.patch, "patch", false, "")
	flags.Var(&in.changed, "changed", "")
	flags.BoolVar(&in.dump, "dump", false, hidden)
	flags.StringVar(&in.format, "format", "", lintFormats.String())
	flags.StringVar(&in.output, "output", "", aFile)
	return flags
}

func parseLint(s *session, args []string) (linting, error) {
	var in linting
	names, err := parseMixed(in.flags(), args)
	if err != nil {
		return in, err
	}
	in.names = names
	job := strings.EqualFold(s.task.Env("TF_BUILD"), "true")
	switch {
	case in.format != "" && in.patch:
		return in, errors.New("--patch has its own format: leave out --format")
	case in.patch && job && in.output == "":
		return in, errors.New("in a pipeline, --patch needs --output: the agent could read lines of the patch as commands")
	case in.format != "":
	case job && in.output == "":
		in.format = "pipelines"
	default:
		in.format = "text"
	}
	switch {
	case len(in.names) == 0:
		return in, errors.New("name a file or a folder")
	case slices.Contains(in.names, ""):
		return in, errors.New("a name is empty: name a file or a folder")
	case !lintFormats.has(in.format):
		return in, lintFormats.wrong("format")
	}
	return in, nil
}

func (s *session) writeLint(result lint.Result, in linting) error {
	switch {
	case in.patch && in.output != "":
		return s.keepPatch(in.output, result.Patch())
	case in.patch:
		// A patch that the writer would change wouldn't apply. It writes every line break as LF, because a CR can hide a line from the reader.
		if strings.Contains(result.Patch(), "\r\n") {
			return ends(ExitUsage, errors.New("the patch has Windows line endings (CRLF), which can't be printed unchanged: write it to a file with --output"))
		}
		if pipeline.Sanitize(s.redactor, result.Patch()) != result.Patch() {
			return ends(ExitUsage, errors.New("the patch contains lines that can't be printed unchanged, such as a command to the agent, a secret, or an invisible character: write it to a file with --output"))
		}
		s.out.Line(result.Patch())
		return nil
	}
	return s.deliver(in.output, func(out *pipeline.Log) error {
		if in.dump {
			return through(out.Text(), func(w io.Writer) error { return result.Dump(w, s.clean) })
		}
		switch in.format {
		case "json":
			return through(out.Document(), func(w io.Writer) error { return result.JSON(w, "armpreflight "+version, s.clean) })
		case "sarif":
			return through(out.Document(), func(w io.Writer) error { return result.SARIF(w, version, s.clean) })
		case "text":
			return through(out.Text(), func(w io.Writer) error { return result.Text(w, s.clean) })
		}
		annotate(out, result)
		return nil
	})
}

// keepPatch writes a patch to a new file, with the lines of the YAML as they are.
func (s *session) keepPatch(name, patch string) error {
	file, err := s.env.Create(name)
	if err != nil {
		return ends(ExitUsage, fmt.Errorf("--output: %w", err))
	}
	_, err = io.WriteString(file, patch)
	if err := errors.Join(err, file.Close()); err != nil {
		return ends(ExitFault, fmt.Errorf("write the patch: %w", err))
	}
	return nil
}

// maxIssues is how many issues of a kind Azure Pipelines keeps for a step.
const maxIssues = 10

// annotate writes logging commands for the places of errors, and lines for the rest. Each finding gets its first place before one gets its second.
func annotate(log *pipeline.Log, result lint.Result) {
	words := slices.Clone(issueWords)
	for _, f := range result.Findings {
		words = append(words, string(f.Diagnosis.Code))
	}
	if log.Hides(words...) {
		log.Line(wordIsSecret)
	}
	issues, more := 0, 0
	issue := func(code pipeline.Word, text, file string, line, column int) {
		if issues++; issues <= maxIssues {
			log.IssueAt(pipeline.IssueError, code, text, file, line, column)
		} else {
			more++
		}
	}
	for _, u := range result.Unreadable {
		issue("", "this file can't be read: "+u.Why, u.File, u.Line, u.Column)
	}
	for round, found := 0, true; found; round++ {
		found = false
		for _, f := range result.Findings {
			if f.Severity != lint.Error || round >= len(f.Places) {
				continue
			}
			found = true
			at := f.Places[round]
			issue(codeWord(log, string(f.Diagnosis.Code)), f.Diagnosis.Headline+"\n"+strings.Join(f.Diagnosis.Steps, "\n"), at.File, at.Line, at.Column)
		}
	}
	if more > 0 {
		log.Line(fmt.Sprintf("and %d more places: run armpreflight lint to see all", more))
	}
	for _, f := range result.Findings {
		if f.Severity == lint.Note {
			for _, at := range f.Places[:min(len(f.Places), maxIssues)] {
				log.Line(oneLineOf(at.String() + ": note: " + f.Message()))
			}
			if more := len(f.Places) - maxIssues; more > 0 {
				log.Line(fmt.Sprintf("and %d more places", more))
			}
		}
	}
	for _, remark := range result.Remarks {
		log.Line(oneLineOf(remark.String()))
	}
	for _, text := range result.NotChecked() {
		log.Line(oneLineOf(text))
	}
	log.Line(result.Summary())
}

// openRepository opens the repository in which all the names are, and names them
// from its root. Nothing outside of it can be read.
func openRepository(env Env, names []string) (*os.Root, []string, error) {
	var root string
	var relative []string
	for _, name := range names {
		input := name == "-"
		if input {
			name = "."
		}
		path, err := env.Locate(name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(name, "*?["):
			return nil, nil, fmt.Errorf("%s doesn't exist, and patterns aren't expanded: name files, or the folder that contains them", name)
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil, fmt.Errorf("%s doesn't exist", name)
		case err != nil:
			return nil, nil, fmt.Errorf("find %s: %w", name, err)
		}
		if own := path.Root; root == "" {
			root = own
		} else if own != root {
			return nil, nil, fmt.Errorf("%s isn't in the repository of %s: name files of one repository only", name, names[0])
		}
		if input {
			path.Name = lint.Stdin
		}
		relative = append(relative, filepath.ToSlash(path.Name))
	}
	repository, err := os.OpenRoot(root)
	if err != nil {
		return nil, nil, fmt.Errorf("open the repository: %w", err)
	}
	return repository, relative, nil
}

// Location is a file or folder in its repository.
type Location struct {
	Root string // the folder of the repository
	Name string // from there; "." is the root itself
}

// Locate finds the repository of a file or folder: the nearest folder above it
// that has a .git, otherwise the folder itself, or that of the file.
func Locate(name string) (Location, error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return Location{}, err
	}
	info, err := os.Stat(absolute)
	if err != nil {
		return Location{}, err
	}
	folder := absolute
	if !info.IsDir() {
		folder = filepath.Dir(absolute)
	}
	root := folder
	for above := folder; ; above = filepath.Dir(above) {
		if _, err := os.Lstat(filepath.Join(above, ".git")); err == nil {
			root = above
			break
		} else if !errors.Is(err, fs.ErrNotExist) || above == filepath.Dir(above) {
			break
		}
	}
	relative, err := filepath.Rel(root, absolute)
	return Location{root, relative}, err
}
