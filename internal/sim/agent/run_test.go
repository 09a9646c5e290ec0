package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// act is a step of the probe task; more are pairs of its environment.
func act(name string, more ...string) Step {
	env := map[string]string{"ACT": name}
	for i := 0; i < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return Step{Env: env}
}

func run(ctx context.Context, t *testing.T, j *Job, s Step) *Record {
	t.Helper()
	if j.TempDirectory == "" {
		j.TempDirectory = t.TempDir()
	}
	r, err := j.Run(ctx, probe, s)
	require.NoError(t, err, "these tests need node in PATH")
	return r
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "text with spaces")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// TestNodeIsThere says immediately what is wrong where the other tests would only fail.
func TestNodeIsThere(t *testing.T) {
	_, err := exec.LookPath("node")
	require.NoError(t, err, "the tests of this package run tasks with node, which is not in PATH")
}

func TestBothStreamsAreReadAlike(t *testing.T) {
	out := write(t, "one\r\ntwo\rthree\n\nlast")
	err := write(t, "##vso[task.logissue type=warning]from stderr\nnoise")
	r := run(t.Context(), t, &Job{}, act("print", "OUT", out, "ERR", err))
	assert.Equal(t, Succeeded, r.Result)
	assert.Zero(t, r.ExitCode)
	assert.ElementsMatch(t, []string{"one", "two", "three", "", "last", "##[warning]from stderr", "noise"}, r.Lines)
	assert.Len(t, r.Issues, 1)
	assert.Empty(t, r.Faults)
	assert.Empty(t, r.Orphans)
	assert.Positive(t, r.Elapsed)
}

func TestExitCodeOverridesWhatTheTaskSaid(t *testing.T) {
	r := run(t.Context(), t, &Job{}, act("print", "OUT", write(t, "##vso[task.complete result=Skipped]"), "CODE", "7"))
	assert.Equal(t, Failed, r.Result)
	assert.Equal(t, 7, r.ExitCode)
	require.Len(t, r.Issues, 1)
	assert.Contains(t, r.Issues[0].Message, "Exit code 7 returned from process")
}

func TestDeathBySignal(t *testing.T) {
	r := run(t.Context(), t, &Job{}, act("die"))
	assert.Equal(t, 137, r.ExitCode)
	assert.Equal(t, Failed, r.Result)
}

// look gives what the act "look" saw.
func look(t *testing.T, j *Job, s Step) (found struct {
	Stdin, Cwd string
	Args       []string
	Env        map[string]string
}) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "found.json")
	s.Env["FOUND"] = file
	r := run(t.Context(), t, j, s)
	require.Equal(t, Succeeded, r.Result, r.Log())
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &found))
	return found
}

func TestHowTheProcessIsStarted(t *testing.T) {
	script, err := filepath.Abs(probe + "/index.js")
	require.NoError(t, err)
	work := filepath.Join(t.TempDir(), "my work")
	require.NoError(t, os.Mkdir(work, 0o755))
	job := &Job{ParentEnv: []string{"FROM_PARENT=yes"}, Variables: []Variable{{Name: "System.DefaultWorkingDirectory", Value: work}}}
	found := look(t, job, act("look"))
	assert.Empty(t, found.Stdin, "stdin is at its end")
	assert.Equal(t, work, found.Cwd)
	assert.Equal(t, []string{script}, found.Args, "the script is the only argument")
	assert.Equal(t, "yes", found.Env["FROM_PARENT"])
	assert.Equal(t, "True", found.Env["TF_BUILD"])
	assert.Equal(t, job.TempDirectory, found.Env["AGENT_TEMPDIRECTORY"])
	assert.NotContains(t, found.Env, "PATH")

	other := t.TempDir()
	step := act("look")
	step.WorkingDirectory = other
	assert.Equal(t, other, look(t, job, step).Cwd)
	assert.Equal(t, filepath.Dir(job.TempDirectory), look(t, &Job{TempDirectory: job.TempDirectory}, act("look")).Cwd, "the work folder")
}

func TestStepsThatTheAgentCannotStart(t *testing.T) {
	task := func(execution string) string {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "task.json"), []byte(`{"name":"T","execution":`+execution+`}`), 0o600))
		return dir
	}
	for name, test := range map[string]struct {
		task string
		step Step
		want string
	}{
		"no handler":           {task(`{"PowerShell3":{"target":"a.ps1"}}`), Step{}, "no handler"},
		"no script":            {task(`{"Node24":{"target":"gone.js"}}`), Step{}, "does not exist"},
		"no target":            {task(`{"Node24":{}}`), Step{}, "does not exist"},
		"no working directory": {probe, Step{WorkingDirectory: "/nowhere/at/all"}, `working directory "/nowhere/at/all" does not exist`},
		"a NUL in a value":     {probe, Step{Env: map[string]string{"A": "b\x00"}}, `"A" has a NUL`},
		"too much for Linux":   {probe, Step{Env: map[string]string{"A": strings.Repeat("x", 200_000)}}, "argument list too long"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := (&Job{}).Run(t.Context(), test.task, test.step)
			require.NoError(t, err)
			assert.Equal(t, Failed, r.Result)
			assert.Equal(t, -1, r.ExitCode)
			require.Len(t, r.Issues, 1)
			assert.Contains(t, r.Issues[0].Message, test.want)
		})
	}
}

func TestErrorsOfTheEmulatorItself(t *testing.T) {
	_, err := (&Job{}).Run(t.Context(), t.TempDir(), Step{})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = (&Job{Node: "/no/such/node"}).Run(t.Context(), probe, Step{})
	require.ErrorContains(t, err, "no node to run the task with")
}

// cancelWhen cancels as soon as the task prints a line.
func cancelWhen(t *testing.T, j *Job, line string) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	j.Follow = func(text string) {
		if text == line {
			cancel()
		}
	}
	return ctx
}

func TestCancelAsksFirst(t *testing.T) {
	const last = "##vso[task.complete result=Failed;]cleaned up"
	for name, test := range map[string]struct {
		obeys string
		lines []string
		exit  int
	}{
		"a task that ends on SIGINT":  {"SIGINT", []string{"ready", "got SIGINT", last}, 0},
		"a task that ends on SIGTERM": {"SIGTERM", []string{"ready", "got SIGINT", "got SIGTERM", last}, 0},
		"a task that never ends":      {"", []string{"ready", "got SIGINT", "got SIGTERM"}, 137},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := &Job{InterruptGrace: time.Second, TerminateGrace: time.Second}
			if test.obeys == "SIGINT" {
				job.InterruptGrace = 0 // the agent's own patience is never used up
			}
			r := run(cancelWhen(t, job, "ready"), t, job, act("wait", "EXIT_ON", test.obeys))
			assert.Equal(t, Canceled, r.Result, "whatever exit code and task.complete say")
			assert.Equal(t, test.lines, r.Raw, "output of the grace period is kept")
			assert.Equal(t, test.exit, r.ExitCode)
			require.Len(t, r.Issues, 1)
			assert.Contains(t, r.Lines, "##[error]the step was canceled")
			assert.Empty(t, r.Orphans)
		})
	}
}

func TestDeadlineIsTheStepsTimeout(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	r := run(ctx, t, &Job{}, Step{Env: map[string]string{"ACT": "wait", "EXIT_ON": "SIGINT"}, ContinueOnError: true})
	assert.Equal(t, SucceededWithIssues, r.Result, "a timeout is a failure that continueOnError covers")
	assert.Contains(t, r.Log(), "##[error]the step ran longer than its timeout allows")
}

func TestCanceledBeforeTheStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := run(ctx, t, &Job{}, act("wait"))
	assert.Equal(t, Canceled, r.Result)
	assert.Equal(t, -1, r.ExitCode)
	assert.Empty(t, r.Raw)
}

func TestOrphansAreFoundAndEnded(t *testing.T) {
	for name, test := range map[string]struct {
		step Step
		exit int
	}{
		"one without a hold on the streams":     {act("leave", "STDIO", "ignore"), 0},
		"one that keeps the streams open":       {act("leave", "STDIO", "inherit"), 0},
		"one of a task that said it is done":    {act("leave", "STDIO", "ignore", "DONE", "1"), -1},
		"one that keeps them open, and is done": {act("leave", "STDIO", "inherit", "DONE", "1"), -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t.Context(), t, &Job{DrainGrace: 300 * time.Millisecond}, test.step)
			assert.Equal(t, test.exit, r.ExitCode)
			assert.Equal(t, Succeeded, r.Result)
			require.NotEmpty(t, r.Orphans)
			for _, pid := range r.Orphans {
				environment, err := os.ReadFile(filepath.Join("/proc", jsonText(pid), "environ"))
				assert.True(t, err != nil || !bytes.Contains(environment, []byte("ACT=leave")), "process %d still runs", pid)
			}
		})
	}
}

func TestSignalsGoToOneProcessOnly(t *testing.T) {
	job := &Job{}
	r := run(cancelWhen(t, job, "ready"), t, job, act("family"))
	assert.Equal(t, []string{"child ready", "ready", "parent got SIGINT"}, r.Raw, "the child never hears of it")
	assert.Len(t, r.Orphans, 1)
}

func TestContainer(t *testing.T) {
	// The host's directories are seen through a link, which represents the container's mounts.
	host, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	task := filepath.Join(host, "_tasks", "probe")
	require.NoError(t, os.MkdirAll(filepath.Join(host, "_temp"), 0o755))
	require.NoError(t, os.CopyFS(task, os.DirFS(probe)))
	inside := filepath.Join(t.TempDir(), "__w")
	require.NoError(t, os.Symlink(host, inside))
	job := Job{
		Container: true, TempDirectory: filepath.Join(host, "_temp"), ParentEnv: []string{"HOST_ONLY=1"},
		ContainerEnv: []string{"PATH=" + os.Getenv("PATH"), "IMAGE=1"}, PrependPath: []string{filepath.Join(host, "bin")},
		Mounts: []Mount{{host, inside}},
		Variables: []Variable{
			{Name: "key", Value: "s3cr3t\nof two lines", Secret: true}, {Name: "System.DefaultWorkingDirectory", Value: host},
		},
	}

	t.Run("what the task is given", func(t *testing.T) {
		file := filepath.Join(host, "found.json")
		debug := job
		debug.Variables = append(debug.Variables, Variable{Name: "system.debug", Value: "true"})
		r, err := debug.Run(t.Context(), task, act("look", "FOUND", file))
		require.NoError(t, err)
		require.Equal(t, Succeeded, r.Result, r.Log())
		assert.Empty(t, r.Raw, "what the invoker prints is not the task's")
		assert.Contains(t, r.Lines, "##[debug]Set env: ACT=look")
		assert.Contains(t, r.Lines, "##[debug]Set env: SECRET_KEY=***")
		assert.Empty(t, r.Faults)
		var found struct {
			Stdin string
			Args  []string
			Env   map[string]string
		}
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &found))
		assert.Empty(t, found.Stdin)
		assert.Equal(t, "1", found.Env["IMAGE"])
		assert.NotContains(t, found.Env, "HOST_ONLY")
		assert.Equal(t, "True", found.Env["TF_BUILD"])
		assert.Equal(t, inside+"/_temp", found.Env["AGENT_TEMPDIRECTORY"])
		assert.Equal(t, "s3cr3t\nof two lines", found.Env["SECRET_KEY"])
		assert.True(t, strings.HasPrefix(found.Env["PATH"], inside+"/bin:"))
	})
	t.Run("exit codes come through", func(t *testing.T) {
		r, err := job.Run(t.Context(), task, act("print", "CODE", "7"))
		require.NoError(t, err)
		assert.Equal(t, 7, r.ExitCode)
		assert.Equal(t, Failed, r.Result)
	})
	t.Run("a death by signal counts as success", func(t *testing.T) {
		r, err := job.Run(t.Context(), task, act("die"))
		require.NoError(t, err)
		assert.Zero(t, r.ExitCode)
		assert.Equal(t, Succeeded, r.Result)
	})
	t.Run("paths in commands are translated back", func(t *testing.T) {
		require.NoError(t, os.WriteFile(filepath.Join(host, "s.md"), []byte("x"), 0o600))
		r, err := job.Run(t.Context(), task, act("print", "OUT", write(t, "##vso[task.uploadsummary]"+inside+"/s.md\n")))
		require.NoError(t, err)
		require.Len(t, r.Attachments, 1, r.Log())
		assert.Equal(t, filepath.Join(host, "s.md"), r.Attachments[0].Path)
	})
	t.Run("a cancel tells the task nothing", func(t *testing.T) {
		stopped := job
		r, err := stopped.Run(cancelWhen(t, &stopped, "ready"), task, act("wait", "EXIT_ON", "SIGINT"))
		require.NoError(t, err)
		assert.Equal(t, Canceled, r.Result)
		assert.Equal(t, []string{"ready"}, r.Raw)
		assert.Equal(t, -1, r.ExitCode)
	})
	t.Run("a process left in it is an orphan", func(t *testing.T) {
		r, err := job.Run(t.Context(), task, act("leave", "STDIO", "ignore"))
		require.NoError(t, err)
		assert.Len(t, r.Orphans, 1)
	})
}

func TestLines(t *testing.T) {
	for name, test := range map[string]struct {
		stream string
		want   []string
	}{
		"nothing":                   {"", nil},
		"one without an end":        {"a", []string{"a"}},
		"all ends":                  {"a\nb\r\nc\rd\n", []string{"a", "b", "c", "d"}},
		"empty lines":               {"\n\r\r\n\n", []string{"", "", "", ""}},
		"a byte order mark":         {"\ufeffa\n\ufeffb", []string{"a", "\ufeffb"}},
		"bytes that are no UTF-8":   {"a\xffb\n", []string{"a\ufffdb"}},
		"other scripts":             {"日本\n😀\u2028x", []string{"日本", "😀\u2028x"}},
		"a NUL is nothing special":  {"a\x00b\n", []string{"a\x00b"}},
		"a very long line is whole": {strings.Repeat("x", 1<<20) + "\ny", []string{strings.Repeat("x", 1<<20), "y"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			readLines(strings.NewReader(test.stream), func(line string) { got = append(got, line) })
			assert.Equal(t, test.want, got)
		})
	}
}

func TestKillOfAProcessThatIsGoneIsNoMatter(t *testing.T) {
	job := &Job{InterruptGrace: time.Nanosecond, TerminateGrace: time.Nanosecond}
	escalation := job.escalation()
	cmd := exec.Command("true")
	require.NoError(t, cmd.Run())
	for range 5 {
		escalation.advance(&start{cmd: cmd})
	}
	assert.Nil(t, escalation.next)
	assert.Equal(t, []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL}, signalsOf(job.escalation()))
}

func signalsOf(e *escalation) (out []syscall.Signal) {
	for _, step := range e.steps {
		out = append(out, step.signal)
	}
	return out
}

func TestTheAgentsOwnPatience(t *testing.T) {
	steps := (&Job{}).escalation().steps
	assert.Equal(t, 7500*time.Millisecond, steps[0].grace)
	assert.Equal(t, 2500*time.Millisecond, steps[1].grace)
	assert.Equal(t, 5*time.Second, (&Job{}).drainGrace())
}
