package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"armpreflight/internal/catalogue"
)

// entry is a file of the folder entries.
type entry struct {
	front front
	catalogue.Advice
	signs []catalogue.Sign
}

// front is the front matter of an entry.
type front struct {
	Code        string         `yaml:"code"`
	Aliases     []string       `yaml:"aliases"`
	Append      []string       `yaml:"append"`
	Signs       []sign         `yaml:"signs"`
	Retry       string         `yaml:"retry"`
	Within      string         `yaml:"within"`
	Confidence  string         `yaml:"confidence"`
	Documented  []string       `yaml:"documented"` // aliases of another confidence than the entry
	Observed    []string       `yaml:"observed"`
	Unconfirmed []string       `yaml:"unconfirmed"`
	Wraps       map[string]int `yaml:"wraps"`   // codes of the entry that wrap another cause, with how far outside they are: 1 to 4
	General     []string       `yaml:"general"` // codes of the entry whose words others use as well
	Since       string         `yaml:"since"`
	Links       []string       `yaml:"links"`
	Remedy      string         `yaml:"remedy"`
	Rule        string         `yaml:"rule"`
	Sources     []string       `yaml:"sources"`   // what the entry was compared with
	Checked     string         `yaml:"checked"`   // the date of the comparison
	Unchecked   string         `yaml:"unchecked"` // why there are no sources
}

type sign struct {
	Code     string `yaml:"code"`
	Family   string `yaml:"family"`
	Service  string `yaml:"service"`
	Network  string `yaml:"network"`
	Status   string `yaml:"status"` // 404 or 500-599
	Path     string `yaml:"path"`
	Phrase   string `yaml:"phrase"`
	With     string `yaml:"with"`
	Without  string `yaml:"without"`
	OAuth    string `yaml:"oauth"`
	Suberror string `yaml:"suberror"`
	HTML     bool   `yaml:"html"`
	Text     bool   `yaml:"text"`
	Server   string `yaml:"server"`
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

// readFix reads the title of a fix: its role, and in parentheses when it applies.
func (s *source) readFix(title string) (catalogue.Fix, error) {
	m := fixTitle.FindStringSubmatch(title)
	if m == nil {
		return catalogue.Fix{}, errors.New("a fix names a person")
	}
	fix := catalogue.Fix{Who: catalogue.Person(m[1])}
	// The role of someone who's about to create a connection contains a comma.
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

// compared checks what the front matter says about the sources of the facts.
func (f front) compared() error {
	if f.Unchecked != "" {
		if f.Unchecked != seenInReports {
			return fmt.Errorf("unchecked: %q is not %q", f.Unchecked, seenInReports)
		}
		if len(f.Sources) > 0 || f.Checked != "" {
			return errors.New("unchecked goes without sources and checked")
		}
		if f.Confidence == "documented" {
			return errors.New("confidence: documented needs sources; what was only seen in reports is observed")
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
	own := append([]string{e.front.Code}, e.front.Aliases...)
	for _, code := range slices.Concat(slices.Sorted(maps.Keys(e.front.Wraps)), e.front.General) {
		if !slices.Contains(own, code) {
			return fmt.Errorf("wraps, general: %s isn't a code of the entry", code)
		}
	}
	for code, level := range e.front.Wraps {
		if level < 1 || level > 4 {
			return fmt.Errorf("wraps: %s: %d isn't 1 to 4", code, level)
		}
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
		read := catalogue.Sign{Code: w.Code, Family: w.Family, Service: w.Service, Network: w.Network, Path: w.Path, Phrase: w.Phrase, With: w.With, Without: w.Without,
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
		if words := w.Phrase + w.With + w.Without + w.Path; strings.ToLower(words) != words {
			return fmt.Errorf("phrase, with, without, and path are in lower case: %q", words)
		}
		e.signs = append(e.signs, read)
	}
	return nil
}

// appended are the values that follow a title in their own format, by name.
var appended = map[string]string{
	"status":  " (HTTP {status})",
	"wait":    ": wait {wait}",
	"message": ": {message}",
	"network": ": {network}",
	"detail":  ": {detail}",
	"reason":  ": {reason}",
	"action":  ": '{action}'",
}
