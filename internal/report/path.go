package report

import (
	"fmt"
	"strings"

	"armpreflight/internal/catalogue/facts"
)

// station is one on the way from the pipeline to Azure.
type station struct {
	Name   string
	Status string // pass, warn, unknown, fail; "" when nothing of it was checked
	X      int    // the left edge in the picture
}

// path is the way that every request of the deployment takes, with the gravest
// result at each station. Other connections take their own.
func (d Document) path() []station {
	all := []station{{Name: "pipeline"}, {Name: "connection"}, {Name: "network"}, {Name: "Entra"}, {Name: "Azure"}}
	layer := map[string]int{"pipeline": 0, "connection": 1, "network": 2, "identity": 3, "azure": 4}
	for i := range all {
		all[i].X = i * 150
	}
	for _, c := range d.Checks {
		i, ok := layer[c.Layer]
		if _, other := c.other(); other || !ok || c.silent() {
			continue
		}
		if s := c.counts(); all[i].Status == "" || s.Gravity() > status(all[i].Status).Gravity() {
			all[i].Status = s.String()
		}
	}
	return all
}

// Words says what a station's color means.
func (s station) Words() string {
	switch s.Status {
	case "":
		return "not reached"
	case "pass":
		return "ok"
	case "warn":
		return "warning"
	case "unknown":
		return "couldn't determine"
	}
	return "broken"
}

// Open reports whether the link before the station leads nowhere.
func (s station) Open() bool { return s.Status == "" || s.Status == "fail" }

func pictureInWords(path []station) string {
	var words []string
	for _, s := range path {
		words = append(words, fmt.Sprintf("%s: %s", s.Name, s.Words()))
	}
	return strings.Join(words, ", ")
}

// expiry places the days that are left on a scale up to somewhat beyond the warning.
type expiry struct {
	Days, Warning, Error int
	Status               string
	At, WarningAt        int // of 600
	ErrorAt              int
}

// Left is the time until the credential expires, in words.
func (e expiry) Left() string { return facts.Days(e.Days) }

// expiry is nil when the end of the credential is unknown.
func (d Document) expiry() *expiry {
	if d.DaysToExpiry == nil || d.Thresholds == nil {
		return nil
	}
	e := expiry{Days: *d.DaysToExpiry, Warning: d.Thresholds.Warning, Error: d.Thresholds.Error, Status: "pass"}
	switch {
	case e.Days < 0 || e.Days < e.Error:
		e.Status = "fail"
	case e.Days < e.Warning:
		e.Status = "warn"
	}
	whole := max(2*e.Warning, 2*e.Error, 30)
	place := func(days int) int { return 600 * min(max(days, 0), whole) / whole }
	e.At, e.WarningAt, e.ErrorAt = place(e.Days), place(e.Warning), place(e.Error)
	return &e
}
