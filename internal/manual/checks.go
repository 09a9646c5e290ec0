package manual

import (
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/check"
	"armpreflight/internal/markdown"
	"armpreflight/internal/preflight"
)

// A row says of a check what its declaration does not: when nobody asks its question, when that does not arise, what it sends, which right that
// takes, and what it only warns of. Nothing else about a check is written by hand.
type row struct {
	unasked, quiet, sends, right, warns string
}

const (
	noRequest = "nothing: it reads what the agent gave the job"
	anyRole   = "any role on the subscription, or inside it, is enough to see it"
)

var rows = map[string]row{
	"inputs":                {sends: noRequest},
	"connection-input":      {sends: noRequest},
	"subscription-variable": {unasked: "the input subscriptionVariable is empty", sends: noRequest},
	"required-variables":    {unasked: "the input requiredVariables is empty", sends: noRequest},
	"connection-data":       {sends: "nothing, except for Azure Stack and clouds that it does not know: their own list of addresses, without a credential"},
	"certificate":           {quiet: "the connection uses no certificate", sends: noRequest, warns: "the certificate ends within expiryWarningDays"},
	"network":               {sends: "nothing: it opens a TLS connection to each host, which the later requests use"},
	"clock":                 {quiet: "no answer carried a date", sends: "nothing: it compares the dates of the answers that came", warns: "the clock is off"},
	"federated-token":       {quiet: "the connection is not federated", sends: "one request for an id token, to the job's own organization", right: "the job's own token; a task of the stage must name the connection, which this task does", warns: "the connection still has the issuer of Azure DevOps, which is going to be retired"},
	"access-token":          {sends: "one token request to the authority of the connection's cloud, or to the managed identity endpoint", right: "none: it is the sign-in itself"},
	"subscription": {quiet: "the connection is for a management group", sends: "one read of the subscription, and one of the resource group where the connection is for one", right: anyRole,
		warns: "the subscription is past due or Microsoft has warned of it: it still works"},
	"connection-record": {quiet: "the job has no address or no token to ask for it", warns: "Azure DevOps says that the connection is not ready", sends: "one read of the connection's record, from the job's own organization", right: "the role Reader on the connection, for the build service of the project or the collection"},
	"credential-expiry": {unasked: "the input expiryWarningDays is 0 and credentialExpiresOn is empty", quiet: "nothing of this connection expires",
		sends: "with credentialExpiresOn nothing; else one token request for Microsoft Graph, and one read of the application where that token permits it",
		right: "Application.Read.All, or Application.ReadWrite.OwnedBy for an identity that owns its application; do not grant one for this", warns: "the secret ends within expiryWarningDays"},
	"resource-groups":    {unasked: "the input resourceGroups is empty", sends: "one read of each group", right: "Microsoft.Resources/subscriptions/resourceGroups/read, which Reader and Contributor have, and most other roles (AcrPull, for example, does not)"},
	"resource-providers": {unasked: "the input requiredProviders is empty", sends: "one read of each provider, or for more than eight the list of all; where one is not registered, one read of the identity's own permissions", right: "Microsoft.Resources/subscriptions/providers/read", warns: "a provider is not registered and the identity may register it, or it is being registered"},
	"permissions":        {sends: "for each scope, the identity's own permissions; with requiredActions also the deny assignments and the identity's role assignments, and the roles where an assignment has a condition", right: "none beyond a role at the scope; Microsoft.Authorization/*/read to see denials and conditions"},
	"excess-rights":      {unasked: "the input requiredActions is empty", quiet: "no rights could be read", sends: "nothing: it judges what permissions has read", warns: "the identity can hand out roles without a condition"},
	"locks":              {unasked: "the inputs resourceGroups and requiredActions are empty", quiet: "locks are not set on management groups", sends: "one read of the locks of the subscription, or of the connection's resource group", right: "Microsoft.Authorization/locks/read", warns: "a read-only lock is on what was named, and no named action changes anything there"},
	"management-group":   {quiet: "the connection is for a subscription", sends: "one read of the management group", right: "Microsoft.Management/managementGroups/read"},
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
	line("%s\n", markdown.Text(sentence(c.Title)))
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
	if r.unasked != "" {
		line("| not asked for when | %s |", markdown.Text(r.unasked))
	}
	if r.quiet != "" {
		line("| not applicable when | %s |", markdown.Text(r.quiet))
	}
	line("| sends | %s |", markdown.Text(r.sends))
	if r.right != "" {
		line("| needs | %s |", markdown.Text(r.right))
	}
	line("\nEvery request of a run is listed in [what a run asks](../network.md).\n")

	line("## Results\n")
	line("* `pass`: nothing stands in the way.")
	if r.warns != "" {
		line("* `warn`: %s.", markdown.Text(r.warns))
	}
	if !onlyWarns(c) {
		line("* `fail`: something does, see the codes.")
	}
	line("* `unknown` (`????` in the log): it could not tell: the time ended, a service was down, or its answer cannot be read.")
	var skips []string
	if r.unasked != "" {
		skips = append(skips, "not asked for")
	}
	if r.quiet != "" {
		skips = append(skips, "not applicable")
	}
	if needs := checkLinks(idsOf(c.Needs)); needs != "" {
		skips = append(skips, "blocked, since "+needs+" failed or could not tell")
	}
	if len(skips) > 0 {
		line("* `skip`: %s.", strings.Join(skips, "; "))
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
		text += ": " + markdown.Text(p.Title)
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
