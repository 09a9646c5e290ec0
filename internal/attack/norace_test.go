//go:build !race

package attack

const part = 1
