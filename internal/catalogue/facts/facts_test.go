package facts

import (
	"testing"
	"time"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
)

func TestEveryKindOfFactAsText(t *testing.T) {
	day := time.Date(2026, time.December, 1, 23, 30, 0, 0, time.FixedZone("", 2*60*60))
	for name, c := range map[string]struct {
		facts catalogue.Facts
		want  map[string]string
	}{
		"nothing is known":          {facts: Lock{}, want: map[string]string{}},
		"words":                     {facts: DeleteLock{Lock: "freeze"}, want: map[string]string{"lock": "freeze"}},
		"a day":                     {facts: SecretExpired{Date: day}, want: map[string]string{"date": "2026-12-01"}},
		"a moment":                  {facts: CertificateNotYetValid{Date: day}, want: map[string]string{"date": "2026-12-01T21:30:00Z"}},
		"a date":                    {facts: IssuerRetiring{Date: day}, want: map[string]string{"date": "December 1, 2026"}},
		"less than a day":           {facts: IssuerRetiring{Days: new(0)}, want: map[string]string{"days": "less than a day"}},
		"one day":                   {facts: IssuerRetiring{Days: new(1)}, want: map[string]string{"days": "1 day"}},
		"days":                      {facts: IssuerRetiring{Days: new(30)}, want: map[string]string{"days": "30 days"}},
		"a number":                  {facts: Evidence{Status: 503}, want: map[string]string{"status": "503"}},
		"a wait":                    {facts: Evidence{Wait: 90*time.Second + time.Millisecond}, want: map[string]string{"wait": "1m30s"}},
		"a time in seconds":         {facts: TimeRanOut{Limit: 90 * time.Second}, want: map[string]string{"seconds": "90"}},
		"what is so":                {facts: Difference{Case: true, IssuerIsEntra: true}, want: map[string]string{"case": "yes", "issuer": "entra"}},
		"an answer":                 {facts: ProviderNotRegistered{Allowed: Whether(false)}, want: map[string]string{"allowed": "no"}},
		"a name and its id":         {facts: Situation{Subscription: Named{"Prod", "a6c4"}}, want: map[string]string{"subscription": "Prod", "subscription id": "a6c4"}},
		"a name that is its id":     {facts: Situation{Subscription: Named{"A6C4", "a6c4"}}, want: map[string]string{"subscription": "A6C4"}},
		"a code alone says no more": {facts: catalogue.ConnectionDraft, want: map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]string{}
			c.facts.Each(func(name, text string) { got[name] = text })
			assert.Equal(t, c.want, got)
		})
	}
}
