package catalogue

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatAReaderPastesIsALineOfItsOwn(t *testing.T) {
	for text, want := range map[string][]string{
		"Choose Save.":                                    {"Choose Save."},
		"Open the page: {link}.":                          {"Open the page:", "{link}"},
		"Open it: https://example.test/a?b=1.":            {"Open it:", "https://example.test/a?b=1"},
		"Run `az login --tenant {tenant}` and sign in.":   {"Run", "az login --tenant {tenant}", "and sign in."},
		"Run `curl -v https://{host}`, then see `a b`.":   {"Run", "curl -v https://{host}", "then see", "a b"},
		"**Choose Edit → Verify → Save: {link}**":         {"Choose Edit → Verify → Save:", "{link}"},
		"Name an action such as Microsoft.Web/sites/*.":   {"Name an action such as Microsoft.Web/sites/*."},
		"First: https://a.test Then: https://b.test/c/d.": {"First:", "https://a.test", "Then:", "https://b.test/c/d"},
	} {
		assert.Equal(t, want, StepLines(text), text)
	}
}

// aCommand finds a command outside of backticks.
var aCommand = regexp.MustCompile(`\b(az [a-z-]+ [a-z-]+ -|az login|curl -|nslookup |openssl [a-z]|w32tm /)`)

func TestEveryCommandOfAStepCanBePasted(t *testing.T) {
	check := func(of, text string) {
		for i, line := range StepLines(text) {
			if i%2 == 0 {
				assert.NotRegexp(t, aCommand, line, "%s: put the command between backticks", of)
				assert.NotRegexp(t, `\($|^\)`, line, "%s: a URL in parentheses is torn out of them", of)
				assert.NotContains(t, line, "`", of)
			}
		}
		assert.NotEmpty(t, StepLines(text)[0], "%s: a step begins with a verb", of)
	}
	for _, e := range entries {
		for _, f := range e.Fixes {
			for _, step := range f.Steps {
				for _, v := range step {
					check(string(e.Code), v.Text)
				}
			}
		}
	}
	for _, topic := range topics {
		for _, f := range topic.Fixes {
			for _, step := range f.Steps {
				check(topic.Title, step)
			}
		}
	}
}
