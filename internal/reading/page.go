package reading

import (
	"cmp"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"
	"armpreflight/internal/lazyregexp"
)

// Page is the advice of a cause, with the values of its message in it.
func (c Cause) Page() catalogue.Plain {
	values := c.values()
	p := c.Entry.With(values)
	var first []catalogue.PlainFix
	if fix := slices.IndexFunc(p.Fixes, func(f catalogue.PlainFix) bool {
		return f.With != "" && catalogue.Holds(f.With, catalogue.Gather(nil, values))
	}); fix >= 0 && p.Fixes[fix].With == hostedAgent {
		first = p.Fixes[fix : fix+1] // a folder suggests it, and the others stay
	} else if fix >= 0 {
		p.Fixes = p.Fixes[fix : fix+1]
	}
	p.Fixes = slices.DeleteFunc(slices.Clone(p.Fixes), func(f catalogue.PlainFix) bool {
		switch f.With {
		case "pod=yes", "foreign":
			return values["pod"]+values["foreign"] == "" // a text says so
		case "managementgroup", "person":
			return values["scope"] != "" && values[f.With] == ""
		case hostedAgent:
			return len(first) > 0 || onSelfHosted.MatchString(c.At.Text)
		}
		return false
	})
	p.Fixes = append(first, usualFirst(p.Fixes)...)
	if c.Entry.Unlisted() {
		p.Fixes[0].With = "" // the page says it
	}
	if says := c.says(); says != "" {
		p.Title += ": " + says
	} else if thing := c.thing(p.Title); thing != "" && !c.Entry.Unlisted() {
		p.Title += " (" + thing + ")"
	}
	p = c.ruledOut(p)
	whole := strings.NewReplacer("that begins with "+values["client"], values["client"], "whose client ID begins with "+values["client"], "whose client ID is "+values["client"])
	for i := range p.Fixes {
		for j, step := range p.Fixes[i].Steps {
			if values["client"] != "" { // the agent shortens it in a run; a text has it as a whole
				p.Fixes[i].Steps[j] = whole.Replace(step)
			}
		}
	}
	if strings.HasSuffix(strings.ToLower(c.Facts.Get("action")), "/read") {
		for i := range p.Fixes {
			for j, step := range p.Fixes[i].Steps {
				p.Fixes[i].Steps[j] = strings.ReplaceAll(step, `--role "<role>"`, "--role Reader")
			}
		}
	}
	return p
}

// hostedAgent is the condition of what's for Microsoft-hosted agents.
const hostedAgent = "hosted=yes"

// usualFirst puts the fix without conditions before those with one: a text that someone pastes seldom says whether they hold.
func usualFirst(fixes []catalogue.PlainFix) []catalogue.PlainFix {
	i := slices.IndexFunc(fixes, func(f catalogue.PlainFix) bool { return len(f.Schemes)+len(f.Modes) == 0 && f.With == "" })
	if i <= 0 {
		return fixes
	}
	return slices.Concat(fixes[i:i+1], fixes[:i], fixes[i+1:])
}

// says puts the facts that matter most into a clause behind the title.
func (c Cause) says() string {
	f := c.Facts.Get
	switch {
	case f("locked scope") != "":
		return "'" + f("locked scope") + "' is locked" + clause(f("refused operation"), ", so ", " is refused")
	case f("too late by") != "":
		return "it was used " + f("too late by") + " too late" + clause(f("valid until"), " (it was valid until ", clause(f("now"), ", and the time was ", "")+")")
	case f("too early by") != "":
		return "it was used " + f("too early by") + " too early"
	case f("retry after") != "":
		return clause(f("limit"), "the limit is ", clause(f("interval"), " in ", "")+clause(f("resource provider"), " for ", "")+", ") + "retry after " + f("retry after") + " s"
	case c.Entry.Code == catalogue.ConnectionReferenceInvalid && f("service connection") != "":
		return "'" + f("service connection") + "'" + clause(f("job"), ", job ", "") + clause(f("step"), ", step ", "") + clause(f("input"), ", input ", "")
	case f("present location") != "":
		return "in '" + f("present location") + "'" + clause(f("requested location"), ", not in '", "'")
	case f("quota") != "":
		return f("quota") + clause(f("limit"), ", limit ", "") + clause(f("used"), ", used ", "") + clause(f("needed"), ", needed ", "")
	case f("policy's reason") != "":
		return f("policy's reason")
	case f("policy assignment") != "":
		return "assignment '" + f("policy assignment") + "'"
	case !c.Entry.Unlisted():
		return strings.TrimRight(c.said.Message, ". ")
	}
	return ""
}

// thing is what a message is about, where the title doesn't name it.
func (c Cause) thing(title string) string {
	for _, name := range []string{"key vault", "storage account", "cluster", "database server", "application", "subscription", "issuer", "host"} {
		switch value := c.Facts.Get(name); {
		case value == "":
		case strings.Contains(title, value), name == "host" && commonHosts.MatchString(value):
			return ""
		default:
			return name + " " + value
		}
	}
	return ""
}

// commonHosts are hosts that most tools send requests to, so they don't tell one failure from another.
var commonHosts = &lazyregexp.Regexp{Expression: `^(?:login|management|graph)\.|^dev\.azure\.com$`}

// clause is nothing without a value.
func clause(value, before, after string) string {
	if value == "" {
		return ""
	}
	return before + value + after
}

var (
	clockOrEarly = &lazyregexp.Regexp{Expression: `(?i)\bclock|within the first hour`}
	clock        = &lazyregexp.Regexp{Expression: `(?i)\bclock`}
	permission   = &lazyregexp.Regexp{Expression: `Pipeline permissions`}
	hours        = &lazyregexp.Regexp{Expression: `^\d+ (?:h|days)|^(?:1[5-9]|[2-5]\d) min`} // a quarter of an hour or more
)

// ruledOut leaves out the causes and steps that the message rules out: no clock of an agent is a quarter of an hour slow, what was
// late by an hour didn't expire within the first one, and a variable that wasn't replaced needs no permission. If it was late by less
// time, the clock is seldom the cause, so it comes last.
func (c Cause) ruledOut(p catalogue.Plain) catalogue.Plain {
	var out *lazyregexp.Regexp
	switch late := c.Facts.Get("too late by"); {
	case hours.MatchString(late):
		if out = clock; !strings.HasSuffix(late, " min") || strings.Contains(late, " h ") {
			out = clockOrEarly
		}
		p.Fixes = slices.DeleteFunc(slices.Clone(p.Fixes), ofNetwork)
	case late != "":
		p.Causes, p.Fixes = last(p.Causes, clock.MatchString), last(p.Fixes, ofNetwork)
		return p
	case strings.HasPrefix(c.Facts.Get("service connection"), "$("):
		out = permission
	default:
		return p
	}
	isOut := func(text string) bool { return out.MatchString(text) }
	p.Causes = slices.DeleteFunc(p.Causes, isOut)
	for i := range p.Fixes {
		if steps := slices.DeleteFunc(slices.Clone(p.Fixes[i].Steps), isOut); len(steps) > 0 {
			p.Fixes[i].Steps = steps
		}
	}
	return p
}

// ofNetwork reports whether a fix is for the administrator of the agent, which is where a clock is corrected.
func ofNetwork(f catalogue.PlainFix) bool { return f.Who == catalogue.NetworkAdministrator }

// last moves the items that match to the end.
func last[T any](items []T, match func(T) bool) []T {
	others := slices.DeleteFunc(slices.Clone(items), match)
	return append(others, slices.DeleteFunc(slices.Clone(items), func(item T) bool { return !match(item) })...)
}

var (
	azcopy       = &lazyregexp.Regexp{Expression: `(?i)\bazcopy|AzureFileCopy|no SAS token or OAuth token`}
	inPod        = &lazyregexp.Regexp{Expression: `kubelet|FailedMount|secrets-store|\bnmi response|aad-pod-identity|azure-workload-identity|azwi-webhook`}
	inTerraform  = &lazyregexp.Regexp{Expression: `(?i)\bterraform\b|\bazurerm_|\bazapi_|\bazuread_|Error retrieving keys for Storage Account|acquire access token to parse claims|\bclientCredentialsToken: |\(Subscription: "`}
	inBlob       = &lazyregexp.Regexp{Expression: `(?i)azure|\bblob\b|LeaseAlreadyPresent|LeaseIdMissing`}
	ofGitHub     = &lazyregexp.Regexp{Expression: `(?i)\bazure/login@|Az CLI Login failed|Double check if the 'auth-type' is correct`}
	onSelfHosted = &lazyregexp.Regexp{Expression: `/(?:azp|agent|agents)/_(?:work|tasks|temp)|\b[A-Z]:\\[Aa]gents?\\`}
	onHosted     = &lazyregexp.Regexp{Expression: `/home/vsts/|/Users/runner/work/|\b[DC]:\\a\\(?:1|_work|_tasks|r1)\b`} // folders of Microsoft-hosted agents only
)

// keeper is where the step that failed gets the secret that it signs in with, if that's usually not an Azure Resource Manager connection.
func (c Cause) keeper() string {
	switch c.At.Task {
	case "Docker", "Docker Compose":
		return "Docker Registry"
	case "Deploy to Kubernetes", "Kubectl", "Package and deploy Helm charts":
		return "Kubernetes"
	}
	if ofGitHub.MatchString(c.At.Text) {
		return "GitHub"
	}
	return ""
}

// stated are facts by the names of the catalogue.
type stated map[string]string

func (s stated) Each(set func(name, text string)) {
	for name, text := range s {
		set(name, text)
	}
}

// values are the facts of the message under the names that the catalogue has for them. What a shell would read is left out.
func (c Cause) values() stated {
	values := stated{}
	for name, fact := range map[string]string{
		"action": "action", "scope": "scope", "object": "object ID", "subscription": "subscription", "tenant": "tenant", "group": "resource group",
		"host": "host", "input": "input", "provider": "resource provider", "status": "HTTP status", "job": "job",
		"address": "client address", "account": "storage account", "connection": "service connection", "principal": "service principal",
	} {
		if value := c.Facts.Get(fact); value != "" && !strings.ContainsAny(value, "`$\"';&|<>\\%^!* ") {
			values[name] = value
		}
	}
	values["client"] = c.Facts.Get("application")
	values["registry"], _, _ = strings.Cut(c.Facts.Get("registry"), ".")
	values["right"], values["principal"] = c.Facts.Get("missing permission"), cmp.Or(c.Facts.Get("project's identity"), values["principal"])
	if values["subject"] = c.Facts.Get("subject"); strings.HasPrefix(values["subject"], "repo:") || c.Facts.Get("issuer") == "https://token.actions.githubusercontent.com" {
		values["foreign"] = "GitHub Actions"
	} else if strings.HasPrefix(values["subject"], "system:serviceaccount:") {
		values["foreign"] = "Kubernetes"
	}
	switch text := c.At.Text; {
	case inPod.MatchString(text):
		values["pod"] = "yes"
	case onHosted.MatchString(text):
		values["hosted"] = "yes"
	}
	if azcopy.MatchString(c.At.Text) {
		values["azcopy"] = "yes"
	}
	if c.Entry.Unlisted() {
		values["code"], values["message"] = string(c.Entry.Code), strings.TrimRight(c.said.Message, ". ")
		if len(c.Way) > 0 {
			values["wrapper"] = string(c.Way[0])
		}
		if number, isEntra := strings.CutPrefix(values["code"], "AADSTS"); isEntra {
			values["entra"] = number
		}
	}
	values["pasted"], values["keeper"], values["lockid"] = "yes", c.keeper(), c.Facts.Get("state lock")
	if inBlob.MatchString(c.At.Text) {
		values["blob"] = "yes"
	}
	if inTerraform.MatchString(c.At.Text) {
		values["terraform"] = "yes"
	}
	values["caller"] = c.Facts.Get("calling resource")
	if name := c.Facts.Get("service connection"); strings.HasPrefix(name, "$(") {
		values["unset"] = name
	}
	values["subscriptionid"] = values["subscription"]
	values["linked"] = values["scope"] // in the texts of a linked scope
	if seconds := c.Facts.Get("retry after"); seconds != "" {
		values["wait"] = seconds + " s"
	}
	if client := c.Facts.Get("client"); strings.Contains(client, "@") {
		values["person"] = client
	}
	if scope := values["scope"]; scope != "" {
		ev := evidence.Evidence{Scope: scope}
		values["managementgroup"] = ev.ManagementGroup()
	}
	for name, value := range values {
		if value == "" {
			delete(values, name)
		}
	}
	return values
}
