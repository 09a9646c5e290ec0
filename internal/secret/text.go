// Package secret keeps secrets out of everything a user or a machine can read later.
//
// [Text] holds one secret and prints itself as a placeholder, however it is printed. [Redactor] takes out of any text the
// secrets and shortens the identifiers that it was told about, in the encodings in which services and libraries repeat
// them. [Visible] takes out what a reader can't see, since that is where a secret (or a command) hides from a search. [Filter]
// cuts a text to size after that.
//
// Non-goals: it doesn't find secrets that no one named, doesn't wipe memory, and doesn't undo encryption, compression
// or hashing.
package secret

import (
	"fmt"
	"io"
	"log/slog"
	"unique"
)

// placeholder is printed instead of every Text that isn't empty.
const placeholder = "[secret]"

// Text is a string that can't print itself: every way of formatting, encoding or logging it gives "[secret]", and ""
// (JSON null) when it is empty. The zero value is the empty text. Two Texts are == when their contents are.
type Text struct {
	// A handle and not the string: fmt can't call methods of an unexported field of someone else's struct and prints
	// its bare content instead; of a handle that is an address.
	handle unique.Handle[string]
}

// New gives value as a Text; an empty value gives the zero Text.
func New(value string) Text {
	if value == "" {
		return Text{}
	}
	return Text{handle: unique.Make(value)}
}

// Reveal gives the content. It is the only way out: search for its callers to see where secrets go.
func (t Text) Reveal() string {
	if t.IsZero() {
		return ""
	}
	return t.handle.Value()
}

// IsZero reports whether the text is empty. Fields with the JSON option omitzero are left out by it.
func (t Text) IsZero() bool { return t == Text{} }

// String gives "[secret]", or "" when the text is empty.
func (t Text) String() string {
	if t.IsZero() {
		return ""
	}
	return placeholder
}

// GoString is String, for %#v.
func (t Text) GoString() string { return t.String() }

// Format is String for every verb, also those that show bytes (%x) or don't fit a string (%d).
func (t Text) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, t.String()) // a fmt.State keeps what it is given, it can't fail
}

// MarshalText is String, for XML, map keys and flag packages. It never fails.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalJSON gives "[secret]" as a JSON string, or null when the text is empty. It never fails.
func (t Text) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + placeholder + `"`), nil
}

// LogValue is String, for log/slog.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }
