package devops

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"armpreflight/internal/secret"
)

// Listed is a connection as the list of a project gives it: its record, and what
// the connection is made of, without its credential.
type Listed struct {
	Record
	Type, URL  string
	Scheme     string
	Parameters map[string]secret.Text // lower-case keys
	Data       map[string]string      // lower-case keys
	Draft      bool
	In         []Project // the projects that it is used in, as far as the record names them
}

// AzureRM is the type of an Azure Resource Manager connection.
const AzureRM = "azurerm"

// Federated reports whether the connection signs in by workload identity federation.
func (l Listed) Federated() bool { return strings.EqualFold(l.Scheme, "WorkloadIdentityFederation") }

// Connections lists the Azure Resource Manager connections of a project and the
// federated ones of every other type, also those whose making broke partway. An empty list doesn't prove that there are
// none: what a reader may not see is left out.
func (r *Reader) Connections(ctx context.Context, projectID string) iter.Seq2[Listed, error] {
	where := "/" + url.PathEscape(projectID) + "/_apis/serviceendpoint/endpoints"
	return func(yield func(Listed, error) bool) {
		query := url.Values{"includeFailed": {"true"}}
		for a, err := range pages[listedAnswer](ctx, r, "list the connections", where, "7.1", query) {
			l := a.read()
			if err == nil && (a.ID == "" || !strings.EqualFold(a.Type, AzureRM) && !l.Federated()) {
				continue
			}
			if !yield(l, err) {
				return
			}
		}
	}
}

// listedAnswer is a record with what answer leaves out.
type listedAnswer struct {
	answer
	Type          string `json:"type"`
	URL           string `json:"url"`
	Authorization struct {
		Scheme     string                     `json:"scheme"`
		Parameters map[string]json.RawMessage `json:"parameters"`
	} `json:"authorization"`
	All map[string]json.RawMessage `json:"data"`
	In  []struct {
		Project Project `json:"projectReference"`
	} `json:"serviceEndpointProjectReferences"`
}

func (a listedAnswer) read() Listed {
	data := words(a.All)
	a.Data.CreationMode, a.Data.RevertSchemeDeadline = data["creationmode"], data["revertschemedeadline"]
	l := Listed{Record: a.record(), Type: a.Type, URL: a.URL, Scheme: a.Authorization.Scheme, Data: data,
		Parameters: map[string]secret.Text{}, Draft: strings.EqualFold(data["isdraft"], "true")}
	for name, value := range words(a.Authorization.Parameters) {
		switch name {
		case "tenantid", "serviceprincipalid", "authenticationtype", "scope",
			"workloadidentityfederationissuer", "workloadidentityfederationsubject":
			l.Parameters[name] = secret.New(value) // anything else may be a credential, and isn't kept
		}
	}
	l.Projects = len(a.In)
	for _, in := range a.In {
		l.In = append(l.In, in.Project)
	}
	return l
}

// words keeps the texts of an object, by lower-case names.
func words(values map[string]json.RawMessage) map[string]string {
	all := make(map[string]string, len(values))
	for name, raw := range values {
		var text string
		if json.Unmarshal(raw, &text) == nil && text != "" {
			all[strings.ToLower(name)] = text
		}
	}
	return all
}

// LastUse is what the history of a connection in a project tells.
type LastUse struct {
	Used      time.Time       // end of the last job, whatever its result, or its start while it runs; zero when there's none
	Succeeded time.Time       // end of the last job that succeeded; zero when none of those on the newest page did
	Since     time.Time       // how far the page reaches back; zero when it doesn't tell
	Older     bool            // there may be uses before those of the page
	Pipelines []PipelineOfUse // of the jobs on the page, those that used it last first
}

// PipelineOfUse is a pipeline, or a release definition, whose jobs used a connection.
type PipelineOfUse struct {
	Kind string // the plan type: "Build", "Release"; empty when not told
	ID   int    // unique within its kind and project
	Name string
	Runs int       // with a job on the page
	Last time.Time // end or start of the newest of those jobs; zero when not told
	Run  int       // ID of the run that Last is of
}

// newest is how many uses of a connection are read.
const newest = 50

// LastUse reads the newest page of a connection's history: it records that a job
// with the connection ended well, not that it signed in.
func (r *Reader) LastUse(ctx context.Context, projectID, connectionID string) (LastUse, error) {
	var answer struct {
		Value []struct {
			Data struct {
				PlanType   string `json:"planType"`
				Definition struct {
					ID   int    `json:"id"`
					Name string `json:"name"`
				} `json:"definition"`
				Owner struct { // the run
					ID int `json:"id"`
				} `json:"owner"`
				StartTime  string `json:"startTime"`
				FinishTime string `json:"finishTime"`
				Result     string `json:"result"`
			} `json:"data"`
		} `json:"value"`
	}
	older, err := r.get(ctx, "read the history of the connection", "/"+url.PathEscape(projectID)+"/_apis/serviceendpoint/"+url.PathEscape(connectionID)+"/executionhistory",
		"7.1", url.Values{"top": {strconv.Itoa(newest)}}, &answer)
	if err == nil && answer.Value == nil { // no history is an empty list
		err = r.notUnderstood("read the history of the connection")
	}
	var use LastUse
	type key struct {
		kind    string
		id, run int
	}
	places, runs := map[key]int{}, map[key]bool{}
	for _, one := range answer.Value {
		at := date(one.Data.FinishTime)
		used := at
		if used.IsZero() {
			used = date(one.Data.StartTime)
		}
		if used.After(use.Used) {
			use.Used = used
		}
		if d := one.Data.Definition; d.Name != "" {
			pipeline := key{kind: one.Data.PlanType, id: d.ID}
			place, known := places[pipeline]
			if !known {
				place = len(use.Pipelines)
				places[pipeline] = place
				use.Pipelines = append(use.Pipelines, PipelineOfUse{Kind: one.Data.PlanType, ID: d.ID, Name: d.Name})
			}
			p := &use.Pipelines[place]
			if run := (key{one.Data.PlanType, d.ID, one.Data.Owner.ID}); !runs[run] {
				runs[run] = true
				p.Runs++
			}
			if used.After(p.Last) {
				p.Last, p.Run = used, one.Data.Owner.ID
			}
		}
		if (strings.EqualFold(one.Data.Result, "succeeded") || strings.EqualFold(one.Data.Result, "succeededWithIssues")) && at.After(use.Succeeded) {
			use.Succeeded = at
		}
		if !at.IsZero() && (use.Since.IsZero() || at.Before(use.Since)) {
			use.Since = at
		}
	}
	slices.SortStableFunc(use.Pipelines, func(a, b PipelineOfUse) int { return b.Last.Compare(a.Last) })
	use.Older = older != "" || len(answer.Value) >= newest
	return use, err
}

// OpenToAll reports whether every pipeline of a project may use a connection.
func (r *Reader) OpenToAll(ctx context.Context, projectID, connectionID string) (bool, error) {
	var answer struct {
		AllPipelines *struct { // absent where not all may
			Authorized bool `json:"authorized"`
		} `json:"allPipelines"`
		Pipelines []struct{} `json:"pipelines"`
	}
	const doing = "read which pipelines can use the connection"
	_, err := r.get(ctx, doing, "/"+url.PathEscape(projectID)+"/_apis/pipelines/pipelinePermissions/endpoint/"+url.PathEscape(connectionID),
		"7.1-preview.1", nil, &answer)
	if err == nil && answer.AllPipelines == nil && answer.Pipelines == nil {
		err = r.notUnderstood(doing)
	}
	return answer.AllPipelines != nil && answer.AllPipelines.Authorized, err
}
