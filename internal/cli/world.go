package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/regular"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

// network is how this run reaches the network, and how that is said.
type network struct {
	client   *web.Client
	settings []string // what's in use apart from the defaults
	ignored  []string // what a variable of the job names and isn't used, each a sentence
}

// openNetwork builds the one client from the agent's settings. A setting that
// can't be used is said in the header and left out; whether that hurts is for
// the network check to find.
func openNetwork(env Env, task *pipeline.Task, redactor *secret.Redactor, debug *slog.Logger) network {
	agent, configured := task.Agent(), task.Settings()
	n := network{}

	files, ignored := authorities(task, agent, configured)
	n.ignored = ignored
	roots, err := web.ReadRoots(files...)
	if len(files) > 0 {
		words := "certificate authorities of " + strings.Join(files, ", ")
		if err != nil {
			words += fmt.Sprintf(" (%v)", err)
		}
		n.settings = append(n.settings, words)
	}
	agentProxy := web.AgentProxy{URL: agent.ProxyURL, User: agent.ProxyUser, Password: agent.ProxyPassword, Bypass: agent.ProxyBypass}
	without := ""
	if otherProxy(agent, configured) {
		agentProxy.User, agentProxy.Password = "", secret.Text{}
		without = ", without the agent's user and password"
	}
	proxy, err := web.ProxyFrom(agentProxy, task.Env)
	switch {
	case err != nil:
		n.settings = append(n.settings, fmt.Sprintf("no proxy (%v)", err))
	case proxy.URL != nil:
		n.settings = append(n.settings, fmt.Sprintf("proxy %s (%s%s)", proxy, proxyOrigin(task, agent, configured, proxy.Source), without))
	}
	n.client = web.New(web.Config{Proxy: proxy, Roots: roots, Dial: env.Dial, Now: env.Now, Log: debug, Redact: redactor.Redact, Match: diagnosis.Match, UserAgent: "armpreflight/" + version})
	return n
}

// authorities returns the files with further certificate authorities: those that
// the machine or the agent names. A variable of the job may choose a proxy, since
// TLS still protects what goes through it, but not who is trusted: anyone who could
// set both would get the credential. ignored says what isn't used, and what to do.
func authorities(task *pipeline.Task, agent pipeline.Agent, configured pipeline.Settings) (files, ignored []string) {
	add := func(file string) {
		if file != "" && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	ignore := func(name, file string) {
		ignored = append(ignored, fmt.Sprintf("ignored: the certificate authorities of %s in %s, which a variable of this job can set. "+
			"Install them on the agent's machine, or configure the agent with --sslcacert.", file, name))
	}
	add(configured.CAFile)
	if agent.CAInfo != "" && agent.CAInfo != configured.CAFile {
		ignore("Agent.CAInfo", agent.CAInfo)
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"} {
		switch file := task.Env(name); {
		case file == "":
		case task.FromJob(name):
			ignore(name, file)
		default:
			add(file)
		}
	}
	return files, ignored
}

// otherProxy reports whether the job's proxy is another than the one that the agent was configured with: the agent's user
// and password belong to that one. In a container no one can tell.
func otherProxy(agent pipeline.Agent, configured pipeline.Settings) bool {
	return configured.ProxyURL != "" && agent.ProxyURL != "" && agent.ProxyURL != configured.ProxyURL
}

// proxyOrigin says who chose the proxy.
func proxyOrigin(task *pipeline.Task, agent pipeline.Agent, configured pipeline.Settings, source string) string {
	switch {
	case source == "agent" && agent.ProxyURL == configured.ProxyURL:
		return "agent"
	case source == "agent":
		return "Agent.ProxyUrl, which the agent or a variable of this job sets"
	case task.FromJob(source):
		return source + ", which a variable of this job can set"
	}
	return source
}

// newWorld joins what the checks may touch.
func newWorld(env Env, task *pipeline.Task, inputs preflight.Inputs, n network, redactor *secret.Redactor, debug *slog.Logger) *preflight.World {
	job, agent := task.Job(), task.Agent()
	system, _ := task.JobEndpoint()
	endpoints := identityEndpoints(task)
	w := &preflight.World{
		Now:      env.Now,
		Inputs:   inputs,
		Variable: variables(task),
		Env:      task.Env,
		Macros:   pipeline.Macros,
		Endpoint: func(id string) (connection.Endpoint, bool) {
			e, ok := task.Endpoint(id)
			return connection.Endpoint(e), ok
		},
		Folder:      func() (preflight.Folder, error) { return workspace(task) },
		Overwritten: task.Overwritten,
		Azure:       func(cloud connection.Cloud) *azure.Client { return azure.New(n.client, cloud, endpoints) },
		DevOps: devops.New(n.client, devops.Job{
			Endpoint: system.URL, Overwritten: task.Overwritten(""), Token: task.JobToken(), CollectionURI: job.CollectionURI, ProjectID: job.ProjectID,
			HostType: job.HostType, PlanID: job.PlanID, JobID: job.JobID, OIDCRequestURI: job.OIDCRequestURI,
		}),
		Open: func(ctx context.Context, host string) error {
			err := n.client.Open(ctx, host)
			if err == nil {
				return nil
			}
			failure, detail := n.client.Classify(err)
			return &evidence.Failure{Doing: "connect", Evidence: evidence.Evidence{Host: host, Network: failure, NetworkDetail: detail}}
		},
		Skew:   n.client.Skew,
		Redact: redactor.Redact,
		Learn: func(secrets []secret.Text, identifiers []string) {
			redactor.AddSecret(secrets...)
			shorten(redactor, identifiers)
		},
		OrganizationID: job.CollectionID,
		Link:           func(id string) string { return connectionPage(job, id) },
		Hosted:         agent.Hosting == pipeline.MicrosoftHosted,
		Agent:          agent.Name,
	}
	w.IdentityTime.Hosted, w.IdentityTime.Own = 2*time.Second, 15*time.Second
	return w
}

// workspace opens the folder that the agent makes for a pipeline: sources and artifacts are in it, next to each other. A release
// has its artifacts in the folder that it works in.
func workspace(task *pipeline.Task) (preflight.Folder, error) {
	work, _ := task.Variable("System.DefaultWorkingDirectory")
	around, _ := task.Variable("Pipeline.Workspace")
	f := preflight.Folder{Path: work.Value.Reveal(), Work: "."}
	if !filepath.IsAbs(f.Path) {
		return f, errors.New("the variable System.DefaultWorkingDirectory isn't the path of a folder")
	}
	if path := around.Value.Reveal(); filepath.IsAbs(path) {
		if within, err := filepath.Rel(path, f.Path); err == nil && filepath.IsLocal(within) {
			f.Path, f.Work = path, filepath.ToSlash(within)
		}
	}
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return f, err
	}
	f.FS, f.Closer = regular.In(root), root
	return f, nil
}

// shorten makes the one writer shorten identifiers, in each form in which services
// write them.
func shorten(redactor *secret.Redactor, identifiers []string) {
	for _, id := range identifiers {
		redactor.AddIdentifier(id, connection.QuotedSubject(id))
	}
}

// connectionPage is devops.Page for a job; empty for one that doesn't say where it runs.
func connectionPage(job pipeline.Job, id string) string {
	if job.CollectionURI == "" || job.Project == "" {
		return ""
	}
	return devops.Page(job.CollectionURI, job.Project, id)
}
