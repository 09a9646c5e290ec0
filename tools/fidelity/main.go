// Command fidelity runs real clients against the simulated cloud that the product's tests rely on: the Azure CLI, the library of
// the in-box tasks, and Azure's libraries for Go. It also compares samples of real responses with the simulation's responses to the
// same requests:
//
//	./build.sh fidelity [-write]
//
// No client is adapted to the simulation. The table in docs/testing-status.md says what ran, and gives the reason for each
// difference that remains. The command fails if a difference has no reason.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"armpreflight/tools/peers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fidelity:", err)
		os.Exit(1)
	}
}

// row is one thing that a client does, or one sample.
type row struct {
	part, what string
	err        error  // nil = the same as with the real service
	reason     string // why it can differ; "" = it can't
}

func (r row) String() string {
	switch {
	case r.err == nil:
		return "the same"
	case r.reason != "":
		return r.reason
	}
	return "differs: " + r.err.Error()
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fidelity", flag.ContinueOnError)
	page := flags.String("page", "docs/testing-status.md", "the page with the table")
	write := flags.Bool("write", false, "write the table into the page; without it, the page is compared")
	if err := flags.Parse(args); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "fidelity ")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	all, err := samples(ctx, "internal/diagnosis/testdata")
	if err != nil {
		return err
	}
	show(out, all)
	whole := true
	if missing := peers.Missing(); missing != "" {
		fmt.Fprintf(out, "NOT RUN: not installed: %s; ./build.sh peers installs it\n", missing)
		whole = false
	} else {
		for _, part := range []func(context.Context, string) ([]row, error){cli, library, sdk} {
			began := time.Now()
			rows, err := part(ctx, work)
			show(out, rows)
			if err != nil {
				return err
			}
			all = append(all, rows...)
			fmt.Fprintf(out, "(%v)\n", time.Since(began).Round(time.Second))
		}
	}
	same, wrong := 0, 0
	for _, r := range all {
		switch {
		case r.err == nil:
			same++
		case r.reason == "":
			wrong++
		}
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", same, wrong)
	if wrong > 0 {
		return fmt.Errorf("%d differences have no reason", wrong)
	}
	if !whole {
		return nil
	}
	return settle(*page, table(all), *write)
}

func show(out io.Writer, rows []row) {
	for _, r := range rows {
		text := cmp.Or(r.reason, "the same")
		if r.err != nil {
			text = strings.TrimSpace(r.reason + " " + r.err.Error())
		}
		fmt.Fprintf(out, "%-14s %-60s %s\n", r.part, r.what, text)
	}
}

const begin, end = "<!-- made by ./build.sh fidelity -write -->\n", "<!-- end of fidelity -->\n"

// table has a line for each thing that a client does, and for each sample that differs.
func table(all []row) string {
	var b strings.Builder
	b.WriteString("\n| Client | What it does | With the simulation |\n|---|---|---|\n")
	samples, same := 0, 0
	for _, r := range all {
		if r.part == sampled {
			samples++
			if r.err == nil {
				same++
				continue
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.part, r.what, r)
	}
	fmt.Fprintf(&b, "| %s | the other %d of %d samples | the same |\n\n", sampled, same, samples)
	return b.String()
}

func settle(page, is string, write bool) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), begin)
	was, after, closed := strings.Cut(rest, end)
	switch {
	case !ok || !closed:
		return fmt.Errorf("%s has no place for the table", page)
	case write:
		return os.WriteFile(page, []byte(before+begin+is+end+after), 0o644)
	case was != is:
		return errors.New("the table in " + page + " isn't what ran: ./build.sh fidelity -write makes it")
	}
	return nil
}
