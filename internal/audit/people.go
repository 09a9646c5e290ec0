package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/devops"
	"armpreflight/internal/secret"
)

// Person is who created or changed a connection.
type Person struct {
	Name string `json:"name"`
	User *bool  `json:"user,omitempty"` // still a user of the organization; nil: not known
}

// Owners are the people who probably know about a connection. What isn't known is nil or empty.
type Owners struct {
	CreatedBy   *Person `json:"createdBy,omitempty"`
	ModifiedBy  *Person `json:"modifiedBy,omitempty"`  // last
	Description string  `json:"description,omitempty"` // of the connection, which often names a contact
}

// Bounds of looking people up: the requests don't grow with the connections, and an audit doesn't wait for long for what it can do without.
const (
	maxPeople   = 1000
	peopleLimit = 2 * time.Minute
)

// What an audit may not have seen of the people who created and changed connections.
const whatUsers = "whether the people who created or changed connections are still users of the organization"

// people asks which of those who created and changed the connections are still users, all at the same time.
func (o *Options) people(ctx context.Context, reader *devops.Reader, connections []*seen) (users map[string]bool, unseen []NotSeen) {
	var ids []string
	known := map[string]bool{}
	for _, one := range connections {
		for _, who := range []devops.Identity{one.CreatedBy, one.ModifiedBy} {
			if id := strings.ToLower(who.ID); id != "" && !known[id] {
				known[id] = true
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	if n := len(ids); n > maxPeople {
		ids, unseen = ids[:maxPeople], []NotSeen{{What: whatUsers, Why: fmt.Sprintf("there are %d, and only %d are looked up", n, maxPeople)}}
	}
	ctx, stop := context.WithTimeout(ctx, peopleLimit)
	defer stop()
	users, err := reader.Users(ctx, ids)
	if err != nil {
		return users, []NotSeen{{What: whatUsers, Why: why(ctx, err)}}
	}
	return users, unseen
}

// maxDescription is how many characters of a description are kept.
const maxDescription = 200

// owners says who created and changed a connection, as far as its record tells.
func (o *Options) owners(one *seen, users map[string]bool) Owners {
	person := func(who devops.Identity) *Person {
		if who.Name == "" {
			return nil
		}
		p := &Person{Name: o.Text(who.Name)}
		if user, ok := users[strings.ToLower(who.ID)]; ok {
			p.User = &user
		}
		return p
	}
	owners := Owners{CreatedBy: person(one.CreatedBy), Description: secret.Filter(o.Text).Line(one.Description, maxDescription)}
	if one.ModifiedBy == one.CreatedBy {
		owners.ModifiedBy = owners.CreatedBy
	} else {
		owners.ModifiedBy = person(one.ModifiedBy)
	}
	return owners
}

// String says in a line who knows about it; empty if nothing is known.
func (o Owners) String() string {
	var parts []string
	switch created, modified := o.CreatedBy, o.ModifiedBy; {
	case created != nil && modified != nil && created.String() == modified.String():
		parts = append(parts, "created and last changed by "+created.String())
	default:
		if created != nil {
			parts = append(parts, "created by "+created.String())
		}
		if modified != nil {
			parts = append(parts, "last changed by "+modified.String())
		}
	}
	if o.Description != "" {
		parts = append(parts, fmt.Sprintf("its description says %q", o.Description))
	}
	return strings.Join(parts, ", ")
}

func (p Person) String() string {
	switch {
	case p.User == nil:
		return p.Name
	case *p.User:
		return p.Name + " (still a user)"
	}
	return p.Name + " (no longer a user)"
}

// clean makes every text of it fit to be shown.
func (o *Owners) clean(text func(string) string) {
	for _, p := range []**Person{&o.CreatedBy, &o.ModifiedBy} {
		if *p != nil {
			*p = &Person{text((*p).Name), (*p).User}
		}
	}
	o.Description = text(o.Description)
}
