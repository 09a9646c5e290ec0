package check

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestABlockedCheckBlocksWhatNeedsIt(t *testing.T) {
	root := failing("root")
	between := named("between", answering(Passed("", nil)))
	between.Needs = []*testCheck{root}
	leaf := named("leaf", func(context.Context, world, *State[world]) Outcome { panic("ran") })
	leaf.Needs = []*testCheck{between}
	got := run(t, t.Context(), root, between, leaf)
	assert.Equal(t, Skip, got["leaf"].Status)
	assert.Equal(t, []string{"root"}, got["leaf"].BlockedBy)
}

func TestEachRootCauseIsNamedOnceInOrder(t *testing.T) {
	b, a := failing("b"), failing("a")
	leaf := named("leaf", answering(Passed("", nil)))
	between := named("between", answering(Passed("", nil)))
	between.Needs = []*testCheck{a, b}
	leaf.Needs = []*testCheck{b, between, a}
	assert.Equal(t, []string{"a", "b"}, run(t, t.Context(), b, a, between, leaf)["leaf"].BlockedBy)
}

func TestAResultThatStandsIsNotAskedForAgain(t *testing.T) {
	asked := func(context.Context, world, *State[world]) Outcome { panic("asked again") }
	first, second := named("first", asked), named("second", asked)
	second.Needs = []*testCheck{first}
	third := named("third", func(_ context.Context, _ world, s *State[world]) Outcome {
		a, _ := FactsOf[int](s, first)
		b, _ := FactsOf[string](s, second)
		return Passed(b, a)
	})
	third.Needs = []*testCheck{first, second}
	stands := []Result{
		{ID: "first", Outcome: Passed("one", 42), Elapsed: time.Minute},
		{ID: "second", Outcome: Passed("two", "facts")},
	}
	got := Run(t.Context(), world{}, []*testCheck{third, second, first}, Options{Now: time.Now, Stands: stands})
	assert.Equal(t, []Result{stands[1], stands[0]}, got[1:])
	assert.Equal(t, Pass, got[0].Status)
	assert.Equal(t, "facts", got[0].Text)
	assert.Equal(t, 42, got[0].Facts)
}

func TestEachFinishedCheckIsToldOnce(t *testing.T) {
	var mu sync.Mutex
	told := map[string]Result{}
	all := []*testCheck{failing("a"), named("b", answering(Passed("fine", nil))), named("c", answering(Passed("", nil)))}
	all[2].Needs = all[:1]
	got := Run(t.Context(), world{}, all, Options{Now: time.Now, Finished: func(r Result) {
		mu.Lock()
		defer mu.Unlock()
		_, twice := told[r.ID]
		assert.False(t, twice, r.ID)
		told[r.ID] = r
	}})
	require.Len(t, told, len(all))
	for _, r := range got {
		assert.Equal(t, r, told[r.ID])
	}
}

func TestFactsAreKnownOnceTheirCheckHasFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := named("slow", func(context.Context, world, *State[world]) Outcome {
			time.Sleep(2 * time.Second)
			return Passed("done", 42)
		})
		early := named("early", func(_ context.Context, _ world, s *State[world]) Outcome {
			look := func() (bool, bool, bool) {
				_, facts := FactsOf[int](s, slow)
				_, known := Known[int](s)
				_, finished := s.ResultOf(slow)
				return facts, known, finished
			}
			facts, known, finished := look()
			assert.False(t, facts || known || finished, "nothing is known before")
			time.Sleep(3 * time.Second)
			facts, known, finished = look()
			assert.True(t, facts && known && finished)
			n, _ := Known[int](s)
			assert.Equal(t, 42, n)
			_, known = Known[string](s)
			assert.False(t, known, "of another type")
			return Passed("", nil)
		})
		assert.Equal(t, Pass, run(t, t.Context(), early, slow)["early"].Status)
	})
}

func TestAnEndOfTimeIsToldFromACancellation(t *testing.T) {
	canceled := func(cause error) context.Context {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		return ctx
	}
	late := func(cause error) context.Context {
		ctx, cancel := context.WithDeadlineCause(t.Context(), time.Now().Add(-time.Hour), cause)
		t.Cleanup(cancel)
		return ctx
	}
	for name, test := range map[string]struct {
		ctx  context.Context
		code string
	}{
		"a deadline":                           {late(nil), CodeTimeRanOut},
		"a deadline with another cause":        {late(errors.New("the budget")), CodeTimeRanOut},
		"a cancellation because of a deadline": {canceled(context.DeadlineExceeded), CodeTimeRanOut},
		"the end of the advisory checks":       {canceled(ErrAdvisoryTime), CodeTimeRanOut},
		"a cancellation":                       {canceled(nil), CodeCancelled},
		"a cancellation with another cause":    {canceled(errors.New("SIGTERM")), CodeCancelled},
	} {
		t.Run(name, func(t *testing.T) {
			o := undecided(test.ctx)
			assert.Equal(t, Unknown, o.Status)
			require.Len(t, o.Items, 1)
			assert.Equal(t, test.code, o.Items[0].Code)
			assert.Equal(t, o.Text, o.Items[0].Text)
		})
	}
}

func TestALateAnswerWithinTheGraceCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		got := run(t, ctx, named("slow to stop", func(ctx context.Context, _ world, _ *State[world]) Outcome {
			<-ctx.Done()
			time.Sleep(900 * time.Millisecond)
			return Passed("seen after all", nil)
		}))
		assert.Equal(t, Pass, got["slow to stop"].Status)
	})
}

func TestValidateNeedsEveryPartOfACheck(t *testing.T) {
	whole := func() *testCheck { return failing("a") }
	require.NoError(t, Validate([]*testCheck{whole()}))
	for name, take := range map[string]func(*testCheck){
		"ID":    func(c *testCheck) { c.ID = "" },
		"Layer": func(c *testCheck) { c.Layer = "" },
		"Title": func(c *testCheck) { c.Title = "" },
		"Run":   func(c *testCheck) { c.Run = nil },
	} {
		c := whole()
		take(c)
		assert.ErrorContains(t, Validate([]*testCheck{c}), "ID, Layer, Title and Run are required", name)
	}
	a, b := failing("a"), failing("b")
	a.After = []*testCheck{b}
	assert.ErrorContains(t, Validate([]*testCheck{a}), `waits for "b"`)
	assert.NoError(t, Validate([]*testCheck{a, b}))
}

func TestStatusesHaveTheirNamesAndWeights(t *testing.T) {
	var names []string
	for _, s := range []Status{Fail, Unknown, Warn, Pass, Skip} {
		names = append(names, s.String())
	}
	assert.Equal(t, "fail unknown warn pass skip", strings.Join(names, " "))
	assert.Greater(t, Fail.Gravity(), Unknown.Gravity())
	assert.Greater(t, Unknown.Gravity(), Warn.Gravity())
	assert.Greater(t, Warn.Gravity(), Pass.Gravity())
	assert.Equal(t, Pass.Gravity(), Skip.Gravity())
}

func TestEachRunsAllWhateverMayRunAtOnce(t *testing.T) {
	for _, atOnce := range []int{-1, 0, 1, 2, 100} {
		var mu sync.Mutex
		ran := map[int]int{}
		Each(3, atOnce, func(i int) {
			mu.Lock()
			defer mu.Unlock()
			ran[i]++
		})
		assert.Equal(t, map[int]int{0: 1, 1: 1, 2: 1}, ran, atOnce)
	}
}
