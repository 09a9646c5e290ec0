// Package formtest holds the forms of a report against the report: every finding, step, note and code of report.json is in each
// form exactly once, at its place, and as text. It reads report.json by its published schema and each form with a library that
// knows the form. It imports nothing of the product, so that it can't agree with it by construction, and is for tests only.
package formtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// T is the part of testing.T that the test of a test can replace.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// Forms are the forms of one report.
type Forms struct{ JSON, Markdown, JUnit, HTML []byte }

// Hold fails the test for each difference between a form and the report.
func Hold(t T, f Forms) {
	t.Helper()
	if err := validate(f.JSON); err != nil {
		t.Errorf("report.json: %v", err)
	}
	var d document
	if err := json.Unmarshal(f.JSON, &d); err != nil {
		t.Errorf("report.json: %v", err)
		return
	}
	compare(t, "Markdown", d.markdown(), outlineOfMarkdown(f.Markdown))
	compare(t, "HTML", d.html(), outlineOfHTML(f.HTML))
	compare(t, "JUnit", d.junit(), outlineOfJUnit(f.JUnit))
}

// compare fails the test with the first line that differs: one line says more than a thousand.
func compare(t T, form string, want, got []string) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		w, g := "(the end)", "(the end)"
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			t.Errorf("%s, block %d:\nwant %s\ngot  %s", form, i+1, w, g)
			return
		}
	}
}

// schema is docs/report.schema.json, which others rely on. Tests run in the folder of their package, two below the root.
var schema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	return compiler.Compile(filepath.Join("..", "..", "docs", "report.schema.json"))
})

func validate(report []byte) error {
	s, err := schema()
	if err != nil {
		return err
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
	if err != nil {
		return err
	}
	return s.Validate(tree)
}

// document is report.json, as far as a form shows it.
type document struct {
	Tool             string
	Started          time.Time
	Seconds          float64
	Connection       struct{ ID, Name, Scheme, Cloud, TenantID, Scope string }
	FailOn           string
	Result, Step     string
	Line             string
	DaysToExpiry     *int
	ExpiryThresholds *struct{ Warning, Error int }
	Cancelled        bool
	Checks           []checked
	Deployment       *deployed
	Recommendation   *struct {
		Title, Why     string
		Steps          []struct{ Who, Text, Command string }
		FileName, File string
	}
}

type checked struct {
	ID, Layer               string
	Advisory                bool
	Status, Text            string
	Notes, BlockedBy        []string
	NotAsked, NotApplicable bool
	Seconds                 float64
	Findings                []finding
}

type finding struct {
	Status, Code, Text, Cause, Who string
	Steps                          []string
	StepLines                      [][]string
	Link, Ask, Confidence          string
	MayHealMinutes                 float64
	Waived                         *struct{ Until, Because string }
	Evidence                       *struct {
		Method, Host, Path, ContentType, Network     string
		Status                                       int
		Codes                                        []string
		Message, Body                                string
		TraceID, CorrelationID, RequestID, Timestamp string
	}
}

// about is the name of the connection, or its ID if it has none.
func (d document) about() string {
	if d.Connection.Name != "" {
		return d.Connection.Name
	}
	return d.Connection.ID
}

// blocked says what kept the check from running; empty when nothing did.
func (c checked) blocked() string {
	if len(c.BlockedBy) == 0 {
		return ""
	}
	return "blocked by " + strings.Join(c.BlockedBy, ", ")
}

// silent is a check that says nothing of the connection.
func (c checked) silent() bool { return c.Status == "skip" || c.Advisory && c.Status == "unknown" }

// counted is what a check counts for. A waived failure is a warning.
func (c checked) counted() string {
	if len(c.Findings) == 0 {
		return c.Status
	}
	worst := "pass"
	for _, f := range c.Findings {
		status := f.Status
		if f.Waived != nil {
			status = map[string]string{"fail": "warn", "unknown": "warn"}[status]
		}
		if gravity[status] > gravity[worst] {
			worst = status
		}
	}
	return worst
}

var gravity = map[string]int{"warn": 1, "unknown": 2, "fail": 3}

// of is the connection among several that a check is about, and the check; empty for the first connection.
func (c checked) of() (connection, id string) {
	if i := strings.LastIndex(c.ID, "/"); i >= 0 {
		return c.ID[:i], c.ID[i+1:]
	}
	return "", c.ID
}

// sentence is a step of a recommendation with who does it.
func sentence(who, text string) string {
	if strings.HasPrefix(who, "you, ") {
		return text
	}
	return who + ": " + text
}

// words are the text with single blanks.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// block is a line of an outline.
func block(tag, format string, args ...any) string {
	return tag + " " + words(fmt.Sprintf(format, args...))
}

// inside is text within an inline element.
func inside(element, text string) string {
	return "⟨" + element + "⟩" + words(text) + "⟨/" + strings.Fields(element)[0] + "⟩"
}
