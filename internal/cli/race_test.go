//go:build race

package cli

// part is how small a part of the two longest tests runs under the race detector,
// which makes them six times slower: one in so many. ./build.sh test runs them
// whole without it.
const part = 5
