package gate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Inserted text is searched again no more often, and no further than this (bytes), as it may insert itself.
const (
	scanRounds    = 5
	longestFilled = 1 << 20
)

// harmless are the parameters of an authorization that templates are seen to use; every other is taken for a secret.
var harmless = []string{"serviceprincipalid", "tenantid", "authenticationtype"}

// scope is what the texts of one section can see.
type scope struct {
	job       *Job
	inputs    map[string]string // names in any case
	variables map[string]string // names in any case, outputs of a chain among them
	endpoint  Endpoint          // the one that signs; zero = none
}

// newScope takes the task's inputs together and fills in those of a recipe.
func (t *Task) newScope(job *Job, outputs map[string]string) (*scope, error) {
	s := &scope{job: job, inputs: map[string]string{}, variables: map[string]string{}}
	for _, input := range t.Inputs {
		s.inputs[input.Name] = input.DefaultValue
	}
	for name, value := range job.Inputs {
		set(s.inputs, name, value)
	}
	for _, input := range t.Inputs {
		if input.Required && input.VisibleRule == "" && s.inputs[input.Name] == "" {
			return nil, fmt.Errorf("input %q is required and empty", input.Name)
		}
	}
	for name, value := range job.Variables {
		set(s.variables, name, value)
	}
	for name, value := range outputs {
		set(s.variables, name, value)
	}
	return s, nil
}

// set overwrites whatever has the name in another case.
func set(values map[string]string, name, value string) {
	for known := range values {
		if strings.EqualFold(known, name) {
			values[known] = value
			return
		}
	}
	values[name] = value
}

func get(values map[string]string, name string) (string, bool) {
	for known, value := range values {
		if strings.EqualFold(known, name) {
			return value, true
		}
	}
	return "", false
}

// fillRecipe puts the recipe's texts in place as inputs, once the endpoint is known.
func (s *scope) fillRecipe(ctx context.Context, t *Task) error {
	filled := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(t.recipe)) {
		text := t.recipe[name]
		if limit := t.maxCharsIn[name]; limit > 0 && utf8.RuneCountInString(text) > limit {
			return fmt.Errorf("%s has more than %d characters", name, limit)
		}
		value, err := s.fill(ctx, text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		filled[name] = value
	}
	for name, value := range filled {
		set(s.inputs, name, value)
	}
	return nil
}

// fill replaces all placeholders of a text in the order of the options.
func (s *scope) fill(ctx context.Context, text string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if s.job.Options.Order == MacrosFirst {
		return s.again(s.macros(text), s.mustache)
	}
	text, err := s.again(text, s.mustache)
	return s.macros(text), err
}

// again applies mustache once, or until nothing changes where inserted text is read again.
func (s *scope) again(text string, once func(string) (string, error)) (string, error) {
	for range s.rounds() {
		next, err := once(text)
		if err != nil || next == text || len(next) > longestFilled {
			return next, err
		}
		text = next
	}
	return text, nil
}

func (s *scope) rounds() int {
	if s.job.Options.Rescan {
		return scanRounds
	}
	return 1
}

// macros replaces $(name). "$filter=" and unknown names stay.
func (s *scope) macros(text string) string {
	for range s.rounds() {
		next := s.macrosOnce(text)
		if next == text || len(next) > longestFilled {
			return next
		}
		text = next
	}
	return text
}

func (s *scope) macrosOnce(text string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$(")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, ")")
		if value, known := s.macro(name); closed && known {
			out.WriteString(value)
			text = after
			continue
		}
		out.WriteString("$(")
		text = rest
	}
}

func (s *scope) macro(name string) (string, bool) {
	if key, ok := cutPrefixFold(name, "endpoint."); ok {
		return s.endpointValue(key, get)
	}
	if strings.EqualFold(name, "system.AccessToken") {
		return s.job.AccessToken, s.job.AccessToken != ""
	}
	for _, values := range []map[string]string{s.inputs, s.variables, s.job.Secrets} {
		if value, ok := get(values, name); ok {
			return value, true
		}
	}
	return "", false
}

func cutPrefixFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return "", false
	}
	return text[len(prefix):], true
}

// endpointValue finds what templates may know about the endpoint; secrets aren't among it.
func (s *scope) endpointValue(key string, find func(map[string]string, string) (string, bool)) (string, bool) {
	if s.endpoint.ID == "" {
		return "", false
	}
	if value, ok := find(map[string]string{"url": s.endpoint.URL, "id": s.endpoint.ID, "name": s.endpoint.Name}, key); ok {
		return value, true
	}
	if value, ok := find(s.endpoint.Data, key); ok {
		return value, true
	}
	if slices.Contains(harmless, strings.ToLower(key)) {
		return find(s.endpoint.Parameters, key)
	}
	return "", false
}

// choose finds the endpoint that a section is signed by: a filled-in text, or TaskInputs[…] as InvokeRestApiV1 has it. An
// empty one means that nothing is signed.
func (s *scope) choose(ctx context.Context, text string) error {
	id, err := s.fill(ctx, text)
	if err != nil {
		return err
	}
	if _, ok := cutPrefixFold(strings.TrimSpace(id), "TaskInputs["); ok {
		value, err := s.evaluate(id, nil)
		if err != nil {
			return err
		}
		id, _ = toText(value)
	}
	if id == "" {
		s.endpoint = Endpoint{}
		return nil
	}
	endpoint, ok := s.job.Endpoints[id]
	if !ok {
		return fmt.Errorf("there is no endpoint %q in the job", id)
	}
	if endpoint.ID != id {
		return errors.New("the endpoint is filed under another ID than its own")
	}
	s.endpoint = endpoint
	return nil
}
