package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// boards replaces the Azure CLI: it hands out the tokens in its folder, and keeps work items in a file.
const boards = `#!/bin/bash
set -euo pipefail
dir=$(dirname "$0")
words=() ; declare -A option
while [ $# -gt 0 ]; do
  case $1 in -*) option[$1]=$2; shift 2 ;; *) words+=("$1"); shift ;; esac
done
case "${words[*]}" in
"account get-access-token") cat "$dir/$(printf %s "${option[--resource]}" | tr -c 'a-zA-Z0-9' _)"; exit ;;
esac
[ -n "${option[--organization]}" ] && [ -n "$AZURE_DEVOPS_EXT_PAT" ]
change() { jq "$@" "$dir/items" >"$dir/changed" && mv "$dir/changed" "$dir/items"; echo "${words[1]} ${words[2]-}" >>"$dir/asked"; }
case "${words[*]}" in
"boards query") [ -n "${option[--project]}" ] && [ -n "${option[--wiql]}" ] && jq '[.[] | select(.fields["System.State"] != "Closed")]' "$dir/items" ;;
"boards work-item create")
  [ -n "${option[--project]}" ] && [ -n "${option[--type]}" ]
  change --arg title "${option[--title]}" --arg text "${option[--description]}" --arg tags "${option[--fields]#System.Tags=}" '. + [{id: (length + 1),
    fields: {"System.Title": $title, "System.Description": $text, "System.Tags": $tags, "System.State": "New"}}]'
  jq '.[-1]' "$dir/items" ;;
"boards work-item update")
  change --argjson id "${option[--id]}" --arg title "${option[--title]-}" --arg state "${option[--state]-}" 'map(if .id != $id then . else
    (if $title != "" then .fields["System.Title"] = $title else . end) | (if $state != "" then .fields["System.State"] = $state else . end) end)'
  echo '{}' ;;
*) echo "unknown: ${words[*]}" >&2; exit 2 ;;
esac
`

// posting replaces curl: it keeps the body, if the address came from standard input.
const posting = `#!/bin/bash
set -euo pipefail
grep -q '^url = "https://hooks.example/secret"$'
case "$*" in *hooks.example*) exit 9 ;; esac
for word in "$@"; do case $word in @*) cp "${word#@}" "$(dirname "$0")/posted" ;; esac; done
`

// stepsOf gives the scripts of a sample with its parameters' defaults, a few of them changed.
func stepsOf(t *testing.T, file string, changed map[string]string) []struct {
	script string
	env    map[string]string
} {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var p struct {
		Parameters []struct{ Name, Default string }
		Jobs       []struct{ Steps []yaml.Node }
	}
	require.NoError(t, yaml.Unmarshal(text, &p))
	values := map[string]string{}
	for _, parameter := range p.Parameters {
		values[parameter.Name] = parameter.Default
	}
	for name, value := range changed {
		require.Contains(t, values, name)
		values[name] = value
	}
	filled := regexp.MustCompile(`\$\{\{ parameters\.(\w+) }}`).ReplaceAllStringFunc(string(text), func(match string) string {
		return values[strings.TrimSuffix(strings.TrimPrefix(match, "${{ parameters."), " }}")]
	})
	require.NoError(t, yaml.Unmarshal([]byte(filled), &p))
	type step struct {
		Bash   string
		Env    map[string]string
		Inputs struct {
			Script string `yaml:"inlineScript"`
		}
	}
	var found []struct {
		script string
		env    map[string]string
	}
	var add func(nodes []yaml.Node)
	add = func(nodes []yaml.Node) {
		for _, node := range nodes {
			if node.Content[0].Value[0] == '$' { // a condition, which holds
				inner := []yaml.Node{}
				require.NoError(t, node.Content[1].Decode(&inner))
				add(inner)
				continue
			}
			var s step
			require.NoError(t, node.Decode(&s))
			if text := s.Bash + s.Inputs.Script; text != "" {
				found = append(found, struct {
					script string
					env    map[string]string
				}{text, s.Env})
			}
		}
	}
	add(p.Jobs[0].Steps)
	return found
}

// TestTheAlertPipelineKeepsOneWorkItemForEachConnection runs the sample on three Mondays: nothing changes on the second, and before
// the third someone creates a new secret.
func TestTheAlertPipelineKeepsOneWorkItemForEachConnection(t *testing.T) {
	notShort(t)
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("NOT RUN: there is no jq")
	}
	tool, err := exec.LookPath("armpreflight") // that of this test, see TestMain
	require.NoError(t, err)
	programs := t.TempDir()
	for name, text := range map[string]string{"az": boards, "curl": posting} {
		require.NoError(t, os.WriteFile(filepath.Join(programs, name), []byte(text), 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(programs, "items"), []byte(`[{"id": 1, "fields": {"System.Title": "another's", "System.Tags": "armpreflight-review", "System.State": "New"}}]`), 0o600))

	monday := func(channel string, changes ...func(*cloud.World)) string {
		world := scenario.Audited(time.Now)
		for _, change := range changes {
			change(world)
		}
		simulated := cloud.New(world)
		l, err := simulated.Listen()
		require.NoError(t, err)
		defer l.Close()
		temp := t.TempDir()
		authority := filepath.Join(temp, "authority.pem")
		require.NoError(t, os.WriteFile(authority, l.CAPEM, 0o600))
		for file, resource := range map[string]string{"https___graph_microsoft_com": "https://graph.microsoft.com",
			"499b84ac_1321_427f_aa17_267ca6975798": "499b84ac-1321-427f-aa17-267ca6975798"} {
			token, expires, err := simulated.PersonToken(scenario.Ada, cloud.ContosoTenantID, resource)
			require.NoError(t, err)
			answer, err := json.Marshal(map[string]any{"accessToken": token, "expires_on": expires.Unix(), "tokenType": "Bearer"})
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(programs, file), answer, 0o600))
		}
		macros := strings.NewReplacer("$(System.CollectionUri)", cloud.ContosoOrganizationURL, "$(System.TeamProject)", "Shop", "$(Agent.TempDirectory)", temp,
			"$(ArmPreflight.toolPath)", tool, "$(System.AccessToken)", jobToken(), "$(alertWebhook)", "https://hooks.example/secret")
		var log strings.Builder
		for _, step := range stepsOf(t, filepath.Join("..", "..", "docs", "pipelines", "expiry-alert.yml"), map[string]string{"channel": channel}) {
			script := macros.Replace(step.script)
			require.NotRegexp(t, `\$\([A-Z]\w+\.`, script, "a macro that nobody sets")
			run := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-c", script)
			run.Env = []string{"PATH=" + programs + ":" + os.Getenv("PATH"), "HOME=" + temp, "SSL_CERT_FILE=" + authority, "HTTPS_PROXY=" + l.Proxy("", "")}
			for name, value := range step.env {
				run.Env = append(run.Env, name+"="+macros.Replace(value))
			}
			out, err := run.CombinedOutput()
			require.NoError(t, err, "%s\n%s", script, out)
			log.Write(out)
		}
		assert.Empty(t, simulated.Violations())
		assert.NotContains(t, log.String(), "hooks.example")
		return log.String()
	}
	type item struct {
		ID     int
		Fields map[string]string
	}
	items := func() (all []item) {
		text, err := os.ReadFile(filepath.Join(programs, "items"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &all))
		return all
	}
	asked := func() string {
		text, err := os.ReadFile(filepath.Join(programs, "asked"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(programs, "asked"), nil, 0o600))
		return string(text)
	}
	titled := func(all []item, name string) item {
		i := slices.IndexFunc(all, func(i item) bool { return strings.Contains(i.Fields["System.Title"], name) })
		require.GreaterOrEqual(t, i, 0, "%s: %v", name, all)
		return all[i]
	}

	first := monday("adaptive-card")
	created := items()
	assert.Contains(t, first, "created work item")
	assert.Equal(t, len(created)-1, strings.Count(asked(), "work-item create"))
	expiring := titled(created, "secret-expiring ")
	assert.Regexp(t, `^Service connection secret-expiring stops working on \d{4}-\d\d-\d\d$`, expiring.Fields["System.Title"])
	assert.Contains(t, expiring.Fields["System.Description"], "<li>")
	var card struct {
		Attachments []struct {
			Content struct{ Body []json.RawMessage }
		}
	}
	posted, err := os.ReadFile(filepath.Join(programs, "posted"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(posted, &card))
	assert.Contains(t, string(posted), "secret-expiring")
	assert.Less(t, len(posted), 28<<10, "Teams rejects more")

	monday("slack")
	assert.Equal(t, strings.Repeat("work-item update\n", len(created)-1), strings.ReplaceAll(asked(), "boards ", ""), "each is there once")
	assert.Len(t, items(), len(created))
	posted, err = os.ReadFile(filepath.Join(programs, "posted"))
	require.NoError(t, err)
	assert.Contains(t, string(posted), `"plain_text"`)

	monday("slack", func(w *cloud.World) {
		for i, application := range w.Tenants[0].Applications {
			for j, secret := range application.Secrets {
				if until := time.Until(secret.Ends); until > 0 && until < 30*24*time.Hour {
					w.Tenants[0].Applications[i].Secrets[j].Ends = time.Now().AddDate(0, 6, 0)
				}
			}
		}
	})
	renewed := items()
	assert.Equal(t, "Closed", titled(renewed, "secret-expiring ").Fields["System.State"])
	assert.Equal(t, "New", titled(renewed, "another's").Fields["System.State"], "that of someone else")
	assert.Equal(t, "New", titled(renewed, "disabling").Fields["System.State"])
	assert.Len(t, renewed, len(created))
}

// TestAnAlertHasNoMarkup: a name that someone chose is text in a card, a message, and a work item.
func TestAnAlertHasNoMarkup(t *testing.T) {
	at := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
	document := audit.Document{Dated: true, Organization: "https://dev.azure.com/contoso", Checked: at.AddDate(0, 0, -3)}
	for i := range 40 {
		document.Connections = append(document.Connections, audit.Connection{ID: fmt.Sprint(i), Name: "<img src=x> [a](http://b) <!channel> " + strings.Repeat("x", 5000),
			State: audit.StateReady, Link: "https://dev.azure.com/contoso", Dates: []audit.Date{{Kind: audit.SecretEnds, At: at, Certainty: audit.Certain}}})
	}
	f, err := document.Forecast(30)
	require.NoError(t, err)
	for format, most := range map[string]int{"adaptive-card": 28 << 10, "slack": 40 << 10} {
		var out strings.Builder
		require.NoError(t, f.Render(&out, format))
		assert.Less(t, out.Len(), most, format)
		assert.Contains(t, out.String(), "28 more dates", format)
		assert.NotContains(t, out.String(), `"TextBlock"`, "which reads Markdown")
		assert.NotContains(t, out.String(), `"mrkdwn"`)
	}
	items := f.WorkItems()
	assert.Len(t, items.Open, 40)
	for _, item := range items.Open {
		assert.NotContains(t, item.Description, "<img")
		assert.LessOrEqual(t, len(item.Title), 255, "the longest title of a work item")
	}
}

// TestAWorkItemIsClosedOnlyIfItsConnectionWorksOn: a conversion that can be reverted stops nothing, and what wasn't seen might.
func TestAWorkItemIsClosedOnlyIfItsConnectionWorksOn(t *testing.T) {
	checked := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	date := func(kind audit.DateKind, days int, certainty audit.Certainty) []audit.Date {
		return []audit.Date{{Kind: kind, At: checked.AddDate(0, 0, days), Certainty: certainty}}
	}
	for name, tc := range map[string]struct {
		connection   audit.Connection
		open, closes bool
	}{
		"no date":                    {connection: audit.Connection{State: audit.StateReady}, closes: true},
		"a date after the days":      {connection: audit.Connection{State: audit.StateReady, Dates: date(audit.SecretEnds, 90, audit.Certain)}, closes: true},
		"a conversion":               {connection: audit.Connection{State: audit.StateReady, Dates: date(audit.RevertEnds, 5, audit.Certain)}, closes: true},
		"a certain date":             {connection: audit.Connection{State: audit.StateReady, Dates: date(audit.SecretEnds, 5, audit.Certain)}, open: true},
		"a possible date":            {connection: audit.Connection{State: audit.StateReady, Dates: date(audit.SecretEnds, 5, audit.Possible)}},
		"its credential wasn't seen": {connection: audit.Connection{State: audit.StateReady, Unseen: []audit.Unseen{{What: "when its credential expires", Why: "no permission"}}}},
		"it's broken":                {connection: audit.Connection{State: audit.StateReady, Findings: []audit.Finding{{Severity: audit.Fail}}}},
		"it's disabled":              {connection: audit.Connection{State: audit.StateDisabled}},
	} {
		tc.connection.ID = "A"
		f, err := audit.Document{Dated: true, Checked: checked, Connections: []audit.Connection{tc.connection}}.Forecast(30)
		require.NoError(t, err)
		items := f.WorkItems()
		assert.Equal(t, tc.open, len(items.Open) > 0, name)
		assert.Equal(t, tc.closes, slices.Equal(items.Close, []string{"armpreflight-a"}), name)
	}
}
