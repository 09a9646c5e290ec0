package azpipeline

import (
	"io/fs"
	"path"
	"strings"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// pipelineFile is cheaper than to parse every YAML file of a repository.
var pipelineFile = lazyregexp.New(`(?m)^(stages|jobs|steps|extends|variables|\$\{\{.*\}\}) *:`)

// value is the value of a key at the top; nil if the key is missing.
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

// IsPipeline tells pipelines and their templates from other YAML, such as the
// workflows of GitHub, whose jobs aren't a list.
func (f *File) IsPipeline() bool {
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

// IsForOthers: the file is a template, by all that it shows, so the pipeline that uses it
// defines what's missing.
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

// Templates are the files that this one uses, as far as their names are plain.
func (f *File) Templates() []string {
	var all []string
	var visit func(n *yaml.Node, depth int)
	visit = func(n *yaml.Node, depth int) {
		if n == nil || depth > maxDepth {
			return
		}
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "template" && child.Kind == yaml.ScalarNode {
				if name, ok := templateFile(f.Name, child.Value); ok {
					all = append(all, name)
				}
			}
			visit(child, depth+1)
		}
	}
	visit(f.root, 0)
	return all
}

// templateFile resolves the name of a template as Azure Pipelines does: from the
// file that names it, or with a slash from the root of the repository
// (learn.microsoft.com/azure/devops/pipelines/process/templates). It reports false
// for a template of another repository.
func templateFile(from, name string) (string, bool) {
	name, repository, elsewhere := strings.Cut(name, "@")
	if elsewhere && !strings.EqualFold(repository, "self") {
		return "", false
	}
	name = strings.ReplaceAll(name, `\`, "/")
	if !strings.HasPrefix(name, "/") {
		name = path.Join(path.Dir(from), name)
	}
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	return name, fs.ValidPath(name)
}
