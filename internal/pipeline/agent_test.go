package pipeline

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
)

// A command is what the agent makes of a line (microsoft/azure-pipelines-agent
// src/Microsoft.VisualStudio.Services.Agent/Command.cs). Written from the description of the format, not from the
// encoder: the two must not be able to agree by construction.
type command struct {
	name       string // area.event
	properties map[string]string
	data       string
}

// agentLines splits output the way .NET's StreamReader does.
func agentLines(output string) []string {
	output = strings.ReplaceAll(strings.ReplaceAll(output, "\r\n", "\n"), "\r", "\n")
	if output == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(output, "\n"), "\n")
}

// parse reads a line as a command.
func parse(line string) (command, bool) {
	_, after, ok := strings.Cut(line, "##vso[")
	if !ok {
		return command{}, false
	}
	header, data, ok := strings.Cut(after, "]")
	if !ok {
		return command{}, false
	}
	name, rest, _ := strings.Cut(header, " ")
	if len(strings.FieldsFunc(name, func(r rune) bool { return r == '.' })) != 2 {
		return command{}, false
	}
	c := command{name: strings.ToLower(name), properties: map[string]string{}, data: unescape(data)}
	for piece := range strings.SplitSeq(rest, ";") {
		key, value, _ := strings.Cut(strings.TrimLeft(piece, "="), "=")
		if value = strings.TrimLeft(value, "="); value != "" {
			c.properties[strings.ToLower(key)] = unescape(value)
		}
	}
	return c, true
}

func unescape(text string) string {
	for _, pair := range [][2]string{{"%3B", ";"}, {"%0D", "\r"}, {"%0A", "\n"}, {"%5D", "]"}, {"%AZP25", "%"}} {
		text = strings.ReplaceAll(text, pair[0], pair[1])
	}
	return text
}

// seen gives a line in the ways a culture-sensitive search may see it: ICU passes over what has no weight, an old
// Windows over whatever it doesn't know.
func seen(line string) []string {
	return []string{line,
		without(line, func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn, unicode.Me, unicode.Variation_Selector) ||
				strings.ContainsRune("\u115f\u1160\u3164\uffa0\u2065", r)
		}),
		without(line, func(r rune) bool { return r > unicode.MaxASCII || r < ' ' }),
	}
}

func without(text string, drop func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if drop(r) {
			return -1
		}
		return r
	}, text)
}

func TestTheAgentReadsCommands(t *testing.T) {
	none := map[string]string{}
	for name, c := range map[string]struct {
		line       string
		want       string
		properties map[string]string
		data       string
	}{
		"with a property and data":         {line: "##vso[area.event k1=v1;]msg", want: "area.event", properties: map[string]string{"k1": "v1"}, data: "msg"},
		"anywhere in a line":               {line: ">>>   ##vso[area.event k1=v1;]msg", want: "area.event", properties: map[string]string{"k1": "v1"}, data: "msg"},
		"without properties and data":      {line: "##vso[area.event]", want: "area.event", properties: none},
		"with properties without a value":  {line: "##vso[area.event k1=;k2=;]", want: "area.event", properties: none},
		"decoding values and data":         {line: "##vso[area.event k1=%3B=%0D=%0A=%5D%AZP25;]%3B-%0D-%0A-%5D%AZP253B", want: "area.event", properties: map[string]string{"k1": ";=\r=\n=]%"}, data: ";-\r-\n-]%3B"},
		"without trimming names":           {line: "##vso[task.setvariable variable=a; issecret=true]x", want: "task.setvariable", properties: map[string]string{"variable": "a", " issecret": "true"}, data: "x"},
		"swallowing = before a value":      {line: "##vso[area.event k==v=w;=x]", want: "area.event", properties: map[string]string{"k": "v=w"}},
		"not with a name of one part":      {line: "##vso[task]x"},
		"not with a name of three parts":   {line: "##vso[a.b.c]x"},
		"but with an empty part of a name": {line: "##vso[task..debug]x", want: "task..debug", properties: none, data: "x"},
		"not without an end of the header": {line: "##vso[task.debug x"},
		"not in upper case":                {line: "##VSO[task.debug]x"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := parse(c.line)
			assert.Equal(t, c.want != "", ok)
			assert.Equal(t, command{c.want, c.properties, c.data}, got)
		})
	}
}
