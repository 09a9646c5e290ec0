package cli

import (
	"strings"
	"testing"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"

	"github.com/stretchr/testify/assert"
)

func TestTheHeaderSaysThatADecoratorAddedTheStep(t *testing.T) {
	for name, want := range map[string]bool{"__system_1": true, "__SYSTEM_12": true, "": false, "ArmPreflight1": false, "my__system_1": false} {
		lines := header(pipeline.Read([]string{"SYSTEM_TASKINSTANCENAME=" + name}), preflight.Inputs{}, network{})
		text := strings.Join(lines, "\n")
		assert.Equal(t, want, strings.Contains(text, "decorator") && strings.Contains(text, "ArmPreflight.Inject"), "%q: %s", name, text)
		if want {
			assert.Contains(t, lines[0], "ArmPreflight.Inject", "the first line")
		}
	}
}
