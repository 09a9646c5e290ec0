package cloud

import (
	"net/http"
	"slices"
	"strings"
)

// ada is the display name of the creator of a connection without another one.
const ada = "Ada Example"

// personID is the ID of the person with a display name.
func personID(name string) string {
	if name == ada {
		return "e18a1f0a-b112-67fd-a9e0-e3bb081da49e"
	}
	return derivedGUID("person " + name)
}

// person is a reference to someone.
func person(name string) object {
	account := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@contoso.example"
	if name == ada {
		account = "ada@contoso.example"
	}
	return object{"displayName": name, "id": personID(name), "uniqueName": account, "descriptor": "aad.ZTE4YTFmMGE"}
}

// maxIdentities is how many IDs are taken: the query can have 2,048 characters, the default of ASP.NET.
const maxIdentities = 50

// identities answers for IDs in their order, null for those that no connection names.
func (o *Organization) identities(q *call) reply {
	ids := splitList(q.query.Get("identityIds"))
	if len(ids) == 0 || len(ids) > maxIdentities {
		q.note("%s %s: %d identities", q.Method, q.host, len(ids))
		return devopsError(q, http.StatusBadRequest, "ArgumentException", "identityIds")
	}
	names := map[string]string{personID(ada): ada}
	for i := range o.Projects {
		for j := range o.Projects[i].Connections {
			for _, name := range []string{o.Projects[i].Connections[j].CreatedBy, o.Projects[i].Connections[j].ModifiedBy} {
				if name != "" {
					names[personID(name)] = name
				}
			}
		}
	}
	value := []any{}
	for _, id := range ids {
		name, ok := names[strings.ToLower(id)]
		if !ok {
			value = append(value, nil)
			continue
		}
		value = append(value, object{"id": id, "descriptor": "Microsoft.IdentityModel.Claims.ClaimsIdentity;" + id, "providerDisplayName": name,
			"isActive": !slices.Contains(o.Former, name), "members": []any{}, "memberOf": []any{}, "memberIds": []any{}, "properties": object{}, "resourceVersion": 2, "metaTypeId": 0})
	}
	return jsonReply(http.StatusOK, object{"count": len(value), "value": value}).with(devopsHeaders(q)...)
}
