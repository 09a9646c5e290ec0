package lint

import (
	"armpreflight/internal/azpipeline"
	"encoding/json"
	"io"
)

// JSON writes the result for programs. New versions only add fields, unless schemaVersion changes.
func (r Result) JSON(w io.Writer, tool string, clean func(string) string) error {
	type finding struct {
		Severity Severity              `json:"severity"`
		Code     string                `json:"code"`
		Message  string                `json:"message"`
		Cause    string                `json:"cause,omitempty"`
		Person   string                `json:"person"`
		Steps    []string              `json:"steps"`
		Link     string                `json:"link,omitempty"`
		Places   []azpipeline.Position `json:"places"`
	}
	d := struct {
		SchemaVersion string                  `json:"schemaVersion"`
		Tool          string                  `json:"tool"`
		Files         int                     `json:"files"`
		Findings      []finding               `json:"findings"`
		Unreadable    []azpipeline.Unreadable `json:"unreadable,omitempty"`
		Remarks       []Unseen                `json:"remarks,omitempty"`
		Unseen        []Unseen                `json:"unseen,omitempty"`
	}{SchemaVersion: "2", Tool: tool, Files: r.Files, Findings: []finding{}}
	for _, f := range r.Findings {
		one := finding{f.Severity, string(f.Diagnosis.Code), clean(f.Diagnosis.Headline), clean(f.Diagnosis.Cause), string(f.Diagnosis.Who), []string{}, f.Diagnosis.Link, nil}
		for _, step := range f.Diagnosis.Steps {
			one.Steps = append(one.Steps, clean(step))
		}
		for _, at := range f.Places {
			one.Places = append(one.Places, azpipeline.Position{File: clean(at.File), Line: at.Line, Column: at.Column})
		}
		d.Findings = append(d.Findings, one)
	}
	for _, u := range r.Unreadable {
		d.Unreadable = append(d.Unreadable, azpipeline.Unreadable{File: clean(u.File), Line: u.Line, Column: u.Column, Why: clean(u.Why)})
	}
	for _, remark := range r.Remarks {
		d.Remarks = append(d.Remarks, Unseen{File: clean(remark.File), Line: remark.Line, Why: clean(remark.Why)})
	}
	for _, u := range r.Unseen {
		d.Unseen = append(d.Unseen, Unseen{File: clean(u.File), Line: u.Line, Why: clean(u.Why), Repository: clean(u.Repository)})
	}
	return write(w, d)
}

func write(w io.Writer, document any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(document)
}
