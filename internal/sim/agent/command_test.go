package agent

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseCommand(t *testing.T) {
	type want struct {
		name       string
		properties map[string]string
		data       string
	}
	none := map[string]string{}
	for name, test := range map[string]struct {
		line string
		raw  bool // DECODE_PERCENTS=false
		want want
	}{
		"a property and data":         {line: "##vso[area.event k1=v1;]msg", want: want{"area.event", map[string]string{"k1": "v1"}, "msg"}},
		"text before is lost":         {line: ">>>   ##vso[area.event k1=v1;]msg", want: want{"area.event", map[string]string{"k1": "v1"}, "msg"}},
		"nothing but a name":          {line: "##vso[area.event]", want: want{"area.event", none, ""}},
		"empty values are absent":     {line: "##vso[area.event k1=;k2=;]", want: want{"area.event", none, ""}},
		"a header that ends in space": {line: "##vso[task.debug ]x", want: want{"task.debug", none, "x"}},
		"all escapes": {
			line: "##vso[area.event k1=%3B=%0D=%0A=%5D%AZP25;]%3B-%0D-%0A-%5D%AZP253B",
			want: want{"area.event", map[string]string{"k1": ";=\r=\n=]%"}, ";-\r-\n-]%3B"},
		},
		"all escapes with percent decoding off": {
			line: "##vso[area.event k1=%3B=%0D=%0A=%5D%AZP25;]%3B-%0D-%0A-%5D%AZP253B", raw: true,
			want: want{"area.event", map[string]string{"k1": ";=\r=\n=]%AZP25"}, ";-\r-\n-]%AZP253B"},
		},
		"%25 is left alone":                      {line: "##vso[a.b]100%25", want: want{"a.b", none, "100%25"}},
		"lower-case escapes are no escapes":      {line: "##vso[a.b]%3b%0a", want: want{"a.b", none, "%3b%0a"}},
		"a name with a space in front":           {line: "##vso[task.setvariable variable=a; issecret=true]x", want: want{"task.setvariable", map[string]string{"variable": "a", " issecret": "true"}, "x"}},
		"empty parts of the name are dropped":    {line: "##vso[task..debug]x", want: want{"task.debug", none, "x"}},
		"names in any case":                      {line: "##vso[Task.LogIssue Type=error]x", want: want{"task.logissue", map[string]string{"type": "error"}, "x"}},
		"leading equals signs are swallowed":     {line: "##vso[a.b k==v;x=1=2=;=y=3;=z]", want: want{"a.b", map[string]string{"k": "v", "x": "1=2=", "y": "3"}, ""}},
		"the last of two wins":                   {line: "##vso[a.b k=1;K=2]", want: want{"a.b", map[string]string{"k": "2"}, ""}},
		"the first bracket ends the header":      {line: "##vso[a.b k=x]y]z", want: want{"a.b", map[string]string{"k": "x"}, "y]z"}},
		"only the first of two commands counts":  {line: "##vso[a.b]##vso[c.d]", want: want{"a.b", none, "##vso[c.d]"}},
		"other scripts and emoji survive":        {line: "##vso[a.b k=größe😀]日本語", want: want{"a.b", map[string]string{"k": "größe😀"}, "日本語"}},
		"a bracket before the command":           {line: "] ##vso[a.b]x", want: want{"a.b", none, "x"}},
		"a zero-width space shifts what follows": {line: "##\u200bvso[a.b]x", want: want{"[a.b", none, "x"}},
		"two of them shift by two":               {line: "#\u200b#v\u200dso[a.b]x", want: want{"o[a.b", none, "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, ok := parseCommand(test.line, !test.raw)
			require.True(t, ok)
			assert.Equal(t, test.want, want{c.area + "." + c.event, c.properties, c.data})
		})
	}
}

func TestLinesThatAreNoCommand(t *testing.T) {
	for name, test := range map[string]struct {
		line      string
		mentioned bool
	}{
		"ordinary text":               {"hello", false},
		"an empty line":               {"", false},
		"another case":                {"##VSO[task.debug]x", false},
		"broken up":                   {"# #vso[task.debug]x", false},
		"a section":                   {"##[error]x", false},
		"no closing bracket":          {"##vso[task.debug x", true},
		"one part only":               {"##vso[task]x", true},
		"three parts":                 {"##vso[a.b.c]x", true},
		"an empty name":               {"##vso[ a=b]x", true},
		"the keyword without bracket": {"see ##vso commands", true},
		"the keyword, hidden":         {"see #\u00ad#vso commands", true},
		"hidden, the bracket too near": {
			"##vs\u200b\u200b\u200bo[]", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := parseCommand(test.line, true)
			assert.False(t, ok)
			assert.Equal(t, test.mentioned, mentionsCommand(test.line))
		})
	}
}

func TestHiddenCommandIsMarked(t *testing.T) {
	c, ok := parseCommand("#\ufeff#vso[task.complete result=Succeeded]", true)
	require.True(t, ok)
	assert.True(t, c.hidden)
	c, ok = parseCommand("\u200b##vso[task.debug]", true)
	require.True(t, ok)
	assert.False(t, c.hidden, "outside of the prefix it hides nothing")
}

// What a well-behaved writer encodes is what the agent reads.
func FuzzCommandEncodeThenDecode(f *testing.F) {
	f.Add("v1", "msg")
	f.Add(";=\r=\n=]%", ";-\r-\n-]%3B")
	f.Add("%AZP25", "%AZP253B%25")
	f.Add("größe😀", "##vso[task.complete result=Failed]")
	f.Add("\u200b", "\u200b\x00")
	f.Fuzz(func(t *testing.T, value, data string) {
		c, ok := parseCommand("##vso[area.event k="+encodeProperty(value)+";]"+encodeData(data, true), true)
		require.True(t, ok)
		assert.Equal(t, data, c.data)
		assert.Equal(t, strings.TrimLeft(value, "="), c.properties["k"])
	})
}

// Nothing that a task prints may bring the reader down, and what isn't a command is either mentioned or plain.
func FuzzParseCommand(f *testing.F) {
	f.Add("##vso[task.logissue type=error;code=X]message")
	f.Add("##vs\u200bo[a.b c=d]e")
	f.Add("##\U000e0001vso[a.b]")
	f.Add("##vso[.] ]]")
	f.Add("\xff##\xc2\xadvso[a.b]\x80")
	f.Fuzz(func(t *testing.T, line string) {
		c, ok := parseCommand(line, true)
		if strings.Contains(line, commandPrefix) || ok {
			require.True(t, mentionsCommand(line))
		}
		if ok {
			require.NotEmpty(t, c.area)
			require.NotEmpty(t, c.event)
		}
	})
}
