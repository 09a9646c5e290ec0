package agent

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Windows is a Windows that runs on this machine in addition to Linux. The task and its Node run there; the agent is here, and a helper
// there starts the task and passes on its output (tools/platforms/windowsagent).
type Windows struct {
	Helper  []string // the command on this machine that starts the helper there
	Environ []string // of that command; what the task gets of it is Windows's own business
}

// windowsStart is the helper, which gets everything as one JSON line on stdin: the agent's own environment and the step's, as
// Windows sees the paths in them.
func (e *execution) windowsStart(node, script, directory string, dictionary environ) *start {
	environment := e.base()
	for name, value := range environment {
		environment[name] = e.inside(value)
	}
	maps.Copy(environment, dictionary)
	environment["TF_BUILD"] = "True"
	order := jsonText(struct {
		Command     []string
		Directory   string
		Output      string
		Environment environ
	}{[]string{e.inside(node), e.inside(script)}, e.inside(directory), e.inside(e.temp), environment})

	helper := e.job.Windows.Helper
	cmd := exec.Command(helper[0], helper[1:]...)
	cmd.Dir = e.temp
	// What the helper starts is found by the environment in which it was started, not by the one on Windows.
	cmd.Env = append(slices.Clone(e.job.Windows.Environ), lookupName+"="+e.lookupID)
	// No Ctrl-C of a terminal reaches it past the agent.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &start{cmd: cmd, stdin: order + "\n", windows: true}
}

// orphans are the processes of the step that outlive it. On Windows a process goes a moment after the one who waits for it is
// told, and its console after it.
func (s *running) orphans() []int {
	left := processesOf(s.lookupID)
	for range 100 {
		if s.job.Windows == nil || len(left) == 0 {
			break
		}
		<-time.After(20 * time.Millisecond) // nothing says that a process is gone
		left = slices.DeleteFunc(processesOf(s.lookupID), func(pid int) bool { return nameOf(pid) == "conhost.exe" })
	}
	return left
}

// nameOf is what /proc calls a process; "" = it's gone.
func nameOf(pid int) string {
	text, _ := os.ReadFile(procFile(pid, "comm")) // a process that is gone has none
	return strings.TrimSpace(string(text))
}
