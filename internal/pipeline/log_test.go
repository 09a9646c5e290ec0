package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

const password = `p%ss;w]rd"1`

// written gives what print writes to a log that hides password and one client ID.
func written(t *testing.T, print func(*Log)) string {
	t.Helper()
	r := secret.NewRedactor()
	r.AddSecret(secret.New(password))
	r.AddIdentifier("0a1b2c3d-0000-4000-8000-000000000000")
	var out bytes.Buffer
	log := NewLog(&out, r)
	print(log)
	require.NoError(t, log.Err())
	return out.String()
}

func TestLineWritesOrdinaryText(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"one line":                                  {"ready: prod → Contoso ✓", "ready: prod → Contoso ✓\n"},
		"an empty line":                             {"", "\n"},
		"several lines":                             {"a\n\nb\n", "a\n\nb\n"},
		"every line break counts":                   {"a\r\nb\rc\u2028d", "a\nb\nc\nd\n"},
		"a tab stays":                               {"a\tb", "a\tb\n"},
		"control characters and colors go":          {"a\x00b\x1b[31mc\x1b[0m\u0085d", "abc\nd\n"},
		"bytes that are not UTF-8 are marked":       {"a\xffb", "a\ufffdb\n"},
		"a secret is hidden":                        {"key " + password, "key ***\n"},
		"a secret split by a zero width is hidden":  {"key p%ss;\u200bw]rd\"1", "key ***\n"},
		"an identifier is shortened":                {"app 0A1B2C3D-0000-4000-8000-000000000000", "app 0a1b2c3d…\n"},
		"a command is broken up":                    {"x ##vso[task.complete result=Failed;]", "x # #vso[task.complete result=Failed;]\n"},
		"a command that went wrong too":             {"##vso oops", "# #vso oops\n"},
		"in any case":                               {"##VsO[task.debug]", "# #VsO[task.debug]\n"},
		"every one of them":                         {"##vso[##vso[###vso[", "# #vso[# #vso[## #vso[\n"},
		"on every line":                             {"##vso[a\r##vso[b", "# #vso[a\n# #vso[b\n"},
		"one split by a zero width":                 {"#\u200b#\u200dv\u00adso[task.debug]", "# #vso[task.debug]\n"},
		"one split by a NUL or a color":             {"#\x00#v\x1b[0mso[task.debug]", "# #vso[task.debug]\n"},
		"one split by what an old Windows ignores":  {"#\U00013460#v\u0363so[", "#\U00013460 #v\u0363so[\n"},
		"one that an end of color completes":        {"##\x1b[1mvso[x.y]", "# #vso[x.y]\n"},
		"a section is broken up":                    {"##[error]all lost", "# #[error]all lost\n"},
		"one split by a tab":                        {"##\tvso[task.debug]", "# #\tvso[task.debug]\n"},
		"two number signs that start nothing stay":  {"## heading ##", "## heading ##\n"},
		"number signs on two lines start nothing":   {"##\nvso[a.b]", "##\nvso[a.b]\n"},
		"a percent sign stays outside of a command": {"100% %0A", "100% %0A\n"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, written(t, func(l *Log) { l.Line(c.text) }))
		})
	}
}

func TestLineHidesASecretThatLooksLikeACommand(t *testing.T) {
	r := secret.NewRedactor()
	r.AddSecret(secret.New("##vso[task.x]\x01y"), secret.New("zz\u200bvso[abc"))
	var out bytes.Buffer
	NewLog(&out, r).Line("a ##vso[task.x]\x01y b\n##zzvso[abc")
	assert.Equal(t, "a *** b\n##***\n", out.String())
}

func TestLineLooksForSecretsBeforeAndAfterItDropsCharacters(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"before, as what is dropped takes a part of it along": {"x\x1b[31mabcdef", "x[***\n"},
		"after, as what is dropped stood in its escapes":      {`31m\u00` + "\u200b" + `2561bcdef`, "***\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := secret.NewRedactor()
			r.AddSecret(secret.New("31mabcdef"))
			var out bytes.Buffer
			NewLog(&out, r).Line(c.text)
			assert.Equal(t, c.want, out.String())
		})
	}
}

func TestGroupsFoldLines(t *testing.T) {
	got := written(t, func(l *Log) {
		l.EndGroup()
		l.Group("first\n##[error]" + password)
		l.Line("inside")
		l.Group("second")
		l.EndGroup()
		l.EndGroup()
	})
	assert.Equal(t, "##[group]first # #[error]***\ninside\n##[endgroup]\n##[group]second\n##[endgroup]\n", got)
}

func TestRecordsOfSlogBecomeDebugLines(t *testing.T) {
	got := written(t, func(l *Log) {
		logger := slog.New(l.Handler(slog.LevelDebug))
		logger.Debug("asked", "key", password, "text", secret.New("x"), "err", errors.New("a\n##vso[task.debug]%0A"))
		logger.WithGroup("g").Info("said", "time", 1)
	})
	assert.Equal(t, "##vso[task.debug]level=DEBUG msg=asked key=\"***\" text=[secret] err=\"a\\n# #vso[task.debug]%AZP250A\"\n"+
		"##vso[task.debug]level=INFO msg=said g.time=1\n", got)
	assert.Empty(t, written(t, func(l *Log) { slog.New(l.Handler(nil)).Debug("too small") }))
}

// failing takes a number of writes; of the next one it takes a part and says so or not.
type failing struct {
	writes int
	part   func(size int) int // nil: half
	err    error
	out    strings.Builder
}

func (f *failing) Write(p []byte) (int, error) {
	if f.writes--; f.writes >= 0 {
		return f.out.Write(p)
	}
	size := len(p) / 2
	if f.part != nil {
		size = f.part(len(p))
	}
	n, _ := f.out.Write(p[:size])
	return n, f.err
}

func TestTheFirstFailureStays(t *testing.T) {
	for name, c := range map[string]struct {
		part        func(size int) int
		given, want error
		written     string
	}{
		"a failure of the writer":        {given: io.ErrClosedPipe, want: io.ErrClosedPipe, written: "one\naaa"},
		"a write that was cut off":       {want: io.ErrShortWrite, written: "one\naaa"},
		"a write without the line's end": {part: func(size int) int { return size - 1 }, want: io.ErrShortWrite, written: "one\naaaa##"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &failing{writes: 1, part: c.part, err: c.given}
			log := NewLog(w, nil)
			log.Line("one")
			require.NoError(t, log.Err())
			log.Line("aaaa##")
			w.writes = 10
			log.Line("vso[task.complete result=Failed;]")
			log.Complete(Failed, "")
			assert.ErrorIs(t, log.Err(), c.want)
			assert.Equal(t, c.written, w.out.String(), "what follows a cut line would be joined to it")
		})
	}
}

// counting notes every write on its own.
type counting struct{ writes []string }

func (c *counting) Write(p []byte) (int, error) {
	c.writes = append(c.writes, string(p))
	return len(p), nil
}

func TestEveryLineIsOneWriteAndCallsDoNotMix(t *testing.T) {
	w := &counting{}
	log := NewLog(w, secret.NewRedactor())
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for range 20 {
				log.Line(fmt.Sprintf("%d first\n%d second", worker, worker))
				log.Issue(IssueWarning, "code", "text\nmore")
			}
		})
	}
	workers.Wait()
	require.Len(t, w.writes, 8*20*3)
	for i, line := range w.writes {
		assert.Equal(t, len(line)-1, strings.IndexByte(line, '\n'))
		if strings.HasSuffix(line, "first\n") {
			assert.Equal(t, line[:1]+" second\n", w.writes[i+1])
		}
	}
}

func FuzzNoLineIsACommand(f *testing.F) {
	for _, seed := range []string{
		"##vso[task.complete result=Failed;]", "#\u200b#vso[a.b]", "##\r##[error]", "###[[", "#\xff#vso[", "##\u2028vso[a.b]",
		"#\x1b[#m#vso[a.b]", "##v\u0301so[a.b]", "##vs\u00a0o", "##ﬁvso[a.b]", "＃＃ｖｓｏ［a.b]", "%23%23vso[a.b]", `\u0023#vso[a.b]`,
	} {
		f.Add(seed, "hidden", "")
		f.Add("", seed, seed)
	}
	f.Add("", "", "an\xff\u200bidentifier")
	f.Add("é", "\xa9 cut", "")
	f.Add("0", "0", " 00000000\x9c") // equal to its own short form, as far as bytes that aren't text go
	f.Fuzz(func(t *testing.T, before, hidden, after string) {
		r := secret.NewRedactor()
		r.AddSecret(secret.New(hidden))
		r.AddIdentifier(after)
		text := before + hidden + after
		var out bytes.Buffer
		log := NewLog(&out, r)
		log.Line(text)
		require.NoError(t, log.Err())
		for _, line := range agentLines(out.String()) {
			for _, line := range seen(line) {
				_, ok := parse(line)
				require.False(t, ok, "a command: %q", line)
				require.NotContains(t, strings.ToLower(line), "##vso", "the agent warns of %q", line)
				require.NotContains(t, line, "##[")
			}
		}
		require.True(t, utf8.ValidString(out.String()))
		require.False(t, strings.ContainsFunc(out.String(), func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != '\n' && r != '\t'
		}))
		// A break that was put into a command may by chance complete a secret that wasn't there.
		if trimmed := strings.TrimSpace(hidden); utf8.RuneCountInString(trimmed) >= 6 && !strings.Contains(trimmed, "# #") {
			require.NotContains(t, out.String(), trimmed)
		}
	})
}
