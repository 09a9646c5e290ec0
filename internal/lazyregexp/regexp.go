// Package lazyregexp holds regular expressions that are compiled when they're first used, so that a program doesn't pay at
// every start for the ones it doesn't need (as cmd/go does in its internal/lazyregexp).
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a [regexp.Regexp] to be. Many goroutines may use it. It's a literal, not the result of a function, so that the
// linker writes it into the program and nothing runs for it before main.
type Regexp struct {
	Expression string // one that compiles: internal/house compiles all of them
	once       sync.Once
	done       *regexp.Regexp
}

func (r *Regexp) compiled() *regexp.Regexp {
	r.once.Do(func() { r.done = regexp.MustCompile(r.Expression) })
	return r.done
}

func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.compiled().FindAllStringSubmatch(s, n)
}

func (r *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return r.compiled().FindAllStringSubmatchIndex(s, n)
}

func (r *Regexp) ReplaceAllStringFunc(s string, f func(string) string) string {
	return r.compiled().ReplaceAllStringFunc(s, f)
}

func (r *Regexp) ReplaceAllString(s, replacement string) string {
	return r.compiled().ReplaceAllString(s, replacement)
}

func (r *Regexp) Find(b []byte) []byte                 { return r.compiled().Find(b) }
func (r *Regexp) FindIndex(b []byte) []int             { return r.compiled().FindIndex(b) }
func (r *Regexp) FindSubmatch(b []byte) [][]byte       { return r.compiled().FindSubmatch(b) }
func (r *Regexp) FindString(s string) string           { return r.compiled().FindString(s) }
func (r *Regexp) FindStringIndex(s string) []int       { return r.compiled().FindStringIndex(s) }
func (r *Regexp) FindStringSubmatch(s string) []string { return r.compiled().FindStringSubmatch(s) }
func (r *Regexp) Match(b []byte) bool                  { return r.compiled().Match(b) }
func (r *Regexp) MatchString(s string) bool            { return r.compiled().MatchString(s) }
func (r *Regexp) ReplaceAll(b, replacement []byte) []byte {
	return r.compiled().ReplaceAll(b, replacement)
}
