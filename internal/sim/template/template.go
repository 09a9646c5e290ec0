// Package template evaluates the template of a pipeline decorator for a job, as Azure Pipelines is documented to.
//
// Non-goals: it knows only the directives if and each, the functions that are documented for templates and used here, and YAML in the form
// of one key on a line. It imports nothing of the product.
package template

import (
	"fmt"
	"strings"
)

// Step is a step that a template emits.
type Step struct{ Fields, Inputs map[string]string }

// Service is where Azure Pipelines might differ from what this package assumes, because the documentation is silent. The zero value is what
// the documentation says.
type Service struct {
	ExactCase bool // names of inputs are found in the same case only, as in objects of parameters
	DropEmpty bool // split leaves out empty parts
}

// Evaluate returns the steps that a template emits for a context: job, variables, resources. An error is one that would drop all of them.
func (s Service) Evaluate(text string, context Object) (steps []Step, err error) {
	defer func() {
		if p := recover(); p != nil {
			steps, err = nil, fmt.Errorf("evaluate the template: %v", p)
		}
	}()
	var lines []line
	for raw := range strings.Lines(text) {
		content := strings.TrimSpace(raw)
		if content == "" || strings.HasPrefix(content, "#") {
			continue
		}
		lines = append(lines, line{len(raw) - len(strings.TrimLeft(raw, " ")), content})
	}
	if len(lines) == 0 || lines[0].text != "steps:" {
		panic("the template has no steps")
	}
	e := evaluation{service: s}
	e.block(lines[1:], context)
	return e.steps, nil
}

type line struct {
	indent int
	text   string
}

type evaluation struct {
	service Service
	steps   []Step
}

// block evaluates items of a list, which have one indent.
func (e *evaluation) block(lines []line, names Object) {
	for len(lines) > 0 {
		end := 1
		for end < len(lines) && lines[end].indent > lines[0].indent {
			end++
		}
		item, inner := lines[0], lines[1:end]
		lines = lines[end:]
		key, ok := strings.CutPrefix(item.text, "- ")
		if !ok {
			panic("not an item of a list: " + item.text)
		}
		directive, isDirective := strings.CutPrefix(key, "${{ ")
		if !isDirective {
			e.steps = append(e.steps, e.step(append([]line{{item.indent + 2, key}}, inner...), names))
			continue
		}
		if len(key) > 1024 {
			panic("a key is longer than YAML permits")
		}
		if directive, ok = strings.CutSuffix(directive, " }}:"); !ok {
			panic("not a directive: " + key)
		}
		if condition, ok := strings.CutPrefix(directive, "if "); ok {
			if truth(e.service.evaluate(condition, names)) {
				e.block(inner, names)
			}
			continue
		}
		name, of, ok := strings.Cut(strings.TrimPrefix(directive, "each "), " in ")
		if !ok {
			panic("unknown directive: " + directive)
		}
		for _, v := range e.service.evaluate(of, names).(list) {
			scope := Object{}
			for key, v := range names {
				if strings.EqualFold(key, name) {
					panic(name + " has already been defined")
				}
				scope[key] = v
			}
			scope[name] = v
			e.block(inner, scope)
		}
	}
}

// step evaluates the fields of a step.
func (e *evaluation) step(lines []line, names Object) Step {
	s := Step{map[string]string{}, map[string]string{}}
	into := s.Fields
	for _, l := range lines {
		key, value, ok := strings.Cut(l.text, ":")
		if value = strings.TrimSpace(value); !ok || into[key] != "" {
			panic("not a field: " + l.text)
		}
		if key == "inputs" {
			into = s.Inputs
			continue
		}
		if inner, ok := strings.CutPrefix(value, "${{ "); ok {
			value = text(e.service.evaluate(strings.TrimSuffix(inner, " }}"), names))
		}
		into[key] = value
	}
	return s
}

func (s Service) evaluate(expression string, names Object) any {
	p := parser{service: s, text: expression, names: names}
	v := p.value()
	if p.space(); p.text != "" {
		panic(fmt.Sprintf("%q is too much", p.text))
	}
	return v
}

// List makes a list for a context.
func List[T any](items ...T) any {
	all := list{}
	for _, item := range items {
		all = append(all, item)
	}
	return all
}
