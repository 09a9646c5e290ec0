package deployment

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Options is what's known in addition to the files.
type Options struct {
	// Scope is the ARM ID of what's deployed to: a resource group, a subscription, a management group, or "/". Empty: not known;
	// the file says which kind it is, and placeholders replace the rest.
	Scope string
	// Parameters are the names of parameter files, a later one over an earlier one.
	Parameters []string
}

// maxPlan is the size of a Terraform plan. A plan holds everything twice or more, so they're larger than templates.
const maxPlan = 24 << 20

// ErrParameters is a parameter file in the place of a template. The caller knows how to pass it.
var ErrParameters = errors.New("this is a parameter file")

// Derive reads deployments by their content: ARM templates, Bicep snapshots, and Terraform plans, from a file system in which
// linked templates are found by their relative paths too. It returns what all of them need together. An error names the file.
func Derive(files fs.FS, names []string, o Options) (*Needs, error) {
	scope, err := parseScope(o.Scope)
	if err != nil {
		return nil, err
	}
	o.Scope = scope
	l := &loader{files: files, text: maxText, values: maxValues, parsed: map[string]*node{}}
	m := newMachine()
	parameters, err := l.parameters(o.Parameters)
	if err != nil {
		return nil, err
	}
	all := &Needs{}
	for _, name := range names {
		needs, err := deriveFile(l, m, name, parameters, o)
		if err == nil && m.left <= 0 {
			err = errTooMuch
		}
		if err == nil {
			all.Merge(needs)
			err = all.Check()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}

// parseScope gives a scope as it's compared here; "" stays "".
func parseScope(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	trimmed := strings.TrimSuffix(text, "/")
	scope := containerOf(trimmed + "/providers/x.x/y/z")
	sub := subscriptionOf(scope)
	if !strings.EqualFold(strings.TrimSuffix(scope, "/"), trimmed) || !whole(scope) || sub != "" && !isGUID(strings.TrimPrefix(sub, subscriptions)) {
		return "", fmt.Errorf("the scope %q isn't the ARM ID of a resource group, a subscription, or a management group, or / for the tenant", text)
	}
	return scope, nil
}

func deriveFile(l *loader, m *machine, name string, parameters map[string]parameter, o Options) (*Needs, error) {
	text, err := l.read(name, maxPlan)
	if err != nil {
		return nil, err
	}
	if isPlan(text) {
		return derivePlan(name, text, o)
	}
	root, err := l.parse(name, text)
	if err != nil {
		return nil, err
	}
	switch {
	case root.get("predictedResources").is(isList):
		return deriveSnapshot(m, name, root, o)
	case isTemplate(root):
		return deriveTemplate(l, m, name, root, parameters, o)
	case root.get("parameters").is(isObject) || strings.Contains(strings.ToLower(root.get("$schema").str()), "deploymentparameters"):
		return nil, ErrParameters
	case root.get("values").is(isObject) && root.get("terraform_version") != nil:
		return nil, errors.New("this is a Terraform state: use the output of terraform show -json PLAN")
	}
	return nil, errors.New("this isn't an ARM template, a Bicep snapshot, or a Terraform plan in JSON")
}

// isTemplate wants what every template has: resources, or the schema of one.
func isTemplate(root *node) bool {
	resources := root.get("resources")
	return resources.is(isList) || resources.is(isObject) || strings.Contains(strings.ToLower(root.get("$schema").str()), "deploymenttemplate")
}

// loader reads files. Its limits hold for all of them together.
type loader struct {
	files  fs.FS
	text   int // how many more bytes of JSON
	values int // how many more values
	parsed map[string]*node
}

// read gives the text of a file of up to limit bytes.
func (l *loader) read(name string, limit int64) (string, error) {
	file, err := l.files.Open(name)
	if err != nil {
		return "", plainError(err)
	}
	defer file.Close() // it's only read
	size := int64(0)
	if info, err := file.Stat(); err == nil {
		if info.IsDir() {
			return "", errors.New("this is a folder")
		}
		size = min(info.Size(), limit)
	}
	data := make([]byte, 0, size+512)
	for {
		n, err := file.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if int64(len(data)) > limit {
			return "", fmt.Errorf("the file is larger than %d MiB", limit>>20)
		}
		if errors.Is(err, io.EOF) {
			return decode(data)
		}
		if err != nil {
			return "", plainError(err)
		}
		if len(data) == cap(data) {
			data = slices.Grow(data, len(data))
		}
	}
}

// plainError leaves out the name of a file, which is said once, and says what's usual in the same words on each system.
func plainError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("the file doesn't exist")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this account isn't allowed to read the file")
	}
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}

// parse reads the JSON of a file.
func (l *loader) parse(name, text string) (*node, error) {
	if n, ok := l.parsed[name]; ok {
		return n, nil
	}
	if l.text -= len(text); l.text < 0 {
		return nil, fmt.Errorf("templates and linked templates are larger than %d MiB", maxText>>20)
	}
	before := l.values
	p, err := parse(text, before)
	if err != nil {
		return nil, err
	}
	l.values = before - count(&p)
	l.parsed[name] = &p
	return &p, nil
}

// count is how many values a value consists of.
func count(n *node) int {
	all := 1
	for i := range n.items {
		all += count(&n.items[i])
	}
	return all
}

// load reads and parses a file that a template links to.
func (l *loader) load(name string) (*node, error) {
	if n, ok := l.parsed[name]; ok {
		return n, nil
	}
	text, err := l.read(name, maxText)
	if err != nil {
		return nil, err
	}
	return l.parse(name, text)
}

// relative is the name of a file that another one links to; false if it leads out of the file system.
func relative(from, to string) (string, bool) {
	name := path.Join(path.Dir(from), strings.ReplaceAll(to, `\`, "/"))
	return name, fs.ValidPath(name) && !strings.HasPrefix(to, "/")
}

// parameter is a value that a parameter file or a nested deployment gives.
type parameter struct {
	value *node  // nil if it's a secret of a vault
	whole *node  // an expression that gives an object with the value; nil otherwise
	vault string // the ID of the vault
	path  *jsonPath
	file  string
	env   *env // that it's evaluated in; nil: it's taken as it is
}

// parameters reads parameter files.
func (l *loader) parameters(names []string) (map[string]parameter, error) {
	all := map[string]parameter{}
	for _, name := range names {
		root, err := l.load(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		in, at := root.get("parameters"), (*jsonPath)(nil).member("parameters")
		if !in.is(isObject) || isTemplate(root) {
			return nil, fmt.Errorf("%s: this isn't a parameter file", name)
		}
		for i, key := range in.keys {
			all[strings.ToLower(key)] = parameterOf(&in.items[i], at.member(key), name, nil)
		}
	}
	return all, nil
}

func parameterOf(n *node, at *jsonPath, file string, e *env) parameter {
	p := parameter{value: n.get("value"), path: at, file: file, env: e}
	if _, ok := isExpression(n.str()); ok && e != nil {
		p.whole = n
	}
	if vault := n.at("reference", "keyVault", "id"); vault != nil {
		p.vault = vault.str()
	}
	return p
}
