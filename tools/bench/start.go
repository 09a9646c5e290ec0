package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// bareProgram does nothing, and links what every program that uses HTTP links.
const bareProgram = `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) > 9 {
		fmt.Println(http.ListenAndServe("", nil))
	}
}
`

// measureStart prints how long the program takes to print its version, and a bare program to do nothing: the difference is the
// start-up time of every verb, in our code and in our libraries.
func measureStart(ctx context.Context, out io.Writer, taskDir, work string, runs int) error {
	program := filepath.Join(taskDir, "bin", runtime.GOOS+"-"+runtime.GOARCH, "armpreflight")
	bare := filepath.Join(work, "bare")
	if runtime.GOOS == "windows" {
		program, bare = program+".exe", bare+".exe"
	}
	source := filepath.Join(work, "bare.go")
	if err := os.WriteFile(source, []byte(bareProgram), 0o600); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", bare, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as build.sh compiles
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the bare program: %w\n%s", err, text)
	}
	if err := os.Chmod(program, 0o755); err != nil { // the package has no exec bits
		return err
	}
	var ours, theirs []time.Duration
	for i := range runs + 1 { // the first pair reads the files from disk
		a, err := startOf(ctx, program, "version")
		if err != nil {
			return err
		}
		b, err := startOf(ctx, bare)
		if err != nil {
			return err
		}
		if i > 0 {
			ours, theirs = append(ours, a), append(theirs, b)
		}
	}
	a, b := milliseconds(median(ours)), milliseconds(median(theirs))
	fmt.Fprintf(out, "start: %.1f ms for version, %.1f ms for a bare program that links net/http: %.1f ms more (median of %d)\n", a, b, a-b, runs)
	return nil
}

func startOf(ctx context.Context, program string, args ...string) (time.Duration, error) {
	start := time.Now()
	if text, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("start %s: %w\n%s", program, err, text)
	}
	return time.Since(start), nil
}
