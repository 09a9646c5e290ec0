package agent

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// processesOf lists the processes that carry a lookup ID in the environment with which they were started, by pid.
func processesOf(lookupID string) []int {
	files, _ := filepath.Glob("/proc/[0-9]*/environ") // the pattern is well-formed
	var pids []int
	for _, file := range files {
		environment, err := os.ReadFile(file)
		if err != nil { // gone meanwhile, or someone else's
			continue
		}
		if slices.Contains(strings.Split(string(environment), "\x00"), lookupName+"="+lookupID) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	slices.Sort(pids)
	return pids
}

func procFile(pid int, name string) string { return filepath.Join("/proc", strconv.Itoa(pid), name) }

// endProcesses does what the agent does when the job ends: it kills whatever the step left behind. It looks again until
// nothing is found, since a process may start another while it is looked for.
func endProcesses(lookupID string) {
	const rounds = 100 // a process that can't be killed must not hold the test for ever
	for range rounds {
		pids := processesOf(lookupID)
		if len(pids) == 0 {
			return
		}
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL) // gone is as good
		}
	}
}
