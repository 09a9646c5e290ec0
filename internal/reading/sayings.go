package reading

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"armpreflight/internal/codetext"
	"armpreflight/internal/evidence"
	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/secret"
)

// A saying is an error as a text gives it: a code, and the service's message behind it. Either can be empty. The message
// has no more than maxSaid characters, in one line, without what looks like a credential.
type saying struct{ Code, Message string }

// maxSaid is how many characters of the message of an unknown error are shown.
const maxSaid = 300

// Limits of what's read for a message that's shown.
const (
	maxSayings  = 64   // errors of a text
	maxSaidRead = 1000 // bytes of a message
)

// sayingForms are the forms in which services and tools write a code with its message: the group is the code, and the
// message is behind it, or in front.
var sayingForms = []struct {
	form *lazyregexp.Regexp
	end  *lazyregexp.Regexp // of the message
	line bool               // any word can be in front of the colon
	last bool               // the code is behind its message
}{
	// Terraform and the SDK for Go before track 2: Code="X" Message="…".
	{form: &lazyregexp.Regexp{Expression: `\bCode="([^"\s]+)"\s+Message="`}, end: quotedEnd},
	// The Azure CLI: (X) …, and below it Code: X, Message: ….
	{form: &lazyregexp.Regexp{Expression: `(?m)^\s*(?:ERROR:\s*|Exception Details:\s*|Inner Errors?:\s*)*\((\w+)\)\s`}, end: saidEnd},
	{form: &lazyregexp.Regexp{Expression: `(?m)^\s*(?:Inner error )?[Cc]ode: (\w+)\s*\n\s*Message: `}, end: saidEnd},
	// Az PowerShell: … (Code: X), and older Code=X; Message=….
	{form: &lazyregexp.Regexp{Expression: `\(Code:\s?(\w+)\)`}, last: true},
	{form: &lazyregexp.Regexp{Expression: `\bCode=(\w+); Message=`}, end: saidEnd},
	{form: &lazyregexp.Regexp{Expression: `\bErrorCode: (\w+)\s*\n\s*ErrorMessage: `}, end: saidEnd},
	// The SDK for Go, and a task of Azure DevOps.
	{form: &lazyregexp.Regexp{Expression: `with error: (\w+): `}, end: saidEnd},
	{form: &lazyregexp.Regexp{Expression: `(?m)^(?:Error: )?((?:[A-Z][a-z]+)+): `}, end: saidEnd, line: true},
	// Storage.
	{form: &lazyregexp.Regexp{Expression: `<Code>(\w+)</Code>\s*<Message>`}, end: &lazyregexp.Regexp{Expression: `<`}},
	// Microsoft Entra, AD FS, and Azure DevOps.
	{form: &lazyregexp.Regexp{Expression: `\b((?:AADSTS|MSIS|TF|VS)\d+): `}, end: saidEnd},
}

var (
	jsonField = &lazyregexp.Regexp{Expression: `"(code|message)"\s*:\s*"`}
	// A message in JSON ends where another field or the object does: the quotation marks in it have lost their backslashes.
	jsonEnd    = &lazyregexp.Regexp{Expression: `"\s*(?:,\s*["{]|[}\]]|$)`}
	jsonObject = &lazyregexp.Regexp{Expression: `\{\s*"`}
	quotedEnd  = &lazyregexp.Regexp{Expression: `"\s*(?:(?:Details|Target|InnerError|AdditionalInfo)=|[)\]}│]|\n|$)`}
	// Behind a message that isn't quoted, these begin something else.
	saidEnd = &lazyregexp.Regexp{Expression: `\n\s*\n|\n\s*(?:Code|Message|Target|Exception Details|Inner Errors?|Additional Information|Correlation ?I[dD]|Status Message|StackTrace|At line|At [A-Z/]|ERROR|Error|Check out the troubleshooting guide):?|\n\s*[-+~]|\(Code:| Trace ID: |"\s*[,}\]]`}
	// What's in front of a message whose code is behind it.
	saidStart = &lazyregexp.Regexp{Expression: `(?:^|\n)\s*(?:Status Message: |- |[^\n]*Error: )|\(Code:\s?\w+\)|\n\s*\n|(?:^|\n)[^\n]*error\(s\)[^\n]*\n`}
	// Exceptions of a language aren't codes of a service.
	exception = &lazyregexp.Regexp{Expression: `(?:Exception|Error|Warning|Id|Message)$`}
)

// sayingsIn gives the errors of a message that are next to a code, outermost first. lines is what Message.plain gives.
func sayingsIn(lines string) []saying {
	lines = withoutKeys(evidence.Scrub(lines)) // before anything is cut
	found := jsonSayings(lines)
	for _, f := range sayingForms {
		for _, m := range f.form.FindAllStringSubmatchIndex(lines, maxSayings) {
			s := placed{at: m[2], saying: saying{Code: lines[m[2]:m[3]]}}
			switch {
			case f.line && (!codetext.IsCodeForm(s.Code) || exception.MatchString(s.Code)):
				continue
			case f.last:
				s.Message = lines[max(0, m[0]-maxSaidRead):m[0]]
				if starts := saidStart.FindAllStringSubmatchIndex(s.Message, -1); len(starts) > 0 {
					s.Message = s.Message[starts[len(starts)-1][1]:]
				}
				s.Message = strings.TrimPrefix(strings.TrimSpace(s.Message), "Status Message: ")
			default:
				s.Message = upTo(lines[m[1]:min(len(lines), m[1]+maxSaidRead)], f.end)
			}
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	var all []saying
	for _, f := range found {
		if !codetext.LooksLikeCode(f.Code) || unicode.IsDigit(rune(f.Code[0])) {
			f.Code = ""
		}
		f.Message = said(f.Message)
		if i := slices.IndexFunc(all, func(s saying) bool { return s.Code != "" && strings.EqualFold(s.Code, f.Code) }); i >= 0 && (f.Message == "" || all[i].Message == f.Message) {
			continue
		}
		if f.saying != (saying{}) {
			all = append(all, f.saying)
		}
	}
	return all
}

// placed is a saying and where it starts.
type placed struct {
	saying
	at int
}

// jsonSayings are those of objects with the fields code and message, in either order.
func jsonSayings(text string) []placed {
	type field struct {
		start, end int // of the name, and of the quotation mark in front of the value
		value      string
		isCode     bool
	}
	var fields []field
	for _, m := range jsonField.FindAllStringSubmatchIndex(text, 2*maxSayings) {
		f := field{start: m[0], end: m[1], value: upTo(text[m[1]:min(len(text), m[1]+maxSaidRead)], jsonEnd), isCode: text[m[2]:m[3]] == "code"}
		if f.isCode || !jsonObject.MatchString(f.value) { // a message that is another object has its own fields
			fields = append(fields, f)
		}
	}
	// Fields of one object have no braces between them.
	together := func(a, b field) bool {
		return b.start > a.end && !strings.ContainsAny(text[min(len(text), a.end+len(a.value)):max(b.start, min(len(text), a.end+len(a.value)))], "{}")
	}
	var found []placed
	for i, f := range fields {
		if !f.isCode {
			continue
		}
		s := placed{saying{Code: f.value}, f.start}
		switch {
		case i+1 < len(fields) && !fields[i+1].isCode && together(f, fields[i+1]):
			s.Message = fields[i+1].value
		case i > 0 && !fields[i-1].isCode && together(fields[i-1], f):
			s.Message = fields[i-1].value
		}
		found = append(found, s)
	}
	return found
}

func upTo(text string, end *lazyregexp.Regexp) string {
	if at := end.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

var (
	// Messages that only say that something inside them failed.
	emptyWords = &lazyregexp.Regexp{Expression: `(?i)^(?:at least one resource deployment operation failed|the template deployment .*is not valid|the template deployment failed with|the resource (?:write )?operation (?:completed|failed to complete)|template output evaluation skipped|deployment failed\.?$|multiple errors? occurred|exception details|see inner errors?|the deployment .*failed with error|one or more errors occurred)`}
	urlUser    = &lazyregexp.Regexp{Expression: `(://)[^/\s@]+@`}
	longWord   = &lazyregexp.Regexp{Expression: `[A-Za-z0-9_~.-]{30,}`}
	base64Word = &lazyregexp.Regexp{Expression: `[A-Za-z0-9+/]{20,}={1,2}`}
	onlyGUID   = &lazyregexp.Regexp{Expression: `^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`}
	small      = &lazyregexp.Regexp{Expression: `[a-z]`}
	capital    = &lazyregexp.Regexp{Expression: `[A-Z]`}
	number     = &lazyregexp.Regexp{Expression: `[0-9]`}
)

// said is a message as it can be shown; empty if it's another error, or says nothing.
func said(message string) string {
	message = strings.Trim(oneLine(message), ` "'`)
	if message == "" || message[0] == '{' || message[0] == '[' || message[0] == '<' || emptyWords.MatchString(message) {
		return ""
	}
	if at := strings.Index(message, "{\""); at > 0 { // an error inside it follows
		message = strings.TrimSpace(message[:at])
	}
	return secret.Filter(nil).Line(message, maxSaid)
}

// withoutKeys takes out what could be a key or a password although nothing names it.
func withoutKeys(text string) string {
	text = urlUser.ReplaceAllString(text, "${1}"+evidence.Removed+"@")
	text = base64Word.ReplaceAllString(text, evidence.Removed)
	return longWord.ReplaceAllStringFunc(text, func(word string) string {
		if !onlyGUID.MatchString(word) && (opaque.MatchString(word) || small.MatchString(word) && capital.MatchString(word) && number.MatchString(word)) {
			return evidence.Removed
		}
		return word
	})
}
