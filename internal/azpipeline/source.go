package azpipeline

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"armpreflight/internal/expression"

	"go.yaml.in/yaml/v3"
)

// maxFile is more than Azure Pipelines takes for a file.
const maxFile = 4 << 20

// MaxFile is how many bytes of a file are read. A larger one is refused.
const MaxFile = maxFile

// File is one YAML file. The root is nil for an empty one.
type File struct {
	Name     string // from the root of the repository
	Text     []byte // as it's in the repository
	root     *yaml.Node
	Followed bool // some pipeline has used it as a template
	Named    bool // the person named it
}

// Library reads every file once.
type Library struct {
	files   fs.FS
	weight  int // of what was read
	read    map[string]opened
	remarks []Remark                   // what was read although the parser refuses it
	parsed  map[string]expression.Node // expressions; nil for one that's broken
	left    int                        // how many nodes may still be visited, in all pipelines
}

// NewLibrary reads files of a repository.
func NewLibrary(files fs.FS) *Library {
	return &Library{files: files, read: map[string]opened{}, parsed: map[string]expression.Node{}, left: maxAll}
}

// Files is the repository.
func (l *Library) Files() fs.FS { return l.files }

// Parse reads a text as a file that's in no repository. The error is nil or an *Unreadable.
func (l *Library) Parse(name string, text []byte) (*File, error) { return l.parse(name, text, nil) }

// Read calls visit for each file that was read as a pipeline, or as a template of one.
func (l *Library) Read(visit func(*File)) {
	for _, one := range l.read {
		if one.file != nil && one.file.root != nil && (one.file.Followed || one.file.IsPipeline()) {
			visit(one.file)
		}
	}
}

// Remarks are the lines that the parser refuses or takes silently, in no order.
func (l *Library) Remarks() []Remark { return l.remarks }

// Remark is a line that was read as Azure Pipelines reads it, and how.
type Remark struct {
	File string
	Line int
	Why  string
}

// opened is what came of reading a file.
type opened struct {
	file *File // nil: it can't be read
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

// Unreadable is why a file can't be read, and where. Line and column count from 1; the file is named from the root of
// the repository.
type Unreadable struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Why    string `json:"why"`

	Missing bool `json:"-"` // there is no such file
}

// Error is file:line:column, as editors read it, and why.
func (u *Unreadable) Error() string { return fmt.Sprintf("%s: error: %s", u.Where(), u.Why) }

// Where is file:line:column, as editors read it.
func (u *Unreadable) Where() string { return fmt.Sprintf("%s:%d:%d", u.File, u.Line, u.Column) }

func (l *Library) bytes(name string) ([]byte, error) {
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

// Open reads a file as YAML. The error is nil or an *Unreadable.
func (l *Library) Open(name string) (*File, error) {
	if before, ok := l.read[name]; ok {
		return before.file, before.err
	}
	text, err := l.bytes(name)
	return l.parse(name, text, err)
}

// OpenIf reads a file of a folder, and parses it if it could be a pipeline: nil if it couldn't.
func (l *Library) OpenIf(name string) (*File, error) {
	if before, ok := l.read[name]; ok {
		return before.file, before.err
	}
	text, err := l.bytes(name)
	if err == nil && !pipelineFile.Match(WithoutBOM(utf8Text(text))) {
		return nil, nil
	}
	return l.parse(name, text, err)
}

// parse remembers what comes of a text, which is of a file or of standard input.
func (l *Library) parse(name string, text []byte, err error) (*File, error) {
	file := &File{Name: name, Text: text}
	if err == nil {
		err = l.admit(text)
	}
	if err != nil {
		return l.refuse(&Unreadable{File: name, Line: 1, Column: 1, Why: readable(err), Missing: errors.Is(err, fs.ErrNotExist)})
	}
	root, remarks, err := parseYAML(utf8Text(text))
	if err != nil {
		line, column, why := whereOf(err, utf8Text(text))
		return l.refuse(&Unreadable{File: name, Line: line, Column: column, Why: why})
	}
	for _, r := range remarks {
		l.remarks = append(l.remarks, Remark{name, r.line, r.why})
	}
	file.root = root
	l.read[name] = opened{file: file}
	return file, nil
}

func (l *Library) refuse(why *Unreadable) (*File, error) {
	l.read[why.File] = opened{err: why}
	return nil, why
}

// admit counts what the parser would make of a text, before it does.
func (l *Library) admit(text []byte) error {
	if len(text) > maxFile {
		return errTooLarge
	}
	text = utf8Text(text)
	n := parts(text)
	weight := n + len(text)/bytesOfAPart
	switch {
	case n > maxParts:
		return errTooMany
	case l.weight+weight > maxAllParts:
		return errTooManyAll
	}
	l.weight += weight
	return nil
}

// readable is an error without the name of the file, which stands before it.
func readable(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return "it can't be read: " + path.Err.Error()
	}
	return err.Error()
}
