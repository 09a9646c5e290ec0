package decorator

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func contoso() Options { return Options{Publisher: "contoso", Version: "1.0.0"} }

func TestTheSameOptionsMakeTheSameBytes(t *testing.T) {
	o := contoso()
	o.Projects, o.Tasks = []string{"Shop", "Bank"}, []Task{{ID: strings.Repeat("0", 8) + "-0000-0000-0000-000000000001", Inputs: []string{"azureThing"}}}
	var packed [2][]byte
	for i := range packed {
		files, err := Files(o)
		require.NoError(t, err)
		packed[i], err = Pack(files)
		require.NoError(t, err)
	}
	assert.Equal(t, packed[0], packed[1])
}

func TestThePackageContributesDecoratorsOnly(t *testing.T) {
	files, err := Files(contoso())
	require.NoError(t, err)
	packed, err := Pack(files)
	require.NoError(t, err)
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	require.NoError(t, err)
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	assert.Equal(t, []string{"CHANGELOG.md", "README.md", "[Content_Types].xml", "build.yml", "extension.vsixmanifest", "extension.vsomanifest", "release.yml"}, names)
	entry, err := r.Open("extension.vsomanifest")
	require.NoError(t, err)
	text, err := io.ReadAll(entry)
	require.NoError(t, err)
	var m struct {
		Scopes        []string
		Contributions []struct {
			Type       string
			Targets    []string
			Properties map[string]string
		}
	}
	require.NoError(t, json.Unmarshal(text, &m))
	assert.Empty(t, m.Scopes)
	require.Len(t, m.Contributions, 2)
	for i, want := range []struct{ target, template string }{
		{target: "ms.azure-pipelines-agent-job.pre-job-tasks", template: "build.yml"},
		{target: "ms.azure-release-pipelines-agent-job.pre-job-tasks", template: "release.yml"},
	} {
		c := m.Contributions[i]
		assert.Equal(t, "ms.azure-pipelines.pipeline-decorator", c.Type)
		assert.Equal(t, []string{want.target}, c.Targets)
		assert.Equal(t, map[string]string{"template": want.template}, c.Properties)
	}
}

func TestANameThatCouldEndAnExpressionIsRefused(t *testing.T) {
	for _, name := range []string{"", " ", "a'b", `a"b`, "a]b", "$(a)", "##vso[task.complete]", "a|b", "a\nb", "{{ a }}", strings.Repeat("a", 65)} {
		o := contoso()
		o.Projects = []string{name}
		_, err := Files(o)
		assert.Error(t, err, "%q", name)
		o = contoso()
		o.Exclude = []string{name}
		_, err = Files(o)
		assert.Error(t, err, "%q", name)
	}
	for _, publisher := range []string{"", "a b", `a"b`, "a<b", "-a"} {
		_, err := Files(Options{Publisher: publisher, Version: "1.0.0"})
		assert.Error(t, err, "%q", publisher)
	}
	_, err := Files(Options{Publisher: "contoso", FailOn: "sometimes"})
	assert.Error(t, err)
}

func TestFurtherTasksAreReadLineByLine(t *testing.T) {
	got, err := ParseTasks("# ours\n\n0F0E0D0C-0000-0000-0000-00000000000A azureThing otherThing # why\r\n")
	require.NoError(t, err)
	assert.Equal(t, []Task{{ID: "0f0e0d0c-0000-0000-0000-00000000000a", Inputs: []string{"azureThing", "otherThing"}}}, got)
	for _, line := range []string{"AzureCLI azureSubscription", "0f0e0d0c-0000-0000-0000-00000000000a", "0f0e0d0c-0000-0000-0000-00000000000a a'b"} {
		_, err := ParseTasks("#\n" + line)
		assert.ErrorContains(t, err, "line 2", line)
	}
}

func TestEveryConditionFitsAKeyOfYAML(t *testing.T) {
	o := contoso()
	for i := range 300 {
		o.Projects = append(o.Projects, strings.Repeat("p", 60)+string(rune('a'+i%26)))
	}
	files, err := Files(o)
	require.NoError(t, err)
	for line := range strings.Lines(string(files[1].Content)) {
		if strings.HasPrefix(strings.TrimSpace(line), "- $") {
			assert.Less(t, len(strings.TrimSpace(line)), longestKey, line)
		}
	}
}
