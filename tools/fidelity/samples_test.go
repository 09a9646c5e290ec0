package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnAnswerIsComparedInNamesAndTypes(t *testing.T) {
	sample := answer{Status: 401, Headers: map[string]string{"Content-Type": "application/json; charset=utf-8", "Retry-After": "5"},
		Body: json.RawMessage(`{"error":{"code":"A","details":[{"n":1}]},"when":null}`)}
	same := answer{Status: 401, Headers: map[string]string{"content-type": "application/json", "retry-after": "9"},
		BodyText: `{"error":{"code":"B","details":[{"n":2}]},"when":"today"}`}
	assert.Empty(t, compare(sample, same), "values don't count, and null may be anything")
	for want, change := range map[string]func(*answer){
		"the status is 400, not 401":                           func(a *answer) { a.Status = 400 },
		"no header Retry-After":                                func(a *answer) { a.Headers = map[string]string{"content-type": "application/json"} },
		"the Content-Type is text/plain, not application/json": func(a *answer) { a.Headers = map[string]string{"content-type": "text/plain", "retry-after": "9"} },
		"no .error.code":                                       func(a *answer) { a.BodyText = `{"error":{"details":[{"n":2}]},"when":null}` },
		"also .error.more":                                     func(a *answer) { a.BodyText = `{"error":{"code":"B","details":[{"n":2}],"more":1},"when":null}` },
		".error.details[].n is a string, not a number":         func(a *answer) { a.BodyText = `{"error":{"code":"B","details":[{"n":"2"}]},"when":null}` },
		`the body isn't JSON but "<html>"`:                     func(a *answer) { a.BodyText = "<html>" },
	} {
		got := same
		change(&got)
		assert.Equal(t, []string{want}, compare(sample, got))
	}
}

func TestEachSampleHasItsQuestionOrAReason(t *testing.T) {
	for name, q := range questions {
		assert.True(t, q.ask != nil || q.differs != "", "%s is neither asked nor explained", name)
	}
}
