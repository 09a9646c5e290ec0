package catalogue

// Unknown is the entry of a code that the catalogue doesn't have: it shows the
// service's message.
func Unknown(code Code) Entry {
	return Entry{Code: code, Confidence: Guess, Advice: &adviceUnknown}
}

// Unlisted reports whether the catalogue doesn't have the code.
func (e Entry) Unlisted() bool { return e.Advice == &adviceUnknown }
