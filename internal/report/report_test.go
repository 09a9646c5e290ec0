package report

import (
	"strings"
	"testing"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// with makes a result whose only item has the status and a code.
func with(id string, status check.Status, advisory bool) check.Result {
	r := check.Result{ID: id, Advisory: advisory, Outcome: check.Outcome{Status: status, Text: id + " found something"}}
	if status != check.Pass && status != check.Skip {
		r.Items = []check.Item{{Status: status, Code: "code-of-" + id, Text: r.Text}}
	}
	return r
}

func TestVerdict(t *testing.T) {
	for name, tc := range map[string]struct {
		failOn  FailOn
		results []check.Result
		worst   check.Status
		step    Step
	}{
		"all passed":                                 {failOn: FailOnFail, results: []check.Result{with("a", check.Pass, false), with("b", check.Skip, false)}, worst: check.Pass, step: Succeeded},
		"a failure fails":                            {failOn: FailOnFail, results: []check.Result{with("a", check.Fail, false)}, worst: check.Fail, step: Failed},
		"an advisory failure fails too":              {failOn: FailOnFail, results: []check.Result{with("a", check.Fail, true)}, worst: check.Fail, step: Failed},
		"a warning leaves the step green":            {failOn: FailOnFail, results: []check.Result{with("a", check.Warn, false)}, worst: check.Warn, step: Succeeded},
		"couldn't determine has issues":              {failOn: FailOnFail, results: []check.Result{with("a", check.Unknown, false)}, worst: check.Unknown, step: SucceededWithIssues},
		"advisory and couldn't determine is nothing": {failOn: FailOnFail, results: []check.Result{with("a", check.Unknown, true)}, worst: check.Pass, step: Succeeded},
		"failOn unknown":                             {failOn: FailOnUnknown, results: []check.Result{with("a", check.Unknown, false)}, worst: check.Unknown, step: Failed},
		"failOn unknown lets a warning pass":         {failOn: FailOnUnknown, results: []check.Result{with("a", check.Warn, false)}, worst: check.Warn, step: Succeeded},
		"failOn unknown ignores the advisory":        {failOn: FailOnUnknown, results: []check.Result{with("a", check.Unknown, true)}, worst: check.Pass, step: Succeeded},
		"failOn warn":                                {failOn: FailOnWarn, results: []check.Result{with("a", check.Warn, false)}, worst: check.Warn, step: Failed},
		"failOn warn counts an advisory warning":     {failOn: FailOnWarn, results: []check.Result{with("a", check.Warn, true)}, worst: check.Warn, step: Failed},
		"failOn never with a failure has issues":     {failOn: FailOnNever, results: []check.Result{with("a", check.Fail, false)}, worst: check.Fail, step: SucceededWithIssues},
		"failOn never with a warning is green":       {failOn: FailOnNever, results: []check.Result{with("a", check.Warn, false)}, worst: check.Warn, step: Succeeded},
		"the gravest counts: fail before unknown":    {failOn: FailOnFail, results: []check.Result{with("a", check.Unknown, false), with("b", check.Fail, false)}, worst: check.Fail, step: Failed},
		"the gravest counts: unknown before warn":    {failOn: FailOnFail, results: []check.Result{with("a", check.Warn, false), with("b", check.Unknown, false)}, worst: check.Unknown, step: SucceededWithIssues},
		"nothing at all is no failure of anything":   {failOn: FailOnWarn, worst: check.Pass, step: Succeeded},
		"an unset failOn is the default":             {results: []check.Result{with("a", check.Fail, false)}, worst: check.Fail, step: Failed},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, Verdict{tc.worst, tc.step}, document(&Report{Results: tc.results, FailOn: tc.failOn}).Verdict())
		})
	}
}

func TestAFaultOfTheToolNeverFailsAStep(t *testing.T) {
	fault := with("a", check.Unknown, false)
	fault.Items[0].Code = check.CodeFault
	for _, failOn := range []FailOn{FailOnFail, FailOnUnknown, FailOnWarn, FailOnNever} {
		r := &Report{Results: []check.Result{fault}, FailOn: failOn}
		assert.Equal(t, SucceededWithIssues, document(r).Verdict().Step, failOn)
		require.Len(t, document(r).Issues(), 1)
		assert.False(t, document(r).Issues()[0].Error, "a warning")
	}
}

func TestIssuesAreOnePerCheckWorstFirstAndReadAlone(t *testing.T) {
	many := with("variables", check.Fail, false)
	many.Items[0].Finding = diagnosis.Diagnosis{Who: "pipeline author", Steps: []string{"Set it.", "Run again."}, Link: "https://example.test/x"}
	long := with("late", check.Warn, false)
	long.Items[0].Finding = diagnosis.Diagnosis{Who: "subscription owner", Steps: []string{"Open it.", "Look.", "Close it.", "Wait.", "Lock it."}, Decisive: []int{2, 9}, Ask: "the platform team, p@contoso.example"}
	cut := with("cut", check.Warn, false)
	cut.Items[0].Text = "refused by 'https://…'"
	cut.Items[0].Finding = diagnosis.Diagnosis{Who: "subscription owner", Steps: []string{"Open it."}, Ask: "p@contoso.example"}
	many.Items = append(many.Items, check.Item{Status: check.Fail}, check.Item{Status: check.Fail})
	r := &Report{FailOn: FailOnFail, Results: []check.Result{
		long, cut, with("quiet", check.Unknown, true), with("fine", check.Pass, false), many, with("lost", check.Unknown, false),
	}}
	assert.Equal(t, []Issue{
		{true, "code-of-variables", "variables: variables found something. (2 more findings are in the log.) Who: pipeline author. Step 1: Set it. (Step 2 is in the log.) https://example.test/x"},
		{false, "code-of-lost", "lost: lost found something."},
		{false, "code-of-late", "late: late found something. The connection's description says \"the platform team, p@contoso.example\". Who: subscription owner. Step 2: Look. (Steps 1 and 3-5 are in the log.)"},
		{false, "code-of-cut", "cut: refused by 'https://…'. Who: subscription owner. Open it."},
	}, document(r).Issues())
}

func TestAFindingIsExplainedWithWhatIsKnownOfItsConnection(t *testing.T) {
	expired := func(id, words string) check.Result {
		return check.Result{ID: id, Outcome: check.Found(check.Item{Status: check.Fail, Code: "AADSTS7000222", Text: words, Finding: diagnosis.Finding{}})}
	}
	r := &Report{
		Results: []check.Result{expired("access-token", ""), expired("in-its-own-words", "as a check says it")}, Situation: diagnosis.Situation{Connection: "prod"},
		Others: []Part{{Results: []check.Result{expired("test/access-token", "")}, Situation: diagnosis.Situation{Connection: "test", Description: "ask the platform team"}}},
	}
	d := r.Document("armpreflight 1.0.0", time.Time{}, Connection{}, same)
	var texts []string
	for _, c := range d.Checks {
		assert.Equal(t, c.Findings[0].Text, c.Text)
		assert.NotEmpty(t, c.Findings[0].Steps)
		texts = append(texts, c.Text)
	}
	assert.Equal(t, []string{"the client secret of connection 'prod' has expired", "as a check says it", "the client secret of connection 'test' has expired"}, texts)
	assert.Empty(t, d.Checks[0].Findings[0].Ask)
	assert.Equal(t, "ask the platform team", d.Checks[2].Findings[0].Ask)
}

func TestAWordOfOursIsKeptAndANameIsCleaned(t *testing.T) {
	hidden := func(text string) string {
		for _, secret := range []string{"access-token", "AADSTS7000222", "ContosoSaysNo", "staging"} {
			text = strings.ReplaceAll(text, secret, "***")
		}
		return text
	}
	found := func(id, layer, code string) Check {
		return Check{ID: id, Layer: layer, Status: "fail", Findings: []Found{{Status: "fail", Code: code}}}
	}
	d := Document{Checks: []Check{found("access-token", "identity", "AADSTS7000222"), found("staging/access-token", "identity", "ContosoSaysNo"), found("staging", "more", "x")}}.Cleaned(hidden)
	assert.Equal(t, []string{"access-token", "***/access-token", "***"}, []string{d.Checks[0].ID, d.Checks[1].ID, d.Checks[2].ID})
	assert.Equal(t, "AADSTS7000222", d.Checks[0].Findings[0].Code)
	assert.Equal(t, "***", d.Checks[1].Findings[0].Code)
}

// page collects what's written for people.
type page struct{ strings.Builder }

func (p *page) Line(text string)   { p.WriteString(text + "\n") }
func (p *page) Group(title string) { p.WriteString("[" + title + "\n") }
func (p *page) EndGroup()          { p.WriteString("]\n") }

func same(text string) string { return text }

func TestTheLogOfAFailureSaysWhatToDo(t *testing.T) {
	failed := with("access-token", check.Fail, false)
	failed.Elapsed, failed.Items[0].Code = 210*time.Millisecond, "AADSTS7000222"
	failed.Items[0].Finding = diagnosis.Diagnosis{
		Cause: "every secret of the application has passed its end date", Who: diagnosis.ConnectionAdministrator,
		Steps:      []string{"Open the connection: https://example.test/a and wait.", strings.Repeat("word ", 30) + "end."},
		Link:       "https://dev.azure.com/contoso/Shop/_settings/adminservices?resourceId=0c5d8e17-a3f4-4b92-8d60-e7b1f2c94a35",
		Confidence: diagnosis.Likely, Bound: 10 * time.Minute,
		Ask: "the platform team", Evidence: &evidence.Evidence{Method: "POST", Host: "login.example", Path: "/t", Status: 401, Message: "AADSTS…", TraceID: "t1"},
	}
	failed.Items = append(failed.Items, check.Item{Status: check.Fail, Code: failed.Items[0].Code, Text: "another of the same kind", Finding: failed.Items[0].Finding})
	blocked := with("subscription", check.Skip, false)
	blocked.BlockedBy = []string{"access-token"}
	quiet := with("certificate", check.Skip, false)
	quiet.NotApplicable = true
	unasked := with("locks", check.Skip, true)
	unasked.NotApplicable, unasked.NotAsked = true, true
	plain := with("connection-input", check.Pass, false)
	plain.Text = ""
	passed := with("inputs", check.Pass, false)
	passed.Notes = []string{"a note"}

	var p page
	r := &Report{FailOn: FailOnFail, Results: []check.Result{passed, quiet, plain, failed, blocked, unasked, with("clock", check.Unknown, true)}, Elapsed: 900 * time.Millisecond}
	d := document(r)
	f := &d.Checks[3].Findings[0]
	f.Lines = [][]string{{"Open the connection:", "https://example.test/a", "and wait."}, {f.Steps[1]}}
	WriteLog(&p, d, same)
	assert.Equal(t, `  pass          inputs                inputs found something
                                      a note
  FAIL  210 ms  access-token          access-token found something
          code   AADSTS7000222 (observed)
          cause  every secret of the application has passed its end date
          wait   a change can take up to 10 minutes to take effect
          who    service connection administrator
          ask    the connection's description says "the platform team"
             1.  Open the connection:
                 https://example.test/a
                 and wait.
             2.  word word word word word word word word word word word word word word word word
                 word word word word word word word word word word word word word word end.
          link
                 https://dev.azure.com/contoso/Shop/_settings/adminservices?resourceId=0c5d8e17-a3f4-4b92-8d60-e7b1f2c94a35
[raw evidence
          request        POST login.example/t
          answer         HTTP 401
          message        AADSTS…
          trace ID       t1
          run started    2026-11-24 12:00:00Z
]
          also   another of the same kind
  note          clock                 unknown: clock found something
  pass          also: connection-input
  skip          blocked by access-token: subscription
  skip          not requested: locks
not ready: access-token failed (0.9 s)
To continue anyway, start a new run with the variable ArmPreflight.FailOn set to never.
The variable must be settable at queue time.
`, p.String())
}

func TestTheLastLine(t *testing.T) {
	days := 62
	for name, tc := range map[string]struct {
		r    Report
		want string
	}{
		"ready":                         {Report{Ready: "prod → Contoso", DaysToExpiry: &days}, "ready: prod → Contoso, expires in 62 days (0.0 s)"},
		"ready with a warning":          {Report{Ready: "prod → Contoso", Results: []check.Result{with("clock", check.Warn, true)}}, "ready: prod → Contoso, with a warning from clock (0.0 s)"},
		"couldn't determine":            {Report{Results: []check.Result{with("a", check.Unknown, false)}}, "couldn't determine: a, which doesn't fail the step (0.0 s)"},
		"couldn't determine, and fails": {Report{FailOn: FailOnUnknown, Results: []check.Result{with("a", check.Unknown, false)}}, "couldn't determine: a, which fails the step because of failOn: unknown (0.0 s)"},
		"failed and let through":        {Report{FailOn: FailOnNever, Results: []check.Result{with("a", check.Fail, false)}}, "not ready: a failed, but failOn: never lets the step succeed (0.0 s)"},
		"canceled gives no judgment":    {Report{Cancelled: true, Results: []check.Result{with("a", check.Unknown, false)}}, "canceled: the findings so far are above (0.0 s)"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, document(&tc.r).Line) })
	}
}

func TestSecretsAreTakenOutBeforeLinesAreBroken(t *testing.T) {
	var p page
	secret := "correct horse battery staple"
	r := &Report{Results: []check.Result{{ID: "a", Outcome: check.Outcome{Status: check.Pass, Text: strings.Repeat("x", 40) + " " + secret}}}}
	WriteLog(&p, document(r), func(s string) string { return strings.ReplaceAll(s, secret, "***") })
	assert.Contains(t, p.String(), "***")
	assert.NotContains(t, p.String(), "horse")
}

func TestManyFindingsOfOneCheckAreBounded(t *testing.T) {
	many := with("required-variables", check.Fail, false)
	for range 99 {
		many.Items = append(many.Items, many.Items[0])
	}
	var p page
	WriteLog(&p, document(&Report{Results: []check.Result{many}}), same)
	assert.Less(t, strings.Count(p.String(), "\n"), 40)
	assert.Contains(t, p.String(), "also   75 more")
}

func TestOnlyACheckThatNobodyWaitsForIsANote(t *testing.T) {
	var p page
	WriteLog(&p, document(&Report{Ready: "prod", Results: []check.Result{with("clock", check.Unknown, true), with("network", check.Unknown, false)}}), same)
	assert.Contains(t, p.String(), "  note          clock                 unknown: clock found something\n")
	assert.Contains(t, p.String(), "  ????          network               network found something\n")
}
