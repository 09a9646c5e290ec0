// Package scenario joins the simulated cloud and the agent emulator into
// situations that a job can be in: one healthy world, changed in one place.
//
// Tests, the demo and measurements share them. A scenario says what the world is
// like and, in Wants, what the task must make of it. Wants is data that only tests
// compare: nothing of the simulation reads it, and nothing here imports the product.
package scenario

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
)

// Scenario is one situation.
type Scenario struct {
	Name  string // kebab-case
	About string // what is the matter, for a user who chooses one
	// change makes the situation out of the healthy one; nil leaves it healthy.
	change func(*Run)
	// connection is the ID of the connection that the step names.
	connection string
	Wants      Wants
}

// Wants is what the step must end in.
type Wants struct {
	Result   string   // Succeeded, SucceededWithIssues or Failed
	Errors   []string // codes of the error annotations, in order
	Warnings []string // codes of the warning annotations, in order
	Tokens   int      // token requests at the authority; below 0: more than one
	Waits    int      // round trips one after the other; 0: not asserted
	Says     string   // a part of a line of the log; empty: not asserted
}

// Run is a situation, ready to be started: change what a test needs before.
type Run struct {
	World  *cloud.World
	Faults []cloud.Fault
	Breaks map[string]cloud.Break // by host
	Job    agent.Job
	Step   agent.Step
	// Files are in the folder that the job works in, by their names there; none: the job has no such folder.
	Files map[string]string
	// ProxyUser and ProxyPassword are what the simulated proxy demands; empty
	// demands nothing. What the agent knows about them is in Job.Variables.
	ProxyUser, ProxyPassword string
	// NoCA leaves the simulated certificate authority out of what the agent trusts.
	NoCA bool
	// IdentityEndpoint says that the machine offers the App Service form of a
	// managed identity; its address is only known once the cloud listens.
	IdentityEndpoint bool
}

// Start prepares the situation for the given clock.
func (s Scenario) Start(now func() time.Time) *Run {
	r := &Run{World: cloud.Contoso(now), Breaks: map[string]cloud.Break{}}
	r.Job.Variables = jobVariables()
	r.Step.Inputs = map[string]string{"connectedServiceNameARM": s.connection}
	if s.change != nil {
		s.change(r)
	}
	r.Job.Endpoints = append([]agent.Endpoint{{
		Name: "SystemVssConnection", URL: cloud.ContosoOrganizationURL, Scheme: "OAuth",
		Parameters: map[string]string{"AccessToken": r.job().Token},
	}}, r.Job.Endpoints...)
	named := append(strings.Split(r.Step.Inputs["moreConnections"], ","), r.Step.Inputs["connectedServiceNameARM"])
	for _, c := range r.project().Connections {
		if slices.Contains(named, c.ID) {
			r.give(c)
		}
	}
	return r
}

// give gives a connection to the job, as the server does with those that a step names.
func (r *Run) give(c cloud.Connection) {
	r.Job.Endpoints = append(r.Job.Endpoints, agent.Endpoint{ID: c.ID, Name: c.Name, URL: c.URL, Scheme: c.Scheme,
		Parameters: maps.Clone(c.Parameters), Data: maps.Clone(c.Data)})
}

// Place writes the files of the situation into a folder, in which the job works then.
func (r *Run) Place(dir string) error {
	if len(r.Files) == 0 {
		return nil
	}
	work := filepath.Join(dir, "s")
	for name, text := range r.Files {
		path := filepath.Join(work, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	r.Variable("Pipeline.Workspace", dir, false)
	r.Variable("System.DefaultWorkingDirectory", work, false)
	return nil
}

// Listen starts the cloud of the situation and lets the agent trust it: dir takes
// the file with its certificate authority, and the files of the job. Close the listener
// after use.
func (r *Run) Listen(dir string) (*cloud.Cloud, *cloud.Listener, error) {
	if err := r.Place(dir); err != nil {
		return nil, nil, fmt.Errorf("write the files of the job: %w", err)
	}
	c := cloud.New(r.World)
	for _, f := range r.Faults {
		c.Fault(f)
	}
	l, err := c.Listen()
	if err != nil {
		return nil, nil, fmt.Errorf("start the simulated cloud: %w", err)
	}
	for host, b := range r.Breaks {
		l.Break(host, b)
	}
	if !r.NoCA {
		file := filepath.Join(dir, "authority.pem")
		if err := os.WriteFile(file, l.CAPEM, 0o600); err != nil {
			l.Close()
			return nil, nil, err
		}
		r.Trust(file)
	}
	if r.IdentityEndpoint {
		r.Job.ParentEnv = append(r.Job.ParentEnv, "IDENTITY_ENDPOINT="+l.IdentityEndpoint(), "IDENTITY_HEADER="+r.World.Machine.IdentityHeader)
	}
	return c, l, nil
}

// Trust lets the machine trust the certificate authorities in a file: the agent's, and the image of a container. A machine
// whose SSL_CERT_FILE is set already names the file to Node.
func (r *Run) Trust(file string) {
	name := "SSL_CERT_FILE="
	if slices.ContainsFunc(r.Job.ParentEnv, func(pair string) bool { return strings.HasPrefix(pair, name) }) {
		name = "NODE_EXTRA_CA_CERTS="
	}
	r.Job.ParentEnv = append(r.Job.ParentEnv, name+file)
	r.Job.ContainerEnv = append(r.Job.ContainerEnv, name+file)
}

// UseProxy gives the agent a proxy that leads every host to the simulated cloud.
func (r *Run) UseProxy(l *cloud.Listener) {
	r.Variable("Agent.ProxyUrl", l.Proxy(r.ProxyUser, r.ProxyPassword), false)
}

// Secrets returns every credential of the world. A run may leave none of them
// behind.
func (r *Run) Secrets() []string {
	secrets := []string{cloud.ContosoSecret, r.job().Token, r.ProxyPassword}
	for _, c := range r.project().Connections {
		for name, value := range c.Parameters {
			switch strings.ToLower(name) {
			case "serviceprincipalkey", "serviceprincipalcertificate", "idtoken":
				secrets = append(secrets, value)
			}
		}
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
}

// Variable sets a pipeline variable of the job.
func (r *Run) Variable(name, value string, secret bool) {
	r.Job.Variables = slices.DeleteFunc(r.Job.Variables, func(v agent.Variable) bool { return strings.EqualFold(v.Name, name) })
	r.Job.Variables = append(r.Job.Variables, agent.Variable{Name: name, Value: value, Secret: secret})
}

// SelfHosted makes the agent one of the user's own machines.
func (r *Run) SelfHosted() {
	r.Variable("Agent.IsSelfHosted", "1", false)
	r.Variable("Agent.CloudId", "", false)
	r.Variable("Agent.Name", "build-07", false)
}

func (r *Run) project() *cloud.Project         { return &r.World.Organizations[0].Projects[0] }
func (r *Run) job() *cloud.Job                 { return &r.project().Jobs[0] }
func (r *Run) application() *cloud.Application { return &r.World.Tenants[0].Applications[0] }
func (r *Run) subscription() *cloud.Subscription {
	return &r.World.Tenants[0].Subscriptions[0]
}

// connection returns a stored connection; it panics on an ID that isn't there.
func (r *Run) connection(id string) *cloud.Connection {
	connections := r.project().Connections
	return &connections[slices.IndexFunc(connections, func(c cloud.Connection) bool { return c.ID == id })]
}

// jobVariables are the variables of a YAML job on a Microsoft-hosted Linux
// agent, as far as a task can see them.
func jobVariables() []agent.Variable {
	var all []agent.Variable
	for _, v := range [][2]string{
		{"System.CollectionUri", cloud.ContosoOrganizationURL},
		{"System.TeamFoundationCollectionUri", cloud.ContosoOrganizationURL},
		{"System.CollectionId", cloud.ContosoOrganizationID},
		{"System.TeamProject", cloud.ContosoProjectName},
		{"System.TeamProjectId", cloud.ContosoProjectID},
		{"System.HostType", cloud.ContosoHub},
		{"System.PlanId", cloud.ContosoPlanID},
		{"System.JobId", cloud.ContosoJobID},
		{"System.ServerType", "Hosted"},
		{"System.OidcRequestUri", cloud.ContosoOrganizationURL + cloud.ContosoProjectID + "/_apis/distributedtask/hubs/" +
			cloud.ContosoHub + "/plans/" + cloud.ContosoPlanID + "/jobs/" + cloud.ContosoJobID + "/oidctoken"},
		{"Agent.IsSelfHosted", "0"},
		{"Agent.CloudId", "c1a5e7d2-3b49-4f08-96ac-e0d4f2b71853"},
		{"Agent.Name", "Azure Pipelines 3"},
		{"Agent.OS", "Linux"},
		{"Agent.Version", "5.278.0"},
		{"agent.readOnlyVariables", "true"},
	} {
		all = append(all, agent.Variable{Name: v[0], Value: v[1], ReadOnly: strings.HasPrefix(v[0], "System.")})
	}
	return all
}
