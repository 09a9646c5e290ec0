package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"armpreflight/internal/catalogue"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"go.abhg.dev/goldmark/frontmatter"
	"go.yaml.in/yaml/v3"
)

// source is everything that the command reads.
type source struct {
	entries  []entry
	unknown  entry // for a code that the catalogue doesn't have
	topics   []topic
	words    words
	links    map[string]string
	families families
	shared   map[string]shared
	used     map[string]bool // names of links and shared texts
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

// sections reads a Markdown file. The texts are verbatim: they contain
// no markup.
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

// decode reads front matter strictly: a misspelled name is an error.
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
	for name, into := range map[string]any{"links.yaml": &s.links, "words.yaml": &s.words, "families.yaml": &s.families} {
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
	if len(faults) == 0 {
		faults = append(faults, s.checkFamilies())
	}
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
