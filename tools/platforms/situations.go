package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
)

// situation is a row of the table.
type situation struct {
	name, title string
	scenario    string
	log         bool // the log is the same as the scenario's on Linux x64
	folder      func(p *platform, plain string) (taskDir string, err error)
	change      func(p *platform, r *scenario.Run) error
	last        func(r *scenario.Run)                                         // changes the job after the cloud starts; nil = no change
	cancels     bool                                                          // at the first request for a token, which isn't answered
	wants       *scenario.Wants                                               // nil = the scenario's
	judge       func(ctx context.Context, s *stage, r *agent.Record) []string // in addition to the checks of every run; nil = none
	shim        bool                                                          // it's about the shim, so it's skipped where the program runs alone
}

func situations() []situation {
	return []situation{
		{name: "healthy", title: "Client secret, healthy", scenario: "healthy", log: true},
		{name: "certificate", title: "Certificate, healthy", scenario: "healthy-certificate", log: true},
		{name: "federation", title: "Federation, healthy", scenario: "healthy-federation", log: true},
		{name: "deployment", title: "Deployment files, healthy", scenario: "healthy-deployment", log: true},
		{name: "expired-secret", title: "Expired secret", scenario: "expired-secret", log: true},
		{name: "macro", title: "Unresolved macros in variables", scenario: "variables-unresolved", log: true},
		{name: "silent", title: "A service that doesn't respond", scenario: "no-answer", log: true},
		{name: "unreadable", title: "Deployment files that aren't there", scenario: "deployment-unreadable", log: true},
		{name: "untrusted", title: "A certificate that isn't trusted", scenario: "tls-untrusted"},
		{name: "proxy", title: "A proxy that isn't there", scenario: "healthy",
			wants: &scenario.Wants{Result: "Failed", Errors: []string{string(catalogue.ProxyUnreachable)}},
			last:  func(r *scenario.Run) { r.Variable("Agent.ProxyUrl", "http://127.0.0.1:1", false) }},
		{name: "cancel", title: "Canceled job", scenario: "healthy", cancels: true, judge: judgeCancel,
			wants: &scenario.Wants{Result: "Canceled", Warnings: []string{string(catalogue.Cancelled)}}},
		{name: "reports", title: "Report files, and `toolPath render`", scenario: "expired-secret", log: true, judge: judgeReports},
		{name: "space", title: "Paths with a space and an accent", scenario: "healthy", log: true, judge: judgeReports,
			folder: func(p *platform, plain string) (string, error) {
				return copyTask(plain, filepath.Join(p.work, "wörk folder", "_tasks"))
			},
			change: func(p *platform, r *scenario.Run) error {
				r.Job.TempDirectory = filepath.Join(p.work, "wörk folder", "_temp")
				return os.MkdirAll(r.Job.TempDirectory, 0o755)
			}},
		{name: "read-only", title: "Read-only task folder", scenario: "healthy", log: true, shim: true,
			folder: func(p *platform, plain string) (string, error) {
				dir, err := copyTask(plain, filepath.Join(p.work, "read-only"))
				if err != nil {
					return "", err
				}
				return dir, overlay(dir, "ro")
			}},
		{name: "noexec", title: "Nowhere to start a program", scenario: "healthy", shim: true,
			wants: &scenario.Wants{Result: "SucceededWithIssues", Warnings: []string{string(catalogue.ToolFault)}},
			folder: func(p *platform, plain string) (string, error) {
				dir, err := copyTask(plain, filepath.Join(p.work, "noexec", "_tasks"))
				if err != nil {
					return "", err
				}
				return dir, overlay(filepath.Join(p.work, "noexec"), "noexec")
			},
			change: func(p *platform, r *scenario.Run) error {
				r.Job.TempDirectory = filepath.Join(p.work, "noexec", "_temp")
				return os.MkdirAll(r.Job.TempDirectory, 0o755)
			}},
	}
}

// every is each scenario that has a log, in addition to the situations.
func every(logs string) ([]situation, error) {
	files, err := filepath.Glob(filepath.Join(logs, "*.txt"))
	var all []situation
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		if _, ok := scenario.Find(name); ok {
			all = append(all, situation{name: name, scenario: name, log: true})
		}
	}
	return all, err
}

// result is a cell of the table.
type result struct {
	name     string
	without  string // why it wasn't run here; "" = it was
	problems []string
	took     time.Duration
}

// stage is a situation while it runs.
type stage struct {
	*scenario.Run
	p     *platform
	cloud *cloud.Cloud
}

// tokenHost gets the requests for tokens, which take most of a run's time.
const tokenHost = "login.microsoftonline.com"

// perform runs one situation on a platform.
func perform(ctx context.Context, o options, p *platform, s situation, plain string) (took time.Duration, problems []string, err error) {
	found, ok := scenario.Find(s.scenario)
	if !ok {
		return 0, nil, fmt.Errorf("there is no scenario %q", s.scenario)
	}
	r := found.Start(time.Now)
	r.Faults = append(r.Faults, cloud.Fault{Latency: 2 * time.Millisecond})
	if s.cancels {
		r.Faults = append(r.Faults, cloud.Fault{Host: tokenHost, Hang: true})
	}
	files, err := os.MkdirTemp(p.work, s.name+"-")
	if err != nil {
		return 0, nil, err
	}
	r.Job.TempDirectory = filepath.Join(files, "_temp")
	if err := os.Mkdir(r.Job.TempDirectory, 0o755); err != nil {
		return 0, nil, err
	}
	taskDir := plain
	if s.folder != nil {
		if taskDir, err = s.folder(p, plain); err != nil {
			return 0, nil, err
		}
	}
	if s.change != nil {
		if err := s.change(p, r); err != nil {
			return 0, nil, err
		}
	}
	c, l, err := r.Listen(files)
	if err != nil {
		return 0, nil, err
	}
	defer l.Close()
	r.UseProxy(l)
	if err := p.fit(r); err != nil {
		return 0, nil, err
	}
	if s.last != nil {
		s.last(r)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if s.cancels {
		go func() {
			for ctx.Err() == nil && !slices.ContainsFunc(c.Requests(), func(q cloud.Request) bool { return q.Host == tokenHost }) {
				<-time.After(5 * time.Millisecond) // nothing signals that a request arrived
			}
			stop()
		}()
	}
	record, err := r.Job.Run(ctx, taskDir, r.Step)
	if err != nil {
		return 0, nil, err
	}
	wants := found.Wants
	if s.wants != nil {
		wants = *s.wants
	}
	on := &stage{Run: r, p: p, cloud: c}
	problems = on.judge(record, wants)
	if s.log {
		problems = append(problems, holdLog(filepath.Join(o.logs, s.scenario+".txt"), record)...)
	}
	if s.judge != nil {
		problems = append(problems, s.judge(ctx, on, record)...)
	}
	if len(problems) > 0 && !s.log {
		problems = append(problems, "the log:\n"+record.Log())
	}
	return record.Elapsed, problems, nil
}

// judge checks what's true for every run.
func (s *stage) judge(record *agent.Record, wants scenario.Wants) (problems []string) {
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if record.Result != wants.Result {
		wrong("the result is %s, not %s", record.Result, wants.Result)
	}
	for kind, want := range map[string][]string{"error": wants.Errors, "warning": wants.Warnings} {
		var got []string
		for _, issue := range record.Issues {
			if strings.EqualFold(issue.Type, kind) && issue.Code != "" {
				got = append(got, issue.Code)
			}
		}
		if !slices.Equal(got, want) {
			wrong("the %ss are %q, not %q", kind, got, want)
		}
	}
	for _, fault := range record.Faults {
		wrong("the agent: %s", fault)
	}
	for _, pid := range record.Orphans {
		wrong("process %d stayed behind", pid)
	}
	for _, violation := range s.cloud.Violations() {
		wrong("the cloud: %s", violation)
	}
	var raw strings.Builder
	raw.WriteString(strings.Join(record.Raw, "\n"))
	for _, a := range record.Attachments {
		raw.WriteString("\n" + string(a.Content))
	}
	for _, secret := range s.Secrets() {
		if strings.Contains(raw.String(), secret) {
			wrong("a secret was printed")
		}
	}
	return problems
}

// holdLog compares the log with the one of the same situation on Linux x64.
func holdLog(file string, record *agent.Record) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		return []string{err.Error()}
	}
	want, got := strings.Split(string(text), "\n"), strings.Split(scenario.Steady(record.Log()+"\n"), "\n")
	for i := range max(len(want), len(got)) {
		at := func(lines []string) string {
			if i < len(lines) {
				return lines[i]
			}
			return "(the end)"
		}
		if at(want) != at(got) {
			return []string{fmt.Sprintf("line %d of the log is\n  %s\nnot\n  %s\nin the log:\n%s", i+1, at(got), at(want), record.Log())}
		}
	}
	return nil
}

const patience = 5 * time.Second // a canceled run must end within it

func judgeCancel(_ context.Context, s *stage, record *agent.Record) (problems []string) {
	if result := record.Variables["ArmPreflight.result"].Value; result != "unknown" {
		problems = append(problems, fmt.Sprintf("the output result is %q after a cancel", result))
	}
	if !strings.Contains(record.Log(), "canceled: the findings so far") {
		problems = append(problems, "nothing says that the run was canceled")
	}
	if record.Elapsed > s.p.start+patience {
		problems = append(problems, fmt.Sprintf("the step took %v to end", record.Elapsed))
	}
	return problems
}

// judgeReports checks what a run leaves for later steps: the files of the report, and the program, which shows it again.
func judgeReports(ctx context.Context, s *stage, record *agent.Record) (problems []string) {
	inside := record.Variables["ArmPreflight.reportPath"].Value
	file := s.p.outside(s.Job, inside)
	text, err := os.ReadFile(file)
	if err != nil {
		return []string{fmt.Sprintf("the report that reportPath names: %v", err)}
	}
	var report struct{ SchemaVersion, Line string }
	if err := json.Unmarshal(text, &report); err != nil || report.SchemaVersion == "" {
		problems = append(problems, fmt.Sprintf("the report at reportPath isn't one: %v", err))
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return append(problems, err.Error())
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Contains(names, "junit.xml") || !slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, ".html") }) {
		problems = append(problems, fmt.Sprintf("the files beside the report are %q", names))
	}
	if !slices.ContainsFunc(record.Attachments, func(a agent.Attachment) bool { return strings.HasPrefix(a.Type, "armpreflight.report-json") }) {
		problems = append(problems, "no report was attached to the run")
	}
	tool := record.Variables["ArmPreflight.toolPath"].Value
	shown, err := s.p.program(ctx, tool, "render", inside)
	if err != nil || !strings.Contains(string(shown), report.Line) {
		problems = append(problems, fmt.Sprintf("%s render %s: %v\n%s", tool, inside, err, shown))
	}
	return problems
}
