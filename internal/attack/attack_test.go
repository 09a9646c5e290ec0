package attack

import (
	"context"
	"io"
	"testing"
	"time"

	"armpreflight/internal/cli"
	"armpreflight/internal/sim/bubble"

	"github.com/stretchr/testify/assert"
)

// play plays a situation in a bubble with the program as it ships.
func play(t *testing.T, situation string, prepare func(*bubble.Bubble)) bubble.Played {
	t.Helper()
	return bubble.Play(t, situation, func(ctx context.Context, environ []string, stdout io.Writer, dial bubble.Dial) int {
		return cli.Main(ctx, cli.Env{Args: []string{"run"}, Environ: environ, Stdout: stdout, Stderr: t.Output(), Now: time.Now, Dial: dial})
	}, prepare)
}

func TestAHealthyRunIsReadyInABubble(t *testing.T) {
	got := play(t, "healthy", func(*bubble.Bubble) {})
	assert.Zero(t, got.Code)
	assert.Contains(t, got.Visible(), "ready: ")
}
