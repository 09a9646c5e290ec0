package lint

import (
	"armpreflight/internal/azpipeline"
	"io"
	"net/url"
	"slices"
	"strings"

	"armpreflight/internal/diagnosis"
)

// The fields of SARIF 2.1.0 that lint writes (docs.oasis-open.org/sarif/sarif/v2.1.0).
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

func sarifPlaces(all ...azpipeline.Position) []sarifLocation {
	places := make([]sarifLocation, len(all))
	for i, at := range all {
		artifact := &places[i].Physical.Artifact
		artifact.URI, artifact.BaseID = uri(at.File), "%SRCROOT%"
		if at.Line > 0 {
			places[i].Physical.Region = &sarifRegion{at.Line, at.Column}
		}
	}
	return places
}

// sarifMessage doubles braces, because a brace begins a placeholder in a message (§3.11.5).
func sarifMessage(text string) sarifText {
	return sarifText{strings.NewReplacer("{", "{{", "}", "}}").Replace(text)}
}

// SARIF writes the result for code scanning. The message has the steps of the fix.
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
		run.Results = append(run.Results, sarifResult{code, rule, f.Severity, sarifMessage(text), sarifPlaces(f.Places...)})
	}
	// The run isn't successful if a file can't be read, because the file's findings are missing.
	ran := sarifInvocation{Successful: len(r.Unreadable) == 0, Notifications: []sarifNotification{}}
	for _, u := range r.Unreadable {
		ran.Notifications = append(ran.Notifications, sarifNotification{"error", sarifMessage(clean(u.Why)), sarifPlaces(azpipeline.Position{File: u.File, Line: u.Line, Column: u.Column})})
	}
	for _, remark := range r.Remarks {
		ran.Notifications = append(ran.Notifications, sarifNotification{"note", sarifMessage(clean(remark.Why)), sarifPlaces(azpipeline.Position{File: remark.File, Line: remark.Line})})
	}
	for _, u := range r.Unseen {
		ran.Notifications = append(ran.Notifications, sarifNotification{"note", sarifMessage("not checked: " + clean(u.Why)), sarifPlaces(azpipeline.Position{File: u.File, Line: u.Line})})
	}
	run.Invocations = []sarifInvocation{ran}
	return write(w, sarif{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// uri returns a relative URL. For a name that looks like an absolute one, it begins with "./".
func uri(name string) string { return (&url.URL{Path: name}).String() }
