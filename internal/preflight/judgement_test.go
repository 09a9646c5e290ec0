package preflight

import (
	"testing"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"

	"github.com/stretchr/testify/assert"
)

func TestWhichSubscriptionATextNames(t *testing.T) {
	const id, other = "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14", "11111111-1b39-4d57-86e0-9f2d7c5b3a14"
	conn := connection.Connection{Scope: connection.Scope{SubscriptionID: id, SubscriptionName: "Old Name"}}
	answered := azure.Subscription{SubscriptionID: id, DisplayName: "New Name", State: "Enabled"}
	for name, tc := range map[string]struct {
		text string
		sub  azure.Subscription
		want check.Status
	}{
		"its id, case and blanks aside":                      {" A6C4E2F8-1b39-4d57-86e0-9f2d7c5b3a14 ", answered, check.Pass},
		"its name as ARM has it":                             {"new name", answered, check.Pass},
		"its name as it was, which is nobody's now":          {"Old Name", answered, check.Fail},
		"another name":                                       {"Test", answered, check.Fail},
		"another id":                                         {other, answered, check.Fail},
		"without an answer, its id":                          {id, azure.Subscription{}, check.Pass},
		"without an answer, another id":                      {other, azure.Subscription{}, check.Fail},
		"without an answer, the recorded name":               {"old name", azure.Subscription{}, check.Pass},
		"without an answer, another name: it may be renamed": {"New Name", azure.Subscription{}, check.Unknown},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, isThis(tc.text, conn, tc.sub)) })
	}
}

func TestDurationsInWords(t *testing.T) {
	assert.Equal(t, "60 minutes", Lifetime(time.Hour-10*time.Second))
	assert.Equal(t, "24 hours", Lifetime(24*time.Hour))
	assert.Equal(t, "7 minutes ahead", skewWords(7*time.Minute))
	assert.Equal(t, "2 hours behind", skewWords(-2*time.Hour))
	assert.Equal(t, "2 hours 5 minutes ahead", skewWords(125*time.Minute))
	assert.Equal(t, 0, WholeDays(23*time.Hour))
	assert.Equal(t, 1, WholeDays(47*time.Hour))
}
