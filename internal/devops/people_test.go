package devops

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUsersAreReadManyAtATime(t *testing.T) {
	id := func(i int) string { return fmt.Sprintf("0000000a-0000-4000-8000-%012d", i) }
	var all []string
	for i := range 100 {
		all = append(all, strings.ToUpper(id(i)))
	}
	requests := 0
	reader := listing(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		assert.Equal(t, "/tfs/Main/_apis/identities", r.URL.Path)
		assert.Less(t, len(r.URL.RawQuery), 2048)
		var value []string
		for asked := range strings.SplitSeq(r.URL.Query().Get("identityIds"), ",") {
			switch n := asked[len(asked)-1]; n {
			case '0':
				value = append(value, "null")
			case '1':
				value = append(value, fmt.Sprintf(`{"id":%q}`, asked))
			default:
				value = append(value, fmt.Sprintf(`{"id":%q,"isActive":%t}`, asked, n != '2'))
			}
		}
		_, _ = fmt.Fprintf(w, `{"value":[%s]}`, strings.Join(value, ","))
	})
	users, err := reader.Users(t.Context(), append(all, "not an ID"))
	require.NoError(t, err)
	assert.Equal(t, 3, requests)
	assert.Len(t, users, 80, "null, and no answer, aren't known")
	for i, want := range map[int]bool{2: false, 3: true, 99: true} {
		user, ok := users[id(i)]
		assert.True(t, ok)
		assert.Equal(t, want, user, i)
	}
}

func TestUsersThatCannotBeRead(t *testing.T) {
	for body, code := range map[string]string{`{}`: "unexpected-answer", `[]`: "unexpected-answer", `null`: "record-unreadable"} {
		reader := listing(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		users, err := reader.Users(t.Context(), []string{"0000000a-0000-4000-8000-000000000000"})
		f, ok := err.(*evidence.Failure)
		require.True(t, ok, err)
		assert.Equal(t, code, f.Code, body)
		assert.Empty(t, users)
	}
}

func TestWhereAnOrganizationAnswersAboutPeople(t *testing.T) {
	for address, want := range map[string]string{
		"https://dev.azure.com/contoso":             "https://vssps.dev.azure.com/contoso",
		"https://contoso.visualstudio.com":          "https://contoso.vssps.visualstudio.com",
		"https://tfs.contoso.example:8443/tfs/Main": "https://tfs.contoso.example:8443/tfs/Main",
		"https://dev.azure.com.evil.example/x":      "https://dev.azure.com.evil.example/x",
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, peopleOf(u).String())
	}
}
