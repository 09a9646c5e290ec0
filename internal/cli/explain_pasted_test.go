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
				if key == "has" {
					assert.Contains(t, printed, want)
				} else {
					assert.NotContains(t, printed, want)
				}
			}
		})
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
	assert.Contains(t, stdout, "the way to it: sign-in-failed")
	assert.NotContains(t, stdout, "syntax")
}

func TestASentenceAsAnArgumentIsATextAndAFileAndAFolderAreSaidSo(t *testing.T) {
	log := filepath.Join(t.TempDir(), "build.log")
	require.NoError(t, os.WriteFile(log, []byte(aLog), 0o600))
	for name, tc := range map[string]struct {
		argument string
		code     int
		printed  string
	}{
		"a sentence": {"ERROR: No subscriptions were found for '***'. If this is expected, use '--allow-no-subscriptions' to have tenant level accesses", ExitOK, "\nno-subscription-visible\n"},
		"a file":     {log, ExitFindings, "is the name of a file; read it with armpreflight explain --log FILE"},
		"a folder":   {filepath.Dir(log), ExitUsage, "argument 1: it is a folder; --log reads a file"},
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
