package gate

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0
}

func percent(text string, keep func(byte) bool) string {
	var out strings.Builder
	for i := range len(text) {
		if c := text[i]; keep(c) {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

// normalize brings an address into the form in which .NET's Uri sends it: no fragment, slashes for backslashes, escapes of
// unreserved characters undone, other characters escaped, no dot segments. Escaped slashes stay.
func normalize(address string) (*url.URL, error) {
	address = strings.TrimSpace(address)
	rest, ok := cutPrefixFold(address, "https://")
	if !ok {
		return nil, fmt.Errorf("address %q is not https", address)
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, asked := strings.Cut(rest, "?")
	rest = strings.ReplaceAll(rest, `\`, "/")
	host, path, _ := strings.Cut(rest, "/")
	if host == "" {
		return nil, errors.New("the address has no host")
	}
	path = removeDots("/" + escapePart(path))
	text := "https://" + strings.ToLower(host) + path
	if asked {
		text += "?" + escapePart(query)
	}
	parsed, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("the address cannot be read: %w", err)
	}
	if parsed.Hostname() == "" || strings.Contains(parsed.Hostname(), "%") {
		return nil, fmt.Errorf("host %q cannot be one", host)
	}
	if parsed.User != nil { // sent nowhere: HttpClient leaves it out
		parsed.User = nil
	}
	return parsed, nil
}

// escapePart escapes what may not be in a path or query and undoes escapes of unreserved characters.
func escapePart(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '%' {
			if value, ok := hexByte(text[i+1:]); ok {
				if unreserved(value) {
					out.WriteByte(value)
				} else {
					out.WriteString("%" + strings.ToUpper(text[i+1:i+3]))
				}
				i += 2
				continue
			}
		}
		out.WriteString(percent(string([]byte{c}), func(c byte) bool {
			return unreserved(c) || strings.IndexByte("!$&'()*+,;=:@/?[]", c) >= 0
		}))
	}
	return out.String()
}

func hexByte(text string) (byte, bool) {
	if len(text) < 2 {
		return 0, false
	}
	high, low := strings.IndexByte("0123456789abcdef", lower(text[0])), strings.IndexByte("0123456789abcdef", lower(text[1]))
	return byte(high<<4 | low&15), high >= 0 && low >= 0
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'F' {
		return c + 'a' - 'A'
	}
	return c
}

// removeDots takes "." and ".." out of a path that begins with a slash, as RFC 3986 5.2.4 says.
func removeDots(path string) string {
	var kept []string
	segments := strings.Split(path[1:], "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		switch segment {
		case ".", "..":
			if segment == ".." && len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, segment)
		}
	}
	return "/" + strings.Join(kept, "/")
}
