package preflight

import (
	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// said is the text of an outcome as a report says it.
func said(w *World, o check.Outcome, results ...check.Result) string {
	if o.Text != "" || len(o.Items) == 0 {
		return o.Text
	}
	f, _ := o.Items[0].Finding.(diagnosis.Finding)
	return diagnosis.Explain(diagnosis.Code(o.Items[0].Code), w.Situation(results), f.Facts, f.Evidence).Headline
}
