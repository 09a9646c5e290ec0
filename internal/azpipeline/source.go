package azpipeline

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"armpreflight/internal/expression"

	"go.yaml.in/yaml/v3"
)

// maxFile is larger than any file that Azure Pipelines accepts, in bytes.
const maxFile = 4 << 20

// MaxFile is the size of the largest file that's read, in bytes.
const MaxFile = maxFile

// File is one YAML file. The root is nil for an empty one.
type File struct {
	Name     string // from the root of the repository
	Text     []byte // as it's in the repository
	root     *yaml.Node
	Followed bool // some pipeline has used it as a template
	Named    bool // it's named on the command line
}

// Library reads every file once.
type Library struct {
	files    fs.FS
	weight   int // of what was read
	read     map[string]opened
	remarks  []Remark                   // lines that the parser rejects, but Azure Pipelines accepts
	parsed   map[string]expression.Node // expressions; nil for one that's broken
	left     int                        // how many nodes may still be visited, in all pipelines
	searched int                        // bytes of texts that were searched for the line of an error
}

// NewLibrary reads files of a repository.
func NewLibrary(files fs.FS) *Library {
	return &Library{files: files, read: map[string]opened{}, parsed: map[string]expression.Node{}, left: maxAll}
}

// Files returns the repository.
func (l *Library) Files() fs.FS { return l.files }

// Parse reads a text that isn't from a file of the repository. The error is nil or an *Unreadable.
func (l *Library) Parse(name string, text []byte) (*File, error) { return l.parse(name, text, nil) }

// Read calls visit for each file that was read as a pipeline, or as a template of one.
func (l *Library) Read(visit func(*File)) {
	for _, one := range l.read {
		if one.file != nil && one.file.root != nil && (one.file.Followed || one.file.IsPipeline()) {
			visit(one.file)
		}
	}
}

// Remarks returns the lines that the parser rejects, or accepts silently, in no particular order.
func (l *Library) Remarks() []Remark { return l.remarks }

// Remark is a line that was read as Azure Pipelines reads it, and how.
type Remark struct {
	File string
	Line int
	Why  string
}

// opened is the result of reading a file.
type opened struct {
	file *File // nil: it can't be read
	err  error
}

// The bounds of what's parsed. A part can begin a value: a line, an entry of a list or a mapping, or a bracket. The parser creates up to three
// values for it, which take some hundred bytes of memory.
const (
	maxParts    = 120_000 // of one file
	maxAllParts = 400_000 // of all
	// A text is in memory twice, so this many bytes of it count as a part.
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
	// Language is the template language that seems to break the YAML, such as Terraform; empty if there's none.
	Language string `json:"-"`
}

// Error returns file:line:column and the reason.
func (u *Unreadable) Error() string { return fmt.Sprintf("%s: error: %s", u.Where(), u.Why) }

// Where returns file:line:column, which editors can open.
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

// has reports whether there's a file of that name, even if this process isn't allowed to read it.
func (l *Library) has(name string) bool {
	if _, ok := l.read[name]; ok {
		return true
	}
	info, err := fs.Stat(l.files, name)
	return err == nil && info.Mode().IsRegular() || errors.Is(err, fs.ErrPermission)
}

// hasOther reports whether there's something of that name, such as a folder, that can't be read as a file.
func (l *Library) hasOther(name string) bool {
	_, err := fs.Stat(l.files, name)
	return !errors.Is(err, fs.ErrNotExist)
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
	if plain := WithoutBOM(utf8Text(text)); err == nil && (!pipelineFile.Match(plain) || otherFile.Match(plain) || isWorkflow(plain)) {
		return nil, nil
	}
	return l.parse(name, text, err)
}

// parse parses and remembers the text of a file or of standard input.
func (l *Library) parse(name string, text []byte, err error) (*File, error) {
	file := &File{Name: name, Text: text}
	if err == nil {
		err = l.admit(text)
	}
	if err != nil {
		return l.refuse(&Unreadable{File: name, Line: 1, Column: 1, Why: readable(err)})
	}
	root, remarks, err := parseYAML(utf8Text(text))
	if err != nil {
		line, column, why := l.whereOf(err, utf8Text(text))
		refused := &Unreadable{File: name, Line: line, Column: column, Why: why, Language: languageOf(err, utf8Text(text))}
		if refused.Language != "" {
			refused.Why = fmt.Sprintf("it looks like a %s template, which isn't YAML: %s", refused.Language, why)
		}
		return l.refuse(refused)
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

// admit counts the parts of a text before it's parsed, and rejects a text that exceeds the bounds.
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

// readable returns an error without the name of the file, which is already in front of it.
func readable(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return "it can't be read: " + path.Err.Error()
	}
	return err.Error()
}
