// Command vsix does what tfx doesn't: with the same sources, its package has the same bytes, and it rejects a package that
// the Marketplace, Azure DevOps, or the agent would reject, or would accept and then fail with.
//
//	vsix sums DIR                     write DIR/SHA256SUMS over the files below DIR
//	vsix repack IN OUT                write IN again as OUT: sorted, fixed time
//	vsix fill DIR PUBLISHER SUPPORT REPOSITORY [DOCS]
//	                                  write the publisher and the addresses into the staged files
//	vsix check [flags] FILE           print what's wrong with a package and exit with 1
//	vsix archive DIR OUT              pack the files of DIR, OUT's ending choosing .tar.gz or .zip
//
// It's a tool of the build: it publishes nothing and sends nothing.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "vsix:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("a verb is needed: sums, repack, fill, check or archive")
	}
	verb, rest := args[0], args[1:]
	switch {
	case verb == "sums" && len(rest) == 1:
		return writeSums(rest[0])
	case verb == "repack" && len(rest) == 2:
		return repack(rest[0], rest[1])
	case verb == "archive" && len(rest) == 2:
		return pack(rest[0], rest[1])
	case verb == "fill" && (len(rest) == 4 || len(rest) == 5):
		f := filling{publisher: rest[1], support: rest[2], repository: rest[3]}
		if len(rest) == 5 {
			f.docs = rest[4]
		}
		return fill(rest[0], f)
	case verb == "check":
		return runCheck(rest, out)
	}
	return fmt.Errorf("%q is not a use of this program; it has sums DIR, repack IN OUT, fill DIR PUBLISHER SUPPORT REPOSITORY [DOCS], check [flags] FILE, archive DIR OUT", strings.Join(args, " "))
}

func runCheck(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	manifest := flags.String("manifest", "vss-extension.json", "the manifest the package was made from")
	tfxLog := flags.String("tfx-log", "", "what tfx printed; a warning in it is a fault")
	released := flags.String("released", "", "the last released version, which this one must exceed")
	publish := flags.Bool("publish", false, "the package is to be published: a placeholder in it is a fault")
	ofCompanion := flags.Bool("companion", false, "the package is that of the companion extension with the pipeline decorator")
	tab := flags.String("tab", "", "the package is that of the results tab, for the task whose task.json this is")
	sizes := flags.String("sizes", "", "the page that says how large the package is, which must be so")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("check needs the name of one package")
	}
	source, err := os.ReadFile(*manifest)
	if err != nil {
		return err
	}
	var log []byte
	if *tfxLog != "" {
		if log, err = os.ReadFile(*tfxLog); err != nil {
			return err
		}
	}
	p, err := readParcel(flags.Arg(0))
	if err != nil {
		return err
	}
	if *ofCompanion {
		return verdict(out, flags.Arg(0), p, inspectCompanion(p, source, log))
	}
	var problems []string
	if *tab == "" {
		problems = inspect(p, source, log, *released)
	} else {
		shown, err := os.ReadFile(*tab)
		if err != nil {
			return err
		}
		problems = inspectTab(p, source, shown, log, *released)
	}
	if *publish {
		problems = append(problems, checkPlaceholders(p)...)
	}
	if *sizes != "" {
		text, err := os.ReadFile(*sizes)
		if err != nil {
			return err
		}
		problems = append(problems, checkSizes(p, text)...)
		problems = append(problems, checkGrowth(int64(p.size), recorded)...)
	}
	return verdict(out, flags.Arg(0), p, problems)
}

func verdict(out io.Writer, file string, p *parcel, problems []string) error {
	for _, problem := range problems {
		fmt.Fprintln(out, "fault:", problem)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s has %d faults", file, len(problems))
	}
	fmt.Fprintf(out, "%s: %d files, %d bytes, no faults\n", file, len(p.files), p.size)
	return nil
}
