package manual

import (
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/check"
	"armpreflight/internal/preflight"
)

// A row says of a check what its declaration does not: when its question does not arise, what it sends, which right that
// takes, and what it only warns of. Nothing else about a check is written by hand.
type row struct {
	quiet, sends, right, warns string
}

const (
	noRequest = "nothing: it reads what the agent gave the job"
	anyRole   = "any role on the subscription, or inside it, is enough to see it"
)

var rows = map[string]row{
	"inputs":                {sends: noRequest},
	"connection-input":      {sends: noRequest},
	"subscription-variable": {quiet: "the input subscriptionVariable is empty", sends: noRequest},
	"required-variables":    {quiet: "the input requiredVariables is empty", sends: noRequest},
	"connection-data":       {sends: "nothing, except for Azure Stack and clouds that it does not know: their own list of addresses, without a credential"},
	"certificate":           {quiet: "the connection uses no certificate", sends: noRequest, warns: "the certificate ends within expiryWarningDays"},
	"network":               {sends: "nothing: it opens a TLS connection to each host, which the later requests use"},
	"clock":                 {quiet: "no answer carried a date", sends: "nothing: it compares the dates of the answers that came", warns: "the clock is off"},
	"federated-token":       {quiet: "the connection is not federated", sends: "one request for an id token, to the job's own organization", right: "the job's own token; a task of the stage must name the connection, which this task does", warns: "the connection still has the issuer of Azure DevOps, which is going to be retired"},
	"access-token":          {sends: "one token request to the authority of the connection's cloud, or to the managed identity endpoint", right: "none: it is the sign-in itself"},
	"subscription": {quiet: "the connection is for a management group", sends: "one read of the subscription, and one of the resource group where the connection is for one", right: anyRole,
		warns: "the subscription is past due or Microsoft has warned of it: it still works"},
	"management-group": {quiet: "the connection is for a subscription", sends: "one read of the management group", right: "Microsoft.Management/managementGroups/read"},
}

// CheckPage makes the Markdown page of a check; it fails for one that has no row.
func CheckPage(c *check.Check[*preflight.World]) (string, error) {
	r, ok := rows[c.ID]
	if !ok {
		return "", fmt.Errorf("check %s has no row in internal/manual/checks.go", c.ID)
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s", generated)
	line("# %s\n", c.ID)
	line("%s\n", markdown(sentence(c.Title)))
	line("| | |\n|---|---|")
	line("| layer | %s |", c.Layer)
	if c.Advisory {
		line("| weight | advisory: it never holds the run up for long, and what it could not tell changes no result |")
	} else {
		line("| weight | essential |")
	}
	line("| runs after | %s |", orElse(checkLinks(idsOf(c.Needs)), "nothing else"))
	if waits := checkLinks(idsOf(c.After)); waits != "" {
		line("| also waits for | %s, whatever comes out of it |", waits)
	}
	if r.quiet != "" {
		line("| not applicable when | %s |", markdown(r.quiet))
	}
	line("| sends | %s |", markdown(r.sends))
	if r.right != "" {
		line("| needs | %s |", markdown(r.right))
	}
	line("\nEvery request of a run is listed in [what a run asks](../network.md).\n")

	line("## Results\n")
	line("* `pass`: nothing stands in the way.")
	if r.warns != "" {
		line("* `warn`: %s.", markdown(r.warns))
	}
	if !onlyWarns(c) {
		line("* `fail`: something does, see the codes.")
	}
	line("* `unknown` (`????` in the log): it could not tell: the time ended, a service was down, or its answer cannot be read.")
	skip := "`skip`: "
	switch needs := checkLinks(idsOf(c.Needs)); {
	case needs != "" && r.quiet != "":
		line("* %snot applicable, or blocked: %s failed or could not tell.", skip, needs)
	case needs != "":
		line("* %sblocked: %s failed or could not tell.", skip, needs)
	case r.quiet != "":
		line("* %snot applicable.", skip)
	}
	line("\n## Codes\n")
	own, common := split(c.Codes)
	for _, code := range own {
		line("* %s", codeWords(code))
	}
	if len(common) > 0 {
		line("* what any request can come to: %s", strings.Join(common, ", "))
	}
	return b.String(), nil
}

// onlyWarns tells the checks that never fail: advisory ones whose findings are warnings.
func onlyWarns(c *check.Check[*preflight.World]) bool { return c.Advisory && rows[c.ID].warns != "" }

// split tells the codes of a check's own question from those that any request can come to, which are links.
func split(codes []string) (own, common []string) {
	for _, code := range codes {
		if slices.Contains(preflight.Network.Codes, code) && len(codes) > len(preflight.Network.Codes) {
			common = append(common, errorLink(code, "../errors/"))
		} else {
			own = append(own, code)
		}
	}
	return own, common
}

// codeWords is a link to a code with its title, or to the codes of a service.
func codeWords(code string) string {
	for _, s := range services {
		if s.word == code {
			return fmt.Sprintf("whatever %s answers: [its codes](../errors/README.md#%s)", s.title, anchor(s.title))
		}
	}
	text := errorLink(code, "../errors/")
	if p, ok := pageOf(code); ok {
		text += ": " + markdown(p.Title)
	}
	return text
}

func idsOf(checks []*check.Check[*preflight.World]) []string {
	var ids []string
	for _, c := range checks {
		ids = append(ids, c.ID)
	}
	return ids
}

func checkLinks(ids []string) string {
	links := make([]string, len(ids))
	for i, id := range ids {
		links[i] = fmt.Sprintf("[%s](%s.md)", id, id)
	}
	return strings.Join(links, ", ")
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
