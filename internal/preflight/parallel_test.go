package preflight

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParallelWaitsForAllAndPassesAPanicOn(t *testing.T) {
	var ran atomic.Int32
	count := func() { ran.Add(1) }
	assert.PanicsWithValue(t, "boom", func() { parallel(count, func() { panic("boom") }, count) })
	assert.EqualValues(t, 2, ran.Load())
	assert.NotPanics(t, func() { parallel() })
}
