package audit

import (
	"fmt"
	"io"

	"armpreflight/internal/markup"
	"armpreflight/internal/preflight"
)

//go:generate go run ../../tools/pages forecast.html forecastView

// forecastView is what the page of a forecast shows.
type forecastView struct {
	Forecast
	Marks []Mark
	Rows  []forecastRow
}

type forecastRow struct {
	Expected
	In, Where, Affected string
	First               bool // on its day
}

func (f Forecast) view() forecastView {
	v := forecastView{Forecast: f, Marks: f.Marks()}
	last := ""
	for _, e := range f.Dates {
		v.Rows = append(v.Rows, forecastRow{Expected: e, In: e.in(f), Where: e.where(), Affected: e.stops(), First: e.Day != last})
		last = e.Day
	}
	return v
}

// html writes one page that needs nothing else, as that of an audit.
func (f Forecast) html(w io.Writer) error {
	var page markup.Page
	writeForecast(&page, f.view())
	_, err := w.Write(page.Bytes())
	return err
}

// Mark is a day on the timeline, or several that are too close to be told apart, in the units of its picture.
type Mark struct {
	Day   string // the first: 2026-12-31, which is where it links to
	Short string // Dec 31, or due
	Label string // what a screen reader gets
	X, R  int
	Count int  // of dates
	Stops bool // a connection stops working
	Shown bool // there's space for Short

	last string // day
}

// Marks returns the days of the forecast in order. Days that have passed are at the left end.
func (f Forecast) Marks() []Mark {
	const left, width, apart, word = 40, 920, 34, 55
	var all []Mark
	for _, e := range f.Dates {
		days := min(max(preflight.WholeDays(e.At.Sub(f.Checked)), 0), f.Days)
		x := left + width*days/max(f.Days, 1)
		if n := len(all); n > 0 && x-all[n-1].X < apart {
			m := &all[n-1]
			m.Count, m.Stops, m.last = m.Count+1, m.Stops || e.Stops, e.Day
			continue
		}
		short := e.At.UTC().Format("Jan 2")
		if !e.At.After(f.Checked) {
			short = "due"
		}
		all = append(all, Mark{Day: e.Day, Short: short, X: x, Count: 1, Stops: e.Stops, last: e.Day})
	}
	free := 0
	for i := range all {
		m := &all[i]
		m.R = 14
		if m.Count > 99 {
			m.R = 17
		}
		m.Label = fmt.Sprintf("%s, %s on %s", m.Short, plural(m.Count, "date"), m.Day) // it begins as what's shown
		if m.last != m.Day {
			m.Label = fmt.Sprintf("%s, %s from %s to %s", m.Short, plural(m.Count, "date"), m.Day, m.last)
		}
		if m.Shown = m.X >= free; m.Shown {
			free = m.X + word
		}
	}
	return all
}
