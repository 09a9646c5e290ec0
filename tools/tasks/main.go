// Command tasks makes the table of package armtask: which inputs of Azure Pipelines tasks name an Azure Resource Manager connection.
//
//	git clone --depth 1 https://github.com/microsoft/azure-pipelines-tasks
//	git clone --depth 1 https://github.com/MicrosoftDocs/azure-devops-yaml-schema
//	go run ./tools/tasks azure-pipelines-tasks azure-devops-yaml-schema > internal/armtask/tasks.tsv
//
// The inputs are those of each task.json. The documentation says which versions don't support workload identity federation. The
// Marketplace has no common source, so marketplace.tsv lists its tasks by hand.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed marketplace.tsv
var marketplace string

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "tasks: name the clones of microsoft/azure-pipelines-tasks and MicrosoftDocs/azure-devops-yaml-schema")
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	err := write(out, repository{"microsoft/azure-pipelines-tasks", os.Args[1]}, repository{"MicrosoftDocs/azure-devops-yaml-schema", os.Args[2]})
	if err := errors.Join(err, out.Flush()); err != nil {
		fmt.Fprintln(os.Stderr, "tasks:", err)
		os.Exit(1)
	}
}

// repository is a clone, with or without files checked out.
type repository struct{ name, folder string }

func (r repository) git(args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", r.folder}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s in %s: %w", args[0], r.folder, err)
	}
	return string(out), nil
}

// files returns the content of the files of HEAD for which match is true, by name.
func (r repository) files(match func(name string) bool) (map[string][]byte, error) {
	list, err := r.git("ls-tree", "-r", "--name-only", "HEAD")
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for name := range strings.Lines(list) {
		if name = strings.TrimSpace(name); match(name) {
			text, err := r.git("show", "HEAD:"+name)
			if err != nil {
				return nil, err
			}
			all[name] = bytes.TrimPrefix([]byte(text), []byte("\ufeff"))
		}
	}
	return all, nil
}

type task struct {
	ID      string
	Name    string
	Version struct{ Major json.RawMessage }
	RunsOn  []string
	Groups  []struct{ Name, VisibleRule string }
	Inputs  []input
}

type input struct {
	Name, Type, GroupName, VisibleRule string
	Required                           any // true, or "true"
	Aliases                            []string
}

func (t task) major() string { return strings.Trim(string(t.Version.Major), `"`) }

// server reports whether the task runs only on the server. Without a list, it runs everywhere.
func (t task) server() bool {
	return len(t.RunsOn) > 0 && !slices.Contains(t.RunsOn, "Agent") && !slices.Contains(t.RunsOn, "DeploymentGroup")
}

// when says which steps have the input: always, optional, or the rule by which the editor shows it.
func (t task) when(in input) string {
	rule := in.VisibleRule
	for _, g := range t.Groups {
		if g.Name == in.GroupName && g.VisibleRule != "" {
			rule = strings.Trim(g.VisibleRule+" && "+rule, "& ")
		}
	}
	switch {
	case fmt.Sprint(in.Required) != "true":
		return "optional"
	case rule != "":
		return rule
	}
	return "always"
}

// row is one line of the table: an input, or a task that has only connection inputs of other types.
type row struct{ id, name, version, input, aliases, when, runs, federation, source string }

func (r row) columns() []string {
	return []string{r.id, r.name, r.version, r.input, r.aliases, r.when, r.runs, r.federation, r.source}
}

func rows(files map[string][]byte, unsupported map[string]bool) ([]row, error) {
	var all []row
	for name, text := range files {
		var t task
		if err := json.Unmarshal(text, &t); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		one := row{id: strings.ToLower(t.ID), name: t.Name, version: t.major(), source: "in-box"}
		if unsupported[strings.ToLower(t.Name)+"@"+one.version] {
			one.federation = "unsupported"
		}
		if t.server() {
			one.runs = "server"
		}
		azure, other := 0, 0
		for _, in := range t.Inputs {
			kind, isConnection := strings.CutPrefix(strings.ToLower(in.Type), "connectedservice:")
			switch {
			case isConnection && kind == "azurerm":
				azure++
				given := one
				given.input, given.aliases, given.when = in.Name, strings.Join(in.Aliases, ","), t.when(in)
				all = append(all, given)
			case isConnection:
				other++
			}
		}
		if azure == 0 && other > 0 {
			one.federation = ""
			all = append(all, one)
		}
	}
	return all, nil
}

var title = regexp.MustCompile(`(?m)^# (\w+@\d+) - `)

// without lists the task versions that don't support workload identity federation, according to the documentation.
func without(pages map[string][]byte) map[string]bool {
	all := map[string]bool{}
	for _, text := range pages {
		if m := title.FindSubmatch(text); m != nil && bytes.Contains(text, []byte("workload-identity-not-supported.md")) {
			all[strings.ToLower(string(m[1]))] = true
		}
	}
	return all
}

func write(out io.Writer, tasks, docs repository) error {
	pages, err := docs.files(func(name string) bool { return strings.HasPrefix(name, "task-reference/") && path.Ext(name) == ".md" })
	if err != nil {
		return err
	}
	files, err := tasks.files(func(name string) bool {
		return strings.HasPrefix(name, "Tasks/") && path.Base(name) == "task.json" && strings.Count(name, "/") == 2
	})
	if err != nil {
		return err
	}
	all, err := rows(files, without(pages))
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("%s has no Tasks/*/task.json with a connection", tasks.folder)
	}
	fmt.Fprintln(out, "# Made by go run ./tools/tasks. Columns: ID, name, major version, input, aliases, when (always, optional, or a rule), runs (server, or nothing), federation, source. A task without an input has connections of other types only.")
	for _, r := range []repository{tasks, docs} {
		commit, err := r.git("log", "-1", "--format=%h %cs")
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "# %s %s", r.name, commit)
	}
	listed, err := byHand(marketplace)
	if err != nil {
		return err
	}
	all = append(all, listed...)
	slices.SortFunc(all, func(a, b row) int {
		number := func(r row) int { n, _ := strconv.Atoi(r.version); return n } // byHand and rows check it
		return cmp.Or(cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), cmp.Compare(number(a), number(b)), cmp.Compare(a.input, b.input))
	})
	for _, r := range all {
		if _, err := strconv.Atoi(r.version); err != nil {
			return fmt.Errorf("%s: its major version %q isn't a number", r.name, r.version)
		}
		fmt.Fprintln(out, strings.Join(r.columns(), "\t"))
	}
	return nil
}

// byHand reads the list of Marketplace tasks.
func byHand(text string) ([]row, error) {
	var all []row
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 9 {
			return nil, fmt.Errorf("marketplace.tsv: a line has %d columns and not 9: %s", len(f), line)
		}
		source, _, _ := strings.Cut(f[8], " ")
		for version := range strings.SplitSeq(f[2], ",") {
			all = append(all, row{strings.ToLower(f[0]), f[1], version, f[3], f[4], f[5], f[6], f[7], source})
		}
	}
	return all, nil
}
