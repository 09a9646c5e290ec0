package attack

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/sim/bubble"

	"github.com/stretchr/testify/assert"
)

// TestATokenMadeToBeSearchedForTakesNoTime has a server give a token that resembles itself at every place, and answer with
// more of the same: each place of the answer may begin the token. The search took a minute and more, which no time limit of
// the run ended.
func TestATokenMadeToBeSearchedForTakesNoTime(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	const most = 20 * time.Second // a second or two on a machine with nothing else to do
	a := func(n int) string { return strings.Repeat("a", n) }
	dotted := strings.Repeat(".aaaa/b.aaaa/c", 4<<10)
	for name, token := range map[string]string{
		"letters":                a(60<<10) + "b",
		"more than a token has":  a(3<<20) + "b",
		"more escapes than text": strings.Repeat(`\"%<`, 1<<20),
		"parts":                  "eyJ0" + dotted,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now() // outside of the bubble, so it is real
			got := play(t, "healthy", func(b *bubble.Bubble) {
				b.Answer = func(w http.ResponseWriter, r *http.Request) bool {
					w.Header().Set("Content-Type", jsonType)
					if strings.HasSuffix(r.URL.Path, "/token") {
						fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"%s"}`, token)
						return true
					}
					w.Header().Set("Server", a(16<<10))
					w.WriteHeader(http.StatusForbidden)
					fmt.Fprintf(w, `{"error":{"code":"%[1]s%%41&#65;","message":"%[2]s%%41&#65;","details":[{"message":"%[2]s"}]}}`, a(16<<10), a(256<<10))
					return true
				}
			})
			assert.Less(t, time.Since(start), most)
			assert.Equal(t, "unknown", outputsIn(got.Log)["ArmPreflight.result"], got.Visible())
		})
	}
}
