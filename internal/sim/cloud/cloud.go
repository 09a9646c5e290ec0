package cloud

import (
	"net/http"
	"sync"
)

// Cloud is a running simulated cloud. It is safe for concurrent use.
type Cloud struct {
	mu    sync.RWMutex // guards world
	world *World

	faults faults
	record record
}

// New starts a cloud over the world, which then belongs to it: change it through Update.
func New(w *World) *Cloud {
	entraKey() // derived once a process, here and not during the first request, whose time may be measured
	devopsKey()
	return &Cloud{world: w}
}

// Update changes the world while no request is being answered.
func (c *Cloud) Update(change func(*World)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c.world)
}

// Fault adds a disturbance. Faults are tried in the order they were added: delays add up, the first that answers wins.
func (c *Cloud) Fault(f Fault) { c.faults.add(f) }

// Requests lists what arrived, in the order of arrival. Credentials are never part of it.
func (c *Cloud) Requests() []Request { return c.record.requests() }

// Waits is the length of the longest chain of requests that each started after the answer to the one before was complete: the
// round trips on the critical path. Answers come immediately, so two requests that were sent together may still follow one
// another; give every request a latency (Fault{Latency: 20 * time.Millisecond}) where the number must be exact.
// Requests whose path holds one of the given texts are left out: nothing waits for them, and one that ends early looks like a link.
func (c *Cloud) Waits(beside ...string) int { return c.record.waits(beside) }

// Violations lists what a real service would find odd and what a preflight must not do: unknown hosts and paths, writes,
// tokens for another audience, credentials at the wrong host, over plain HTTP or in a URL, missing api-versions.
func (c *Cloud) Violations() []string { return c.record.violations() }

// ServeHTTP routes by the real host name.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.serve(w, r) }
