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
