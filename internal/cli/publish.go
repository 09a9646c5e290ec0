package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/report"
)

// The types of attachments, by which others find them. They are public.
const (
	reportType = "armpreflight.report-json.v1"
	pageType   = "armpreflight.report.v1"
)

// about is what a report says about the connection. A masked ID stays out of it: the
// document holds what the log holds.
func about(inputs preflight.Inputs, results []check.Result) report.Connection {
	conn, _ := fact[connection.Connection](results)
	record, _ := fact[devops.Record](results)
	c := report.Connection{ID: inputs.Connection, Name: record.Name}
	if conn.ID != "" {
		c.Scheme, c.Cloud, c.TenantID = conn.Scheme.String(), conn.Cloud.Name, conn.TenantID
		c.SubscriptionID, c.Scope = conn.Scope.SubscriptionID, conn.Scope.ID()
	}
	return c
}

// deploymentOf is what a report shows about the deployment.
func deploymentOf(a *preflight.DeploymentAnswer) *report.Deployment {
	var scopes []report.Scope
	for _, s := range a.Scopes {
		scope := report.Scope{Scope: s.Scope, Name: s.Name, Needs: []report.Need{}}
		for _, n := range s.Needs {
			need := report.Need{Action: n.Action, DataAction: n.Data, Certainty: report.Certain, State: report.NeedState(n.State)}
			if n.Likely {
				need.Certainty = report.Likely
			}
			if n.State != preflight.NeedGranted {
				need.Because = n.Because
			}
			scope.Needs = append(scope.Needs, need)
		}
		scopes = append(scopes, scope)
	}
	var beyond []report.Beyond
	for _, b := range a.Beyond {
		beyond = append(beyond, report.Beyond{Scopes: b.Scopes, Role: b.Role, Actions: b.Actions})
	}
	return report.NewDeployment(scopes, beyond)
}

// publish keeps the report of a run in the agent's temporary folder, which the
// agent empties when the job has ended and its uploads are done, and attaches it
// to the run. It returns where the report is. A report that can't be kept is a
// line in the log: it decides nothing.
func publish(log *pipeline.Log, temp, summary string, d report.Document) string {
	folder, err := keep(temp, d)
	if err != nil {
		log.Line("the report wasn't saved: " + err.Error())
		return ""
	}
	path, page, summaryPath := filepath.Join(folder, "report.json"), filepath.Join(folder, "report.html"), filepath.Join(folder, "ARM Preflight.md")
	if log.Alters(path, page, summaryPath) {
		// The agent fails the step for a file that it can't find.
		log.Line("the report is in the agent's temporary folder and isn't attached: its path contains a secret of this job, or characters that can't be printed")
		return ""
	}
	log.Attach(reportType, filepath.Base(folder), path)
	log.Attach(pageType, filepath.Base(folder), page)
	if summary == "always" || summary == "problems" && d.Result != check.Pass.String() {
		log.Summary(summaryPath)
	}
	return path
}

// keep writes the files of a report into a new folder that only this user can open.
func keep(temp string, d report.Document) (string, error) {
	if !filepath.IsAbs(temp) {
		return "", errors.New("the agent doesn't have a temporary folder")
	}
	document, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return "", err
	}
	junit, err := d.JUnit()
	if err != nil {
		return "", err
	}
	page, err := d.HTML()
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp(temp, "armpreflight-report-")
	if err != nil {
		return "", err
	}
	for name, text := range map[string][]byte{"report.json": document, "report.html": page, "junit.xml": junit, "ARM Preflight.md": []byte(d.Markdown())} {
		var file bytes.Buffer
		out := pipeline.NewLog(&file, nil).Document()
		_, _ = out.Write(text) // a buffer takes all
		_ = out.Close()
		if err := os.WriteFile(filepath.Join(folder, name), file.Bytes(), 0o600); err != nil {
			return "", err
		}
	}
	return folder, nil
}
