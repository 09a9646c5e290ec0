package agent

import (
	_ "embed"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

//go:embed invoker.js
var invoker []byte

// containerStart is the process that stands for "docker exec": node running the invoker, which gets everything as one
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

// inside translates a host path for the container. Only a whole value that is a mounted directory, or lies below one,
// changes: it is no search inside the text (agent src/Agent.Sdk/ContainerInfo.cs).
func (e *execution) inside(value string) string {
	if !e.job.Container {
		return value
	}
	for _, mount := range e.job.Mounts {
		if moved, ok := moved(value, mount.Host, mount.Container); ok {
			return moved
		}
	}
	return value
}

// outside is the way back, for paths that a command names.
func (e *execution) outside(value string) string {
	if !e.job.Container {
		return value
	}
	for _, mount := range e.job.Mounts {
		if moved, ok := moved(value, mount.Container, mount.Host); ok {
			return moved
		}
	}
	return value
}

func moved(value, from, to string) (string, bool) {
	rest, ok := strings.CutPrefix(value, from)
	if !ok || from == "" || rest != "" && rest[0] != '/' {
		return "", false
	}
	return to + rest, true
}
