// Command fleet measures an audit of a large simulated organization: the program runs in its own process, over TLS and
// through a proxy, with a sign-in that can also read Microsoft Graph.
//
//	go run ./tools/fleet [-projects 300] [-connections 10000] [-latency 20ms] [-limit 3] [-slices 1]
//
// It prints the wall time and the largest resident memory of the program, of the audit and of its forecasts, and fails if a connection is missing or
// duplicated. The time is this machine's, which also runs the simulation.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	projects := flags.Int("projects", 300, "projects of the organization")
	connections := flags.Int("connections", 10_000, "connections in them")
	latency := flags.Duration("latency", 20*time.Millisecond, "how long each answer takes, beside the simulation's own work")
	limit := flags.Int("limit", 0, "percent of the first tries that are answered with 503")
	slices := flags.Int("slices", 1, "runs that each take a share, one after the other")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "armpreflight fleet ")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "armpreflight")
	if text, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./cmd/armpreflight").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w: %s", err, text)
	}
	simulated := cloud.New(scenario.Fleet(time.Now, *projects, *connections))
	simulated.Fault(cloud.Fault{Latency: *latency})
	for range *limit * *connections * 4 / 100 {
		simulated.Fault(cloud.Fault{Nth: 1 + rand.IntN(*connections*4), Times: 1, Status: http.StatusServiceUnavailable})
	}
	listener, err := simulated.Listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	environ, err := environment(simulated, listener, dir)
	if err != nil {
		return err
	}
	var parts []string
	for position := 1; position <= *slices; position++ {
		part := filepath.Join(dir, fmt.Sprintf("part-%d.json", position))
		before := len(simulated.Requests())
		wall, memory, err := measure(ctx, program, append(environ, fmt.Sprintf("SYSTEM_JOBPOSITIONINPHASE=%d", position), fmt.Sprintf("SYSTEM_TOTALJOBSINPHASE=%d", *slices)),
			"audit", "--organization", strings.TrimSuffix(cloud.ContosoOrganizationURL, "/"), "--credential", "azure-cli", "--format", "json", "--output", part)
		if err != nil {
			return err
		}
		parts = append(parts, part)
		fmt.Fprintf(out, "share %d of %d: %.1f s, at most %.0f MB, %d requests\n", position, *slices, wall.Seconds(), memory, len(simulated.Requests())-before)
	}
	whole := filepath.Join(dir, "whole.json")
	if _, memory, err := measure(ctx, program, environ, append([]string{"audit", "merge", "--format", "json", "--output", whole}, parts...)...); err != nil {
		return err
	} else if *slices > 1 {
		fmt.Fprintf(out, "merge: at most %.0f MB\n", memory)
	}
	for _, format := range []string{"html", "ics", "json"} {
		dates := filepath.Join(dir, "dates."+format)
		wall, memory, err := measure(ctx, program, environ, "audit", "merge", "--forecast", "365", "--format", format, "--output", dates, whole)
		if err != nil {
			return err
		}
		size, err := os.Stat(dates)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "forecast of a year as %s: %.1f s, at most %.0f MB, a file of %.1f MB\n", format, wall.Seconds(), memory, float64(size.Size())/1e6)
	}
	people := 0
	for _, r := range simulated.Requests() {
		if strings.HasSuffix(r.Path, "/_apis/identities") {
			people++
		}
	}
	fmt.Fprintf(out, "%d requests about people\n", people)
	if notes := simulated.Violations(); len(notes) > 0 {
		return fmt.Errorf("the simulated services found %d requests wrong, the first: %s", len(notes), notes[0])
	}
	return complete(whole, *connections)
}

// az responds like the Azure CLI, with a file for each resource.
const az = `#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = --resource ]; then resource=$(printf %s "$2" | tr -c 'a-zA-Z0-9' _); fi
  shift
done
cat "$(dirname "$0")/$resource"
`

func environment(simulated *cloud.Cloud, listener *cloud.Listener, dir string) ([]string, error) {
	if runtime.GOOS == "windows" {
		return nil, errors.New("the program in the place of the Azure CLI is a shell script")
	}
	authority, bin := filepath.Join(dir, "authority.pem"), filepath.Join(dir, "bin")
	all := []error{os.WriteFile(authority, listener.CAPEM, 0o600), os.Mkdir(bin, 0o700), os.WriteFile(filepath.Join(bin, "az"), []byte(az), 0o700)}
	unsafe := regexp.MustCompile(`[^a-zA-Z0-9]`)
	for _, resource := range []string{"https://graph.microsoft.com", "499b84ac-1321-427f-aa17-267ca6975798"} {
		token, expires, err := simulated.PersonToken(scenario.Ada, cloud.ContosoTenantID, resource)
		if err != nil {
			return nil, err
		}
		answer, err := json.Marshal(map[string]any{"accessToken": token, "expires_on": expires.Unix(), "tokenType": "Bearer"})
		all = append(all, err, os.WriteFile(filepath.Join(bin, unsafe.ReplaceAllString(resource, "_")), answer, 0o600))
	}
	return []string{"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "SSL_CERT_FILE=" + authority, "HTTPS_PROXY=" + listener.Proxy("", "")}, errors.Join(all...)
}

// measure runs the program and returns its wall time and its largest resident memory in MB.
func measure(ctx context.Context, program string, environ []string, args ...string) (time.Duration, float64, error) {
	c := exec.CommandContext(ctx, program, args...)
	var stray bytes.Buffer
	c.Env, c.Stderr = environ, &stray
	start := time.Now()
	err := c.Run()
	wall := time.Since(start)
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) { // 1: there are findings
		return 0, 0, fmt.Errorf("the program: %w: %s", err, stray.String())
	}
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return wall, 0, nil
	}
	kilobytes := float64(usage.Maxrss)
	if runtime.GOOS == "darwin" {
		kilobytes /= 1024
	}
	return wall, kilobytes / 1000, nil
}

// complete checks that every connection occurs once.
func complete(file string, want int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var d struct {
		Connections []struct{ ID string }
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, c := range d.Connections {
		seen[c.ID] = true
	}
	if len(seen) != want || len(d.Connections) != want {
		return fmt.Errorf("%d connections, %d of them different, instead of %d", len(d.Connections), len(seen), want)
	}
	return nil
}
