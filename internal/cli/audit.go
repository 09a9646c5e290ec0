package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/devops"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

const auditUsage = `armpreflight audit checks every Azure Resource Manager connection in an Azure DevOps organization: its state, credential,
identity, pipelines, and last use. It also checks connections of other types that use workload identity federation. It lists what
needs attention, worst first, and is read-only.

usage: armpreflight audit --organization URL [--project NAME]... [flags]
       armpreflight audit merge [--format NAME] [--output FILE] [--fail-on NAME] [--forecast DAYS] PART.json... [REPORT.json]...

  --organization URL   https://dev.azure.com/NAME, https://NAME.visualstudio.com, or a collection of Azure DevOps Server
  --project NAME       a project, by name or ID; can be repeated
  --all-projects       every project that the reader sees (default)
  --credential NAME    azure-cli: the sign-in of the Azure CLI; browser: a new sign-in; both also read Microsoft Graph
                       (default: the personal access token in AZURE_DEVOPS_EXT_PAT, or SYSTEM_ACCESSTOKEN)
  --format NAME        table or text (default), json, csv, html, or markdown; with --forecast also ics (a calendar),
                       adaptive-card (a message for Teams), slack, or workitems, and not csv
  --forecast DAYS      write what stops working within DAYS, by date: why, who can prevent it, and which pipelines use it
                       (for ics, adaptive-card, slack, and workitems, the default is 120)
  --injected DAYS      instead of the audit, list the pipelines that used a connection within DAYS: where the step of the
                       pipeline decorator ran, and where it's missing (table or json; reads at most 200 runs)
  --output FILE        write to a new file that only you can read, instead of to standard output
  --fail-on NAME       findings that result in exit code 1: fail, broken connections (default); warn, also those that expire
                       soon or have warnings; none, no findings
  --expiry-days N      warn about credentials that expire within N days (default 30)
  --unused-days N      note connections that no job has used successfully for N days (default 90)
  --at-once N          concurrent requests (default 16, at most 64)
  --timeout DURATION   time limit; anything not checked by then is listed (default 50m)

In a job with strategy: parallel, each job checks its share (System.JobPositionInPhase of System.TotalJobsInPhase)
and writes it with --format json; merge combines the parts. Reports of runs among them (output reportPath) add dates: when
the credential in use expires, and when waivers expire.

examples:
  armpreflight audit --organization https://dev.azure.com/contoso --credential azure-cli
  armpreflight audit --organization https://dev.azure.com/contoso --project Shop --format html --output audit.html
  armpreflight audit --organization https://dev.azure.com/contoso --credential azure-cli --forecast 120
  armpreflight audit --organization https://dev.azure.com/contoso --credential azure-cli --injected 7
  armpreflight audit merge --format markdown part-1.json part-2.json

exit codes: 0 no findings of the --fail-on kind, 1 findings of the --fail-on kind, 2 wrong use, or a credential without
permission, 3 the tool itself failed or couldn't send its requests, 130 canceled
`

// inspection is what the arguments of audit ask for.
type inspection struct {
	address                        string   // of the organization, as it was typed
	organization                   *url.URL // none for merge
	projects                       []string
	allProjects                    bool
	credential, format, output     string
	failOn                         string
	expiryDays, unusedDays, atOnce int
	forecast                       int // days; 0: the audit itself
	injected                       int // days; 0: as above
	timeout                        time.Duration
	parts                          []string // of merge
}

// runAudit checks the connections of an organization, or joins what was seen of it.
func runAudit(ctx context.Context, s *session, args []string) (int, error) {
	env, task, redactor := s.env, s.task, s.redactor
	redactor.AddSecret(secret.New(task.Env(patVariable)), secret.New(task.Env(jobTokenVariable)))
	in, err := parseAudit(args)
	switch {
	case err != nil:
		return 0, wrongUse(err)
	case in.parts != nil:
		d, err := s.mergeParts(in.parts)
		if err != nil {
			return 0, ends(ExitUsage, err)
		}
		return s.writeAudit(in, d)
	}
	slice, err := sliceOf(task)
	if err != nil {
		return 0, ends(ExitUsage, err)
	}

	network := openNetwork(env, task, redactor, slog.New(slog.DiscardHandler))
	defer network.client.Close()
	asking, stop := context.WithTimeout(ctx, in.timeout)
	defer stop()
	sight, err := auditSight(asking, env, in, task, network, redactor)
	if err != nil && ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err != nil {
		return 0, ends(ExitUsage, err)
	}
	reader := devops.NewReader(network.client, in.organization, sight.authorization, web.NewPace(in.atOnce))
	me, err := reader.Me(asking)
	whose := me.Name
	if err != nil || whose == "" {
		whose = "a reader whose name Azure DevOps didn't return"
	}
	who := fmt.Sprintf("%s, with %s", whose, sight.name)
	s.say("reading %s as %s", in.organization, who)
	for _, setting := range network.settings {
		s.say("in use: %s", setting)
	}
	for _, line := range network.ignored {
		s.say("%s", line)
	}

	options := audit.Options{
		Tool: "armpreflight " + version, Organization: in.organization.String(), Reader: who, OrganizationID: me.Organization, Projects: in.projects,
		Slice: slice, Now: env.Now(), ExpiryDays: in.expiryDays, UnusedDays: in.unusedDays, AtOnce: in.atOnce, Text: s.clean,
	}
	if in.injected > 0 {
		d, err := audit.Injected(asking, reader, options, in.injected)
		return s.writeInjected(ctx, in, d, err)
	}
	d, err := audit.Run(asking, reader, sight.directory, options)
	if err := notAudited(ctx, err); err != nil {
		return 0, err
	}
	return s.writeAudit(in, d)
}

// failOnSeverities are the values of --fail-on except none, and the least severity of a finding that gives exit code 1.
var failOnSeverities = map[string]audit.Severity{"fail": audit.Fail, "warn": audit.Warn}

var (
	failOns = choice{"none", "fail", "warn"}
)

func nothingWritten() error { return ends(ExitCanceled, errors.New("canceled; nothing was written")) }

// auditFormats are those of the audit, those that only a forecast has, and the word of the other verbs.
func auditFormats() choice {
	all := slices.Insert(audit.Formats(), 1, "text")
	for _, name := range audit.ForecastFormats() {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// How many days a forecast has: those of a calendar without --forecast, and at most, which is ten years.
const (
	defaultForecast = 120
	maxForecast     = 3650
)

// writeAudit writes a document where it was requested, and gives the exit code.
func (s *session) writeAudit(in inspection, d audit.Document) (int, error) {
	render, summary := d.Render, d.Summary
	if in.forecast > 0 {
		f, err := d.Forecast(in.forecast)
		if err != nil {
			return 0, ends(ExitUsage, err)
		}
		render, summary = f.Render, f.Summary
	}
	if err := s.deliver(in.output, func(out *pipeline.Log) error {
		w := out.Document()
		if in.format == "table" {
			w = out.Text()
		}
		return through(w, func(w io.Writer) error { return render(w, in.format) })
	}); err != nil {
		return 0, err
	}
	if in.output != "" || in.format != "table" {
		s.say("%s", summary())
		for _, n := range d.NotSeen {
			s.say("not checked: %s", n)
		}
	}
	if severity, ok := failOnSeverities[in.failOn]; ok && d.Reaches(severity) {
		return ExitFindings, nil
	}
	return ExitOK, nil
}

// mergeParts reads the parts, and the reports of runs among them, and makes the whole.
func (s *session) mergeParts(names []string) (audit.Document, error) {
	var parts []audit.Document
	var reports []audit.RunReport
	var reader audit.Parts
	for _, name := range names {
		file, err := s.env.Open(name)
		if err != nil {
			return audit.Document{}, err
		}
		run, all, err := s.runReport(file)
		if err == nil && run != nil {
			reports = append(reports, *run)
		} else if err == nil {
			var part audit.Document
			part, err = reader.Read(all, s.clean)
			parts = append(parts, part)
		}
		_ = file.Close() // it was read
		if err != nil {
			return audit.Document{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	d, err := audit.Merge(parts)
	if err == nil {
		d.Add(reports)
	}
	return d, err
}

// flags are those of the audit, or of its merge, which has fewer.
func (in *inspection) flags(merging bool) *flag.FlagSet {
	flags := newFlags("audit")
	flags.StringVar(&in.format, "format", "table", auditFormats().String())
	flags.StringVar(&in.output, "output", "", aFile)
	flags.StringVar(&in.failOn, "fail-on", "fail", failOns.String())
	flags.IntVar(&in.forecast, "forecast", 0, "DAYS")
	if merging {
		return flags
	}
	flags.StringVar(&in.address, "organization", "", "URL")
	flags.Func("project", "NAME", func(name string) error { in.projects = append(in.projects, name); return nil })
	flags.IntVar(&in.injected, "injected", 0, "DAYS")
	flags.BoolVar(&in.allProjects, "all-projects", false, "")
	flags.StringVar(&in.credential, "credential", "", credentials.String())
	flags.IntVar(&in.expiryDays, "expiry-days", 30, "N")
	flags.IntVar(&in.unusedDays, "unused-days", 90, "N")
	flags.IntVar(&in.atOnce, "at-once", 16, "N")
	flags.DurationVar(&in.timeout, "timeout", 50*time.Minute, "DURATION")
	return flags
}

// parseAudit reads the arguments. A value that may be a secret in the wrong place
// isn't repeated.
func parseAudit(args []string) (inspection, error) {
	var in inspection
	merging := len(args) > 0 && args[0] == "merge"
	if merging {
		args = args[1:]
	}
	words, err := parseMixed(in.flags(merging), args)
	if err != nil {
		return in, err
	}
	if in.format == "text" { // the word of the other verbs
		in.format = "table"
	}
	whole, forecast := choice(audit.Formats()), choice(audit.ForecastFormats())
	if in.forecast == 0 && forecast.has(in.format) && !whole.has(in.format) {
		in.forecast = defaultForecast
	}
	switch {
	case in.forecast == 0 && !whole.has(in.format):
		return in, whole.wrong("format")
	case in.forecast != 0 && !forecast.has(in.format):
		return in, fmt.Errorf("with --forecast, %w", forecast.wrong("format"))
	}
	if in.forecast < 0 || in.forecast > maxForecast {
		return in, fmt.Errorf("--forecast must be 1 to %d days", maxForecast)
	}
	if !failOns.has(in.failOn) {
		return in, failOns.wrong("fail-on")
	}
	if err := in.judgeInjected(); err != nil {
		return in, err
	}
	if merging {
		if in.parts = words; len(in.parts) == 0 {
			return in, errors.New("merge needs the files of the parts")
		}
		return in, nil
	}
	switch {
	case len(words) > 0:
		return in, errWord
	case in.address == "":
		return in, errors.New("--organization is required")
	case in.allProjects && len(in.projects) > 0:
		return in, errors.New("use either --project or --all-projects")
	case slices.ContainsFunc(in.projects, func(p string) bool { return p == "" || !isProject(p) }):
		return in, errors.New("--project: the name isn't a valid project name")
	case in.credential != "" && !credentials.has(in.credential):
		return in, errCredential
	case in.expiryDays < 0 || in.unusedDays < 1 || in.atOnce < 1 || in.atOnce > 64 || in.timeout <= 0:
		return in, errors.New("--expiry-days must be 0 or more, --unused-days 1 or more, --at-once 1 to 64, and --timeout more than 0")
	}
	if in.organization, err = devops.ReadOrganization(in.address); err != nil {
		return in, fmt.Errorf("--organization: %w", err)
	}
	return in, nil
}

// sliceOf is the share of this job among those of a parallel strategy.
func sliceOf(task *pipeline.Task) (*audit.Slice, error) {
	position, total := task.Env("SYSTEM_JOBPOSITIONINPHASE"), task.Env("SYSTEM_TOTALJOBSINPHASE")
	if position == "" && total == "" {
		return nil, nil
	}
	var s audit.Slice
	_, errPosition := fmt.Sscan(position, &s.Position)
	_, errTotal := fmt.Sscan(total, &s.Total)
	if errPosition != nil || errTotal != nil || s.Position < 1 || s.Position > s.Total {
		return nil, fmt.Errorf("System.JobPositionInPhase is %q and System.TotalJobsInPhase %q: the position must be from 1 to the total", position, total)
	}
	if s.Total == 1 {
		return nil, nil
	}
	return &s, nil
}

// notAudited is why an audit, which ended with err, has no result; nil if it has one.
func notAudited(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nothingWritten()
	}
	if blind, ok := errors.AsType[*audit.Blind](err); ok && blind.Refused() {
		return ends(ExitUsage, blind)
	}
	return err
}
