package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// start is a process about to be started.
type start struct {
	cmd       *exec.Cmd
	stdin     string // given and closed; "" = closed immediately
	preamble  int    // so many lines of stdout come from the container invoker
	container bool
	windows   bool // stdin stays open, and a signal is a line in it
	control   *os.File
}

// signal sends a signal; a process that is gone needs none.
func (p *start) signal(signal syscall.Signal) {
	if p.control == nil {
		p.cmd.Process.Signal(signal)
		return
	}
	io.WriteString(p.control, signalNames[signal]+"\n")
}

var signalNames = map[syscall.Signal]string{syscall.SIGINT: "SIGINT", syscall.SIGTERM: "SIGTERM", syscall.SIGKILL: "SIGKILL"}

// hostStart is node with the script as its only argument, and the agent's own environment below the step's.
func (e *execution) hostStart(node, script, directory string, dictionary environ) *start {
	environment := e.base()
	maps.Copy(environment, dictionary)
	environment["TF_BUILD"] = "True"
	words := []string{node, script}
	if e.job.Command != nil {
		words = e.job.Command(node, script)
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = directory
	cmd.Env = environment.pairs()
	return &start{cmd: cmd}
}

// queues hold the lines that aren't processed yet, one queue a stream.
type queues struct {
	mu     sync.Mutex
	stdout []string
	stderr []string
	ready  chan struct{} // holds one token while there may be lines
}

func (q *queues) put(queue *[]string, line string) {
	q.mu.Lock()
	*queue = append(*queue, line)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

func (q *queues) take() (stderr, stdout []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	stderr, stdout, q.stderr, q.stdout = q.stderr, q.stdout, nil, nil
	return stderr, stdout
}

// outcome is how the process ended for the agent.
type outcome struct {
	exit     int  // -1 when the agent didn't wait for it
	canceled bool // the context was done first
}

// run starts the process, takes in its lines until it has exited and both streams have ended, and sees to
// canceling. An error means that the process couldn't be started.
func (s *running) run(ctx context.Context, p *start) (outcome, error) {
	streams, err := p.connect()
	if err != nil {
		return outcome{}, err
	}
	q := &queues{ready: make(chan struct{}, 1)}
	var readers, waiter sync.WaitGroup
	readers.Go(func() { readLines(streams.stdout, func(line string) { q.put(&q.stdout, line) }) })
	readers.Go(func() { readLines(streams.stderr, func(line string) { q.put(&q.stderr, line) }) })
	ended, exited := make(chan struct{}), make(chan struct{})
	waiter.Go(func() { readers.Wait(); close(ended) })
	waiter.Go(func() {
		p.cmd.Wait() // the state says it all
		close(exited)
	})

	out := s.watch(ctx, p, q, ended, exited)

	if out.exit >= 0 || !p.container { // of a container nothing is left when the job has been canceled
		s.rec.Orphans = s.orphans()
	}
	if p.container {
		syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // the container is removed, empty or not
	}
	endProcesses(s.lookupID)
	streams.close()
	waiter.Wait()
	return out, nil
}

// watch is the agent's loop over one running process.
func (s *running) watch(ctx context.Context, p *start, q *queues, ended, exited <-chan struct{}) outcome {
	out := outcome{exit: -1}
	cancel, escalation := ctx.Done(), s.job.escalation()
	var patience, forced <-chan time.Time
	drain := func() {
		stderr, stdout := q.take()
		for _, line := range stderr { // all of it before stdout: the order between the streams isn't kept
			s.line(line)
		}
		for _, line := range stdout {
			if p.preamble > 0 {
				p.preamble--
				s.invokerLine(line)
				continue
			}
			s.line(line)
		}
		if s.forced && forced == nil {
			forced = time.After(s.job.drainGrace())
		}
	}
	for exited != nil || ended != nil {
		select {
		case <-q.ready:
			drain()
		case <-exited:
			exited = nil
			out.exit = exitCode(p.cmd.ProcessState)
			patience = time.After(s.job.drainGrace())
		case <-ended:
			ended = nil
		case <-cancel:
			cancel, out.canceled = nil, true
			drain()
			if !timedOut(ctx) {
				s.issue("error", "the step was canceled")
			}
			if p.container { // the client of "docker exec" ends; no one tells the process inside
				return out
			}
			escalation.advance(p)
		case <-escalation.next:
			escalation.advance(p)
		case <-patience: // a grandchild holds a stream open
			ended = nil
		case <-forced: // task.complete with done=true: the agent goes on, the process may too
			drain()
			return out
		}
	}
	drain()
	return out
}

// exitCode is the code as .NET gives it: 128 + n for signal n.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// streams are the agent's ends of the pipes.
type streams struct {
	stdout, stderr *os.File
	control        *os.File // nil = none
}

// connect makes the pipes and starts the process. Stdin is a pipe that ends after its text, if any.
func (p *start) connect() (streams, error) {
	var all [6]*os.File
	closeAll := func() {
		for _, file := range all {
			if file != nil {
				file.Close()
			}
		}
	}
	for i := 0; i < len(all); i += 2 {
		read, write, err := os.Pipe()
		if err != nil {
			closeAll()
			return streams{}, err
		}
		all[i], all[i+1] = read, write
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = all[0], all[3], all[5]
	if err := p.cmd.Start(); err != nil {
		closeAll()
		return streams{}, err
	}
	for _, childs := range []*os.File{all[0], all[3], all[5]} {
		childs.Close()
	}
	if p.windows {
		p.control = all[1]
		_, err := io.WriteString(p.control, p.stdin) // shorter than what a pipe holds, or read by the one who waits for it
		return streams{stdout: all[2], stderr: all[4], control: p.control}, err
	}
	go func() { // ends with the text, or with the process that doesn't read it
		io.WriteString(all[1], p.stdin) // a process that doesn't want it says so itself
		all[1].Close()
	}()
	return streams{stdout: all[2], stderr: all[4]}, nil
}

func (s streams) close() {
	s.stdout.Close()
	s.stderr.Close()
	if s.control != nil {
		s.control.Close()
	}
}

// findNode is the node binary to run, absolute.
func (j *Job) findNode() (string, error) {
	node, err := exec.LookPath(cmp.Or(j.Node, "node"))
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return "", fmt.Errorf("no node to run the task with: %w", err)
	}
	return filepath.Abs(node)
}
