package lint

import (
	"armpreflight/internal/azpipeline"
	"io/fs"
	"path"
	"slices"
	"strings"

	"armpreflight/internal/lazyregexp"
)

// deployment returns the lines of the input of that name: one for each template that the job deploys with the connection, if its path is
// written out and names a file of the repository. It also returns the line before which the step must go, because the files exist there.
// Without needs, the place of the step doesn't change.
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

// afterCheckout returns the first line of the list at which the repository's files exist; 0 if they never do. A job checks them out before
// its first step, unless it has a checkout step. A deployment job needs a checkout step.
func (u use) afterCheckout(at place) int {
	self := -1
	for i, s := range u.hook.Steps {
		switch {
		case s.Checkout == "":
			if s == u.step && self < 0 && u.job.Deployment {
				return 0
			}
		case !strings.EqualFold(s.Checkout, "self") || self >= 0 || s.Under != nil || slices.Index(u.hook.Steps, u.step) < i:
			return 0 // checkout: none, another repository, several of them, or a checkout after the task
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
	return 0 // the files are in another folder
}

// template matches a path that's written out: the only variable is the folder of the sources, and there's no pattern.
var template = &lazyregexp.Regexp{Expression: `^(?i:\$\((?:System\.DefaultWorkingDirectory|Build\.SourcesDirectory|Build\.Repository\.LocalPath)\)[/\\]+)?([\w. ()/\\-]+)$`}

// deploys returns the line for the template that a step deploys; empty if the files don't show it.
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

// target returns the resource group that the template is deployed to, if the task's inputs name it.
func target(scope string, given func(...string) string) string {
	group := given("resourceGroupName")
	switch scope = strings.ReplaceAll(strings.ToLower(scope), " ", ""); {
	case strings.Contains(group, "${{") || strings.ContainsAny(group, "\n"):
	case (scope == "" || scope == "resourcegroup") && group != "":
		return " @ resourceGroups/" + group
	}
	return ""
}

// inRepository returns the path of a file from the root of the repository, and whether the file exists.
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
