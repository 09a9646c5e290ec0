package azpipeline

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// root is the whole of a file, with the defaults of its parameters. Those of a pipeline are a guess, since a user can choose others for a run.
func (r *resolver) root(file *File, guess bool) written {
	s := &scope{file: file, folder: path.Dir(file.Name), instance: &instance{}, parameters: map[string]written{}}
	defer func() { s.instance.filled = true }()
	root := written{node: file.root, scope: s}
	given := file.value("parameters")
	if given == nil {
		return root
	}
	defaults := s
	if guess {
		defaults = s.guessed()
	}
	w := written{node: given, scope: defaults}
	if given.Kind == yaml.MappingNode { // the older form: name: default
		for _, e := range r.entries(w) {
			s.parameters[strings.ToLower(e.key)] = e.value
		}
		return root
	}
	for _, one := range r.items(w).items {
		var name, kind string
		var preset written
		for _, e := range r.entries(one.written) {
			switch strings.ToLower(e.key) {
			case "name":
				name = strings.ToLower(r.text(e.value).Text)
			case "type":
				kind = strings.ToLower(r.text(e.value).Text)
			case "default":
				preset = e.value
			}
		}
		preset.kind = kind
		s.parameters[name] = preset
	}
	return root
}

// include returns the template that an item names, with the parameters that the item passes. If the files don't show the template, it
// reports that, and the result isn't known.
func (r *resolver) include(one, name written) written {
	file := r.template(name)
	if file == nil || file.root == nil {
		return written{}
	}
	file.Followed = true
	root := r.root(file, false)
	root.scope.variables = name.scope.variables
	given := map[string]bool{}
	for _, e := range r.entries(r.member(one, "parameters")) {
		key := strings.ToLower(e.key)
		if given[key] { // under several conditions
			e.value = written{}
		} else {
			e.value.scope = e.value.scope.passedTo(root.scope.folder)
		}
		given[key] = true
		e.value.kind = root.scope.parameters[key].kind
		root.scope.parameters[key] = e.value
	}
	return root
}

// template returns the file that an item names as its template; nil if it's not there.
func (r *resolver) template(name written) *File {
	v := r.text(name)
	unseen := func(why string) *File {
		r.unseen(name.position(), "", why)
		return nil
	}
	const later = "the template's name depends on parameters or variables that the caller or the run sets"
	composed := strings.Contains(v.Source(), "${{")
	switch {
	case !v.Known, composed && strings.TrimSpace(v.Text) == "":
		return unseen(later)
	case len(v.Text) > maxName:
		return unseen("the template's name is too long")
	case isElsewhere(v.Text):
		_, repository, _ := strings.Cut(v.Text, "@")
		r.unseen(name.position(), repository, "template '"+v.Text+"' is in another repository")
		return nil
	}
	candidates := candidates(v.Text, name.scope)
	i := slices.IndexFunc(candidates, r.library.has)
	if i < 0 && !composed && (name.scope.folder != elsewhere || isSelf(v.Text)) {
		i = slices.IndexFunc(candidates, r.library.hasOther) // for every caller, a folder or a pipe of that name isn't a template
	}
	switch {
	case i < 0 && composed && r.alone:
		return unseen(later)
	case i < 0 && name.scope.folder == elsewhere && !isSelf(v.Text):
		return unseen("template '" + v.Text + "' is in another repository, because it's passed to a template there without @self")
	case i < 0:
		return unseen("template '" + v.Text + "' isn't a file of this repository") // no error: some runs create their templates
	}
	file, err := r.library.Open(candidates[i])
	if err != nil {
		r.failed(err)
		return unseen("template '" + v.Text + "' can't be read")
	}
	return file
}

// candidates returns the files of this repository that a template's name can mean, the most probable first. The rule of passedTo isn't
// documented, and some public pipelines seem to rely on the folder in which the name is written, so a file there counts, too.
func candidates(name string, s *scope) []string {
	root, here := templateFile("", name), templateFile(path.Dir(s.file.Name), name)
	switch {
	case s.folder == elsewhere && isSelf(name):
		return []string{root, here}
	case s.folder == elsewhere:
		return []string{here}
	case isSelf(name):
		return []string{templateFile(s.folder, name), here, root} // a template that isn't seen can pass the list on
	}
	return []string{templateFile(s.folder, name), here}
}

// given returns the stages, jobs, and steps that an item passes to a template that isn't seen. The template runs them in some form, and
// might add others.
func (r *resolver) given(one, template written, around *Variables) []*Stage {
	away := isElsewhere(r.text(template).Text)
	around = &Variables{outer: around, open: true, filled: true}
	var all []*Stage
	for _, e := range r.entries(r.member(one, "parameters")) {
		name := strings.ToLower(e.key)
		if away {
			e.value.scope = e.value.scope.passedTo(elsewhere)
		}
		if to := r.resolve(e.value); to.node == nil || to.node.Kind != yaml.SequenceNode {
			continue
		}
		switch {
		case strings.HasSuffix(name, "stages"):
			all = append(all, r.stageList(e.value, around)...)
		case strings.HasSuffix(name, "jobs"):
			jobs, _ := r.jobs(e.value, around)
			all = append(all, &Stage{Jobs: jobs})
		case strings.HasSuffix(name, "steps"):
			steps, _ := r.steps(e.value, nil, written{})
			all = append(all, &Stage{Jobs: []*Job{{Pos: e.value.position(), Variables: around, Hooks: []*Hook{{Steps: steps}}}}})
		}
	}
	for _, s := range all {
		s.Open = true
		for _, j := range s.Jobs {
			j.Given = true
		}
	}
	return all
}
