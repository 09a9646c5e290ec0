package azpipeline

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestATemplateIsFoundByItsName resolves p/main.yml, and compares the tasks of its steps and what isn't seen.
func TestATemplateIsFoundByItsName(t *testing.T) {
	const base = "parameters:\n- name: steps\n  type: stepList\nsteps:\n- ${{ parameters.steps }}\n"
	const later = "the template's name depends on parameters or variables that the caller or the run sets"
	for name, tc := range map[string]struct {
		main   string
		has    []string          // files with one step, whose task has the name of the file
		others map[string]string // other files
		tasks  []string
		unseen []string
		fails  bool
	}{
		"from the folder of the file":   {main: "steps:\n- template: s.yml\n", has: []string{"p/s.yml", "s.yml"}, tasks: []string{"p/s.yml"}},
		"from the root":                 {main: "steps:\n- template: /s.yml\n", has: []string{"p/s.yml", "s.yml"}, tasks: []string{"s.yml"}},
		"with backslashes":              {main: "steps:\n- template: ..\\s.yml\n", has: []string{"s.yml"}, tasks: []string{"s.yml"}},
		"with self":                     {main: "steps:\n- template: s.yml@Self\n", has: []string{"p/s.yml", "s.yml"}, tasks: []string{"p/s.yml"}},
		"a missing file":                {main: "steps:\n- template: s.yml\n", has: []string{"s.yml"}, unseen: []string{"template 's.yml' isn't a file of this repository"}},
		"a folder":                      {main: "steps:\n- template: ../t\n", has: []string{"t/s.yml"}, unseen: []string{"template '../t' can't be read"}, fails: true},
		"the root":                      {main: "steps:\n- template: ..\n", unseen: []string{"template '..' can't be read"}, fails: true},
		"a file in a file":              {main: "steps:\n- template: main.yml/s.yml\n", unseen: []string{"template 'main.yml/s.yml' isn't a file of this repository"}},
		"a parameter that's empty":      {main: "parameters:\n- name: x\n  default: ''\nextends:\n  template: ${{ parameters.x }}\n", unseen: []string{later}},
		"a parameter without a default": {main: "parameters:\n- name: x\nextends:\n  template: ${{ parameters.x }}\n", unseen: []string{later}},
		"a part that the caller sets":   {main: "parameters:\n- name: x\n  default: ''\nsteps:\n- template: ${{ parameters.x }}/s.yml\n", unseen: []string{later}},

		"passed on, in the folder of the template that gets it": {main: passedTo("/t/base.yml", "s.yml"), has: []string{"t/s.yml", "p/s.yml"}, others: map[string]string{"t/base.yml": base}, tasks: []string{"t/s.yml"}},
		"passed on, only where it's written":                    {main: passedTo("/t/base.yml", "s.yml"), has: []string{"p/s.yml"}, others: map[string]string{"t/base.yml": base}, tasks: []string{"p/s.yml"}},
		"passed on, from the root":                              {main: passedTo("/t/base.yml", "/s.yml"), has: []string{"s.yml", "t/s.yml"}, others: map[string]string{"t/base.yml": base}, tasks: []string{"s.yml"}},
		"passed on twice, in the folder of the first": {main: passedTo("/t/base.yml", "s.yml"),
			has: []string{"t/s.yml", "u/s.yml"}, others: map[string]string{"t/base.yml": "parameters:\n- name: steps\n  type: stepList\nsteps:\n- template: /u/base.yml\n  parameters:\n    steps:\n    - ${{ parameters.steps }}\n", "u/base.yml": base}, tasks: []string{"t/s.yml"}},
		"passed on by a list that was passed on": {main: passedTo("/t/base.yml", "/u/base.yml\n      parameters:\n        steps:\n        - template: s.yml"),
			has: []string{"t/s.yml", "u/s.yml"}, others: map[string]string{"t/base.yml": base, "u/base.yml": base}, tasks: []string{"u/s.yml"}},

		"passed to another repository, with self":        {main: passedTo("v1/a.yml@away", "s.yml@self"), has: []string{"s.yml", "p/s.yml"}, tasks: []string{"s.yml"}, unseen: []string{"template 'v1/a.yml@away' is in another repository"}},
		"passed to another repository, only here":        {main: passedTo("v1/a.yml@away", "s.yml@self"), has: []string{"p/s.yml"}, tasks: []string{"p/s.yml"}, unseen: []string{"template 'v1/a.yml@away' is in another repository"}},
		"passed to another repository, and by that here": {main: passedTo("v1/a.yml@away", "t/a.yml@self"), has: []string{"t/s.yml", "s.yml"}, others: map[string]string{"t/a.yml": "steps:\n- template: s.yml\n"}, tasks: []string{"t/s.yml"}, unseen: []string{"template 'v1/a.yml@away' is in another repository"}},
		"passed to another repository, without self": {main: passedTo("v1/a.yml@away", "s.yml"), has: []string{"s.yml"}, unseen: []string{"template 'v1/a.yml@away' is in another repository",
			"template 's.yml' is in another repository, because it's passed to a template there without @self"}},
		"passed to a template that isn't known, with self": {main: "parameters:\n- name: x\n" + passedTo("${{ parameters.x }}", "s.yml@self"), has: []string{"s.yml"}, tasks: []string{"s.yml"}, unseen: []string{later}},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"p/main.yml": {Data: []byte(tc.main)}}
			for _, name := range tc.has {
				files[name] = &fstest.MapFile{Data: []byte("steps:\n- task: " + name + "\n")}
			}
			for name, text := range tc.others {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			l := NewLibrary(files)
			file, err := l.Open("p/main.yml")
			require.NoError(t, err)
			var tasks, unseen []string
			fails := false
			p, cut := l.Resolve(file, func(_ Position, _, why string) { unseen = append(unseen, why) }, func(error) { fails = true })
			require.False(t, cut)
			for _, s := range p.Stages {
				for _, j := range s.Jobs {
					j.EachStep(func(_ *Hook, s *Step) { tasks = append(tasks, s.Task) })
				}
			}
			assert.Equal(t, tc.tasks, tasks)
			assert.Equal(t, tc.unseen, unseen)
			assert.Equal(t, tc.fails, fails)
		})
	}
}

func TestAFileNamesItsTemplates(t *testing.T) {
	l := NewLibrary(fstest.MapFS{"p/main.yml": {Data: []byte("steps:\n- template: a.yml\n- template: b.yml@self\n- template: /c.yml\n- template: d.yml@away\n")}})
	file, err := l.Open("p/main.yml")
	require.NoError(t, err)
	assert.Equal(t, []string{"p/a.yml", "p/b.yml", "b.yml", "c.yml"}, file.Templates(), "the second can be passed to a template of another repository")
}

// passedTo is a pipeline that passes a list with a template of steps to another template.
func passedTo(template, step string) string {
	return "extends:\n  template: " + template + "\n  parameters:\n    steps:\n    - template: " + step + "\n"
}
