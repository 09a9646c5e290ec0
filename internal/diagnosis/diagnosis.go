// Package diagnosis turns what was seen into what to do: it finds the entry of the catalogue that fits the evidence best,
// and explains a code with its cause, the person who can act and the steps.
//
// It sends no requests, reads no service's sentence (package evidence does) and no log (package reading does), and prints nothing. What a check compared
// (two subjects, two subscriptions, two clocks) is handed to [Explain] as a type of package facts.
package diagnosis

import "armpreflight/internal/catalogue"

// The words of the catalogue, for those who handle diagnoses.
type (
	Code       = catalogue.Code
	Entry      = catalogue.Entry
	Scheme     = catalogue.Scheme
	Mode       = catalogue.Mode
	Person     = catalogue.Person
	Confidence = catalogue.Confidence
)

// The schemes, the creation modes, and the people of the catalogue.
const (
	SchemeKey             = catalogue.SchemeKey
	SchemeCertificate     = catalogue.SchemeCertificate
	SchemeFederation      = catalogue.SchemeFederation
	SchemeManagedIdentity = catalogue.SchemeManagedIdentity

	ModeAutomatic = catalogue.ModeAutomatic
	ModeManual    = catalogue.ModeManual

	PipelineAuthor          = catalogue.PipelineAuthor
	ConnectionAdministrator = catalogue.ConnectionAdministrator
	SubscriptionOwner       = catalogue.SubscriptionOwner
	EntraAdministrator      = catalogue.EntraAdministrator
	NetworkAdministrator    = catalogue.NetworkAdministrator
	ApplicationOwner        = catalogue.ApplicationOwner
	ConnectionMaker         = catalogue.ConnectionMaker

	Certain = catalogue.Certain
	Likely  = catalogue.Likely
	Guess   = catalogue.Guess

	RetryNever       = catalogue.RetryNever
	RetryTransient   = catalogue.RetryTransient
	RetryPropagation = catalogue.RetryPropagation
)

// UnexpectedAnswer is the code of an answer that isn't one of the known ones.
const UnexpectedAnswer = catalogue.UnexpectedAnswer

// Entries gives the whole catalogue, ordered by code.
func Entries() []Entry { return catalogue.All() }

// Lookup finds the entry of a code; false if the catalogue doesn't have it.
func Lookup(code Code) (Entry, bool) { return catalogue.Lookup(code) }

// Remedy is what to do about a code in one sentence, for a table of many
// connections; empty for a code that an audit doesn't report.
func Remedy(code Code) string {
	e, _ := Lookup(code)
	return e.Remedy
}
