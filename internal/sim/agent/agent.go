// Package agent stands in for the Azure Pipelines agent in tests: it gives a packaged task the environment that the
// agent would give, starts it as the agent would, reads its output line by line, obeys the logging commands in it and
// says what a run would have shown.
//
// It imitates Linux agents from Oldest to Newest, and of Windows agents the start and the cancel of a task (Windows). Non-goals:
// it isn't an agent. There is no server, no download, no secure files, and commands that a preflight task has no business with
// (artifacts, test results, builds) are judged but not carried out. It imports none of the product's packages, so that it can't agree with them by
// construction. Process handling needs Linux (signals and /proc); on another system the package isn't meant to build.
package agent

import "time"

// Variable is a pipeline variable of the job.
type Variable struct {
	Name, Value  string
	Secret       bool // handed over as SECRET_NAME only
	ReadOnly     bool // a step that sets it fails (or is warned, without agent.readOnlyVariables)
	PreserveCase bool // the environment name isn't put in upper case
}

// Endpoint is a service connection as the server sent it in the job message. The one named "SystemVssConnection"
// carries the job's token and has no ID.
type Endpoint struct {
	ID     string // GUID in any case; empty for SystemVssConnection
	Name   string
	URL    string
	Scheme string // authorization scheme; "" with nil Parameters = no authorization at all

	Parameters map[string]string // of the authorization; masked, but for a few harmless names
	Data       map[string]string // macros in values are expanded once, at job start
}

// Mount says that a host directory is seen under another path inside the job's container, or on Windows.
type Mount struct{ Host, Container string }

// Step is one use of a task in a job.
type Step struct {
	Inputs            map[string]string // names in any case; aliases are the server's business and unknown here
	Env               map[string]string // the step's env: mapping
	Injected          bool              // by a decorator, for a target task: it is skipped when an input holds a secret
	Name              string            // of the step in its job, as __system_1 for one that a decorator added; "" = the task's name
	RefName           string            // "" = a step without reference name (classic editor, or YAML without name:)
	ContinueOnError   bool
	Restricted        bool     // target.commands: restricted
	SettableVariables []string // target.settableVariables: nil = any, empty = none
	// WorkingDirectory replaces System.DefaultWorkingDirectory; "" = that variable, then the work folder.
	WorkingDirectory string
}

// Newest is the newest version of the agent that is imitated, Oldest the one from which on it is: the least that the
// package asks for. What came in between and matters here is in version.go.
const (
	Newest = "5.278.0"
	Oldest = "3.230.2"
)

// Job is what all steps of a job share. It isn't changed by Run, and may be used by several goroutines at the same time.
type Job struct {
	Variables   []Variable
	Endpoints   []Endpoint
	ParentEnv   []string // environment of the agent's worker, inherited by tasks; nil = empty, nothing leaks in from the test
	PrependPath []string // directories that earlier steps put before PATH, newest last

	Version string // of the agent, from Oldest to Newest; "" = Newest. It becomes Agent.Version unless "" or given there

	Node string // path of the node binary; "" = node in this process's PATH
	// Command is what the agent starts where it isn't node with the script: it may put an emulator of a processor or another
	// root before them. nil = node and the script.
	Command func(node, script string) []string
	Handler string // "Node20_1" or "Node24" forces that handler; "" = as the agent chooses

	TasksDirectory string // <work>/_tasks; used for the work folder when TempDirectory is empty
	TempDirectory  string // <work>/_temp, becomes Agent.TempDirectory; "" = a directory of the run, deleted after it

	Container    bool     // start through the container invoker: no host environment, no signals
	ContainerEnv []string // environment of the container itself; used only with Container; nil = empty
	Mounts       []Mount  // whole-path translations in a container or for Windows, tried in order; nil = paths are the same inside
	Windows      *Windows // the task runs on Windows, not in a container; nil = on this machine

	InterruptGrace time.Duration     // from SIGINT to SIGTERM; 0 = 7.5 s
	TerminateGrace time.Duration     // from SIGTERM to SIGKILL; 0 = 2.5 s
	DrainGrace     time.Duration     // how long output is awaited after the process is gone; 0 = 5 s
	Follow         func(line string) // sees each raw line of the task before it is processed, on Run's goroutine; nil = no one
	Clock          func() time.Time  // for Record.Elapsed; nil = time.Now
}
