package check

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type world struct{ tenant string }

type testCheck = Check[world]

func answering(o Outcome) func(context.Context, world, *State[world]) Outcome {
	return func(context.Context, world, *State[world]) Outcome { return o }
}

func named(id string, run func(context.Context, world, *State[world]) Outcome) *testCheck {
	return &testCheck{ID: id, Layer: "test", Title: id + "?", Run: run}
}

func failing(id string) *testCheck {
	return named(id, answering(Found(Item{Status: Fail, Code: "x", Text: "broken"})))
}

func run(t *testing.T, ctx context.Context, all ...*testCheck) map[string]Result {
	t.Helper()
	require.NoError(t, Validate(all))
	got := Run(ctx, world{"t1"}, all, Options{Now: time.Now, AdvisoryGrace: 2 * time.Second, StopGrace: time.Second})
	byID := map[string]Result{}
	for i, r := range got {
		assert.Equal(t, all[i].ID, r.ID, "results come in declared order")
		byID[r.ID] = r
	}
	return byID
}

func TestDependents(t *testing.T) {
	for name, tc := range map[string]struct {
		first   Outcome
		status  Status
		blocked []string
	}{
		"a dependent of a pass runs":                   {Passed("fine", nil), Pass, nil},
		"a dependent of a warning runs":                {Found(Item{Status: Warn}), Pass, nil},
		"a dependent of a failure is blocked":          {Found(Item{Status: Fail}), Skip, []string{"first"}},
		"a dependent of an unknown is blocked":         {Found(Item{Status: Unknown}), Skip, []string{"first"}},
		"a dependent of the inapplicable runs":         {NotApplicable("other scheme"), Pass, nil},
		"an outcome that was never decided is unknown": {Outcome{}, Skip, []string{"first"}},
	} {
		t.Run(name, func(t *testing.T) {
			first := named("first", answering(tc.first))
			second := named("second", answering(Passed("ran", nil)))
			second.Needs = []*testCheck{first}
			got := run(t, t.Context(), second, first)
			assert.Equal(t, tc.status, got["second"].Status)
			assert.Equal(t, tc.blocked, got["second"].BlockedBy)
		})
	}
}

func TestWhatNobodyAskedIsNotBlocked(t *testing.T) {
	unasked := named("unasked", func(context.Context, world, *State[world]) Outcome { panic("not asked") })
	unasked.Asked = func(w world) bool { return w.tenant != "t1" }
	unasked.Needs = []*testCheck{failing("broken")}
	after := named("after", answering(Passed("", nil)))
	after.Needs = []*testCheck{unasked}
	got := run(t, t.Context(), unasked.Needs[0], unasked, after)
	assert.True(t, got["unasked"].NotAsked)
	assert.Empty(t, got["unasked"].BlockedBy)
	assert.Equal(t, Pass, got["after"].Status)
}

func TestTheRootCauseIsNamedNotTheBlockedCheckBetween(t *testing.T) {
	root := failing("root")
	between := named("between", answering(Passed("", nil)))
	between.Needs = []*testCheck{root}
	leaf := named("leaf", answering(Passed("", nil)))
	leaf.Needs = []*testCheck{between, root}
	assert.Equal(t, []string{"root"}, run(t, t.Context(), root, between, leaf)["leaf"].BlockedBy)
}

func TestAfterWaitsAndSeesFactsWhateverTheStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := named("slow", func(context.Context, world, *State[world]) Outcome {
			time.Sleep(time.Second)
			o := Found(Item{Status: Fail})
			o.Facts = 42
			return o
		})
		late := named("late", func(_ context.Context, _ world, s *State[world]) Outcome {
			n, ok := FactsOf[int](s, slow)
			_, wrongType := FactsOf[string](s, slow)
			r, done := s.ResultOf(slow)
			if n != 42 || !ok || wrongType || !done || r.Status != Fail {
				return Outcome{}
			}
			return Passed("", nil)
		})
		late.After = []*testCheck{slow}
		assert.Equal(t, Pass, run(t, t.Context(), late, slow)["late"].Status)
	})
}

func TestEverythingThatCanRunAtOnceDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []*testCheck
		for _, id := range []string{"a", "b", "c", "d"} {
			all = append(all, named(id, func(context.Context, world, *State[world]) Outcome {
				time.Sleep(time.Second)
				return Passed("", nil)
			}))
		}
		start := time.Now()
		got := run(t, t.Context(), all...)
		assert.Equal(t, time.Second, time.Since(start))
		assert.Equal(t, time.Second, got["d"].Elapsed)
	})
}

func TestAPanicIsAFaultOfTheToolAndStopsNobodyElse(t *testing.T) {
	bad := named("bad", func(context.Context, world, *State[world]) Outcome { panic("boom") })
	got := run(t, t.Context(), bad, named("good", answering(Passed("", nil))))
	assert.Equal(t, Unknown, got["bad"].Status)
	require.Len(t, got["bad"].Items, 1)
	assert.Equal(t, CodeFault, got["bad"].Items[0].Code)
	assert.Contains(t, got["bad"].Text, "boom")
	assert.Equal(t, Pass, got["good"].Status)
}

func waiting(ctx context.Context, _ world, _ *State[world]) Outcome {
	<-ctx.Done()
	return undecided(ctx)
}

func TestCancellationReachesEverythingAndKeepsWhatWasFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		got := run(t, ctx, named("quick", answering(Passed("seen", nil))), named("hanging", waiting))
		assert.Equal(t, 3*time.Second, time.Since(start))
		assert.Equal(t, Pass, got["quick"].Status)
		assert.Equal(t, CodeCancelled, got["hanging"].Items[0].Code)
	})
}

func TestACheckThatIgnoresItsContextIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		release := make(chan struct{})
		defer close(release)
		deaf := named("deaf", func(context.Context, world, *State[world]) Outcome {
			<-release
			return Passed("", nil)
		})
		start := time.Now()
		got := run(t, ctx, deaf)
		assert.Equal(t, 4*time.Second, time.Since(start), "deadline plus the grace to stop")
		assert.Equal(t, CodeTimeRanOut, got["deaf"].Items[0].Code)
	})
}

func TestACheckThatAsksNobodyAnswersAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := run(t, ctx, failing("local"), named("asking", waiting))
	assert.Equal(t, Fail, got["local"].Status, "what it found is not lost")
	assert.Equal(t, Unknown, got["asking"].Status)
}

func TestAdvisoryChecksHoldUpARunForTheirGraceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := named("essential", func(context.Context, world, *State[world]) Outcome {
			time.Sleep(5 * time.Second)
			return Passed("", nil)
		})
		nice := named("advisory", waiting)
		nice.Advisory = true
		start := time.Now()
		got := run(t, t.Context(), nice, slow)
		assert.Equal(t, 7*time.Second, time.Since(start), "two seconds beyond the last essential check")
		assert.Equal(t, Unknown, got["advisory"].Status)
		assert.Equal(t, CodeTimeRanOut, got["advisory"].Items[0].Code)
		assert.Equal(t, Pass, got["essential"].Status)
	})
}

func TestFoundOrdersItemsByGravity(t *testing.T) {
	o := Found(Item{Status: Warn, Text: "w"}, Item{Status: Pass, Text: "p"}, Item{Status: Unknown, Text: "u"}, Item{Status: Fail, Text: "f"})
	assert.Equal(t, Fail, o.Status)
	assert.Equal(t, "f", o.Text)
	require.Len(t, o.Items, 3, "what passed is no finding")
	assert.Equal(t, []string{"f", "u", "w"}, []string{o.Items[0].Text, o.Items[1].Text, o.Items[2].Text})
	assert.Panics(t, func() { Found(Item{Status: Pass}) })
}

func TestValidateNamesTheMistake(t *testing.T) {
	missing := named("missing", answering(Outcome{}))
	lonely := named("lonely", answering(Outcome{}))
	lonely.Needs = []*testCheck{missing}
	err := Validate([]*testCheck{lonely, lonely, {ID: "bare"}})
	assert.ErrorContains(t, err, `"lonely": duplicate ID`)
	assert.ErrorContains(t, err, `waits for "missing", which isn't in the set`)
	assert.ErrorContains(t, err, `"bare": ID, Layer, Title and Run are required`)
}
