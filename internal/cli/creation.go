package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/creation"
	"armpreflight/internal/devops"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/report"
	"armpreflight/internal/rights"
	"armpreflight/internal/secret"
)

const creationUsage = `armpreflight creation checks whether you can create a working Azure Resource Manager connection in a project. It lists what
blocks you, who can fix it, and the best way to create the connection. It uses your sign-in and is read-only.

usage: armpreflight creation --organization URL --project NAME --subscription ID [flags]

  --organization URL   https://dev.azure.com/NAME or https://NAME.visualstudio.com
  --project NAME       the project, by name or ID
  --subscription ID    the subscription that you want to deploy to
  --tenant ID          expected tenant of the subscription (default: looked up)
  --scope SCOPE        where the connection needs its role: resourceGroups/NAME, the ARM ID of something in the subscription,
                       or managementGroups/NAME (default: the subscription)
  --application ID     client ID of an existing application that you want to use
  --credential NAME    azure-cli: the sign-in of the Azure CLI (default); browser: a new sign-in
  --format NAME        text (default), markdown, html, or json
  --output FILE        write to a new file that only you can read, instead of to standard output

examples:
  armpreflight creation --organization https://dev.azure.com/contoso --project Shop --subscription a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14
  armpreflight creation --organization https://dev.azure.com/contoso --project Shop --subscription a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14 --scope resourceGroups/rg-app --format markdown
  armpreflight creation --organization https://dev.azure.com/contoso --project Shop --subscription a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14 --application 3f9c1b52-6d0e-4a7f-8b25-c91e07d4a638 --format json

exit codes: 0 you can, as far as could be determined, 1 you can't yet, 2 wrong use, 3 too little could be determined, or
the tool itself failed, 130 canceled
`

// wish is what the arguments of creation ask for.
type wish struct {
	creation.Question
	credential, format, output string
}

// runCreation checks what a user can do before there is a connection.
func runCreation(ctx context.Context, s *session, args []string) (int, error) {
	env, task, redactor := s.env, s.task, s.redactor
	w, err := parseCreation(args)
	if err != nil {
		return 0, wrongUse(err)
	}
	network := openNetwork(env, task, redactor, slog.New(slog.DiscardHandler))
	defer network.client.Close()
	world, err := newPerson(env, &w, network, redactor)
	if err != nil {
		return 0, wrongUse(err)
	}

	start := env.Now()
	limit := time.Minute
	if w.credential == signInBrowser {
		limit = 10 * time.Minute // someone types
	}
	asking, stop := context.WithTimeout(ctx, limit)
	defer stop()
	going := &progress{total: len(creation.All())}
	if env.Terminal {
		going.terminal = s.err
	}
	results := check.Run(asking, world, creation.All(), check.Options{Now: env.Now, AdvisoryGrace: time.Minute, StopGrace: time.Second, Finished: going.finished})
	going.clear()
	advice := creation.Recommend(world, results)
	r := &report.Report{Results: results, Situation: world.Situation(results), FailOn: report.FailOnFail, Elapsed: env.Now().Sub(start), Cancelled: ctx.Err() != nil, Advice: &advice,
		Ready: fmt.Sprintf("%s → %s", w.Project, w.Scope)}
	home, _ := fact[azure.Token](results)
	document := r.Document("armpreflight "+version, start, report.Connection{
		Cloud: "AzureCloud", TenantID: cmp.Or(home.Claims.TenantID, w.Tenant), SubscriptionID: w.SubscriptionID, Scope: w.Scope}, s.clean)
	if err := s.deliver(w.output, func(out *pipeline.Log) error {
		if w.format == "text" {
			introduce(out, w, network)
		}
		columns := s.columns()
		if w.output != "" {
			columns = 0
		}
		return writeReport(out, document, w.format, columns)
	}); err != nil {
		return 0, err
	}
	return exitOf(document), nil
}

// exitOf is the exit code of a report about creating a connection.
func exitOf(d report.Document) int {
	broken := func(c report.Check) bool { return len(c.Findings) > 0 && c.Findings[0].Code == check.CodeFault }
	switch {
	case d.Cancelled:
		return ExitCanceled
	case slices.ContainsFunc(d.Checks, broken):
		return ExitFault
	case d.Result == check.Fail.String():
		return ExitFindings
	case d.Result == check.Unknown.String() && d.Recommendation != nil && d.Recommendation.Way == creation.WayNone:
		return ExitFault // too little was seen for an answer
	}
	return ExitOK
}

// introduce says what is checked, and with which sign-in.
func introduce(out *pipeline.Log, w wish, n network) {
	out.Line(oneLineOf(fmt.Sprintf("ARM Preflight %s: can this user create a connection in project %q of %s?", version, w.Project, w.Organization)))
	out.Line(oneLineOf(fmt.Sprintf("subscription %s, scope %s, sign-in with %s", w.SubscriptionID, w.Scope, w.credential)))
	if len(n.settings) > 0 {
		out.Line(oneLineOf("in use: " + strings.Join(n.settings, "; ")))
	}
	for _, line := range n.ignored {
		out.Line(oneLineOf(line))
	}
}

// newPerson joins what the checks may touch.
func newPerson(env Env, w *wish, n network, redactor *secret.Redactor) (*creation.World, error) {
	organization, err := devops.NewOrganization(n.client, w.Organization)
	if err != nil {
		return nil, fmt.Errorf("--organization: %w", err)
	}
	w.Organization = organization.URL
	client := azure.New(n.client, connection.Clouds()[0], nil)
	person := azure.Person{Credential: env.Credential, Redact: redactor.Redact}
	if person.Credential == nil {
		if person.Credential, err = personCredential(w.credential, client.SignIn()); err != nil {
			return nil, err
		}
	}
	return &creation.World{
		Question: w.Question, Azure: client, DevOps: organization, Person: person,
		Redact: redactor.Redact, Learn: func(secrets ...secret.Text) { redactor.AddSecret(secrets...) },
	}, nil
}

var creationFormats = choice{"text", "markdown", "html", "json"}

func (w *wish) flags() *flag.FlagSet {
	flags := newFlags("creation")
	flags.StringVar(&w.Organization, "organization", "", "URL")
	flags.StringVar(&w.Project, "project", "", "NAME")
	flags.StringVar(&w.SubscriptionID, "subscription", "", "ID")
	flags.StringVar(&w.Tenant, "tenant", "", "ID")
	flags.StringVar(&w.Scope, "scope", "", "SCOPE")
	flags.StringVar(&w.Application, "application", "", "ID")
	flags.StringVar(&w.credential, "credential", signInAzureCLI, credentials.String())
	flags.StringVar(&w.format, "format", "text", creationFormats.String())
	flags.StringVar(&w.output, "output", "", aFile)
	return flags
}

// parseCreation reads the arguments. A value is repeated only where it can't be a
// secret that was pasted into the wrong place.
func parseCreation(args []string) (wish, error) {
	var w wish
	if err := parseFlags(w.flags(), args); err != nil {
		return w, err
	}
	switch {
	case w.Organization == "" || w.Project == "" || w.SubscriptionID == "":
		return w, errors.New("--organization, --project, and --subscription are required")
	case !isProject(w.Project):
		return w, errors.New("--project: the name isn't a valid project name")
	case !credentials.has(w.credential):
		return w, errCredential
	case !creationFormats.has(w.format):
		return w, creationFormats.wrong("format")
	}
	for _, id := range []struct{ name, value string }{{"subscription", w.SubscriptionID}, {"tenant", w.Tenant}, {"application", w.Application}} {
		if id.value != "" && !arm.IsGUID(id.value) {
			return w, fmt.Errorf("--%s needs an ID of the form 00000000-0000-0000-0000-000000000000", id.name)
		}
	}
	own := "/subscriptions/" + w.SubscriptionID
	scope, err := rights.ParseScope(w.Scope, rights.Base{ID: own, SubscriptionID: w.SubscriptionID})
	if err != nil {
		return w, fmt.Errorf("--scope: %w", err)
	}
	w.Scope = scope.ID()
	if scope.Subscription != "" && !strings.EqualFold(scope.Subscription, w.SubscriptionID) {
		return w, errors.New("--scope isn't in the subscription of --subscription")
	}
	return w, nil
}

// isProject keeps out of an address what would make it another one. (Azure DevOps
// documentation, Naming restrictions, project names.)
func isProject(name string) bool {
	return len(name) <= 64*4 && !strings.ContainsAny(name, `\/:*?"<>;#$*{},+=[]|`+"\x00\r\n\t") && strings.Trim(name, ". ") == name
}
