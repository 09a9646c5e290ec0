package lazyregexp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnExpressionIsCompiledAtItsFirstUse(t *testing.T) {
	broken := New(`(`)
	assert.Panics(t, func() { broken.MatchString("a") })
	assert.True(t, New(`^a+$`).MatchString("aaa"))
}
