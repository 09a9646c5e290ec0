package reading

import (
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
)

// TestAPageForPastedTextDoesNotSpeakAsIfOurTaskHadRun: a reader who pastes a text has no raw evidence, and another task wrote it.
func TestAPageForPastedTextDoesNotSpeakAsIfOurTaskHadRun(t *testing.T) {
	ofOurs := []catalogue.Code{"unexpected-answer"} // only a run of ours reports it
	for _, e := range catalogue.All() {
		if slices.Contains(ofOurs, e.Code) {
			continue
		}
		p := Cause{Entry: e, At: Message{Text: string(e.Code)}}.Page()
		texts := append([]string{p.Title, p.Means, p.Confirm}, p.Causes...)
		for _, f := range p.Fixes {
			texts = append(texts, f.Steps...)
		}
		for _, text := range texts {
			for _, words := range []string{"raw evidence", "bug in this task", "if this task sent", "if this task or", "decoded by this task", "that this task shows", "this task or an address"} {
				assert.NotContains(t, strings.ToLower(text), words, "%s: %s", e.Code, text)
			}
		}
	}
}
