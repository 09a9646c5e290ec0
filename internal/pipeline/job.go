package pipeline

import (
	"encoding/json"
	"strings"

	"armpreflight/internal/secret"
)

// Hosting tells whose machine the agent runs on.
type Hosting int

// The kinds of agents. Unknown: an agent older than 2.217 that doesn't say.
const (
	HostingUnknown Hosting = iota
	MicrosoftHosted
	SelfHosted
)

// Agent is what the agent reports about itself (microsoft/azure-pipelines-agent
// src/Microsoft.VisualStudio.Services.Agent/Constants.cs). Texts are empty when it doesn't say.
type Agent struct {
	Name, Version string
	OS            string // Linux, Darwin or Windows_NT; of the agent's machine also when the step runs in a container
	TempDirectory string // emptied when the job ends, after its uploads
	Hosting       Hosting
	// InContainer: this step runs in a container that the agent started. The agent's own environment isn't there, and
	// signals don't arrive.
	InContainer bool
	// The proxy that the agent was configured with, which it doesn't set as HTTP_PROXY for its tasks.
	ProxyURL, ProxyUser string
	ProxyPassword       secret.Text
	ProxyBypass         []string // regular expressions
	CAInfo              string   // PEM file of further authorities; in a container the path may lead nowhere
	SkipCertValidation  bool     // the agent doesn't verify TLS; this program does
}

// Agent gives what the agent reports about itself.
func (t *Task) Agent() Agent {
	agent := Agent{
		Name:               t.Env("AGENT_NAME"),
		Version:            t.Env("AGENT_VERSION"),
		OS:                 t.Env("AGENT_OS"),
		TempDirectory:      t.Env("AGENT_TEMPDIRECTORY"),
		Hosting:            t.hosting(),
		InContainer:        t.inContainer(),
		ProxyURL:           t.Env("AGENT_PROXYURL"),
		ProxyUser:          t.Env("AGENT_PROXYUSERNAME"),
		ProxyPassword:      t.byName["SECRET_AGENT_PROXYPASSWORD"],
		CAInfo:             t.Env("AGENT_CAINFO"),
		SkipCertValidation: isTrue(t.Env("AGENT_SKIPCERTVALIDATION")),
	}
	if err := json.Unmarshal([]byte(t.Env("AGENT_PROXYBYPASSLIST")), &agent.ProxyBypass); err != nil {
		agent.ProxyBypass = nil
	}
	return agent
}

// hosting reads the agent's own statement, then the ID of its cloud, which only Microsoft's agents have. ImageVersion
// proves nothing: people build scale sets from the same images.
func (t *Task) hosting() Hosting {
	if said := strings.TrimSpace(t.Env("AGENT_ISSELFHOSTED")); said != "" {
		if isTrue(said) {
			return SelfHosted
		}
		return MicrosoftHosted
	}
	cloud, said := t.byName["AGENT_CLOUDID"]
	switch {
	case !said:
		return HostingUnknown
	case cloud.IsZero():
		return SelfHosted
	}
	return MicrosoftHosted
}

// inContainer reads a path: the agent translates those it hands to a container, and only there. The ID of the job's
// container is also there for a step that is sent back to the host (target: host), so it decides without a path only.
func (t *Task) inContainer() bool {
	temp := strings.ToLower(strings.ReplaceAll(t.Env("AGENT_TEMPDIRECTORY"), `\`, "/"))
	if temp == "" {
		return t.Env("AGENT_CONTAINERID") != ""
	}
	return strings.HasPrefix(temp, "/__w/") || strings.HasPrefix(temp, "c:/__w/")
}

// Job is what the server reports about the run. Texts are empty when it doesn't say.
type Job struct {
	CollectionURI  string // address of the organization or collection
	CollectionID   string
	Project        string // name
	ProjectID      string
	PlanID, JobID  string
	HostType       string // build, release or deployment
	OIDCRequestURI string // where the job requests an ID token
	Debug          bool   // system.debug: someone wants to read more
}

// Job gives what the server reports about the run.
func (t *Task) Job() Job {
	collection := t.Env("SYSTEM_COLLECTIONURI")
	if collection == "" {
		collection = t.Env("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI")
	}
	return Job{
		CollectionURI:  collection,
		CollectionID:   t.Env("SYSTEM_COLLECTIONID"),
		Project:        t.Env("SYSTEM_TEAMPROJECT"),
		ProjectID:      t.Env("SYSTEM_TEAMPROJECTID"),
		PlanID:         t.Env("SYSTEM_PLANID"),
		JobID:          t.Env("SYSTEM_JOBID"),
		HostType:       t.Env("SYSTEM_HOSTTYPE"),
		OIDCRequestURI: t.Env("SYSTEM_OIDCREQUESTURI"),
		Debug:          isTrue(t.Env("SYSTEM_DEBUG")),
	}
}
