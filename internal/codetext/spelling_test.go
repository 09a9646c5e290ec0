package codetext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOnlyWhatHasTheFormOfACodeIsShown(t *testing.T) {
	for _, code := range []string{"AADSTS7999999", "7999999", "TF999999", "NoSuchThing", "no-such-code", "Directory_QuotaExceeded"} {
		assert.True(t, LooksLikeCode(code), code)
	}
	for _, other := range []string{
		"", "abc8Q~Vx1yZ.kJ3mN5pQ7rS9tU1vW3xY5zA7bC9d", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln", "3f9c1b52-0000-0000-0000-000000000001",
		"##vso[task.complete]", "client_secret=hunter2", "a b", "Päss", strings.Repeat("a", 61), "\x1b[31mred",
	} {
		assert.False(t, LooksLikeCode(other), other)
	}
}
