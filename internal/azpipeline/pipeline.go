package azpipeline

import (
	"strings"

	"armpreflight/internal/expression"
)

// Resolve reads a file as a pipeline, and replaces its templates and expressions. It calls unseen for each part that the files don't
// show, with the repository's alias if it's in another one, and failed for each template that can't be read. The pipeline is cut if it's
// too large or too deep.
func (l *Library) Resolve(file *File, unseen func(at Position, repository, why string), failed func(error)) (p *Pipeline, cut bool) {
	r := &resolver{library: l, left: maxNodes, unseen: unseen, failed: failed, alone: file.IsForOthers()}
	p = &Pipeline{File: file.Name, Alone: r.alone, resolver: r}
	p.StepsOnly = p.Alone && file.value("steps") != nil
	root := r.root(file, true)
	if root.node != nil {
		p.Variables, p.Stages = r.body(root)
	}
	r.kept = kept{} // findings keep the resolver
	return p, r.cut
}

// Spend counts work on a pipeline, which is bounded. It reports false when there's been too much.
func (p *Pipeline) Spend() bool { return p.resolver.spend() }

// SpendOn counts the work on a text.
func (p *Pipeline) SpendOn(text string) { p.resolver.spendOn(text) }

// body follows extends, and returns what the pipeline runs.
func (r *resolver) body(root written) (*Variables, []*Stage) {
	if !r.enter() {
		return nil, nil
	}
	defer r.leave()
	all := r.variables(r.member(root, "variables"), root.scope.variables)
	root.scope = root.scope.among(all)
	if extends := r.member(root, "extends"); extends.node != nil {
		if template := r.member(extends, "template"); template.node != nil {
			if root := r.include(extends, template); root.node != nil {
				return r.body(root)
			}
			return all, r.given(extends, template, all)
		}
	}
	return all, r.stages(root, all)
}

// stages returns the stages of a pipeline or template. If it has only jobs or steps, they're one stage.
func (r *resolver) stages(root written, around *Variables) []*Stage {
	if stages := r.member(root, "stages"); stages.node != nil {
		return r.stageList(stages, around)
	}
	if list := r.member(root, "jobs"); list.node != nil {
		jobs, open := r.jobs(list, around)
		return []*Stage{{Jobs: jobs, Open: open}}
	}
	if list := r.member(root, "steps"); list.node != nil {
		job, open := r.job(root, around)
		return []*Stage{{Jobs: []*Job{job}, Open: open}}
	}
	return nil
}

func (r *resolver) stageList(list written, around *Variables) []*Stage {
	if !r.enter() {
		return nil
	}
	defer r.leave()
	var all []*Stage
	for _, one := range r.items(list).items {
		if template := r.member(one.written, "template"); template.node != nil {
			if root := r.include(one.written, template); root.node != nil {
				own := r.variables(r.member(root, "variables"), around)
				root.scope = root.scope.among(own)
				all = append(all, r.stages(root, own)...)
			} else {
				all = append(all, r.given(one.written, template, around)...)
			}
			continue
		}
		s := &Stage{Name: r.text(r.member(one.written, "stage")).Text}
		own := r.variables(r.member(one.written, "variables"), around).narrowed()
		s.Jobs, s.Open = r.jobs(r.member(written{node: one.node, scope: one.scope.among(own)}, "jobs"), own)
		all = append(all, s)
	}
	return all
}

// jobs returns the jobs of a list. It's open if there can be more than the files show.
func (r *resolver) jobs(list written, around *Variables) (all []*Job, open bool) {
	if list.node == nil {
		return nil, false
	}
	if !r.enter() {
		return nil, true
	}
	defer r.leave()
	found := r.items(list)
	open = found.open
	for _, one := range found.items {
		template := r.member(one.written, "template")
		if template.node == nil {
			job, hidden := r.job(one.written, around)
			all, open = append(all, job), open || hidden
			continue
		}
		var stages []*Stage
		if root := r.include(one.written, template); root.node != nil {
			own := r.variables(r.member(root, "variables"), around)
			root.scope = root.scope.among(own)
			stages = r.stages(root, own)
		} else {
			open = true
			stages = r.given(one.written, template, around)
		}
		for _, s := range stages {
			all, open = append(all, s.Jobs...), open || s.Open
		}
	}
	return all, open
}

// job reads a job, a deployment, or a pipeline that has only steps. It's open if some of its steps aren't seen.
func (r *resolver) job(w written, around *Variables) (j *Job, open bool) {
	outer := r.hidden
	r.hidden = false
	defer func() { r.hidden = outer }()
	j = &Job{Pos: w.position(), Variables: around} // the pipeline's own
	if r.member(w, "stages").node != nil || r.member(w, "job").node != nil || r.member(w, "deployment").node != nil {
		j.Variables = r.variables(r.member(w, "variables"), around).narrowed()
	}
	w = written{node: w.node, scope: w.scope.among(j.Variables)}
	for _, e := range r.entries(w) {
		switch strings.ToLower(e.key) {
		case "job", "deployment":
			j.Name = r.text(e.value).Text
			j.Deployment = strings.EqualFold(e.key, "deployment")
		case "pool":
			j.Server = j.Server || r.isServer(e.value)
		case "steps":
			steps, hidden := r.steps(e.value, nil, written{})
			j.Hooks, open = append(j.Hooks, &Hook{Steps: steps}), open || hidden
		case "strategy":
			open = r.strategy(j, e.value) || open
		}
	}
	return j, open
}

func (r *resolver) isServer(pool written) bool { return strings.EqualFold(r.text(pool).Text, "server") }

// strategy reads the hooks of a deployment, and the variables of a matrix.
func (r *resolver) strategy(j *Job, w written) (open bool) {
	for _, kind := range r.entries(w) {
		switch strings.ToLower(kind.key) {
		case "matrix":
			r.matrix(j, kind.value)
		case "runonce", "rolling", "canary":
			for _, e := range r.entries(kind.value) {
				hooks := []entry{e}
				if strings.EqualFold(e.key, "on") {
					hooks = r.entries(e.value)
				}
				for _, one := range hooks {
					if list := r.member(one.value, "steps"); list.node != nil {
						steps, hidden := r.steps(list, nil, written{})
						j.Hooks = append(j.Hooks, &Hook{one.key, r.isServer(r.member(one.value, "pool")), steps})
						open = open || hidden
					}
				}
			}
		}
	}
	return open
}

// matrix defines the variables of all legs. Their values don't matter, because Azure DevOps looks connections up before it creates the legs.
func (r *resolver) matrix(j *Job, w written) {
	all := &Variables{outer: j.Variables, byName: map[string]Definition{}, narrow: true, filled: true} // no expression can name them
	all.open = r.isOpen(r.resolve(w))
	for _, leg := range r.entries(w) {
		for _, e := range r.entries(leg.value) {
			all.add(e.key, Value{Pos: e.value.position()}, e.value, nil)
		}
	}
	j.Variables = all
}

// steps reads a list of steps. The steps of a template belong to the list that uses the template.
func (r *resolver) steps(list written, under *Guard, of written) (all []*Step, open bool) {
	if list.node == nil {
		return nil, false
	}
	if !r.enter() {
		return nil, true
	}
	defer r.leave()
	if of.node == nil {
		of = r.resolve(list)
	}
	found := r.itemsUnder(list, under)
	open = found.open
	for _, one := range found.items {
		if template := r.member(one.written, "template"); template.node != nil {
			if root := r.include(one.written, template); root.node != nil {
				inner, hidden := r.steps(r.member(root, "steps"), one.under, of)
				all, open = append(all, inner...), open || hidden
				continue
			}
			open, r.hidden = true, true
			for _, s := range r.given(one.written, template, nil) {
				for _, j := range s.Jobs {
					j.EachStep(func(_ *Hook, s *Step) { all = append(all, s) })
				}
			}
			continue
		}
		if enabled := r.text(r.member(one.written, "enabled")); !strings.EqualFold(enabled.Text, "false") {
			all = append(all, r.stepOf(one, of))
		}
	}
	return all, open
}

func (r *resolver) stepOf(one item, list written) *Step {
	s := &Step{Pos: one.position(), node: one.written, List: List{list}, Under: one.under, Brought: one.brought, Hidden: r.hidden}
	if one.list != nil {
		s.Own = List{*one.list}
	}
	for _, e := range r.entries(one.written) {
		switch strings.ToLower(e.key) {
		case "task":
			s.Task = r.text(e.value).Text
		case "name":
			s.Name = r.text(e.value).Text
		case "checkout":
			s.Checkout = r.text(e.value).Text
		case "path":
			s.CheckoutPath = r.text(e.value).Text
		case "condition":
			s.Never = r.isNever(r.text(e.value))
		case "script", "bash", "pwsh", "powershell":
			s.Scripts = append(s.Scripts, r.text(e.value))
		case "inputs":
			s.Inputs = append(s.Inputs, r.inputs(e.value)...)
		case "env":
			s.Env = append(s.Env, r.inputs(e.value)...)
		}
	}
	for _, in := range s.Inputs {
		if len(in.Value.Text) > 20 {
			s.Scripts = append(s.Scripts, in.Value) // inlineScript, script, Inline, …
		}
	}
	if !s.Never {
		s.Sets = append(s.variablesSet(), s.variablesOfTask()...)
	}
	return s
}

// isNever reports whether a condition is false in every run. The names in it aren't known before the run.
func (r *resolver) isNever(condition Value) bool {
	v := r.holds(strings.TrimSpace(condition.Text), &scope{})
	return condition.Known && v.Kind != expression.Unknown && !v.True()
}

func (r *resolver) inputs(w written) []*Input {
	var all []*Input
	for _, e := range r.entries(w) {
		all = append(all, &Input{e.key, r.text(e.value)})
	}
	return all
}
