package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

func TestWhatPeoplePasteIsExplainedByItsCauseAndWithItsValues(t *testing.T) {
	notShort(t)
	archive, err := txtar.ParseFile(filepath.Join("testdata", "pasted.txtar"))
	require.NoError(t, err)
	require.Len(t, archive.Files, 15)
	for _, file := range archive.Files {
		t.Run(file.Name, func(t *testing.T) {
			wants, text, _ := strings.Cut(string(file.Data), "\n\n")
			code, stdout, stderr := ask(t, Env{Stdin: strings.NewReader(text)}, "-")
			assert.Equal(t, ExitOK, code)
			assert.Empty(t, stderr)
			answer := strings.Join(strings.Fields(stdout), " ")
			for line := range strings.Lines(wants) {
				key, quoted, _ := strings.Cut(line, ": ")
				var want string
				require.NoError(t, json.Unmarshal([]byte(quoted), &want))
				printed := stdout // a whole line, or the words wherever they're wrapped
				if !strings.Contains(want, "\n") {
					want, printed = strings.Join(strings.Fields(want), " "), answer
				}
				switch key {
				case "has":
					assert.Contains(t, printed, want)
				case "not":
					assert.NotContains(t, printed, want)
				case "first": // the person and the first step
					after := firstFix(stdout)
					assert.Equal(t, want, after[:min(len(after), len(want))])
				default:
					t.Errorf("no such key: %s", key)
				}
			}
		})
	}
}

// firstFix is the person and the steps of the first fix, in one line.
func firstFix(stdout string) string {
	_, after, _ := strings.Cut(stdout, "\n  who ")
	return strings.Join(strings.Fields(after), " ")
}

func TestAWrapperIsExplainedForTheRightPersonFromTheFirstStep(t *testing.T) {
	notShort(t)
	archive, err := txtar.ParseFile(filepath.Join("..", "reading", "testdata", "wrapped.txtar"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(archive.Files), 40)
	for _, file := range archive.Files {
		head, text, _ := strings.Cut(string(file.Data), "\n\n")
		keys := map[string]string{}
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			keys[key] = value
		}
		_, stdout, _ := ask(t, Env{Stdin: strings.NewReader(text)}, "-")
		after := firstFix(stdout)
		want := keys["who"] + " 1. " + keys["step"]
		assert.Equal(t, want, after[:min(len(after), len(want))], file.Name)
	}
}

// aLog is the log of a job whose sign-in fails in one step, which explains the others.
const aLog = `2026-11-23T10:00:00.0000000Z ##[section]Starting: Build
2026-11-23T10:00:01.0000000Z ##[error]main.go:3:1: syntax error
2026-11-23T10:00:02.0000000Z ##[section]Finishing: Build
2026-11-23T10:00:03.0000000Z ##[section]Starting: Deploy
2026-11-23T10:00:03.1000000Z Task         : Azure CLI
2026-11-23T10:00:03.2000000Z Version      : 2.0.3
2026-11-23T10:00:04.0000000Z ##[error]AADSTS700016: Application with identifier '00001111-aaaa-2222-bbbb-3333cccc4444' was not found in the directory 'Contoso'.
2026-11-23T10:00:05.0000000Z ##[error]Azure login failed
2026-11-23T10:00:06.0000000Z ##[section]Finishing: Deploy
2026-11-23T10:00:07.0000000Z ##[section]Starting: Smoke test
2026-11-23T10:00:08.0000000Z ##[debug]retry
2026-11-23T10:00:08.5000000Z ##[error]AADSTS700016: Application with identifier '00001111-aaaa-2222-bbbb-3333cccc4444' was not found in the directory 'Contoso'.
2026-11-23T10:00:09.0000000Z ##[section]Finishing: Smoke test
`

func TestALogIsExplainedByItsFirstFailureWithStepAndTask(t *testing.T) {
	_, stdout, _ := ask(t, Env{Stdin: strings.NewReader(aLog)}, "-")
	assert.Contains(t, stdout, `step "Deploy" (Azure CLI 2.0.3) fails, line 7`)
	assert.Contains(t, stdout, `for the same cause: step "Smoke test" (line 12)`)
	assert.Contains(t, stdout, "along with: sign-in-failed")
	assert.NotContains(t, stdout, "syntax")
}

// jobs are two jobs, each with its own section, as in a downloaded log.
const jobs = `2026-11-23T10:00:00.0000000Z ##[section]Starting: Deploy to test
2026-11-23T10:00:00.1000000Z ##[section]Starting: Initialize job
2026-11-23T10:00:00.2000000Z Agent name: 'Hosted Agent'
2026-11-23T10:00:00.3000000Z ##[section]Finishing: Initialize job
2026-11-23T10:00:01.0000000Z ##[section]Starting: What-if
2026-11-23T10:00:01.2000000Z Task         : Azure CLI
2026-11-23T10:00:01.3000000Z Version      : 2.246.1
2026-11-23T10:00:02.0000000Z ##[error]AADSTS700016: Application with identifier '00001111-aaaa-2222-bbbb-3333cccc4444' was not found in the directory 'Contoso'.
2026-11-23T10:00:02.1000000Z ##[error]Azure login failed
2026-11-23T10:00:02.2000000Z ##[section]Finishing: What-if
2026-11-23T10:00:03.0000000Z ##[section]Starting: Publish
2026-11-23T10:00:03.1000000Z Task         : Publish Pipeline Artifacts
2026-11-23T10:00:03.3000000Z ##[error]Path does not exist: /home/vsts/work/1/a
2026-11-23T10:00:03.4000000Z ##[section]Finishing: Publish
2026-11-23T10:00:04.0000000Z ##[section]Finishing: Deploy to test
2026-11-23T10:00:05.0000000Z ##[section]Starting: Deploy to prod
2026-11-23T10:00:05.1000000Z ##[section]Starting: Initialize job
2026-11-23T10:00:05.3000000Z ##[section]Finishing: Initialize job
2026-11-23T10:00:06.0000000Z ##[section]Starting: What-if
2026-11-23T10:00:06.2000000Z Task         : Azure CLI
2026-11-23T10:00:06.3000000Z Version      : 2.246.1
2026-11-23T10:00:07.0000000Z ##[error]AADSTS700016: Application with identifier '00001111-aaaa-2222-bbbb-3333cccc4444' was not found in the directory 'Contoso'.
2026-11-23T10:00:07.2000000Z ##[section]Finishing: What-if
2026-11-23T10:00:08.0000000Z ##[section]Finishing: Deploy to prod
`

func TestTheFailuresOfALogAreGroupedByJobAndStep(t *testing.T) {
	notShort(t)
	const named = `what failed:
  job "Deploy to test"
    line 8       step "What-if" (Azure CLI 2.246.1): AADSTS700016
    line 13      step "Publish" (Publish Pipeline Artifacts): no known Azure error; it might follow from the one above
  job "Deploy to prod"
    line 22      step "What-if" (Azure CLI 2.246.1): the same as line 8
`
	var steps strings.Builder // the logs of the steps, one behind the other: no job has a section
	for line := range strings.Lines(jobs) {
		if !strings.Contains(line, "ing: Deploy to") {
			steps.WriteString(line)
		}
	}
	for name, tc := range map[string]struct{ log, listed, leads string }{
		"jobs with their sections": {jobs, named, "\njob \"Deploy to test\", step \"What-if\" (Azure CLI 2.246.1) fails, line 8\nfor the same cause: step \"What-if\" (line 22)\n"},
		"the logs of their steps": {steps.String(), strings.NewReplacer("Deploy to test", "no. 1", "Deploy to prod", "no. 2", "line 8 ", "line 7 ", "line 8\n", "line 7\n", "13", "12", "22", "19").Replace(named),
			"\njob \"no. 1\", step \"What-if\" (Azure CLI 2.246.1) fails, line 7\n"},
		"one job": {aLog, "what failed:\n  line 2       step \"Build\": no known Azure error\n  line 7       step \"Deploy\" (Azure CLI 2.0.3): AADSTS700016\n  line 12      step \"Smoke test\": the same as line 7\n",
			"\nstep \"Deploy\" (Azure CLI 2.0.3) fails, line 7\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, argument := range [][]string{{"-"}, {"--log", "-"}} {
				code, stdout, _ := ask(t, Env{Stdin: strings.NewReader(tc.log)}, argument...)
				assert.Equal(t, ExitOK, code)
				assert.Contains(t, stdout, tc.listed)
				assert.Contains(t, stdout, tc.leads)
			}
		})
	}
}

func TestASentenceAsAnArgumentIsATextAndAFileAndAFolderAreSaidSo(t *testing.T) {
	sameCodeAsOthers(t)
	log := filepath.Join(t.TempDir(), "build.log")
	require.NoError(t, os.WriteFile(log, []byte(aLog), 0o600))
	for name, tc := range map[string]struct {
		argument string
		code     int
		printed  string
	}{
		"a sentence": {"ERROR: No subscriptions were found for '***'. If this is expected, use '--allow-no-subscriptions' to have tenant level accesses", ExitOK, "\nno-subscription-visible\n"},
		"a file":     {log, ExitFindings, "is the name of a file; read it with armpreflight explain --log FILE"},
		"a folder":   {filepath.Dir(log), ExitUsage, "argument 1: it's a folder; --log reads a file"},
		"neither":    {"no-such-code", ExitFindings, "no-such-code is unknown to this version"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := ask(t, Env{Open: OpenFile}, tc.argument)
			assert.Equal(t, tc.code, code)
			assert.Contains(t, stdout+stderr, tc.printed)
		})
	}
}

func TestExplainEndsAtOnceWhileItReads(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe() // nothing is ever written to it
	defer out.Close()
	reading := readerFunc(func(p []byte) (int, error) {
		cancel()
		return in.Read(p)
	})
	var stdout, stderr bytes.Buffer
	code := Main(ctx, Env{Args: []string{"explain", "-"}, Stdin: reading, Stdout: &stdout, Stderr: &stderr, Now: nil})
	assert.NotEqual(t, ExitOK, code)
	assert.Empty(t, stdout.String())
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// BenchmarkALog says how fast a log is read.
func BenchmarkALog(b *testing.B) {
	var log strings.Builder
	for i := 0; log.Len() < 8<<20; i++ {
		fmt.Fprintf(&log, "2026-11-23T10:00:00.%07dZ npm info lifecycle step %d of the build: compiled (0 errors)\n", i, i)
	}
	log.WriteString(aLog)
	b.SetBytes(int64(log.Len()))
	for b.Loop() {
		var out bytes.Buffer
		Main(b.Context(), Env{Args: []string{"explain", "-"}, Stdin: strings.NewReader(log.String()), Stdout: &out, Stderr: &out})
	}
}
