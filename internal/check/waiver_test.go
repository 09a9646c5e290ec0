package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseWaiver(t *testing.T) {
	for name, tt := range map[string]struct {
		line string
		want Waiver
	}{
		"every finding of a check": {"locks until 2027-01-31 because the lock is ours",
			Waiver{Check: "locks", Until: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), Because: "the lock is ours"}},
		"one code, and blanks around": {"  resource-providers=provider-not-registered  until 2026-12-31  because ticket 4711 ",
			Waiver{Check: "resource-providers", Code: "provider-not-registered", Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Because: "ticket 4711"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseWaiver(tt.line)
			require.NoError(t, err)
			assert.NotEmpty(t, got.Text)
			got.Text = ""
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestALineThatIsNoWaiverIsRefused(t *testing.T) {
	for name, line := range map[string]string{
		"empty":             "",
		"no reason":         "locks until 2027-01-31",
		"an empty one":      "locks until 2027-01-31 because  ",
		"no day":            "locks until 2027-02-30 because x",
		"another order":     "locks because x until 2027-01-31",
		"an id in capitals": "Locks until 2027-01-31 because x",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseWaiver(line)
			assert.Error(t, err)
		})
	}
}

func TestAWaiverHoldsToTheEndOfItsDay(t *testing.T) {
	w, err := ParseWaiver("locks until 2027-01-31 because x")
	require.NoError(t, err)
	assert.True(t, w.Holds(time.Date(2027, 1, 31, 23, 59, 59, 0, time.UTC)))
	assert.False(t, w.Holds(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)))
	assert.Equal(t, "2027-01-31", w.Day())
}

func TestAWaiverCoversItsFindingsOnly(t *testing.T) {
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	waiver := func(line string) Waiver {
		w, err := ParseWaiver(line)
		require.NoError(t, err)
		return w
	}
	found := func(codes ...string) []Result {
		var items []Item
		for _, code := range codes {
			items = append(items, Item{Status: Fail, Code: code, Text: code})
		}
		return []Result{{ID: "locks", Outcome: Found(items...)}}
	}
	for name, tt := range map[string]struct {
		results []Result
		waiver  string
		covered []bool
	}{
		"all of the check":            {found("read-only-lock", "delete-lock"), "locks until 2027-01-31 because x", []bool{true, true}},
		"the code that is named":      {found("read-only-lock", "delete-lock"), "locks=Delete-Lock until 2027-01-31 because x", []bool{false, true}},
		"not another check":           {found("read-only-lock"), "permissions until 2027-01-31 because x", []bool{false}},
		"nothing once it has expired": {found("read-only-lock"), "locks until 2026-12-31 because x", []bool{false}},
		"never a fault of the tool":   {found(CodeFault), "locks until 2027-01-31 because x", []bool{false}},
	} {
		t.Run(name, func(t *testing.T) {
			Waive(tt.results, []Waiver{waiver(tt.waiver)}, now)
			for i, item := range tt.results[0].Items {
				assert.Equal(t, tt.covered[i], item.Waiver != nil, item.Code)
			}
			assert.Equal(t, Fail, tt.results[0].Status, "the finding stays what it is")
		})
	}
}

func FuzzParseWaiver(f *testing.F) {
	f.Add("locks=read-only-lock until 2027-01-31 because x")
	f.Add("a until 9999-12-31 because \x00")
	f.Fuzz(func(t *testing.T, line string) {
		if w, err := ParseWaiver(line); err == nil && (w.Check == "" || w.Because == "" || w.Until.IsZero()) {
			t.Errorf("half a waiver: %+v", w)
		}
	})
}
