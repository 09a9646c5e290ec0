package check

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"armpreflight/internal/lazyregexp"
)

// Waiver says that a finding is known and accepted until a day. It changes what
// the finding counts for in the verdict, and nothing else: the finding stays
// visible, and what depended on the check stays skipped.
type Waiver struct {
	Check   string
	Code    string    // empty: every finding of the check
	Until   time.Time // the first moment at which it no longer holds
	Because string
	Text    string // the line as it was written
}

var waiverForm = &lazyregexp.Regexp{Expression: `^([a-z]+(?:-[a-z]+)*)(?:=(\S+))?\s+until\s+(\d{4}-\d{2}-\d{2})\s+because\s+(\S.*)$`}

// ErrWaiverForm is a line that isn't `check-id[=code] until YYYY-MM-DD because reason`.
var ErrWaiverForm = errors.New("not of the form check-id[=code] until YYYY-MM-DD because reason")

// ParseWaiver reads one line. The day counts to its end, in UTC.
func ParseWaiver(line string) (Waiver, error) {
	parts := waiverForm.FindStringSubmatch(strings.TrimSpace(line))
	if parts == nil {
		return Waiver{}, ErrWaiverForm
	}
	day, err := time.Parse(time.DateOnly, parts[3])
	if err != nil {
		return Waiver{}, fmt.Errorf("%s isn't a date", parts[3])
	}
	return Waiver{Check: parts[1], Code: parts[2], Until: day.AddDate(0, 0, 1), Because: parts[4], Text: strings.TrimSpace(line)}, nil
}

// Day is the last day on which the waiver holds.
func (w Waiver) Day() string { return w.Until.AddDate(0, 0, -1).Format(time.DateOnly) }

// Holds reports whether the waiver is still in force.
func (w Waiver) Holds(now time.Time) bool { return now.Before(w.Until) }

// Waive marks the findings that a waiver in force covers. A fault of the tool
// itself can't be accepted by anyone.
func Waive(results []Result, waivers []Waiver, now time.Time) {
	for i := range results {
		for j := range results[i].Items {
			item := &results[i].Items[j]
			for _, w := range waivers {
				if w.Check == results[i].ID && (w.Code == "" || strings.EqualFold(w.Code, item.Code)) && w.Holds(now) && item.Code != CodeFault {
					item.Waiver = &w
					break
				}
			}
		}
	}
}
