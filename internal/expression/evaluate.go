package expression

import (
	"strings"
)

// Environment defines the names of an expression. Its methods return the zero Value if a value isn't known.
type Environment interface {
	// Name returns the value of a name that an expression begins with.
	Name(name string) Value
	// Member returns a member of an object, or the item of a list at an index.
	Member(of Value, name string) Value
	// Items returns the items of a list, or the values of an object; false where some aren't known.
	Items(of Value) ([]Value, bool)
}

// Evaluate evaluates an expression as far as its names are known.
func Evaluate(node Node, env Environment) Value {
	switch n := node.(type) {
	case Literal:
		return n.Value
	case Name:
		return env.Name(n.Text)
	case Member:
		return member(Evaluate(n.Of, env), n.Name, env)
	case Index:
		at := Evaluate(n.At, env)
		if !at.IsScalar() {
			return Value{}
		}
		v := member(Evaluate(n.Of, env), at.String(), env)
		v.Guess = v.Guess || at.Guess
		return v
	case Call:
		return call(n, env)
	}
	return Value{}
}

func member(of Value, name string, env Environment) Value {
	switch {
	case name == "*":
		items, all := env.Items(of)
		if !all {
			return Value{}
		}
		return Value{Kind: List, Items: items, Guess: of.Guess}
	case of.Kind == List && of.Data == nil:
		n, ok := String(name).number()
		if !ok || n < 0 || n != float64(int(n)) || int(n) >= len(of.Items) {
			return Value{Kind: Null, Guess: of.Guess}
		}
		return of.Items[int(n)]
	}
	return env.Member(of, name)
}

func call(n Call, env Environment) Value {
	f, ok := functions()[n.Name]
	if !ok || len(n.Args) < f.least {
		return Value{} // a function whose result only the run knows, such as succeeded()
	}
	args := make([]Value, len(n.Args))
	guess, known := false, true
	for i, arg := range n.Args {
		args[i] = Evaluate(arg, env)
		guess = guess || args[i].Guess
		known = known && args[i].known()
	}
	switch {
	case f.partly != nil:
		return f.partly(args)
	case !known:
		return Value{}
	}
	v := f.of(args, env)
	v.Guess = guess
	return v
}

// itemsOf returns the items of a list; false if some aren't known.
func itemsOf(v Value, env Environment) ([]Value, bool) {
	if v.Kind == List && v.Data == nil {
		return v.Items, true
	}
	return env.Items(v)
}

func contains(all []Value, one Value) bool {
	for _, v := range all {
		if order, ok := compare(one, v); ok && order == 0 {
			return true
		}
	}
	return false
}

// format replaces {0} with an argument. Two braces mean one. It reports false if there's no argument for a number.
func format(pattern string, args []Value) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case (c == '{' || c == '}') && i+1 < len(pattern) && pattern[i+1] == c:
			out.WriteByte(c)
			i++
		case c == '{':
			inside, _, closed := strings.Cut(pattern[i+1:], "}")
			n, ok := String(inside).number()
			if !closed || inside == "" || !ok || n < 0 || int(n) >= len(args) || !args[int(n)].IsScalar() || out.Len() > maxLength {
				return "", false
			}
			out.WriteString(args[int(n)].String())
			i += len(inside) + 1
		case c == '}':
			return "", false
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), true
}
