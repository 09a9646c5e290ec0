// Package preflight holds the checks: one file for each, and [All] is the list.
//
// A check reaches the world only through [World], decides on its own what it saw,
// and explains it with package diagnosis. Checks don't print, don't decide
// whether the run failed, and never claim more than they saw: what couldn't be
// checked is Unknown.
package preflight

import (
	"cmp"
	"context"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/finding"
	"armpreflight/internal/secret"
)

// Check is a check of this world.
type Check = check.Check[*World]

type state = check.State[*World]

// Variable is a pipeline variable as the job has it now.
type Variable struct {
	Value  string
	Secret bool
}

// World is everything that a check may touch. The functions are handed in, so
// that a check neither knows the agent's environment nor owns a client.
type World struct {
	Now    func() time.Time
	Inputs Inputs

	Variable func(name string) (Variable, bool)                // false: no such variable in this job
	Env      func(name string) string                          // the raw environment; empty when absent
	Macros   func(text string) []string                        // names in $(…) that weren't replaced
	Endpoint func(id string) (connection.Endpoint, bool)       // false: the job wasn't given this connection
	Azure    func(cloud connection.Cloud) *azure.Client        // a client for one cloud
	DevOps   *devops.Client                                    // the job's own organization
	Folder   func() (Folder, error)                            // opens the job's workspace; close it after use
	Open     func(ctx context.Context, host string) error      // opens a connection early; the error is a *evidence.Failure
	Skew     func() (skew time.Duration, host string, ok bool) // how far this machine's clock is ahead
	Redact   secret.Filter                                     // takes out what must not be shown
	Learn    func(secrets []secret.Text, identifiers []string) // gives the one writer what it must not show

	// Overwritten gives the job's variable that may have taken the place of what the agent hands over for a connection, of
	// the job's own for an empty ID; "" = none.
	Overwritten func(id string) string

	OrganizationID string                           // ID of the Azure DevOps organization; empty when unknown
	Link           func(connectionID string) string // page of the connection, of all connections for an empty ID; empty when unknown
	Hosted         bool                             // the agent looks Microsoft-hosted
	Agent          string                           // the agent in words, for explanations
	// IdentityTime is how long a managed identity endpoint may take, on a
	// Microsoft-hosted agent and on a machine of one's own.
	IdentityTime struct{ Hosted, Own time.Duration }
}

// Situation is what's known about this run at its end, for explanations. Today's names override those that the
// connection has kept: it keeps the name that its subscription had when it was created.
func (w *World) Situation(results []check.Result) diagnosis.Situation {
	sit := diagnosis.Situation{Agent: w.Agent, Hosted: w.Hosted, Hide: w.Redact, ConnectionLink: w.Link("")}
	var name, description, subscription string
	for _, r := range results {
		switch facts := r.Facts.(type) {
		case connection.Endpoint:
			sit.Connection, sit.ConnectionLink = facts.ID, w.Link(facts.ID)
		case connection.Connection:
			Describe(&sit, facts)
		case incomplete:
			Describe(&sit, facts.Connection)
		case azure.Token:
			sit.ObjectID = facts.Claims.ObjectID
		case devops.Record:
			name, description = facts.Name, facts.Description
		case azure.Subscription:
			subscription = facts.DisplayName
		}
	}
	sit.Connection, sit.Description = cmp.Or(name, sit.Connection), description
	sit.Subscription = cmp.Or(subscription, sit.Subscription)
	return sit
}

// judge makes items of requests that a job's agent sends.
func (w *World) judge() finding.Judge { return finding.Judge{Timeout: w.Inputs.Timeout} }

// Describe adds what's known from a connection.
func Describe(sit *diagnosis.Situation, conn connection.Connection) {
	sit.TenantID, sit.ClientID, sit.Cloud, sit.Scope = conn.TenantID, secret.Short(conn.ClientID), conn.Cloud.Name, conn.Scope.ID()
	sit.Subscription, sit.SubscriptionID = cmp.Or(conn.Scope.SubscriptionName, conn.Scope.SubscriptionID), conn.Scope.SubscriptionID
	sit.Scheme, sit.Mode = schemeWord(conn.Scheme), modeWord(conn.CreationMode)
}

func schemeWord(s connection.Scheme) diagnosis.Scheme {
	switch s {
	case connection.ServicePrincipalKey:
		return diagnosis.SchemeKey
	case connection.ServicePrincipalCertificate:
		return diagnosis.SchemeCertificate
	case connection.WorkloadIdentityFederation:
		return diagnosis.SchemeFederation
	case connection.ManagedServiceIdentity:
		return diagnosis.SchemeManagedIdentity
	}
	return ""
}

func modeWord(creationMode string) diagnosis.Mode {
	switch creationMode {
	case "Automatic":
		return diagnosis.ModeAutomatic
	case "Manual":
		return diagnosis.ModeManual
	}
	return ""
}

// questionsAtOnce is how many requests about names of the same kind are open at
// the same time.
const questionsAtOnce = 8

// scopesAtOnce is the same for scopes. A deployment can have hundreds of them.
const scopesAtOnce = 16
