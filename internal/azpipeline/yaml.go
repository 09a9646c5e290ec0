package azpipeline

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// oddity is a line that the parser rejects, or accepts silently, and that Azure Pipelines accepts.
type oddity struct {
	line int
	why  string
}

// parseYAML reads the first document of a text. It also accepts lines that the parser rejects and Azure Pipelines accepts, and returns
// them. The root is nil for an empty text.
func parseYAML(text []byte) (*yaml.Node, []oddity, error) {
	var document yaml.Node
	var odd []oddity
	err := yaml.Unmarshal(text, &document)
	if err != nil {
		var mended []byte
		if mended, odd = mend(text); len(odd) == 0 {
			return nil, nil, err
		}
		document = yaml.Node{}
		if again := yaml.Unmarshal(mended, &document); again != nil {
			return nil, nil, again // it has the place of the next error
		}
	}
	if len(document.Content) == 0 {
		return nil, odd, nil
	}
	root := document.Content[0]
	return root, append(odd, twice(root, 0)...), nil
}

// twice finds keys that a mapping has more than once. Azure Pipelines accepts some of them, so both values are checked.
func twice(n *yaml.Node, depth int) []oddity {
	if depth > maxDepth {
		return nil
	}
	var odd []oddity
	if n.Kind == yaml.MappingNode {
		seen := make(map[string]bool, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if seen[key.Value] && !strings.Contains(key.Value, "${{") {
				odd = append(odd, oddity{key.Line, fmt.Sprintf("the key '%s' is already in this mapping, so both values were checked", key.Value)})
			}
			seen[key.Value] = true
		}
	}
	for _, child := range n.Content {
		if len(child.Content) > 0 {
			odd = append(odd, twice(child, depth+1)...)
		}
	}
	return odd
}

var (
	// blockHeader matches a line whose text is in the lines below.
	blockHeader = &lazyregexp.Regexp{Expression: `(?:^|[\s:-])[|>][+-]?\d?[+-]?\s*(?:#.*)?$`}
	// bareStart matches an unquoted value that begins with *. In YAML, that's an alias; for Azure Pipelines, it's a text.
	bareStart = &lazyregexp.Regexp{Expression: `^(\s*(?:-[ \t]+)*(?:[^\s'"#\[{][^'"#\[{]*:[ \t]+)?)(\*[^#]*?)([ \t]*(?:[ \t]#.*)?)$`}
	// bareInFlow matches the same in a list or a mapping in brackets.
	bareInFlow = &lazyregexp.Regexp{Expression: `([\[,][ \t]*|[{,][^{}\[\],]*:[ \t]+)(\*[^,\]}'"]*?)([ \t]*)([,\]}])`}
	blankTab   = &lazyregexp.Regexp{Expression: `^[ \t]+$`}
	dashTab    = &lazyregexp.Regexp{Expression: `^(\s*-)\t+`}
	commentTab = &lazyregexp.Regexp{Expression: `^[ ]*\t[ \t]*#`}
)

// mend changes the lines that Azure Pipelines accepts and the parser rejects. It doesn't change line numbers or the text of block scalars.
func mend(text []byte) ([]byte, []oddity) {
	var out bytes.Buffer
	var odd []oddity
	var spaces oddity      // only the first: such lines are common, and rarely the problem
	number, block := 0, -1 // the indentation of the line whose text the lines below are
	for full := range bytes.Lines(text) {
		number++
		line := strings.TrimRight(string(full), "\r\n")
		end := string(full[len(line):])
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if block >= 0 && strings.TrimSpace(line) != "" && indent <= block {
			block = -1
		}
		mended, why := mendLine(line, block >= 0)
		switch {
		case why != "":
			odd = append(odd, oddity{number, why})
		case mended != line && spaces.line == 0:
			spaces = oddity{number, "it has only spaces, and was read as an empty line"}
		}
		if block < 0 && blockHeader.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			block = keyColumn(line, indent)
		}
		out.WriteString(mended + end)
	}
	if len(odd) == 0 && spaces.line > 0 {
		odd = append(odd, spaces)
	}
	return out.Bytes(), odd
}

// keyColumn returns the indentation of the key of a line, after the dashes of lists. The text of a block has a larger indentation.
func keyColumn(line string, indent int) int {
	for rest := line[indent:]; strings.HasPrefix(rest, "-"); rest = line[indent:] {
		key := strings.TrimLeft(rest[1:], " \t")
		if len(key) == len(rest)-1 || strings.HasPrefix(key, "|") || strings.HasPrefix(key, ">") {
			break
		}
		indent += len(rest) - len(key)
	}
	return indent
}

func mendLine(line string, inBlock bool) (mended, why string) {
	if clean := readableText(line); clean != line {
		if !utf8.ValidString(line) {
			return clean, "it has bytes that aren't UTF-8, which were read as \ufffd"
		}
		return clean, "it has control characters, which were read as \ufffd"
	}
	switch {
	case blankTab.MatchString(line) && (strings.Contains(line, "\t") || inBlock):
		if strings.Contains(line, "\t") {
			why = "it has only tabs, and was read as an empty line"
		}
		return "", why
	case inBlock:
		return line, ""
	case dashTab.MatchString(line):
		return dashTab.ReplaceAllString(line, "$1 "), "a tab after the dash was read as a space"
	case commentTab.MatchString(line):
		return strings.ReplaceAll(line[:strings.IndexByte(line, '#')], "\t", " ") + line[strings.IndexByte(line, '#'):], "a tab before the comment was read as a space"
	case !strings.Contains(line, "*") || strings.HasPrefix(strings.TrimSpace(line), "#"):
		return line, ""
	}
	if m := bareStart.FindStringSubmatch(line); m != nil {
		return m[1] + quote(m[2]) + m[3], fmt.Sprintf("'%s' isn't quoted, and was read as text", strings.TrimSpace(m[2]))
	}
	mended = line
	for range 100 { // one at a time, because two values can share a comma
		m := bareInFlow.FindStringSubmatch(mended)
		if m == nil {
			break
		}
		why = fmt.Sprintf("'%s' isn't quoted, and was read as text", m[2])
		mended = strings.Replace(mended, m[0], m[1]+quote(m[2])+m[3]+m[4], 1)
	}
	return mended, why
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// readableText replaces bytes that aren't UTF-8, and control characters.
func readableText(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(line, string(utf8.RuneError)))
}

var plain = &lazyregexp.Regexp{Expression: `^[A-Za-z$][\w.$(){}\[\]'/ -]*[\w)}]$`}

// Scalar writes a name as YAML.
func Scalar(name string) string {
	if plain.MatchString(name) {
		return name
	}
	if text, err := yaml.Marshal(&yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: name}); err == nil {
		return strings.TrimSuffix(string(text), "\n")
	}
	return "''"
}
