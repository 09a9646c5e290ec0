package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
)

// topic is a file of the folder topics.
type topic struct {
	Order           int      `yaml:"order"` // place among the topics, from 1
	Says            []string `yaml:"says"`
	Phrases         []string `yaml:"phrases"`
	Checks          []string `yaml:"checks"`
	Codes           []string `yaml:"codes"`
	catalogue.Topic `yaml:"-"`
}

// readTopics reads the topics in their order.
func (s *source) readTopics(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	var faults []error
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		t, err := readTopic(content)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", filepath.Base(file), err))
		}
		s.topics = append(s.topics, t)
	}
	slices.SortFunc(s.topics, func(a, b topic) int { return a.Order - b.Order })
	for i, t := range s.topics {
		if t.Order != i+1 {
			faults = append(faults, fmt.Errorf("topic %q: order %d is missing or there twice", t.Title, i+1))
		}
	}
	return errors.Join(faults...)
}

var (
	topicFix = regexp.MustCompile(`^([^(]+?)(?: \(when: (.+)\))?$`)
	// topicValue is a value of an entry. A topic isn't about a finding, so nothing would replace it.
	topicValue = regexp.MustCompile(`(?:^|[^${])(\{[a-z]+\})`)
)

func readTopic(content []byte) (topic, error) {
	var t topic
	all, err := sections(content, &t)
	if err != nil {
		return t, err
	}
	for _, section := range all {
		var written []string
		for _, b := range section.blocks {
			written = append(written, b.texts...)
		}
		if m := topicValue.FindStringSubmatch(strings.Join(written, " ")); m != nil {
			return t, fmt.Errorf("%s: a topic can't use the value %s", section.title, m[1])
		}
		person, isFix := strings.CutPrefix(section.title, "Fix: ")
		switch {
		case section.level == 1:
			t.Title, t.Means = section.title, strings.Join(written, " ")
		case section.title == "How it's detected":
			t.Finds = strings.Join(written, " ")
		case section.title == "Caution":
			t.Beware = written
		case isFix:
			m := topicFix.FindStringSubmatch(person)
			if m == nil || people[catalogue.Person(m[1])] == "" {
				return t, fmt.Errorf("%s: there is no such person", section.title)
			}
			t.Fixes = append(t.Fixes, catalogue.TopicFix{For: m[2], Who: catalogue.Person(m[1]), Steps: written})
		default:
			return t, fmt.Errorf("%q is not a section of a topic", section.title)
		}
	}
	return t, nil
}
