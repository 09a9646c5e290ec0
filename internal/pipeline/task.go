// Package pipeline is the contract between the Azure Pipelines agent and a task: what the agent hands to the process
// (inputs, variables, service connections, facts about the job and the agent) and what it reads of its output (log lines
// and logging commands).
//
// [Task] is one step's environment, read once by [Read]. [Log] is the one way out: every byte that the program prints in a run goes
// through it, so that no secret is printed and no text from outside becomes a command.
//
// Non-goals: it asks no server, resolves no name of a service connection, judges no value and decides no result.
package pipeline

import (
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"armpreflight/internal/secret"
)

// Task is the environment of one step. It doesn't change and is safe for concurrent use; what its methods give belongs
// to the caller. Create it with Read.
type Task struct {
	// env holds the values by their names as given, byName by their names in upper case: the agent's names are in upper
	// case except the IDs of connections and variables set with preservecase, and on Windows case means nothing. So of
	// several names that differ in case, the one in upper case counts: a variable that keeps its case doesn't take the
	// place of an input. Any of the values may be a secret, so all are texts that can't print themselves.
	env, byName map[string]secret.Text
	// anyCase says that the system knows no case in names (Windows).
	anyCase bool
	// public and private are the original names of the variables by their names in the environment.
	public, private map[string]string
	// endpoints are the service connections by ID, read once.
	endpoints func() map[string]Endpoint
}

// Read takes a step's environment as os.Environ gives it, "NAME=value" each. Of a name that is there twice the first
// counts, as it does for os.Getenv; anything that isn't a pair is passed over.
func Read(environ []string) *Task {
	t := &Task{env: make(map[string]secret.Text, len(environ)), byName: make(map[string]secret.Text, len(environ)), anyCase: runtime.GOOS == "windows"}
	names := make([]string, 0, len(environ))
	for _, pair := range environ {
		// Windows keeps the current folder of each drive in variables whose names begin with "=".
		at := strings.IndexByte(strings.TrimPrefix(pair, "="), '=')
		if at <= 0 {
			continue
		}
		at += len(pair) - len(strings.TrimPrefix(pair, "="))
		setDefault(t.env, pair[:at], secret.New(pair[at+1:]))
		names = append(names, pair[:at])
	}
	for _, name := range names {
		upper := strings.ToUpper(name)
		if value, ok := t.env[upper]; ok {
			t.byName[upper] = value
		} else {
			setDefault(t.byName, upper, t.env[name])
		}
	}
	t.public = namesByEnv(t.Env("VSTS_PUBLIC_VARIABLES"))
	t.private = namesByEnv(t.Env("VSTS_SECRET_VARIABLES"))
	t.endpoints = sync.OnceValue(t.readEndpoints)
	return t
}

func setDefault(m map[string]secret.Text, key string, value secret.Text) {
	if _, ok := m[key]; !ok {
		m[key] = value
	}
}

// Env gives a raw value of the environment, of the variable of exactly that name or, failing that, of one whose name differs in
// case; "" when there is none.
func (t *Task) Env(name string) string {
	if value, ok := t.env[name]; ok {
		return value.Reveal()
	}
	return t.byName[strings.ToUpper(name)].Reveal()
}

// Input gives an input of the task without the space around it; "" when it is absent or empty, which the agent doesn't
// tell apart for an optional one. Inputs arrive expanded; a macro without a value arrives as it was written, see Macros.
func (t *Task) Input(name string) string {
	return strings.TrimSpace(t.byName["INPUT_"+envName(name)].Reveal())
}

// names gives the upper-case names that begin with a prefix, sorted.
func (t *Task) names(prefix string) []string {
	var found []string
	for name := range maps.Keys(t.byName) {
		if strings.HasPrefix(name, prefix) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// all gives every value whose name begins with a prefix, by its name in upper case, sorted: a name may be there in several
// cases, and each value may be a secret.
func (t *Task) all(prefix string) iter.Seq2[string, secret.Text] {
	return func(yield func(string, secret.Text) bool) {
		names := slices.Sorted(maps.Keys(t.env))
		slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(strings.ToUpper(a), strings.ToUpper(b)) })
		for _, name := range names {
			if upper := strings.ToUpper(name); strings.HasPrefix(upper, prefix) && !yield(upper, t.env[name]) {
				return
			}
		}
	}
}
