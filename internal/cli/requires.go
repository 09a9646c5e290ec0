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
otherwise the folder of the file. Parameter files can be anywhere. "certain" is what the deployment can't do without; "likely" is what it
might need.

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
	needs, files, err := in.derive(s.env)
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

// derive reads the files. Those of one repository are read together, since they can link to each other.
func (in *requiring) derive(env Env) (needs *deployment.Needs, files []string, err error) {
	templates, err := locateAll(env, in.names)
	if err != nil {
		return nil, nil, err
	}
	parameters, err := locateAll(env, in.parameters)
	if err != nil {
		return nil, nil, err
	}
	inRepository, order := map[string][]string{}, []string{}
	for _, at := range templates {
		if inRepository[at.Root] == nil {
			order = append(order, at.Root)
		}
		inRepository[at.Root] = append(inRepository[at.Root], at.Name)
		files = append(files, at.Name)
	}
	needs = &deployment.Needs{}
	for _, root := range order {
		more, err := in.deriveIn(root, inRepository[root], parameters)
		if err != nil {
			return nil, nil, err
		}
		needs.Merge(more)
	}
	return needs, files, needs.Check()
}

func locateAll(env Env, names []string) ([]Location, error) {
	all := make([]Location, 0, len(names))
	for _, name := range names {
		at, err := env.Locate(name)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", name, err)
		}
		all = append(all, Location{at.Root, filepath.ToSlash(at.Name)})
	}
	return all, nil
}

// deriveIn reads the templates of one repository, with parameter files that can be anywhere.
func (in *requiring) deriveIn(root string, templates []string, parameters []Location) (*deployment.Needs, error) {
	repository, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("open the repository: %w", err)
	}
	defer repository.Close() // it is only read
	files := reachable{FS: regular.In(repository), elsewhere: map[string]string{}}
	o := deployment.Options{Scope: in.scope}
	for i, at := range parameters {
		name := at.Name
		if at.Root != root {
			if name = filepath.ToSlash(in.parameters[i]); fs.ValidPath(name) {
				name = "./" + name
			}
			files.elsewhere[name] = filepath.Join(at.Root, filepath.FromSlash(at.Name))
		}
		o.Parameters = append(o.Parameters, name)
	}
	return deployment.Derive(files, templates, o)
}

// reachable is a repository, and files elsewhere that the command line names. Their names aren't valid paths of a file system, so
// that no link of a template leads to them: it can't leave its repository.
type reachable struct {
	fs.FS
	elsewhere map[string]string
}

func (r reachable) Open(name string) (fs.File, error) {
	if path, ok := r.elsewhere[name]; ok {
		return regular.Open(path)
	}
	return r.FS.Open(name)
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
