package rights

import "strings"

// truth is the outcome of a condition for one action.
type truth int

const (
	no truth = iota
	maybe
	yes
)

func (t truth) not() truth { return yes - t }

// judgeCondition evaluates a condition for an action: yes when it holds whatever the request is, above all because
// it is about other actions, no when it never holds, otherwise maybe. No condition is yes; one that can't be read is maybe.
//
// The format (learn.microsoft.com, Azure role assignment condition format and syntax): ActionMatches{'pattern'} and
// comparisons of attributes, joined by AND or &&, OR or ||, NOT or !, and parentheses. A user who may assign roles only within
// limits has "!(ActionMatches{'…/roleAssignments/write'}) OR …" and isn't limited in anything else.
func judgeCondition(condition, action string) truth {
	if strings.TrimSpace(condition) == "" {
		return yes
	}
	words, ok := conditionWords(condition)
	if !ok {
		return maybe
	}
	p := &conditionParser{words: words, action: action}
	outcome := p.either(0)
	if p.failed || len(p.words) > 0 {
		return maybe
	}
	return outcome
}

// deepest bounds the nesting that is followed; a condition has at most 8 KB.
const deepest = 200

// conditionParser descends: either (OR) > both (AND) > one (NOT, parentheses, a comparison).
type conditionParser struct {
	words  []string
	action string
	failed bool
}

func (p *conditionParser) either(depth int) truth {
	outcome := p.both(depth)
	for p.accept("||", "OR") {
		outcome = max(outcome, p.both(depth))
	}
	return outcome
}

func (p *conditionParser) both(depth int) truth {
	outcome := p.one(depth)
	for p.accept("&&", "AND") {
		outcome = min(outcome, p.one(depth))
	}
	return outcome
}

func (p *conditionParser) one(depth int) truth {
	if depth > deepest {
		p.failed = true
		return maybe
	}
	if p.accept("!", "NOT") {
		return p.one(depth + 1).not()
	}
	if p.accept("(") {
		outcome := p.either(depth + 1)
		p.failed = p.failed || !p.accept(")")
		return outcome
	}
	return p.comparison()
}

// comparison takes the words up to the next operator. Only ActionMatches{'…'} on its own can be decided.
func (p *conditionParser) comparison() truth {
	n := 0
	for n < len(p.words) && !isOperator(p.words[n]) {
		n++
	}
	words := p.words[:n]
	p.words = p.words[n:]
	if n == 0 {
		p.failed = true
		return maybe
	}
	pattern, ok := actionPattern(words)
	switch {
	case !ok:
		return maybe
	case Matches(pattern, p.action):
		return yes
	default:
		return no
	}
}

// actionPattern reads the two words ActionMatches and {'pattern'}.
func actionPattern(words []string) (string, bool) {
	if len(words) != 2 || !strings.EqualFold(words[0], "ActionMatches") || !strings.HasPrefix(words[1], "{") {
		return "", false
	}
	inside, quoted := strings.CutPrefix(strings.TrimSpace(words[1][1:len(words[1])-1]), "'")
	inside = strings.TrimSuffix(inside, "'") // braces never end inside a quote
	return inside, quoted && !strings.Contains(inside, "'")
}

func (p *conditionParser) accept(words ...string) bool {
	for _, word := range words {
		if len(p.words) > 0 && strings.EqualFold(p.words[0], word) {
			p.words = p.words[1:]
			return true
		}
	}
	return false
}

func isOperator(word string) bool {
	switch strings.ToUpper(word) {
	case "(", ")", "!", "&&", "||", "AND", "OR", "NOT":
		return true
	default:
		return false
	}
}

// conditionWords splits a condition at blanks and operators. What is in quotes, braces or brackets is one word; false
// when one of them isn't closed.
func conditionWords(s string) ([]string, bool) {
	var words []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		n := 1
		switch s[0] {
		case '(', ')', '!':
		case '\'', '{', '[':
			n = closing(s)
		default:
			if strings.HasPrefix(s, "&&") || strings.HasPrefix(s, "||") {
				n = 2
				break
			}
			if n = strings.IndexAny(s[1:], " \t\r\n()!{['&|") + 1; n == 0 {
				n = len(s)
			}
		}
		if n == 0 {
			return nil, false
		}
		words, s = append(words, s[:n]), s[n:]
	}
	return words, true
}

// closing is the length of what is quoted or bracketed at the start of s; 0 when it doesn't end. A quote inside braces
// hides a brace.
func closing(s string) int {
	end := map[byte]byte{'\'': '\'', '{': '}', '[': ']'}[s[0]]
	quoted := false
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == end && !quoted:
			return i + 1
		case s[i] == '\'':
			quoted = !quoted
		}
	}
	return 0
}
