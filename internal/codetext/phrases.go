package codetext

// phraseSet finds many phrases in one pass over a text, whatever the text is: the automaton of Aho and Corasick
// ("Efficient string matching", 1975), with its failure links worked into the table of steps.
type phraseSet struct {
	class   [256]uint8 // of a byte; 0 is every byte that no phrase has
	classes int
	next    []uint16 // by state and class
	ends    [][]int  // by state: the phrases that end there
	some    []bool   // by state: there are any
}

// newPhraseSet takes phrases of at most some ten thousand bytes in all.
func newPhraseSet(phrases []string) *phraseSet {
	s := &phraseSet{classes: 1}
	states := 1 // at most
	for _, phrase := range phrases {
		states += len(phrase)
		for _, c := range []byte(phrase) {
			if s.class[c] == 0 {
				s.class[c] = uint8(s.classes)
				s.classes++
			}
		}
	}
	s.next, s.ends = make([]uint16, 0, states*s.classes), make([][]int, 0, states)
	grow := func() uint16 {
		s.next, s.ends = append(s.next, make([]uint16, s.classes)...), append(s.ends, nil)
		return uint16(len(s.ends) - 1)
	}
	at := func(state uint16, class int) *uint16 { return &s.next[int(state)*s.classes+class] }
	grow()
	for i, phrase := range phrases {
		state := uint16(0)
		for _, c := range []byte(phrase) {
			if *at(state, int(s.class[c])) == 0 {
				added := grow()
				*at(state, int(s.class[c])) = added
			}
			state = *at(state, int(s.class[c]))
		}
		s.ends[state] = append(s.ends[state], i)
	}
	// By breadth: a state falls back on the longest other one that its bytes end in, which is nearer to the start.
	fall := make([]uint16, len(s.ends))
	var queue []uint16
	for class := range s.classes {
		if child := *at(0, class); child != 0 {
			queue = append(queue, child)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		s.ends[state] = append(s.ends[state], s.ends[fall[state]]...)
		for class := range s.classes {
			child, back := *at(state, class), *at(fall[state], class)
			if child == 0 {
				*at(state, class) = back
				continue
			}
			fall[child] = back
			queue = append(queue, child)
		}
	}
	for _, phrases := range s.ends {
		s.some = append(s.some, len(phrases) > 0)
	}
	return s
}

// find calls found with the number of every phrase in a text, each time that it ends.
func (s *phraseSet) find(text []byte, found func(phrase int)) {
	state := uint16(0)
	for _, c := range text {
		state = s.next[int(state)*s.classes+int(s.class[c])]
		if !s.some[state] {
			continue
		}
		for _, phrase := range s.ends[state] {
			found(phrase)
		}
	}
}
