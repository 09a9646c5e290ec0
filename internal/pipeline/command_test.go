package pipeline

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

func TestCommandsAreWrittenTheWayTheAgentReadsThem(t *testing.T) {
	for name, c := range map[string]struct {
		print func(*Log)
		want  string
	}{
		"progress": {
			func(l *Log) { l.Progress(40, "asked again in 4s") },
			"##vso[task.setprogress value=40;]asked again in 4s\n",
		},
		"an error": {
			func(l *Log) { l.Issue(IssueError, "AADSTS7000222", "the key expired") },
			"##vso[task.logissue type=error;code=AADSTS7000222;]the key expired\n",
		},
		"a warning without a code": {
			func(l *Log) { l.Issue(IssueWarning, "", "soon") },
			"##vso[task.logissue type=warning;]soon\n",
		},
		"an issue of several lines with reserved characters": {
			func(l *Log) { l.Issue(IssueError, "a;b]c%", "100%\r\n##[error]x; y] %0A") },
			"##vso[task.logissue type=error;code=a%3Bb%5Dc%AZP25;]100%AZP25%0A# #[error]x; y] %AZP250A\n",
		},
		"an issue with secrets in it": {
			func(l *Log) { l.Issue(IssueError, Word(l.Clean(password)), "it is "+password+".") },
			"##vso[task.logissue type=error;code=***;]it is ***.\n",
		},
		"an issue that would be another command": {
			func(l *Log) {
				l.Issue(IssueError, Word(l.Clean("##vso[x.y]")), "##vso[task.complete result=Succeeded;]")
			},
			"##vso[task.logissue type=error;code=# #vso[x.y%5D;]# #vso[task.complete result=Succeeded;]\n",
		},
		"a variable": {
			func(l *Log) { l.SetVariable("ArmPreflight.result", "pass", false) },
			"##vso[task.setvariable variable=ArmPreflight.result;]pass\n",
		},
		"an output variable": {
			func(l *Log) { l.SetVariable("result", `C:\100%\r.json`, true) },
			"##vso[task.setvariable variable=result;isoutput=true;]C:\\100%AZP25\\r.json\n",
		},
		"an empty variable": {
			func(l *Log) { l.SetVariable("daysToExpiry", "", false) },
			"##vso[task.setvariable variable=daysToExpiry;]\n",
		},
		"a variable with a secret in it": {
			func(l *Log) { l.SetVariable("tenantId", "a"+password, false) },
			"##vso[task.setvariable variable=tenantId;]a***\n",
		},
		"a variable that is set to a word of ours": {
			func(l *Log) { l.SetWord("ArmPreflight.result", "unknown", true) },
			"##vso[task.setvariable variable=ArmPreflight.result;isoutput=true;]unknown\n",
		},
		"success":             {func(l *Log) { l.Complete(Succeeded, "") }, "##vso[task.complete result=Succeeded;]\n"},
		"success with issues": {func(l *Log) { l.Complete(SucceededWithIssues, "a") }, "##vso[task.complete result=SucceededWithIssues;]a\n"},
		"failure":             {func(l *Log) { l.Complete(Failed, "a\nb") }, "##vso[task.complete result=Failed;]a%0Ab\n"},
		"debug text line by line": {
			func(l *Log) { l.Debug("a\n##vso[x.y]\n100%\n") },
			"##vso[task.debug]a\n##vso[task.debug]# #vso[x.y]\n##vso[task.debug]100%AZP25\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, written(t, c.print))
		})
	}
}

func TestASecretThatIsAWordOfOursChangesNoCommand(t *testing.T) {
	for _, value := range []string{"result", "ArmPreflight", "ArmPreflight.result", "unknown", "setvariable", "task.setvariable", "variable", "isoutput", "Succeeded", "warning", "AADSTS7000222"} {
		t.Run(value, func(t *testing.T) {
			r := secret.NewRedactor()
			r.AddSecret(secret.New(value))
			var out bytes.Buffer
			log := NewLog(&out, r)
			log.Issue(IssueWarning, "AADSTS7000222", "said: "+value)
			log.IssueAt(IssueWarning, "AADSTS7000222", "said: "+value, "a.yml", 1, 2)
			log.SetWord("ArmPreflight.result", "unknown", true)
			log.SetVariable("ArmPreflight.tenantId", value, false)
			log.Complete(Succeeded, "")
			require.NoError(t, log.Err())
			assert.Equal(t, "##vso[task.logissue type=warning;code=AADSTS7000222;]said: ***\n"+
				"##vso[task.logissue type=warning;sourcepath=a.yml;linenumber=1;columnnumber=2;code=AADSTS7000222;]said: ***\n"+
				"##vso[task.setvariable variable=ArmPreflight.result;isoutput=true;]unknown\n"+
				"##vso[task.setvariable variable=ArmPreflight.tenantId;]***\n"+
				"##vso[task.complete result=Succeeded;]\n", out.String())
			assert.True(t, log.Hides("one", "the "+value))
			assert.False(t, log.Hides("one", "two"))
		})
	}
}

func TestEncodingKeepsToTheVectors(t *testing.T) {
	assert.Equal(t, "%3B=%0D=%0A=%5D%AZP25", encodeProperty(";=\r=\n=]%"))
	assert.Equal(t, ";-%0D-%0A-]%AZP253B", encodeData(";-\r-\n-]%3B"))
	assert.Equal(t, "v", encodeProperty("==v"), "the agent swallows these")
}

func FuzzCommandsDecodeBack(f *testing.F) {
	f.Add("AADSTS7000222", "100% ; ] \n %AZP25 %0A %25")
	f.Add("%", "]")
	f.Add("a]b;c=d%3B\r\n", "##vso[task.complete result=Failed;]")
	f.Add("##vso[a.b]\u200b", "#\u200b#vso[a.b]")
	f.Add("=", "\xff\x00")
	f.Fuzz(func(t *testing.T, value, data string) {
		var out bytes.Buffer
		log := NewLog(&out, secret.NewRedactor())
		log.Issue(IssueWarning, Word(log.Clean(value)), data)
		log.SetVariable("v", data, true)
		log.Complete(SucceededWithIssues, data)
		require.NoError(t, log.Err())
		got := agentLines(out.String())
		require.Len(t, got, 3)

		code, text := fit(value), fit(data)
		properties := map[string]string{"type": "warning"}
		if code := strings.TrimLeft(code, "="); code != "" {
			properties["code"] = code
		}
		for i, want := range []command{
			{"task.logissue", properties, text},
			{"task.setvariable", map[string]string{"variable": "v", "isoutput": "true"}, text},
			{"task.complete", map[string]string{"result": "SucceededWithIssues"}, text},
		} {
			require.True(t, strings.HasPrefix(got[i], "##vso["))
			require.Equal(t, 1, strings.Count(got[i], "##vso"), "%q", got[i])
			parsed, ok := parse(got[i])
			require.True(t, ok, "%q", got[i])
			require.Equal(t, want, parsed)
		}
	})
}

// fit is text as a command may carry it. What is fit already must arrive as it was.
func fit(text string) string {
	fitting := Sanitize(nil, text)
	if secret.Visible(text) == text && !strings.Contains(text, "#") {
		fitting = text
	}
	return fitting
}
