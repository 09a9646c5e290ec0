package manual

import (
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/check"
	"armpreflight/internal/markdown"
	"armpreflight/internal/preflight"
)

// CheckPage makes the Markdown page of a check.
func CheckPage(c *check.Check[*preflight.World]) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s", generated)
	line("# %s\n", c.ID)
	line("%s\n", markdown.Text(sentence(c.Title)))
	line("| | |\n|---|---|")
	line("| layer | %s |", c.Layer)
	if c.Advisory {
		line("| weight | advisory: it never delays the run for long, and an unknown result doesn't change the verdict |")
	} else {
		line("| weight | essential |")
	}
	line("| runs after | %s |", orElse(checkLinks(idsOf(c.Needs)), "nothing else"))
	if waits := checkLinks(idsOf(c.After)); waits != "" {
		line("| also waits for | %s, regardless of the result |", waits)
	}
	if c.Unasked != "" {
		line("| not requested when | %s |", markdown.Text(c.Unasked))
	}
	if c.Quiet != "" {
		line("| not applicable when | %s |", markdown.Text(c.Quiet))
	}
	line("| sends | %s |", markdown.Text(c.Sends))
	if c.Right != "" {
		line("| needs | %s |", markdown.Text(c.Right))
	}
	line("\nFor every request of a run, see [network requests](../network.md).\n")

	line("## Results\n")
	line("* `pass`: the check found no problem.")
	if c.Warns != "" {
		line("* `warn`: %s.", markdown.Text(c.Warns))
	}
	if !onlyWarns(c) {
		line("* `fail`: the check found a problem; see the codes.")
	}
	line("* `unknown` (`????` in the log, `note` if the check is advisory): the check couldn't get a result: the time ran out, a service was down, or its response couldn't be read.")
	var skips []string
	if c.Unasked != "" {
		skips = append(skips, "not requested")
	}
	if c.Quiet != "" {
		skips = append(skips, "not applicable")
	}
	if needs := checkLinks(idsOf(c.Needs)); needs != "" {
		skips = append(skips, "blocked, because "+needs+" failed or didn't get a result")
	}
	if len(skips) > 0 {
		line("* `skip`: %s.", strings.Join(skips, "; "))
	}
	line("\n## Codes\n")
	own, common := split(c.Codes())
	for _, code := range own {
		line("* %s", codeWords(code))
	}
	if len(common) > 0 {
		line("* results that any request can have: %s", strings.Join(common, ", "))
	}
	return b.String()
}

// onlyWarns tells the checks that never fail: advisory ones whose findings are warnings.
func onlyWarns(c *check.Check[*preflight.World]) bool { return c.Advisory && c.Warns != "" }

// split tells the codes of a check's own question from those that any request can result in, which are links.
func split(codes []string) (own, common []string) {
	for _, code := range codes {
		if slices.Contains(preflight.Network.Codes(), code) && len(codes) > len(preflight.Network.Codes()) {
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
			return fmt.Sprintf("any error that %s returns: [its codes](../errors/README.md#%s)", s.title, anchor(s.title))
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
