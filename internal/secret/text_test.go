package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

const hidden = "hunter2-and-more"

func TestTextNeverPrintsItself(t *testing.T) {
	text := secret.New(hidden)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%U", "%e", "%20s", "%-5v", "%.3s"} {
		t.Run("with the verb "+verb, func(t *testing.T) {
			assert.Equal(t, "[secret]", fmt.Sprintf(verb, text))
		})
	}
	type holder struct {
		Open   secret.Text
		closed secret.Text
		list   []secret.Text
		table  map[string]secret.Text
	}
	held := holder{Open: text, closed: text, list: []secret.Text{text}, table: map[string]secret.Text{"k": text}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		t.Run("within somebody's unexported field with the verb "+verb, func(t *testing.T) {
			printed := fmt.Sprintf(verb, held) + fmt.Sprintf(verb, &held)
			assert.NotContains(t, printed, hidden)
			assert.NotContains(t, printed, fmt.Sprintf("%x", hidden))
			assert.Contains(t, printed, "[secret]")
		})
	}
	t.Run("when it is the operand of an error", func(t *testing.T) {
		assert.EqualError(t, fmt.Errorf("refused: %v", text), "refused: [secret]")
	})
	t.Run("as JSON, as a value and as a key", func(t *testing.T) {
		encoded, err := json.Marshal(map[secret.Text]any{text: []any{text, &text, held}})
		require.NoError(t, err)
		assert.JSONEq(t, `{"[secret]":["[secret]","[secret]",{"Open":"[secret]"}]}`, string(encoded))
	})
	t.Run("as XML", func(t *testing.T) {
		type document struct{ Key secret.Text }
		encoded, err := xml.Marshal(document{text})
		require.NoError(t, err)
		assert.Equal(t, "<document><Key>[secret]</Key></document>", string(encoded))
	})
	t.Run("in a log record", func(t *testing.T) {
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "key", text, "held", held)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "key", text, "held", held)
		assert.NotContains(t, out.String(), hidden)
		assert.Equal(t, 2, strings.Count(out.String(), "key"))
	})
}

func TestTextIsAValue(t *testing.T) {
	t.Run("what goes in comes out of Reveal", func(t *testing.T) {
		assert.Equal(t, hidden, secret.New(hidden).Reveal())
	})
	t.Run("equal contents are equal texts", func(t *testing.T) {
		assert.True(t, secret.New(hidden) == secret.New("hunter2"+"-and-more"))
		assert.False(t, secret.New(hidden) == secret.New("other"))
	})
	t.Run("the zero value is the empty text and prints nothing", func(t *testing.T) {
		var zero secret.Text
		assert.True(t, zero.IsZero())
		assert.True(t, secret.New("") == zero)
		assert.False(t, secret.New(" ").IsZero())
		assert.Empty(t, zero.Reveal())
		assert.Empty(t, fmt.Sprintf("%v%#v%x", zero, zero, zero))
		encoded, err := json.Marshal(struct {
			A secret.Text
			B secret.Text `json:",omitzero"`
		}{})
		require.NoError(t, err)
		assert.JSONEq(t, `{"A":null}`, string(encoded))
	})
}
