// Package attack holds the attacks on ARM Preflight as tests: each was proved
// once against a version without its fix, and fails again when the fix is taken
// out. SECURITY.md promises what these tests show.
//
// The tests drive the product from outside, by cli.Main in a bubble or by the
// built program. Attacks that need the packaged extension and the agent are in
// internal/endtoend, in the files attack_*_test.go.
package attack
