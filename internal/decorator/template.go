package decorator

import (
	"fmt"
	"strings"
)

// longestKey is how many characters a key of a YAML mapping may have.
const longestKey = 1024

// writer writes the nested conditions of a template. Each line below a condition is indented by two more.
type writer struct {
	out    strings.Builder
	indent int
	err    error
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.out, "%*s%s\n", w.indent, "", fmt.Sprintf(format, args...))
}

func (w *writer) comment(text string) { w.line("%s", strings.TrimSpace("# "+text)) }

func (w *writer) open(directive string) {
	w.line("- ${{ %s }}:", directive)
	if len(directive) > longestKey-20 {
		w.err = fmt.Errorf("the template has a condition that's too long: %d characters", len(directive))
	}
	w.indent += 2
}

// when begins what holds only if an expression is true.
func (w *writer) when(condition string) { w.open("if " + condition) }

// let names the text of an expression that has no semicolon: a loop over its one part.
func (w *writer) let(name, expression string) {
	w.open(fmt.Sprintf("each %s in split(%s, ';')", name, expression))
}

// marked is an expression that replaces each of some texts in another by a mark.
func marked(in string, texts []string, mark string) string {
	for _, t := range texts {
		in = fmt.Sprintf("replace(%s,'%s','%s')", in, t, mark)
	}
	return in
}

// marks is the text of the job's tasks with four marks for each of some tasks. A long expression gets names for its parts.
func (w *writer) marks(id string, tasks []string) string {
	const most, mark = 7, "!!!!"
	text := "ids"
	for i := 0; len(tasks) > most; i++ {
		next := fmt.Sprintf("m%s%d", id, i)
		w.let(next, marked(text, tasks[:most], mark))
		text, tasks = next, tasks[most:]
	}
	return marked(text, tasks, mark)
}

// template writes the steps for one kind of pipeline.
func (o Options) template(kind string) ([]byte, error) {
	w := &writer{}
	w.comment("ARM Preflight everywhere, for " + kind + ". Written by armpreflight decorator; the same options give the same file.")
	w.comment("Preview: what it assumes about Azure Pipelines is in README.md. It adds at most one step to a job, and changes none.")
	w.comment("")
	w.comment("How to read it: \"each x in split(TEXT, ';')\" runs once, because TEXT has no semicolon. It names TEXT x.")
	w.line("steps:")
	w.comment("A pipeline can opt out. A job with its own preflight, or with disabled steps in the context, isn't changed.")
	w.when(fmt.Sprintf("and(ne(variables['%s'], 'false'), not(containsValue(job.steps.*.task.id, '%s')), not(containsValue(job.steps.*.enabled, false)))", Inject, TaskID))
	o.projects(w)
	w.comment("The IDs of the job's tasks.")
	w.let("ids", "lower(join(',', job.steps.*.task.id))")
	w.comment("For each input that names an Azure Resource Manager connection: the connections in it, unless there are more of them than tasks that take")
	w.comment("such a connection in it. Then a step of another task has it, for a connection of any type. The dashes are counted: an ID has four,")
	w.comment("a step without a connection has none, and each task is replaced by four marks.")
	found := "''"
	for i, in := range o.inputs() {
		count := func(name, marks string) string {
			return fmt.Sprintf("le(length(split(join(' ', job.steps.*.inputs.%s), '-')), length(split(%s, '!')))", name, marks)
		}
		all := func(name string) string { return fmt.Sprintf("join(' ', job.steps.*.inputs.%s)", name) }
		w.comment(in.about)
		both := ""
		if len(in.spellings) > 1 {
			both = w.marks(fmt.Sprint(i, "all"), in.tasks)
		}
		for j, s := range in.spellings {
			id := fmt.Sprintf("%d%c", i, 'a'+j)
			condition := count(s.name, w.marks(id, s.tasks))
			if len(in.spellings) > 1 {
				// If the context doesn't tell spellings apart, all have the same steps.
				other := in.spellings[(j+1)%len(in.spellings)].name
				condition = fmt.Sprintf("or(%s, and(eq(%s, %s), %s))", condition, all(s.name), all(other), count(s.name, both))
			}
			if strings.EqualFold(s.name, "ConnectedServiceName") {
				condition = "and(" + condition + ", not(containsValue(job.steps.*.inputs.ConnectionType, 'PublishProfile')))"
			}
			next := "c" + id
			w.let(next, fmt.Sprintf("format('{0} {1}', %s, replace(replace(replace(format('{0}', %s), 'False', ''), 'True', %s), ';', '!'))", found, condition, all(s.name)))
			found = next
		}
	}
	w.comment("The step, if there are connections, and if they're IDs of connections: nothing else of a pipeline is used.")
	w.let("connections", "trim("+found+")")
	w.when("and(ne(connections, ''), eq(" + marked("lower(connections)", strings.Split("0123456789abcdef- ", ""), "") + ", ''))")
	o.step(w)
	return []byte(w.out.String()), w.err
}

// projects writes the condition on the project.
func (o Options) projects(w *writer) {
	const project = "variables['System.TeamProject']"
	for _, list := range []struct {
		name, want string
		projects   []string
	}{
		{name: "listed", want: "True", projects: o.Projects},
		{name: "excluded", want: "False", projects: o.Exclude},
	} {
		current := "'False'"
		for i := 0; len(list.projects) > 0; i++ {
			var part []string
			size := 0
			for len(list.projects) > 0 && (size == 0 || size+len(list.projects[0]) < 700) {
				size += len(list.projects[0]) + 4
				part, list.projects = append(part, "'"+list.projects[0]+"'"), list.projects[1:]
			}
			next := fmt.Sprintf("%s%d", list.name, i)
			w.let(next, fmt.Sprintf("format('{0}', or(eq(%s, 'True'), in(%s, %s)))", current, project, strings.Join(part, ", ")))
			current = next
		}
		if current != "'False'" {
			w.when(fmt.Sprintf("eq(%s, '%s')", current, list.want))
		}
	}
}

// step writes the step.
func (o Options) step(w *writer) {
	w.line("- task: %s@1", TaskID)
	w.line("  displayName: %s", StepName)
	if o.FailOn == "never" {
		w.line("  continueOnError: true")
	}
	w.line("  timeoutInMinutes: 5")
	w.line("  inputs:")
	w.line("    connectedServiceNameARM: ${{ split(connections, ' ')[0] }}")
	w.line("    moreConnections: ${{ replace(connections, ' ', ',') }}")
	w.line("    failOn: %s", o.FailOn)
}
