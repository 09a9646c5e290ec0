package lint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestATemplateOfAnotherLanguageIsNotChecked has files that another tool makes a pipeline of. In a folder, such a file isn't an error.
func TestATemplateOfAnotherLanguageIsNotChecked(t *testing.T) {
	const good = "\n-- q.yml --\nsteps: []\n-- p.yml --\n"
	for name, tc := range map[string]struct{ text, language string }{
		"Terraform, around lines":   {"steps:\n%{ for e in environments ~}\n- bash: ${e.name}\n%{ endfor ~}\n", "Terraform"},
		"Terraform, in a line":      {"steps: %{ if deploy }[]%{ else }[a]%{ endif }\n", "Terraform"},
		"Handlebars, a block":       {"steps:\n  {{#each steps}}\n  - bash: a\n  {{/each}}\n", "Handlebars"},
		"Handlebars, a partial":     {"steps:\n{{> steps }}\n", "Handlebars"},
		"Jinja":                     {"steps:\n{% for s in all %}\n- bash: a\n{% endfor %}\n", "Jinja"},
		"Helm":                      {"steps:\n{{- range .Values.all }}\n- bash: a\n{{- end }}\n", "Helm or Go"},
		"Go, a variable":            {"name: a\n{{$count := DefaultParam .COUNT 10}}\n{{$all := .All}}\nsteps:\n- bash: a\n", "Helm or Go"},
		"Go, another value":         {"steps:\n- bash: a\n{{- $count = 3 }}\n- bash: b\n", "Helm or Go"},
		"one in a script":           {"steps:\n- bash: |\n    {{#each a}}\n    %{ if a }\n   b: [\n", ""},
		"no template":               {"steps:\n- bash: ${{ if }}\n  b: ]\n", ""},
		"one whose error is before": {"steps:\n- bash: ]\n- bash: b\n- bash: c\n%{ if a }\n- bash: a\n%{ endif }\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, repository := result(t, good+tc.text, Options{})
			if tc.language == "" {
				assert.Empty(t, r.Unseen)
				assert.Len(t, r.Unreadable, 1)
				return
			}
			assert.Empty(t, r.Unreadable)
			require.Len(t, r.Unseen, 1)
			assert.Contains(t, r.Unseen[0].String(), "it looks like a "+tc.language+" template, which isn't YAML: ")
			assert.NotZero(t, r.Unseen[0].Line)
			assert.Zero(t, r.Errors())
			r, err := Run(repository, []string{"p.yml", "q.yml"}, Options{})
			require.NoError(t, err)
			assert.Equal(t, 1, r.Errors(), "it's named")
			assert.Contains(t, r.Unreadable[0].Why, tc.language)
		})
	}
}

func TestTheTemplatesOfARepositoryAreOneLine(t *testing.T) {
	r, _ := result(t, "-- a.yml --\nsteps:\n- template: a.yml@shared\n- template: b.yml@Shared\n- template: c.yml@tools\n- template: d.yml\n-- b.yml --\ntrigger: none\nsteps:\n- template: c.yml@shared\n", Options{})
	assert.Len(t, r.Unseen, 5)
	assert.Equal(t, []string{
		"not checked: a.yml:2: template 'a.yml@shared' is in another repository; 2 more templates of repository 'shared'",
		"not checked: a.yml:4: template 'c.yml@tools' is in another repository",
		"not checked: a.yml:5: template 'd.yml' isn't a file of this repository",
	}, r.NotChecked())
	assert.Contains(t, r.Summary(), "; 5 parts not checked")
}

func TestTheFilesOfATemplateLanguageAreOneLine(t *testing.T) {
	const loop = "steps:\n{{ range .All }}\n- bash: a\n{{ end }}\n"
	r, _ := result(t, "-- a.yml --\nsteps: []\n-- b.yml --\n"+loop+"-- c.yml --\nsteps:\n{% if a %}\n- bash: b\n{% endif %}\n-- d.yml --\n"+loop+"-- e.yml --\n"+loop, Options{})
	assert.Len(t, r.Unseen, 4)
	assert.Equal(t, []string{
		"not checked: b.yml:2: it looks like a Helm or Go template, which isn't YAML: could not find expected ':'; 2 more files in this language",
		"not checked: c.yml:2: it looks like a Jinja template, which isn't YAML: found character that cannot start any token",
	}, r.NotChecked())
}
