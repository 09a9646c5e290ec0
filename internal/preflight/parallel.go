package preflight

import "sync"

// parallel runs the functions at the same time and waits for all of them. A
// panic in one of them becomes a panic here, where the runner of checks turns it
// into a result; in a goroutine of its own it would end the process.
func parallel(functions ...func()) {
	var all sync.WaitGroup
	panics := make(chan any, len(functions))
	for _, f := range functions {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panics <- p
				}
			}()
			f()
		})
	}
	all.Wait()
	select {
	case p := <-panics:
		panic(p)
	default:
	}
}

// questionsAtOnce is how many requests about names of the same kind are open at
// the same time.
const questionsAtOnce = 8

// each runs f for 0 to n-1, a few at a time, and waits for all of them.
func each(n int, f func(i int)) { eachOf(n, questionsAtOnce, f) }

func eachOf(n, atOnce int, f func(i int)) {
	slots := make(chan struct{}, atOnce)
	functions := make([]func(), n)
	for i := range functions {
		functions[i] = func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			f(i)
		}
	}
	parallel(functions...)
}
