package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sampled is the name of the part that compares samples.
const sampled = "Samples of answers"

// answer is a service's response, in a sample or from the simulation.
type answer struct {
	Status   int               `json:"status"` // 0 = the source doesn't show it
	Headers  map[string]string `json:"headers"`
	Body     json.RawMessage   `json:"body"`
	BodyText string            `json:"bodyText"`
}

// samples compares each sample with the simulation's response to the same request.
func samples(ctx context.Context, folder string) ([]row, error) {
	work, err := os.MkdirTemp("", "samples ")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	var all []row
	used := map[string]bool{}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		name := filepath.ToSlash(strings.TrimSuffix(strings.TrimPrefix(path, folder+string(filepath.Separator)), ".json"))
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var sample answer
		if err := json.Unmarshal(text, &sample); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		q, known := questions[name]
		used[name] = true
		r := row{part: sampled, what: "`" + name + "`", reason: q.differs}
		switch {
		case !known:
			r.err = fmt.Errorf("no question is known that it answers")
		case q.ask == nil:
			r.err = fmt.Errorf("not simulated")
		default:
			got, err := q.played(ctx, work)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if differences := compare(sample, got); len(differences) > 0 {
				r.err = shortened(fmt.Errorf("%s", strings.Join(differences, "; ")))
			} else {
				r.reason = ""
			}
		}
		all = append(all, r)
		return nil
	})
	for name := range questions {
		if err == nil && !used[name] {
			err = fmt.Errorf("there is no sample %s", name)
		}
	}
	return all, err
}

// compare returns the differences between a response and the sample: in the status, the names of headers, and the names and types in
// the body. Values, order, and what a source left out don't count.
func compare(sample, got answer) (differences []string) {
	if sample.Status != 0 && sample.Status != got.Status {
		differences = append(differences, fmt.Sprintf("the status is %d, not %d", got.Status, sample.Status))
	}
	for _, name := range sortedKeys(sample.Headers) {
		found := ""
		for have, value := range got.Headers {
			if strings.EqualFold(have, name) {
				found = value
			}
		}
		if found == "" {
			differences = append(differences, "no header "+name)
		} else if strings.EqualFold(name, "Content-Type") && media(found) != media(sample.Headers[name]) {
			differences = append(differences, fmt.Sprintf("the Content-Type is %s, not %s", media(found), media(sample.Headers[name])))
		}
	}
	switch {
	case len(sample.Body) > 0:
		var want, have any
		if err := json.Unmarshal([]byte(got.BodyText), &have); err != nil {
			return append(differences, fmt.Sprintf("the body isn't JSON but %.60q", got.BodyText))
		}
		if json.Unmarshal(sample.Body, &want) == nil { // the sample's JSON was valid
			differences = append(differences, shapes("", want, have)...)
		}
	case sample.BodyText != "" && json.Valid([]byte(got.BodyText)):
		differences = append(differences, "the body is JSON, not text")
	}
	return differences
}

// media is a content type without its parameters.
func media(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// shapes compares names and types. In a list, it compares only the first elements.
func shapes(where string, want, have any) (differences []string) {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %s, not an object", where, kind(have))}
		}
		for _, name := range sortedKeys(w) {
			if _, ok := h[name]; !ok {
				differences = append(differences, "no "+where+"."+name)
				continue
			}
			differences = append(differences, shapes(where+"."+name, w[name], h[name])...)
		}
		for _, name := range sortedKeys(h) {
			if _, ok := w[name]; !ok {
				differences = append(differences, "also "+where+"."+name)
			}
		}
	case []any:
		h, ok := have.([]any)
		switch {
		case !ok:
			return []string{fmt.Sprintf("%s is %s, not a list", where, kind(have))}
		case len(w) > 0 && len(h) > 0:
			return shapes(where+"[]", w[0], h[0])
		}
	default:
		if kind(want) != kind(have) && want != nil && have != nil {
			return []string{fmt.Sprintf("%s is %s, not %s", where, kind(have), kind(want))}
		}
	}
	return differences
}

func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case float64:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	}
	return "an object"
}

func sortedKeys[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
