package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"armpreflight/internal/catalogue"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"go.abhg.dev/goldmark/frontmatter"
	"go.yaml.in/yaml/v3"
)

// entry is a file of the folder entries.
type entry struct {
	front front
	catalogue.Advice
	signs []catalogue.Sign
}

// front is the front matter of an entry.
type front struct {
	Code        string   `yaml:"code"`
	Aliases     []string `yaml:"aliases"`
	Append      []string `yaml:"append"`
	Signs       []sign   `yaml:"signs"`
	Retry       string   `yaml:"retry"`
	Within      string   `yaml:"within"`
	Confidence  string   `yaml:"confidence"`
	Documented  []string `yaml:"documented"` // aliases of another confidence than the entry
	Observed    []string `yaml:"observed"`
	Unconfirmed []string `yaml:"unconfirmed"`
	Since       string   `yaml:"since"`
	Links       []string `yaml:"links"`
	Remedy      string   `yaml:"remedy"`
	Rule        string   `yaml:"rule"`
	Sources     []string `yaml:"sources"`   // what the entry was compared with
	Checked     string   `yaml:"checked"`   // the day of that
	Unchecked   string   `yaml:"unchecked"` // the reason for which there are no sources
}

type sign struct {
	Code     string `yaml:"code"`
	Family   string `yaml:"family"`
	Service  string `yaml:"service"`
	Network  string `yaml:"network"`
	Status   string `yaml:"status"` // 404 or 500-599
	Path     string `yaml:"path"`
	Phrase   string `yaml:"phrase"`
	OAuth    string `yaml:"oauth"`
	Suberror string `yaml:"suberror"`
	HTML     bool   `yaml:"html"`
	Text     bool   `yaml:"text"`
	Server   string `yaml:"server"`
}

// source is everything that was read.
type source struct {
	entries []entry
	unknown entry // the answer to a code that the catalogue doesn't have
	topics  []topic
	words   words
	links   map[string]string
	shared  map[string]shared
	used    map[string]bool // names of links and shared texts
}

// words is words.yaml.
type words struct {
	Values map[string]struct {
		Words  string `yaml:"words"`
		Spoken bool   `yaml:"spoken"`
	} `yaml:"values"`
	Labels map[string]string `yaml:"labels"`
}

// shared is a section of shared.md: sentences in their variants, or a list of steps.
type shared struct {
	texts []catalogue.Text
	list  bool
}

var markdown = goldmark.New(goldmark.WithExtensions(&frontmatter.Extender{}))

// section is a heading with what's under it.
type section struct {
	level  int
	title  string
	blocks []block
}

// block is a paragraph or a list, as the texts of its lines or items.
type block struct {
	list  bool
	texts []string
}

// sections reads a Markdown file. The texts are as they're written: nothing in
// them is markup.
func sections(content []byte, into any) ([]section, error) {
	context := parser.NewContext()
	root := markdown.Parser().Parse(text.NewReader(content), parser.WithContext(context))
	if data := frontmatter.Get(context); data != nil && into != nil {
		if err := decode(data, into); err != nil {
			return nil, fmt.Errorf("front matter: %w", err)
		}
	}
	all := []section{{}}
	for node := root.FirstChild(); node != nil; node = node.NextSibling() {
		last := &all[len(all)-1]
		switch node := node.(type) {
		case *ast.Heading:
			all = append(all, section{level: node.Level, title: strings.Join(lines(node, content), " ")})
		case *ast.Paragraph:
			last.blocks = append(last.blocks, block{texts: lines(node, content)})
		case *ast.List:
			b := block{list: true}
			for item := node.FirstChild(); item != nil; item = item.NextSibling() {
				if item.ChildCount() != 1 {
					return nil, fmt.Errorf("section %q: an item of a list is one paragraph", last.title)
				}
				b.texts = append(b.texts, strings.Join(lines(item.FirstChild(), content), " "))
			}
			last.blocks = append(last.blocks, b)
		default:
			return nil, fmt.Errorf("section %q: only headings, paragraphs, and lists are known here, not %s", last.title, node.Kind())
		}
	}
	return all[1:], nil
}

// decode reads front matter strictly: a misspelled name isn't passed over.
func decode(data *frontmatter.Data, into any) error {
	var all map[string]any
	if err := data.Decode(&all); err != nil {
		return err
	}
	again, err := yaml.Marshal(all)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(again))
	decoder.KnownFields(true)
	return decoder.Decode(into)
}

func lines(node ast.Node, content []byte) []string {
	var all []string
	for i := range node.Lines().Len() {
		segment := node.Lines().At(i)
		all = append(all, strings.TrimSpace(string(segment.Value(content))))
	}
	return all
}

func readYAML(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

func read(dir string) (*source, error) {
	s := &source{links: map[string]string{}, shared: map[string]shared{}, used: map[string]bool{}}
	for name, into := range map[string]any{"links.yaml": &s.links, "words.yaml": &s.words} {
		if err := readYAML(filepath.Join(dir, name), into); err != nil {
			return nil, err
		}
	}
	if err := s.readShared(filepath.Join(dir, "shared.md")); err != nil {
		return nil, fmt.Errorf("shared.md: %w", err)
	}
	var faults []error
	content, err := os.ReadFile(filepath.Join(dir, "unknown.md"))
	if err != nil {
		return nil, err
	}
	if s.unknown, err = s.entry(content); err != nil {
		faults = append(faults, fmt.Errorf("unknown.md: %w", err))
	}
	err = filepath.WalkDir(filepath.Join(dir, "entries"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		e, err := s.entry(content)
		if err == nil && e.front.Code+".md" != filepath.Base(path) {
			err = fmt.Errorf("the file of code %s has another name", e.front.Code)
		}
		if err == nil {
			err = e.front.compared()
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path, err))
		}
		s.entries = append(s.entries, e)
		return nil
	})
	topicFaults := s.readTopics(filepath.Join(dir, "topics"))
	faults = append(faults, topicFaults)
	for name := range s.links {
		if !s.used[name] {
			faults = append(faults, fmt.Errorf("links.yaml: no entry uses %s", name))
		}
	}
	for name := range s.shared {
		if !s.used["@"+name] {
			faults = append(faults, fmt.Errorf("shared.md: nothing uses %s", name))
		}
	}
	return s, errors.Join(append(faults, err)...)
}

// readShared reads the shared texts; a list can use those above it.
func (s *source) readShared(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	all, err := sections(content, nil)
	if err != nil {
		return err
	}
	for _, section := range all {
		if section.level != 2 {
			continue
		}
		if _, twice := s.shared[section.title]; twice {
			return fmt.Errorf("%s is there twice", section.title)
		}
		if len(section.blocks) != 1 {
			return fmt.Errorf("%s: one paragraph or one list is wanted", section.title)
		}
		b := section.blocks[0]
		texts, err := s.texts(b.texts)
		if err == nil && !b.list && len(texts) != 1 {
			err = errors.New("a paragraph is one sentence in its variants")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", section.title, err)
		}
		s.shared[section.title] = shared{texts, b.list}
	}
	return nil
}

var prefix = regexp.MustCompile(`^\{(?:(if|else if) ([^{}]+)|(else))\} ?`)

// texts reads lines or items: variants of one text follow each other.
func (s *source) texts(written []string) ([]catalogue.Text, error) {
	var all []catalogue.Text
	for _, line := range written {
		if name, ok := strings.CutPrefix(line, "@"); ok {
			found, known := s.shared[name]
			if !known {
				return nil, fmt.Errorf("shared.md has no section %s", name)
			}
			s.used[line] = true
			all = append(all, found.texts...)
			continue
		}
		m := prefix.FindStringSubmatch(line)
		v := catalogue.Variant{Text: line}
		if m != nil {
			v = catalogue.Variant{If: m[2], Text: line[len(m[0]):]}
		}
		if err := s.valid(v); err != nil {
			return nil, err
		}
		if m != nil && m[1] != "if" {
			if len(all) == 0 || all[len(all)-1][len(all[len(all)-1])-1].If == "" {
				return nil, fmt.Errorf("nothing before it has a condition: %s", line)
			}
			all[len(all)-1] = append(all[len(all)-1], v)
			continue
		}
		all = append(all, catalogue.Text{v})
	}
	return all, nil
}

var (
	value     = regexp.MustCompile(`\{([a-z]+)\}`)
	condition = regexp.MustCompile(`^(?:not )?([a-z]+)(?:=[^{}]*)?$`)
)

// valid checks that a text uses known values only.
func (s *source) valid(v catalogue.Variant) error {
	if v.Text == "" {
		return errors.New("a text is empty")
	}
	for _, m := range value.FindAllStringSubmatch(v.Text, -1) {
		if s.words.Values[m[1]].Words == "" {
			return fmt.Errorf("there is no value {%s}: %s", m[1], v.Text)
		}
	}
	if v.If == "" {
		return nil
	}
	return s.validCondition(v.If)
}

func (s *source) validCondition(conditions string) error {
	for part := range strings.SplitSeq(conditions, " and ") {
		if m := condition.FindStringSubmatch(part); m == nil || s.words.Values[m[1]].Words == "" {
			return fmt.Errorf("not a condition on a known value: %q", part)
		}
	}
	return nil
}

// one reads texts that are one sentence in its variants.
func (s *source) one(written []string) (catalogue.Text, error) {
	all, err := s.texts(written)
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("one text is wanted, there are %d", len(all))
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

func (s *source) entry(content []byte) (entry, error) {
	var e entry
	all, err := sections(content, &e.front)
	if err != nil {
		return e, err
	}
	if e.front.Code == "" {
		return e, errors.New("the front matter has no code")
	}
	var titles []string
	var faults []error
	fault := func(what string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", what, err))
		}
	}
	for _, section := range all {
		var written []string
		list := false
		for _, b := range section.blocks {
			written, list = append(written, b.texts...), b.list
		}
		person, isFix := strings.CutPrefix(section.title, "Fix: ")
		switch {
		case section.level == 1:
			titles = append(titles, section.title)
			means, err := s.texts(written)
			fault("meaning", err)
			e.Means = append(e.Means, means...)
		case section.title == "Usual causes" && list:
			e.Causes, err = s.texts(written)
			fault(section.title, err)
		case section.title == "Confirm" && !list:
			e.Confirm, err = s.one(written)
			fault(section.title, err)
		case isFix && list:
			fix, err := s.readFix(person)
			fault(section.title, err)
			fix.Steps, err = s.texts(written)
			fault(section.title, err)
			e.Fixes = append(e.Fixes, fix)
		default:
			fault(section.title, errors.New("not a section of an entry, or not in its form"))
		}
	}
	e.Title, err = s.one(titles)
	fault("title", err)
	fault("front matter", s.frontMatter(&e))
	return e, errors.Join(faults...)
}

var fixTitle = regexp.MustCompile(`^([^(]+?)(?: \((.+)\))?$`)

// readFix reads the title of a fix: its person, and in parentheses when it's the one.
func (s *source) readFix(title string) (catalogue.Fix, error) {
	m := fixTitle.FindStringSubmatch(title)
	if m == nil {
		return catalogue.Fix{}, errors.New("a fix names a person")
	}
	fix := catalogue.Fix{Who: catalogue.Person(m[1])}
	// The person in the text for somebody who's about to create a connection has a comma.
	if _, known := people[fix.Who]; !known {
		return fix, fmt.Errorf("there is no person %q", m[1])
	}
	for part := range strings.SplitSeq(m[2], ", ") {
		condition, isCondition := strings.CutPrefix(part, "if ")
		switch {
		case part == "":
		case isCondition:
			if err := s.validCondition(condition); err != nil {
				return fix, err
			}
			fix.With = condition
		case slices.Contains([]string{"automatic", "manual"}, part):
			fix.Modes = append(fix.Modes, catalogue.Mode(part))
		case slices.Contains([]string{"key", "certificate", "federation", "managed-identity"}, part):
			fix.Schemes = append(fix.Schemes, catalogue.Scheme(part))
		default:
			return fix, fmt.Errorf("%q is not a scheme, a creation mode, or a condition", part)
		}
	}
	return fix, nil
}

// seenInReports is the one reason for an entry without sources.
const seenInReports = "seen in reports"

// validSource is the address of a page, a file of a public repository (owner/name path), or a file of this one.
var validSource = regexp.MustCompile(`^(https://[^ ]+|[\w.-]+/[\w.-]+ [^ ]+|(?:cmd|internal|task|docs)/[^ ]+)$`)

// compared checks what the front matter says about where the facts come from.
func (f front) compared() error {
	if f.Unchecked != "" {
		if f.Unchecked != seenInReports {
			return fmt.Errorf("unchecked: %q is not %q", f.Unchecked, seenInReports)
		}
		if len(f.Sources) > 0 || f.Checked != "" {
			return errors.New("unchecked goes without sources and checked")
		}
		return nil
	}
	if len(f.Sources) == 0 || f.Checked == "" {
		return fmt.Errorf("sources and checked are missing; for what no documentation has, unchecked: %s", seenInReports)
	}
	for _, written := range f.Sources {
		if !validSource.MatchString(written) {
			return fmt.Errorf("sources: %q is not an address, a repository and its file, or a file of this repository", written)
		}
	}
	_, err := time.Parse(time.DateOnly, f.Checked)
	return err
}

var confidences = map[string]catalogue.Confidence{"documented": catalogue.Certain, "observed": catalogue.Likely, "not confirmed": catalogue.Guess}

var retries = map[string]catalogue.Retry{"never": catalogue.RetryNever, "transient": catalogue.RetryTransient, "propagation": catalogue.RetryPropagation}

// frontMatter reads what the front matter says in words.
func (s *source) frontMatter(e *entry) error {
	var known bool
	if e.Retry, known = retries[e.front.Retry]; !known {
		return fmt.Errorf("retry: %q is not never, transient, or propagation", e.front.Retry)
	}
	if (e.Retry == catalogue.RetryPropagation) != (e.front.Within != "") {
		return errors.New("within goes with retry: propagation")
	}
	if e.front.Within != "" {
		var err error
		if e.Bound, err = time.ParseDuration(e.front.Within); err != nil {
			return fmt.Errorf("within: %w", err)
		}
	}
	if _, known = confidences[e.front.Confidence]; !known {
		return fmt.Errorf("confidence: %q is not documented, observed, or not confirmed", e.front.Confidence)
	}
	if e.Since = e.front.Since; e.front.Since == "" {
		return errors.New("since is missing")
	}
	for _, name := range e.front.Links {
		if s.links[name] == "" {
			return fmt.Errorf("links.yaml has no link %s", name)
		}
		s.used[name] = true
		e.Links = append(e.Links, s.links[name])
	}
	for _, written := range e.front.Append {
		name := written
		if form, ok := appended[name]; ok {
			written = "{if " + name + "}" + form
		}
		m := prefix.FindStringSubmatch(written)
		if m == nil || m[1] != "if" {
			return fmt.Errorf("append: %q has no condition", written)
		}
		// The blank after the condition is the text's own here.
		v := catalogue.Variant{If: m[2], Text: strings.TrimPrefix(written, "{if "+m[2]+"}")}
		if err := s.valid(v); err != nil {
			return fmt.Errorf("append: %w", err)
		}
		e.Append = append(e.Append, catalogue.Text{v})
	}
	if len(e.front.Signs) == 0 && catalogue.Code(e.front.Code).Upstream() {
		e.signs = []catalogue.Sign{{Code: e.front.Code}}
	}
	for _, w := range e.front.Signs {
		read := catalogue.Sign{Code: w.Code, Family: w.Family, Service: w.Service, Network: w.Network, Path: w.Path, Phrase: w.Phrase,
			OAuth: w.OAuth, Suberror: w.Suberror, HTML: w.HTML, Text: w.Text, Server: w.Server}
		if w.Status != "" {
			from, to, isRange := strings.Cut(w.Status, "-")
			if !isRange {
				to = from
			}
			var err1, err2 error
			read.From, err1 = strconv.Atoi(from)
			read.To, err2 = strconv.Atoi(to)
			if err := errors.Join(err1, err2); err != nil {
				return fmt.Errorf("status: %w", err)
			}
		}
		if lower := strings.ToLower(w.Phrase + w.Path); lower != w.Phrase+w.Path {
			return fmt.Errorf("phrase and path are in lower case: %q", w.Phrase+w.Path)
		}
		e.signs = append(e.signs, read)
	}
	return nil
}

// appended are the values that follow a title in a form of their own, by name.
var appended = map[string]string{
	"status":  " (HTTP {status})",
	"wait":    ": wait {wait}",
	"message": ": {message}",
	"network": ": {network}",
	"detail":  ": {detail}",
	"reason":  ": {reason}",
	"action":  ": '{action}'",
}
