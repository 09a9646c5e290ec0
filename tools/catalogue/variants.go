package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"armpreflight/internal/catalogue"
)

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

// one reads the variants of one sentence.
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
