package rights

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
)

func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		wanted, problems := Parse(text, base)
		lines := strings.Count(text, "\n") + 1
		for _, w := range wanted {
			id := w.Scope.ID()
			if w.Line < 1 || w.Line > lines || strings.ContainsAny(w.Action, "*?# ") || checkAction(w.Action) != nil {
				t.Fatalf("%q gave %+v", text, w)
			}
			if !strings.HasPrefix(id, "/") || strings.ContainsAny(id, `?#%\*`) || strings.Contains(id+"/", "/../") ||
				strings.Contains(id, "//") || strings.ContainsFunc(id, unicode.IsControl) {
				t.Fatalf("%q gave the scope %q", text, id)
			}
			again, err := ParseScope(id, Base{})
			if err != nil || again != w.Scope {
				t.Fatalf("the scope %q is read as %q, %v", id, again.ID(), err)
			}
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Detail == "" || strings.ContainsFunc(p.Detail, unicode.IsControl) {
				t.Fatalf("%q gave %+v", text, p)
			}
		}
	})
}

func FuzzMatches(f *testing.F) {
	f.Fuzz(func(t *testing.T, pattern, action string) {
		if len(pattern) > 200 || len(action) > 200 {
			return // the other way takes a step for each byte of one and each of the other
		}
		got := Matches(pattern, action)
		if want := pattern != "" && slow(lower(pattern), lower(action)); got != want {
			t.Fatalf("Matches(%q, %q) = %v", pattern, action, got)
		}
		if got != Matches(upper(pattern), action) {
			t.Fatalf("letter case counts in %q and %q", pattern, action)
		}
	})
}

// upper goes by bytes, as the pattern need not be UTF-8.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// slow is the other way: the standard library's linear-time expressions.
func slow(pattern, action string) bool {
	hex := func(s string) string { // of bytes, so that it need not be UTF-8
		var b strings.Builder
		for i := range len(s) {
			b.WriteString(string([]byte{"0123456789abcdef"[s[i]>>4], "0123456789abcdef"[s[i]&15]}))
			b.WriteByte('.')
		}
		return b.String()
	}
	pieces := strings.Split(pattern, "*")
	for i := range pieces {
		pieces[i] = regexp.QuoteMeta(hex(pieces[i]))
	}
	return regexp.MustCompile(`^` + strings.Join(pieces, `(?:..\.)*`) + `$`).MatchString(hex(action))
}

func FuzzCondition(f *testing.F) {
	f.Fuzz(func(t *testing.T, condition, action string) {
		got := judgeCondition(condition, action)
		if got != no && got != maybe && got != yes {
			t.Fatalf("%q gave %d", condition, got)
		}
		if strings.TrimSpace(condition) == "" || got == maybe {
			return
		}
		if negated := judgeCondition("!("+condition+")", action); negated != got.not() {
			t.Fatalf("%q is %d and its opposite %d", condition, got, negated)
		}
	})
}
