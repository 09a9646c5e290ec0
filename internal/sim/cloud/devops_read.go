package cloud

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

func (o *Organization) project(nameOrID string) *Project {
	for i := range o.Projects {
		if p := &o.Projects[i]; strings.EqualFold(p.ID, nameOrID) || strings.EqualFold(p.Name, nameOrID) {
			return p
		}
	}
	return nil
}

func (o *Organization) getProject(q *call, nameOrID string) reply {
	p := o.project(nameOrID)
	if p == nil || p.Hidden {
		return projectNotFound(q, nameOrID)
	}
	return jsonReply(http.StatusOK, object{"id": p.ID, "name": p.Name, "url": o.URL + "_apis/projects/" + p.ID, "state": "wellFormed",
		"revision": 42, "visibility": "private"}).with(devopsHeaders(q)...)
}

// permission answers for the one namespace that is simulated, service connections, and there for the right to make one.
func (o *Organization) permission(q *call, who asker, namespace, bits string) reply {
	token, ok := strings.CutPrefix(q.query.Get("tokens"), "endpoints/")
	p := o.project(token)
	if namespace != "49b48001-ca20-4adc-8111-5b60c903a50c" || bits != "4" || !ok || p == nil {
		return unknown(q, "permission")
	}
	return jsonReply(http.StatusOK, object{"count": 1, "value": []bool{containsFold(p.Creators, who.person)}}).with(devopsHeaders(q)...)
}

func (p *Project) connection(id string) *Connection {
	for i := range p.Connections {
		if strings.EqualFold(p.Connections[i].ID, id) {
			return &p.Connections[i]
		}
	}
	return nil
}

func (o *Organization) projects(q *call) reply {
	value := []object{}
	for _, p := range o.Projects {
		if p.Hidden {
			continue
		}
		value = append(value, object{"id": p.ID, "name": p.Name, "url": o.URL + "_apis/projects/" + p.ID, "state": "wellFormed",
			"revision": 42, "visibility": "private", "lastUpdateTime": "2025-01-10T12:13:40.297Z"})
	}
	top, err := strconv.Atoi(q.query.Get("$top"))
	if err != nil || top <= 0 {
		top = 100 // the service's own
	}
	return pageOf(q, value, top)
}

// pageOf gives a page of a list, with the token of the next one in a header.
func pageOf(q *call, value []object, size int) reply {
	from := 0
	if token := q.query.Get("continuationToken"); token != "" {
		n, err := strconv.Atoi(token)
		if err != nil || n < 0 || n > len(value) {
			return devopsError(q, http.StatusBadRequest, "InvalidArgumentValueException", "Value is not valid. Parameter name: continuationToken")
		}
		from = n
	}
	to := len(value)
	if size > 0 {
		to = min(to, from+size)
	}
	answer := jsonReply(http.StatusOK, object{"count": to - from, "value": value[from:to]}).with(devopsHeaders(q)...)
	if to < len(value) {
		answer = answer.with("X-MS-ContinuationToken", strconv.Itoa(to))
	}
	return answer
}

// getConnection answers null with 200 for a connection that doesn't exist or that the job may not see.
func (p *Project) getConnection(q *call, who asker, id string) reply {
	c := p.connection(id)
	if c == nil || who.hidden() {
		return jsonReply(http.StatusOK, nil).with(devopsHeaders(q)...)
	}
	return jsonReply(http.StatusOK, c.describe(p)).with(devopsHeaders(q)...)
}

func (a asker) hidden() bool { return a.job != nil && a.job.HidesConnections }

// listConnections leaves out what isn't ready unless includeFailed asks for it.
func (p *Project) listConnections(q *call, who asker) reply {
	value := []object{}
	names, ids := splitList(q.query.Get("endpointNames")), splitList(q.query.Get("endpointIds"))
	for i := range p.Connections {
		c := &p.Connections[i]
		if who.hidden() || c.NotReady && !strings.EqualFold(q.query.Get("includeFailed"), "true") ||
			q.query.Get("type") != "" && !strings.EqualFold(q.query.Get("type"), c.kind()) ||
			len(names) > 0 && !containsFold(names, c.Name) || len(ids) > 0 && !containsFold(ids, c.ID) {
			continue
		}
		value = append(value, c.describe(p))
	}
	return pageOf(q, value, p.PageSize)
}

// kind is the type of a connection.
func (c *Connection) kind() string { return cmp.Or(c.Type, "azurerm") }

func splitList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}

// describe writes the record; secrets come back as null, with their names.
func (c *Connection) describe(p *Project) object {
	parameters := object{}
	for name, value := range c.Parameters {
		switch strings.ToLower(name) {
		case "serviceprincipalkey", "serviceprincipalcertificate", "idtoken", "accesstoken", "apitoken":
			parameters[name] = nil
		default:
			parameters[name] = value
		}
	}
	creator := cmp.Or(c.CreatedBy, ada)
	o := object{
		"id": c.ID, "name": c.Name, "type": c.kind(), "url": c.URL, "owner": "library", "description": c.Description,
		"isShared": c.Shared, "isReady": !c.NotReady, "isDisabled": c.Disabled, "isOutdated": c.Outdated,
		"createdBy": person(creator), "serviceManagementReference": nil, "administratorsGroup": nil, "readersGroup": nil,
		"authorization":                    object{"scheme": c.Scheme, "parameters": parameters},
		"data":                             c.Data,
		"operationStatus":                  object{"state": cmp.Or(c.OperationState, "Ready"), "statusMessage": c.OperationMessage},
		"serviceEndpointProjectReferences": references(c, p),
	}
	if !c.Created.IsZero() {
		o["creationDate"] = c.Created.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if !c.Modified.IsZero() {
		o["modificationDate"], o["modifiedBy"] = c.Modified.UTC().Format("2006-01-02T15:04:05.000Z"), person(cmp.Or(c.ModifiedBy, creator))
	}
	return o
}

// references are the projects that a connection is used in, the asked one first.
func references(c *Connection, p *Project) []object {
	all := []object{{"projectReference": object{"id": p.ID, "name": p.Name}, "name": c.Name, "description": c.Description}}
	for _, other := range c.SharedWith {
		if other.ID != p.ID {
			all = append(all, object{"projectReference": object{"id": other.ID, "name": other.Name}, "name": c.Name, "description": c.Description})
		}
	}
	return all
}

// resourceAreas lists areas with names that differ by case only, as the service has them.
func (o *Organization) resourceAreas(q *call, one []string) reply {
	value := []object{}
	for _, area := range [][2]string{
		{"79134c72-4a58-4b42-976c-04e7115f32bf", "core"},
		{"a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd", "distributedtask"},
		{"1814ab31-2f4f-4a9f-8761-f4d77dc5a5d7", "serviceendpoint"},
		{"5d6898bb-45ec-463f-95f9-54d49c71752e", "build"},
		{"965220d5-5bb9-42cf-8d67-9b146df2a5a4", "Build"},
	} {
		entry := object{"id": area[0], "name": area[1], "locationUrl": o.URL}
		if len(one) == 1 && strings.EqualFold(one[0], area[0]) {
			return jsonReply(http.StatusOK, entry).with(devopsHeaders(q)...)
		}
		value = append(value, entry)
	}
	if len(one) == 1 {
		return jsonReply(http.StatusOK, nil).with(devopsHeaders(q)...)
	}
	return jsonReply(http.StatusOK, object{"count": len(value), "value": value}).with(devopsHeaders(q)...)
}
