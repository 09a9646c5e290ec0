package lint

import (
	"strings"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// The model of a pipeline, with every template in its place.
type (
	pipeline struct{ stages []stage }
	stage    struct {
		jobs  []job
		blind bool // some of it the files do not show
	}
	job struct {
		name      string
		at        place
		server    bool // runs without an agent
		variables *variables
		hooks     []hook // one for the steps of the job, or those of a deployment, in order
		given     bool   // to a template that is not seen, which may add steps
	}
	hook struct {
		steps  []step
		server bool
	}
	step struct {
		task, name string
		list       value  // the list of steps that this one, or the template it came out of, stands in
		own        *value // the list that it is written in; nil when there is none
		under      *guard // what has to hold for it to be there
		brought    bool   // to a template, which puts it into a list of its own
		never      bool   // its condition is false
		inputs     []input
		env        []input
		scripts    []text
		sets       []string // variables that it sets for the steps after it, in lower case
	}
	input struct {
		name string
		text text
	}
)

// walk expands one pipeline.
type walk struct {
	linter *linter
	alone  bool // a template without the pipeline that uses it: others may define what it needs
	left   int  // how many nodes may still be looked at
	depth  int
	cut    bool // a bound was reached
	blind  int  // how often something that could hold steps was not to be seen
}

func (w *walk) spend() bool {
	w.left--
	w.linter.left--
	enough := w.left > 0 && w.linter.left > 0
	w.cut = w.cut || !enough
	return enough
}

// spendOn: what is long is searched for long.
func (w *walk) spendOn(text string) {
	w.left -= len(text) / 64
	w.linter.left -= len(text) / 64
}

func (w *walk) enter() bool {
	if w.depth >= maxDepth || !w.spend() {
		w.cut = true
		return false
	}
	w.depth++
	return true
}
func (w *walk) leave() { w.depth-- }

// root is the whole of a file, with the defaults of its parameters.
func (w *walk) root(file *source) value {
	s := &scope{file: file, instance: &instance{}, parameters: map[string]value{}}
	root := value{node: file.root, scope: s}
	if given := file.value("parameters"); given != nil {
		v := value{node: given, scope: s}
		if given.Kind == yaml.MappingNode { // the older form: name: default
			for _, e := range w.entries(v) {
				s.parameters[strings.ToLower(e.key)] = e.value
			}
			return root
		}
		for _, item := range w.items(v) {
			name := w.text(w.member(item, "name")).value
			if preset := w.member(item, "default"); preset.node != nil {
				s.parameters[strings.ToLower(name)] = preset
			}
		}
	}
	return root
}

// include is the template that an item names, with the parameters it is given;
// unknown when the files do not show it, which is said.
func (w *walk) include(item, name value) value {
	t := w.text(name)
	at := name.place()
	unseen := func(why string) value {
		w.blind++
		w.linter.unseen(at.file.name, at.node.Line, why)
		return value{}
	}
	if !t.known {
		return unseen("the template's name isn't known before the run")
	}
	if len(t.value) > maxName {
		return unseen("the template's name is too long")
	}
	path, ok := templateFile(name.scope.file.name, t.value)
	if !ok {
		return unseen("template '" + t.value + "' is in another repository")
	}
	file, err := w.linter.library.open(path)
	switch {
	case err != nil:
		w.linter.cannotRead(err)
		return unseen("template '" + t.value + "' can't be read")
	case file.root == nil:
		return value{}
	}
	file.followed = true
	root := w.root(file)
	root.scope.variables = name.scope.variables
	given := map[string]bool{}
	for _, e := range w.entries(w.member(item, "parameters")) {
		key := strings.ToLower(e.key)
		if given[key] { // under several conditions
			e.value = value{}
		}
		given[key] = true
		root.scope.parameters[key] = e.value
	}
	return root
}

// given are the stages, jobs and steps that an item hands to a template that is not
// seen: they run in some form, among what the template adds.
func (w *walk) given(item value, around *variables) []stage {
	around = &variables{outer: around, open: true}
	var all []stage
	for _, e := range w.entries(w.member(item, "parameters")) {
		name := strings.ToLower(e.key)
		if r := w.resolve(e.value); r.node == nil || r.node.Kind != yaml.SequenceNode {
			continue
		}
		switch {
		case strings.HasSuffix(name, "stages"):
			all = append(all, w.stageList(e.value, around)...)
		case strings.HasSuffix(name, "jobs"):
			all = append(all, stage{jobs: w.jobs(e.value, around)})
		case strings.HasSuffix(name, "steps"):
			all = append(all, stage{jobs: []job{{at: e.value.place(), variables: around, hooks: []hook{{steps: w.steps(e.value, value{})}}}}})
		}
	}
	for i := range all {
		all[i].blind = true
		for j := range all[i].jobs {
			all[i].jobs[j].given = true
		}
	}
	return all
}

func (w *walk) pipeline(root value) pipeline {
	if root.node == nil || !w.enter() {
		return pipeline{}
	}
	defer w.leave()
	all := w.variables(w.member(root, "variables"), root.scope.variables)
	root.scope = root.scope.among(all)
	if extends := w.member(root, "extends"); extends.node != nil {
		if template := w.member(extends, "template"); template.node != nil {
			if template := w.include(extends, template); template.node != nil {
				return w.pipeline(template)
			}
			return pipeline{w.given(extends, all)}
		}
	}
	return pipeline{w.stages(root, all)}
}

// stages are those of a pipeline or template: its stages, or one of its jobs, or one of its steps.
func (w *walk) stages(root value, around *variables) []stage {
	if stages := w.member(root, "stages"); stages.node != nil {
		return w.stageList(stages, around)
	}
	before := w.blind
	var jobs []job
	if list := w.member(root, "jobs"); list.node != nil {
		jobs = w.jobs(list, around)
	} else if list := w.member(root, "steps"); list.node != nil {
		jobs = []job{w.job(root, around)}
	}
	if jobs == nil {
		return nil
	}
	return []stage{{jobs: jobs, blind: w.blind > before}}
}

func (w *walk) stageList(list value, around *variables) []stage {
	if !w.enter() {
		return nil
	}
	defer w.leave()
	var all []stage
	for _, item := range w.items(list) {
		if template := w.member(item, "template"); template.node != nil {
			if root := w.include(item, template); root.node != nil {
				own := w.variables(w.member(root, "variables"), around)
				root.scope = root.scope.among(own)
				all = append(all, w.stages(root, own)...)
			} else {
				all = append(all, w.given(item, around)...)
			}
			continue
		}
		before := w.blind
		own := w.variables(w.member(item, "variables"), around).narrowed()
		jobs := w.jobs(w.member(value{node: item.node, scope: item.scope.among(own)}, "jobs"), own)
		all = append(all, stage{jobs: jobs, blind: w.blind > before})
	}
	return all
}

func (w *walk) jobs(list value, around *variables) []job {
	if !w.enter() {
		return nil
	}
	defer w.leave()
	var all []job
	for _, item := range w.items(list) {
		if template := w.member(item, "template"); template.node != nil {
			if root := w.include(item, template); root.node != nil {
				own := w.variables(w.member(root, "variables"), around)
				root.scope = root.scope.among(own)
				for _, s := range w.stages(root, own) {
					all = append(all, s.jobs...)
				}
			} else {
				for _, s := range w.given(item, around) {
					all = append(all, s.jobs...)
				}
			}
			continue
		}
		all = append(all, w.job(item, around))
	}
	return all
}

// job reads a job, a deployment, or a pipeline that is one.
func (w *walk) job(item value, around *variables) job {
	j := job{at: item.place()}
	j.variables = w.variables(w.member(item, "variables"), around).narrowed()
	if w.member(item, "stages").node == nil && w.member(item, "job").node == nil && w.member(item, "deployment").node == nil {
		j.variables = around // the pipeline's own
	}
	item = value{node: item.node, scope: item.scope.among(j.variables)}
	for _, e := range w.entries(item) {
		switch strings.ToLower(e.key) {
		case "job", "deployment":
			j.name = w.text(e.value).value
		case "pool":
			j.server = j.server || w.isServer(e.value)
		case "steps":
			j.hooks = append(j.hooks, hook{steps: w.steps(e.value, value{})})
		case "strategy":
			w.strategy(&j, e.value)
		}
	}
	return j
}

func (w *walk) isServer(pool value) bool { return strings.EqualFold(w.text(pool).value, "server") }

// strategy reads the hooks of a deployment, and what a matrix defines.
func (w *walk) strategy(j *job, v value) {
	for _, kind := range w.entries(v) {
		switch strings.ToLower(kind.key) {
		case "matrix":
			if r := w.resolve(kind.value); r.node == nil || r.node.Kind != yaml.MappingNode {
				j.variables = &variables{outer: j.variables, open: true}
			}
			all := &variables{outer: j.variables, byName: map[string]definition{}, narrow: true}
			for _, leg := range w.entries(kind.value) {
				for _, e := range w.entries(leg.value) {
					all.add(e.key, definition{text: text{at: e.value.place()}, written: e.value})
				}
			}
			j.variables = all
		case "runonce", "rolling", "canary":
			for _, e := range w.entries(kind.value) {
				hooks := []entry{e}
				if strings.EqualFold(e.key, "on") {
					hooks = w.entries(e.value)
				}
				for _, one := range hooks {
					if steps := w.member(one.value, "steps"); steps.node != nil {
						j.hooks = append(j.hooks, hook{w.steps(steps, value{}), w.isServer(w.member(one.value, "pool"))})
					}
				}
			}
		}
	}
}

// steps reads a list of steps. The list that a template is used in stays the list of its steps.
func (w *walk) steps(list, of value) []step {
	if list.node == nil || !w.enter() {
		return nil
	}
	defer w.leave()
	if r := w.resolve(list); of.node == nil {
		of = r
	}
	var all []step
	for _, item := range w.items(list) {
		if template := w.member(item, "template"); template.node != nil {
			if root := w.include(item, template); root.node != nil {
				inner := w.member(root, "steps")
				inner.under = item.under
				all = append(all, w.steps(inner, of)...)
			} else {
				for _, s := range w.given(item, nil) {
					for _, j := range s.jobs {
						for _, h := range j.hooks {
							all = append(all, h.steps...)
						}
					}
				}
			}
			continue
		}
		if enabled := w.text(w.member(item, "enabled")); !strings.EqualFold(enabled.value, "false") {
			all = append(all, w.step(item, of))
		}
	}
	return all
}

func (w *walk) step(item, list value) step {
	s := step{list: list, own: item.list, under: item.under, brought: item.brought}
	for _, e := range w.entries(item) {
		switch strings.ToLower(e.key) {
		case "task":
			s.task = w.text(e.value).value
		case "name":
			s.name = w.text(e.value).value
		case "condition":
			s.never = strings.EqualFold(strings.TrimSpace(w.text(e.value).value), "false")
		case "script", "bash", "pwsh", "powershell":
			s.scripts = append(s.scripts, w.text(e.value))
		case "inputs":
			s.inputs = append(s.inputs, w.inputs(e.value)...)
		case "env":
			s.env = append(s.env, w.inputs(e.value)...)
		}
	}
	for _, in := range s.inputs {
		if len(in.text.value) > 20 {
			s.scripts = append(s.scripts, in.text) // inlineScript, script, Inline, …
		}
	}
	if !s.never {
		s.sets = s.variablesSet()
	}
	return s
}

func (w *walk) inputs(v value) []input {
	var all []input
	for _, e := range w.entries(v) {
		all = append(all, input{e.key, w.text(e.value)})
	}
	return all
}

var setVariable = lazyregexp.New(`(?i)##vso\[\s*task\.setvariable\s+([^\]]*)\]`)

// variablesSet are the variables that scripts of a step set for the steps after it,
// as far as their names are written out.
func (s step) variablesSet() []string {
	var all []string
	for _, script := range s.scripts {
		if !strings.Contains(script.value, "##") {
			continue // most scripts
		}
		for _, m := range setVariable.FindAllStringSubmatch(withoutComments(script.value), -1) {
			for property := range strings.SplitSeq(m[1], ";") {
				if name, v, ok := strings.Cut(property, "="); ok && strings.EqualFold(strings.TrimSpace(name), "variable") {
					all = append(all, strings.ToLower(strings.Trim(strings.TrimSpace(v), `"'`)))
				}
			}
		}
	}
	return all
}

// withoutComments leaves out the lines that are comments in one of the shells, and
// <# … #> of PowerShell. A logging command begins with ## and is none.
func withoutComments(script string) string {
	var code strings.Builder
	for {
		before, after, found := strings.Cut(script, "<#")
		_, rest, closed := strings.Cut(after, "#>")
		if !found || !closed {
			break
		}
		code.WriteString(before)
		script = rest
	}
	code.WriteString(script)
	var kept strings.Builder
	for line := range strings.Lines(code.String()) {
		start := strings.ToLower(strings.TrimLeft(line, " \t"))
		if strings.HasPrefix(start, "#") && !strings.HasPrefix(start, "##vso[") || strings.HasPrefix(start, "rem ") || strings.HasPrefix(start, "::") {
			continue
		}
		kept.WriteString(line)
	}
	return kept.String()
}
