package check

import (
	"sync"
	"sync/atomic"
)

// Each runs f for 0 to n-1, so many at the same time, and waits for all of them. A panic in
// one becomes a panic here, where the runner of checks turns it into a result; in
// a goroutine of its own it would end the process.
func Each(n, atOnce int, f func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	workers := min(max(atOnce, 1), n)
	panics := make(chan any, workers)
	for range workers {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panics <- p
				}
			}()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	all.Wait()
	select {
	case p := <-panics:
		panic(p)
	default:
	}
}

// Together runs the functions at the same time, as Each does.
func Together(functions ...func()) {
	Each(len(functions), len(functions), func(i int) { functions[i]() })
}
