package check

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTogetherWaitsForAllAndPassesAPanicOn(t *testing.T) {
	var ran atomic.Int32
	count := func() { ran.Add(1) }
	assert.PanicsWithValue(t, "boom", func() { Together(count, func() { panic("boom") }, count) })
	assert.EqualValues(t, 2, ran.Load())
	assert.NotPanics(t, func() { Together() })
}

func TestEachRunsForEveryNumberOnceAndNoMoreAtATimeThanItMay(t *testing.T) {
	const n, atOnce = 1000, 3
	var under, most atomic.Int32
	var ran [n]atomic.Int32
	Each(n, atOnce, func(i int) {
		if now := under.Add(1); now > most.Load() {
			most.Store(now)
		}
		ran[i].Add(1)
		under.Add(-1)
	})
	for i := range ran {
		assert.EqualValues(t, 1, ran[i].Load(), i)
	}
	assert.LessOrEqual(t, most.Load(), int32(atOnce))
}
