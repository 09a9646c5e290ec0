package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"armpreflight/internal/arm"
)

// task is what our task.json can contain: less than the published schema, which checkSchema applies too. Left out on purpose:
// outputVariables (a declared output variable makes the agent fail a step that has no reference name) and
// restrictions.commands (it would block summaries).
type task struct {
	dir, folder string // of the task in the package: NAME/vMAJOR, NAME

	ID                  string        `json:"id"`
	Name                string        `json:"name"`
	FriendlyName        string        `json:"friendlyName"`
	Description         string        `json:"description"`
	HelpURL             string        `json:"helpUrl"`
	HelpMarkDown        string        `json:"helpMarkDown"`
	Author              string        `json:"author"`
	Category            string        `json:"category"`
	Visibility          []string      `json:"visibility"`
	RunsOn              []string      `json:"runsOn"`
	Preview             bool          `json:"preview"`
	Version             taskVersion   `json:"version"`
	MinimumAgentVersion string        `json:"minimumAgentVersion"`
	InstanceNameFormat  string        `json:"instanceNameFormat"`
	ReleaseNotes        string        `json:"releaseNotes"`
	Groups              []group       `json:"groups"`
	Inputs              []input       `json:"inputs"`
	DataSources         []dataSource  `json:"dataSourceBindings"`
	Execution           execution     `json:"execution"`
	Restrictions        *restrictions `json:"restrictions"`
}

type taskVersion struct {
	Major, Minor, Patch int
}

type group struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	IsExpanded  bool   `json:"isExpanded"`
	VisibleRule string `json:"visibleRule"`
}

type input struct {
	Name         string            `json:"name"`
	Aliases      []string          `json:"aliases"`
	Type         string            `json:"type"`
	Label        string            `json:"label"`
	DefaultValue *string           `json:"defaultValue"`
	Required     bool              `json:"required"`
	GroupName    string            `json:"groupName"`
	VisibleRule  string            `json:"visibleRule"`
	HelpMarkDown string            `json:"helpMarkDown"`
	Options      map[string]string `json:"options"`
	Properties   map[string]string `json:"properties"`
}

// dataSource fills a pick list in the editor from a source that the connection's type has.
type dataSource struct {
	Target         string `json:"target"`
	EndpointID     string `json:"endpointId"`
	DataSourceName string `json:"dataSourceName"`
}

type execution struct {
	Node20 *handler `json:"Node20_1"`
	Node24 *handler `json:"Node24"`
	Chain  *chain   `json:"HttpRequestChain"`
}

type handler struct {
	Target string `json:"target"`
}

type restrictions struct {
	SettableVariables struct {
		Allowed []string `json:"allowed"`
	} `json:"settableVariables"`
}

var (
	taskName     = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	inputName    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)
	agentVersion = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	macro        = regexp.MustCompile(`\$\(([^)]*)\)`)
)

func (c *checker) checkTask(t *task) {
	want := func(ok bool, format string, args ...any) bool {
		return c.want(ok, t.dir+": "+format, args...)
	}
	id, isGUID := arm.ParseGUID(t.ID)
	want(isGUID && id.String() == t.ID, "id %q is not a GUID in lower case", t.ID)
	want(taskName.MatchString(t.Name), "name %q is not letters, digits and hyphens", t.Name)
	length := utf8.RuneCountInString(t.FriendlyName)
	want(length >= 1 && length <= 40, "friendlyName has %d characters, not 1 to 40", length)
	want(t.Description != "" && t.HelpMarkDown != "" && t.Author != "" && t.InstanceNameFormat != "", "description, helpMarkDown, author and instanceNameFormat are needed")
	want(strings.HasPrefix(t.HelpURL, "https://"), "helpUrl %q is not https", t.HelpURL)
	want(t.Category == "Deploy", "category is %q, not Deploy", t.Category)
	want(slices.Equal(t.Visibility, []string{"Build", "Release"}), "visibility is %q, not Build and Release", t.Visibility)
	version := strings.Join([]string{strconv.Itoa(t.Version.Major), strconv.Itoa(t.Version.Minor), strconv.Itoa(t.Version.Patch)}, ".")
	if strings.HasPrefix(c.manifest.Version, strconv.Itoa(t.Version.Major)+".") {
		// An agent keeps its copy of the task until the task's own version increases.
		want(version == c.manifest.Version, "version is %s, the extension's %s", version, c.manifest.Version)
	}
	c.checkIcon(t.dir+": icon", t.dir+"/icon.png", 32)
	checkInputs(t, want)
	if t.Execution.Chain != nil {
		checkServerTask(t, want)
		return
	}
	c.checkAgentTask(t, want)
	c.checkPrograms(t)
}

// checkAgentTask checks that a task for agents has what it needs, and nothing of a server task.
func (c *checker) checkAgentTask(t *task, want func(bool, string, ...any) bool) {
	want(slices.Equal(t.RunsOn, []string{"Agent", "DeploymentGroup"}), "runsOn is %q, not Agent and DeploymentGroup", t.RunsOn)
	want(agentVersion.MatchString(t.MinimumAgentVersion), "minimumAgentVersion %q is not x.y.z", t.MinimumAgentVersion)
	for node, h := range map[string]*handler{"Node20_1": t.Execution.Node20, "Node24": t.Execution.Node24} {
		if want(h != nil, "there is no %s handler", node) {
			want(h.Target != "" && c.p.files[t.dir+"/"+h.Target] != nil, "the target %q of %s is not in the package", h.Target, node)
		}
	}
	if want(t.Restrictions != nil && len(t.Restrictions.SettableVariables.Allowed) > 0, "restrictions.settableVariables.allowed is needed") {
		for _, name := range t.Restrictions.SettableVariables.Allowed {
			want(strings.HasPrefix(name, t.Name+".") && !strings.ContainsAny(name, "*?[!{"), "settable variable %q is not one of the task's own", name)
		}
	}
}

func checkInputs(t *task, want func(bool, string, ...any) bool) {
	groups := map[string]bool{}
	for _, g := range t.Groups {
		want(inputName.MatchString(g.Name) && !groups[g.Name], "group %q is not a name, or not the only one", g.Name)
		groups[g.Name] = true
		want(g.DisplayName != "" && utf8.RuneCountInString(g.DisplayName) <= 48, "group %s: displayName must have 1 to 48 characters", g.Name)
		want(slices.ContainsFunc(t.Inputs, func(in input) bool { return in.GroupName == g.Name }), "group %s has no input", g.Name)
	}
	names := map[string]bool{} // inputs and aliases, in the agent's letter case
	for _, in := range t.Inputs {
		for _, name := range append([]string{in.Name}, in.Aliases...) {
			folded := strings.ToUpper(name)
			want(inputName.MatchString(name) && !names[folded], "input name %q is not letters and digits, or not the only one", name)
			names[folded] = true
		}
	}
	for _, in := range t.Inputs {
		want(slices.Contains([]string{"string", "multiLine", "pickList", "boolean", "connectedService:AzureRM", serverConnection}, in.Type), "input %s: type %q is not one we use", in.Name, in.Type)
		want(in.Label != "" && utf8.RuneCountInString(in.Label) <= 108, "input %s: label must have 1 to 108 characters", in.Name)
		want(in.HelpMarkDown != "" && utf8.RuneCountInString(in.HelpMarkDown) <= 1329, "input %s: helpMarkDown must have 1 to 1329 characters", in.Name)
		want(in.GroupName == "" || groups[in.GroupName], "input %s: there is no group %q", in.Name, in.GroupName)
		want(in.Required || in.DefaultValue != nil, "input %s: it is neither required nor has a default", in.Name)
		filled := slices.ContainsFunc(t.DataSources, func(d dataSource) bool { return d.Target == in.Name })
		if in.Type == "pickList" && !filled {
			_, ok := in.Options[in.defaultText()]
			want(ok, "input %s: the default is not among the options", in.Name)
		} else {
			want(len(in.Options) == 0, "input %s: only a pickList has options", in.Name)
		}
		if err := checkVisibleRule(in.VisibleRule, t.Inputs); err != nil {
			want(false, "input %s: %v", in.Name, err)
		}
	}
	for _, d := range t.DataSources {
		target := slices.IndexFunc(t.Inputs, func(in input) bool { return in.Name == d.Target })
		if want(target >= 0, "a data source fills %q, which is no input", d.Target) {
			in := t.Inputs[target]
			want(in.Type == "pickList" && in.Properties["EditableOptions"] == "True", "input %s: what a data source fills must be a pick list that can be typed into", in.Name)
		}
		source, ok := strings.CutPrefix(d.EndpointID, "$(")
		want(ok && slices.ContainsFunc(t.Inputs, func(in input) bool { return in.Name+")" == source && strings.HasPrefix(in.Type, "connectedService:") }),
			"the data source of %s asks endpoint %q, which is no connection input", d.Target, d.EndpointID)
		want(slices.Contains([]string{"AzureResourceGroups"}, d.DataSourceName), "data source %q is not one we use", d.DataSourceName)
	}
	for _, g := range t.Groups {
		if err := checkVisibleRule(g.VisibleRule, t.Inputs); err != nil {
			want(false, "group %s: %v", g.Name, err)
		}
	}
	for _, match := range macro.FindAllStringSubmatch(t.InstanceNameFormat, -1) {
		want(slices.ContainsFunc(t.Inputs, func(in input) bool { return in.Name == match[1] }), "instanceNameFormat names %q, which is no input", match[1])
	}
}

// defaultText is the default, or empty if there's none.
func (in input) defaultText() string {
	if in.DefaultValue == nil {
		return ""
	}
	return *in.DefaultValue
}
