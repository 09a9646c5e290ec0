package audit

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/finding"
	"armpreflight/internal/preflight"
)

// DateKind says what happens to a connection on a day.
type DateKind string

// The kinds of dates.
const (
	SecretEnds      DateKind = "secret-expiry"
	CertificateEnds DateKind = "certificate-expiry"
	IssuerRetires   DateKind = "issuer-retirement"
	UnusedDisables  DateKind = "unused-disabling" // by Azure DevOps
	RevertEnds      DateKind = "revert-end"       // of a conversion to federation; nothing stops

	// From the reports of runs, see Document.Add.

	WaiverExpires    DateKind = "waiver-expiry"    // a finding fails the run of a pipeline again
	SubscriptionEnds DateKind = "subscription-end" // by Azure, of a disabled one
)

// dateKinds are those of this version.
var dateKinds = []DateKind{SecretEnds, CertificateEnds, IssuerRetires, UnusedDisables, RevertEnds, WaiverExpires, SubscriptionEnds}

// Certainty says how sure it is that a date comes true if no one acts.
type Certainty string

// The certainties.
const (
	Certain  Certainty = "certain"
	Likely   Certainty = "likely"   // something that wasn't seen can prevent it
	Possible Certainty = "possible" // there's another explanation that is as good
)

// Date is a moment at which a connection stops working, or loses something. A
// connection has at most one of each kind, credential, waiver, and pipeline.
type Date struct {
	Kind      DateKind  `json:"kind"`
	At        time.Time `json:"at"` // UTC
	Certainty Certainty `json:"certainty"`
	Basis     string    `json:"basis"` // how the date and its certainty are known
	// Credential is the key ID if the application has several valid credentials and this one might not be in use, and
	// credentialExpiresOn for a date from that input; otherwise empty.
	Credential string         `json:"credential,omitempty"`
	Given      bool           `json:"given,omitempty"`    // the input credentialExpiresOn of the pipeline says so
	Check      string         `json:"check,omitempty"`    // ID of the check that a waiver is for
	Finding    diagnosis.Code `json:"finding,omitempty"`  // code that a waiver is for
	Pipeline   *Pipeline      `json:"pipeline,omitempty"` // the only one that the date concerns; nil: all that use the connection
}

// known reports whether the kind and the certainty are among those of this version.
func (d Date) known() bool {
	return slices.Contains(dateKinds, d.Kind) &&
		slices.Contains([]Certainty{Certain, Likely, Possible}, d.Certainty)
}

// Pipeline is a pipeline, or a release definition, that used a connection, as far as
// the newest fifty entries of the history in a project tell.
type Pipeline struct {
	Name    string    `json:"name"`
	Project string    `json:"project"`
	Runs    int       `json:"runs"`
	Last    time.Time `json:"last,omitzero"`
}

// maxPipelines bounds how many pipelines of a connection are listed: ten thousand connections have to fit into maxParts.
const maxPipelines = 5

// DisabledAfterDays is after how many days without use Azure DevOps Services disables a connection.
// Source: MicrosoftDocs/azure-devops-docs, release notes of sprint 276 (July 2026).
const DisabledAfterDays = 100

// quietDays is how long a connection is unused before its being disabled is a date: otherwise each that works every week had one.
const quietDays = 30

// dates gathers when the connection stops, and which pipelines that concerns. One that can't be used already has no dates.
func (j *judge) dates() {
	slices.SortFunc(j.one.uses, func(a, b Pipeline) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Project, b.Project), cmp.Compare(a.Name, b.Name))
	})
	listed := min(len(j.one.uses), maxPipelines)
	j.out.Pipelines, j.out.MorePipelines = slices.Clone(j.one.uses[:listed]), len(j.one.uses)-listed
	if j.one.Disabled || j.one.Draft || j.one.Unfinished() {
		return
	}
	j.credentialEnd()
	j.issuerEnd()
	if at, certainty, basis := j.unusedEnd(); certainty != "" && !at.AddDate(0, 0, quietDays-DisabledAfterDays).After(j.Now) {
		j.date(UnusedDisables, at, certainty, basis)
	}
	if !j.out.RevertibleUntil.IsZero() {
		j.date(RevertEnds, j.out.RevertibleUntil, Certain, "the connection's record has the date")
	}
	slices.SortStableFunc(j.out.Dates, func(a, b Date) int { return a.At.Compare(b.At) })
}

func (j *judge) date(kind DateKind, at time.Time, certainty Certainty, basis string) {
	j.out.Dates = append(j.out.Dates, Date{Kind: kind, At: at.UTC().Truncate(time.Second), Certainty: certainty, Basis: basis})
}

// credentialEnd is the end of each secret or certificate of the application: which of several the connection uses, the record doesn't tell.
func (j *judge) credentialEnd() {
	if !j.out.Expires.After(j.Now) {
		return // it's over, or not known
	}
	app, kind, word := j.one.identity.app, SecretEnds, "secret"
	all := app.Secrets
	if j.one.conn.Scheme == connection.ServicePrincipalCertificate {
		kind, word, all = CertificateEnds, "certificate", app.Certificates
	}
	good := slices.DeleteFunc(slices.Clone(all), func(c azure.ApplicationCredential) bool { return !c.Ends.After(j.Now) })
	if len(good) == 1 {
		j.date(kind, j.out.Expires, Certain, "the application has no other valid "+word)
		return
	}
	basis := fmt.Sprintf("the application has %d valid %ss, and the record doesn't say which one the connection uses", len(good), word)
	probable, guessed := inUse(good, j.one.Modified)
	slices.SortFunc(good, func(a, b azure.ApplicationCredential) int {
		return cmp.Or(a.Ends.Compare(b.Ends), cmp.Compare(a.KeyID, b.KeyID))
	})
	good = slices.CompactFunc(good, func(a, b azure.ApplicationCredential) bool { return a.Ends.Equal(b.Ends) })
	listed := 0
	for _, c := range good {
		if guessed && c.Ends.Equal(probable.Ends) {
			j.date(kind, c.Ends, Likely, basis+"; this one is probably in use, because it's the newest from before the connection's last change")
			continue
		}
		if listed++; listed > maxOthers {
			continue
		}
		other := basis
		if guessed {
			other += "; the one that expires on " + day(probable.Ends) + " is probably in use, because it's the newest from before the connection's last change"
		}
		j.date(kind, c.Ends, Possible, other)
		j.out.Dates[len(j.out.Dates)-1].Credential = j.Text(cmp.Or(c.KeyID, c.Ends.UTC().Format(time.RFC3339)))
	}
}

// maxOthers bounds how many credentials of an application are listed besides the one that's probably in use.
const maxOthers = 4

// inUse guesses which credential a connection has: the newest that was there when the connection was last changed, since a later one
// can't be in it. The day allows for clocks, and for a service that writes the one before the other.
func inUse(good []azure.ApplicationCredential, modified time.Time) (azure.ApplicationCredential, bool) {
	if modified.IsZero() || slices.ContainsFunc(good, func(c azure.ApplicationCredential) bool { return c.Starts.IsZero() }) {
		return azure.ApplicationCredential{}, false
	}
	before := slices.DeleteFunc(slices.Clone(good), func(c azure.ApplicationCredential) bool { return c.Starts.After(modified.AddDate(0, 0, 1)) })
	if len(before) == 0 {
		return azure.ApplicationCredential{}, false
	}
	newest := slices.MaxFunc(before, func(a, b azure.ApplicationCredential) int { return a.Starts.Compare(b.Starts) })
	for _, c := range before {
		if c.Starts.Equal(newest.Starts) && !c.Ends.Equal(newest.Ends) {
			return azure.ApplicationCredential{}, false
		}
	}
	return newest, true
}

// issuerEnd is the retirement of the Azure DevOps issuer.
func (j *judge) issuerEnd() {
	if !j.retires() || !preflight.OldIssuerEnds.After(j.Now) {
		return
	}
	if id := j.one.identity; id == nil || id.app == nil {
		j.date(IssuerRetires, preflight.OldIssuerEnds, Likely, "the application wasn't seen; a multitenant one is exempt")
		return
	}
	if j.one.foreign() {
		j.date(IssuerRetires, preflight.OldIssuerEnds, Likely, "Microsoft announced the day for all federated connections; the record doesn't say which cloud this one is for")
		return
	}
	j.date(IssuerRetires, preflight.OldIssuerEnds, Certain, "Microsoft announced the day, and the application isn't multitenant")
}

// retires reports whether the retirement of the Azure DevOps issuer concerns the connection.
func (j *judge) retires() bool {
	return j.one.conn.Scheme == connection.WorkloadIdentityFederation && preflight.OldIssuer(j.one.conn.Issuer) && j.public()
}

// public reports whether the connection is in the public cloud, and its application isn't known to be multitenant: the others keep
// their issuer.
func (j *judge) public() bool {
	multitenant := j.one.identity != nil && j.one.identity.app != nil && j.one.identity.app.Multitenant
	return j.one.conn.Cloud.Name == "AzureCloud" && !multitenant
}

// unusedEnd is when Azure DevOps Services disables the connection for lack of use, if the history is what it goes by. There is no
// certainty where the history wasn't read.
func (j *judge) unusedEnd() (at time.Time, certainty Certainty, basis string) {
	address, err := url.Parse(j.Organization)
	if err != nil || !devops.IsService(address) || j.one.unread != "" || j.one.Disabled || j.one.Draft || j.one.Unfinished() {
		return time.Time{}, "", ""
	}
	began := j.one.Created
	if began.IsZero() {
		began = j.one.Modified
	}
	used, certainty := j.one.last.Used, Likely
	switch {
	case used.IsZero() && began.IsZero():
		return time.Time{}, "", ""
	case used.IsZero():
		used, certainty, basis = began, Possible, "its history has no use, so the days count from its creation"
	case j.one.Modified.After(used):
		certainty, basis = Possible, "the last use in its history was on "+day(used)+"; it was changed later, which might count as use"
	default:
		basis = "the last use in its history was on " + day(used)
	}
	at = used.AddDate(0, 0, DisabledAfterDays)
	if !at.After(j.Now) {
		certainty, basis = Possible, basis+"; it isn't disabled yet"
	}
	return at, certainty, basis
}

// disabled is the finding of a disabled connection. What a job used, or someone created, within the 100 days, Azure DevOps didn't
// disable; anything older can have been either.
func (j *judge) disabled() finding.Coded {
	recent := func(at time.Time) bool { return at.AddDate(0, 0, DisabledAfterDays).After(j.Now) }
	switch used, created := j.one.last.Used, j.one.Created; {
	case recent(used):
		return facts.ConnectionDisabled{Date: used, Recent: "used"}
	case recent(created):
		return facts.ConnectionDisabled{Date: created, Recent: "created"}
	}
	return facts.ConnectionDisabled{}
}
