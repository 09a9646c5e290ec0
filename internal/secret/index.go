package secret

// An index holds the needles of one script by their first bytes, so that a text is walked through once whatever their
// number.
type index struct {
	needles map[prefix][]needle
	// seen has a bit for each 16-bit digest of a prefix in needles. Nearly every byte of a text ends at it.
	seen [1 << 16 / 64]uint64
}

// A prefix is the first four bytes of a needle with ASCII letters in lower case. No needle is shorter.
type prefix uint32

// then gives the prefix one byte further on.
func (p prefix) then(c byte) prefix { return p<<8 | prefix(lower[c]) }

func (p prefix) digest() (word, bit prefix) {
	d := (p ^ p>>16) & 0xffff
	return d >> 6, d & 63
}

func (x *index) add(n needle) {
	var p prefix
	for i := range prefixLen {
		p = p.then(n.text[i])
	}
	if x.needles == nil {
		x.needles = map[prefix][]needle{}
	}
	x.needles[p] = append(x.needles[p], n)
	word, bit := p.digest()
	x.seen[word] |= 1 << bit
}

const prefixLen = 4

// has reports whether a needle may begin with a prefix.
func (x *index) has(p prefix) bool {
	word, bit := p.digest()
	return x.seen[word]&(1<<bit) != 0
}

// lower has ASCII letters in lower case and every other byte as it is.
var lower = func() (table [256]byte) {
	for c := range table {
		table[c] = byte(c)
		if c >= 'A' && c <= 'Z' {
			table[c] |= 0x20
		}
	}
	return table
}()
