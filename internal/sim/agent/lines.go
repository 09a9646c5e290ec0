package agent

import (
	"bufio"
	"io"
	"strings"
)

// readLines hands over each line of a stream as .NET's StreamReader cuts it: "\n", "\r\n" and a lone "\r" end a line, a
// last line needs no end, a byte order mark at the start is dropped and bytes that are no UTF-8 become U+FFFD.
func readLines(stream io.Reader, line func(string)) {
	in := bufio.NewReader(stream)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" {
		in.Discard(3) // just seen
	}
	var text []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			if len(text) > 0 {
				line(strings.ToValidUTF8(string(text), "\ufffd"))
			}
			return
		}
		if b != '\n' && b != '\r' {
			text = append(text, b)
			continue
		}
		if b == '\r' {
			// The next byte must be seen first; a task that ends its line so is heard one line late, as in the agent.
			if next, err := in.Peek(1); err == nil && next[0] == '\n' {
				in.Discard(1) // just seen
			}
		}
		line(strings.ToValidUTF8(string(text), "\ufffd"))
		text = text[:0]
	}
}
