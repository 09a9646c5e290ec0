package evidence

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"armpreflight/internal/codetext"
)

// readBody finds out which of the known shapes the text has.
func (ev *reader) readBody(text string) {
	var value any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	switch {
	case text == "":
	case ev.ContentType == HTML:
		ev.Message = ev.hide.Line(pageTitle(ev.redact.Head(text, maxPage), ev.hide), MaxMessage)
		ev.Body = ev.hide.Head(text, MaxBody)
	case ev.Status >= 200 && ev.Status < 300:
		// An answer, not an error: its values don't matter here, its form may.
		if decoder.Decode(&value) == nil {
			ev.Message = ev.fieldNames(value)
		}
	case decoder.Decode(&value) != nil:
		ev.readText(text)
		ev.Body = ev.hide.Head(text, MaxBody)
	default:
		ev.readJSON(value, 0)
		ev.Body = ev.hide.Head(scrubJSON(value, text), MaxBody)
	}
}

// readText keeps the words, and the codes and IDs in them.
func (ev *reader) readText(text string) {
	if ev.left <= 0 {
		return
	}
	text = ev.redact.Head(text, min(8*MaxMessage, ev.left))
	ev.left -= len(text)
	sentence, ids := splitTail(text)
	ev.setMessage(sentence)
	ev.TraceID = cmp.Or(ev.TraceID, ids.trace)
	ev.CorrelationID = cmp.Or(ids.correlation, ev.CorrelationID)
	ev.Timestamp = cmp.Or(ev.Timestamp, ids.timestamp)
	for _, code := range codetext.ByForm(text) {
		ev.addCode(code)
	}
}

// maxDepth bounds the descent into details of details.
const maxDepth = 8

func (ev *reader) readJSON(value any, depth int) {
	if depth > maxDepth {
		return
	}
	switch v := value.(type) {
	case string:
		ev.readText(v)
	case []any:
		for _, element := range v[:min(len(v), MaxCodes)] {
			ev.readJSON(element, depth+1)
		}
	case map[string]any:
		ev.readObject(fold(v), depth)
	}
}

// readObject takes the fields of all shapes by name, whatever the service: a gateway in front of one service answers in
// the words of another.
func (ev *reader) readObject(o map[string]any, depth int) {
	// Entra and the managed identity endpoint: {"error":"invalid_client","error_description":"AADSTS…","error_codes":[…]}.
	if text, ok := o["error"].(string); ok {
		ev.EntraError = cmp.Or(ev.EntraError, ev.word(text))
		ev.setMessage(text)
	}
	ev.Suberror = cmp.Or(ev.Suberror, ev.word(text(o["suberror"])))
	for _, code := range entraCodes(o["error_codes"]) {
		ev.addCode(code)
	}
	ev.TraceID = cmp.Or(ev.TraceID, ev.identifier(text(o["trace_id"])))
	ev.CorrelationID = cmp.Or(ev.identifier(text(o["correlation_id"])), ev.CorrelationID)
	ev.Timestamp = cmp.Or(ev.Timestamp, ev.identifier(text(o["timestamp"])))
	if description := text(o["error_description"]); description != "" {
		ev.Message = ""
		ev.readText(description)
	}

	// ARM and Graph, with and without the envelope: {"error":{"code":…,"message":…,"details":[…]}}.
	if inner, ok := o["error"].(map[string]any); ok {
		ev.readJSON(inner, depth+1)
	}
	ev.addCode(ev.word(text(o["code"])))
	// Azure DevOps: {"message":"TF400813: …","typeKey":"UnauthorizedRequestException"}.
	ev.addCode(ev.word(text(o["typekey"])))
	for _, name := range []string{"message", "errormessage"} {
		if sentence := text(o[name]); sentence != "" {
			ev.readText(sentence)
		}
	}
	// A number is HTTP's own again; an object in it has Graph's request ID.
	if inner, ok := o["innererror"].(map[string]any); ok {
		ev.RequestID = cmp.Or(ev.RequestID, ev.identifier(text(fold(inner)["request-id"])))
	}
	ev.readJSON(o["details"], depth+1)
	ev.readJSON(o["innerexception"], depth+1)
	// Azure DevOps: {"count":1,"value":{"Message":"…"}} and {"count":151,"value":"…"}.
	if _, list := o["count"]; list {
		if _, data := o["value"].([]any); !data {
			ev.readJSON(o["value"], depth+1)
		}
	}
}

// setMessage keeps the first sentence it gets: the outer one is the service's own summary.
func (ev *reader) setMessage(sentence string) {
	if ev.Message == "" {
		ev.Message = ev.hide.Line(sentence, MaxMessage)
	}
}

func (ev *Evidence) addCode(code string) {
	if code != "" && len(ev.Codes) < MaxCodes && !slices.Contains(ev.Codes, code) {
		ev.Codes = append(ev.Codes, code)
	}
}

// entraCodes gives Entra's numbers as the codes people search for. The least specific one goes first wherever it was.
func entraCodes(value any) []string {
	numbers, _ := value.([]any)
	var codes []string
	for _, n := range numbers[:min(len(numbers), MaxCodes)] {
		number, ok := n.(json.Number)
		if !ok {
			continue
		}
		if id, err := strconv.ParseUint(number.String(), 10, 32); err == nil && id > 0 {
			codes = append(codes, "AADSTS"+strconv.FormatUint(id, 10))
		}
	}
	slices.SortStableFunc(codes, func(a, b string) int {
		switch {
		case codetext.IsGeneral(a) && !codetext.IsGeneral(b):
			return -1
		case codetext.IsGeneral(b) && !codetext.IsGeneral(a):
			return 1
		}
		return 0
	})
	return codes
}

// fold gives an object's fields by lower-case name; of two that differ by case only, the first in alphabetical order stays.
func fold(object map[string]any) map[string]any {
	folded := make(map[string]any, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		lower := strings.ToLower(name)
		if _, taken := folded[lower]; !taken {
			folded[lower] = object[name]
		}
	}
	return folded
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// fieldNames describes a JSON value without any of its values.
func (ev *reader) fieldNames(value any) string {
	object, ok := value.(map[string]any)
	if !ok {
		return ""
	}
	names := slices.Sorted(maps.Keys(object))
	names = names[:min(len(names), 12)]
	for i, name := range names {
		if len(name) > 40 {
			name = ev.hide.Cut(name, 40) // Line would hide only a whole secret
		}
		names[i] = strconv.Quote(name)
	}
	if len(names) == 0 {
		return "an empty JSON object"
	}
	return ev.hide.Line("a JSON object with the fields "+strings.Join(names, ", "), MaxMessage)
}
