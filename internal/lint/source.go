package lint

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile is more than Azure Pipelines takes for a file.
const maxFile = 4 << 20

// source is one YAML file. The root is nil for an empty one.
type source struct {
	name     string // from the root of the repository
	text     []byte
	root     *yaml.Node
	followed bool     // some pipeline has used it as a template
	named    bool     // the person named it
	lines    [][]byte // of the text, when a patch was asked for
	unfit    bool     // for a patch
}

// place is where something is written.
type place struct {
	file *source
	node *yaml.Node
}

// library reads every file once.
type library struct {
	files  fs.FS
	weight int // of what was read
	read   map[string]opened
}

// opened is what came of reading a file.
type opened struct {
	file *source // nil: it cannot be read
	err  error
}

// Bounds on the parts of YAML, as far as lines and commas tell: each takes some
// hundred bytes of memory.
const (
	maxParts    = 200_000 // of one file
	maxAllParts = 4_000_000
)

var (
	errTooLarge = errors.New("larger than 4 MiB")
	errTooMany  = errors.New("made of more parts than this tool reads")
)

func (l *library) text(name string) ([]byte, error) {
	file, err := l.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // it is only read
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errTooLarge
	}
	return text, err
}

// open reads a file as YAML. Errors of the parser do not name the file.
func (l *library) open(name string) (*source, error) {
	before, ok := l.read[name]
	if !ok {
		before.file, before.err = l.parse(name)
		l.read[name] = before
	}
	return before.file, before.err
}

func (l *library) parse(name string) (*source, error) {
	text, err := l.text(name)
	if err != nil {
		return nil, err
	}
	parts := bytes.Count(text, []byte("\n")) + bytes.Count(text, []byte(","))
	if l.weight += parts; parts > maxParts || l.weight > maxAllParts {
		return nil, errTooMany
	}
	file := &source{name: name, text: text}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if len(document.Content) > 0 {
		file.root = document.Content[0]
	}
	return file, nil
}

// value is what stands beside a key at the top; nil when there is none.
func (f *source) value(key string) *yaml.Node {
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

// isPipeline tells pipelines and their templates from other YAML, such as the
// workflows of GitHub, whose jobs are no list.
func (f *source) isPipeline() bool {
	for _, key := range []string{"stages", "jobs", "steps"} {
		if n := f.value(key); n != nil && (n.Kind == yaml.SequenceNode || isExpression(n) || onlyDirectives(n)) {
			return true
		}
	}
	if n := f.value("variables"); n != nil && f.value("parameters") != nil {
		return true
	}
	n := f.value("extends")
	return n != nil && n.Kind == yaml.MappingNode
}

// isForOthers: the file is a template, by all that it shows, so whoever uses it
// knows what it does not.
func (f *source) isForOthers() bool {
	for _, key := range []string{"trigger", "pr", "schedules", "resources", "extends", "pool", "variables", "name"} {
		if f.value(key) != nil {
			return false
		}
	}
	folder, name := path.Split(f.name)
	if f.named {
		folder = ""
	}
	if strings.Contains(strings.ToLower(name), "pipeline") {
		return folder != "" && f.value("parameters") != nil
	}
	return folder != "" || f.value("parameters") != nil
}

// templates are the files that this one uses, as far as their names are plain.
func (f *source) templates() []string {
	var all []string
	var visit func(n *yaml.Node, depth int)
	visit = func(n *yaml.Node, depth int) {
		if n == nil || depth > maxDepth {
			return
		}
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "template" && child.Kind == yaml.ScalarNode {
				if name, ok := templateFile(f.name, child.Value); ok {
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
