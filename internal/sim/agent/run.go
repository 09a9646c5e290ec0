package agent

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Run runs one step with the task in taskDir and tells what a run would have shown. When ctx is canceled the job is:
// SIGINT, then SIGTERM, then SIGKILL to the node process alone; a deadline of ctx is the step's timeout.
//
// What the agent itself would report (no handler, no script, a directory that doesn't exist) is in the record as a
// failed step. The error is about the emulator's own needs: no task.json, no node, no temporary directory.
func (j *Job) Run(ctx context.Context, taskDir string, s Step) (*Record, error) {
	node, err := j.findNode()
	if err != nil {
		return nil, err
	}
	temp := j.TempDirectory
	if temp == "" {
		if temp, err = os.MkdirTemp("", "agent-temp-"); err != nil {
			return nil, err
		}
		defer os.RemoveAll(temp)
	}
	if temp, err = filepath.Abs(temp); err != nil {
		return nil, err
	}
	e, err := j.prepare(taskDir, temp, s)
	if err != nil {
		return nil, err
	}
	now := j.Clock
	if now == nil {
		now = time.Now
	}
	began := now()
	r := newRunning(e)
	r.runStep(ctx, node)
	r.finish()
	r.rec.Elapsed = now().Sub(began)
	return r.rec, nil
}

// runStep starts the handler and merges what its end means (agent src/Agent.Worker/Handlers/NodeHandler.cs).
func (s *running) runStep(ctx context.Context, node string) {
	if ctx.Err() != nil {
		s.canceled(ctx)
		return
	}
	if why := s.skips(); why != "" {
		s.result, s.rec.Skipped = Skipped, why
		return
	}
	script, directory, err := s.handler()
	var out outcome
	if err == nil {
		out, err = s.startAndRun(ctx, node, script, directory)
	}
	if err != nil {
		s.issue("error", err.Error())
		s.result = Failed
		return
	}
	s.rec.ExitCode = out.exit
	switch {
	case out.canceled:
		s.canceled(ctx)
	case out.exit > 0:
		s.issue("error", fmt.Sprintf("Exit code %d returned from process: file name '%s', arguments '\"%s\"'.", out.exit, node, script))
		s.result = Failed
	}
}

func (s *running) startAndRun(ctx context.Context, node, script, directory string) (outcome, error) {
	dictionary := s.dictionary()
	if !s.job.since(refusesNUL) {
		dictionary.cutAtNUL()
	}
	if name, bad := dictionary.inconsistent(); bad {
		return outcome{}, fmt.Errorf("environment variable %q has a NUL in it", name)
	}
	if s.job.Windows != nil {
		return s.run(ctx, s.windowsStart(node, script, directory, dictionary))
	}
	if !s.job.Container {
		return s.run(ctx, s.hostStart(node, script, directory, dictionary))
	}
	p, err := s.containerStart(node, script, directory, dictionary)
	if err != nil {
		return outcome{}, err
	}
	return s.run(ctx, p)
}

// handler is the script to run and the directory to run it in.
func (s *running) handler() (script, directory string, err error) {
	_, chosen, ok := s.def.handlerFor(s.job.Handler)
	if !ok {
		return "", "", fmt.Errorf("task %q has no handler for this agent", s.def.Name)
	}
	inputs := s.inputs()
	expand := func(text string) string {
		text = expandMacros(text, environ{"currentDirectory": s.taskDir}.lookup)
		text = expandMacros(text, func(name string) (string, bool) {
			value, known := inputs[fold(name)]
			return value, known
		})
		return expandMacros(text, s.vars.lookup)
	}
	script = expand(chosen.Target)
	if !filepath.IsAbs(script) {
		script = filepath.Join(s.taskDir, script)
	}
	if info, err := os.Stat(script); err != nil || info.IsDir() || chosen.Target == "" {
		return "", "", fmt.Errorf("handler script %q does not exist", script)
	}
	directory = cmp.Or(expand(chosen.WorkingDirectory), s.step.WorkingDirectory, s.vars.get("System.DefaultWorkingDirectory"),
		s.workFolder())
	if info, err := os.Stat(directory); err != nil || !info.IsDir() {
		return "", "", fmt.Errorf("working directory %q does not exist", directory)
	}
	return script, directory, nil
}

// workFolder is the agent's, by what is known of it.
func (e *execution) workFolder() string {
	if known := e.vars.get("Agent.WorkFolder"); known != "" {
		return known
	}
	if e.job.TasksDirectory != "" && e.job.TempDirectory == "" {
		return filepath.Dir(e.job.TasksDirectory)
	}
	return filepath.Dir(e.temp)
}

// finish settles the result and fills in what is only known at the end (agent src/Agent.Worker/StepsRunner.cs).
func (s *running) finish() {
	s.result = cmp.Or(s.result, Succeeded)
	if s.commandResult != "" {
		s.result = merge(s.result, s.commandResult)
	}
	if s.step.ContinueOnError && s.result == Failed {
		s.result = SucceededWithIssues
	}
	s.rec.Result = s.result
	s.collect()
	later, _ := s.vars.expanded()
	s.rec.Variables = map[string]Variable{}
	for _, v := range later.all() {
		s.rec.Variables[v.Name] = v
	}
	s.findLeaks()
}
