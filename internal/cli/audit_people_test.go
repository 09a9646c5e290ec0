package cli

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/audit"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// peopleRequests are those about people.
func (a audited) peopleRequests() []cloud.Request {
	return slices.DeleteFunc(slices.Clone(a.cloud.Requests()), func(r cloud.Request) bool { return !strings.HasSuffix(r.Path, "/_apis/identities") })
}

func (a audited) people(t *testing.T, name string) audit.Owners {
	t.Helper()
	for _, c := range a.document(t).Connections {
		if c.Name == name {
			return c.People
		}
	}
	require.Fail(t, "no connection "+name)
	return audit.Owners{}
}

// TestWhoMadeAConnectionAndWhetherTheyAreStillThere, with one request for the organization.
func TestWhoMadeAConnectionAndWhetherTheyAreStillThere(t *testing.T) {
	sameCodeAsOthers(t)
	for name, a := range map[string]auditing{
		"a person":       {args: []string{"--format", "json"}, person: true},
		"a token's user": {args: []string{"--format", "json"}, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}},
	} {
		got := a.run(t)
		yes, no := true, false
		described := `ask the platform team, platform@contoso.example # #vso[task.complete result=Succeeded]`
		assert.Equal(t, audit.Owners{CreatedBy: &audit.Person{Name: "Bo Example", User: &no}, ModifiedBy: &audit.Person{Name: "Cy & Dee", User: &yes}, Description: described},
			got.people(t, "secret-expiring"), name)
		ada := &audit.Person{Name: "Ada Example", User: &yes}
		assert.Equal(t, audit.Owners{CreatedBy: ada, ModifiedBy: ada}, got.people(t, "healthy"), name)
		require.Len(t, got.peopleRequests(), 1, name)
		assert.Equal(t, "vssps.dev.azure.com", got.peopleRequests()[0].Host)
		assert.Empty(t, got.cloud.Violations())
	}
}

// TestEveryFormatSaysWhomToAsk of the audit and of its dates.
func TestEveryFormatSaysWhomToAsk(t *testing.T) {
	sameCodeAsOthers(t)
	for args, says := range map[string][]string{
		"table":                    {"  ask   created by Bo Example (no longer a user), last changed by Cy & Dee (still a user), its description says \"ask the platform team"},
		"csv":                      {`created by Bo Example (no longer a user), last changed by Cy & Dee (still a user)`},
		"html":                     {`<p>Ask: created by Bo Example (no longer a user), last changed by Cy &amp; Dee (still a user), its description says`},
		"markdown":                 {`* ask: created by Bo Example (no longer a user), last changed by Cy \& Dee (still a user)`},
		"text --forecast 30":       {"  ask: created by Bo Example (no longer a user), last changed by Cy & Dee (still a user)", "  ask: created and last changed by Ada Example (still a user)\n"},
		"json --forecast 30":       {`"createdBy": {`, `"name": "Bo Example",`, `"user": false`},
		"html --forecast 30":       {`<dt>Ask</dt><dd>created by Bo Example (no longer a user), last changed by Cy &amp; Dee (still a user)`},
		"markdown --forecast 30":   {`Ask: created by Bo Example (no longer a user)`},
		"ics":                      {`ask: created by Bo Example`},
		"adaptive-card":            {`"Ask: created by Bo Example (no longer a user), last changed by Cy`},
		"slack":                    {`Ask: created by Bo Example (no longer a user), last changed by Cy`},
		"workitems --forecast 120": {`Ask: created by Bo Example (no longer a user), last changed by Cy \u0026amp; Dee`},
	} {
		got := auditing{args: append([]string{"--format"}, strings.Fields(args)...), person: true}.run(t)
		out := got.out
		if args == "ics" {
			out = strings.ReplaceAll(out, "\r\n ", "") // folded lines
		}
		for _, text := range says {
			assert.Contains(t, out, text, args)
		}
		assert.NotContains(t, out, "##vso[", args)
	}
}

// TestWhoIsStillAUserIsQuietWhenUnknown: only the names are there, and the reason once.
func TestWhoIsStillAUserIsQuietWhenUnknown(t *testing.T) {
	sameCodeAsOthers(t)
	refused := func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/_apis/identities") {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		return false
	}
	for why, spoil := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"this reader doesn't have permission (HTTP 403)": refused,
		"the response couldn't be read":                  answers("/_apis/identities", `{}`),
		"":                                               answers("/_apis/identities", `{"value":[null,null,{"id":"x"}]}`),
	} {
		got := auditing{args: []string{"--format", "json"}, person: true, spoil: spoil}.run(t)
		assert.Equal(t, ExitFindings, got.code)
		o := got.people(t, "secret-expiring")
		assert.Equal(t, "Bo Example", o.CreatedBy.String(), "no word about a user")
		d := got.document(t)
		var unseen []audit.NotSeen
		for _, n := range d.NotSeen {
			if strings.Contains(n.What, "users of the organization") {
				unseen = append(unseen, n)
			}
		}
		if why == "" {
			assert.Empty(t, unseen)
			continue
		}
		assert.Equal(t, []audit.NotSeen{{What: "whether the people who created or changed connections are still users of the organization", Why: why}}, unseen)
	}
}
