package deployment

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// maxHops is how many references are followed from resource to resource.
const maxHops = 10

// subscription is the ID of the subscription in which a resource's provider works.
func (p *plans) subscription(c *change) string {
	key := "azurerm"
	if own := p.configured(c); own != nil && own.ProviderConfigKey != "" {
		key = own.ProviderConfigKey
	}
	config := p.config.ProviderConfigs[key]
	if config == nil {
		if at := strings.LastIndexByte(key, ':'); at >= 0 { // a module's own key for what it's given
			config = p.config.ProviderConfigs[key[at+1:]]
		}
	}
	if config != nil {
		if e := config.Expressions["subscription_id"]; e != nil && e.ExpressionData != nil {
			if id, ok := e.ConstantValue.(string); ok && id != "" {
				return subscriptions + id
			}
		}
	}
	return p.home
}

// locate gives the ID of a resource, with gaps for what isn't known; known is whether its scope is.
func (p *plans) locate(c *change, kind, level string, hops int) (id string, known bool) {
	if id := c.attributes["id"]; strings.HasPrefix(id, "/") {
		return p.existing(c, id, kind, level)
	}
	names := c.attributes["name"]
	if strings.Count(kind, "/") != 1 || names == "" {
		names = gap
	}
	kind = strings.TrimSuffix(kind, "/action")
	if strings.EqualFold(kind, groupType) && level == "subscription" {
		return p.subscription(c) + resourceGroups + names, true
	}
	if base, ok := p.base(c, kind, hops); ok {
		if strings.EqualFold(typeOf(base), kind) {
			return base, true
		}
		return p.below(base, kind, level, names), true
	}
	switch level {
	case "group":
		return makeID(p.subscription(c)+resourceGroups+gap, kind, names), false
	case "subscription":
		return makeID(p.subscription(c), kind, names), true
	case "tenant":
		return makeID("", kind, names), true
	}
	return makeID(p.subscription(c)+resourceGroups+gap, kind, names), false
}

// existing takes the ID that Terraform has for a resource. That of a diagnostic setting or an association is another resource's.
func (p *plans) existing(c *change, id, kind, level string) (string, bool) {
	id, _, joined := strings.Cut(strings.ReplaceAll(id, ";/", "|/"), "|")
	kind = strings.TrimSuffix(kind, "/action")
	if joined && !strings.EqualFold(typeOf(id), kind) && level == "extension" {
		return makeID(id, kind, gap), placed(id)
	}
	return id, placed(containerOf(id)) && containerOf(id) != ""
}

// below gives the ID of a resource whose parent, group or target is known.
func (p *plans) below(base, kind, level, names string) string {
	parent := typeOf(base)
	if rest, ok := cutFold(kind, parent+"/"); ok && parent != "" && !strings.EqualFold(parent, groupType) {
		for part := range strings.SplitSeq(rest, "/") {
			base += "/" + part + "/" + names
			names = gap
		}
		return base
	}
	if level == "group" && groupOf(base) != "" && (parent == "" || strings.EqualFold(parent, groupType) || !strings.HasPrefix(strings.ToLower(kind), strings.ToLower(parent))) {
		base = groupOf(base)
	}
	return makeID(base, kind, names)
}

// base finds what a resource is in or on, by its arguments.
func (p *plans) base(c *change, kind string, hops int) (string, bool) {
	if group := c.attributes["resource_group_name"]; group != "" {
		return p.subscription(c) + resourceGroups + group, true
	}
	named := []string{"scope", "parent_id", "resource_group_id", "management_group_id"}
	others := []string{"resource_id", "target_resource_id"}          // it can be on them, or only refer to them
	if level := c.row().level; level == "" || level == "extension" { // azapi, or an extension
		named, others = append(named, others...), nil
	}
	if id, ok := c.oneOf(named); ok {
		return id, true
	}
	// A subscription's ID, in both forms; other resources have it for another purpose.
	if id := c.attributes["subscription_id"]; strings.HasPrefix(c.Type, "azurerm_subscription_") || strings.HasPrefix(c.Type, "azurerm_consumption_") {
		if isGUID(id) {
			return subscriptions + id, true
		}
		if sub := subscriptionOf(id); sub != "" {
			return sub, true
		}
	}
	// A parent: the longest type that the resource's own begins with, or is.
	best := ""
	for _, other := range c.ids {
		if of := typeOf(other.id); strings.Contains(other.path.String(), ".after."+other.key) && within(of, kind) && len(of) > len(typeOf(best)) {
			best = other.id
		}
	}
	if best != "" {
		return best, true
	}
	if id, ok := p.opened(c, kind, hops); ok {
		return id, true
	}
	return c.oneOf(others)
}

// oneOf is the first of some arguments that has an ID.
func (c *change) oneOf(keys []string) (string, bool) {
	for _, key := range keys {
		if id := c.attributes[key]; strings.HasPrefix(id, "/") {
			return strings.TrimSuffix(id, "/"), true
		}
	}
	return "", false
}

// within reports whether the ID of one type says where a resource of another type is. An association of a network security perimeter is
// in the perimeter of its profile.
func within(of, kind string) bool {
	return prefixOf(of, kind) || strings.EqualFold(of, perimeters+"profiles") && strings.EqualFold(kind, perimeters+"resourceAssociations")
}

// prefixOf reports whether a type is a parent of another, or the same.
func prefixOf(of, kind string) bool {
	if of == "" {
		return false
	}
	rest, ok := cutFold(kind, of)
	return ok && (rest == "" || rest[0] == '/')
}

// opened follows an argument that's known after apply only to the resource that it refers to.
func (p *plans) opened(c *change, kind string, hops int) (string, bool) {
	own := p.configured(c)
	if own == nil || hops >= maxHops {
		return "", false
	}
	level := c.row().level
	on := level == "" || level == "extension" // it can be on another resource
	best, length := "", -1
	for _, open := range c.open {
		if open.key == "id" || len(open.blocks) > 0 {
			continue
		}
		found, _ := p.refersTo(c, own, open)
		if len(found) != 1 || !found[0].exactly || found[0].Mode == tfjson.DataResourceMode { // what's read then can be new then
			continue
		}
		key, to := open.key, found[0].change
		row := to.row()
		fits := within(row.kind, kind)
		around := key == "parent_id" || key == "resource_group_name" || key == "scope" || on && (key == "target_resource_id" || key == "resource_id")
		if !fits && !around {
			continue
		}
		id, known := p.locate(to, row.kind, row.level, hops+1)
		if !known || key == "resource_group_name" && !placed(id) {
			continue
		}
		if len(row.kind) > length {
			best, length = id, len(row.kind)
		}
	}
	return best, best != ""
}
