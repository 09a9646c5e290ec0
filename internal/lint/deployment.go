package lint

import (
	"armpreflight/internal/azpipeline"
	"io/fs"
	"path"
	"slices"
	"strings"

	"armpreflight/internal/lazyregexp"
)

// deployment is what the step's input of that name can say: a line for each template that the job deploys with the connection, if the template
// is a file of the repository and the path is written out. The step then goes before a line where the files exist; without a line to say,
// it goes where it went.
func (u use) deployment(files fs.FS, at place) (needs []string, line int) {
	if at.under != nil || at.list.Key() != u.step.List.Key() {
		return nil, 0
	}
	line = u.afterCheckout(at)
	if line == 0 {
		return nil, 0
	}
	connection := connectionName(u.job, u.input.Value.Text)
	for _, s := range u.hook.Steps {
		azure := azure(s)
		if s.Never || s.Under != nil || len(azure) == 0 || connectionName(u.job, azure[0].Value.Text) != connection {
			continue
		}
		if need := deploys(s, files); need != "" && !slices.Contains(needs, need) {
			needs = append(needs, need)
		}
	}
	return needs, line
}

// afterCheckout is the line of the list before which the repository's files exist, or 0: a job checks them out before its first step, or in a
// step of its own; a deployment only in a step.
func (u use) afterCheckout(at place) int {
	self := -1
	for i, s := range u.hook.Steps {
		switch {
		case s.Checkout == "":
			if s == u.step && self < 0 && u.job.Deployment {
				return 0
			}
		case !strings.EqualFold(s.Checkout, "self") || self >= 0 || s.Under != nil || slices.Index(u.hook.Steps, u.step) < i:
			return 0 // none, another repository, several, or too late
		default:
			self = i
		}
	}
	if self < 0 {
		if u.job.Deployment {
			return 0
		}
		return at.list.Position().Line
	}
	if checkout := u.hook.Steps[self]; checkout.CheckoutPath == "" {
		return at.list.LineAfter(checkout)
	}
	return 0 // it's in another folder
}

// template is a path that's written out: no variable but the folder of the sources, and no pattern.
var template = lazyregexp.New(`^(?i:\$\((?:System\.DefaultWorkingDirectory|Build\.SourcesDirectory|Build\.Repository\.LocalPath)\)[/\\]+)?([\w. ()/\\-]+)$`)

// deploys is the line for what a step deploys; empty if the files don't show it.
func deploys(s *azpipeline.Step, files fs.FS) string {
	name, _, _ := strings.Cut(strings.ToLower(s.Task), "@")
	given := func(names ...string) string {
		if in := s.Input(names...); in != nil && in.Value.Known {
			return strings.TrimSpace(in.Value.Text)
		}
		return ""
	}
	var file, parameters, scope string
	switch {
	case name == "azureresourcemanagertemplatedeployment" || name == "azureresourcegroupdeployment":
		if link := given("templateLocation"); link != "" && !strings.EqualFold(link, "Linked artifact") || strings.EqualFold(given("action"), "DeleteRG") {
			return ""
		}
		file, parameters, scope = given("csmFile"), given("csmParametersFile"), given("deploymentScope")
	case name == "bicepdeploy" && !strings.EqualFold(given("operation"), "delete"):
		file, parameters, scope = given("templateFile"), given("parametersFile"), given("scope")
	}
	line, ok := inRepository(files, file)
	if !ok || !strings.EqualFold(path.Ext(line), ".json") {
		return ""
	}
	if parameters != "" {
		name, ok := inRepository(files, parameters)
		if !ok || !strings.EqualFold(path.Ext(name), ".json") {
			return ""
		}
		line += " + " + name
	}
	return line + target(scope, given)
}

// target names what the template is deployed to, where the task's inputs say it.
func target(scope string, given func(...string) string) string {
	group := given("resourceGroupName")
	switch scope = strings.ReplaceAll(strings.ToLower(scope), " ", ""); {
	case strings.Contains(group, "${{") || strings.ContainsAny(group, "\n"):
	case (scope == "" || scope == "resourcegroup") && group != "":
		return " @ resourceGroups/" + group
	}
	return ""
}

// inRepository is the path of a file from the root of the repository.
func inRepository(files fs.FS, name string) (string, bool) {
	m := template.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	name = path.Clean(strings.TrimPrefix(strings.ReplaceAll(m[1], `\`, "/"), "/"))
	if !fs.ValidPath(name) {
		return "", false
	}
	info, err := fs.Stat(files, name)
	return name, err == nil && info.Mode().IsRegular()
}
