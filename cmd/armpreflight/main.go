// Command armpreflight is what the task ArmPreflight@1 starts, and a tool for
// people. See armpreflight help.
package main

import (
	"context"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"armpreflight/internal/cli"
)

// softMemory is the size in bytes above which memory is collected more eagerly.
const softMemory = 48 << 20

// garbage is how many percent of the memory in use may be garbage before it's collected.
const garbage = 400

func main() {
	environ := os.Environ()
	// Memory in use fits in it. Without the limit, the collector would keep as much garbage as memory in use.
	if debug.SetMemoryLimit(-1) == math.MaxInt64 { // GOMEMLIMIT isn't set
		debug.SetMemoryLimit(softMemory)
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(garbage) // a run of the task usually ends before it collects any
		}
	}
	executable, _ := os.Executable() // without it, one output stays empty
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A canceled run ends in time, even if something in it never returns.
	context.AfterFunc(ctx, func() { time.AfterFunc(4*time.Second, func() { os.Exit(cli.ExitCanceled) }) })
	code := cli.Main(ctx, cli.Env{
		Args:       os.Args[1:],
		Environ:    environ,
		Unset:      os.Unsetenv,
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		Now:        time.Now,
		Executable: executable,
		Stdin:      os.Stdin,
		Terminal:   terminal(os.Stdout, environ),
		Open:       cli.OpenFile,
		Locate:     cli.Locate,
		Diff:       cli.Diff,
		Create: func(name string) (io.WriteCloser, error) {
			return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		},
		Mkdir: func(name string) error { return os.Mkdir(name, 0o700) },
	})
	os.Exit(code)
}

// terminal says whether a file is a terminal that shows colors. On Windows, only Windows Terminal is known to.
func terminal(file *os.File, environ []string) bool {
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	return runtime.GOOS != "windows" || slices.ContainsFunc(environ, func(pair string) bool { return strings.HasPrefix(pair, "WT_SESSION=") })
}
