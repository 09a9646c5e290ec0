package devops

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"armpreflight/internal/arm"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/web"
)

// Record is what Azure DevOps keeps of a service connection, without its
// credential and without the person who can be contacted about it by mail.
type Record struct {
	ID, Name, Description string
	Owner                 string // "library", in any letter case; "agentcloud"
	Ready                 bool   // false: its creation hasn't ended, or broke partway
	Disabled, Outdated    bool
	Shared                bool
	Projects              int       // in how many projects it is used
	State                 string    // of the last operation: Ready, InProgress, Failed; empty when not told
	StateMessage          string    // why that failed, in the words of the service
	Severity              string    // of that message; mostly empty
	CreationMode          string    // Automatic, Manual; empty when not told
	CreatedBy, ModifiedBy Identity  // zero when not told
	Created, Modified     time.Time // zero when not told
	RevertUntil           time.Time // until when a conversion to federation can be taken back; zero when there is none
}

// Identity is a user or a group of an organization as a record names it.
type Identity struct {
	ID   string `json:"id"`
	Name string `json:"displayName"`
}

// UnmarshalJSON leaves it empty where it isn't as expected: modifiedBy isn't documented.
func (i *Identity) UnmarshalJSON(text []byte) error {
	type plain Identity
	var p plain
	if json.Unmarshal(text, &p) == nil {
		*i = Identity(p)
	}
	return nil
}

// answer is a record as it travels.
// Field names: Azure DevOps REST reference, Serviceendpoint - Endpoints - Get (7.1);
// isDisabled, isOutdated, creationDate, modificationDate, modifiedBy and revertSchemeDeadline are newer than
// the models of azuredevops/v7.
type answer struct {
	ID               string            `json:"id"`
	Name             string            `json:"name"`
	Description      string            `json:"description"`
	Owner            string            `json:"owner"`
	IsReady          *bool             `json:"isReady"`
	IsDisabled       bool              `json:"isDisabled"`
	IsOutdated       bool              `json:"isOutdated"`
	IsShared         bool              `json:"isShared"`
	References       []json.RawMessage `json:"serviceEndpointProjectReferences"`
	OperationStatus  json.RawMessage   `json:"operationStatus"` // no type is documented: see operation
	CreationDate     string            `json:"creationDate"`
	ModificationDate string            `json:"modificationDate"`
	CreatedBy        Identity          `json:"createdBy"`
	ModifiedBy       Identity          `json:"modifiedBy"`
	Data             struct {
		CreationMode         string `json:"creationMode"`
		RevertSchemeDeadline string `json:"revertSchemeDeadline"`
	} `json:"data"`
}

var (
	errHidden  = errors.New("the job can't see the record")
	errUnknown = errors.New("the response isn't the requested record")
)

// Record reads the record of a service connection, in one request. Errors are
// ErrNoToken, ErrNoAddress, ErrForeign or a *evidence.Failure. Its code is
// record-unreadable when the job may not see the record: a refusal (401, 403, 404
// in the evidence) or null with status 200, which is the answer both for no right
// and for no such connection. The right is the role Reader on the connection, for
// the build service of the project or of the collection.
func (c *Client) Record(ctx context.Context, connectionID string) (Record, error) {
	switch {
	case c.recordsErr != nil:
		return Record{}, c.recordsErr
	case !arm.IsGUID(connectionID):
		return Record{}, ErrNoAddress
	}
	ctx, trace := web.Record(ctx)
	_, body, err := c.reads.ask(ctx, c.records.JoinPath(connectionID).String(), "7.1", "")
	if err == nil {
		var r Record
		if r, err = readRecord(body, connectionID); err == nil {
			return r, nil
		}
	}
	failure := failed(ctx, trace, "read the record of the connection")
	switch status := failure.Evidence.Status; {
	case isSignIn(failure.Evidence):
		failure.Code = string(catalogue.JobTokenMissing)
	case errors.Is(err, errHidden), status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		failure.Code = string(catalogue.RecordUnreadable)
	case status >= 200 && status < 300:
		failure.Code = string(catalogue.UnexpectedAnswer)
	}
	return Record{}, failure
}

func readRecord(body []byte, connectionID string) (Record, error) {
	if string(body) == "null" {
		return Record{}, errHidden
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil || a.Name == "" || !strings.EqualFold(a.ID, connectionID) {
		return Record{}, errUnknown
	}
	return a.record(), nil
}

func (a answer) record() Record {
	r := Record{
		ID: a.ID, Name: a.Name, Description: a.Description, Owner: a.Owner,
		Ready:    a.IsReady == nil || *a.IsReady, // a missing value isn't a reason to say that it isn't
		Disabled: a.IsDisabled, Outdated: a.IsOutdated, Shared: a.IsShared, Projects: len(a.References),
		CreationMode: a.Data.CreationMode, CreatedBy: a.CreatedBy, ModifiedBy: a.ModifiedBy,
		Created: date(a.CreationDate), Modified: date(a.ModificationDate), RevertUntil: date(a.Data.RevertSchemeDeadline),
	}
	r.State, r.StateMessage, r.Severity = operation(a.OperationStatus)
	return r
}

// Unfinished reports whether creating the connection hasn't ended, or broke partway.
func (r Record) Unfinished() bool { return !r.Ready || strings.EqualFold(r.State, "Failed") }

// operation reads operationStatus, an object whose severity is mostly null. What
// isn't as expected is left empty.
func operation(status json.RawMessage) (state, message, severity string) {
	var o struct {
		State         string `json:"state"`
		StatusMessage string `json:"statusMessage"`
		Severity      any    `json:"severity"`
	}
	if json.Unmarshal(status, &o) != nil {
		return "", "", ""
	}
	severity, _ = o.Severity.(string)
	return o.State, o.StatusMessage, severity
}

// date reads a date of the service; zero when there is none.
func date(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
