package attack

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"armpreflight/internal/sim/bubble"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table in docs/reliability.md anew; read the diff")

// costliest are inputs that take much memory, at least one of each verb; those that take long are left to -every.
var costliest = []string{
	"audit merge as table: connections", "explain: codes", "lint: as many keys as are read", "render as json: brackets",
	"requires as role: as many lists", "run: a plan of many groups",
}

// measuring is set for a process that starts its arguments and prints what they took. The memory of a child begins with
// that of its parent, so the parent has to be a small one.
const measuring = "ARMPREFLIGHT_TEST_MEASURES"

func TestMain(m *testing.M) {
	if os.Getenv(measuring) == "" {
		debug.SetGCPercent(800) // many short runs, as in internal/cli
		os.Exit(m.Run())
	}
	_ = os.Unsetenv(measuring) // it can't fail for a name like this
	child := exec.Command(os.Args[1], os.Args[2:]...)
	child.Stdin = os.Stdin
	err := child.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	usage := child.ProcessState.SysUsage().(*syscall.Rusage)
	_ = json.NewEncoder(os.Stdout).Encode(taken{
		Peak: usage.Maxrss >> 10, // it is in KiB on Linux
		CPU:  (child.ProcessState.UserTime() + child.ProcessState.SystemTime()).Seconds(), Code: child.ProcessState.ExitCode(),
	}) // the reader notices
}

// taken is what a process took.
type taken struct {
	Peak int64   // MiB
	CPU  float64 // seconds
	Code int     // -1: a signal
}

// costly is an input that is made to cost much. The files are written to an empty folder, in which the verb runs.
type costly struct {
	name  string
	args  []string
	files map[string]text
	stdin string              // a file
	serve string              // run: the body of every answer of Azure Resource Manager and Microsoft Graph, and of the connection's record
	stage func(*scenario.Run) // run, in the place of serve: what the services and the step are like
	limit int64               // MiB at the peak
	codes []int               // it may end with
}

// text writes a file in pieces.
type text func(io.Writer) error

// repeat is a start, then a part again and again, up to size bytes with the end.
func repeat(start, part, end string, size int) text {
	return times(start, part, end, (size-len(start)-len(end))/len(part))
}

func times(start, part, end string, n int) text {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, start)
		for range n {
			if _, err := io.WriteString(w, part); err != nil {
				return err
			}
		}
		_, last := io.WriteString(w, end)
		return errors.Join(err, last)
	}
}

func pipelines(start, part string) map[string]text { return fivefold(repeat(start, part, "", 4<<20)) }

func fivefold(file text) map[string]text {
	return map[string]text{"good.yml": times("trigger: none\nsteps: []\n", "", "", 0), "a.yml": file, "b.yml": file, "c.yml": file, "d.yml": file, "e.yml": file}
}

func numbered(start, part, end string, n int) text {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, start)
		for i := range n {
			if _, err := fmt.Fprintf(w, part, i); err != nil {
				return err
			}
		}
		_, last := io.WriteString(w, end)
		return errors.Join(err, last)
	}
}

// costlyInputs is the table.
func costlyInputs() []costly {
	const (
		report = `{"schemaVersion":"1","checks":[`
		audit  = `{"schemaVersion":"1","organization":"x","connections":[`
		MiB    = 1 << 20
	)
	var all []costly
	for name, files := range map[string]map[string]text{
		"lines": pipelines("steps:\n", "- a\n"), "lone CR": pipelines("steps:\r", "- a\r"), "brackets": pipelines("steps: [", "[],"),
		"as many mappings as are read": fivefold(times("steps:\n", "- a: {b: c}\n", "", 75_000/5)), "as many lists as are read": fivefold(times("steps: [", "[],", "]", 75_000/2)),
		"as many items as are read": fivefold(times("steps:\n", "- a\n", "", 75_000/2)), "as many keys as are read": fivefold(numbered("steps:\n", "k%d: v\n", "", 75_000/2)),
		"LS": pipelines("steps:\n", "- a\u2028"), "long text": pipelines("steps: []\na: ", "aaaa"),
	} {
		all = append(all, costly{name: "lint: " + name, args: []string{"lint", "."}, files: files, limit: 150, codes: []int{0, 1, 2}})
	}
	for name, log := range map[string]text{
		"codes": repeat("", "AADSTS7999999 (AuthorizationFailed) code: x\n", "", 64*MiB), "one line": repeat("", "code: (", "", 64*MiB),
		"quotes": repeat("", `\"`, "", 64*MiB), "brackets": repeat("", "[{", "", 64*MiB), "lines": repeat("", "\n", "", 64*MiB),
	} {
		all = append(all, costly{name: "explain: " + name, args: []string{"explain", "--log", "log"}, files: map[string]text{"log": log}, limit: 150, codes: []int{0, 1, 2}},
			costly{name: "explain on standard input: " + name, args: []string{"explain", "-"}, files: map[string]text{"log": log}, stdin: "log", limit: 150, codes: []int{0, 1, 2}})
	}
	for name, file := range map[string]text{
		"checks":      times(report, `{"status":"fail"},`, `{"status":"pass"}]}`, 9_990),
		"findings":    times(report+`{"status":"fail","findings":[`, `{"status":"fail","cause":"x","evidence":{}},`, `{"status":"fail"}]}]}`, 20_000),
		"blockedBy":   numbered(report, `{"id":"c","status":"skip","blockedBy":["%060d"]},`, `{"id":"c","status":"pass"}]}`, 9_990),
		"brackets":    repeat(report, `{"status":"fail","text":"`+strings.Repeat("<", 50_000)+`"},`, `{"status":"pass"}]}`, 6*MiB),
		"commands":    repeat(report, `{"status":"fail","text":"`+strings.Repeat("##vso[", 8_000)+`"},`, `{"status":"pass"}]}`, 6*MiB),
		"dense JSON":  repeat(report, "{},", "{}]}", 6*MiB),
		"nested":      repeat(report, "[", "]", 6*MiB),
		"without end": repeat(report, "{},", "{}]}", 64*MiB),
	} {
		for _, format := range []string{"text", "markdown", "html", "junit", "json"} {
			all = append(all, costly{name: "render as " + format + ": " + name, args: []string{"render", "--format", format, "report.json"}, files: map[string]text{"report.json": file}, limit: 150, codes: []int{0, 2}})
		}
	}
	for name, file := range map[string]text{
		"connections": numbered(audit, `{"id":"%08x","findings":[{"severity":"fail"},{"severity":"fail"}],"unseen":[{},{}],"projects":["a"]},`, `{"id":"x"}]}`, 29_990),
		"texts":       numbered(audit, `{"id":"%08x","projects":["`+strings.Repeat("<", 200_000)+`"]},`, `{"id":"x"}]}`, 120),
		"dense JSON":  repeat(audit, "{},", "{}]}", 24*MiB),
		"without end": repeat("", "[", "", 64*MiB),
	} {
		for _, format := range []string{"table", "markdown", "html", "csv", "json"} {
			all = append(all, costly{name: "audit merge as " + format + ": " + name, args: []string{"audit", "merge", "--format", format, "part.json"}, files: map[string]text{"part.json": file}, limit: 150, codes: []int{0, 1, 2}})
		}
	}
	all = append(all, deploying()...)
	for name, part := range map[string]string{"escapes": `\u0001`, "HTML": "<a>", "quotes": `\"`, "commands": "##vso[", "letters": "a", "line breaks": `\n`} {
		all = append(all, costly{name: "run: 4 MiB of " + name + " in refusals", args: []string{"run"}, limit: 150, codes: []int{0},
			serve: `{"error":{"code":"ContosoSaysNo","message":"` + strings.Repeat(part, (4*MiB-100)/len(part)) + `"}}`})
	}
	for name, part := range map[string]string{"objects": "{},", "numbers": "1,", "named": `{"id":"x","name":"x","namespace":"x"},`, "nested lists": "[],", "actions": ""} {
		served := `{"value":[` + strings.Repeat(part, (4*MiB-100)/max(len(part), 1)) + `{}]}`
		if part == "" { // as many as an answer may hold
			served = `{"value":[{"actions":[` + strings.Repeat(`"",`, 499_000) + `""],"locations":[],"resourceTypes":[]}]}`
		}
		all = append(all, costly{name: "run: 4 MiB of " + name + " in lists", args: []string{"run"}, limit: 150, codes: []int{0}, serve: served})
	}
	all = append(all, costly{name: "run: 4 MiB of brackets", args: []string{"run"}, limit: 150, codes: []int{0}, serve: strings.Repeat("[", 4*MiB-1)},
		costly{name: "run: 5 MiB", args: []string{"run"}, limit: 150, codes: []int{0}, serve: `{"value":"` + strings.Repeat("a", 5*MiB) + `"}`})
	all = append(all, staging()...)
	all = append(all, needing()...)
	slices.SortFunc(all, func(a, b costly) int { return strings.Compare(a.name, b.name) })
	return all
}

// deploying are files of the verb requires.
func deploying() []costly {
	const (
		schema   = `"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"`
		template = "{" + schema + `,"resources":[`
		resource = `{"type":"Microsoft.Storage/storageAccounts","name":"s%d","location":"westeurope","properties":{"a":"[concat('a', parameters('b'))]"}},`
		plan     = `{"format_version":"1.2","terraform_version":"1.9.8","resource_changes":[`
		change   = `{"address":"azurerm_subnet.s%d","mode":"managed","type":"azurerm_subnet","name":"s","change":{"actions":["create"],"after":{"name":"s","resource_group_name":"rg-app"},"after_unknown":{"id":true}}},`
		MiB      = 1 << 20
	)
	var doubling, groups strings.Builder
	for i := range 16 {
		fmt.Fprintf(&doubling, `,"v%d":"[concat(variables('v%d'), variables('v%d'))]"`, i+1, i, i)
	}
	for i := range 250 {
		fmt.Fprintf(&groups, `,"w%d":"[concat(variables('v16'), '%d')]"`, i, i)
	}
	var all []costly
	for name, file := range map[string]text{
		"a template of 50 MB":     repeat(template, "{},", "{}]}", 50*MiB),
		"as many values":          repeat(template, "{},", "{}]}", 900_000),
		"as many lists":           repeat(template+`{"type":"a.b/c","name":"d","properties":[`, "[],", "[]]}]}", 890_000),
		"as many resources":       numbered(template, resource, `{"type":"a.b/c","name":"d"}]}`, 19_900),
		"a copy in a copy":        times(template+`{"type":"Microsoft.Resources/deployments","name":"n","copy":{"name":"c","count":800},"properties":{"template":{`+schema+`,"resources":[{"type":"a.b/c","name":"[concat('d', copyIndex())]","copy":{"name":"e","count":24}}]}}}]}`, "", "", 0),
		"texts that double":       times("{"+schema+`,"variables":{"v0":"aa"`+doubling.String()+groups.String()+`},"resources":[{"type":"a.b/c","name":"[concat(variables('w0')`, ", variables('w1')", `)]"}]}`, 900),
		"long texts":              repeat(template+`{"type":"a.b/c","name":"`, `\u0041`, `"}]}`, 8*MiB-1000),
		"expressions":             numbered(template+`{"type":"a.b/c","name":"d","properties":[`, `"[concat(toLower('%d'), toUpper(createArray(1, 2, 3)))]",`, `""]}]}`, 100_000),
		"a plan of many changes":  numbered(plan, change, `{"address":"x"}]}`, 19_990),
		"changes of many values":  times(plan, `{"address":"azurerm_subnet.s","type":"azurerm_subnet","change":{"actions":["create"],"after":{"a":[`+strings.Repeat("{},", 40_000)+`{}]}}},`, `{"address":"x"}]}`, 150),
		"a configuration":         times(plan+`],"configuration":{"root_module":{"resources":[`, `{"expressions":{"a":{"constant_value":{"b":{}}}}},`, "{}]}}}", 9_000),
		"a plan without an end":   repeat(plan, "[", "", 64*MiB),
		"a plan of many groups":   numbered(plan, strings.Replace(change, "rg-app", "rg-%[1]d", 1), `{"address":"x"}]}`, 19_990),
		"a plan as one long text": repeat(plan, "a", "", 24*MiB-10),
	} {
		for _, format := range []string{"json", "role"} {
			all = append(all, costly{name: "requires as " + format + ": " + name, args: []string{"requires", "--format", format, "main.json"}, files: map[string]text{"main.json": file}, limit: 150, codes: []int{0, 2}})
		}
	}
	return all
}

// needing are steps whose deployment is a file of the verb requires, or many: what they need is checked, too.
func needing() []costly {
	const template = `{"$schema":"https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#","resources":[`
	var all []costly
	add := func(name string, prepare func(*scenario.Run)) {
		all = append(all, costly{name: "run: " + name, args: []string{"run"}, limit: 150, codes: []int{0}, stage: func(r *scenario.Run) {
			*r = *healthyDeployment()
			prepare(r)
		}})
	}
	for _, c := range deploying() {
		if file, ok := strings.CutPrefix(c.name, "requires as json: "); ok {
			add(file, func(r *scenario.Run) {
				var b strings.Builder
				if err := c.files["main.json"](&b); err != nil {
					panic(err)
				}
				r.Files = map[string]string{"main.json": b.String()}
				r.Step.Inputs["deployment"] = "main.json @ resourceGroups/rg-app"
			})
		}
	}
	groups := func(names string, n int) string {
		return fmt.Sprintf(`{"type":"Microsoft.Resources/deployments","name":"n","resourceGroup":"[concat('%s', copyIndex())]","copy":{"name":"%[1]s","count":%d},"properties":{"template":{"resources":[
			{"type":"Microsoft.Web/sites","name":"a"},{"type":"Microsoft.KeyVault/vaults","name":"a"},{"type":"Microsoft.Sql/servers","name":"a"}]}}}`, names, n)
	}
	add("a deployment to 1,900 groups", func(r *scenario.Run) {
		r.Files = map[string]string{"main.json": template + groups("a", 800) + "," + groups("b", 800) + "," + groups("c", 300) + "]}"}
		r.Step.Inputs["deployment"] = "main.json"
	})
	add("a hundred templates", func(r *scenario.Run) {
		r.Files = map[string]string{}
		for i := range 100 {
			r.Files[fmt.Sprintf("%d.json", i)] = template + groups(fmt.Sprintf("a%d-", i), 600) + "]}"
		}
		r.Step.Inputs["deployment"] = "*.json"
	})
	add("a hundred large templates", func(r *scenario.Run) {
		r.Files = map[string]string{}
		for i := range 100 {
			r.Files[fmt.Sprintf("%d.json", i)] = template + strings.Repeat("{},", 280_000) + "{}]}"
		}
		r.Step.Inputs["deployment"] = "*.json"
	})
	return all
}

// healthyDeployment is a step that deploys.
func healthyDeployment() *scenario.Run {
	s, ok := scenario.Find("healthy-deployment")
	if !ok {
		panic("no such scenario")
	}
	r := s.Start(time.Now)
	r.Step.Inputs["timeoutSeconds"] = "30"
	return r
}

// staging are the inputs that need many connections or pages: what one answer may hold is bounded elsewhere.
func staging() []costly {
	const arm, entra = "management.azure.com", "login.microsoftonline.com"
	long := strings.Repeat("a", 4<<20-400)
	subscription := `{"id":"/subscriptions/` + cloud.ContosoSubscriptionID + `","subscriptionId":"` + cloud.ContosoSubscriptionID + `","tenantId":"` + cloud.ContosoTenantID + `","state":"Enabled","displayName":"%s"}`
	var all []costly
	for name, f := range map[string]cloud.Fault{
		"names of subscriptions": {Host: arm, Body: fmt.Sprintf(subscription, long)},
		"tokens":                 {Host: entra, Body: `{"token_type":"Bearer","expires_in":3600,"access_token":"` + long + `"}`},
		"pages of HTML":          {Host: entra, Body: "<html>" + long, ContentType: "text/html"},
		"refused sign-ins":       {Host: entra, Status: 400, Body: `{"error":"invalid_client","error_description":"AADSTS7000222: ` + long + `"}`},
		"lists for resources":    {Host: arm, Body: `{"value":[{"subscriptionId":"x","state":"` + long + `"}]}`},
	} {
		all = append(all, costly{name: "run: 4 MiB of " + name + " for 120 connections", args: []string{"run"}, limit: 120, codes: []int{0},
			stage: func(r *scenario.Run) { r.Faults = append(r.Faults, f) }})
	}
	return append(all, costly{name: "run: fifty pages of permissions", args: []string{"run"}, limit: 90, codes: []int{0}, stage: func(r *scenario.Run) {
		path := "/subscriptions/" + cloud.ContosoSubscriptionID + "/providers/Microsoft.Authorization/permissions"
		for i := range 50 {
			r.Faults = append(r.Faults, cloud.Fault{Host: arm, Path: path, Nth: i + 1,
				Body: fmt.Sprintf(`{"value":[{"notActions":[],"actions":[%s""]}],"nextLink":"https://%s%s?page=%d"}`, strings.Repeat(`"",`, 499_000), arm, path, i)})
		}
	}})
}

// TestHostileInputTakesBoundedMemory runs the program itself, and logs what each input took. ./build.sh memory measures all.
func TestHostileInputTakesBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	inputs := costlyInputs()
	if !*every && !*update {
		inputs = slices.DeleteFunc(inputs, func(c costly) bool { return !slices.Contains(costliest, c.name) })
		require.Len(t, inputs, len(costliest))
	}
	tool := filepath.Join(t.TempDir(), "armpreflight")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", tool, "armpreflight/cmd/armpreflight").CombinedOutput()
	require.NoError(t, err, string(out))
	var page strings.Builder
	page.WriteString("| input | memory at the peak |\n|---|---|\n")
	for _, in := range inputs {
		folder := t.TempDir()
		for name, text := range in.files {
			write(t, filepath.Join(folder, name), text)
		}
		environ := os.Environ()
		switch {
		case in.serve != "":
			environ = served(t, folder, in.serve)
		case in.stage != nil:
			environ = staged(t, folder, in.stage)
		}
		took := measure(t, folder, in.stdin, environ, append([]string{tool}, in.args...)...)
		t.Logf("%s: %d MiB, %.1f s of CPU, exit code %d", in.name, took.Peak, took.CPU, took.Code)
		assert.Less(t, took.Peak, in.limit, in.name)
		assert.Contains(t, in.codes, took.Code, in.name)
		fmt.Fprintf(&page, "| %s | below %d MiB |\n", in.name, in.limit)
		require.NoError(t, os.RemoveAll(folder))
	}
	if !t.Failed() && len(inputs) > len(costliest) {
		holdPage(t, page.String())
	}
}

func write(t *testing.T, name string, text text) {
	t.Helper()
	file, err := os.Create(name)
	require.NoError(t, err)
	w := bufio.NewWriter(file)
	require.NoError(t, errors.Join(text(w), w.Flush(), file.Close()))
}

// served starts the services for a step with three dozen resource groups, and gives its environment. A body that begins
// like an error comes with status 400, any other with 200.
func served(t *testing.T, dir, body string) []string {
	t.Helper()
	s, ok := scenario.Find("healthy")
	require.True(t, ok)
	r := s.Start(time.Now)
	everything(&bubble.Bubble{Run: r})
	var groups []string
	for i := range 36 {
		groups = append(groups, fmt.Sprintf("rg-%d", i))
	}
	r.Step.Inputs["resourceGroups"] = strings.Join(groups, "\n")
	status := 200
	if strings.HasPrefix(body, `{"error"`) {
		status = 400
	}
	for _, f := range []cloud.Fault{{Host: "management.azure.com"}, {Host: "graph.microsoft.com"}, {Host: "dev.azure.com"}} {
		if f.Host == "management.azure.com" { // the first read has to succeed for the others to be sent
			f.Path = "/subscriptions/" + cloud.ContosoSubscriptionID + "/"
		}
		f.Status, f.Body, f.ContentType = status, body, jsonType
		r.Faults = append(r.Faults, f)
	}
	return listening(t, dir, r)
}

// staged starts the services for a step with 120 connections, and gives its environment.
func staged(t *testing.T, dir string, stage func(*scenario.Run)) []string {
	t.Helper()
	s, ok := scenario.Find("healthy")
	require.True(t, ok)
	r := s.Start(time.Now)
	everything(&bubble.Bubble{Run: r})
	r.MoreKeyConnections(120)
	r.Step.Inputs["timeoutSeconds"] = "15"
	stage(r)
	return listening(t, dir, r)
}

func listening(t *testing.T, dir string, r *scenario.Run) []string {
	t.Helper()
	least := 36
	if r.Step.Inputs["deployment"] != "" {
		least = 4 // a file can be refused
	}
	served, listener, err := r.Listen(dir)
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.Greater(t, len(served.Requests()), least)
		assert.NoError(t, listener.Close())
	})
	r.UseProxy(listener)
	r.Job.TempDirectory = dir
	environ, err := r.Job.Environment(filepath.Join("..", "..", "task", "ArmPreflight", "v1"), r.Step)
	require.NoError(t, err)
	return environ
}

// measure runs a program by way of a small process.
func measure(t *testing.T, folder, stdin string, environ []string, command ...string) taken {
	t.Helper()
	own, err := os.Executable()
	require.NoError(t, err)
	run := exec.CommandContext(t.Context(), own, command...)
	run.Dir, run.Env, run.Stderr = folder, append(environ, measuring+"=1", "GOMEMLIMIT=", "GOGC="), t.Output()
	if stdin != "" {
		file, err := os.Open(filepath.Join(folder, stdin))
		require.NoError(t, err)
		defer file.Close() // it is only read
		run.Stdin = file
	}
	printed, err := run.Output()
	require.NoError(t, err)
	var took taken
	require.NoError(t, json.Unmarshal(printed, &took))
	return took
}

// holdPage compares the table with the one in docs/reliability.md, or writes it there.
func holdPage(t *testing.T, made string) {
	t.Helper()
	const begin, end = "<!-- made by go test ./internal/attack -run HostileInput -update -->\n", "<!-- to this line -->\n"
	file := filepath.Join("..", "..", "docs", "reliability.md")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	written, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+made+end+after), 0o644))
		return
	}
	assert.Equal(t, slices.Collect(strings.Lines(made)), slices.Collect(strings.Lines(written)), "-update writes it; read the diff")
}
