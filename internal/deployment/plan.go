package deployment

import (
	"encoding/json"
	"errors"
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
)

// Limits of a Terraform plan. Each change is decoded separately, so that only the text of the plan is in memory as a whole.
const (
	maxChanges    = 20_000
	maxChange     = 50_000 // values in one change
	maxPlanValues = 50_000 // values in the configuration
)

// isPlan recognizes a Terraform plan by its outermost keys.
func isPlan(text string) bool {
	found := 0
	_ = members(text, func(key, value string) error { // a text that isn't JSON isn't a plan
		switch key {
		case "format_version":
			found |= 1
		case "resource_changes", "planned_values", "terraform_version":
			found |= 2
		case "values": // of a state
			found = -100
		}
		return nil
	})
	return found == 3
}

// derivePlan reads what terraform show -json writes for a plan.
func derivePlan(name, text string, o Options) (*Needs, error) {
	var plan tfjson.Plan
	p := &plans{collector: newCollector(subscriptionOf(o.Scope)), file: name, changes: map[string]*change{}, alike: map[string][]*change{}}
	if p.home == "" {
		p.home = subscriptions + ownSubscription
	}
	err := members(text, func(key, value string) error {
		switch key {
		case "format_version":
			return wrap("format_version", json.Unmarshal([]byte(value), &plan.FormatVersion))
		case "resource_changes":
			return elements(value, p.change)
		case "configuration":
			return p.configuration(value)
		}
		return nil
	})
	if err == nil {
		err = plan.Validate()
	}
	if err != nil {
		return nil, err
	}
	p.derive()
	if p.over {
		return nil, errTooMuch
	}
	return p.needs()
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// change decodes one change and keeps what's needed of it.
func (p *plans) change(i int, text string) error {
	if i >= maxChanges {
		return fmt.Errorf("the plan has more than %d changes", maxChanges)
	}
	if tooMany(text, maxChange) {
		p.cannot("a change is too large to analyze", Reason{File: p.file, Path: fmt.Sprintf("resource_changes[%d]", i)})
		return nil
	}
	var r tfjson.ResourceChange
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return fmt.Errorf("resource_changes[%d]: %w", i, err)
	}
	if r.Change == nil || r.Change.Actions.Forget() {
		return nil
	}
	c := &change{ResourceChange: &r, path: (*jsonPath)(nil).member("resource_changes").element(i)}
	c.keep()
	p.order = append(p.order, c)
	p.changes[r.Address] = c
	p.alike[withoutKeys(r.Address)] = append(p.alike[withoutKeys(r.Address)], c)
	return nil
}

// configuration decodes the configuration, which says which provider a resource has and what its arguments refer to.
func (p *plans) configuration(text string) error {
	if tooMany(text, maxPlanValues) {
		p.cannot("the configuration is too large to analyze: the subscriptions of providers, and what unknown arguments refer to, are unknown", Reason{File: p.file, Path: "configuration"})
		return nil
	}
	return wrap("configuration", json.Unmarshal([]byte(text), &p.config))
}

// tooMany reports whether a JSON text has more values than a limit, or is nested deeper than any plan: the library goes over
// nested blocks once for each level.
func tooMany(text string, limit int) bool {
	values, depth := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			values++
			depth++
		case '}', ']':
			depth--
		case ',':
			values++
		}
		if values > limit || depth > maxDepth {
			return true
		}
	}
	return false
}

// members calls do for each member of a JSON object with the text of its value.
func members(text string, do func(key, value string) error) error {
	p := parser{text: text, values: 1 << 40}
	if c, err := p.peek(); err != nil || c != '{' {
		return errors.Join(err, errors.New("expected a JSON object"))
	}
	return p.each('}', func() error {
		if p.text[p.at] != '"' {
			return p.wrong("expected a key in quotation marks")
		}
		key, err := p.quoted()
		if err != nil {
			return err
		}
		if c, err := p.peek(); err != nil || c != ':' {
			return p.wrong("expected a colon")
		}
		p.at++
		value, err := p.skip()
		if err != nil {
			return err
		}
		return do(key, value)
	})
}

// elements calls do for each element of a JSON list with its text.
func elements(text string, do func(i int, value string) error) error {
	p := parser{text: text, values: 1 << 40}
	if c, err := p.peek(); err != nil || c != '[' {
		return errors.Join(err, errors.New("expected a JSON array"))
	}
	i := 0
	return p.each(']', func() error {
		value, err := p.skip()
		if err != nil {
			return err
		}
		i++
		return do(i-1, value)
	})
}

// each goes through what's in brackets, whose opening one is next.
func (p *parser) each(closing byte, item func() error) error {
	p.at++
	for {
		c, err := p.peek()
		switch {
		case err != nil:
			return err
		case c == closing:
			p.at++
			return nil
		case c == 0 && p.at == len(p.text):
			return p.wrong("unexpected end, expected a value")
		}
		if err := item(); err != nil {
			return err
		}
		switch c, err = p.peek(); {
		case err != nil:
			return err
		case c == ',':
			p.at++
		case c != closing:
			return p.wrong("expected a comma or %q", closing)
		}
	}
}

// skip goes over a value and gives its text, without looking closely at it.
func (p *parser) skip() (string, error) {
	if _, err := p.peek(); err != nil {
		return "", err
	}
	start, depth := p.at, 0
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case '"':
			for p.at++; p.at < len(p.text) && p.text[p.at] != '"'; p.at++ {
				if p.text[p.at] == '\\' {
					p.at++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return p.text[start:p.at], nil
			}
			depth--
			if depth == 0 {
				p.at++
				return p.text[start:p.at], nil
			}
		case ',':
			if depth == 0 {
				return p.text[start:p.at], nil
			}
		}
		p.at++
	}
	p.at = min(p.at, len(p.text))
	return p.text[start:p.at], nil
}
