package expression

import (
	"strconv"
	"strings"
)

// Kind is the type of a value.
type Kind int

// The kinds. The zero value is Unknown, for a value that only the run knows.
const (
	Unknown Kind = iota
	Null
	Bool
	Number
	Text
	List
	Object
)

// Value is the result of an expression.
type Value struct {
	Kind   Kind
	Bool   bool
	Number float64
	Text   string
	Items  []Value // of a list that a function returns
	// Data belongs to the environment, which stores lists and objects in it, and where a text is written.
	Data any
	// Guess says that the value depends on something that the run can change, such as the default of a parameter.
	Guess bool
}

// String returns a value of kind Text.
func String(s string) Value { return Value{Kind: Text, Text: s} }

// Truth returns a value of kind Bool.
func Truth(b bool) Value { return Value{Kind: Bool, Bool: b} }

func (v Value) known() bool { return v.Kind != Unknown }

// String returns the value as a text. It's empty for a list, an object, and an unknown value.
func (v Value) String() string {
	switch v.Kind {
	case Bool:
		if v.Bool {
			return "True"
		}
		return "False"
	case Number:
		return strconv.FormatFloat(v.Number, 'f', -1, 64)
	case Text:
		return v.Text
	}
	return ""
}

// IsScalar reports whether the value is known and can be a text.
func (v Value) IsScalar() bool { return v.Kind >= Null && v.Kind <= Text }

// True returns the value as a condition. It's false for an unknown value: see [Value.Kind].
func (v Value) True() bool {
	switch v.Kind {
	case Bool:
		return v.Bool
	case Number:
		return v.Number != 0
	case Text:
		return v.Text != ""
	}
	return v.Kind == List || v.Kind == Object
}

func (v Value) number() (float64, bool) {
	switch v.Kind {
	case Null:
		return 0, true
	case Bool:
		if v.Bool {
			return 1, true
		}
		return 0, true
	case Number:
		return v.Number, true
	case Text:
		if strings.TrimSpace(v.Text) == "" {
			return 0, true
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(v.Text), 64)
		return n, err == nil
	}
	return 0, false
}

// compare converts the right value to the type of the left, and reports false if that fails. It ignores case.
func compare(a, b Value) (order int, ok bool) {
	switch a.Kind {
	case Null:
		return 0, b.Kind == Null || b.Kind == Text && b.Text == ""
	case Bool:
		if b.Kind == Text { // a parameter's value, as YAML spells it
			return boolean(a.Bool, strings.EqualFold(b.Text, "true")), strings.EqualFold(b.Text, "true") || strings.EqualFold(b.Text, "false")
		}
		return boolean(a.Bool, b.True()), b.IsScalar()
	case Number:
		n, ok := b.number()
		switch {
		case a.Number < n:
			return -1, ok
		case a.Number > n:
			return 1, ok
		}
		return 0, ok
	case Text:
		return strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.String())), b.IsScalar()
	}
	return 0, false
}

func boolean(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
