package scenario

import (
	"fmt"
	"maps"
	"strings"

	"armpreflight/internal/sim/cloud"
)

// more are situations of a step that checks other connections too.
var more = []Scenario{
	{
		Name: "more-connections", About: "three other connections beside the first, all well", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.more(cloud.ContosoCertificateConnectionID, cloud.ContosoFederationConnectionID)
			r.addKeyConnections(1)
		},
		Wants: Wants{Result: "Succeeded", Tokens: 4, Says: `"Contoso Prod", enabled`},
	},
	{
		Name: "more-connections-broken", About: "one of the other connections has a wrong secret, another was not given to the job", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.more(cloud.ContosoFederationConnectionID, "99999999-4d1f-4d80-b3a5-6e3c8f1d2a47")
			r.addKeyConnections(1)
			connections := r.project().Connections
			connections[len(connections)-1].Parameters["serviceprincipalkey"] = "another-secret"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"connection-not-in-job", "AADSTS7000215"}, Tokens: 3, Says: "key-0/access-token failed"},
	},
}

// MoreKeyConnections adds connections with a secret to the world, to the step and
// to the job of a situation that has been started.
func (r *Run) MoreKeyConnections(n int) {
	before := len(r.project().Connections)
	r.addKeyConnections(n)
	for _, c := range r.project().Connections[before:] {
		r.give(c)
	}
}

func (r *Run) addKeyConnections(n int) {
	for i := range n {
		c := *r.connection(cloud.ContosoKeyConnectionID)
		c.ID, c.Name = fmt.Sprintf("0c5d8e17-a3f4-4b92-8d60-%012x", i), fmt.Sprintf("key-%d", i)
		c.Parameters, c.Data = maps.Clone(c.Parameters), maps.Clone(c.Data)
		r.project().Connections = append(r.project().Connections, c)
		r.more(c.ID)
	}
}

// more names other connections in the step.
func (r *Run) more(ids ...string) {
	if already := r.Step.Inputs["moreConnections"]; already != "" {
		ids = append([]string{already}, ids...)
	}
	r.Step.Inputs["moreConnections"] = strings.Join(ids, ",")
	r.job().References = append(r.job().References, ids...)
}
