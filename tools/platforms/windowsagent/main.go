//go:build windows

// Command windowsagent starts a task on Windows as the agent does there, for the emulated agent on Linux, which can't: one
// line of JSON on stdin says what to start, each line after it is a signal to pass on, and the task's output is printed
// immediately. It ends with the task's exit code.
//
// The task gets a console without a window, and files for its output: Node writes nothing to a pipe under Wine. It cancels
// like the agent: it joins the task's console, ignores signals itself, and sends CTRL_C, then CTRL_BREAK
// (agent src/Agent.Sdk/ProcessInvoker.cs).
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	code, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "windowsagent:", err)
		code = 1
	}
	os.Exit(code)
}

func run() (int, error) {
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return 0, fmt.Errorf("read what to start: %w", err)
	}
	var order struct {
		Command     []string          // the program and its arguments
		Directory   string            // the folder to start it in
		Output      string            // the folder for the files with its output
		Environment map[string]string // in addition to this process's own
	}
	if err := json.Unmarshal(line, &order); err != nil || len(order.Command) == 0 {
		return 0, errors.Join(errors.New("the first line isn't what to start"), err)
	}
	cmd := exec.Command(order.Command[0], order.Command[1:]...)
	cmd.Dir = order.Directory
	cmd.Env = environment(order.Environment)
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: createNoWindow}
	var copies sync.WaitGroup
	ended := make(chan struct{})
	for stream, to := range map[string]struct {
		writer *io.Writer
		out    io.Writer
	}{"stdout": {&cmd.Stdout, os.Stdout}, "stderr": {&cmd.Stderr, os.Stderr}} {
		name := filepath.Join(order.Output, stream)
		written, err := os.Create(name)
		if err != nil {
			return 0, err
		}
		defer written.Close()
		read, err := os.Open(name)
		if err != nil {
			return 0, err
		}
		defer read.Close()
		*to.writer = written
		copies.Go(func() { follow(to.out, read, ended) })
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start the task: %w", err)
	}
	go obey(in, cmd.Process)
	cmd.Wait() // the process state has the result
	close(ended)
	copies.Wait()
	return cmd.ProcessState.ExitCode(), nil
}

// environment is this process's own environment, which is that of Windows, with more variables.
func environment(more map[string]string) []string {
	var all []string
	for name, value := range more {
		all = append(all, name+"="+value)
	}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		known := false
		for given := range more {
			known = known || strings.EqualFold(given, name)
		}
		if !known {
			all = append(all, pair)
		}
	}
	return all
}

// follow copies a growing file until the task ends and all of it is read.
func follow(out io.Writer, file io.Reader, ended <-chan struct{}) {
	for last := false; ; {
		io.Copy(out, file) // no reader is left, so there's nothing to do
		if last {
			return
		}
		select {
		case <-ended:
			last = true
		case <-time.After(10 * time.Millisecond): // nothing signals that a file grows
		}
	}
}

const (
	createNoWindow = 0x08000000 // CREATE_NO_WINDOW
	ctrlC          = 0          // CTRL_C_EVENT
	ctrlBreak      = 1          // CTRL_BREAK_EVENT
)

// obey passes on signals, by their names on Linux.
func obey(in *bufio.Reader, task *os.Process) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch strings.TrimSpace(line) {
		case "SIGINT":
			err = signal(task, ctrlC)
		case "SIGTERM":
			err = signal(task, ctrlBreak)
		case "SIGKILL":
			err = task.Kill()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "windowsagent: pass on", strings.TrimSpace(line), "failed:", err)
		}
	}
}

var (
	kernel                   = syscall.NewLazyDLL("kernel32.dll")
	freeConsole              = kernel.NewProc("FreeConsole")
	attachConsole            = kernel.NewProc("AttachConsole")
	setConsoleCtrlHandler    = kernel.NewProc("SetConsoleCtrlHandler")
	generateConsoleCtrlEvent = kernel.NewProc("GenerateConsoleCtrlEvent")
)

func signal(task *os.Process, event uintptr) error {
	freeConsole.Call() // it might not have a console
	if ok, _, err := attachConsole.Call(uintptr(task.Pid)); ok == 0 {
		return fmt.Errorf("join the task's console: %w", err)
	}
	if ok, _, err := setConsoleCtrlHandler.Call(0, 1); ok == 0 {
		return fmt.Errorf("ignore CTRL_C: %w", err)
	}
	if ok, _, err := generateConsoleCtrlEvent.Call(event, 0); ok == 0 {
		return fmt.Errorf("send the event: %w", err)
	}
	return nil
}
