package rights

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Role is one of Azure's built-in roles.
type Role struct {
	Name        string
	ID          string // the GUID of its definition, the same in every tenant
	Permissions []Permission
}

// roles.tsv is a part of Azure's list, at the day and from the source that it names: roles that a deployment may need,
// without those with a condition.
//
//go:embed roles.tsv
var rolesTable string

var builtIn = sync.OnceValue(func() []Role { return parseRoles(rolesTable) })

// parseRoles reads the table that tools/roles writes: a row for each permission, those of one role together.
func parseRoles(table string) []Role {
	var roles []Role
	for row := range strings.Lines(table) {
		row = strings.TrimRight(row, "\r\n")
		if row == "" || row[0] == '#' {
			continue
		}
		fields := append(strings.Split(row, "\t"), make([]string, 6)...)
		permission := Permission{Actions: strings.Fields(fields[2]), NotActions: strings.Fields(fields[3]),
			DataActions: strings.Fields(fields[4]), NotDataActions: strings.Fields(fields[5])}
		if last := len(roles) - 1; last >= 0 && roles[last].ID == fields[1] {
			roles[last].Permissions = append(roles[last].Permissions, permission)
			continue
		}
		roles = append(roles, Role{Name: fields[0], ID: fields[1], Permissions: []Permission{permission}})
	}
	return roles
}

// Smallest lists the built-in roles that grant an action, the one with the least else first; nil when none of the table
// does. Any of them may grant much more: the first is where to start looking, and a custom role is always narrower. The values
// are shared and not to be changed.
//
// The order: the preferred role; for a read, what only reads; a role of the service before one of everything; then by what
// more it may change in other services, by how narrow the pattern is that grants the action, by what else it may change in
// this service; then by name. What nearly every role has in addition to its own task, such as Microsoft.Resources/deployments/*, is
// never the reason for that role.
func Smallest(action string, data bool) []Role {
	var candidates []candidate
	for _, role := range builtIn() {
		if Grants(role.Permissions, action, data) {
			if c, fits := weigh(role, action, data); fits {
				candidates = append(candidates, c)
			}
		}
	}
	slices.SortFunc(candidates, compareCandidates)
	var roles []Role
	for _, c := range candidates {
		roles = append(roles, c.role)
	}
	return roles
}

// preferred names the role that an administrator would think of for a type, where another would win by a pattern less; "" for
// most actions. It is a choice of ours. The first pattern that fits counts, and a read needs one for reads.
func preferred(action string) string {
	for _, choice := range []struct{ pattern, role string }{
		{"Microsoft.Authorization/*/read", "Reader"},
		{"Microsoft.Resources/*/read", "Reader"},
		{"Microsoft.Authorization/policy*", "Resource Policy Contributor"},
		{"Microsoft.Authorization/roleAssignments/*", "Role Based Access Control Administrator"},
		{"Microsoft.Automation/automationAccounts/*", "Automation Contributor"},
		{"Microsoft.Compute/virtualMachineScaleSets/*", "Virtual Machine Contributor"},
		{"Microsoft.Compute/virtualMachines/*", "Virtual Machine Contributor"},
		{"Microsoft.Insights/components/*", "Application Insights Component Contributor"},
		{"Microsoft.Insights/*", "Monitoring Contributor"},
		{"Microsoft.Management/managementGroups/read", "Management Group Reader"},
		{"Microsoft.Network/virtualNetworks/*", "Network Contributor"},
		{"Microsoft.OperationalInsights/*", "Log Analytics Contributor"},
		{"Microsoft.RecoveryServices/vaults/*", "Backup Contributor"},
	} {
		if isRead(choice.pattern) == isRead(action) && Matches(choice.pattern, action) {
			return choice.role
		}
	}
	return ""
}

func isRead(action string) bool { return strings.HasSuffix(lower(action), "/read") }

// candidate is a role with its weights; less is better in each, in this order.
type candidate struct {
	role      Role
	preferred int // 0 when the preferred table names it
	writes    int // for a read: 1 when the role may also change something
	general   int // 1 when only a pattern over all providers grants the action
	elsewhere int // weight of the changes that it allows in other providers
	breadth   int // of the narrowest pattern that grants the action
	free      int // how few bytes of that pattern are given, less than 0
	here      int // weight of the changes that it allows in this provider
}

func compareCandidates(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.preferred, b.preferred), cmp.Compare(a.writes, b.writes), cmp.Compare(a.general, b.general),
		cmp.Compare(a.elsewhere, b.elsewhere), cmp.Compare(a.breadth, b.breadth), cmp.Compare(a.free, b.free),
		cmp.Compare(a.here, b.here), cmp.Compare(a.role.Name, b.role.Name))
}

// weigh is false for a role that has the action only as an extra.
func weigh(role Role, action string, data bool) (candidate, bool) {
	c := candidate{role: role, preferred: 1, breadth: 4}
	reads := isRead(action)
	if !data && preferred(action) == role.Name {
		c.preferred = 0
	}
	task := slices.ContainsFunc(role.Permissions, func(p Permission) bool { return !allEveryday(p.Actions) || !allEveryday(p.DataActions) })
	for _, p := range role.Permissions {
		patterns, without := p.Actions, p.NotActions
		if data {
			patterns, without = p.DataActions, p.NotDataActions
		}
		for _, pattern := range patterns {
			c.grantedBy(pattern, action)
			if !task || !everyday(pattern) {
				c.allows(pattern, action, reads)
			}
		}
		c.elsewhere -= min(len(without), c.elsewhere) // a role that takes something back is the smaller one of two
	}
	if c.breadth == 3 {
		c.general = 1
	}
	return c, c.general == 1 || !task || !everyday(action)
}

// grantedBy keeps the narrowest pattern.
func (c *candidate) grantedBy(pattern, action string) {
	if !Matches(pattern, action) {
		return
	}
	b, free := breadth(pattern), -len(strings.ReplaceAll(pattern, "*", ""))
	if b < c.breadth || b == c.breadth && free < c.free {
		c.breadth, c.free = b, free
	}
}

// allows adds the weight of a pattern by which something may be changed.
func (c *candidate) allows(pattern, action string, reads bool) {
	if isRead(pattern) {
		return
	}
	if reads {
		c.writes = 1
	}
	weight := []int{1, 10, 100, 100_000}[breadth(pattern)]
	if provider(pattern) == provider(action) {
		c.here += weight
	} else {
		c.elsewhere += weight
	}
}

// breadth is 0 for an action, 1 for a part of a provider, 2 for a provider, 3 for more.
func breadth(pattern string) int {
	before, after, star := strings.Cut(pattern, "*")
	slashes := strings.Count(before, "/")
	switch {
	case !star:
		return 0
	case slashes == 0:
		return 3
	case slashes == 1 && after == "":
		return 2
	default:
		return 1
	}
}

func provider(action string) string {
	name, _, _ := strings.Cut(lower(action), "/")
	return name
}

// everyday reports whether a pattern or an action is of what nearly every built-in role has in addition to its own task.
func everyday(pattern string) bool {
	pattern = lower(pattern)
	for _, prefix := range []string{
		"microsoft.resources/deployments/", "microsoft.resources/subscriptions/", "microsoft.support/", "microsoft.resourcehealth/",
		"microsoft.insights/alertrules/",
	} {
		if strings.HasPrefix(pattern, prefix) {
			return true
		}
	}
	return pattern == "microsoft.authorization/*/read"
}

func allEveryday(patterns []string) bool {
	return !slices.ContainsFunc(patterns, func(p string) bool { return !everyday(p) })
}
