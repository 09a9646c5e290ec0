package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// feed gives lines to a step without a process.
func feed(t *testing.T, j *Job, s Step, lines ...string) *Record {
	t.Helper()
	e, err := j.prepare(probe, t.TempDir(), s)
	require.NoError(t, err)
	r := newRunning(e)
	for _, line := range lines {
		r.line(line)
	}
	r.finish()
	return r.rec
}

func TestLogAndIssues(t *testing.T) {
	r := feed(t, &Job{}, Step{}, "hello", "", "##[group]title",
		"##vso[task.logissue type=ERROR;code=AADSTS7000222;severity=3]first%0Asecond",
		"##vso[task.issue type=warning;]careful",
		"##vso[task.logissue type=error;sourcepath=a.yml;linenumber=3;code=X]broken",
		"##vso[task.logissue type=error;]",
		"##vso[task.debug]not shown")
	assert.Equal(t, []string{"hello", "", "##[group]title", "##[error]first", "second", "##[warning]careful", "##[error]a.yml(3,): error X: broken"}, r.Lines)
	require.Len(t, r.Issues, 4)
	assert.Equal(t, Issue{Type: "error", Code: "AADSTS7000222", Message: "first\nsecond", Properties: map[string]string{"code": "AADSTS7000222", "severity": "3"}}, r.Issues[0])
	assert.Equal(t, Succeeded, r.Result, "issues never fail a step")
	assert.Empty(t, r.Faults)
	assert.Len(t, r.Raw, 8)
	assert.Equal(t, strings.Join(r.Lines, "\n"), r.Log())
}

func TestDebugIsShownWhenAskedFor(t *testing.T) {
	r := feed(t, &Job{Variables: []Variable{{Name: "System.Debug", Value: "True"}}}, Step{}, "##vso[task.debug]shown", "##vso[task.setprogress value=3]x%5D")
	assert.Equal(t, []string{"##[debug]shown", "##[debug]Processed: ##vso[task.setprogress value=3]x]"}, r.Lines)
}

func TestTenErrorsAndTenWarningsAreKept(t *testing.T) {
	var lines []string
	for i := range 13 {
		lines = append(lines, fmt.Sprintf("##vso[task.logissue type=error]e%d", i), fmt.Sprintf("##vso[task.logissue type=warning]w%d", i))
	}
	r := feed(t, &Job{}, Step{}, lines...)
	assert.Len(t, r.Issues, 20)
	assert.Equal(t, 6, r.Dropped)
	assert.Len(t, r.Lines, 26, "the log has them all")
}

func TestResults(t *testing.T) {
	complete := func(result string) string { return "##vso[task.complete result=" + result + "]done" }
	for name, test := range map[string]struct {
		lines []string
		want  string
		fault string
	}{
		"nothing said":                            {nil, Succeeded, ""},
		"the worst of several":                    {[]string{complete("Failed"), complete("SucceededWithIssues")}, Failed, ""},
		"skipped after failed":                    {[]string{complete("Failed"), complete("Skipped")}, Skipped, ""},
		"nothing replaces cancelled":              {[]string{complete("Canceled"), complete("Abandoned")}, Canceled, ""},
		"a number":                                {[]string{complete("1")}, SucceededWithIssues, ""},
		"a wrong case fails the step":             {[]string{complete("succeeded")}, Failed, `result "succeeded" is not one of`},
		"so does the English spelling":            {[]string{complete("Cancelled")}, Failed, `result "Cancelled"`},
		"and no result":                           {[]string{"##vso[task.complete]"}, Failed, `result ""`},
		"a failed command after skipped is lost":  {[]string{complete("Skipped"), complete("nonsense")}, Skipped, "nonsense"},
		"an unknown event":                        {[]string{"##vso[task.nonsense]"}, Failed, `has no command "nonsense"`},
		"an unknown area is only a warning":       {[]string{"##vso[nonsense.x]"}, Succeeded, `unknown area "nonsense"`},
		"an issue of another type":                {[]string{"##vso[task.logissue type=info]x"}, Failed, `issue type "info"`},
		"an issue without a type is only warned":  {[]string{"##vso[task.logissue]x"}, Succeeded, "issue without a type"},
		"what looks like a command is only noted": {[]string{"##vso[task.logissue type=error x"}, Succeeded, "no command"},
		"a hidden command":                        {[]string{"##v\u200bso[task.debug]x"}, Succeeded, "invisible"},
		"progress is no result":                   {[]string{"##vso[task.setprogress value=x]"}, Succeeded, ""},
		"telemetry is ignored":                    {[]string{"##vso[telemetry.publish area=a;feature=b]{}"}, Succeeded, ""},
		"an area for another host type":           {[]string{"##vso[release.updatereleasename]x"}, Failed, `area "release" in a "build" job`},
		"a command that is not carried out":       {[]string{"##vso[build.addbuildtag]x"}, Succeeded, "not carried out"},
		"a detail without a name":                 {[]string{"##vso[task.logdetail id=" + azure + "]x"}, Failed, "needs a name"},
		"a detail": {[]string{"##vso[task.logdetail id=" + azure + ";name=n;type=t]x", "##vso[task.logdetail id=" + azure + ";state=Completed]x"},
			Succeeded, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := feed(t, &Job{Variables: []Variable{{Name: "system.hosttype", Value: "build"}}}, Step{}, test.lines...)
			assert.Equal(t, test.want, r.Result)
			if test.fault == "" {
				assert.Empty(t, r.Faults)
			} else {
				assert.Contains(t, strings.Join(r.Faults, "\n"), test.fault)
			}
		})
	}
}

func TestContinueOnErrorHidesOnlyAFailure(t *testing.T) {
	for result, want := range map[string]string{Failed: SucceededWithIssues, Canceled: Canceled, Skipped: Skipped, Succeeded: Succeeded} {
		assert.Equal(t, want, feed(t, &Job{}, Step{ContinueOnError: true}, "##vso[task.complete result="+result+"]").Result)
	}
}

func TestJobResult(t *testing.T) {
	of := func(results ...string) string {
		var steps []*Record
		for _, result := range results {
			steps = append(steps, &Record{Result: result})
		}
		return JobResult(steps...)
	}
	assert.Equal(t, Succeeded, of())
	assert.Equal(t, Succeeded, of(Canceled, Skipped, Abandoned))
	assert.Equal(t, SucceededWithIssues, of(Succeeded, SucceededWithIssues, Skipped))
	assert.Equal(t, Failed, of(SucceededWithIssues, Failed, Succeeded))
}

func TestSetVariable(t *testing.T) {
	hosted := Variable{Name: "agent.readOnlyVariables", Value: "true"}
	for name, test := range map[string]struct {
		job   Job
		step  Step
		line  string
		want  *Variable // under its name; nil = not set
		fails string
	}{
		"a plain one":                         {line: "##vso[task.setvariable variable=A.b]v%0A1", want: &Variable{Name: "A.b", Value: "v\n1"}},
		"a secret one":                        {line: "##vso[task.setvariable variable=a;isSecret=TRUE]v", want: &Variable{Name: "a", Value: "v", Secret: true}},
		"a space before the flag":             {line: "##vso[task.setvariable variable=a; issecret=true]v", want: &Variable{Name: "a", Value: "v"}},
		"once secret, always secret":          {job: Job{Variables: []Variable{{Name: "A", Value: "old", Secret: true}}}, line: "##vso[task.setvariable variable=a]v", want: &Variable{Name: "a", Value: "v", Secret: true}},
		"case kept and read-only":             {line: "##vso[task.setvariable variable=a;preservecase=true;isreadonly=true]v", want: &Variable{Name: "a", Value: "v", ReadOnly: true, PreserveCase: true}},
		"an output with a reference name":     {step: Step{RefName: "check"}, line: "##vso[task.setvariable variable=a;isoutput=true]v", want: &Variable{Name: "check.a", Value: "v", ReadOnly: true}},
		"one that task.json declares":         {step: Step{RefName: "check"}, line: "##vso[task.setvariable variable=Declared]v", want: &Variable{Name: "check.Declared", Value: "v"}},
		"an output without a reference name":  {line: "##vso[task.setvariable variable=a;isoutput=true]v", fails: "needs a step with a reference name"},
		"a declared one, likewise":            {line: "##vso[task.setvariable variable=declared]v", fails: "needs a step with a reference name"},
		"no name":                             {line: "##vso[task.setvariable]v", fails: `property "variable" is missing`},
		"a secret of several lines":           {line: "##vso[task.setvariable variable=a;issecret=true]v%0Aw", fails: "several lines"},
		"the same, allowed":                   {job: Job{Variables: []Variable{{Name: "SYSTEM_UNSAFEALLOWMULTILINESECRET", Value: "true"}}}, line: "##vso[task.setvariable variable=a;issecret=true]v%0Aw", want: &Variable{Name: "a", Value: "v\nw", Secret: true}},
		"a read-only one":                     {job: Job{Variables: []Variable{hosted, {Name: "A", Value: "old", ReadOnly: true}}}, line: "##vso[task.setvariable variable=a]v", fails: "read-only"},
		"one of the agent's own":              {job: Job{Variables: []Variable{hosted}}, line: "##vso[task.setvariable variable=Agent.TempDirectory]v", fails: "read-only"},
		"not among the settable ones":         {step: Step{SettableVariables: []string{"b*"}}, line: "##vso[task.setvariable variable=a]v"},
		"among them":                          {step: Step{SettableVariables: []string{"x", "ARM*.result"}}, line: "##vso[task.setvariable variable=ArmPreflight.Result]v", want: &Variable{Name: "ArmPreflight.Result", Value: "v"}},
		"none are settable":                   {step: Step{SettableVariables: []string{}}, line: "##vso[task.setvariable variable=a]v"},
		"restricted mode permits it":          {step: Step{Restricted: true}, line: "##vso[task.setvariable variable=a]v", want: &Variable{Name: "a", Value: "v"}},
		"a reference to another is expanded":  {job: Job{Variables: []Variable{{Name: "other", Value: "o"}}}, line: "##vso[task.setvariable variable=a]<$(other)>", want: &Variable{Name: "a", Value: "<o>"}},
		"other scripts in the name and value": {line: "##vso[task.setvariable variable=größe]日本😀", want: &Variable{Name: "größe", Value: "日本😀"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := feed(t, &test.job, test.step, test.line)
			if test.fails != "" {
				assert.Equal(t, Failed, r.Result)
				assert.Contains(t, strings.Join(r.Faults, "\n"), test.fails)
				assert.Len(t, r.Issues, 2, "one quotes the line, one has the reason")
				assert.Empty(t, r.Set)
				return
			}
			assert.Equal(t, Succeeded, r.Result)
			assert.Empty(t, r.Faults)
			if test.want == nil {
				assert.Empty(t, r.Set)
				assert.Len(t, r.Issues, 1, "a warning")
				return
			}
			assert.Equal(t, []string{test.want.Name}, r.Set)
			assert.Equal(t, *test.want, r.Variables[test.want.Name])
			got, ok := r.Variable(strings.ToUpper(test.want.Name))
			assert.True(t, ok)
			assert.Equal(t, *test.want, got)
		})
	}
}

func TestReadOnlyVariableIsOnlyWarnedOfOnOldSettings(t *testing.T) {
	r := feed(t, &Job{Variables: []Variable{{Name: "a", Value: "old", ReadOnly: true}}}, Step{}, "##vso[task.setvariable variable=a]v")
	assert.Equal(t, Succeeded, r.Result)
	assert.Equal(t, "v", r.Variables["a"].Value)
	assert.Len(t, r.Issues, 1)
	assert.NotEmpty(t, r.Faults)
}

func TestVariablesAsLaterStepsSeeThem(t *testing.T) {
	r := feed(t, &Job{Variables: []Variable{{Name: "later", Value: "$(made)"}}}, Step{}, "##vso[task.setvariable variable=made]now")
	assert.Equal(t, "now", r.Variables["later"].Value)
	_, ok := r.Variable("never")
	assert.False(t, ok)
}

func TestAttachments(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "summary.md")
	require.NoError(t, os.WriteFile(file, []byte("# fine"), 0o600))
	for name, test := range map[string]struct {
		line  string
		want  *Attachment
		fault string
	}{
		"a summary":          {"##vso[task.uploadsummary]" + file, &Attachment{Type: "DistributedTask.Core.Summary", Name: "summary.md", Path: file, Content: []byte("# fine")}, ""},
		"a file":             {"##vso[task.uploadfile]" + file, &Attachment{Type: "DistributedTask.Core.FileAttachment", Name: "summary.md", Path: file, Content: []byte("# fine")}, ""},
		"an attachment":      {"##vso[task.addattachment type=armpreflight;name=report]" + file, &Attachment{Type: "armpreflight", Name: "report", Path: file, Content: []byte("# fine")}, ""},
		"a relative path":    {"##vso[task.uploadsummary]summary.md", nil, "is relative"},
		"a missing file":     {"##vso[task.uploadsummary]" + file + ".not", nil, "does not exist"},
		"a directory":        {"##vso[task.uploadsummary]" + dir, nil, "does not exist"},
		"no file":            {"##vso[task.uploadsummary]", nil, "all needed"},
		"no type":            {"##vso[task.addattachment name=report]" + file, nil, "all needed"},
		"a slash in a name":  {"##vso[task.addattachment type=a;name=b/c]" + file, nil, "no file name"},
		"a name for Windows": {"##vso[task.addattachment type=a;name=b:c]" + file, &Attachment{Type: "a", Name: "b:c", Path: file, Content: []byte("# fine")}, "Windows"},
	} {
		t.Run(name, func(t *testing.T) {
			r := feed(t, &Job{}, Step{}, test.line)
			if test.want != nil {
				assert.Equal(t, []Attachment{*test.want}, r.Attachments)
				assert.Equal(t, Succeeded, r.Result)
			} else {
				assert.Empty(t, r.Attachments)
				assert.Equal(t, Failed, r.Result)
			}
			assert.Equal(t, test.fault != "", len(r.Faults) > 0)
			assert.Contains(t, strings.Join(r.Faults, "\n"), test.fault)
		})
	}
}

func TestAttachmentThatIsDeletedTooEarly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "summary.md")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	job := &Job{Follow: func(line string) {
		if line == "bye" {
			require.NoError(t, os.Remove(file))
		}
	}}
	r := feed(t, job, Step{}, "##vso[task.uploadsummary]"+file, "bye")
	assert.Contains(t, strings.Join(r.Faults, "\n"), "gone before it was uploaded")
}

func TestRestrictedMode(t *testing.T) {
	r := feed(t, &Job{}, Step{Restricted: true}, "##vso[task.uploadsummary]/nowhere", "##vso[task.addattachment]x",
		"##vso[task.setprogress value=250]halfway", "##vso[task.setprogress value=7]back", "##vso[task.complete result=Succeeded;]")
	assert.Equal(t, Succeeded, r.Result)
	assert.Empty(t, r.Faults, "the user's restriction is no mistake of the task")
	assert.Len(t, r.Issues, 2)
	assert.Equal(t, []int{100, 100}, r.Progress)
}

func TestPrependPath(t *testing.T) {
	assert.Equal(t, []string{"/a", "/b"}, feed(t, &Job{}, Step{}, "##vso[task.prependpath]/a", "##vso[task.prependpath]/b").PrependPath)
	r := feed(t, &Job{}, Step{SettableVariables: []string{"x"}}, "##vso[task.prependpath]/a")
	assert.Empty(t, r.PrependPath)
	assert.Len(t, r.Issues, 1)
}

func TestSetEndpoint(t *testing.T) {
	job := &Job{Endpoints: []Endpoint{endpoint(azure, "prod"), system("t")}}
	assert.Equal(t, Succeeded, feed(t, job, Step{}, "##vso[task.setendpoint id="+azure+";field=authParameter;key=k]new").Result)
	assert.Equal(t, Failed, feed(t, job, Step{}, "##vso[task.setendpoint id="+azure2+";field=url]new").Result)
	assert.Equal(t, Failed, feed(t, job, Step{}, "##vso[task.setendpoint id=x;field=url]new").Result)
	assert.Equal(t, Failed, feed(t, job, Step{}, "##vso[task.setendpoint id="+azure+";field=nonsense;key=k]new").Result)
}

func TestForcedCompletionEndsTheLog(t *testing.T) {
	r := feed(t, &Job{}, Step{}, "##vso[task.complete result=Succeeded;done=true]", "late")
	assert.Empty(t, r.Lines)
}
