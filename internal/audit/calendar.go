package audit

import (
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

// calendar writes the forecast as iCalendar (RFC 5545): an event of a whole day for each connection, kind of date, and what it's of.
// The UID of an event depends on these alone, and its sequence number rises with the time of the audit, so that a later import moves the event.
func (f Forecast) calendar(w io.Writer) error {
	c := ics.NewCalendarFor("ARM Preflight")
	c.SetProductId("-//ARM Preflight//audit//EN")
	c.SetMethod(ics.MethodPublish)
	c.SetXWRCalName(plain("Service connections of " + f.Organization))
	for _, e := range f.Dates {
		event := c.AddEvent(plain(strings.ToLower(e.key() + "@armpreflight")))
		event.SetDtStampTime(f.Checked)
		event.SetModifiedAt(f.Checked)
		event.SetSequence(int(f.Checked.Unix() / 60)) // fits 32 bits until the year 6053
		start := e.At.UTC()
		event.SetAllDayStartAt(start)
		event.SetAllDayEndAt(start.AddDate(0, 0, 1))
		event.SetTimeTransparency(ics.TransparencyTransparent)
		event.SetSummary(plain(e.title()))
		lines := []string{e.Text, fmt.Sprintf("%s: %s", e.Certainty, e.Basis), "pipelines: " + e.stops(), "who: " + string(e.Who)}
		if ask := e.People.String(); ask != "" {
			lines = append(lines, "ask: "+ask)
		}
		for i, step := range e.Steps {
			lines = append(lines, fmt.Sprintf("%d. %s", i+1, step))
		}
		for i := range lines {
			lines[i] = plain(lines[i])
		}
		event.SetDescription(strings.Join(lines, "\n"))
		event.AddProperty("CATEGORIES", string(e.Certainty))
		if link := plain(e.Link); link != "" {
			event.SetURL(link)
		}
	}
	return c.SerializeTo(w, ics.WithNewLineWindows)
}

// key names what the date is of: it stays the same when the date moves.
func (e Expected) key() string {
	parts := []string{e.ID, string(e.Kind)}
	for _, part := range []string{e.Credential, e.Check, string(e.Finding)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if p := e.Pipeline; p != nil {
		h := fnv.New32a()
		_, _ = h.Write([]byte(p.Project + "\x00" + p.Name))
		parts = append(parts, fmt.Sprintf("%08x", h.Sum32()))
	}
	return strings.Join(parts, "-")
}

// title fits into the box of a day.
func (e Expected) title() string {
	what := map[DateKind]string{SecretEnds: "secret expires", CertificateEnds: "certificate expires", IssuerRetires: "issuer retires",
		UnusedDisables: "might be disabled", RevertEnds: "last day to revert",
		WaiverExpires: "waiver expires", SubscriptionEnds: "subscription might be deleted"}[e.Kind]
	return fmt.Sprintf("%s: %s", e.Name, what)
}

// plain makes one line of a text, of characters that a calendar can have.
func plain(text string) string {
	return line(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD")))
}
