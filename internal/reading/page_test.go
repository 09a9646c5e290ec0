package reading

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheLaterAnAssertionTheLessItIsTheClock: an ID token that's used late is far more frequent than a clock that's slow.
func TestTheLaterAnAssertionTheLessItIsTheClock(t *testing.T) {
	expires := time.Date(2026, 3, 4, 10, 10, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		late   time.Duration
		places []int // of the clock among the causes, from the end
		who    catalogue.Person
	}{
		{name: "before its time", late: -15 * time.Minute, places: []int{2}, who: catalogue.NetworkAdministrator},
		{name: "seven minutes late", late: 7 * time.Minute, places: []int{1}, who: catalogue.PipelineAuthor},
		{name: "forty minutes late", late: 40 * time.Minute, who: catalogue.PipelineAuthor},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Read(strings.NewReader(fmt.Sprintf("AADSTS700024: Client assertion is not within its valid time range. Current time: %s, assertion valid from %s, expiry time of assertion %s.",
				expires.Add(test.late).Format(time.RFC3339), expires.Add(-10*time.Minute).Format(time.RFC3339), expires.Format(time.RFC3339))))
			require.NoError(t, err)
			page := got.Causes[0].Page()
			var places []int
			for i, cause := range page.Causes {
				if strings.Contains(cause, "clock") {
					places = append(places, len(page.Causes)-i)
				}
			}
			assert.Equal(t, test.places, places, page.Causes)
			assert.Equal(t, test.who, page.Fixes[0].Who)
		})
	}
}
