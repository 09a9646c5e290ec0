package preflight

import (
	"fmt"
	"strings"
	"testing"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/rights"
	"armpreflight/internal/secret"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALockCountsByWhatWasNamed(t *testing.T) {
	const subscription = "/subscriptions/a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14"
	const group = subscription + "/resourceGroups/rg-app"
	const site = group + "/providers/Microsoft.Web/sites/shop"
	for name, tc := range map[string]struct {
		level, on string
		actions   string // lines; empty: none
		groups    []string
		status    check.Status // Pass: a line or nothing
		noted     bool
	}{
		"read-only above a write":                          {level: "ReadOnly", on: subscription, actions: "Microsoft.Web/sites/write @ " + group, status: check.Fail},
		"read-only on a write":                             {level: "ReadOnly", on: strings.ToUpper(group), actions: "Microsoft.Web/sites/write @ " + group, status: check.Fail},
		"read-only, and POST is no read":                   {level: "ReadOnly", on: group, actions: "Microsoft.Web/sites/config/list/action @ " + group, status: check.Fail},
		"read-only lets reads pass, and says it":           {level: "ReadOnly", on: group, actions: "Microsoft.Web/sites/read @ " + group, status: check.Warn},
		"read-only does not reach the data plane":          {level: "ReadOnly", on: group, actions: "data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write @ " + group, status: check.Warn},
		"read-only on a named group":                       {level: "ReadOnly", on: group, groups: []string{group}, status: check.Warn},
		"read-only on a resource of a named group":         {level: "ReadOnly", on: site, groups: []string{group}, status: check.Pass, noted: true},
		"read-only on a resource below a write":            {level: "ReadOnly", on: site, actions: "Microsoft.Web/sites/write @ " + group, groups: []string{group}, status: check.Pass, noted: true},
		"read-only on another group with a longer name":    {level: "ReadOnly", on: group + "2", actions: "Microsoft.Web/sites/write @ " + group, groups: []string{group}, status: check.Pass},
		"a delete lock is a line":                          {level: "CanNotDelete", on: group, actions: "Microsoft.Web/sites/write @ " + group, groups: []string{group}, status: check.Pass, noted: true},
		"a delete lock on what is deleted":                 {level: "CanNotDelete", on: group, actions: "Microsoft.Web/sites/delete @ " + group, groups: []string{group}, status: check.Fail},
		"a delete lock elsewhere":                          {level: "CanNotDelete", on: subscription + "/resourceGroups/other", groups: []string{group}, status: check.Pass},
		"a level that is not known refuses what it can":    {level: "Frozen", on: group, actions: "Microsoft.Web/sites/delete @ " + group, status: check.Fail},
		"a delete lock on the subscription of a named one": {level: "CanNotDelete", on: subscription, groups: []string{group}, status: check.Pass, noted: true},
	} {
		t.Run(name, func(t *testing.T) {
			wanted, problems := rights.Parse(tc.actions, rights.Base{ID: subscription, SubscriptionID: "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14"})
			require.Empty(t, problems)
			lock := azure.Lock{ID: tc.on + "/providers/Microsoft.Authorization/locks/freeze", Name: "freeze"}
			lock.Properties.Level = tc.level
			w := &World{Redact: func(s string) string { return s }, Link: func(string) string { return "" }}
			items, notes := w.judgeLock(&state{}, lock, append(tc.groups, scopesOf(wanted)...), wanted)
			if tc.status == check.Pass {
				assert.Empty(t, items)
			} else {
				require.Len(t, items, 1)
				assert.Equal(t, tc.status, items[0].Status)
			}
			assert.Equal(t, tc.noted, len(notes) > 0, notes)
		})
	}
}

func TestAPlaceIsSaidInAFewWords(t *testing.T) {
	const subscription = "/subscriptions/a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14"
	for id, want := range map[string]string{
		subscription:                          "the subscription",
		subscription + "/resourcegroups/RG-a": "resource group RG-a",
		subscription + "/resourceGroups/rg/providers/Microsoft.Web/Sites/shop": "Microsoft.Web/Sites/shop in resource group rg",
	} {
		assert.Equal(t, want, place(id))
	}
}

func TestTheNoteOfALockIsCutAfterItIsFiltered(t *testing.T) {
	const value = "qV8~planted.Zk3w-secret_1234567890"
	redactor := secret.NewRedactor()
	redactor.AddSecret(secret.New(value))
	w := &World{Redact: redactor.Redact, Link: func(string) string { return "" }}
	const group = "/subscriptions/a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14/resourceGroups/rg-app"
	for before := range 130 {
		lock := azure.Lock{ID: group + "/providers/Microsoft.Authorization/locks/freeze", Name: "freeze"}
		lock.Properties.Level, lock.Properties.Notes = "CanNotDelete", strings.Repeat("x", before)+value+" and more"
		_, notes := w.judgeLock(&state{}, lock, []string{group}, nil)
		require.Len(t, notes, 1)
		assert.NotContains(t, notes[0], value[:9])
		lock.Properties.Level = "ReadOnly"
		items, _ := w.judgeLock(&state{}, lock, []string{group}, nil)
		require.Len(t, items, 1)
		f, ok := items[0].Finding.(diagnosis.Finding)
		require.True(t, ok)
		d := diagnosis.Explain(diagnosis.Code(items[0].Code), w.Situation(nil), f.Facts, f.Evidence)
		assert.NotContains(t, fmt.Sprint(d.Headline, d.Cause, d.Steps), value[:9])
	}
}
