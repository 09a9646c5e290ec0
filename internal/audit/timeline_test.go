package audit

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// TestEveryDateIsReachedFromTheTimeline: with no date, one, and five hundred, each mark links to a section that's there, the counts
// add up, and the page needs nothing else.
func TestEveryDateIsReachedFromTheTimeline(t *testing.T) {
	checked := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	for _, n := range []int{0, 1, 500} {
		d := Document{Organization: "https://dev.azure.com/contoso", Checked: checked, Dated: true}
		for i := range n {
			c := dated(checked, i%121).Connections[0]
			c.ID, c.Name = fmt.Sprintf("%08x", i), fmt.Sprintf("<b>%d</b>", i)
			d.Connections = append(d.Connections, c)
		}
		f, err := d.Forecast(120)
		require.NoError(t, err)
		require.Len(t, f.Dates, n)
		var b bytes.Buffer
		require.NoError(t, f.Render(&b, "html"))
		page, err := html.Parse(strings.NewReader(b.String()))
		require.NoError(t, err)
		ids, links, sections := map[string]bool{}, []string{}, 0
		for node := range page.Descendants() {
			if node.Data == "section" {
				sections++
			}
			assert.NotContains(t, []string{"script", "img", "b"}, node.Data)
			for _, a := range node.Attr {
				switch {
				case a.Key == "id":
					assert.False(t, ids[a.Val], "an ID is there once: %s", a.Val)
					ids[a.Val] = true
				case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
					links = append(links, a.Val[1:])
				}
			}
		}
		assert.Equal(t, n, sections)
		count := 0
		for i, m := range f.Marks() {
			count += m.Count
			assert.NotEmpty(t, m.Label)
			assert.True(t, m.X >= 40 && m.X <= 960)
			assert.Equal(t, "d"+m.Day, links[i])
		}
		assert.Equal(t, n, count)
		for _, link := range links {
			assert.True(t, ids[link], link)
		}
	}
}
