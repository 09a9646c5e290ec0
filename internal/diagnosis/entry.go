package diagnosis

import (
	"fmt"
	"time"
)

// Entry is one diagnosis of the catalogue. Its texts are templates; see fill.
type Entry struct {
	Code       Code
	Title      string   // the fact, lower case; it reads alone in a list of issues
	Means      string   // what that says about this connection, in whole sentences
	Causes     []string // usual causes, most likely first: phrases without a full stop
	Fixes      []Fix    // exactly one fits a situation best
	Confirm    string   // how a person can make sure
	Retry      Retry
	Bound      time.Duration // RetryPropagation only: how long after a change the answer may still be the old one
	Links      []string      // documentation, best first
	Since      string        // release that first gave this code
	Confidence Confidence

	signs []sign // what evidence must look like; nil for a code that only our own checks give
}

// Fix is what one person does about a diagnosis.
type Fix struct {
	Schemes []Scheme // empty: any
	Modes   []Mode   // empty: any
	With    string   // a condition on the facts of the finding, "name" or "name=value"; empty: none
	Who     Person
	Steps   []string // whole sentences; the numbers are the renderer's
}

// Scheme is how the connection signs in.
type Scheme string

// The schemes a fix can be written for.
const (
	SchemeKey             Scheme = "key"
	SchemeCertificate     Scheme = "certificate"
	SchemeFederation      Scheme = "federation"
	SchemeManagedIdentity Scheme = "managed-identity"
)

// Mode says who made the identity behind the connection; "" is not known.
type Mode string

// The creation modes of a connection, as in its field creationMode.
const (
	ModeAutomatic Mode = "automatic" // Azure DevOps made it
	ModeManual    Mode = "manual"    // a person made it and typed it in
)

// Person is who can act.
type Person string

// The people of a fix.
const (
	PipelineAuthor          Person = "pipeline author"
	ConnectionAdministrator Person = "service connection administrator"
	SubscriptionOwner       Person = "subscription owner"
	EntraAdministrator      Person = "Entra administrator"
	NetworkAdministrator    Person = "agent or network administrator"
	ApplicationOwner        Person = "application owner"
	ConnectionMaker         Person = "you, who make the connection"
)

// Retry says whether asking again can help.
type Retry int

// The retry classes. Only RetryTransient is worth a second request by itself.
const (
	RetryNever       Retry = iota // the answer stays the same until a person acts
	RetryTransient                // the other side is busy, down or changing
	RetryPropagation              // may disappear by itself within minutes of a change
)

// Confidence says how much the diagnosis rests on. Its String is what a reader sees.
type Confidence int

// The degrees of confidence.
const (
	Certain Confidence = iota // documented: one documented meaning, or compared by us
	Likely                    // observed: several causes give the same answer, or the wording is only known from reports
	Guess                     // not confirmed: only a status or a shape is known, or nobody has shown us the answer
)

func (c Confidence) String() string {
	switch c {
	case Certain:
		return "documented"
	case Likely:
		return "observed"
	case Guess:
		return "not confirmed"
	default:
		return fmt.Sprintf("Confidence(%d)", int(c))
	}
}
