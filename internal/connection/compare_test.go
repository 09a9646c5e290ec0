package connection

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCompareSubjectsNamesTheFirstDifference(t *testing.T) {
	const organization, connection = "23609cc8-ca30-4d7d-a018-0a285693d227", testConnection
	for name, test := range map[string]struct {
		got, want string
		diff      Difference
	}{
		"renamed connection":             {"sc://contoso/shop/prod-arm", "sc://contoso/shop/prod_arm", Difference{Segment: 4, Name: "connection name", Position: 5, Got: "prod-arm", Want: "prod_arm"}},
		"renamed project":                {"sc://contoso/shop/prod", "sc://contoso/shops/prod", Difference{Segment: 3, Name: "project", Position: 5, Got: "shop", Want: "shops"}},
		"renamed organization":           {"sc://contoso/shop/prod", "sc://fabrikam/shop/prod", Difference{Segment: 2, Name: "organization", Position: 1, Got: "contoso", Want: "fabrikam"}},
		"letter case alone":              {"sc://Contoso/shop/prod", "sc://contoso/shop/prod", Difference{Segment: 2, Name: "organization", Position: 1, CaseOnly: true, Got: "Contoso", Want: "contoso"}},
		"letter case and more":           {"sc://Contoso/shop/prod", "sc://contoso/shop/test", Difference{Segment: 2, Name: "organization", Position: 1, Got: "Contoso", Want: "contoso"}},
		"letter case of the prefix":      {"SC://contoso/shop/prod", "sc://contoso/shop/prod", Difference{Segment: 1, Name: "format", Position: 1, CaseOnly: true, Got: "SC://", Want: "sc://"}},
		"a slash in the name":            {"sc://contoso/shop/a/b", "sc://contoso/shop/a/c", Difference{Segment: 4, Name: "connection name", Position: 3, Got: "a/b", Want: "a/c"}},
		"a name with accents":            {"sc://contoso/shop/übung-1", "sc://contoso/shop/übung-2", Difference{Segment: 4, Name: "connection name", Position: 7, Got: "übung-1", Want: "übung-2"}},
		"the name is missing":            {"sc://contoso/shop", "sc://contoso/shop/prod", Difference{Segment: 4, Name: "connection name", Position: 1, Want: "prod"}},
		"slash at the end":               {"sc://contoso/shop/prod/", "sc://contoso/shop/prod", Difference{Segment: 4, Name: "slash at the end", Position: 5, Got: "prod/", Want: "prod"}},
		"space at the end":               {"sc://contoso/shop/prod", "sc://contoso/shop/prod ", Difference{Segment: 4, Name: "space at the end", Position: 5, Got: "prod", Want: "prod "}},
		"line break at the end":          {"sc://contoso/shop/prod\n", "sc://contoso/shop/prod", Difference{Segment: 4, Name: "space at the end", Position: 5, Got: "prod\n", Want: "prod"}},
		"space at the start":             {" sc://contoso/shop/prod", "sc://contoso/shop/prod", Difference{Segment: 1, Name: "space at the start", Position: 1, Got: " sc://", Want: "sc://"}},
		"spaces around it":               {" sc://contoso/shop/prod ", "sc://contoso/shop/prod", Difference{Segment: 1, Name: "spaces around it", Position: 1, Got: " sc://", Want: "sc://"}},
		"connection made anew":           {publishedSubject[:len(publishedSubject)-1] + "6", publishedSubject, Difference{Segment: 11, Name: "connection ID", Position: 36, Got: connection[:35] + "6", Want: connection}},
		"organization":                   {strings.Replace(publishedSubject, organization, testClient, 1), publishedSubject, Difference{Segment: 10, Name: "organization ID", Position: 1, Got: testClient, Want: organization}},
		"tenant, where letter case says": {strings.Replace(publishedSubject, "rmuUZ", "rmuuZ", 1), publishedSubject, Difference{Segment: 6, Name: "tenant", Position: 4, CaseOnly: true, Got: "rmuuZvHHmUC3aG7BrGhCgA", Want: "rmuUZvHHmUC3aG7BrGhCgA"}},
		"application":                    {strings.Replace(publishedSubject, "rISb", "xISb", 1), publishedSubject, Difference{Segment: 8, Name: "application", Position: 1, Got: "xISbSSETf0KqFyZ8ppdXmA", Want: "rISbSSETf0KqFyZ8ppdXmA"}},
		"cloud":                          {strings.Replace(publishedSubject, "/pub/", "/gov/", 1), publishedSubject, Difference{Segment: 4, Name: "cloud", Position: 1, Got: "gov", Want: "pub"}},
		"slash at the end of ids":        {publishedSubject, publishedSubject + "/", Difference{Segment: 11, Name: "slash at the end", Position: 37, Got: connection, Want: connection + "/"}},
		"one segment too many":           {publishedSubject + "/x", publishedSubject, Difference{Segment: 12, Name: "part", Position: 1, Got: "x"}},
		"the older generation":           {publishedSubject, "sc://contoso/shop/prod", Difference{Segment: 1, Name: "format", Position: 1, Got: "/", Want: "sc://"}},
		"a pipeline's own token":         {"p://contoso/shop/ci", "sc://contoso/shop/prod", Difference{Segment: 1, Name: "format", Position: 1, Got: "p://", Want: "sc://"}},
		"nothing was wanted":             {"sc://contoso/shop/prod", "", Difference{Segment: 1, Name: "format", Position: 1, Got: "sc://"}},
		"something unknown":              {"system:serviceaccount:a:b", "system:serviceaccount:a:c", Difference{Segment: 1, Name: "part", Position: 25, Got: "system:serviceaccount:a:b", Want: "system:serviceaccount:a:c"}},
	} {
		t.Run(name, func(t *testing.T) {
			diff, differ := CompareSubjects(test.got, test.want)
			assert.True(t, differ)
			assert.Equal(t, test.diff, diff)
		})
	}
}

func TestCompareIssuersNamesTheFirstDifference(t *testing.T) {
	const entra, devops = "https://login.microsoftonline.com/", "https://vstoken.dev.azure.com/"
	for name, test := range map[string]struct {
		got, want string
		diff      Difference
	}{
		"another tenant":        {entra + "a/v2.0", entra + "b/v2.0", Difference{Segment: 3, Name: "tenant", Position: 1, Got: "a", Want: "b"}},
		"another version":       {entra + "a/v1.0", entra + "a/v2.0", Difference{Segment: 4, Name: "version", Position: 2, Got: "v1.0", Want: "v2.0"}},
		"another organization":  {devops + "abc", devops + "abd", Difference{Segment: 3, Name: "organization ID", Position: 3, Got: "abc", Want: "abd"}},
		"other generation":      {entra + "a/v2.0", devops + "abc", Difference{Segment: 2, Name: "host", Position: 1, Got: "login.microsoftonline.com", Want: "vstoken.dev.azure.com"}},
		"a host of former days": {"https://app.vstoken.visualstudio.com", devops + "abc", Difference{Segment: 2, Name: "host", Position: 1, Got: "app.vstoken.visualstudio.com", Want: "vstoken.dev.azure.com"}},
		"http":                  {"http://vstoken.dev.azure.com/abc", devops + "abc", Difference{Segment: 1, Name: "format", Position: 5, Got: "http://", Want: "https://"}},
		"slash at the end":      {devops + "abc/", devops + "abc", Difference{Segment: 3, Name: "slash at the end", Position: 4, Got: "abc/", Want: "abc"}},
		"letter case":           {devops + "ABC", devops + "abc", Difference{Segment: 3, Name: "organization ID", Position: 1, CaseOnly: true, Got: "ABC", Want: "abc"}},
		"no URL":                {"abc", "abd", Difference{Segment: 1, Name: "part", Position: 3, Got: "abc", Want: "abd"}},
	} {
		t.Run(name, func(t *testing.T) {
			diff, differ := CompareIssuers(test.got, test.want)
			assert.True(t, differ)
			assert.Equal(t, test.diff, diff)
		})
	}
}

func TestEqualTextsDoNotDiffer(t *testing.T) {
	for _, text := range []string{"", "/", publishedSubject, "sc://a/b/c", "https://x/y"} {
		diff, differ := CompareSubjects(text, text)
		assert.False(t, differ)
		assert.Equal(t, Difference{}, diff)
		_, differ = CompareIssuers(text, text)
		assert.False(t, differ)
	}
}

func FuzzCompareSubjects(f *testing.F) {
	f.Add(publishedSubject, publishedSubject+"/")
	f.Add("sc://contoso/shop/prod", "SC://contoso/shop/prod")
	f.Add(" sc://a", "p://a/b/c/d")
	f.Add("/eid1/", "/EID1//")
	f.Add("https://login.microsoftonline.com/a/v2.0", "https://vstoken.dev.azure.com/x/")
	f.Add("///", "//")
	f.Add("//A", "")
	f.Add("", "\xff")
	f.Fuzz(func(t *testing.T, got, want string) {
		for _, compare := range []func(string, string) (Difference, bool){CompareSubjects, CompareIssuers} {
			diff, differ := compare(got, want)
			assert.Equal(t, got != want, differ)
			back, _ := compare(want, got)
			assert.Equal(t, [2]int{diff.Segment, diff.Position}, [2]int{back.Segment, back.Position})
			if !differ {
				assert.Equal(t, Difference{}, diff)
				continue
			}
			assert.NotEmpty(t, diff.Name)
			assert.GreaterOrEqual(t, diff.Segment, 1)
			assert.GreaterOrEqual(t, diff.Position, 1)
			assert.NotEqual(t, diff.Got, diff.Want)
			assert.Contains(t, got, diff.Got)
			assert.Contains(t, want, diff.Want)
		}
		for _, split := range []func(string) []segment{subjectSegments, issuerSegments} {
			var all strings.Builder
			for _, s := range split(got) {
				all.WriteString(s.text)
			}
			assert.Equal(t, strings.ReplaceAll(got, "/", ""), strings.ReplaceAll(all.String(), "/", ""))
		}
	})
}
