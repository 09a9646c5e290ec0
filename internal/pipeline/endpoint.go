package pipeline

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/secret"
)

// systemConnection is the ID of the connection to Azure DevOps itself that every step is given.
const systemConnection = "SYSTEMVSSCONNECTION"

// Endpoint is a service connection as the agent hands it over (microsoft/azure-pipelines-agent
// src/Agent.Worker/Handlers/Handler.cs). Keys are in lower case; the maps are never nil.
type Endpoint struct {
	ID         string // GUID in lower case, or SYSTEMVSSCONNECTION
	URL        string // "" when there is none
	Scheme     string // as the service spells it
	Parameters map[string]secret.Text
	Data       map[string]string
}

// Endpoint gives the connection with an ID, a GUID in any case. False: the agent handed over nothing for it, as happens
// without an error when the input holds a name, an unresolved macro, or a connection that this job doesn't reference.
func (t *Task) Endpoint(id string) (Endpoint, bool) {
	guid, ok := arm.ParseGUID(strings.TrimSpace(id))
	if !ok {
		return Endpoint{}, false
	}
	return t.endpoint(guid.String())
}

// JobEndpoint gives the connection to Azure DevOps that comes with every step: its address and the job's token.
func (t *Task) JobEndpoint() (Endpoint, bool) { return t.endpoint(systemConnection) }

// endpoint gives a connection that was read; its maps are the caller's own.
func (t *Task) endpoint(id string) (Endpoint, bool) {
	e, ok := t.endpoints()[id]
	if !ok {
		return Endpoint{ID: id, Parameters: map[string]secret.Text{}, Data: map[string]string{}}, false
	}
	e.Parameters, e.Data = maps.Clone(e.Parameters), maps.Clone(e.Data)
	return e, true
}

// readEndpoints reads every connection that the agent gave any value of.
func (t *Task) readEndpoints() map[string]Endpoint {
	all := map[string]Endpoint{}
	for _, id := range t.idsBehind("ENDPOINT_URL_", "ENDPOINT_AUTH_", "ENDPOINT_DATA_") {
		if e, ok := t.readEndpoint(id); ok {
			all[id] = e
		}
	}
	return all
}

// readEndpoint reads the agent's own variables and nothing else. A pipeline variable
// may be named like one of them: it arrives in upper case, or, kept in case, is
// overwritten by the agent's, which come later. Not so with the single variables
// of a connection's parameters and data, where a name that the agent has no value
// for is the variable's: those are left alone, and only the JSON counts.
func (t *Task) readEndpoint(id string) (Endpoint, bool) {
	var auth struct {
		Scheme     any                        `json:"scheme"`
		Parameters map[string]json.RawMessage `json:"parameters"`
	}
	var data map[string]json.RawMessage
	address, hasURL := t.agents("ENDPOINT_URL_" + id)
	authJSON, hasAuth := t.agents("ENDPOINT_AUTH_" + id)
	dataJSON, hasData := t.agents("ENDPOINT_DATA_" + id)
	// What can't be read is missing; whether the rest is enough isn't judged here.
	_ = json.Unmarshal([]byte(authJSON.Reveal()), &auth)
	_ = json.Unmarshal([]byte(dataJSON.Reveal()), &data)

	scheme, _ := auth.Scheme.(string)
	endpoint := Endpoint{ID: id, URL: address.Reveal(), Scheme: scheme, Parameters: fields(auth.Parameters), Data: map[string]string{}}
	for name, value := range fields(data) {
		endpoint.Data[name] = value.Reveal()
	}
	return endpoint, hasURL || hasAuth || hasData
}

// agents gives a variable of exactly that name, as the agent writes it.
func (t *Task) agents(name string) (secret.Text, bool) {
	value, ok := t.env[name]
	if !ok && t.anyCase {
		value, ok = t.byName[strings.ToUpper(name)]
	}
	return value, ok
}

// fields gives the values of a JSON object by lower-case key. A value that isn't a string counts as it is written, null as
// empty. Of keys that differ in case only, one with a value counts.
func fields(object map[string]json.RawMessage) map[string]secret.Text {
	found := make(map[string]secret.Text, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		raw := object[key]
		value := string(raw)
		var text *string
		if err := json.Unmarshal(raw, &text); err == nil {
			value = ""
			if text != nil {
				value = *text
			}
		}
		if lower := strings.ToLower(key); found[lower].IsZero() {
			found[lower] = secret.New(value)
		}
	}
	return found
}

// JobToken gives the job's access token for Azure DevOps: from the connection that every step has, then from the
// variable System.AccessToken, secret or mapped into the step's env. Empty when there is none.
func (t *Task) JobToken() secret.Text {
	endpoint, _ := t.JobEndpoint()
	for _, token := range []secret.Text{
		endpoint.Parameters["accesstoken"],
		t.byName["SECRET_SYSTEM_ACCESSTOKEN"],
		t.byName["SYSTEM_ACCESSTOKEN"],
	} {
		// A mapping of a variable that doesn't exist leaves the macro, which isn't a token.
		if value := strings.TrimSpace(token.Reveal()); value != "" && len(Macros(value)) == 0 {
			return secret.New(value)
		}
	}
	return secret.Text{}
}
