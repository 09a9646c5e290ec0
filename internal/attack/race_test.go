//go:build race

package attack

// part is how small a part of the statuses is played under the race detector, which
// makes a run six times slower: one in so many. ./build.sh test plays all of them
// without it.
const part = 20
