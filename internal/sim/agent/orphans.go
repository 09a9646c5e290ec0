package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// processesOf lists the processes that carry a lookup ID in the environment with which they were started, by pid.
func processesOf(lookupID string) []int {
	entries, _ := os.ReadDir("/proc") // what was read until an error counts
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		environment, err := os.ReadFile(procFile(pid, "environ"))
		if err != nil { // gone meanwhile, or someone else's
			continue
		}
		if bytes.Contains(append(environment, 0), []byte(lookupName+"="+lookupID+"\x00")) {
			pids = append(pids, pid)
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
