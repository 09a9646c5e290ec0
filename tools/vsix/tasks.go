package main

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var majorFolder = regexp.MustCompile(`^v([1-9]\d*)$`)

// readTasks reads every task.json of the package; they must be at NAME/vMAJOR/task.json, where Azure DevOps looks for them.
func (c *checker) readTasks() {
	for _, name := range c.p.names() {
		if path.Base(name) != "task.json" {
			continue
		}
		parts := strings.Split(name, "/")
		if len(parts) != 3 || !majorFolder.MatchString(parts[1]) {
			c.fault("%s is not at NAME/vMAJOR/task.json", name)
			continue
		}
		t := &task{dir: path.Dir(name), folder: parts[0]}
		if err := decodeStrict(c.p.files[name], t); err != nil {
			c.fault("%s: %v", name, err)
			continue
		}
		major, _ := strconv.Atoi(majorFolder.FindStringSubmatch(parts[1])[1])
		c.want(t.Version.Major == major, "%s: Major is %d in folder %s", name, t.Version.Major, parts[1])
		c.tasks = append(c.tasks, t)
	}
	c.want(len(c.tasks) > 0, "the package has no task")
}

// checkFamilies compares tasks with each other: all majors of one share ID and name, no two tasks share one, and no folder's
// name begins another's, since a server once matched folders by prefix (microsoft/azure-devops-extension-tasks issue 107).
func (c *checker) checkFamilies() {
	folders := map[string]*task{}
	for _, t := range c.tasks {
		if first, ok := folders[t.folder]; ok {
			c.want(first.ID == t.ID && first.Name == t.Name, "%s: id and name differ from those of %s", t.dir, first.dir)
			continue
		}
		folders[t.folder] = t
		c.want(t.Name == t.folder, "%s: the task's name is %q", t.dir, t.Name)
	}
	names := slices.Sorted(maps.Keys(folders))
	for i, a := range names {
		for _, b := range names[i+1:] {
			c.want(!strings.HasPrefix(strings.ToLower(b), strings.ToLower(a)), "task folder %s is a prefix of %s", a, b)
			c.want(folders[a].ID != folders[b].ID, "tasks %s and %s share an id", a, b)
		}
	}
}

// checkContributions checks that every task folder has one contribution and is among the manifest's files: tfx packages a
// contribution without its task, and doesn't report it.
func (c *checker) checkContributions() {
	var contributed []string
	ids := map[string]bool{}
	for _, entry := range c.manifest.Contributions {
		c.want(extensionID.MatchString(entry.ID) && !ids[entry.ID], "contribution id %q is not letters, digits and hyphens, or not the only one", entry.ID)
		ids[entry.ID] = true
		c.want(entry.Type == "ms.vss-distributed-task.task" && slices.Equal(entry.Targets, []string{"ms.vss-distributed-task.tasks"}),
			"contribution %s is not a task", entry.ID)
		c.want(entry.Properties.Template == "", "contribution %s has a template", entry.ID)
		c.want(entry.Properties.URI == "" && len(entry.Properties.SupportsTasks) == 0, "contribution %s has the properties of a tab", entry.ID)
		folder := entry.Properties.Name
		contributed = append(contributed, folder)
		c.want(slices.ContainsFunc(c.tasks, func(t *task) bool { return t.folder == folder }), "contribution %s names folder %q, in which the package has no task", entry.ID, folder)
		c.want(slices.ContainsFunc(c.manifest.Files, func(f file) bool { return f.Path == folder }), "contribution %s names folder %q, which is not among the manifest's files", entry.ID, folder)
	}
	for _, t := range c.tasks {
		n := 0
		for _, folder := range contributed {
			if folder == t.folder {
				n++
			}
		}
		c.want(n == 1, "%s is contributed %d times, not once", t.dir, n)
	}
}
