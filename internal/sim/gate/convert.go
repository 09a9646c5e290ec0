package gate

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
)

// toBool never fails: lists and objects are true.
// Source of the conversions: learn.microsoft.com, Azure Pipelines "Expressions", type casting.
func toBool(value any) bool {
	switch value := value.(type) {
	case nil:
		return false
	case bool:
		return value
	case float64:
		return value != 0
	case string:
		return value != ""
	}
	return true
}

// toNumber fails for lists, objects and texts that aren't numbers; null and an empty text are 0.
func toNumber(value any) (float64, bool) {
	switch value := value.(type) {
	case nil:
		return 0, true
	case bool:
		if value {
			return 1, true
		}
		return 0, true
	case float64:
		return value, true
	case string:
		value = strings.TrimSpace(value)
		if value == "" {
			return 0, true
		}
		number, err := parseNumber(value)
		return number, err == nil
	}
	return 0, false
}

// toText fails for lists and objects.
func toText(value any) (string, bool) {
	switch value := value.(type) {
	case nil:
		return "", true
	case bool:
		if value {
			return "True", true
		}
		return "False", true
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), true
	case string:
		return value, true
	}
	return "", false
}

// equal converts the right side to the left one's type; what can't be converted isn't equal.
func equal(left, right any) bool {
	switch left := left.(type) {
	case nil:
		return right == nil || right == ""
	case bool:
		return left == toBool(right)
	case float64:
		number, ok := toNumber(right)
		return ok && left == number
	case string:
		text, ok := toText(right)
		return ok && strings.EqualFold(left, text)
	}
	return false // two lists are the same only when they are one and the same list
}

// compare orders as equal compares, but null is a 0; what can't be converted is an error.
func compare(left, right any) (int, error) {
	switch left := left.(type) {
	case bool:
		a, _ := toNumber(left)
		b, _ := toNumber(toBool(right))
		return cmp.Compare(a, b), nil
	case float64:
		if number, ok := toNumber(right); ok {
			return cmp.Compare(left, number), nil
		}
	case nil:
		if number, ok := toNumber(right); ok {
			return cmp.Compare(0, number), nil
		}
	case string:
		if text, ok := toText(right); ok {
			return cmp.Compare(strings.ToUpper(left), strings.ToUpper(text)), nil
		}
	}
	return 0, errors.New("the two sides cannot be compared")
}
