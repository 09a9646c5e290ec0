package deployment

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// plans derives what a Terraform plan needs.
type plans struct {
	*collector
	file    string
	config  tfjson.Config
	order   []*change
	changes map[string]*change   // by address
	alike   map[string][]*change // by address without keys
}

// change is what's kept of a change.
type change struct {
	*tfjson.ResourceChange
	path       *jsonPath
	attributes map[string]string // names, IDs, and the like, after the change, or before it if it deletes
	open       []openAt          // arguments that are known after apply only
	ids        []idAt            // IDs of other resources
	blocks     map[string]bool   // the blocks that it has
	manual     bool              // someone else approves its connection later
	account    bool              // it names a storage account, and doesn't have its ID
}

// idAt is the ID of a resource in the arguments of another.
type idAt struct {
	key, id string
	path    *jsonPath
}

// keep takes from a change what's needed later, and lets go of the rest.
func (c *change) keep() {
	c.attributes = map[string]string{}
	after, _ := c.Change.After.(map[string]any)
	before, _ := c.Change.Before.(map[string]any)
	for _, side := range []map[string]any{before, after} {
		for key, v := range side {
			if s, ok := v.(string); ok && len(s) <= 2000 && telling(key) {
				c.attributes[key] = strings.Clone(s)
			}
		}
	}
	c.blocks = map[string]bool{}
	for key, v := range after {
		if list, ok := v.([]any); ok && len(list) > 0 {
			c.blocks[strings.Clone(key)] = true
		}
	}
	unknown, _ := c.Change.AfterUnknown.(map[string]any)
	c.account = unknown["storage_account_name"] == true || c.attributes["storage_account_name"] != ""
	if unknown != nil {
		for key, open := range unknown {
			if open == true && key != "id" {
				delete(c.attributes, key)
			}
		}
		c.findOpen(nil, "", unknown, c.path.member("change").member("after_unknown"))
	}
	c.find("", after, c.path.member("change").member("after"))
	c.Change = &tfjson.Change{Actions: c.Change.Actions}
}

// telling reports whether an attribute can identify a resource or locate it.
func telling(key string) bool {
	switch key {
	case "id", "name", "type", "location", "scope", "action", "method", "resource_group_name", "storage_account_name":
		return true
	}
	return strings.HasSuffix(key, "_id")
}

// mostIDs is how many IDs of other resources are considered in one change.
const mostIDs = 1000

// find looks for the IDs of other resources.
func (c *change) find(key string, v any, at *jsonPath) {
	switch v := v.(type) {
	case string:
		if body, ok := c.bodyOf(key, v); ok {
			c.find("", body, at)
			return
		}
		if _, ok := cutFold(v, subscriptions); ok && key != "id" && len(v) <= 2000 && len(c.ids) < mostIDs {
			c.ids = append(c.ids, idAt{key, strings.Clone(v), at})
		}
	case []any:
		for i, item := range v {
			c.find(key, item, at.element(i))
		}
	case map[string]any:
		if v["is_manual_connection"] == true {
			c.manual = true
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inner := name
			if name == "id" && key != "" {
				inner = key
			}
			c.find(inner, v[name], at.member(name))
		}
	}
}

// bodyOf decodes the body of a resource, which azapi before 2.0 has as a text.
func (c *change) bodyOf(key, text string) (body any, ok bool) {
	if key != "body" || !strings.HasPrefix(c.Type, "azapi_") || tooMany(text, maxChange) {
		return nil, false
	}
	err := json.Unmarshal([]byte(text), &body)
	return body, err == nil
}

// derive goes through the changes.
func (p *plans) derive() {
	for _, c := range p.order {
		switch provider, _, _ := strings.Cut(c.Type, "_"); provider {
		case "azurerm":
			p.azurerm(c)
		case "azapi":
			p.azapi(c)
		case "azuread", "msgraph":
			p.entra(c)
		}
	}
}

func (p *plans) entra(c *change) {
	p.cannot("resources of Microsoft Entra need Microsoft Graph permissions, which aren't analyzed", p.reason(c))
}

func (p *plans) reason(c *change) Reason {
	return Reason{Resource: c.Address, File: p.file, Path: c.path.String()}
}

func (p *plans) record(c *change, action, scope string, sure bool) record {
	return record{action: action, scope: scope, sure: sure, resource: c.Address, file: p.file, path: c.path}
}

// azurerm derives the needs of a resource of the azurerm provider.
func (p *plans) azurerm(c *change) {
	p.add(p.record(c, "Microsoft.Resources/subscriptions/providers/read", p.subscription(c), false))
	row := c.row()
	ok := row.level != ""
	switch {
	case c.Type == "azurerm_resource_provider_registration":
		namespace := c.attributes["name"]
		switch {
		case !c.Change.Actions.Create():
		case namespace == "":
			p.cannot("couldn't determine which resource provider is registered", p.reason(c))
		default:
			p.add(p.record(c, namespace+"/register/action", p.subscription(c), true))
		}
		return
	case c.Type == "azurerm_resource_provider_feature_registration":
		if c.Change.Actions.Create() {
			p.add(p.record(c, "Microsoft.Features/providers/features/register/action", p.subscription(c), true))
		}
		return
	case strings.HasPrefix(c.Type, "azurerm_azuread_"):
		p.entra(c)
		return
	case !ok && (c.Mode == tfjson.DataResourceMode || c.Change.Actions.NoOp()):
		return // it reads something, which is in no list
	case !ok:
		p.cannot("the permissions that "+c.Type+" needs aren't listed, because the tool doesn't know its type in Azure: check them yourself", p.reason(c))
		return
	case row.level == "data" || c.inDataPlane():
		p.dataPlane(c)
		return
	}
	id, known := p.locate(c, row.kind, row.level, 0)
	if !known && !c.Change.Actions.NoOp() && c.Mode != tfjson.DataResourceMode {
		p.cannot("couldn't determine the scope of a resource before apply; its actions are listed at "+shown(p.widened(id)), p.reason(c))
	}
	p.apply(c, id, row.kind, known)
	if c.Type == "azurerm_resource_group" && deletes(c) {
		p.add(p.record(c, "Microsoft.Resources/subscriptions/resourceGroups/resources/read", id, false))
	}
	if strings.HasSuffix(c.Type, "_template_deployment") && !c.Change.Actions.NoOp() {
		p.cannot("the template of an ARM deployment in a Terraform plan isn't analyzed: add it to the files", p.reason(c))
	}
}

func deletes(c *change) bool { return c.Change.Actions.Delete() || c.Change.Actions.Replace() }

func writes(c *change) bool {
	return c.Change.Actions.Create() || c.Change.Actions.Update() || c.Change.Actions.Replace() || c.Change.Actions.CreateBeforeDestroy()
}

// apply derives what the change of one resource needs.
func (p *plans) apply(c *change, id, kind string, known bool) {
	if call, ok := strings.CutSuffix(kind, "/action"); ok {
		if writes(c) {
			p.add(p.record(c, call+"/action", p.at(id), known && placed(p.at(id))))
		}
		return
	}
	azapi := strings.HasPrefix(c.Type, "azapi_")
	if writes(c) {
		p.make(id)
		location := c.attributes["location"]
		version := ""
		if azapi {
			_, version, _ = strings.Cut(c.attributes["type"], "@")
		}
		p.writes(write{id: id, kind: kind, location: location, version: version, sure: known, resource: c.Address, file: p.file, path: c.path})
	}
	scope := p.at(id)
	switch {
	case deletes(c):
		p.add(p.record(c, actionType(kind)+"/delete", scope, known && placed(scope)))
		p.add(p.record(c, actionType(kind)+"/read", scope, known && placed(scope)))
	case !writes(c): // a read, or a refresh of what doesn't change
		p.add(p.record(c, actionType(kind)+"/read", scope, azapi && known && c.Mode == tfjson.DataResourceMode))
		return
	}
	for _, action := range azurermAlso(c) {
		if writes(c) || !strings.HasSuffix(action, "/write") {
			p.add(p.record(c, action, scope, false))
		}
	}
	p.links(c, id)
}

// at is where a right on a resource that exists is looked for: its container, or what an extension is on.
func (p *plans) at(id string) string {
	if strings.EqualFold(typeOf(id), groupType) {
		if placed(id) {
			return id
		}
		return p.widened(id)
	}
	scope := containerOf(id)
	if base := baseOf(id); typeOf(base) != "" && !strings.EqualFold(typeOf(base), groupType) {
		scope, _ = p.collector.scope(base)
	}
	if !placed(scope) {
		return p.widened(scope)
	}
	return scope
}

// links derives the linked actions of a resource.
func (p *plans) links(c *change, id string) {
	for _, other := range c.ids {
		if c.manual && approved(other.key) || other.path.below(manual) {
			continue
		}
		p.link(id, other.key, other.id, c.Address, p.file, other.path)
	}
	own := p.configured(c)
	if own == nil {
		return
	}
	for _, open := range c.open {
		if c.manual && approved(open.key) {
			continue
		}
		found, lost := p.refersTo(c, own, open)
		if len(found) == 0 && lost && namesResource(open.key) {
			p.cannot("couldn't determine which resource an argument refers to; actions there, such as join/action, aren't listed",
				Reason{Resource: c.Address, File: p.file, Path: open.path.String()})
		}
		for _, to := range found {
			row := to.row()
			if row.kind == "" || row.level == "data" || to.attribute != "" && to.attribute != "id" {
				continue
			}
			if other, known := p.locate(to.change, row.kind, row.level, 0); known {
				p.link(id, open.key, other, c.Address, p.file, open.path)
			}
		}
	}
}

// row is the type of a resource in Azure.
func (c *change) row() azurermType {
	if strings.HasPrefix(c.Type, "azapi_") {
		kind, _, _ := strings.Cut(c.attributes["type"], "@")
		return azurermType{kind: kind}
	}
	row := azurermTypes()[c.Type]
	if strings.Contains(row.kind, typeArgument) {
		if c.attributes["type"] == "" {
			return azurermType{}
		}
		row.kind = strings.Replace(row.kind, typeArgument, c.attributes["type"], 1)
	}
	return row
}

// namesResource reports whether an argument holds the IDs of Azure resources, as far as its name says.
func namesResource(key string) bool {
	switch key {
	case "tenant_id", "object_id", "principal_id", "client_id", "application_id", "subscription_id":
		return false
	}
	return strings.HasSuffix(key, "_id") || strings.HasSuffix(key, "_ids")
}

// azapi derives the needs of a resource of the azapi provider, which names Azure's types itself.
func (p *plans) azapi(c *change) {
	kind, _, _ := strings.Cut(c.attributes["type"], "@")
	if c.Type == "azapi_data_plane_resource" {
		p.dataPlane(c)
		return
	}
	if !isType(kind) {
		if !c.Change.Actions.NoOp() {
			p.cannot("couldn't determine the type of a resource", p.reason(c))
		}
		return
	}
	id, known := p.locate(c, kind, "", 0)
	switch c.Type {
	case "azapi_resource_action":
		p.call(c, kind, id, known)
		return
	case "azapi_update_resource":
		if deletes(c) && !writes(c) {
			return // it leaves the resource as it is
		}
	case "azapi_resource":
	default: // a list, or something that needs nothing from Azure
		if c.Type != "azapi_resource_list" {
			return
		}
	}
	if !known && writes(c) {
		p.cannot("couldn't determine the scope of a resource before apply; its actions are listed at "+shown(p.widened(id)), p.reason(c))
	}
	p.apply(c, id, kind, known)
}

// call derives the needs of azapi_resource_action.
func (p *plans) call(c *change, kind, id string, known bool) {
	if !writes(c) && c.Mode != tfjson.DataResourceMode {
		return
	}
	action := actionType(kind)
	switch method := strings.ToUpper(c.attributes["method"]); {
	case method == "GET":
		action += "/read"
	case method == "DELETE":
		action += "/delete"
	case method == "PUT" || method == "PATCH" || c.attributes["action"] == "":
		action += "/write"
	default:
		action += "/" + strings.Trim(c.attributes["action"], "/") + "/action"
	}
	r := p.record(c, action, "", known)
	r.target = id
	p.add(r)
}
