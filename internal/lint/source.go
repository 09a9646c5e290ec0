package lint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// maxFile is more than Azure Pipelines takes for a file.
const maxFile = 4 << 20

// source is one YAML file. The root is nil for an empty one.
type source struct {
	name     string // from the root of the repository
	root     *yaml.Node
	followed bool     // some pipeline has used it as a template
	named    bool     // the person named it
	text     []byte   // nil until a patch is made of it
	lines    [][]byte // of the text
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

// Bounds on what the parser is given. A part is what can begin a value: a line, an entry of a list or a mapping, a
// bracket. Each can take some hundred bytes of memory for three values, whatever it is made of.
const (
	maxParts    = 120_000 // of one file
	maxAllParts = 400_000 // of all
	// A text is in memory twice: so many bytes of it count as a part.
	bytesOfAPart = 100
)

var (
	errTooLarge   = errors.New("it's larger than 4 MiB")
	errTooMany    = errors.New("it has more parts than this tool reads")
	errTooManyAll = errors.New("this tool can't read more files in one call: lint the folders one by one")
)

// Unreadable is why a file cannot be read, and where. Line and column count from 1; the file is named from the root of
// the repository.
type Unreadable struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Why    string `json:"why"`

	missing bool // there is no such file
}

// Error is file:line:column, as editors read it, and why.
func (u *Unreadable) Error() string { return fmt.Sprintf("%s: error: %s", u.Where(), u.Why) }

// Where is file:line:column, as editors read it.
func (u *Unreadable) Where() string { return fmt.Sprintf("%s:%d:%d", u.File, u.Line, u.Column) }

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

// open reads a file as YAML. The error is nil or an *Unreadable.
func (l *library) open(name string) (*source, error) {
	before, ok := l.read[name]
	if !ok {
		before.file, before.err = l.parse(name)
		l.read[name] = before
	}
	return before.file, before.err
}

func (l *library) parse(name string) (*source, error) {
	cannot := func(line, column int, err error) (*source, error) {
		return nil, &Unreadable{File: name, Line: line, Column: column, Why: readable(err), missing: errors.Is(err, fs.ErrNotExist)}
	}
	text, err := l.text(name)
	if err != nil {
		return cannot(1, 1, err)
	}
	text = utf8Text(text)
	n := parts(text)
	weight := n + len(text)/bytesOfAPart
	switch {
	case n > maxParts:
		return cannot(1, 1, errTooMany)
	case l.weight+weight > maxAllParts:
		return cannot(1, 1, errTooManyAll)
	}
	l.weight += weight
	file := &source{name: name}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		line, why := 1, strings.TrimPrefix(err.Error(), "yaml: ")
		if m := lineOfError.FindStringSubmatch(why); m != nil {
			line, _ = strconv.Atoi(m[1]) // too large a number is none
			why = m[2]
		}
		return cannot(max(line, 1), columnOf(text, line), errors.New(why))
	}
	if len(document.Content) > 0 {
		file.root = document.Content[0]
	}
	return file, nil
}

// readable is an error without the name of the file, which stands before it.
func readable(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return "it can't be read: " + path.Err.Error()
	}
	return err.Error()
}

// lineOfError is how the parser begins: it knows the line, and no column.
var lineOfError = lazyregexp.New(`(?s)^line (\d+): (.*)$`)

// columnOf is where the words of a line begin, from 1.
func columnOf(text []byte, line int) int {
	for ; line > 1; line-- {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return 1
		}
		text = text[end+1:]
	}
	text, _, _ = bytes.Cut(text, []byte("\n"))
	words := bytes.TrimLeft(text, " ")
	return utf8.RuneCount(text[:len(text)-len(words)]) + 1
}

// parts counts what can begin a value, so that the parser finds at most three times as many.
//
// YAML breaks lines at LF and at a lone CR and, in version 1.1, which the parser reads, at NEL, LS and PS
// (yaml.org/spec/1.1, 4.1.4).
func parts(text []byte) int {
	n := 0
	for i, c := range text {
		next := byte('\n')
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch c {
		case '\n', ',':
			n++
		case '[', '{':
			if i == 0 || !isPlain(text[i-1]) {
				n++
			}
		case '\r':
			if next != '\n' {
				n++
			}
		case 0x85: // NEL is C2 85
			if i > 0 && text[i-1] == 0xc2 {
				n++
			}
		case 0xa8, 0xa9: // LS and PS are E2 80 A8 and E2 80 A9
			if i > 1 && text[i-1] == 0x80 && text[i-2] == 0xe2 {
				n++
			}
		case '-', '?', ':':
			if next <= ' ' || next == ',' || next >= 0x80 { // a blank or a break of some kind, or what may be one
				n++
			}
		}
	}
	return n
}

// isPlain: what stands behind the byte goes on with a word, as in ${{ and in a[0].
func isPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '$' || c == '_' || c == ')'
}

// utf8Text is a text in UTF-8: Windows writes some in UTF-16.
func utf8Text(text []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return text
	}
	var decoded []byte
	units := make([]uint16, 0, len(text)/2)
	for at := 2; at+1 < len(text); at += 2 {
		units = append(units, order.Uint16(text[at:]))
	}
	for _, r := range utf16.Decode(units) {
		decoded = utf8.AppendRune(decoded, r)
	}
	return decoded
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
