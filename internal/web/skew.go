package web

import (
	"net/http"
	"sync"
	"time"
)

// Skew compares this machine's clock with the Date headers of HTTPS answers of
// services; positive means this machine is ahead. The resolution is 1 s. Of
// several answers the quickest is used, since its moment is known best; host is
// the one that gave it. False when no answer told the time.
func (c *Client) Skew() (skew time.Duration, host string, ok bool) {
	c.skew.mu.Lock()
	defer c.skew.mu.Unlock()
	return c.skew.skew, c.skew.host, c.skew.host != ""
}

type skewMeter struct {
	mu     sync.Mutex
	skew   time.Duration
	flight time.Duration
	host   string // "" until there is an answer
}

func (m *skewMeter) add(host string, sent, received time.Time, h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	flight := received.Sub(sent)
	if err != nil || flight < 0 || h.Get("Age") != "" { // Age: from a cache, so of another moment
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.host != "" && m.flight <= flight {
		return
	}
	// Date is cut to the second, so ours is cut before the two are compared.
	middle := sent.Add(flight / 2).Truncate(time.Second)
	m.skew, m.flight, m.host = middle.Sub(date), flight, host
}
