package lint

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"armpreflight/internal/diagnosis"
)

// Summary is one sentence on the whole.
func (r Result) Summary() string {
	findings := fmt.Sprintf("%s, %s", count(r.Errors(), "error"), count(len(r.Findings)+len(r.Unreadable)-r.Errors(), "note"))
	if len(r.Findings)+len(r.Unreadable) == 0 {
		findings = "no problems found"
	}
	if n := len(r.Unseen); n > 0 {
		findings += fmt.Sprintf("; %s not checked", count(n, "part"))
	}
	return fmt.Sprintf("%s read: %s", count(r.Files, "pipeline file"), findings)
}

// PatchSummary is one sentence on the patch.
func (r Result) PatchSummary() string {
	steps := 0
	for _, all := range r.patches {
		steps += len(all)
	}
	if steps == 0 && len(r.Unpatched) == 0 {
		return "nothing to patch: no job uses Azure before ArmPreflight@1"
	}
	return fmt.Sprintf("%s to add to %s", count(steps, "step"), count(len(r.patches), "file"))
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// Message is a finding in one line.
func (f Finding) Message() string {
	return fmt.Sprintf("%s [%s]", f.Diagnosis.Headline, f.Diagnosis.Code)
}

// Where is file:line:column, as editors read it.
func (f Finding) Where() string { return fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column) }

// Text writes what a person reads: every finding with its fix, then the whole in a sentence.
func (r Result) Text(w io.Writer, clean func(string) string) error {
	var out strings.Builder
	line := func(text string) { out.WriteString(strings.Join(strings.Fields(clean(text)), " ") + "\n") }
	for _, u := range r.Unreadable {
		line(u.Error())
	}
	for _, f := range r.Findings {
		line(fmt.Sprintf("%s: %s: %s", f.Where(), f.Severity, f.Message()))
		out.WriteString("  ")
		line(string(f.Diagnosis.Who) + ":")
		for i, step := range f.Diagnosis.Steps {
			out.WriteString("  ")
			line(fmt.Sprintf("%d. %s", i+1, step))
		}
	}
	for _, u := range r.Unseen {
		line("not checked: " + u.String())
	}
	line(r.Summary())
	_, err := io.WriteString(w, out.String())
	return err
}

func (u Unseen) String() string {
	if u.Line == 0 {
		return fmt.Sprintf("%s: %s", u.File, u.Why)
	}
	return fmt.Sprintf("%s:%d: %s", u.File, u.Line, u.Why)
}

// JSON writes the result for programs. Fields are added, never changed.
func (r Result) JSON(w io.Writer, tool string, clean func(string) string) error {
	type finding struct {
		Severity Severity `json:"severity"`
		Code     string   `json:"code"`
		File     string   `json:"file"`
		Line     int      `json:"line"`
		Column   int      `json:"column"`
		Message  string   `json:"message"`
		Cause    string   `json:"cause,omitempty"`
		Person   string   `json:"person"`
		Steps    []string `json:"steps"`
		Link     string   `json:"link,omitempty"`
	}
	d := struct {
		SchemaVersion string       `json:"schemaVersion"`
		Tool          string       `json:"tool"`
		Files         int          `json:"files"`
		Findings      []finding    `json:"findings"`
		Unreadable    []Unreadable `json:"unreadable,omitempty"`
		Unseen        []Unseen     `json:"unseen,omitempty"`
	}{SchemaVersion: "1", Tool: tool, Files: r.Files, Findings: []finding{}}
	for _, f := range r.Findings {
		one := finding{f.Severity, string(f.Diagnosis.Code), clean(f.File), f.Line, f.Column, clean(f.Diagnosis.Headline), clean(f.Diagnosis.Cause), string(f.Diagnosis.Who), []string{}, f.Diagnosis.Link}
		for _, step := range f.Diagnosis.Steps {
			one.Steps = append(one.Steps, clean(step))
		}
		d.Findings = append(d.Findings, one)
	}
	for _, u := range r.Unreadable {
		d.Unreadable = append(d.Unreadable, Unreadable{File: clean(u.File), Line: u.Line, Column: u.Column, Why: clean(u.Why)})
	}
	for _, u := range r.Unseen {
		d.Unseen = append(d.Unseen, Unseen{clean(u.File), u.Line, clean(u.Why)})
	}
	return write(w, d)
}

func write(w io.Writer, document any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(document)
}

// The fields of SARIF 2.1.0 that this tool has something to say in
// (docs.oasis-open.org/sarif/sarif/v2.1.0).
type (
	sarif struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
		Invocations []sarifInvocation `json:"invocations"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string    `json:"id"`
		Short   sarifText `json:"shortDescription"`
		HelpURI string    `json:"helpUri,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     Severity        `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI    string `json:"uri"`
				BaseID string `json:"uriBaseId"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"` // nil: the whole file

		} `json:"physicalLocation"`
	}
)

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn,omitempty"`
}

func sarifPlace(file string, line, column int) []sarifLocation {
	var at sarifLocation
	at.Physical.Artifact.URI, at.Physical.Artifact.BaseID = uri(file), "%SRCROOT%"
	if line > 0 {
		at.Physical.Region = &sarifRegion{line, column}
	}
	return []sarifLocation{at}
}

// sarifMessage doubles braces, which stand for a placeholder in a message (§3.11.5).
func sarifMessage(text string) sarifText {
	return sarifText{strings.NewReplacer("{", "{{", "}", "}}").Replace(text)}
}

// SARIF writes the result as code scanning reads it, the fix in the message.
func (r Result) SARIF(w io.Writer, version string, clean func(string) string) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "armpreflight", Version: version, Rules: []sarifRule{}}
	for _, f := range r.Findings {
		code := string(f.Diagnosis.Code)
		rule := slices.IndexFunc(run.Tool.Driver.Rules, func(rule sarifRule) bool { return rule.ID == code })
		if rule < 0 {
			rule = len(run.Tool.Driver.Rules)
			entry, _ := diagnosis.Lookup(f.Diagnosis.Code)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: code, Short: sarifText{entry.Rule}, HelpURI: f.Diagnosis.Link})
		}
		text := clean(f.Diagnosis.Headline + "\n" + strings.Join(f.Diagnosis.Steps, "\n"))
		run.Results = append(run.Results, sarifResult{code, rule, f.Severity, sarifMessage(text), sarifPlace(f.File, f.Line, f.Column)})
	}
	// What a file holds that cannot be read is not known, so the run is not a whole one.
	ran := sarifInvocation{Successful: len(r.Unreadable) == 0, Notifications: []sarifNotification{}}
	for _, u := range r.Unreadable {
		ran.Notifications = append(ran.Notifications, sarifNotification{"error", sarifMessage(clean(u.Why)), sarifPlace(u.File, u.Line, u.Column)})
	}
	for _, u := range r.Unseen {
		ran.Notifications = append(ran.Notifications, sarifNotification{"note", sarifMessage("not checked: " + clean(u.Why)), sarifPlace(u.File, u.Line, 0)})
	}
	run.Invocations = []sarifInvocation{ran}
	return write(w, sarif{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// uri is relative whatever the name: one that looks like an address begins with "./".
func uri(name string) string { return (&url.URL{Path: name}).String() }
