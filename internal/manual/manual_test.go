package manual

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/markdown"
	"armpreflight/internal/preflight"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leftOver are signs of a template that wasn't written out, or that reads badly without values.
var leftOver = regexp.MustCompile(`\{[a-z]+\}|\[\w*=?\w*\||''|\.\.|  |\b(the|a|an|no|any) (the|a|an)\b|: ?$|^[:;,]`)

func TestEveryPageReadsWithoutValues(t *testing.T) {
	for _, p := range Pages() {
		texts := append([]string{p.Title, p.Means, p.Confirm}, p.Causes...)
		require.NotEmpty(t, p.Fixes, p.Code)
		for _, f := range p.Fixes {
			texts = append(texts, f.Steps...)
			assert.NotEmpty(t, f.Steps, p.Code)
			assert.False(t, len(p.Fixes) > 1 && f.For == "", "%s: when is this fix the one? words.yaml has no label for it", p.Code)
		}
		for _, text := range texts {
			assert.NotEmpty(t, text, p.Code)
			assert.NotRegexp(t, leftOver, strings.NewReplacer("${{", "", "}}", "", "$[[", "").Replace(text), p.Code)
		}
		assert.NotEmpty(t, p.Causes, p.Code)
		assert.NotEmpty(t, p.Confidence, p.Code)
	}
}

func TestLinesAreNoWiderThanATerminal(t *testing.T) {
	var texts []string
	for _, p := range Pages() {
		texts = append(texts, p.Text(Style{}))
	}
	for _, topic := range Topics() {
		texts = append(texts, topic.Text(Style{}))
	}
	texts = append(texts, ListText(Pages(), Topics(), Style{}))
	for _, text := range texts {
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if words := strings.Fields(line); len(words) > 0 && utf8.RuneCountInString(words[len(words)-1]) > 60 {
				continue // an address stays whole
			}
			assert.LessOrEqual(t, utf8.RuneCountInString(line), defaultWidth, line)
			assert.Equal(t, strings.TrimRight(line, " "), line)
		}
	}
}

func TestStyleIsOnlyForATerminal(t *testing.T) {
	page := Pages()[0]
	assert.Contains(t, page.Text(StyleFor(true, 0)), "\x1b[1m")
	plain := page.Text(StyleFor(false, 0))
	assert.NotContains(t, plain, "\x1b")
	color := regexp.MustCompile("\x1b\\[[0-9]*m")
	assert.Equal(t, plain, color.ReplaceAllString(page.Text(StyleFor(true, 0)), ""), "emphasis takes no place")
}

// The thirteen situations that the product grew from.
const situations = 13

func TestEverySituationHasItsSection(t *testing.T) {
	require.Len(t, Topics(), situations)
	page := troubleshooting()
	anchors := map[string]bool{}
	for _, topic := range Topics() {
		assert.Contains(t, page, "\n## "+topic.Title+"\n")
		assert.False(t, anchors[topic.Anchor()], "%s twice", topic.Anchor())
		anchors[topic.Anchor()] = true
		assert.NotEmpty(t, topic.Says, topic.Title)
		assert.NotEmpty(t, topic.Finds, topic.Title)
		require.NotEmpty(t, topic.Phrases, topic.Title)
		for _, phrase := range topic.Phrases {
			assert.Equal(t, strings.ToLower(phrase), phrase)
			assert.Greater(t, len(phrase), 14, "met by chance: %s", phrase)
		}
		for _, code := range topic.Codes {
			_, known := diagnosis.Lookup(code)
			assert.True(t, known, "%s: %s", topic.Title, code)
		}
		for _, id := range topic.Checks {
			_, known := checkOf(id)
			assert.True(t, known, "%s: %s", topic.Title, id)
		}
	}
}

func TestTheAdviceIsTheCorrectedOne(t *testing.T) {
	page := troubleshooting()
	assert.NotContains(t, strings.ToLower(page), "global administrator")
	assert.Contains(t, page, "AADSTS70052", "a multitenant application breaks federation")
	section := func(title string) string {
		_, after, ok := strings.Cut(page, "\n## "+title)
		require.True(t, ok)
		text, _, _ := strings.Cut(after, "\n## ")
		return text
	}
	secret := section("The secret expired")
	assert.Contains(t, secret, "These are two different problems")
	assert.Contains(t, secret, "Don't choose Verify")
	assert.Contains(t, section("The user can't register applications"), "Application Developer")
	assert.Contains(t, section("Some subscriptions are missing"), "breaks federated connections")
}

func TestAPageLeadsToItsSection(t *testing.T) {
	e, ok := diagnosis.Lookup("AADSTS7000222")
	require.True(t, ok)
	p := Of(e)
	assert.Contains(t, p.Topics, "docs/troubleshooting.md#the-secret-expired-or-is-wrong")
	assert.Contains(t, p.Checks, "access-token")
	assert.Contains(t, p.Markdown("../"), "(../troubleshooting.md#the-secret-expired-or-is-wrong)")
}

func TestEveryCheckSaysWhatItSendsAndReturns(t *testing.T) {
	for _, c := range preflight.All() {
		assert.NotEmpty(t, c.Sends, "%s (CONTRIBUTING, Adding a check, step 2)", c.ID)
		for _, code := range c.Codes() {
			known := false
			for _, s := range services {
				known = known || s.word == code
			}
			_, catalogued := diagnosis.Lookup(diagnosis.Code(code))
			assert.True(t, known || catalogued, "%s: %s is neither a code nor a service", c.ID, code)
		}
	}
}

// The reasons for which a check isn't applicable are said in its own words too; the declaration must not say others.
func TestACheckKnowsWhenItsQuestionDoesNotArise(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "preflight", "*.go"))
	require.NoError(t, err)
	reasons := regexp.MustCompile(`NotApplicable\("([^"]+)"\)`)
	var said []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range reasons.FindAllStringSubmatch(string(text), -1) {
			said = append(said, m[1])
		}
	}
	require.NotEmpty(t, said)
	for _, c := range preflight.All() {
		if c.Quiet != "" {
			assert.Contains(t, said, c.Quiet, c.ID)
		}
		assert.Equal(t, c.Asked != nil, c.Unasked != "", "%s: Asked, and the words for it", c.ID)
	}
}

func TestMarkdownShowsWhatIsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"<job> of a_b*c [x]":             `\<job\> of a\_b\*c \[x\]`,
		"see https://aka.ms/a_b and a_b": `see https://aka.ms/a_b and a\_b`,
		"curl https://<host>/a":          `curl https://\<host\>/a`,
		"| ## & `code` \\":               "\\| \\#\\# \\& \\`code\\` \\\\",
	} {
		assert.Equal(t, want, markdown.Text(text))
	}
}

func TestSearchFindsCodesAndSituations(t *testing.T) {
	pages, topics := Search("Secret", "expired")
	assert.NotEmpty(t, pages)
	assert.NotEmpty(t, topics)
	pages, topics = Search("no such word anywhere")
	assert.Empty(t, pages)
	assert.Empty(t, topics)
}

// An alias that says what its entry says is a row of the index, and every link to it leads to the page of that entry.
func TestEveryCodeHasOnePage(t *testing.T) {
	files := Files(nil, []string{"AADSTS7000222", "AADSTS1000031"})
	assert.Contains(t, files["docs/errors/AADSTS1000031.md"], "[AADSTS7000112](AADSTS7000112.md)")
	assert.NotContains(t, files["docs/errors/AADSTS7000222.md"], "means the same", "it's no alias")
	delete(files, "docs/errors/AADSTS1000031.md")
	assert.NotContains(t, files, "docs/errors/AADSTS100007.md", "an alias that nobody links to")
	for code, want := range map[diagnosis.Code]diagnosis.Code{
		"AADSTS7000222": "AADSTS7000222", // an entry
		"AADSTS1000031": "AADSTS7000112", // an alias
		"AADSTS70002":   "AADSTS7000215", // an alias whose code is the beginning of another one in its text
		"AADSTS50055":   "AADSTS50055",   // an alias with a title of its own
		"ContosoSaysNo": "ContosoSaysNo", // not in the catalogue
	} {
		assert.Equal(t, want, pageCode(code))
	}
	for _, e := range diagnosis.Entries() {
		page, ok := files["docs/errors/"+string(pageCode(e.Code))+".md"]
		assert.True(t, ok, "%s leads nowhere", e.Code)
		assert.Contains(t, page, string(e.Code), "the page says that it's about the code")
		assert.Contains(t, files["docs/errors/README.md"], "| "+errorLink(string(e.Code), "")+" |")
		if _, own := files["docs/errors/"+string(e.Code)+".md"]; own && e.Of != "" {
			of, _ := diagnosis.Lookup(e.Of)
			assert.False(t, saysTheSame(Of(e), Of(of)), "%s has a page of its own and says the same as %s", e.Code, e.Of)
		}
	}
}
