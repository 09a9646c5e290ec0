package diagnosis

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// firstRelease is the release of every entry that names none.
const firstRelease = "1.0"

// How long a change takes at most until every server knows it. usualBound is that of role assignments and of entries that
// name none.
const (
	credentialBound = 5 * time.Minute
	usualBound      = 10 * time.Minute
	settingBound    = 20 * time.Minute
)

// catalogue is built once and never changed.
var catalogue = sync.OnceValue(func() []Entry {
	entries := slices.Concat(
		namedEntries(), recordEntries(), auditEntries(), lintEntries(), pipelineEntries(), connectionEntries(), certificateEntries(), runEntries(),
		networkEntries(), proxyEntries(), tlsEntries(), answerEntries(),
		entraApplicationEntries(), entraSecretEntries(), entraAssertionEntries(), entraFederationEntries(), entraFederationPolicyEntries(),
		entraTenantEntries(), entraAccessEntries(), entraRequestEntries(), entraPersonEntries(), entraTransientEntries(),
		armAccessEntries(), armSubscriptionEntries(), armTokenEntries(), armStateEntries(), armAssignmentEntries(), armDeploymentEntries(),
		managedIdentityEntries(), managedIdentityRareEntries(), devopsEntries(), devopsTaskEntries(), devopsPersonEntries(), graphEntries(), creationEntries(),
	)
	for i := range entries {
		e := &entries[i]
		if e.Since == "" {
			e.Since = firstRelease
		}
		if e.Retry == RetryPropagation && e.Bound == 0 {
			e.Bound = usualBound
		}
		if sure, ok := howSure[e.Code]; ok {
			e.Confidence = sure
		}
		if e.signs == nil && e.Code.upstream() {
			e.signs = []sign{{code: string(e.Code)}}
		}
	}
	return entries
})

// upstream says whether a service gave the code its name: our own are all lower case.
func (c Code) upstream() bool {
	return strings.ToLower(string(c)) != string(c)
}

// Entries gives the whole catalogue, ordered by code.
func Entries() []Entry {
	return slices.SortedFunc(slices.Values(catalogue()), func(a, b Entry) int {
		return strings.Compare(string(a.Code), string(b.Code))
	})
}

// Lookup finds the entry of a code; false when the catalogue does not have it.
func Lookup(code Code) (Entry, bool) {
	for _, e := range catalogue() {
		if e.Code == code {
			return e, true
		}
	}
	return Entry{}, false
}

// alike gives further codes the texts of an entry, for codes in which a service says the same thing.
func alike(e Entry, codes ...Code) []Entry {
	entries := []Entry{e}
	for _, code := range codes {
		e.Code, e.signs = code, nil
		entries = append(entries, e)
	}
	return entries
}
