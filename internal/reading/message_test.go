package reading

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSignsThatJSONEscapesAreReadAsThemselves(t *testing.T) {
	assert.Equal(t, "user '<token>' & <it>", Message{Text: `user \u0027\u003ctoken\u003e\u0027 & \\u003Cit\\u003E`}.plain())
}
