package decorator

import (
	"fmt"
	"slices"
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

func (w *writer) comment(text string) { w.line("# %s", text) }

func (w *writer) open(directive string) {
	w.line("- ${{ %s }}:", directive)
	if len(directive) > longestKey-20 {
		w.err = fmt.Errorf("the template has a condition that's too long: %d characters", len(directive))
	}
	w.indent += 2
}

// when begins what holds only if an expression is true.
func (w *writer) when(condition string) { w.open("if " + condition) }

// let gives the text of an expression a name: a loop over the one part of a text without the separator.
func (w *writer) let(name, expression string) {
	w.open(fmt.Sprintf("each %s in split(replace(%s, '|', '!'), '|')", name, expression))
}

// marked is an expression that replaces each of some texts in another by a mark.
func marked(in string, texts []string, mark string) string {
	for _, t := range texts {
		in = fmt.Sprintf("replace(%s,'%s','%s')", in, t, mark)
	}
	return in
}

// truth names what's true, piece by piece, so that no key is too long. The name's last value is the text True or False.
func (w *writer) truth(name string, conditions []string) string {
	current := ""
	for i := 0; len(conditions) > 0; i++ {
		var part []string
		if current != "" {
			part = []string{fmt.Sprintf("eq(%s, 'True')", current)}
		}
		size := 0
		for len(conditions) > 0 && (size == 0 || size+len(conditions[0]) < 700) {
			size += len(conditions[0]) + 2
			part, conditions = append(part, conditions[0]), conditions[1:]
		}
		current = fmt.Sprintf("%s%d", name, i)
		w.let(current, fmt.Sprintf("format('{0}', and(true, %s))", strings.Join(part, ", ")))
	}
	return current
}

// template writes the steps for one kind of pipeline.
func (o Options) template(kind string) ([]byte, error) {
	k, err := o.collect()
	if err != nil {
		return nil, err
	}
	w := &writer{}
	w.comment("ARM Preflight everywhere, for " + kind + ". Made by armpreflight decorator; the same options make the same file.")
	w.comment("Preview: what it assumes about Azure Pipelines is in README.md. It only adds a step; it changes none.")
	w.comment("")
	w.comment("How to read it: \"each x in split(replace(TEXT, '|', '!'), '|')\" has one turn, and names TEXT x.")
	w.line("steps:")
	w.comment("A pipeline can opt out, and a job with a preflight of its own isn't changed.")
	w.when(fmt.Sprintf("and(ne(variables['%s'], 'false'), not(containsValue(job.steps.*.task.id, '%s')))", Inject, TaskID))
	o.projects(w)
	w.comment("tN: the IDs of the job's tasks. A task that takes an Azure Resource Manager connection becomes a letter; the letter means these inputs:")
	for _, g := range k.groups {
		w.comment(fmt.Sprintf("  %s  %s", g.letter, strings.Join(g.inputs, ", ")))
	}
	tasks := w.tasks(k)
	w.when(fmt.Sprintf("ne(%s, t0)", tasks))
	w.comment("All connections in these inputs, separated by spaces.")
	all := w.values("c", "join(' ', job.steps.*.inputs.%s)", append(k.names(false), k.names(true)...))
	w.comment("sureN: no step is disabled, and no more steps have an input than there are tasks whose connections are in it. Then all are used.")
	sure := w.truth("sure", k.sure(tasks))
	indent := w.indent
	w.when(fmt.Sprintf("eq(%s, 'True')", sure))
	o.step(w, all)
	w.indent = indent
	w.comment("Otherwise only the connections of the first step that has one of these tasks, if it's enabled.")
	w.when(fmt.Sprintf("ne(%s, 'True')", sure))
	o.first(w, k, tasks)
	return []byte(w.out.String()), w.err
}

// projects writes the condition on the project.
func (o Options) projects(w *writer) {
	const project = "variables['System.TeamProject']"
	in := func(name string, projects []string) {
		if len(projects) == 0 {
			return
		}
		current := "'False'"
		for i := 0; len(projects) > 0; i++ {
			part, size := []string{}, 0
			for len(projects) > 0 && (size == 0 || size+len(projects[0]) < 700) {
				size += len(projects[0]) + 4
				part, projects = append(part, "'"+projects[0]+"'"), projects[1:]
			}
			next := fmt.Sprintf("%s%d", name, i)
			w.let(next, fmt.Sprintf("format('{0}', or(eq(%s, 'True'), in(%s, %s)))", current, project, strings.Join(part, ", ")))
			current = next
		}
		want := map[bool]string{true: "eq", false: "ne"}[name == "listed"]
		w.when(fmt.Sprintf("%s(%s, 'True')", want, current))
	}
	in("listed", o.Projects)
	in("excluded", o.Exclude)
}

// tasks names the IDs of the job's tasks, with letters, and returns the name.
func (w *writer) tasks(k known) string {
	w.let("t0", "lower(join(',', job.steps.*.task.id))")
	current, n := "t0", 0
	expression, size := current, 0
	flush := func() {
		n++
		current = fmt.Sprintf("t%d", n)
		w.let(current, expression)
		expression, size = current, 0
	}
	for _, g := range k.groups {
		for _, id := range g.ids {
			expression = marked(expression, []string{id}, g.letter)
			if size++; size == 15 {
				flush()
			}
		}
	}
	if size > 0 {
		flush()
	}
	return current
}

// values names the values of inputs, separated by spaces, and returns the name.
func (w *writer) values(name, of string, inputs []string) string {
	current, n := "''", 0
	for part := range slices.Chunk(inputs, 9) {
		var b strings.Builder
		b.WriteString("format('{0}")
		for i := range part {
			fmt.Fprintf(&b, " {%d}", i+1)
		}
		fmt.Fprintf(&b, "', %s", current)
		for _, input := range part {
			b.WriteString(", " + fmt.Sprintf(of, input))
		}
		b.WriteString(")")
		current = fmt.Sprintf("%s%d", name, n)
		n++
		w.let(current, b.String())
	}
	return current
}

// sure are the conditions under which every connection in the inputs is that of an enabled step with a task in the table.
func (k known) sure(tasks string) []string {
	all := []string{"not(containsValue(job.steps.*.enabled, false))", "not(containsValue(job.steps.*.inputs.ConnectionType, 'PublishProfile'))"}
	for _, name := range append(k.names(false), k.names(true)...) {
		key := strings.ToLower(name)
		count := k.with(func(g group) bool { return slices.Contains(g.inputs, key) && (g.always || !k.ambiguous(key)) })
		at := "split(" + tasks + ", '!')"
		if len(count) > 0 {
			at = "split(" + marked(tasks, count[1:], count[0]) + ", '" + count[0] + "')"
		}
		all = append(all, fmt.Sprintf("lt(length(job.steps.*.inputs.%s), length(%s))", name, at))
	}
	return all
}

// first writes the step with the connections of the first step that has a task of the table. IDs of steps are in the same order as those of
// tasks: what is before the first mark has as many separators in both.
func (o Options) first(w *writer, k known, tasks string) {
	every := func(group) bool { return true }
	w.let("must", marked(tasks, k.with(func(g group) bool { return g.always }), "!"))
	w.let("any", marked(tasks, k.with(every), "!"))
	// Steps that may lack a connection count only if there's no other.
	choose := func(must, anything string) string {
		return fmt.Sprintf("replace(replace(format('{0}', contains(must, '!')), 'True', %s), 'False', %s)", must, anything)
	}
	w.let("mark", choose("must", "any"))
	at := func(text string) string { return "length(split(split(" + text + ", '!')[0], ','))" }
	w.open("each step in job.steps")
	w.when("and(ne(step.id, ''), eq(step.enabled, true))")
	w.let("place", "format('{0}', "+at("replace(join(',', job.steps.*.id), step.id, '!')")+")")
	w.when(fmt.Sprintf("eq(place, format('{0}', %s))", at("mark")))
	all := w.values("s", "step.inputs.%s", k.names(false))
	for i, name := range k.names(true) {
		key := strings.ToLower(name)
		here := fmt.Sprintf("h%d", i)
		has := func(g group) bool { return slices.Contains(g.inputs, key) }
		w.let(here, choose(marked(tasks, k.with(func(g group) bool { return g.always && has(g) }), "!"), marked(tasks, k.with(has), "!")))
		next := fmt.Sprintf("a%d", i)
		w.let(next, fmt.Sprintf("format('{0} {1}', %s, replace(replace(format('{0}', and(contains(%s, '!'), eq(place, format('{0}', %s)))), 'True', step.inputs.%s), 'False', ''))",
			all, here, at(here), name))
		all = next
	}
	o.step(w, all)
}

// step writes the step, if the texts are IDs of connections and there is one. The IDs are the only texts of a pipeline that it takes.
func (o Options) step(w *writer, connections string) {
	w.let("found", "trim("+strings.Repeat("replace(", 5)+connections+strings.Repeat(", '  ', ' ')", 5)+")")
	w.when("and(ne(found, ''), eq(" + marked("lower(found)", strings.Split("0123456789abcdef- ", ""), "") + ", ''))")
	w.let("first", "split(found, ' ')[0]")
	w.line("- task: %s@1", TaskID)
	w.line("  displayName: ARM Preflight (injected)")
	if o.FailOn == "never" {
		w.line("  continueOnError: true")
	}
	w.line("  timeoutInMinutes: 5")
	w.line("  inputs:")
	w.line("    connectedServiceNameARM: ${{ first }}")
	w.line("    moreConnections: ${{ replace(trim(%sreplace(found, first, '')%s), ' ', ',') }}", strings.Repeat("replace(", 5), strings.Repeat(", '  ', ' ')", 5))
	w.line("    failOn: %s", o.FailOn)
}
