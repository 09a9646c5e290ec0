package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/jsonsize"
)

// SchemaVersion is that of the documents this version writes. It rises when a
// reader of an older one would go wrong; new fields alone don't raise it.
const SchemaVersion = "1"

// Document is a report as it's kept: report.json. Its strings hold what the log
// holds: secrets are taken out before it's written. docs/report.schema.json
// describes it for others.
type Document struct {
	SchemaVersion string     `json:"schemaVersion"`
	Tool          string     `json:"tool"` // name and version
	Started       time.Time  `json:"started"`
	Seconds       float64    `json:"seconds"`
	Waited        float64    `json:"waitedSeconds,omitempty"` // of Seconds, for what may have been propagating
	Connection    Connection `json:"connection"`
	Pipeline      *Pipeline  `json:"pipeline,omitempty"`
	FailOn        FailOn     `json:"failOn"`
	Result        string     `json:"result"` // pass, warn, unknown, fail
	Step          Step       `json:"step"`
	Line          string     `json:"line"` // the last line of the log
	Ready         string     `json:"ready,omitempty"`
	DaysToExpiry  *int       `json:"daysToExpiry,omitempty"`
	Expires       *Expiry    `json:"expires,omitempty"`          // of the credential in use; nil: not known, or nothing expires
	Thresholds    *Days      `json:"expiryThresholds,omitempty"` // nil: nothing is known about it
	Cancelled     bool       `json:"cancelled,omitempty"`
	Checks        []Check    `json:"checks"`
	// Facts are what a reader compares with the report of another run; absent for a report without a run.
	Facts []Fact `json:"facts,omitempty"`
	// Deployment is what the files of a run's input deployment need; absent if none was named or could be read.
	Deployment *Deployment `json:"deployment,omitempty"`
	// Recommendation is what a report about creating a connection ends with; absent for a run.
	Recommendation *Recommendation `json:"recommendation,omitempty"`
}

// Days are the thresholds of expiry, in whole days; 0 means none.
type Days struct {
	Warning int `json:"warning"`
	Error   int `json:"error"`
}

// Expiry is when a credential expires, and who says so.
type Expiry struct {
	At     time.Time `json:"at"` // UTC; the first moment at which it doesn't work
	Source string    `json:"source"`
}

// The sources of an expiry date.
const (
	FromCertificate = "certificate" // the connection's own
	FromGraph       = "graph"       // the application in Microsoft Entra
	FromInput       = "input"       // credentialExpiresOn
)

// Pipeline is whose run it was.
type Pipeline struct {
	Name    string `json:"name"`
	Project string `json:"project"`
}

// Connection is what the run was about. Fields that aren't known are empty.
type Connection struct {
	ID             string `json:"id"`
	Name           string `json:"name,omitempty"`
	Scheme         string `json:"scheme,omitempty"`
	Cloud          string `json:"cloud,omitempty"`
	TenantID       string `json:"tenantId,omitempty"`
	SubscriptionID string `json:"subscriptionId,omitempty"`
	Scope          string `json:"scope,omitempty"` // ARM ID
}

// A Fact is something that a run found out, in one value.
type Fact struct {
	ID    string `json:"id"`    // the same in every report: agent, token-lifetime, …
	Label string `json:"label"` // for a reader
	Value string `json:"value"`
}

// Check is one check's place in a document.
type Check struct {
	ID            string   `json:"id"` // of another connection: name/id
	Layer         string   `json:"layer"`
	Title         string   `json:"title"`
	Advisory      bool     `json:"advisory,omitempty"`
	Status        string   `json:"status"` // pass, warn, fail, unknown, skip
	Text          string   `json:"text,omitempty"`
	Notes         []string `json:"notes,omitempty"`
	NotAsked      bool     `json:"notAsked,omitempty"`
	NotApplicable bool     `json:"notApplicable,omitempty"`
	BlockedBy     []string `json:"blockedBy,omitempty"`
	Seconds       float64  `json:"seconds"`
	Findings      []Found  `json:"findings,omitempty"`
}

// Found is one finding.
type Found struct {
	Status     string     `json:"status"`
	Code       string     `json:"code"`
	Text       string     `json:"text"`
	Cause      string     `json:"cause,omitempty"`
	Who        string     `json:"who,omitempty"`
	Steps      []string   `json:"steps,omitempty"`
	Lines      [][]string `json:"stepLines,omitempty"` // of each step; every second one is a command or a URL, to paste
	Decisive   []int      `json:"decisive,omitempty"`  // the numbers of the steps that matter most, from 1
	Link       string     `json:"link,omitempty"`
	Ask        string     `json:"ask,omitempty"`
	Confidence string     `json:"confidence,omitempty"` // documented, observed, not confirmed
	Minutes    float64    `json:"mayHealMinutes,omitempty"`
	Waived     *Waived    `json:"waived,omitempty"`
	Evidence   *Evidence  `json:"evidence,omitempty"`
}

// Waived says that a finding is accepted.
type Waived struct {
	Until   string `json:"until"` // the last day, YYYY-MM-DD
	Because string `json:"because"`
}

// Evidence is what was seen of a request.
type Evidence struct {
	Method        string   `json:"method,omitempty"`
	Host          string   `json:"host,omitempty"`
	Path          string   `json:"path,omitempty"`
	Status        int      `json:"status,omitempty"`
	ContentType   string   `json:"contentType,omitempty"`
	Network       string   `json:"network,omitempty"`
	Codes         []string `json:"codes,omitempty"`
	Message       string   `json:"message,omitempty"`
	Body          string   `json:"body,omitempty"`
	TraceID       string   `json:"traceId,omitempty"`
	CorrelationID string   `json:"correlationId,omitempty"`
	RequestID     string   `json:"requestId,omitempty"`
	Timestamp     string   `json:"timestamp,omitempty"`
}

// Document explains the report and writes it down. clean takes out of a text what must not be shown.
func (r *Report) Document(tool string, started time.Time, about Connection, clean func(string) string) Document {
	d := Document{
		SchemaVersion: SchemaVersion, Tool: tool, Started: started.UTC(), Seconds: seconds(r.Elapsed), Waited: seconds(r.Waited),
		Connection: about, FailOn: r.FailOn, Ready: r.Ready, DaysToExpiry: r.DaysToExpiry, Expires: r.Expires, Pipeline: r.Pipeline, Thresholds: r.Thresholds, Cancelled: r.Cancelled,
		Checks: []Check{}, Facts: r.Facts, Deployment: r.Deployment, Recommendation: recommendation(r.Advice),
	}
	for _, part := range slices.Concat([]Part{{r.Results, r.Situation}}, r.Others) {
		for _, result := range part.Results {
			d.Checks = append(d.Checks, explained(result, part.Situation))
		}
	}
	return d.Cleaned(clean)
}

// explained writes a result down. The text of a finding, unless a check says it in its own words, is the headline of
// its explanation; that of a result is its worst finding's.
func explained(result check.Result, s diagnosis.Situation) Check {
	c := Check{
		ID: result.ID, Layer: result.Layer, Title: result.Title, Advisory: result.Advisory, Status: result.Status.String(),
		Text: result.Text, Notes: result.Notes, NotAsked: result.NotAsked, NotApplicable: result.NotApplicable,
		BlockedBy: result.BlockedBy, Seconds: seconds(result.Elapsed),
	}
	for _, item := range result.Items {
		c.Findings = append(c.Findings, found(item, s))
	}
	if c.Text == "" && len(c.Findings) > 0 {
		c.Text = c.Findings[0].Text
	}
	return c
}

func found(item check.Item, s diagnosis.Situation) Found {
	f := Found{Status: item.Status.String(), Code: item.Code, Text: item.Text}
	if w := item.Waiver; w != nil {
		f.Waived = &Waived{Until: w.Day(), Because: w.Because}
	}
	seen, ok := item.Finding.(diagnosis.Finding)
	if !ok {
		return f
	}
	d := diagnosis.Explain(diagnosis.Code(item.Code), s, seen.Facts, seen.Evidence)
	f.Text = cmp.Or(f.Text, d.Headline)
	f.Cause, f.Who, f.Steps, f.Link, f.Ask = d.Cause, string(d.Who), d.Steps, d.Link, d.Ask
	f.Decisive = d.Decisive
	for i, step := range f.Steps {
		lines := strings.Split(step, "\n")
		f.Lines = append(f.Lines, lines)
		f.Steps[i] = strings.Join(lines, " ")
	}
	f.Confidence, f.Minutes = d.Confidence.String(), d.Bound.Minutes()
	f.Evidence = evidenceOf(d.Evidence)
	return f
}

func evidenceOf(e *evidence.Evidence) *Evidence {
	if e == nil {
		return nil
	}
	return &Evidence{
		Method: e.Method, Host: e.Host, Path: e.Path, Status: e.Status, ContentType: e.ContentType, Network: networkWords(*e),
		Codes: e.Codes, Message: e.Message, Body: e.Body, TraceID: e.TraceID, CorrelationID: e.CorrelationID, RequestID: e.RequestID,
		Timestamp: e.Timestamp,
	}
}

// Cleaned is the same document with every text cleaned, and with the verdict that follows from its checks.
func (d Document) Cleaned(clean func(string) string) Document {
	all := func(texts []string) []string {
		var kept []string
		for _, text := range texts {
			kept = append(kept, clean(text))
		}
		return kept
	}
	d.Tool, d.Ready = clean(d.Tool), clean(d.Ready)
	c := &d.Connection
	for _, text := range []*string{&c.ID, &c.Name, &c.Scheme, &c.Cloud, &c.TenantID, &c.SubscriptionID, &c.Scope} {
		*text = clean(*text)
	}
	if p := d.Pipeline; p != nil {
		d.Pipeline = &Pipeline{clean(p.Name), clean(p.Project)}
	}
	if e := d.Expires; e != nil {
		d.Expires = &Expiry{e.At, clean(e.Source)}
	}
	d.Checks = slices.Clone(d.Checks)
	for i := range d.Checks {
		c := &d.Checks[i]
		c.ID, c.Layer, c.Title, c.Text = c.cleanedID(clean), clean(c.Layer), clean(c.Title), clean(c.Text)
		c.Notes, c.BlockedBy = all(c.Notes), all(c.BlockedBy)
		c.Findings = slices.Clone(c.Findings)
		for j := range c.Findings {
			f := &c.Findings[j]
			if _, ours := diagnosis.Lookup(diagnosis.Code(f.Code)); !ours {
				f.Code = clean(f.Code)
			}
			f.Text, f.Cause, f.Who = clean(f.Text), clean(f.Cause), clean(f.Who)
			f.Link, f.Ask, f.Confidence = clean(f.Link), clean(f.Ask), clean(f.Confidence)
			f.Steps = all(f.Steps)
			f.Lines = slices.Clone(f.Lines)
			for i := range f.Lines {
				f.Lines[i] = all(f.Lines[i])
			}
			if f.Waived != nil {
				f.Waived = &Waived{Until: clean(f.Waived.Until), Because: clean(f.Waived.Because)}
			}
			if f.Evidence != nil {
				f.Evidence = f.Evidence.cleaned(clean, all)
			}
		}
	}
	d.Facts = slices.Clone(d.Facts)
	for i := range d.Facts {
		d.Facts[i].Value = clean(d.Facts[i].Value)
	}
	if d.Deployment != nil {
		d.Deployment = d.Deployment.cleaned(clean, all)
	}
	if d.Recommendation != nil {
		d.Recommendation = d.Recommendation.cleaned(clean)
	}
	v := d.Verdict()
	d.Result, d.Step = v.Worst.String(), v.Step
	d.Line = clean(d.lastLine())
	return d
}

// cleanedID keeps the ID of a check, as codes that the catalogue has are kept: outputs and annotations name them, and a
// secret that has the value of one can't be hidden there. The name of another connection in front of it is cleaned.
func (c Check) cleanedID(clean func(string) string) string {
	name, id, other := cutLast(c.ID, "/")
	if !other {
		name, id = "", c.ID
	}
	foreign := func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }
	if c.Layer == "more" || strings.ContainsFunc(id, foreign) {
		return clean(c.ID)
	}
	if other {
		return clean(name) + "/" + id
	}
	return id
}

func (e Evidence) cleaned(clean func(string) string, all func([]string) []string) *Evidence {
	e.Host, e.Path = address(e.Host, e.Path, clean)
	for _, text := range []*string{&e.Method, &e.ContentType, &e.Network, &e.Message, &e.Body, &e.TraceID, &e.CorrelationID, &e.RequestID, &e.Timestamp} {
		*text = clean(*text)
	}
	e.Codes = all(e.Codes)
	return &e
}

func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

func duration(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds*1000)) * time.Millisecond
}

// address cleans a host and a path that are shown as one text. Where that says more
// than the two alone, all of it is the path.
func address(host, path string, clean func(string) string) (string, string) {
	if whole := clean(host + path); whole != clean(host)+clean(path) {
		return "", whole
	}
	return clean(host), clean(path)
}

// networkWords says how the network failed; empty if it didn't.
func networkWords(e evidence.Evidence) string {
	if e.Network == evidence.None {
		return e.NetworkDetail
	}
	return joined(": ", e.Network.String(), e.NetworkDetail)
}

// Errors of Read.
var (
	ErrNoReport      = errors.New("this isn't an ARM Preflight report")
	ErrOtherVersion  = errors.New("a later version wrote this report: use that version to show it")
	errUnknownFailOn = errors.New("unknown failOn value")
	errUnknownStatus = errors.New("unknown check status")
	errUnknownState  = errors.New("unknown state or certainty of a permission")
)

// Bounds on what Read takes. A run with two hundred connections of twenty checks each writes less than three quarters of each.
const (
	maxText   = 256 << 10 // bytes of one text
	maxChecks = 10_000
	maxWithin = 50_000 // findings, notes, steps and codes of all checks
)

// MaxDocument is how many bytes Read takes.
const MaxDocument = 6 << 20

// Read reads a document that a run has written. What's in it is as trustworthy as
// where it comes from. The error is one of those above.
func Read(r io.Reader) (Document, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	if err != nil {
		return Document{}, fmt.Errorf("read the report: %w", err)
	}
	if len(text) > MaxDocument {
		return Document{}, fmt.Errorf("%w: it's larger than %d MiB", ErrNoReport, MaxDocument>>20)
	}
	switch n, ok := jsonsize.Of(text); {
	case !ok:
		return Document{}, fmt.Errorf("%w: it's nested deeper than %d levels", ErrNoReport, jsonsize.Deepest)
	case n.Longest > maxText:
		return Document{}, fmt.Errorf("%w: a text in it is longer than %d KiB", ErrNoReport, maxText>>10)
	case n.Top > maxChecks:
		return Document{}, fmt.Errorf("%w: it has more than %d checks", ErrNoReport, maxChecks)
	case n.Deeper > maxWithin:
		return Document{}, fmt.Errorf("%w: its checks have more than %d findings, notes, and steps", ErrNoReport, maxWithin)
	}
	var d Document
	if err := json.Unmarshal(text, &d); err != nil || d.SchemaVersion == "" || d.Checks == nil {
		return Document{}, ErrNoReport
	}
	if d.SchemaVersion != SchemaVersion {
		return Document{}, ErrOtherVersion
	}
	if !slices.Contains([]FailOn{"", FailOnFail, FailOnUnknown, FailOnWarn, FailOnNever}, d.FailOn) {
		return Document{}, errUnknownFailOn
	}
	for _, c := range d.Checks {
		known := func(text string) bool {
			return slices.ContainsFunc(statuses, func(s check.Status) bool { return s.String() == text })
		}
		if !known(c.Status) || slices.ContainsFunc(c.Findings, func(f Found) bool { return !known(f.Status) }) {
			return Document{}, errUnknownStatus
		}
	}
	if err := d.Deployment.read(); err != nil {
		return Document{}, err
	}
	return d, nil
}
