package scenario

import (
	"fmt"
	"maps"
	"time"

	"armpreflight/internal/sim/cloud"
)

// Audited is an organization to audit: each connection of the project Shop has the name of what is the matter with it and
// an identity of its own. Ada reads it all; her personal access token reads what Azure DevOps keeps.
func Audited(now func() time.Time) *cloud.World {
	w, f := newFleet(now)
	f.add("healthy", func(*cloud.Connection, *cloud.Application) {})
	f.add("issuer-retiring", func(c *cloud.Connection, a *cloud.Application) {
		c.Issuer = cloud.IssuerAzureDevOps
		f.trust(c, a, cloud.DevOpsIssuer(cloud.ContosoOrganizationID), cloud.DevOpsSubject(cloud.ContosoOrganizationName, cloud.ContosoProjectName, c.Name))
	})
	f.add("issuer-of-multitenant", func(c *cloud.Connection, a *cloud.Application) {
		a.Multitenant = true
		f.trust(c, a, cloud.DevOpsIssuer(cloud.ContosoOrganizationID), cloud.DevOpsSubject(cloud.ContosoOrganizationName, cloud.ContosoProjectName, c.Name))
	})
	f.add("no-federated-credential", func(_ *cloud.Connection, a *cloud.Application) { a.Federated = nil })
	f.add("other-subject", func(_ *cloud.Connection, a *cloud.Application) { a.Federated[0].Subject += "0" })
	f.add("other-issuer", func(_ *cloud.Connection, a *cloud.Application) {
		a.Federated[0].Issuer = cloud.DevOpsIssuer(cloud.ContosoOrganizationID)
	})
	f.add("other-letter-case", func(c *cloud.Connection, a *cloud.Application) {
		f.trust(c, a, cloud.DevOpsIssuer(cloud.ContosoOrganizationID), cloud.DevOpsSubject(cloud.ContosoOrganizationName, cloud.ContosoProjectName, c.Name))
		a.Federated[0].Subject = cloud.DevOpsSubject("Contoso", cloud.ContosoProjectName, c.Name)
	})
	f.add("other-audience", func(_ *cloud.Connection, a *cloud.Application) {
		a.Federated[0].Audience = "fb60f99c-7a34-4190-8149-302f77469936"
	})
	f.add("dangling-credential", func(_ *cloud.Connection, a *cloud.Application) {
		a.Federated = append(a.Federated, cloud.FederatedCredential{Name: "old", Issuer: cloud.EntraIssuer(cloud.ContosoTenantID),
			Subject: cloud.EntraSubject(cloud.ContosoTenantID, cloud.ContosoOrganizationID, "00000000-0000-4000-8000-0000000000aa")})
	})
	f.add("application-gone", func(_ *cloud.Connection, a *cloud.Application) { a.Gone, a.PrincipalID = true, "" })
	f.add("registration-gone", func(_ *cloud.Connection, a *cloud.Application) { a.Gone = true })
	f.add("principal-gone", func(_ *cloud.Connection, a *cloud.Application) { a.PrincipalID = "" })
	f.add("application-elsewhere", func(_ *cloud.Connection, a *cloud.Application) { a.OwnerTenant = OtherTenant })
	f.add("application-disabled", func(_ *cloud.Connection, a *cloud.Application) { a.Disabled = true })
	f.add("secret", func(c *cloud.Connection, a *cloud.Application) { f.secrets(c, a, 200) })
	f.add("secret-expiring", func(c *cloud.Connection, a *cloud.Application) {
		f.secrets(c, a, 9)
		c.CreatedBy, c.ModifiedBy, c.Description = "Bo Example", "Cy & Dee", "ask the platform team,\nplatform@contoso.example ##vso[task.complete result=Succeeded]"
	})
	w.Organizations[0].Former = []string{"Bo Example"}
	f.add("secret-expired", func(c *cloud.Connection, a *cloud.Application) { f.secrets(c, a, -3) })
	f.add("secrets-old-and-new", func(c *cloud.Connection, a *cloud.Application) { f.secrets(c, a, -3, 400) })
	f.add("failed-half-way", func(c *cloud.Connection, a *cloud.Application) {
		c.NotReady, c.OperationState = true, "Failed"
		c.OperationMessage = "Failed to set Azure permission for the service principal '" + a.ClientID + "' ##vso[task.complete result=Succeeded]"
	})
	f.add("draft", func(c *cloud.Connection, _ *cloud.Application) { c.NotReady, c.Data["isDraft"] = true, "true" })
	f.add("disabled", func(c *cloud.Connection, a *cloud.Application) {
		c.Disabled, a.Federated = true, nil
	})
	f.add("outdated", func(c *cloud.Connection, _ *cloud.Application) { c.Outdated = true })
	f.add("converted", func(c *cloud.Connection, _ *cloud.Application) {
		c.Data["revertSchemeDeadline"] = f.at.Add(5 * 24 * time.Hour).UTC().Format("2006-01-02T15:04:05.0000000Z")
	})
	f.add("open-to-all", func(c *cloud.Connection, _ *cloud.Application) { c.OpenToAll = true })
	f.add("unused", func(c *cloud.Connection, _ *cloud.Application) {
		c.Uses = []cloud.Use{{Finished: f.at.AddDate(0, 0, -2), Result: "failed"}, {Finished: f.at.AddDate(0, -6, 0), Result: "succeeded"}}
	})
	f.add("never-used", func(c *cloud.Connection, _ *cloud.Application) { c.Uses = nil })
	f.add("disabling", func(c *cloud.Connection, _ *cloud.Application) {
		c.Uses = []cloud.Use{{Finished: f.at.AddDate(0, 0, -85), Result: "succeeded", Pipeline: "yearly", Run: 2}, {Finished: f.at.AddDate(0, 0, -85), Result: "succeeded", Pipeline: "yearly", Run: 2},
			{Finished: f.at.AddDate(0, 0, -88), Result: "failed", Pipeline: "report"}}
	})
	f.add("secrets-two", func(c *cloud.Connection, a *cloud.Application) {
		f.secrets(c, a, 50, 90)
		a.Secrets[1].Starts = f.at.AddDate(0, 0, -3) // after the connection's last change
	})
	f.add("docker-registry", func(c *cloud.Connection, a *cloud.Application) {
		c.Type, c.URL, c.Data = "dockerregistry", "https://contoso.azurecr.io", map[string]string{"registrytype": "ACR", "registryId": "/subscriptions/" + cloud.ContosoSubscriptionID}
		c.Issuer = cloud.IssuerAzureDevOps
		f.trust(c, a, cloud.DevOpsIssuer(cloud.ContosoOrganizationID), cloud.DevOpsSubject(cloud.ContosoOrganizationName, cloud.ContosoProjectName, c.Name))
	})
	f.add("docker-registry-with-password", func(c *cloud.Connection, _ *cloud.Application) {
		c.Type, c.URL, c.Scheme, c.Parameters = "dockerregistry", "https://index.docker.io/v1/", "UsernamePassword", map[string]string{"username": "contoso"}
	})
	f.add("incomplete", func(c *cloud.Connection, _ *cloud.Application) { c.Parameters["serviceprincipalid"] = "" })
	f.add("publish-profile", func(c *cloud.Connection, _ *cloud.Application) { c.Scheme = "PublishProfile" })
	f.add("=HYPERLINK(\"https://evil.example\") | <b>x</b> ##vso[task.setvariable variable=x]y", func(*cloud.Connection, *cloud.Application) {})
	f.add("duplicate", func(c *cloud.Connection, a *cloud.Application) {
		again := *c
		again.ID, again.Name = cloud.FleetID("again"), "duplicate-too"
		again.Parameters = map[string]string{}
		maps.Copy(again.Parameters, c.Parameters)
		again.Parameters["workloadIdentityFederationSubject"] = cloud.EntraSubject(cloud.ContosoTenantID, cloud.ContosoOrganizationID, again.ID)
		a.Federated = append(a.Federated, cloud.FederatedCredential{Name: "again", Issuer: again.Parameters["workloadIdentityFederationIssuer"],
			Subject: again.Parameters["workloadIdentityFederationSubject"]})
		f.project().Connections = append(f.project().Connections, again)
	})
	both := []cloud.ProjectName{{ID: cloud.ContosoProjectID, Name: cloud.ContosoProjectName}, {ID: cloud.FleetID("Billing"), Name: "Billing"}}
	f.add("shared", func(c *cloud.Connection, _ *cloud.Application) { c.Shared, c.SharedWith = true, both })
	billing := f.project().Connections[len(f.project().Connections)-1]
	w.Organizations[0].Projects = append(w.Organizations[0].Projects,
		cloud.Project{ID: both[1].ID, Name: both[1].Name, Connections: []cloud.Connection{billing}},
		cloud.Project{ID: cloud.FleetID("Empty"), Name: "Empty"})
	return w
}

// Fleet is a large organization: so many connections in so many projects, one in ten of them with a matter, one in twenty
// shared with the next project.
func Fleet(now func() time.Time, projects, connections int) *cloud.World {
	w, f := newFleet(now)
	o := &w.Organizations[0]
	o.Projects = nil
	for i := range projects {
		name := fmt.Sprintf("project-%03d", i)
		o.Projects = append(o.Projects, cloud.Project{ID: cloud.FleetID(name), Name: name, PageSize: 20})
	}
	for i := range 40 {
		o.Former = append(o.Former, fmt.Sprintf("Person %03d", 10*i))
	}
	for i := range connections {
		f.in = i % projects
		p := f.project()
		f.add(fmt.Sprintf("connection-%05d", i), func(c *cloud.Connection, a *cloud.Application) {
			c.CreatedBy, c.ModifiedBy = fmt.Sprintf("Person %03d", i%400), fmt.Sprintf("Person %03d", i/7%400)
			c.Description = "owned by the team of " + p.Name + ", which anyone can reach in its channel"
			c.Uses = nil
			for n := range 3 {
				c.Uses = append(c.Uses, cloud.Use{Finished: f.at.AddDate(0, 0, -1-n), Result: "succeeded", Pipeline: fmt.Sprintf("deploy the shop to region %d", n)})
			}
			switch i % 40 {
			case 3:
				a.Federated = nil
			case 5, 15, 25, 35:
				f.secrets(c, a, 20, 300, 400)
			case 7, 17, 27, 37:
				c.Issuer = cloud.IssuerAzureDevOps
				f.trust(c, a, cloud.DevOpsIssuer(cloud.ContosoOrganizationID), cloud.DevOpsSubject(cloud.ContosoOrganizationName, p.Name, c.Name))
			case 9:
				c.Uses = []cloud.Use{{Finished: f.at.AddDate(0, 0, -50), Result: "succeeded"}}
			case 13:
				c.OpenToAll = true
			case 23:
				a.Gone, a.PrincipalID = true, ""
			case 33:
				c.Uses = nil
			}
			if i%20 == 0 && projects > 1 {
				next := o.Projects[(f.in+1)%projects]
				c.Shared, c.SharedWith = true, []cloud.ProjectName{{ID: p.ID, Name: p.Name}, {ID: next.ID, Name: next.Name}}
			}
		})
		if made := p.Connections[len(p.Connections)-1]; made.Shared {
			next := &o.Projects[(f.in+1)%projects]
			next.Connections = append(next.Connections, made)
		}
	}
	return w
}

// fleet creates connections that work, each with an application.
type fleet struct {
	world *cloud.World
	at    time.Time
	in    int // index of the project that connections are added to
}

func newFleet(now func() time.Time) (*cloud.World, *fleet) {
	s, _ := FindCreation("all-well")
	w := s.Start(now).World
	w.Organizations[0].Projects[0].Connections = nil
	w.Organizations[0].Projects[0].Jobs[0].References = nil
	return w, &fleet{world: w, at: now()}
}

func (f *fleet) project() *cloud.Project { return &f.world.Organizations[0].Projects[f.in] }

// add makes a federated connection that works and was used yesterday, and then changes it.
func (f *fleet) add(name string, change func(*cloud.Connection, *cloud.Application)) {
	a := cloud.Application{Name: name, ClientID: cloud.FleetID("client " + name), ObjectID: cloud.FleetID("object " + name), PrincipalID: cloud.FleetID("principal " + name)}
	c := cloud.Connection{ID: cloud.FleetID(name), Name: name, URL: "https://management.azure.com/", Scheme: "WorkloadIdentityFederation",
		Parameters: map[string]string{"tenantid": cloud.ContosoTenantID, "serviceprincipalid": a.ClientID},
		Data: map[string]string{"environment": "AzureCloud", "scopeLevel": "Subscription", "subscriptionId": cloud.ContosoSubscriptionID,
			"subscriptionName": cloud.ContosoSubscriptionName, "creationMode": "Automatic"},
		Created: f.at.AddDate(-1, 0, 0), Modified: f.at.AddDate(-1, 0, 0),
		Uses: []cloud.Use{{Finished: f.at.Add(-24 * time.Hour), Result: "succeeded"}}}
	f.trust(&c, &a, cloud.EntraIssuer(cloud.ContosoTenantID), cloud.EntraSubject(cloud.ContosoTenantID, cloud.ContosoOrganizationID, c.ID))
	place := len(f.project().Connections)
	f.project().Connections = append(f.project().Connections, c)
	change(&c, &a)
	f.project().Connections[place] = c
	f.world.Tenants[0].Applications = append(f.world.Tenants[0].Applications, a)
}

// trust lets an application trust what a connection presents.
func (f *fleet) trust(c *cloud.Connection, a *cloud.Application, issuer, subject string) {
	c.Parameters["workloadIdentityFederationIssuer"], c.Parameters["workloadIdentityFederationSubject"] = issuer, subject
	a.Federated = []cloud.FederatedCredential{{Name: "azure-devops", Issuer: issuer, Subject: subject}}
}

// secrets makes it a connection with a secret. The application has one that ends after each number of days.
func (f *fleet) secrets(c *cloud.Connection, a *cloud.Application, days ...int) {
	c.Scheme, a.Federated = "ServicePrincipal", nil
	c.Parameters = map[string]string{"tenantid": cloud.ContosoTenantID, "serviceprincipalid": a.ClientID, "authenticationType": "spnKey"}
	for i, n := range days {
		s := cloud.Secret{KeyID: cloud.FleetID(fmt.Sprint(c.Name, i)), Name: "pipelines", Value: "pL4nt~" + cloud.FleetID(fmt.Sprint("secret", c.Name, i)),
			Starts: f.at.AddDate(-1, 0, 0), Ends: f.at.Add(time.Duration(n)*24*time.Hour + time.Hour)}
		a.Secrets = append(a.Secrets, s)
		c.Parameters["serviceprincipalkey"] = s.Value
	}
}
