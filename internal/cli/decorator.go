package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"armpreflight/internal/decorator"
)

const decoratorUsage = `armpreflight decorator writes a private companion extension whose pipeline decorator puts ArmPreflight@1 into every job that uses an
Azure Resource Manager connection, without changes to pipelines. Preview. It reads and sends nothing.

usage: armpreflight decorator --publisher ID --output NAME [flags]

  --publisher ID    your own publisher on the Marketplace: only private extensions can contribute decorators
  --output NAME     a new folder, or a new package if the name ends with .vsix
  --project NAME    inject into this project only; can be repeated. Without it: into every project
  --exclude NAME    leave this project alone; can be repeated
  --fail-on NAME    never (the default): problems are warnings; fail: a problem that would stop the deployment fails the job
  --tasks FILE      further tasks: on each line, a task's ID and the names of its inputs that are Azure Resource Manager connections.
                    List only inputs that each step of the task has, or whose names no other task uses

The README.md in it is for administrators: review, publish, install, verify, turn off.

examples:
  armpreflight decorator --publisher ID --project Sandbox --output companion
  armpreflight decorator --publisher ID --exclude Legacy --output companion.vsix

exit codes: 0 written, 2 wrong use or an output that exists, 3 the tool itself failed
`

// companionVersion is the version of the companion. It changes when the template does, so that administrators can tell.
const companionVersion = "1.0.0"

const longestTasks = 1 << 20 // bytes

// decorating is what the arguments of decorator ask for.
type decorating struct {
	options       decorator.Options
	output, tasks string
}

func (in *decorating) flags() *flag.FlagSet {
	flags := newFlags("decorator")
	many := func(all *[]string) func(string) error {
		return func(name string) error {
			*all = append(*all, name)
			return nil
		}
	}
	flags.StringVar(&in.options.Publisher, "publisher", "", "ID")
	flags.StringVar(&in.output, "output", "", aFile)
	flags.Func("project", "NAME", many(&in.options.Projects))
	flags.Func("exclude", "NAME", many(&in.options.Exclude))
	flags.StringVar(&in.options.FailOn, "fail-on", "never", choice(decorator.FailOn()).String())
	flags.StringVar(&in.tasks, "tasks", "", aFile)
	return flags
}

// runDecorator writes the companion extension.
func runDecorator(_ context.Context, s *session, args []string) (int, error) {
	in := decorating{options: decorator.Options{Version: companionVersion}}
	switch err := parseFlags(in.flags(), args); {
	case err != nil:
		return 0, wrongUse(err)
	case in.options.Publisher == "":
		return 0, wrongUse(errors.New("name your publisher with --publisher"))
	case in.output == "":
		return 0, wrongUse(errors.New("name a new folder or a new .vsix file with --output"))
	case !choice(decorator.FailOn()).has(in.options.FailOn):
		return 0, wrongUse(choice(decorator.FailOn()).wrong("fail-on"))
	}
	if in.tasks != "" {
		text, err := s.readTasks(in.tasks)
		if err == nil {
			in.options.Tasks, err = decorator.ParseTasks(text)
		}
		if err != nil {
			return 0, ends(ExitUsage, fmt.Errorf("--tasks: %w", err))
		}
	}
	files, err := decorator.Files(in.options)
	if err != nil {
		return 0, ends(ExitUsage, err)
	}
	if err := s.writeCompanion(in.output, files); err != nil {
		return 0, err
	}
	s.say("wrote %s, a preview; read its README.md before you publish it", in.output)
	return ExitOK, nil
}

func (s *session) readTasks(name string) (string, error) {
	file, err := s.env.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close() // it is only read
	text, err := io.ReadAll(io.LimitReader(file, longestTasks+1))
	if err == nil && len(text) > longestTasks {
		err = errors.New("the file is larger than 1 MiB")
	}
	return string(text), err
}

// writeCompanion writes a folder or a package. Nothing that exists is changed.
func (s *session) writeCompanion(output string, files []decorator.File) error {
	if strings.HasSuffix(strings.ToLower(output), ".vsix") {
		packed, err := decorator.Pack(files)
		if err != nil {
			return err
		}
		return s.writeNew(output, packed)
	}
	if err := s.env.Mkdir(output); err != nil {
		return ends(ExitUsage, fmt.Errorf("--output: %w", err))
	}
	for _, f := range files {
		if err := s.writeNew(filepath.Join(output, f.Name), f.Content); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) writeNew(name string, content []byte) error {
	file, err := s.env.Create(name)
	if err != nil {
		return ends(ExitUsage, fmt.Errorf("--output: %w", err))
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Close()); err != nil {
		return ends(ExitFault, fmt.Errorf("write the output: %w", err))
	}
	return nil
}
