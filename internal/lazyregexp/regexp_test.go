package lazyregexp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnExpressionIsCompiledAtItsFirstUse(t *testing.T) {
	broken := &Regexp{Expression: `(`}
	assert.Panics(t, func() { broken.MatchString("a") })
	assert.True(t, (&Regexp{Expression: `^a+$`}).MatchString("aaa"))
}
