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
		"renamed connection":             {"sc://contoso/shop/prod-arm", "sc://contoso/shop/prod_arm", Difference{4, "connection name", 5, false, "prod-arm", "prod_arm"}},
		"renamed project":                {"sc://contoso/shop/prod", "sc://contoso/shops/prod", Difference{3, "project", 5, false, "shop", "shops"}},
		"renamed organisation":           {"sc://contoso/shop/prod", "sc://fabrikam/shop/prod", Difference{2, "organisation", 1, false, "contoso", "fabrikam"}},
		"letter case alone":              {"sc://Contoso/shop/prod", "sc://contoso/shop/prod", Difference{2, "organisation", 1, true, "Contoso", "contoso"}},
		"letter case and more":           {"sc://Contoso/shop/prod", "sc://contoso/shop/test", Difference{2, "organisation", 1, false, "Contoso", "contoso"}},
		"letter case of the prefix":      {"SC://contoso/shop/prod", "sc://contoso/shop/prod", Difference{1, "format", 1, true, "SC://", "sc://"}},
		"a slash in the name":            {"sc://contoso/shop/a/b", "sc://contoso/shop/a/c", Difference{4, "connection name", 3, false, "a/b", "a/c"}},
		"a name with accents":            {"sc://contoso/shop/übung-1", "sc://contoso/shop/übung-2", Difference{4, "connection name", 7, false, "übung-1", "übung-2"}},
		"the name is missing":            {"sc://contoso/shop", "sc://contoso/shop/prod", Difference{4, "connection name", 1, false, "", "prod"}},
		"slash at the end":               {"sc://contoso/shop/prod/", "sc://contoso/shop/prod", Difference{4, "slash at the end", 5, false, "prod/", "prod"}},
		"blank at the end":               {"sc://contoso/shop/prod", "sc://contoso/shop/prod ", Difference{4, "blank at the end", 5, false, "prod", "prod "}},
		"line break at the end":          {"sc://contoso/shop/prod\n", "sc://contoso/shop/prod", Difference{4, "blank at the end", 5, false, "prod\n", "prod"}},
		"blank at the start":             {" sc://contoso/shop/prod", "sc://contoso/shop/prod", Difference{1, "blank at the start", 1, false, " sc://", "sc://"}},
		"blanks around it":               {" sc://contoso/shop/prod ", "sc://contoso/shop/prod", Difference{1, "blanks around it", 1, false, " sc://", "sc://"}},
		"connection made anew":           {publishedSubject[:len(publishedSubject)-1] + "6", publishedSubject, Difference{11, "connection id", 36, false, connection[:35] + "6", connection}},
		"organisation":                   {strings.Replace(publishedSubject, organization, testClient, 1), publishedSubject, Difference{10, "organisation id", 1, false, testClient, organization}},
		"tenant, where letter case says": {strings.Replace(publishedSubject, "rmuUZ", "rmuuZ", 1), publishedSubject, Difference{6, "tenant", 4, true, "rmuuZvHHmUC3aG7BrGhCgA", "rmuUZvHHmUC3aG7BrGhCgA"}},
		"application":                    {strings.Replace(publishedSubject, "rISb", "xISb", 1), publishedSubject, Difference{8, "application", 1, false, "xISbSSETf0KqFyZ8ppdXmA", "rISbSSETf0KqFyZ8ppdXmA"}},
		"cloud":                          {strings.Replace(publishedSubject, "/pub/", "/gov/", 1), publishedSubject, Difference{4, "cloud", 1, false, "gov", "pub"}},
		"slash at the end of ids":        {publishedSubject, publishedSubject + "/", Difference{11, "slash at the end", 37, false, connection, connection + "/"}},
		"one segment too many":           {publishedSubject + "/x", publishedSubject, Difference{12, "part", 1, false, "x", ""}},
		"the older generation":           {publishedSubject, "sc://contoso/shop/prod", Difference{1, "format", 1, false, "/", "sc://"}},
		"a pipeline's own token":         {"p://contoso/shop/ci", "sc://contoso/shop/prod", Difference{1, "format", 1, false, "p://", "sc://"}},
		"nothing was wanted":             {"sc://contoso/shop/prod", "", Difference{1, "format", 1, false, "sc://", ""}},
		"something unknown":              {"system:serviceaccount:a:b", "system:serviceaccount:a:c", Difference{1, "part", 25, false, "system:serviceaccount:a:b", "system:serviceaccount:a:c"}},
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
		"another tenant":        {entra + "a/v2.0", entra + "b/v2.0", Difference{3, "tenant", 1, false, "a", "b"}},
		"another version":       {entra + "a/v1.0", entra + "a/v2.0", Difference{4, "version", 2, false, "v1.0", "v2.0"}},
		"another organisation":  {devops + "abc", devops + "abd", Difference{3, "organisation id", 3, false, "abc", "abd"}},
		"other generation":      {entra + "a/v2.0", devops + "abc", Difference{2, "host", 1, false, "login.microsoftonline.com", "vstoken.dev.azure.com"}},
		"a host of former days": {"https://app.vstoken.visualstudio.com", devops + "abc", Difference{2, "host", 1, false, "app.vstoken.visualstudio.com", "vstoken.dev.azure.com"}},
		"http":                  {"http://vstoken.dev.azure.com/abc", devops + "abc", Difference{1, "format", 5, false, "http://", "https://"}},
		"slash at the end":      {devops + "abc/", devops + "abc", Difference{3, "slash at the end", 4, false, "abc/", "abc"}},
		"letter case":           {devops + "ABC", devops + "abc", Difference{3, "organisation id", 1, true, "ABC", "abc"}},
		"no URL":                {"abc", "abd", Difference{1, "part", 3, false, "abc", "abd"}},
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
