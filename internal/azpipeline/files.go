package azpipeline

import (
	"cmp"
	"path"
	"strings"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// pipelineFile matches files that might be a pipeline, because parsing every YAML file of a repository takes longer.
var pipelineFile = &lazyregexp.Regexp{Expression: `(?m)^(stages|jobs|steps|extends|variables|\$\{\{.*\}\}) *:`}

// otherFile matches files of other services, such as a task of Azure Container Registry: a pipeline has no such key. Their YAML can be broken for
// us, because a service can replace parts of it first.
var otherFile = &lazyregexp.Regexp{Expression: `(?m)^version *:`}

// Together, these match a GitHub workflow, whose YAML can be broken. A pipeline has no key 'on' at the top level.
var (
	workflowEvents = &lazyregexp.Regexp{Expression: `(?m)^['"]?on['"]? *:`}
	workflowJobs   = &lazyregexp.Regexp{Expression: `(?m)^jobs *:`}
	workflowSteps  = &lazyregexp.Regexp{Expression: `(?m)^\s+(- +)?(runs-on *:|uses *: *['"]?[\w./-]+@)`}
)

// isWorkflow reports whether a text seems to be a GitHub workflow.
func isWorkflow(text []byte) bool {
	return workflowEvents.Match(text) && workflowJobs.Match(text) && workflowSteps.Match(text)
}

// value returns the value of a key at the top level; nil if the key is missing.
func (f *File) value(key string) *yaml.Node {
	if f.root == nil || f.root.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(f.root.Content); i += 2 {
		if f.root.Content[i].Value == key {
			return f.root.Content[i+1]
		}
	}
	return nil
}

// IsPipeline reports whether the file is a pipeline or a template, and not other YAML, such as a GitHub workflow, whose jobs aren't a list.
func (f *File) IsPipeline() bool {
	if f.value("version") != nil {
		return false
	}
	for _, key := range []string{"stages", "jobs", "steps"} {
		if n := f.value(key); n != nil {
			if _, ok := whole(n); ok || n.Kind == yaml.SequenceNode || onlyDirectives(n) {
				return true
			}
		}
	}
	if n := f.value("variables"); n != nil && f.value("parameters") != nil {
		return true
	}
	n := f.value("extends")
	return n != nil && n.Kind == yaml.MappingNode
}

// IsForOthers reports whether the file seems to be a template, so that the pipeline that uses it defines what's missing.
func (f *File) IsForOthers() bool {
	for _, key := range []string{"trigger", "pr", "schedules", "resources", "extends", "pool", "variables", "name"} {
		if f.value(key) != nil {
			return false
		}
	}
	folder, name := path.Split(f.Name)
	if f.Named {
		folder = ""
	}
	if strings.Contains(strings.ToLower(name), "pipeline") {
		return folder != "" && f.value("parameters") != nil
	}
	return folder != "" || f.value("parameters") != nil
}

// Templates returns the files that this one uses, if their names are written out.
func (f *File) Templates() []string {
	var all []string
	var visit func(n *yaml.Node, depth int)
	visit = func(n *yaml.Node, depth int) {
		if n == nil || depth > maxDepth {
			return
		}
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "template" && child.Kind == yaml.ScalarNode {
				if isElsewhere(child.Value) {
					continue
				}
				all = append(all, templateFile(path.Dir(f.Name), child.Value))
				if isSelf(child.Value) {
					all = append(all, templateFile("", child.Value))
				}
			}
			visit(child, depth+1)
		}
	}
	visit(f.root, 0)
	return all
}

// isSelf reports whether a template's name says that it's in the repository of the pipeline.
func isSelf(name string) bool {
	_, repository, _ := strings.Cut(name, "@")
	return strings.EqualFold(repository, "self")
}

// isElsewhere reports whether a template's name says that it's in another repository.
func isElsewhere(name string) bool { return strings.Contains(name, "@") && !isSelf(name) }

// templateFile resolves the name of a template of this repository: from a folder or, if it begins with a slash, from the root of the
// repository (learn.microsoft.com/azure/devops/pipelines/process/templates).
func templateFile(folder, name string) string {
	name, _, _ = strings.Cut(name, "@")
	name = strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")
	if !strings.HasPrefix(name, "/") {
		name = path.Join(folder, name)
	}
	return cmp.Or(strings.TrimPrefix(path.Clean("/"+name), "/"), ".")
}
