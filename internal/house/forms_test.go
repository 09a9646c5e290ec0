package house

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

var formFolder = filepath.Join("..", "..", ".github", "ISSUE_TEMPLATE")

// TestTheIssueFormsAreOnesThatGitHubTakes: GitHub shows a form that it can't read as nothing at all. The forms exist, say
// that secrets don't belong there, and ask for what a maintainer needs.
func TestTheIssueFormsAreOnesThatGitHubTakes(t *testing.T) {
	for name, required := range map[string][]string{
		"false-alarm.yml":  {"code", "version", "report", "confirm"},
		"missed-cause.yml": {"error", "cause", "version", "report", "confirm"},
		"wrong-advice.yml": {"code", "text", "version", "confirm"},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(formFolder, name))
			require.NoError(t, err)
			faults, needed := formFaults(text)
			assert.Empty(t, faults)
			assert.Subset(t, needed, required)
			assert.Contains(t, string(text), "\n  id: code\n")
			assert.Contains(t, string(text), "\n  id: report\n")
			assert.Contains(t, string(text), "Don't paste secrets, tokens, or certificates.")
		})
	}
	files, err := filepath.Glob(filepath.Join(formFolder, "*"))
	require.NoError(t, err)
	assert.Len(t, files, 4, "three forms and config.yml")

	text, err := os.ReadFile(filepath.Join(formFolder, "config.yml"))
	require.NoError(t, err)
	assert.Empty(t, configFaults(text))
}

// formKeys are the attributes of each type of element in a form's body, the required ones first up to the empty word
// (docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema).
var formKeys = map[string][]string{
	"markdown":   {"value", ""},
	"textarea":   {"label", "", "description", "placeholder", "value", "render"},
	"input":      {"label", "", "description", "placeholder", "value"},
	"dropdown":   {"label", "options", "", "description", "multiple", "default"},
	"checkboxes": {"label", "options", "", "description"},
}

var formID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// formFaults holds a form against GitHub's rules for forms and what it refuses in their bodies, and gives the IDs of the
// elements that have to be filled in.
func formFaults(text []byte) (faults, required []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	var form map[string]any
	if err := yaml.Unmarshal(text, &form); err != nil {
		return []string{err.Error()}, nil
	}
	keys := func(where string, o map[string]any, needed, others []string) {
		for _, key := range needed {
			if o[key] == nil || o[key] == "" {
				fault("%s: %s is missing", where, key)
			}
		}
		for key := range o {
			if !slices.Contains(needed, key) && !slices.Contains(others, key) {
				fault("%s: %s isn't known", where, key)
			}
		}
	}
	words := func(where string, o map[string]any, names ...string) {
		for _, name := range names {
			if _, ok := o[name].(string); o[name] != nil && !ok {
				fault("%s: %s isn't a text", where, name)
			}
		}
	}
	keys("form", form, []string{"name", "description", "body"}, []string{"title", "labels", "assignees", "projects", "type"})
	words("form", form, "name", "description", "title", "type")
	body, _ := form["body"].([]any)
	ids, labels := map[string]bool{}, map[string]bool{}
	asks := false
	for i, item := range body {
		where := fmt.Sprintf("body[%d]", i)
		element, _ := item.(map[string]any)
		kind, _ := element["type"].(string)
		attributes, _ := element["attributes"].(map[string]any)
		known, ok := formKeys[kind]
		if !ok {
			fault("%s: there's no type %q", where, kind)
			continue
		}
		asks = asks || kind != "markdown"
		keys(where, element, []string{"type", "attributes"}, []string{"id", "validations"})
		end := slices.Index(known, "")
		keys(where, attributes, known[:end], known[end+1:])
		words(where, element, "id")
		words(where, attributes, "label", "description", "placeholder", "value", "render")
		id, _ := element["id"].(string)
		if id != "" && (ids[id] || !formID.MatchString(id)) {
			fault("%s: the id %q isn't unique, or has other characters than letters, digits, - and _", where, id)
		}
		ids[id] = true
		label, _ := attributes["label"].(string)
		if label != "" && labels[strings.ToLower(label)] {
			fault("%s: the label %q isn't unique", where, label)
		}
		labels[strings.ToLower(label)] = true
		if validations, ok := element["validations"].(map[string]any); ok {
			keys(where, validations, nil, []string{"required"})
			must, isBool := validations["required"].(bool)
			switch {
			case !isBool:
				fault("%s: required isn't true or false", where)
			case kind == "markdown" || kind == "checkboxes":
				fault("%s: %s takes no validations", where, kind)
			case must:
				required = append(required, id)
			}
		}
		options, _ := attributes["options"].([]any)
		if slices.Contains(known, "options") && len(options) == 0 {
			fault("%s: it has no options", where)
		}
		seen := map[string]bool{}
		for _, o := range options {
			text, isText := o.(string)
			if box, ok := o.(map[string]any); ok && kind == "checkboxes" {
				keys(where, box, []string{"label"}, []string{"required"})
				text, isText = box["label"].(string)
				if must, _ := box["required"].(bool); must {
					required = append(required, id)
				}
			}
			if !isText || text == "" || seen[text] || strings.EqualFold(text, "none") {
				fault("%s: the option %v isn't a text, isn't unique, or is the reserved word none", where, o)
			}
			seen[text] = true
		}
	}
	if !asks {
		fault("form: its body asks for nothing")
	}
	return faults, required
}

// configFaults holds config.yml against GitHub's rules.
func configFaults(text []byte) (faults []string) {
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	var config struct {
		Blank *bool                               `yaml:"blank_issues_enabled"`
		Links []struct{ Name, URL, About string } `yaml:"contact_links"`
	}
	if err := decoder.Decode(&config); err != nil {
		return []string{err.Error()}
	}
	if config.Blank == nil {
		faults = append(faults, "blank_issues_enabled is missing")
	}
	for _, link := range config.Links {
		address, err := url.Parse(link.URL)
		if link.Name == "" || link.About == "" || err != nil || address.Scheme != "https" || address.Host == "" {
			faults = append(faults, fmt.Sprintf("the link %q needs a name, an https address, and what it's about", link.Name))
		}
	}
	return faults
}

// TestAFaultInAFormIsFound breaks a good form, and a good config.yml, in each place that GitHub checks.
func TestAFaultInAFormIsFound(t *testing.T) {
	const good = `
name: False alarm
description: A check failed and nothing is wrong
labels: [bug]
body:
- type: markdown
  attributes: {value: Hello}
- type: input
  id: code
  attributes: {label: Code, placeholder: x}
  validations: {required: true}
- type: dropdown
  id: scheme
  attributes: {label: Scheme, options: [secret, certificate]}
- type: checkboxes
  id: confirm
  attributes: {label: Before, options: [{label: I read it, required: true}]}
`
	faults, required := formFaults([]byte(good))
	require.Empty(t, faults)
	assert.Equal(t, []string{"code", "confirm"}, required)
	for name, tt := range map[string]struct{ old, new, fault string }{
		"not YAML":                   {old: "body:", new: "body: [", fault: "yaml:"},
		"no name":                    {old: "name: False alarm\n", fault: "form: name is missing"},
		"no description":             {old: "description: A", new: "about: A", fault: "form: description is missing"},
		"an unknown key":             {old: "labels:", new: "label:", fault: "form: label isn't known"},
		"a name that isn't a text":   {old: "name: False alarm", new: "name: false", fault: "form: name isn't a text"},
		"an unknown type":            {old: "type: input", new: "type: text", fault: `body[1]: there's no type "text"`},
		"no label":                   {old: "label: Code, ", fault: "body[1]: label is missing"},
		"an unknown attribute":       {old: "placeholder", new: "hint", fault: "body[1]: hint isn't known"},
		"an id with a blank":         {old: "id: code", new: "id: the code", fault: "the id"},
		"an id twice":                {old: "id: scheme", new: "id: code", fault: "the id"},
		"a label twice":              {old: "label: Scheme", new: "label: code", fault: "the label"},
		"required that isn't a bool": {old: "required: true}\n-", new: "required: must}\n-", fault: "required isn't true or false"},
		"validations of a text":      {old: "value: Hello}", new: "value: Hello}\n  validations: {required: true}", fault: "takes no validations"},
		"no options":                 {old: "[secret, certificate]", new: "[]", fault: "body[2]: it has no options"},
		"an option twice":            {old: "[secret, certificate]", new: "[secret, secret]", fault: "the option"},
		"an option that's a bool":    {old: "[secret, certificate]", new: "[secret, false]", fault: "the option"},
		"the reserved word":          {old: "[secret, certificate]", new: "[secret, None]", fault: "the option"},
		"a box without a label":      {old: "{label: I read it, required: true}", new: "{required: true}", fault: "body[3]: label is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, tt.old)
			faults, _ := formFaults([]byte(strings.Replace(good, tt.old, tt.new, 1)))
			assert.Contains(t, strings.Join(faults, "\n"), tt.fault)
		})
	}
	faults, _ = formFaults([]byte("name: a\ndescription: b\nbody: [{type: markdown, attributes: {value: c}}]"))
	assert.Equal(t, []string{"form: its body asks for nothing"}, faults)

	const config = "blank_issues_enabled: true\ncontact_links: [{name: a, url: https://example.com/, about: b}]\n"
	assert.Empty(t, configFaults([]byte(config)))
	for name, change := range map[string][2]string{
		"an unknown key":        {"contact_links", "links"},
		"not a bool":            {"true", "sometimes"},
		"no about":              {", about: b", ""},
		"an address of no host": {"https://example.com/", "SECURITY.md"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.NotEmpty(t, configFaults([]byte(strings.Replace(config, change[0], change[1], 1))))
		})
	}
}
