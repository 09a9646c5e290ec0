package evidence

import "fmt"

// Failure is a request that brought no usable answer, with what was seen of it.
// It is the only error about a request that leaves the packages that ask: it
// wraps nothing, since the errors of the libraries below can hold tokens.
type Failure struct {
	Doing    string // what was attempted, for example "ask Entra for a token"
	Code     string // what it comes down to, where the evidence alone doesn't say; empty: match the evidence
	Evidence Evidence
}

// Error says what was attempted and what came back, without anything that a
// server wrote.
func (f *Failure) Error() string {
	switch e := f.Evidence; {
	case e.Network != None:
		return fmt.Sprintf("%s: %s: %s", f.Doing, e.Host, e.Network)
	case f.Code != "":
		return fmt.Sprintf("%s: %s (HTTP %d): %s", f.Doing, e.Host, e.Status, f.Code)
	default:
		return fmt.Sprintf("%s: %s answered HTTP %d", f.Doing, e.Host, e.Status)
	}
}
