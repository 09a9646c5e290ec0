package devops

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"armpreflight/internal/arm"
)

// identitiesAtOnce is how many identities are read with one request: with 40 IDs the query is shorter than 2,048
// characters, the default limit of ASP.NET.
const identitiesAtOnce = 40

// Users returns whether identities are users of the organization: whether they're members of any of its groups, as every
// user is. What the service doesn't say is left out. An error is a *evidence.Failure, and comes with what was learned before.
//
// It takes the scope Identity (read) of a personal access token.
// Source: Azure DevOps REST reference, Identities - Read Identities (7.1); the meaning of isActive is that of
// identity.Identity in azuredevops/v7.
func (r *Reader) Users(ctx context.Context, ids []string) (map[string]bool, error) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !arm.IsGUID(id) })
	users := map[string]bool{}
	for some := range slices.Chunk(ids, identitiesAtOnce) {
		var answer struct {
			Value []*struct { // null for one that it doesn't have or show
				ID       string `json:"id"`
				IsActive *bool  `json:"isActive"`
			} `json:"value"`
		}
		const doing = "read who's a user of the organization"
		_, err := r.getFrom(ctx, r.people, doing, "/_apis/identities", "7.1", url.Values{"identityIds": {strings.Join(some, ",")}, "queryMembership": {"None"}}, &answer)
		if err == nil && answer.Value == nil {
			err = r.notUnderstood(doing)
		}
		if err != nil {
			return users, err
		}
		for _, one := range answer.Value {
			if one != nil && one.IsActive != nil {
				users[strings.ToLower(one.ID)] = *one.IsActive
			}
		}
	}
	return users, nil
}

// peopleOf is the address at which an organization answers about people: another host at Azure DevOps Services.
func peopleOf(organization *url.URL) *url.URL {
	u := *organization
	switch host := strings.ToLower(u.Host); {
	case host == "dev.azure.com":
		u.Host = "vssps.dev.azure.com"
	case strings.HasSuffix(host, ".visualstudio.com"):
		u.Host = strings.TrimSuffix(host, ".visualstudio.com") + ".vssps.visualstudio.com"
	}
	return &u
}
