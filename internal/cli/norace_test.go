//go:build !race

package cli

const part = 1
