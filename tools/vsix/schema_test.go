package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBothTasksAreOfThePublishedSchemaButForTheExceptions(t *testing.T) {
	used := map[string]bool{}
	for _, name := range []string{taskFile, gateFile} {
		var value any
		require.NoError(t, json.Unmarshal(read(t, "task/"+name), &value))
		assert.Empty(t, publishedSchema().faults("", value), name)
		note(used, "", value)
	}
	for path := range schemaExceptions {
		assert.True(t, used[path], "the exception %s is not needed any more", path)
	}
}

// note collects the paths of a value.
func note(used map[string]bool, path string, value any) {
	used[path] = true
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			note(used, strings.TrimPrefix(path+"."+key, "."), inner)
		}
	case []any:
		for _, inner := range v {
			note(used, path+"[]", inner)
		}
	}
}

func TestTheSchemaRefusesWhatIsNotOfIt(t *testing.T) {
	const minimal = `"name":"a","label":"b","type":"string"`
	for name, tc := range map[string]struct{ text, fault string }{
		"a key that it does not have":       {`{"groupname":"x"}`, "groupname: there is no such key"},
		"a text where a truth value is due": {`{"inputs":[{` + minimal + `,"required":"true"}]}`, "inputs[].required: it is a string, not a boolean"},
		"a number for a default":            {`{"inputs":[{` + minimal + `,"defaultValue":3}]}`, "not a string or a boolean"},
		"an input without a type":           {`{"inputs":[{"name":"a","label":"b"}]}`, "inputs[]: type is missing"},
		"an input type that does not exist": {`{"inputs":[{"name":"a","label":"b","type":"choice"}]}`, `inputs[].type: "choice"`},
		"resizable with a capital":          {`{"inputs":[{` + minimal + `,"properties":{"resizable":"True"}}]}`, `"True" is neither`},
		"a property in small letters":       {`{"inputs":[{` + minimal + `,"properties":{"EditableOptions":"true"}}]}`, `EditableOptions: "true"`},
		"a handler without a target":        {`{"execution":{"Node24":{}}}`, "execution.Node24: target is missing"},
		"a handler that does not exist":     {`{"execution":{"Node26":{"target":"x"}}}`, "execution.Node26: there is no such key"},
		"an id that is no GUID":             {`{"id":"1"}`, `id: "1"`},
		"null":                              {`{"author":null}`, "author: it is a null"},
	} {
		t.Run(name, func(t *testing.T) {
			var value any
			require.NoError(t, json.Unmarshal([]byte(tc.text), &value))
			assert.Contains(t, strings.Join(publishedSchema().faults("", value), "\n"), tc.fault)
		})
	}
	var fine any
	require.NoError(t, json.Unmarshal([]byte(`{"inputs":[{`+minimal+`,"properties":{"resizable":"true","unknown":1},"options":{"a":"b"}}]}`), &fine))
	assert.Empty(t, publishedSchema().faults("", fine))
}
