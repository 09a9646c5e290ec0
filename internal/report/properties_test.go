package report

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/report/formtest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the files in testdata anew; read the diff")

// rich is a report with everything that a run's can have: several connections, every status, several findings of a check, a
// fault, and a countdown.
func rich(said string) *Report {
	r := full(said)
	r.Thresholds = &Days{Warning: 14, Error: 3}
	add := func(layer string, result check.Result) {
		result.Layer, result.Title = layer, "is it well?"
		r.Results = append(r.Results, result)
	}
	variables := with("required-variables", check.Fail, false)
	variables.Items = append(variables.Items,
		check.Item{Status: check.Fail, Code: "variable-unresolved", Text: "a second one: " + said, Finding: diagnosis.Diagnosis{
			Code: "variable-unresolved", Cause: "a cause: " + said, Who: diagnosis.PipelineAuthor, Steps: []string{"Set it.", "Run again."}, Confidence: diagnosis.Guess}},
		check.Item{Status: check.Warn, Code: "variable-unset", Text: "a third one: " + said, Finding: diagnosis.Diagnosis{
			Code: "variable-unset", Who: diagnosis.PipelineAuthor, Ask: said,
			Evidence: &evidence.Evidence{Method: "GET", Host: "management.example", Path: "/subscriptions", Status: 502, ContentType: "text/html", Codes: []string{"one", "two"}, Body: said,
				TraceID: "t1", CorrelationID: "c1", RequestID: "r1", Timestamp: "2026-11-24 12:00:00Z"}}})
	add("pipeline", variables)
	fault := with("certificate", check.Unknown, false)
	fault.Items[0].Code, fault.Notes = check.CodeFault, []string{"goroutine 1 [running]:\n" + said}
	add("connection", fault)
	record := with("connection-record", check.Warn, true)
	record.Notes = []string{"a note: " + said, "another note"}
	add("connection", record)
	unapplied := with("management-group", check.Skip, false)
	unapplied.NotApplicable, unapplied.Text = true, "the connection is for a subscription"
	add("azure", unapplied)
	stopped := with("permissions", check.Skip, false)
	stopped.Text = "the run was canceled"
	add("azure", stopped)
	unsure := with("credential-expiry", check.Unknown, true)
	unsure.Items[0].Finding = diagnosis.Diagnosis{Code: "expiry-unknown", Cause: said, Who: diagnosis.ApplicationOwner, Steps: []string{said}}
	add("identity", unsure)
	for _, name := range []string{"test", said} {
		add("more", with(name, check.Pass, false))
	}
	for _, i := range []int{4, 1} {
		ill := full(said).Results[i]
		ill.ID = "staging/" + ill.ID
		add("network", ill) // where the first connection is well
	}
	r.Deployment = deployed(said)
	return r
}

// deployed is a deployment with every state of a need at a scope, with one where all is granted, and with every kind of reach.
func deployed(said string) *Deployment {
	need := func(action string, certainty Certainty, state NeedState) Need {
		return Need{Action: action, Certainty: certainty, State: state}
	}
	return NewDeployment([]Scope{
		{Scope: "/subscriptions/a/resourceGroups/rg-" + said, Name: "resource group rg-" + said, Needs: []Need{
			{Action: said, DataAction: true, Certainty: Likely, State: NeedDenied, Because: said},
			{Action: "Microsoft.Authorization/roleAssignments/write", Certainty: Certain, State: NeedMissing, Because: "main.json resources[1]"},
			need("Microsoft.Web/sites/read", Certain, NeedUnknown), need("Microsoft.Web/sites/write", Certain, NeedGranted), need("Microsoft.Web/"+said, Likely, NeedGranted)}},
		{Scope: "/subscriptions/a/resourceGroups/rg-net", Name: "resource group rg-net", Needs: []Need{need("Microsoft.Network/virtualNetworks/subnets/join/action", Likely, NeedUnknown)}},
		{Scope: "/subscriptions/a", Name: "the subscription", Needs: []Need{need("Microsoft.Resources/deployments/write", Certain, NeedGranted)}},
	}, []Beyond{
		{Scopes: []string{"resource group rg-" + said}, Role: "Owner"}, {Scopes: []string{"the subscription"}, Actions: []string{"Microsoft.Web/*", said}},
		{Scopes: []string{"resource group rg-net"}}, {Scopes: []string{"the tenant"}, Role: "Owner under a condition"},
	})
}

// vast is a deployment with more than a report lists: at some scopes something is missing.
func vast() *Deployment {
	var scopes []Scope
	var beyond []Beyond
	for i := range 250 {
		s := Scope{Scope: fmt.Sprintf("/subscriptions/a/resourceGroups/rg-%03d", i), Name: fmt.Sprintf("resource group rg-%03d", i)}
		for j := range 20 {
			state := NeedGranted
			if i < 30 && j < 8 {
				state = NeedMissing
			}
			s.Needs = append(s.Needs, Need{Action: fmt.Sprintf("Microsoft.Web/sites/%d/write", j), Certainty: Certain, State: state})
		}
		scopes = append(scopes, s)
		beyond = append(beyond, Beyond{Scopes: []string{s.Name}, Actions: []string{s.Name}})
	}
	beyond[0].Scopes, beyond[0].Actions = slices.Repeat([]string{"a"}, 300), slices.Repeat([]string{"b"}, 300)
	return NewDeployment(scopes, beyond)
}

// formsOf gives the forms of a document to those who hold them against it.
func formsOf(t testing.TB, d Document) formtest.Forms {
	all := forms(t, d)
	return formtest.Forms{JSON: []byte(all["json"]), Markdown: []byte(all["md"]), JUnit: []byte(all["xml"]), HTML: []byte(all["html"])}
}

// TestEveryFindingStepNoteAndCodeIsInEveryFormOnce: as text, at its place, whatever it says.
func TestEveryFindingStepNoteAndCodeIsInEveryFormOnce(t *testing.T) {
	all := map[string]*Report{
		"nothing was found":           {Ready: "prod → Contoso", Results: []check.Result{full("x").Results[0]}},
		"warnings only":               {Results: []check.Result{rich("x").Results[8]}},
		"cancelled":                   {Cancelled: true, Results: full("x").Results},
		"a fence in the file":         advised("a `b` ``c``\n```\n# h"),
		"cancelled before the advice": {Cancelled: true, Advice: advised("x").Advice, Results: full("x").Results},
		"all is granted":              {Ready: "prod", Results: []check.Result{full("x").Results[0]}, Deployment: granted()},
		"a deployment of many scopes": {Results: full("x").Results, Deployment: vast()},
	}
	for _, said := range []string{"something is wrong", hostile} {
		for name, r := range shapes(said) {
			all[fmt.Sprintf("%s, of %.9s", name, said)] = r
		}
	}
	for days, thresholds := range map[int]*Days{-1: {}, 0: {Error: 3}, 5: {Warning: 14}, 14: {Warning: 14, Error: 3}, 2: {Warning: 14, Error: 2}, 400: {}} {
		all[fmt.Sprintf("%d days", days)] = &Report{Results: full("x").Results, DaysToExpiry: &days, Thresholds: thresholds}
	}
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			r.FailOn = FailOnFail
			formtest.Hold(t, formsOf(t, document(r)))
		})
	}
}

// marked gives every text below a value a text of its own, and returns them by where they are.
func marked(v reflect.Value, path string, marks map[string]string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Interface { // what it holds can't be changed in its place
			held := reflect.New(v.Elem().Type()).Elem()
			held.Set(v.Elem())
			marked(held, path, marks)
			v.Set(held)
			return
		}
		marked(v.Elem(), path, marks)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for field, value := range v.Fields() {
			marked(value, path+"."+field.Name, marks)
		}
	case reflect.Slice:
		for i := range v.Len() {
			marked(v.Index(i), fmt.Sprintf("%s[%d]", path, i), marks)
		}
	case reflect.String:
		ours := path == ".FailOn" || path == ".Advice.Way" || regexp.MustCompile(`^\.Deployment\..*\.(State|Certainty|Role)$`).MatchString(path)
		if v.String() != "" && !ours {
			marks[path] = fmt.Sprintf("mark%dend", len(marks))
			v.SetString(marks[path])
		}
	}
}

// TestNothingOfAReportIsLostOnTheWayToItsDocument: each text that a check or its explanation says is in report.json once, and in
// the log as often as it should be.
func TestNothingOfAReportIsLostOnTheWayToItsDocument(t *testing.T) {
	for name, r := range map[string]*Report{"a run": rich("x"), "advice": advised("x")} {
		t.Run(name, func(t *testing.T) {
			marks := map[string]string{}
			marked(reflect.ValueOf(r), "", marks)
			require.Greater(t, len(marks), 40)
			d := document(r)
			d.Line = "" // which repeats what it sums up
			object := forms(t, d)["json"]
			said := strings.Fields(forms(t, d)["txt"])
			for _, path := range slices.Sorted(maps.Keys(marks)) {
				want := 1
				if strings.HasSuffix(path, ".Finding.Code") || strings.HasSuffix(path, ".Finding.Headline") || strings.HasSuffix(path, ".Waiver.Check") {
					want = 0 // the item has them
				}
				got := strings.Count(object, marks[path])
				if strings.HasSuffix(path, ".ID") {
					assert.GreaterOrEqual(t, got, want, "%s in report.json", path)
				} else {
					assert.Equal(t, want, got, "%s in report.json", path)
				}
				if times, ok := inLog(path, r); ok {
					assert.Equal(t, times, countMark(said, marks[path]), "%s in the log", path)
				}
			}
		})
	}
}

func countMark(words []string, mark string) int {
	n := 0
	for _, word := range words {
		n += strings.Count(word, mark)
	}
	return n
}

// inLog says how often the log says what's at a path; not ok for what it says in another way or not at all.
func inLog(path string, r *Report) (times int, ok bool) {
	path = strings.Replace(path, ".Outcome", "", 1) // which a result embeds
	var result, item int
	found, _ := fmt.Sscanf(path, ".Results[%d].Items[%d]", &result, &item)
	switch _, part, _ := strings.Cut(path, fmt.Sprintf(".Items[%d]", item)); {
	case strings.HasPrefix(path, ".Advice.Steps") && !strings.HasSuffix(path, ".Who"), path == ".Advice.Why":
		return 1, true
	case found == 1 && strings.Contains(path, ".Notes["):
		return 1, r.Results[result].Status != check.Skip
	case found < 2:
		return 0, false
	case r.Results[result].Status == check.Unknown && r.Results[result].Advisory:
		return 0, true
	case part == ".Code":
		return 1, r.Results[result].Items[item].Finding != nil
	case part == ".Text":
		return min(item, 1), true // that of the first is its check's
	default:
		return 1, strings.Contains(part, ".Steps[") || strings.Contains(part, ".Codes[") || slices.Contains([]string{
			".Waiver.Because", ".Finding.Cause", ".Finding.Who", ".Finding.Link", ".Finding.Ask", ".Finding.Evidence.Message", ".Finding.Evidence.NetworkDetail",
			".Finding.Evidence.Path", ".Finding.Evidence.TraceID", ".Finding.Evidence.CorrelationID", ".Finding.Evidence.RequestID"}, part)
	}
}

// TestEachFormOfOneReport: what the reader sees, whole, in each form. The other tests say what may not change in it.
func TestEachFormOfOneReport(t *testing.T) {
	got := forms(t, document(rich("something is wrong")))
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	require.Len(t, files, len(got), "one of each form, and no other")
	for form, text := range got {
		file := filepath.Join("testdata", "rich."+form)
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			continue
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err, "go test ./internal/report -update writes it")
		assert.Equal(t, strings.Split(string(want), "\n"), strings.Split(text, "\n"), file)
	}
}
