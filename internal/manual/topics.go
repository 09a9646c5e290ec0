package manual

import "armpreflight/internal/diagnosis"

// A Topic is one situation around creating and using a connection. Many have no code. The page
// docs/troubleshooting.md is made of them.
type Topic struct {
	Title   string           `json:"title"` // heading, from which its anchor is made
	Says    []string         `json:"says"`  // what people see, as it is written there
	Phrases []string         `json:"-"`     // in lower case: a text that holds one is about this
	Means   string           `json:"means"` // what it comes from
	Finds   string           `json:"finds"` // which check or verb sees it, and what it can't see
	Checks  []string         `json:"checks,omitempty"`
	Codes   []diagnosis.Code `json:"codes,omitempty"` // what those checks give
	Fixes   []Fix            `json:"fixes"`
	Beware  []string         `json:"beware,omitempty"` // advice that is going round, and what it breaks
}
