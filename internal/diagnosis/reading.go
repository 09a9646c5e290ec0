package diagnosis

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/codetext"
	"armpreflight/internal/evidence"
	"armpreflight/internal/lazyregexp"
)

// A Reading is what a pasted text or a log comes down to.
type Reading struct {
	Mentions codetext.Mentions
	Causes   []Cause   // in the order in which the reader should act
	Failures []Failure // the steps of a log that failed, in its order

	about bool // there are words of Azure in it
}

// A Cause is one failure that a text reports.
type Cause struct {
	Entry Entry
	Way   []Code // what's around it in the text: its outer codes and sentences
	Facts evidence.Facts
	Said  evidence.Saying // the innermost error of the text, where nothing that's known is inside the wrappers
	At    evidence.Message
	Also  []evidence.Message // other errors of a log with the same cause
}

// A Failure is a step of a log with an error.
type Failure struct {
	At   evidence.Message // its first error that says what it is; otherwise its first
	Code Code             // of the cause that the error leads to; empty if it reports nothing that's known
}

// Read finds the causes in a text of any size, and the codes and the phrases (in lower case) that it names.
func Read(r io.Reader, phrases ...string) (Reading, error) {
	var messages evidence.Messages
	found, err := scan(r, &messages, phrases...)
	reading := Reading{Mentions: found}
	all := messages.Errors
	pasted := messages.Pasted()
	reading.about = pasted.Text == "" || aboutAzure.MatchString(pasted.Text)
	if pasted.Text != "" && !messages.Steps {
		// What leads is judged by the whole text: its parts explain each other.
		reading.add(pasted)
	}
	for _, e := range all {
		reading.add(e)
	}
	reading.order()
	return reading, err
}

// add takes what a message comes down to.
func (r *Reading) add(m evidence.Message) {
	c, ok := causeIn(m)
	if m.Step != "" {
		r.failed(m, c.Entry.Code)
	}
	if !ok {
		return
	}
	if i := slices.IndexFunc(r.Causes, func(known Cause) bool { return known.same(c) }); i >= 0 {
		known := &r.Causes[i]
		if !sameStep(m, known.At) && !slices.ContainsFunc(known.Also, func(a evidence.Message) bool { return sameStep(a, m) }) {
			known.Also = append(known.Also, m)
		}
		return
	}
	r.Causes = append(r.Causes, c)
}

// sameAdvice says whether a code has the explanation of an entry.
func sameAdvice(code Code, e Entry) bool {
	other, known := Lookup(code)
	return known && other.Advice == e.Advice
}

// same says whether two errors have one explanation.
func (c Cause) same(other Cause) bool {
	return c.Entry.Advice == other.Entry.Advice && (!c.Entry.Unlisted() || c.Entry.Code == other.Entry.Code)
}

func sameStep(a, b evidence.Message) bool {
	return a.Step == b.Step && a.Job == b.Job && a.JobNumber == b.JobNumber
}

// failed notes an error of a step: of several, the first one whose cause is known, and of those the one that wraps least.
func (r *Reading) failed(m evidence.Message, code Code) {
	i := slices.IndexFunc(r.Failures, func(f Failure) bool { return sameStep(f.At, m) })
	if i < 0 {
		r.Failures = append(r.Failures, Failure{m, code})
		return
	}
	known := &r.Failures[i]
	e, isCode := Lookup(code)
	before, wasCode := Lookup(known.Code)
	if isCode && (!wasCode || e.Wraps < before.Wraps) {
		*known = Failure{m, code}
	}
}

// order drops what's only the way to another cause, and puts first what needs action first.
func (r *Reading) order() {
	isWay := func(c Cause) bool {
		return slices.ContainsFunc(r.Causes, func(other Cause) bool {
			if c.Entry.Unlisted() && c.At.Step != "" && !sameStep(c.At, other.At) {
				return false // it's of another step, and has no explanation
			}
			return other.Entry.Code != c.Entry.Code && (slices.Contains(other.Way, c.Entry.Code) || c.Entry.Wraps > other.Entry.Wraps)
		})
	}
	kept := slices.DeleteFunc(slices.Clone(r.Causes), isWay)
	if len(kept) > 0 {
		r.Causes = kept
	}
	slices.SortStableFunc(r.Causes, func(a, b Cause) int {
		return cmp.Compare(later(a.Entry), later(b.Entry))
	})
}

// Claims says whether a code that the text names needs an explanation: a word that others use as well does if the text is
// about Azure.
func (r Reading) Claims(code Code, spoken bool) bool {
	if spoken && len(r.Causes) > 0 && !slices.ContainsFunc(r.Causes, func(c Cause) bool { return c.Entry.Code == code || slices.Contains(c.Way, code) }) {
		return false // a longer sentence, or a code next to it, says what it's about
	}
	e, _ := Lookup(code)
	return !e.General || slices.ContainsFunc(r.Causes, func(c Cause) bool { return c.Entry.Code == code || slices.Contains(c.Way, code) }) || r.about
}

// later is 1 for what may pass without a fix.
func later(e Entry) int {
	if e.Retry == RetryTransient {
		return 1
	}
	return 0
}

// causeIn finds what a message comes down to; false if it reports nothing that's known.
func causeIn(m evidence.Message) (Cause, bool) {
	lines := m.Lines()
	flat := evidence.Flat(lines)
	codes := withDenial(codetext.Codes(lines, knownCode), flat)
	about := aboutAzure.MatchString(flat)
	var fits []candidate
	for _, c := range candidates(evidence.Evidence{Codes: codes, Message: flat}) {
		if about || claims(c) {
			fits = append(fits, c)
		}
	}
	if len(fits) == 0 {
		cause := Cause{At: m, Facts: evidence.FactsIn(flat)}
		if aService.MatchString(lines) && (about || ofSignIn.MatchString(lines)) {
			cause.inner(lines)
		}
		return cause, cause.Entry.Unlisted()
	}
	slices.SortStableFunc(fits, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.entry.Wraps, b.entry.Wraps), b.weight.compare(a.weight))
	})
	lead := fits[0].entry
	cause := Cause{Entry: lead, At: m, Facts: evidence.FactsIn(flat)}
	// A sign of code and words speaks for an entry of ours; the code itself is then on the way to it.
	for _, code := range codes {
		if e, ok := Lookup(Code(code)); ok && e.Code != lead.Code && !slices.Contains(cause.Way, e.Code) {
			cause.Way = append(cause.Way, e.Code)
		}
	}
	for _, c := range fits[1:] {
		if c.entry.Wraps > 0 && c.entry.Advice != lead.Advice && !slices.ContainsFunc(cause.Way, func(code Code) bool { return sameAdvice(code, c.entry) }) {
			cause.Way = append(cause.Way, c.entry.Code)
		}
	}
	if lead.Wraps >= onlyWraps {
		cause.inner(lines)
		if cause.Entry.Code != lead.Code {
			cause.Way = slices.DeleteFunc(cause.Way, func(code Code) bool { return code == cause.Entry.Code || code == lead.Code })
			cause.Way = slices.Insert(cause.Way, 0, lead.Code)
		}
	}
	return cause, true
}

// denials are the codes that say what a sentence says.
var denials = map[evidence.Denial]Code{
	evidence.Denied:             catalogue.AuthorizationFailed,
	evidence.DeniedLinked:       catalogue.LinkedAuthorizationFailed,
	evidence.DeniedByAssignment: catalogue.DenyAssignmentAuthorizationFailed,
}

// withDenial adds the code of a sentence that refuses an action, as the innermost, where no code says so.
func withDenial(codes []string, flat string) []string {
	code, denied := denials[evidence.DenialIn(flat)]
	if !denied {
		return codes
	}
	for _, says := range denials {
		if slices.Contains(codes, string(says)) {
			return codes
		}
	}
	return append(codes, string(code))
}

// aboutAzure are the words without which a general word or a failure of the network may be about anything.
var aboutAzure = &lazyregexp.Regexp{Expression: `(?i)azure|microsoft|aadsts|msal|msi\b|entra\b|windows\.net|visualstudio\.com|169\.254\.169\.254|service connection|service principal|/subscriptions/|connectedservicename`}

// claims says whether a message is about an entry even where nothing else in it is about Azure.
func claims(c candidate) bool {
	code := string(c.entry.Code)
	switch {
	case strings.HasPrefix(code, "AADSTS"), strings.HasPrefix(code, "TF"), strings.HasPrefix(code, "VS"):
		return true
	case c.entry.General:
		return false
	case c.weight.depth > 0:
		return true
	}
	return c.weight.words >= 20
}

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
		return "in '" + f("present location") + "'" + clause(f("requested location"), ", and '", "' was asked for")
	case f("quota") != "":
		return f("quota") + clause(f("limit"), ", limit ", "") + clause(f("used"), ", used ", "") + clause(f("needed"), ", needed ", "")
	case f("policy's reason") != "":
		return f("policy's reason")
	case f("policy assignment") != "":
		return "assignment '" + f("policy assignment") + "'"
	case !c.Entry.Unlisted():
		return strings.TrimRight(c.Said.Message, ". ")
	}
	return ""
}

// thing is what a message is about, where the title doesn't name it.
func (c Cause) thing(title string) string {
	for _, name := range []string{"key vault", "storage account", "cluster", "database server", "application", "subscription", "issuer", "host"} {
		if value := c.Facts.Get(name); value != "" && !strings.Contains(title, value) {
			return name + " " + value
		} else if value != "" {
			return ""
		}
	}
	return ""
}

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
// late by an hour didn't expire within the first one, and a variable that wasn't replaced needs no permission.
func (c Cause) ruledOut(p catalogue.Plain) catalogue.Plain {
	var out *lazyregexp.Regexp
	switch late := c.Facts.Get("too late by"); {
	case hours.MatchString(late):
		if out = clock; !strings.HasSuffix(late, " min") || strings.Contains(late, " h ") {
			out = clockOrEarly
		}
		p.Fixes = slices.DeleteFunc(slices.Clone(p.Fixes), func(f catalogue.PlainFix) bool { return f.Who == NetworkAdministrator })
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

var (
	azcopy       = &lazyregexp.Regexp{Expression: `(?i)\bazcopy|AzureFileCopy|no SAS token or OAuth token`}
	inPod        = &lazyregexp.Regexp{Expression: `kubelet|FailedMount|secrets-store|\bnmi response|aad-pod-identity|azure-workload-identity|azwi-webhook`}
	inTerraform  = &lazyregexp.Regexp{Expression: `(?i)\bterraform\b|\bazurerm_|\bazapi_|\bazuread_|Error retrieving keys for Storage Account|\(Subscription: "`}
	onSelfHosted = &lazyregexp.Regexp{Expression: `/(?:azp|agent|agents)/_(?:work|tasks|temp)|\b[A-Z]:\\[Aa]gents?\\`}
	onHosted     = &lazyregexp.Regexp{Expression: `/home/vsts/|/Users/runner/work/|\b[DC]:\\a\\(?:1|_work|_tasks|r1)\b`} // folders of Microsoft-hosted agents only
)

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
		values["code"], values["message"] = string(c.Entry.Code), strings.TrimRight(c.Said.Message, ". ")
		if len(c.Way) > 0 {
			values["wrapper"] = string(c.Way[0])
		}
		if number, isEntra := strings.CutPrefix(values["code"], "AADSTS"); isEntra {
			values["entra"] = number
		}
	}
	values["pasted"] = "yes"
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
