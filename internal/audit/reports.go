package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/diagnosis"
)

// RunReport is what the report of a run says about the days of its connection.
type RunReport struct {
	Connection string   // ID
	Pipeline   Pipeline // its name and project; empty when not known
	Started    time.Time
	// Ends is when the credential in use stops working; zero when not known.
	Ends        time.Time
	Certificate bool // it's a certificate, otherwise a secret
	Given       bool // the input credentialExpiresOn says so
	// Waivers are those that keep a finding from failing the run.
	Waivers []Waiver
	// Subscription is what the run found of the subscription.
	Subscription SubscriptionState
}

// Waiver is a finding that a run accepts.
type Waiver struct {
	Check string
	Code  diagnosis.Code
	Until time.Time // the first moment at which it's no longer accepted
}

// SubscriptionState is what a run found of a subscription.
type SubscriptionState int

// What a run found of a subscription.
const (
	SubscriptionUnseen SubscriptionState = iota
	SubscriptionUsable
	SubscriptionDisabled
)

// subscriptionKeptDays is for how long Azure keeps a canceled subscription at most.
// Source: MicrosoftDocs/azure-docs, cancel-azure-subscription: 30 to 90 days.
const subscriptionKeptDays = 90

// Add adds what the reports of runs say to the dates of an audit's connections. A report of a connection that the audit doesn't
// have is counted among what wasn't seen.
func (d *Document) Add(reports []RunReport) {
	byConnection := map[string][]RunReport{}
	for _, r := range reports {
		id := strings.ToLower(r.Connection)
		byConnection[id] = append(byConnection[id], r)
	}
	for i := range d.Connections {
		c := &d.Connections[i]
		all := byConnection[strings.ToLower(c.ID)]
		delete(byConnection, strings.ToLower(c.ID))
		if c.State != StateReady || len(all) == 0 {
			continue
		}
		slices.SortFunc(all, func(a, b RunReport) int {
			return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Pipeline.Project, b.Pipeline.Project), cmp.Compare(a.Pipeline.Name, b.Pipeline.Name))
		})
		c.credentialSeen(all, d.Checked)
		newest := newestOfEach(all)
		c.asGiven(newest, d.Checked)
		for _, r := range newest {
			c.waived(r, d.Checked)
		}
		c.subscription(all)
		slices.SortStableFunc(c.Dates, func(a, b Date) int { return a.At.Compare(b.At) })
	}
	if n := len(byConnection); n > 0 {
		d.NotSeen = append(d.NotSeen, NotSeen{What: "reports of " + plural(n, "connection"), Why: "this audit doesn't have the connection"})
		d.finish()
	}
}

// newestOfEach is the newest report of each pipeline. all are in the order of their runs.
func newestOfEach(all []RunReport) []RunReport {
	var newest []RunReport
	for _, r := range slices.Backward(all) {
		if !slices.ContainsFunc(newest, func(n RunReport) bool {
			return n.Pipeline.Name == r.Pipeline.Name && n.Pipeline.Project == r.Pipeline.Project
		}) {
			newest = append(newest, r)
		}
	}
	return newest
}

// credentialSeen takes over which credential a run found in use: the newest run that looked, if the connection wasn't changed since.
func (c *Connection) credentialSeen(all []RunReport, now time.Time) {
	for _, r := range slices.Backward(all) {
		if r.Ends.IsZero() || r.Given {
			continue
		}
		if r.Started.Before(c.Modified) || !r.Ends.After(now) {
			return
		}
		kind, found := SecretEnds, "a run on "+day(r.Started)+" read the date from Microsoft Graph"
		if r.Certificate {
			kind, found = CertificateEnds, "a run on "+day(r.Started)+" read the date from the certificate"
		}
		seen := false
		for i := range c.Dates {
			seen = seen || c.Dates[i].Kind == kind && c.Dates[i].At.Equal(r.Ends.Truncate(time.Second))
		}
		switch {
		case seen:
			c.inUse(kind, r.Ends.Truncate(time.Second), found)
		case c.Expires.IsZero(): // the audit saw no credential
			c.Dates = append(c.Dates, Date{Kind: kind, At: r.Ends.UTC().Truncate(time.Second), Certainty: Likely, Basis: found})
		}
		return
	}
}

// inUse makes one of the application's credentials the likely one, in the place of another.
func (c *Connection) inUse(kind DateKind, at time.Time, found string) {
	for i := range c.Dates {
		switch one := &c.Dates[i]; {
		case one.Kind != kind:
		case one.At.Equal(at) && one.Certainty == Certain:
			one.Basis += "; " + found
		case one.At.Equal(at):
			one.Certainty, one.Credential, one.Basis = Likely, "", found
		default:
			one.Certainty, one.Credential = Possible, cmp.Or(one.Credential, one.At.UTC().Format(time.RFC3339))
			one.Basis = "it's a valid credential of the application, but " + found + " of the one that expires on " + day(at)
		}
	}
}

// asGiven adds the day that a pipeline has in credentialExpiresOn, the first of several.
func (c *Connection) asGiven(newest []RunReport, now time.Time) {
	given := slices.DeleteFunc(slices.Clone(newest), func(r RunReport) bool { return !r.Given || !r.Ends.After(now) })
	if len(given) == 0 {
		return
	}
	r := slices.MinFunc(given, func(a, b RunReport) int { return cmp.Or(a.Ends.Compare(b.Ends), b.Started.Compare(a.Started)) })
	at := r.Ends.UTC().Add(-time.Second) // on its last good day
	date := Date{Kind: SecretEnds, At: at, Certainty: Likely, Given: true, Credential: "credentialExpiresOn",
		Basis: "the input credentialExpiresOn had it in a run on " + day(r.Started) + r.of()}
	for _, other := range c.Dates {
		switch {
		case other.Kind != SecretEnds || other.Certainty == Possible:
		case day(other.At) == day(at):
			return // known without the input
		default:
			date.Certainty = Possible
			date.Basis += "; the application's secret expires on " + day(other.At)
		}
	}
	if c.Modified.After(r.Started) {
		date.Certainty = Possible
		date.Basis += "; the connection was changed later"
	}
	c.Dates = append(c.Dates, date)
}

// waived adds the days on which a run's accepted findings fail it again.
func (c *Connection) waived(r RunReport, now time.Time) {
	for _, w := range r.Waivers {
		if w.Until.After(now) {
			c.Dates = append(c.Dates, Date{Kind: WaiverExpires, At: w.Until.UTC().Add(-time.Second), Certainty: Likely, Pipeline: r.name(), Check: w.Check, Finding: w.Code,
				Basis: "a run on " + day(r.Started) + " found the problem and has the waiver"})
		}
	}
}

// subscription adds by when Azure might delete a subscription that was disabled in the newest run. Azure doesn't say since when it
// is, so the days count from the first run after which no run found it usable.
func (c *Connection) subscription(all []RunReport) {
	var first time.Time
	for _, r := range all {
		switch r.Subscription {
		case SubscriptionUsable:
			first = time.Time{}
		case SubscriptionDisabled:
			if first.IsZero() {
				first = r.Started
			}
		}
	}
	if !first.IsZero() {
		c.Dates = append(c.Dates, Date{Kind: SubscriptionEnds, At: first.UTC().AddDate(0, 0, subscriptionKeptDays).Truncate(time.Second), Certainty: Possible,
			Basis: fmt.Sprintf("a run on %s was the first to find it disabled; Azure doesn't say since when, or whether it was canceled", day(first))})
	}
}

// of names the pipeline, after the words of a run.
func (r RunReport) of() string {
	if r.Pipeline.Name == "" {
		return ""
	}
	return fmt.Sprintf(" of %q", r.Pipeline.Name)
}

// name is the pipeline as the one that a date concerns; nil if it isn't known.
func (r RunReport) name() *Pipeline {
	if r.Pipeline.Name == "" {
		return nil
	}
	return &Pipeline{Name: r.Pipeline.Name, Project: r.Pipeline.Project, Runs: 1, Last: r.Started.UTC()}
}
