package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"armpreflight/internal/deployment"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/regular"
)

const requiresUsage = `armpreflight requires reads what you deploy, offline, and lists what that needs: permissions and their scopes, resource
providers, resource groups, and regions.

usage: armpreflight requires [flags] FILE...

  --parameters FILE  parameter file of an ARM template; can be repeated
  --scope ID         ARM ID of the resource group, subscription, or management group that you deploy to; / is the tenant
  --format NAME      text, json, lines (for the task input requiredActions), or role (roles that grant everything)

A file is an ARM template, a Bicep snapshot (bicep snapshot), or a Terraform plan (terraform show -json). Its name doesn't matter. Several
files count as one deployment. Linked templates are read if they're in the same repository, which is the nearest folder above with a .git,
otherwise the folder of the file. "certain" is what the deployment can't do without; "likely" is what it might need.

examples:
  armpreflight requires --parameters main.parameters.json main.json
  armpreflight requires --format role --scope /subscriptions/SUBSCRIPTION-ID/resourceGroups/rg-app main.json
  terraform show -json plan.out > plan.json && armpreflight requires plan.json

exit codes: 0 listed, 2 wrong use or an unreadable file, 3 the tool itself failed
`

var requiresFormats = choice{"text", "json", "lines", "role"}

// requiring is what the arguments of requires ask for.
type requiring struct {
	names, parameters []string
	scope, format     string
}

func (in *requiring) flags() *flag.FlagSet {
	flags := newFlags("requires")
	flags.Func("parameters", aFile, func(name string) error {
		in.parameters = append(in.parameters, name)
		return nil
	})
	flags.StringVar(&in.scope, "scope", "", "ID")
	flags.StringVar(&in.format, "format", "text", requiresFormats.String())
	return flags
}

// runRequires derives what a deployment needs from its files.
func runRequires(_ context.Context, s *session, args []string) (int, error) {
	var in requiring
	names, err := parseMixed(in.flags(), args)
	switch {
	case err != nil:
		return 0, wrongUse(err)
	case len(names) == 0:
		return 0, wrongUse(errors.New("name a file"))
	case !requiresFormats.has(in.format):
		return 0, wrongUse(requiresFormats.wrong("format"))
	}
	in.names = names
	repository, found, err := openRepository(s.env, append(append([]string{}, in.names...), in.parameters...))
	if err != nil {
		return 0, ends(ExitUsage, err)
	}
	defer repository.Close() // it is only read
	files, parameters := found[:len(in.names)], found[len(in.names):]
	needs, err := deployment.Derive(regular.In(repository), files, deployment.Options{Scope: in.scope, Parameters: parameters})
	if _, ok := errors.AsType[*deployment.ScopeError](err); ok {
		err = fmt.Errorf("%w: change --scope", err)
	}
	if errors.Is(err, deployment.ErrParameters) {
		err = fmt.Errorf("%w: pass it with --parameters, together with its template", err)
	}
	if err != nil {
		return 0, ends(ExitUsage, err)
	}
	return ExitOK, s.writeNeeds(needs, files, in.format)
}

func (s *session) writeNeeds(needs *deployment.Needs, files []string, format string) error {
	switch format {
	case "json":
		return through(s.out.Document(), func(w io.Writer) error { return needs.JSON(w, "armpreflight "+version, files, s.clean) })
	case "role":
		return through(s.out.Document(), func(w io.Writer) error { return needs.RoleText(w, s.clean) })
	case "lines":
		var left []string
		err := s.deliver("", func(out *pipeline.Log) error {
			return through(out.Document(), func(w io.Writer) (err error) {
				left, err = needs.Lines(w, s.clean)
				return err
			})
		})
		for _, sentence := range left {
			s.say("%s", sentence)
		}
		if err != nil {
			return ends(ExitUsage, err)
		}
		return nil
	}
	return through(s.out.Text(), func(w io.Writer) error { return needs.Text(w, s.clean) })
}
