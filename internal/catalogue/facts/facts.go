// Package facts has a type for the facts of each code: of what a check compared, and
// of the situation and the answers that texts name. The types are made from
// families.yaml, by go generate ./internal/catalogue.
//
// A field that's zero isn't known, and a text then says it in general words. Whatever
// is a time or a number here becomes text here, and nowhere else.
package facts

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Answer is yes, no, or, as the zero value, not known.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// Whether is the answer to a question that has one.
func Whether(so bool) Answer {
	if so {
		return Yes
	}
	return No
}

// Named is a name, and the ID behind it: a name may have been given to something else
// since. An ID that's the name says nothing more.
type Named struct{ Name, ID string }

// to hands values over as texts, those that are known.
type to func(name, text string)

func (set to) text(name, text string) {
	if text != "" {
		set(name, text)
	}
}

func (set to) named(name string, n Named, id string) {
	set.text(name, n.Name)
	if !strings.EqualFold(n.Name, n.ID) {
		set.text(id, n.ID)
	}
}

func (set to) count(name string, n int) {
	if n > 0 {
		set(name, strconv.Itoa(n))
	}
}

func (set to) days(name string, n *int) {
	if n != nil {
		set(name, Days(*n))
	}
}

// Days is a number of whole days in words: 12 days, 1 day, less than a day for 0.
func Days(n int) string {
	switch n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

func (set to) time(name, layout string, t time.Time) {
	if !t.IsZero() {
		set(name, t.UTC().Format(layout))
	}
}

func (set to) day(name string, t time.Time)    { set.time(name, time.DateOnly, t) }
func (set to) date(name string, t time.Time)   { set.time(name, "January 2, 2006", t) }
func (set to) moment(name string, t time.Time) { set.time(name, time.RFC3339, t) }

func (set to) duration(name string, d time.Duration) {
	if d > 0 {
		set(name, d.Round(time.Second).String())
	}
}

func (set to) seconds(name string, d time.Duration) {
	if d > 0 {
		set(name, fmt.Sprint(d.Seconds()))
	}
}

func (set to) flag(name, text string, so bool) {
	if so {
		set(name, text)
	}
}
