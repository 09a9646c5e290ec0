package cli

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(800) // thousands of runs, each short: a quarter less time
	testscript.Main(m, map[string]func(){"armpreflight": func() {
		os.Exit(Main(context.Background(), Env{
			Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now,
			Open:   OpenFile,
			Create: func(name string) (io.WriteCloser, error) { return createIn("", name) },
			Mkdir:  func(name string) error { return os.Mkdir(name, 0o700) },
			Locate: Locate,
			Diff:   Diff,
		}))
	}})
}

// notShort leaves a test out of a short run, which is the one with the race detector: nothing in it runs at the same time, and it
// takes long.
func notShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
}

func TestScripts(t *testing.T) {
	notShort(t)
	testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", "script")})
}

func TestTheExamplesOfTheHelpAreRun(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	require.NoError(t, err)
	var scripts strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		scripts.Write(text)
	}
	for verb, tc := range map[string]struct {
		usage string
		count int
	}{"explain": {explainUsage, 5}, "lint": {lintUsage, 3}} {
		_, examples, ok := strings.Cut(tc.usage, "examples:\n")
		require.True(t, ok)
		found := regexp.MustCompile(`armpreflight `+verb+` .*`).FindAllString(examples, -1)
		require.Len(t, found, tc.count, verb)
		for _, example := range found {
			assert.Contains(t, scripts.String(), "exec "+example+"\n")
		}
	}
}

// ask runs explain on a text.
func ask(t *testing.T, env Env, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, stray bytes.Buffer
	env.Args, env.Stdout, env.Stderr, env.Now = append([]string{"explain"}, args...), &out, &stray, time.Now
	return Main(t.Context(), env), out.String(), stray.String()
}

func TestExplainIsStyledOnlyOnATerminal(t *testing.T) {
	for name, tc := range map[string]struct {
		env    Env
		styled bool
	}{
		"a file or a log":              {Env{}, false},
		"a terminal":                   {Env{Terminal: true}, true},
		"a terminal with NO_COLOR":     {Env{Terminal: true, Environ: []string{"NO_COLOR=1"}}, false},
		"NO_COLOR without a value":     {Env{Terminal: true, Environ: []string{"NO_COLOR="}}, true},
		"a terminal without abilities": {Env{Terminal: true, Environ: []string{"TERM=dumb"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, _ := ask(t, tc.env, "7000222")
			assert.Equal(t, ExitOK, code)
			assert.Equal(t, tc.styled, strings.Contains(stdout, "\x1b["))
			_, stdout, _ = ask(t, tc.env, "7000222", "--format", "json")
			assert.NotContains(t, stdout, "\x1b")
		})
	}
}

func TestExplainExitsAsItSays(t *testing.T) {
	sameCodeAsOthers(t)
	for name, tc := range map[string]struct {
		args []string
		code int
	}{
		"explained":      {[]string{"7000222"}, ExitOK},
		"unknown":        {[]string{"7000222", "no-such-code"}, ExitFindings},
		"nothing found":  {[]string{"--search", "xyzzy"}, ExitFindings},
		"wrong use":      {[]string{"--format", "yaml", "7000222"}, ExitUsage},
		"no such file":   {[]string{"--log", "nothing.log"}, ExitUsage},
		"help is no use": {[]string{"-h"}, ExitOK},
	} {
		t.Run(name, func(t *testing.T) {
			env := Env{Open: OpenFile}
			code, _, _ := ask(t, env, tc.args...)
			assert.Equal(t, tc.code, code)
		})
	}
}

func TestExplainIsCalmAboutAnyText(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	noise := make([]byte, 10<<20)
	chacha := rand.NewChaCha8([32]byte{1})
	_, _ = chacha.Read(noise)
	secret := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	for name, text := range map[string]string{
		"nothing":            "",
		"noise":              string(noise),
		"one long line":      strings.Repeat("a", 2<<20),
		"many brackets":      strings.Repeat("[", 1<<20) + strings.Repeat("(", 1<<20),
		"deep JSON":          strings.Repeat(`{"error":`, 100_000),
		"bytes and no text":  strings.Repeat("\xff\xfe\x00", 100_000),
		"an echoed secret":   `{"code":"` + secret + `","access_token":"` + secret + `","client_secret":"hunter2hunter2"} code=` + secret,
		"logging commands":   "##vso[task.setvariable variable=a]b ##[error]c code=##vso[task.complete]",
		"terminal sequences": "\x1b]0;title\x07\x1b[2Jcode=\x1b[31mred",
		"a page":             "<!DOCTYPE html><html><body>(code) <script>alert(1)</script></body></html>",
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{"text", "json", "markdown"} {
				if format != "text" {
					text = text[:min(len(text), 100_000)] // the formats differ in what they print only
				}
				code, stdout, stderr := ask(t, Env{Terminal: true, Environ: []string{"NO_COLOR=1"}, Stdin: strings.NewReader(text)}, "-", "--format", format)
				assert.Equal(t, ExitFindings, code)
				assert.Empty(t, stderr)
				assert.Less(t, len(stdout), 2000)
				for _, never := range []string{"eyJ", "hunter2", "##", "\x1b", "<script", "\x00"} {
					assert.NotContains(t, stdout, never)
				}
			}
		})
	}
}

func FuzzExplain(f *testing.F) {
	notShort(f)
	for _, seed := range []string{
		"7000222", "AADSTS7999999: x", "##vso[task.complete result=Failed;]", "##[error]code=clock-skew", "\x1b[31mred", "client_secret=hunter2hunter2",
		`{"error":{"code":"AuthorizationFailed","access_token":"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln"}}`, "#\u200b#vso[", "-", "--format", "\xff\xfe",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, args := range [][]string{{text}, {"-"}, {"--search", text}, {"--format", text, "7000222"}, {"--format", "json", "x", text}} {
			code, stdout, stderr := ask(t, Env{Stdin: strings.NewReader(text)}, args...)
			require.Contains(t, []int{ExitOK, ExitFindings, ExitUsage}, code)
			for _, printed := range []string{stdout, stderr} {
				require.True(t, utf8.ValidString(printed))
				for _, never := range []string{"##vso", "##[", "\x1b", "\r", "eyJ", "hunter2"} {
					require.NotContains(t, printed, never)
				}
			}
		}
	})
}
