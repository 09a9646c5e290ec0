package scenario

import (
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"armpreflight/internal/sim/cloud"
)

// issuerRetires is the day on which Azure DevOps stops signing in applications of one tenant with its own issuer
// (learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections).
var issuerRetires = time.Date(2027, time.July, 1, 0, 0, 0, 0, time.UTC)

// unusedDays is after how many days without use Azure DevOps disables a connection.
const unusedDays = 100

// Aging is an organization in which time breaks connections, and people use and renew them. The same seed makes the same days.
type Aging struct {
	World   *cloud.World
	Broken  []Breakdown
	Renewed map[string][]time.Time // by the name of the connection

	now     func() time.Time
	last    time.Time // to which everything has happened
	random  *rand.Rand
	members []*aging
	fleet   *fleet
}

// Breakdown is a connection that stopped working.
type Breakdown struct {
	Connection, Kind, Who string
	At                    time.Time
}

// aging is a connection that time can break.
type aging struct {
	name       string
	connection *cloud.Connection
	app        *cloud.Application
	kind       string // "secret", "certificate", "issuer" or "" for one that only lack of use ends
	inUse      time.Time
	rhythm     int // a job uses it every so many days, on average; 0: never
	pipelines  int
	renews     bool // someone watches
	notice     int  // days before the end on which they do
	made       int  // credentials, ever
	broken     bool
}

// NewAging makes so many connections: with secrets and certificates (some applications have several), with the issuer of Azure
// DevOps, multitenant ones among them, and with the issuer of Microsoft Entra.
func NewAging(now func() time.Time, seed uint64, connections int) *Aging {
	w, f := newFleet(now)
	a := &Aging{World: w, Renewed: map[string][]time.Time{}, now: now, last: now(), random: rand.New(rand.NewPCG(seed, 23)), fleet: f}
	for i := range connections {
		m := &aging{name: fmt.Sprintf("connection-%03d", i), pipelines: 1 + a.random.IntN(4), renews: a.random.IntN(3) == 0, notice: 1 + a.random.IntN(20)}
		m.rhythm = []int{3, 5, 8, 12, 20, 60, 150, 0}[a.random.IntN(8)]
		f.add(m.name, func(c *cloud.Connection, app *cloud.Application) { a.prepare(m, i%10, c, app) })
		a.members = append(a.members, m)
	}
	p, apps := f.project(), w.Tenants[0].Applications
	for i, m := range a.members {
		m.connection = &p.Connections[i]
		m.app = &apps[len(apps)-connections+i]
	}
	return a
}

func (a *Aging) prepare(m *aging, form int, c *cloud.Connection, app *cloud.Application) {
	day := func(n int) time.Time {
		return a.last.AddDate(0, 0, n).Add(time.Duration(a.random.IntN(86400)) * time.Second)
	}
	c.Created = day(-500)
	c.Modified = day(-60 - a.random.IntN(300))
	c.Uses = nil
	switch last := 1 + a.random.IntN(75); m.rhythm {
	case 0:
		c.Created = day(-last)
		c.Modified = c.Created
	default:
		c.Uses = []cloud.Use{{Finished: day(-last), Result: "succeeded", Pipeline: m.pipeline(0)}}
	}
	switch form {
	case 0, 1, 2, 3: // of 2 and 3, one credential of several is in use
		m.kind = []string{"secret", "certificate", "certificate", "secret"}[form]
		c.Scheme, app.Federated = "ServicePrincipal", nil
		c.Parameters = map[string]string{"tenantid": cloud.ContosoTenantID, "serviceprincipalid": app.ClientID, "authenticationType": "spnKey"}
		if m.kind == "certificate" {
			c.Parameters["authenticationType"] = "spnCertificate"
		}
		m.inUse = day(30 + a.random.IntN(380))
		m.add(app, c.Modified, m.inUse)
		if form >= 2 {
			for range 1 + a.random.IntN(2) {
				other := day(30 + a.random.IntN(380))
				m.add(app, day(-1-a.random.IntN(400)), other)
				if a.random.IntN(4) == 0 { // which one the record shows, no one knows
					m.inUse = other
				}
			}
		}
	case 4, 5, 6: // of 6, the application is multitenant
		m.kind = "issuer"
		c.Issuer = cloud.IssuerAzureDevOps
		a.fleet.trust(c, app, cloud.DevOpsIssuer(cloud.ContosoOrganizationID), cloud.DevOpsSubject(cloud.ContosoOrganizationName, cloud.ContosoProjectName, c.Name))
		app.Multitenant = form == 6
	}
}

func (m *aging) pipeline(n int) string { return fmt.Sprintf("%s-deploy-%d", m.name, n) }

// add gives the application another credential.
func (m *aging) add(app *cloud.Application, starts, ends time.Time) {
	m.made++
	id := cloud.FleetID(fmt.Sprint(m.name, m.made))
	if m.kind == "certificate" {
		app.Certificates = append(app.Certificates, cloud.Certificate{KeyID: id, Leaf: &x509.Certificate{Raw: []byte(id), NotBefore: starts, NotAfter: ends}})
		return
	}
	app.Secrets = append(app.Secrets, cloud.Secret{KeyID: id, Name: "pipelines", Value: "pL4nt~" + id, Starts: starts, Ends: ends})
}

// Pipelines names those that used a connection, in the order of their names.
func (a *Aging) Pipelines(name string) []string {
	var names []string
	for _, m := range a.members {
		if m.name == name {
			for _, use := range m.connection.Uses {
				names = append(names, use.Pipeline)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Advance lets everything happen until now. Call it at least once a day.
func (a *Aging) Advance() {
	until := a.now()
	for _, m := range a.members {
		if m.broken {
			continue
		}
		if at, kind, who := m.end(); !at.After(until) {
			m.broken = true
			m.connection.Disabled = kind == "unused"
			a.Broken = append(a.Broken, Breakdown{Connection: m.name, Kind: kind, Who: who, At: at})
			continue
		}
		if m.rhythm > 0 && a.random.IntN(m.rhythm) == 0 {
			use := cloud.Use{Finished: until.Add(-time.Duration(1+a.random.IntN(3600)) * time.Second), Result: "succeeded", Pipeline: m.pipeline(a.random.IntN(m.pipelines))}
			m.connection.Uses = slices.Insert(m.connection.Uses, 0, use)
			m.connection.Uses = m.connection.Uses[:min(len(m.connection.Uses), 50)]
		}
		a.renew(m, until)
	}
	a.last = until
}

// end is the moment at which the connection breaks, if no one does anything.
func (m *aging) end() (at time.Time, kind, who string) {
	const administrator = "service connection administrator"
	used := m.connection.Created
	if len(m.connection.Uses) > 0 {
		used = m.connection.Uses[0].Finished
	}
	at, kind, who = used.AddDate(0, 0, unusedDays), "unused", administrator
	switch {
	case m.kind == "secret" && m.inUse.Before(at):
		return m.inUse, m.kind, administrator
	case m.kind == "certificate" && m.inUse.Before(at):
		return m.inUse, m.kind, "application owner"
	case m.kind == "issuer" && !m.app.Multitenant && m.connection.Issuer == cloud.IssuerAzureDevOps && issuerRetires.Before(at):
		return issuerRetires, m.kind, administrator
	}
	return at, kind, who
}

// renew does what someone who watches does before the end.
func (a *Aging) renew(m *aging, now time.Time) {
	end := m.inUse
	if m.kind == "issuer" {
		end = issuerRetires
	}
	if !m.renews || m.kind == "" || now.Before(end.AddDate(0, 0, -m.notice)) || m.kind == "issuer" && m.connection.Issuer != cloud.IssuerAzureDevOps {
		return
	}
	a.Renewed[m.name] = append(a.Renewed[m.name], now)
	m.connection.Modified = now
	if m.kind == "issuer" {
		m.connection.Issuer = cloud.IssuerEntra
		a.fleet.trust(m.connection, m.app, cloud.EntraIssuer(cloud.ContosoTenantID), cloud.EntraSubject(cloud.ContosoTenantID, cloud.ContosoOrganizationID, m.connection.ID))
		return
	}
	if a.random.IntN(2) == 0 { // the old ones go
		m.app.Secrets, m.app.Certificates = nil, nil
	}
	m.inUse = now.AddDate(0, 0, 60+a.random.IntN(300))
	m.add(m.app, now, m.inUse)
	m.renews, m.notice = a.random.IntN(2) == 0, 1+a.random.IntN(20)
}
