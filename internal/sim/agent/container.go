package agent

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

//go:embed invoker.js
var invoker []byte

// containerStart is the process that represents "docker exec": node running the invoker, which gets everything as one
// JSON line on stdin. Its own environment is the container's, and nothing of the host's.
func (e *execution) containerStart(node, script, directory string, dictionary environ) (*start, error) {
	path := filepath.Join(e.temp, "containerHandlerInvoker.js")
	if known, err := os.ReadFile(path); err != nil || string(known) != string(invoker) {
		if err := e.writeInvoker(path); err != nil {
			return nil, err
		}
	}
	order := jsonText(struct {
		Handler     string  `json:"handler"`
		Args        string  `json:"args"`
		WorkDir     string  `json:"workDir"`
		Environment environ `json:"environment"`
		PrependPath string  `json:"prependPath"`
	}{e.inside(node), e.inside(script), e.inside(directory), dictionary, e.prependPath()})

	cmd := exec.Command(node, path)
	cmd.Dir = e.temp
	cmd.Env = e.base().pairs()
	// A group of its own: no signal for the agent reaches the container, and the container can be removed whole.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &start{cmd: cmd, stdin: order + "\n", preamble: len(dictionary), container: true}, nil
}

// writeInvoker puts the script in place in one go, since steps of the same job may start at the same time.
func (e *execution) writeInvoker(path string) error {
	file, err := os.CreateTemp(e.temp, "invoker-")
	if err != nil {
		return err
	}
	_, err = file.Write(invoker)
	return errors.Join(err, file.Close(), os.Rename(file.Name(), path))
}

// inside translates a host path for the container. Only a whole value that is a mounted directory, or is below one,
// changes: it doesn't search inside the text (agent src/Agent.Sdk/ContainerInfo.cs).
func (e *execution) inside(value string) string {
	if !e.elsewhere() {
		return value
	}
	for _, mount := range e.job.Mounts {
		if moved, ok := moved(value, mount.Host, mount.Container); ok {
			return moved
		}
	}
	return value
}

// outside is the way back, for a path that a command names. A path below no mount stays as it is, and then names
// something of the host. From guardsTraversal on, a path that climbs out of its mount is an error, and with
// AGENT_ENFORCE_CONTAINER_VSO_PATH_VALIDATION one outside the work folder, links followed
// (agent src/Agent.Sdk/ContainerInfo.cs, src/Agent.Worker/ExecutionContext.cs).
func (e *execution) outside(value string) (string, error) {
	if !e.elsewhere() {
		return value, nil
	}
	found := value
	for _, mount := range e.job.Mounts {
		moved, ok := moved(value, mount.Container, mount.Host)
		if !ok {
			continue
		}
		found = moved
		if e.job.since(guardsTraversal) {
			if found = filepath.Clean(moved); !below(found, mount.Host) {
				return "", fmt.Errorf("the path %q is not within the allowed directory", value)
			}
		}
		break
	}
	if e.job.since(mayValidateWorkDir) && e.knob("AGENT_ENFORCE_CONTAINER_VSO_PATH_VALIDATION") {
		found = followed(found)
		if !below(found, followed(e.workFolder())) {
			return "", fmt.Errorf("the path %q is outside the work directory", value)
		}
	}
	return found, nil
}

// followed is a path without links, as far as it exists.
func followed(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}

func below(path, directory string) bool {
	directory = filepath.Clean(directory)
	return path == directory || strings.HasPrefix(path, strings.TrimSuffix(directory, "/")+"/")
}

// onHost says whether the host has what a path of the container leads to: without an isolated file system, what is
// below no mount would be found anyway.
func (e *execution) onHost(inside string) bool {
	if !e.elsewhere() || len(e.job.Mounts) == 0 {
		return true
	}
	return slices.ContainsFunc(e.job.Mounts, func(m Mount) bool {
		_, ok := moved(inside, m.Container, m.Host)
		return ok
	})
}

func moved(value, from, to string) (string, bool) {
	rest, ok := strings.CutPrefix(value, from)
	if !ok || from == "" || rest != "" && !strings.HasPrefix(rest, separator(from)) {
		return "", false
	}
	return to + strings.ReplaceAll(rest, separator(from), separator(to)), true
}

// lastName is the last name in a path that the task sees.
func (e *execution) lastName(path string) string {
	return path[strings.LastIndex(path, separator(path))+1:]
}

// elsewhere says whether the task may see other paths than the agent.
func (e *execution) elsewhere() bool { return e.job.Container || e.job.Windows != nil }

// separator is what stands between the names in a path of the same system.
func separator(path string) string {
	if strings.Contains(path, `:\`) {
		return `\`
	}
	return "/"
}
