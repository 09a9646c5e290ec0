package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOnlyTheSessionHoldsTheStreams: whatever else prints would print past the one writer.
func TestOnlyTheSessionHoldsTheStreams(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	past := regexp.MustCompile(`\.Stdout\b|\.Stderr\b|\bfmt\.Print|\bfmt\.Fprint\w*\(os\.|\bprintln\(|\blog\.Print`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		if !strings.HasSuffix(file, "_test.go") && file != "session.go" {
			assert.NotRegexp(t, past, string(source), file)
		}
	}
}

func TestAWrongFlagIsNamedAndItsValueIsNot(t *testing.T) {
	const value = "s3cr3tV4lue"
	for name, tc := range map[string]struct {
		args []string
		says string
	}{
		"an unknown flag":                   {[]string{"creation", "--tennant", value}, "creation: unknown flag --tennant; did you mean --tenant?"},
		"one with its value":                {[]string{"audit", "--tennant=" + value}, "audit: unknown flag --tennant"},
		"one with one dash":                 {[]string{"lint", "-tennant", value}, "lint: unknown flag --tennant"},
		"one that could be a secret":        {[]string{"explain", "--" + value}, "explain: unknown flag"},
		"one that is not written as one":    {[]string{"render", "---" + value}, "render: a flag can't be read"},
		"a flag without its value":          {[]string{"creation", "--project"}, "creation: --project needs a value"},
		"a number that is none":             {[]string{"audit", "--at-once", value}, "audit: --at-once doesn't take that value"},
		"a duration that is none":           {[]string{"audit", "--timeout=" + value}, "audit: --timeout doesn't take that value"},
		"a switch with a value":             {[]string{"lint", "--patch=" + value, "x"}, "lint: --patch doesn't take that value"},
		"an unknown flag behind a word":     {[]string{"explain", "7000222", "--formatt", value}, "explain: unknown flag --formatt; did you mean --format?"},
		"an unknown flag of a merge":        {[]string{"audit", "merge", "a.json", "--formatt", value}, "audit: unknown flag --formatt; did you mean --format?"},
		"a verb with a slip":                {[]string{"lintt"}, "armpreflight: unknown verb \"lintt\"; did you mean lint?"},
		"help of a verb with a slip":        {[]string{"help", "creaton"}, "help: unknown verb \"creaton\"; did you mean creation?"},
		"a word without a flag":             {[]string{"creation", value}, "creation: unexpected argument; use flags only"},
		"a word without a flag in an audit": {[]string{"audit", value}, "audit: unexpected argument; use flags only"},
		"a verb that could be a secret":     {[]string{value}, "armpreflight: the first argument isn't a verb"},
		"help of what could be a secret":    {[]string{"help", value}, "help: the first argument isn't a verb"},
		"a word for a verb that takes none": {[]string{"version", value}, "version: version takes no arguments"},
		"two words for help":                {[]string{"help", "lint", value}, "help: name one verb"},
		"a flag for a verb that takes none": {[]string{"run", "--" + value}, "run: run takes no arguments"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := call(t, tc.args...)
			assert.Equal(t, ExitUsage, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, tc.says+"\nusage: armpreflight ")
			assert.Regexp(t, `\nmore: armpreflight (\w+ --)?help\n$`, stderr)
			assert.NotContains(t, stderr, value)
			assert.Equal(t, 3, strings.Count(stderr, "\n"), "not the whole help")
		})
	}
}

// TestFlagErrorKnowsTheSentencesOfPackageFlag: they are its only types.
func TestFlagErrorKnowsTheSentencesOfPackageFlag(t *testing.T) {
	flags := newFlags("x")
	flags.Int("number", 0, "")
	flags.Bool("switch", false, "")
	for arg, want := range map[string]string{
		"--none": "unknown flag --none", "--number": "--number needs a value", "--number=x": "--number doesn't take that value",
		"--switch=x": "--switch doesn't take that value", "--=": "a flag can't be read", "-h": errHelp.Error(),
	} {
		_, err := parseMixed(flags, []string{arg})
		assert.EqualError(t, err, want, arg)
	}
	assert.EqualError(t, flagError(flag.NewFlagSet("", flag.ContinueOnError), errors.New("another")), "a flag can't be read")
}

// TestACancelEndsWhatWaitsForStandardInput: it ends immediately, whatever the one at the other end does.
func TestACancelEndsWhatWaitsForStandardInput(t *testing.T) {
	for _, args := range [][]string{{"explain", "-"}, {"render", "-"}} {
		synctest.Test(t, func(t *testing.T) {
			input, other := io.Pipe()
			defer other.Close()
			ctx, cancel := context.WithCancel(t.Context())
			var out, stray bytes.Buffer
			start, done := time.Now(), make(chan int)
			go func() {
				done <- Main(ctx, Env{Args: args, Stdin: input, Stdout: &out, Stderr: &stray, Now: time.Now})
			}()
			synctest.Wait()
			cancel()
			assert.Equal(t, ExitCanceled, <-done, args)
			assert.Zero(t, time.Since(start))
			assert.Empty(t, out.String())
			assert.Equal(t, "armpreflight: "+args[0]+": canceled\n", stray.String())
		})
	}
}

// TestNothingIsPrintedAfterACancel: the answer that comes too late isn't mixed with what the shell prints.
func TestNothingIsPrintedAfterACancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		input, other := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		var out, stray bytes.Buffer
		done := make(chan int)
		go func() {
			done <- Main(ctx, Env{Args: []string{"explain", "-"}, Stdin: input, Stdout: &out, Stderr: &stray, Now: time.Now})
		}()
		synctest.Wait()
		cancel()
		<-done
		require.NoError(t, other.Close()) // the text ends, and is explained to no one
		synctest.Wait()
		assert.Empty(t, out.String())
	})
}

func TestColumnsOfATerminalAreHonored(t *testing.T) {
	sameCodeAsOthers(t)
	report, err := os.ReadFile(filepath.Join("..", "report", "testdata", "rich.json"))
	require.NoError(t, err)
	widest := func(args []string, terminal bool, columns string) int {
		var out bytes.Buffer
		Main(t.Context(), Env{Args: args, Environ: []string{"NO_COLOR=1", "COLUMNS=" + columns}, Stdin: bytes.NewReader(report), Stdout: &out, Stderr: io.Discard, Terminal: terminal, Now: time.Now})
		require.NotEmpty(t, out.String())
		wide := 0
		for line := range strings.Lines(out.String()) {
			if strings.Count(strings.TrimSpace(line), " ") > 3 && !strings.Contains(line, "https://") {
				wide = max(wide, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
			}
		}
		return wide
	}
	for _, args := range [][]string{{"explain", "7000222"}, {"explain", "--list"}, {"render", "-"}} {
		usual := widest(args, false, "70")
		assert.Greater(t, usual, 70, args)
		assert.LessOrEqual(t, usual, 100, args)
		assert.Equal(t, usual, widest(args, true, ""), args)
		assert.Equal(t, usual, widest(args, true, "-1"), args)
		assert.Equal(t, usual, widest(args, true, "wide"), args)
		assert.LessOrEqual(t, widest(args, true, "70"), 70, args)
		if args[0] == "explain" { // the report has no longer lines
			assert.Greater(t, widest(args, true, "140"), 104, args)
		}
		assert.Equal(t, widest(args, true, "60"), widest(args, true, "1"), args)
	}
}

// canceling is a sign-in during which the person gives up.
type canceling struct{ cancel context.CancelFunc }

func (c canceling) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	c.cancel()
	return azcore.AccessToken{}, ctx.Err()
}

func TestACancelDuringTheSignInIsOne(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var out, stray bytes.Buffer
	code := Main(ctx, Env{Args: []string{"audit", "--organization", "https://dev.azure.com/contoso", "--credential", "azure-cli"}, Stdout: &out, Stderr: &stray, Now: time.Now,
		Credential: canceling{cancel}, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }})
	assert.Equal(t, ExitCanceled, code)
	assert.Equal(t, "armpreflight: audit: canceled\n", stray.String())
	assert.Empty(t, out.String())
}
