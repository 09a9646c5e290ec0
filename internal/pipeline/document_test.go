package pipeline

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

// through gives what pieces become on their way through one of a log's writers, and the single writes.
func through(t *testing.T, open func(*Log) io.WriteCloser, pieces ...string) []string {
	t.Helper()
	r := secret.NewRedactor()
	r.AddSecret(secret.New("hunter2hunter2"))
	var out counting
	w := open(NewLog(&out, r))
	for _, piece := range pieces {
		n, err := w.Write([]byte(piece))
		require.NoError(t, err)
		require.Equal(t, len(piece), n)
	}
	require.NoError(t, w.Close())
	return out.writes
}

func TestWritersCleanWholeLines(t *testing.T) {
	for name, c := range map[string]struct {
		pieces         []string
		document, text string
	}{
		"nothing":                      {nil, "", ""},
		"an empty piece":               {[]string{""}, "", ""},
		"empty lines":                  {[]string{"\n", "\n"}, "\n\n", "\n\n"},
		"a line without an end":        {[]string{"a"}, "a\n", "a\n"},
		"a line in pieces":             {[]string{"a", "b\nc", "d\n"}, "ab\ncd\n", "ab\ncd\n"},
		"several lines in a piece":     {[]string{"a\n\nb\n"}, "a\n\nb\n", "a\n\nb\n"},
		"a command in pieces":          {[]string{"#", "#v", "so[x.y]z\n"}, "# #vso[x.y]z\n", "# #vso[x.y]z\n"},
		"a section in pieces":          {[]string{"x ##", "[error]\n"}, "x # #[error]\n", "x # #[error]\n"},
		"a command that breaks a line": {[]string{"a\r##vso[x.y]\n"}, "a\n# #vso[x.y]\n", "a\n# #vso[x.y]\n"},
		"a secret in pieces":           {[]string{"hunter2", "hunter2\n"}, "hunter2hunter2\n", "***\n"},
		"what can't be seen":           {[]string{"a\u200b\x1b[1mb\n"}, "ab\n", "ab\n"},
		"number signs on two lines":    {[]string{"##\nvso[x.y]\n"}, "##\nvso[x.y]\n", "##\nvso[x.y]\n"},
		"a tab":                        {[]string{"a\tb\n"}, "a\tb\n", "a\tb\n"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.document, strings.Join(through(t, (*Log).Document, c.pieces...), ""))
			assert.Equal(t, c.text, strings.Join(through(t, (*Log).Text, c.pieces...), ""))
		})
	}
}

func TestWritersWriteManyLinesTogether(t *testing.T) {
	line := strings.Repeat("x", 1023) + "\n"
	var pieces []string
	for range 2*chunk/len(line) + 1 {
		pieces = append(pieces, line)
	}
	writes := through(t, (*Log).Document, pieces...)
	require.Len(t, writes, 3)
	assert.Len(t, writes[0], chunk)
	assert.Len(t, writes[1], chunk)
	assert.Len(t, writes[2], len(line))
	assert.Equal(t, strings.Join(pieces, ""), strings.Join(writes, ""))
}

func TestWritersSayWhatWentWrong(t *testing.T) {
	out := &failing{err: errors.New("full")}
	log := NewLog(out, nil)
	w := log.Document()
	_, err := w.Write([]byte("a\n"))
	require.NoError(t, err, "it is not written yet")
	require.EqualError(t, w.Close(), "full")
	_, err = w.Write([]byte("b\n"))
	require.EqualError(t, err, "full")
	require.EqualError(t, log.Err(), "full")
}

func TestStyledKeepsEmphasisOnly(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"bold, dim and plain":     {"\x1b[1ma\x1b[0m \x1b[2mb\x1b[0m\n", "\x1b[1ma\x1b[0m \x1b[2mb\x1b[0m\n"},
		"nothing":                 {"", "\n"},
		"without any":             {"a\nb\n", "a\nb\n"},
		"another sequence":        {"\x1b[31ma\x1b]0;t\x07\x1b[1mb", "a]0;t\x1b[1mb\n"},
		"a secret":                {"a hunter2hunter2 \x1b[1mhunter2hunter2", "a *** \x1b[1m***\n"},
		"a command":               {"\x1b[1m##vso[x.y]\x1b[0m", "\x1b[1m# #vso[x.y]\x1b[0m\n"},
		"one right after another": {"\x1b[0m\x1b[1m\x1b[2m", "\x1b[0m\x1b[1m\x1b[2m\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := secret.NewRedactor()
			r.AddSecret(secret.New("hunter2hunter2"))
			var out bytes.Buffer
			NewLog(&out, r).Styled(c.text)
			assert.Equal(t, c.want, out.String())
		})
	}
}

func TestTransientTakesThePlaceOfALine(t *testing.T) {
	assert.Equal(t, "\r\x1b[2K1 of 2, *** # #vso[x.y]\r\x1b[2K", written(t, func(l *Log) {
		l.Transient("1 of 2,\n" + password + " \x1b[31m##vso[x.y]")
		l.Transient("")
	}))
	for _, err := range []error{errors.New("gone"), nil} {
		log := NewLog(&failing{err: err}, nil)
		log.Transient("a")
		require.Error(t, log.Err())
		log = NewLog(&failing{writes: 1}, nil)
		log.Close()
		log.Transient("a")
		assert.ErrorIs(t, log.Err(), io.ErrClosedPipe)
	}
}

func TestNothingIsWrittenAfterClose(t *testing.T) {
	var out bytes.Buffer
	log := NewLog(&out, nil)
	log.Line("a")
	log.Close()
	log.Line("b")
	log.Transient("c")
	log.Group("d")
	assert.Equal(t, "a\n", out.String())
	assert.ErrorIs(t, log.Err(), io.ErrClosedPipe)
	broken := NewLog(&failing{err: errors.New("gone")}, nil)
	broken.Line("a")
	broken.Close()
	assert.EqualError(t, broken.Err(), "gone", "the first failure stays")
}

func TestIssuesAtAPlaceAndFilesAreWritten(t *testing.T) {
	assert.Equal(t, "##vso[task.logissue type=error;sourcepath=a %3Bb.yml;linenumber=3;columnnumber=7;code=late;]x\n"+
		"##vso[task.logissue type=warning;sourcepath=a;linenumber=1;columnnumber=1;]y\n"+
		"##vso[task.addattachment type=t;name=n;]/tmp/f\n##vso[task.uploadsummary]/tmp/f\n",
		written(t, func(l *Log) {
			l.IssueAt(IssueError, "late", "x", "a ;b.yml", 3, 7)
			l.IssueAt(IssueWarning, "", "y", "a", 1, 1)
			l.Attach("t", "n", "/tmp/f")
			l.Summary("/tmp/f")
		}))
}
