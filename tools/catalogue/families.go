package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"maps"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"

	"go.yaml.in/yaml/v3"
)

// family is a struct of facts.
type family struct {
	Name  string `yaml:"-"`
	Codes []string
	Also  []string
	Facts facts
}

// facts are the kinds of facts by name, in their order.
type facts []fact

type fact struct{ name, kind string }

// UnmarshalYAML keeps the order of a mapping.
func (f *facts) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: facts are a mapping", node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		*f = append(*f, fact{node.Content[i].Value, node.Content[i+1].Value})
	}
	return nil
}

// families is families.yaml, in its order.
type families []family

// UnmarshalYAML keeps the order of a mapping.
func (f *families) UnmarshalYAML(node *yaml.Node) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		one := family{Name: node.Content[i].Value}
		if err := node.Content[i+1].Decode(&one); err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
		*f = append(*f, one)
	}
	return nil
}

// kinds are the Go types of the kinds of facts. A kind "is x" is a bool.
var kinds = map[string]string{
	"text": "string", "named": "Named", "count": "int", "days": "*int", "day": "time.Time", "date": "time.Time", "moment": "time.Time",
	"duration": "time.Duration", "seconds": "time.Duration", "flag": "bool", "answer": "Answer",
}

// everywhere are the families whose facts every text can name.
var everywhere = []string{"Situation", "Evidence", "Request", "Pasted"}

// of finds the families whose facts the texts of a code can name.
func (f families) of(code string) families {
	var all families
	for _, one := range f {
		if slices.Contains(everywhere, one.Name) || slices.Contains(one.Codes, code) || slices.Contains(one.Also, code) {
			all = append(all, one)
		}
	}
	return all
}

// kindOf finds the kind of a fact; empty if no family has it.
func (f families) kindOf(name string) string {
	for _, one := range slices.Backward(f) { // a code's own family comes before the general ones
		for _, fact := range one.Facts {
			if fact.name == name {
				return fact.kind
			}
		}
	}
	return ""
}

// checkFamilies compares the families with the entries, and every text with the families of its entry.
func (s *source) checkFamilies() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	codes, owner := map[string]bool{}, map[string]string{}
	for _, e := range s.entries {
		codes[e.front.Code] = true
	}
	unused := map[string]bool{}
	for _, f := range s.families {
		for _, code := range slices.Concat(f.Codes, f.Also) {
			if !codes[code] {
				fault("families.yaml: %s: there is no entry %s", f.Name, code)
			}
		}
		for _, code := range f.Codes {
			if other, twice := owner[code]; twice {
				fault("families.yaml: %s is a code of %s and of %s", code, other, f.Name)
			}
			owner[code] = f.Name
		}
		for _, one := range f.Facts {
			if _, ok := kinds[one.kind]; !ok && !strings.HasPrefix(one.kind, "is ") {
				fault("families.yaml: %s: there is no kind %q", f.Name, one.kind)
			}
			if s.words.Values[one.name].Words == "" {
				fault("words.yaml has no words for %s of %s", one.name, f.Name)
			}
			unused[f.Name+": "+one.name] = true
		}
	}
	for _, e := range append(slices.Clone(s.entries), s.unknown) {
		known := s.families.of(e.front.Code)
		if err := known.check(&e.Advice); err != nil {
			fault("%s: %w", e.front.Code, err)
		}
		names, _ := uses(&e.Advice)
		for name := range names {
			for _, f := range known {
				delete(unused, f.Name+": "+name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		fault("families.yaml: no text names %s", name)
	}
	return errors.Join(faults...)
}

// asked is one part of a condition: the name of a value, and the required text.
type asked struct{ name, text string }

// uses are the names of the values that an advice uses, and its conditions on them.
func uses(a *catalogue.Advice) (names map[string]bool, conditions []asked) {
	names = map[string]bool{}
	ask := func(condition string) {
		for part := range strings.SplitSeq(condition, " and ") {
			if name, text, _ := strings.Cut(strings.TrimPrefix(part, "not "), "="); name != "" {
				names[name], conditions = true, append(conditions, asked{name, text})
			}
		}
	}
	for text := range a.Texts() {
		for _, v := range text {
			ask(v.If)
			for _, m := range value.FindAllStringSubmatch(v.Text, -1) {
				names[m[1]] = true
			}
		}
	}
	for _, f := range a.Fixes {
		ask(f.With)
	}
	return names, conditions
}

// check finds values that the families don't have, and conditions that never hold.
func (f families) check(a *catalogue.Advice) error {
	var faults []error
	names, conditions := uses(a)
	for name := range names {
		if f.kindOf(name) == "" {
			faults = append(faults, fmt.Errorf("no family of it in families.yaml has the fact %s", name))
		}
	}
	for _, c := range conditions {
		can := c.text == ""
		switch kind := f.kindOf(c.name); {
		case can, kind == "":
			continue
		case kind == "flag":
			can = c.text == "yes"
		case kind == "answer":
			can = c.text == "yes" || c.text == "no"
		case strings.HasPrefix(kind, "is "):
			can = "is "+c.text == kind
		default:
			can = kind == "text"
		}
		if !can {
			faults = append(faults, fmt.Errorf("%s is never %s", c.name, c.text))
		}
	}
	return errors.Join(faults...)
}

// factsGo writes the types of package facts.
func factsGo(s *source) ([]byte, error) {
	all, err := rows(s)
	if err != nil {
		return nil, err
	}
	constants := codeConstants(all)
	var b bytes.Buffer
	b.WriteString(strings.Replace(header, "package catalogue", "package facts", 1) + "import (\n\"time\"\n\n\"armpreflight/internal/catalogue\"\n)\n")
	for _, f := range s.families {
		if len(f.Codes) > 0 {
			fmt.Fprintf(&b, "\n// %s is what is known of %s.\n", f.Name, strings.Join(f.Codes, ", "))
		} else {
			fmt.Fprintf(&b, "\n// %s has facts that go with any of several codes.\n", f.Name)
		}
		fmt.Fprintf(&b, "type %s struct {\n", f.Name)
		var sets strings.Builder
		for _, one := range f.Facts {
			field, typ := fieldOf(one), kinds[one.kind]
			switch text, is := strings.CutPrefix(one.kind, "is "); {
			case is:
				typ = "bool"
				fmt.Fprintf(&sets, "to(set).flag(%q, %q, f.%s)\n", one.name, text, field)
			case one.kind == "flag":
				fmt.Fprintf(&sets, "to(set).flag(%q, \"yes\", f.%s)\n", one.name, field)
			case one.kind == "answer":
				fmt.Fprintf(&sets, "to(set).text(%q, string(f.%s))\n", one.name, field)
			case one.kind == "named":
				fmt.Fprintf(&sets, "to(set).named(%q, f.%s, %q)\n", one.name, field, catalogue.IDOf(one.name))
			default:
				fmt.Fprintf(&sets, "to(set).%s(%q, f.%s)\n", one.kind, one.name, field)
			}
			fmt.Fprintf(&b, "%s %s\n", field, typ)
		}
		fmt.Fprintf(&b, "}\n\n// Each calls set for each fact that's known.\nfunc (f %s) Each(set func(name, text string)) {\n%s}\n", f.Name, sets.String())
		for _, code := range f.Codes {
			name := constants[code]
			if name != f.Name {
				fmt.Fprintf(&b, "\n// %s is %s with what is known of it.\ntype %s %s\n\n// Each calls set for each fact that's known.\nfunc (f %s) Each(set func(name, text string)) { %s(f).Each(set) }\n",
					name, code, name, f.Name, name, f.Name)
			}
			fmt.Fprintf(&b, "\n// Code is the code of these facts.\nfunc (%s) Code() catalogue.Code { return catalogue.%s }\n", name, name)
		}
	}
	return format.Source(b.Bytes())
}

// fields are the Go names of facts whose own name doesn't convert well.
var fields = map[string]string{"subscriptionid": "SubscriptionID", "lockid": "LockID", "managementgroup": "ManagementGroup", "seconds": "Limit"}

// fieldOf is a fact's name in Go.
func fieldOf(f fact) string {
	name := fields[f.name]
	if name == "" {
		name = constant(f.name)
	}
	if text, is := strings.CutPrefix(f.kind, "is "); is {
		name += "Is" + constant(text)
	}
	return name
}
