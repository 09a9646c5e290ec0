package secret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestReferencesNeedNoSemicolon: HTML reads a number without one, and the oldest names.
func TestReferencesNeedNoSemicolon(t *testing.T) {
	const value = `sEcReT~7.xY_z<8>&"q"`
	r := redactor(value)
	each := func(text, form string) string {
		var b strings.Builder
		for _, c := range []byte(text) {
			fmt.Fprintf(&b, form, c)
		}
		return b.String()
	}
	named := strings.NewReplacer("<", "&lt", ">", "&gt", "&", "&amp", `"`, "&quot")
	large := strings.NewReplacer("<", "&LT", ">", "&GT", "&", "&AMP", `"`, "&QUOT")
	for name, text := range map[string]string{
		"decimal":          each(value, "&#%d"),
		"leading zeros":    each(value, "&#%05d"),
		"hexadecimal":      each(value, "&#x%x"),
		"names":            named.Replace(value),
		"names, large":     large.Replace(value),
		"twice":            strings.ReplaceAll(each(value, "&#%d"), "&", "&amp"),
		"with and without": strings.Replace(each(value, "&#%d"), "&#69", "&#69;", 1),
	} {
		assert.Equal(t, "a *** b", r.Redact("a "+text+" b"), name)
	}
	assert.NotContains(t, r.Redact("a "+each(value[:12], "&#%d")+"&#"), "&#55", "cut off")
}
