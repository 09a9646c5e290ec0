package azure

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"
	"armpreflight/internal/jsonsize"
	"armpreflight/internal/web"
)

// maxPages is where a list that doesn't end is given up. The longest real one,
// the role assignments of a subscription, is far below.
const maxPages = 50

// What a list may be made of, all pages together, as web.Client allows it for one: what was read of it is in memory
// until its end.
const (
	maxListed = 20_000  // items
	maxWithin = 500_000 // elements of the lists within them
	maxListOf = 8 << 20 // bytes
)

var errTooLong = errors.New("the list is longer than any list that the service returns")

// page is one answer of a list. Value tells an empty list from an answer that
// has none.
type page[T any] struct {
	Value    []T    `json:"value"`
	NextLink string `json:"nextLink"`
}

// list reads a list, page by page, until it has ended or holds at least enough
// items; 0 means to the end. told reports whether an item holds what a real one
// always has. Half a list is never returned.
func list[T any](ctx context.Context, c *Client, t Token, path, query string, enough int, told func(T) bool) ([]T, error) {
	ctx, trace := web.Record(ctx)
	doing := "read " + path
	address := c.base() + path + "?" + query
	all, seen := listed[T]{items: []T{}}, map[string]bool{}
	for !seen[address] && len(seen) < maxPages {
		seen[address] = true
		next, ok := all.read(ctx, c, t, address, told)
		if ok && (next == "" || enough > 0 && len(all.items) >= enough) {
			return all.items, nil
		}
		if !ok || !c.isOwn(next) {
			break
		}
		address = next
	}
	return nil, failed(ctx, trace, doing, evidence.ARM)
}

// listed is what was read of a list.
type listed[T any] struct {
	items         []T
	bytes, within int
}

// read adds one page and returns the address of the next one.
func (l *listed[T]) read(ctx context.Context, c *Client, t Token, address string, told func(T) bool) (next string, ok bool) {
	var p page[T]
	err := c.fetch(ctx, c.resources, address, t.Value, func(body []byte) error {
		n, shallow := jsonsize.Of(body)
		l.bytes, l.within = l.bytes+len(body), l.within+n.Deeper
		if !shallow || l.bytes > maxListOf || l.within > maxWithin || len(l.items)+n.Top > maxListed {
			return errTooLong
		}
		return unmarshal(body, &p)
	})
	if err != nil || p.Value == nil {
		return "", false
	}
	for _, item := range p.Value {
		if !told(item) {
			return "", false
		}
	}
	l.items = append(l.items, p.Value...)
	return p.NextLink, true
}

// isOwn reports whether an address that an answer named is at the cloud's own
// Resource Manager. Package web would refuse any other, but as a request that
// failed; it is the answer that is wrong.
func (c *Client) isOwn(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.User == nil &&
		strings.EqualFold(strings.TrimSuffix(u.Host, ":443"), c.cloud.ResourceManagerHost())
}

// pathOf gives an ARM ID as the path of an address; the tenant is "" or "/". An ID
// whose segments could lead somewhere else isn't one.
func pathOf(id string) (string, error) {
	parsed, ok := arm.ParseID(id)
	if !ok {
		return "", &evidence.Failure{Doing: "read " + strings.TrimSuffix(id, "/"), Code: string(catalogue.InputInvalid),
			Evidence: evidence.Evidence{Service: evidence.ARM, Message: "this isn't the ID of a resource in Azure Resource Manager"}}
	}
	return parsed.Path(), nil
}

// quoted writes a text as a literal of an OData filter or key.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
