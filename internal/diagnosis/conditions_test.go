package diagnosis

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
)

// conditional are steps that work only for some, or that take something away, with the words that have to be next to them.
var conditional = map[string]struct{ step, condition *regexp.Regexp }{
	"conversion of a guest moves the sign-in":                 {regexp.MustCompile(`Convert to internal user`), regexp.MustCompile(`Don't choose Convert to internal user`)},
	"the scope of job tokens stays limited":                   {regexp.MustCompile(`Limit job authorization scope`), regexp.MustCompile(`Leave Limit job authorization scope to current project on`)},
	"a system-assigned identity isn't removed":                {regexp.MustCompile(`(?i)off and on`), regexp.MustCompile(`Don't|roles again`)},
	"Convert is for some connections, and can be taken back":  {regexp.MustCompile(`choose Convert( on| to change|,)`), regexp.MustCompile(`[Oo]nly this project uses`)},
	"an unfinished way to keep a session is called so":        {regexp.MustCompile(`keepAzSessionActive`), regexp.MustCompile(`experimental|would fail`)},
	"azurerm create makes a connection with a secret":         {regexp.MustCompile(`azurerm create`), regexp.MustCompile(`secret or certificate of an existing service principal`)},
	"a deleted lock is written down first":                    {regexp.MustCompile(`az lock delete`), regexp.MustCompile(`write down the lock's name, level, and notes`)},
	"a shell gets the query as one word":                      {regexp.MustCompile(`length\(@\)`), regexp.MustCompile(`"length\(@\)"`)},
	"sizes with a restriction are listed too":                 {regexp.MustCompile(`list-skus`), regexp.MustCompile(`--all`)},
	"an exclusion from a policy says what it costs":           {regexp.MustCompile(`(?i)exclude (this|the) identity (only|from the policy)`), regexp.MustCompile(`anywhere`)},
	"an exemption says that the policy no longer protects":    {regexp.MustCompile(`(?i)ask .* (to exempt|for an exemption)`), regexp.MustCompile(`protect`)},
	"the rest of inspection says that it ends":                {regexp.MustCompile(`Or exempt \{host\} from inspection|^Exempt \{host\} from inspection`), regexp.MustCompile(`no longer inspected`)},
	"an assignment without an identity may be of a restored":  {regexp.MustCompile(`Identity not found, and delete|\(Identity not found\)`), regexp.MustCompile(`permanently gone|shows Identity not found`)},
	"only applications of one tenant are taken from others":   {regexp.MustCompile(`Supported account types .*to Accounts in this organizational directory only`), regexp.MustCompile(`(?i)no other tenant|if none (does|uses it)`)},
	"deny assignments aren't only Azure's":                    {regexp.MustCompile(`(?i)deny assignments? (are|is) (made|created)|creates (most )?deny assignments`), regexp.MustCompile(`administrator`)},
	"a fresh secret takes rights in Microsoft Entra, as well": {regexp.MustCompile(`^(?:\*\*)?If Azure DevOps created the connection \(automatic\), choose Rotate secret`), regexp.MustCompile(`permissions on the application in Microsoft Entra`)},
}

func TestAStepThatIsNotForEverybodySaysSo(t *testing.T) {
	used := map[string]bool{}
	for _, e := range Entries() {
		for text := range e.Texts() {
			for _, v := range text {
				for name, c := range conditional {
					if c.step.MatchString(v.Text) {
						used[name] = true
						assert.Regexp(t, c.condition, v.Text, "%s: %s", e.Code, name)
					}
				}
			}
		}
	}
	for name := range conditional {
		assert.True(t, used[name], "no text is about this anymore: %s", name)
	}
}

func TestARunIsNotToldWhatCannotApplyThere(t *testing.T) {
	for _, e := range Entries() {
		for _, scheme := range []Scheme{SchemeKey, SchemeCertificate, SchemeFederation, SchemeManagedIdentity} {
			for _, mode := range []Mode{ModeAutomatic, ModeManual} {
				where := fmt.Sprintf("%s, scheme %s, mode %s", e.Code, scheme, mode)
				steps := strings.Join(Explain(e.Code, Situation{Scheme: scheme, Mode: mode}, nil, nil).Steps, "\n")
				if mode == ModeManual {
					assert.NotRegexp(t, `choose Convert( on| to change|,)|Rotate secret`, steps, where)
				}
				if scheme != SchemeFederation {
					assert.NotContains(t, steps, "keepAzSessionActive: true", where)
				}
				assert.NotContains(t, steps, "If Azure DevOps created the connection (automatic)", where)
				assert.NotContains(t, steps, "If someone created the connection manually", where)
			}
		}
	}
}

func TestACodeThatSharesItsTextsKeepsItsOwnMeaning(t *testing.T) {
	for code, want := range map[Code]struct{ headline, cause string }{
		"AADSTS50055":                {"expired", "passwords expire"},
		"AADSTS50126":                {"wrong", "mistyped"},
		"AADSTS50173":                {"no longer valid", "revoked"},
		"AADSTS70043":                {"no longer valid", "sign-in frequency"},
		"AADSTS700082":               {"no longer valid", "wasn't used"},
		"AADSTS50034":                {"doesn't exist", "mistyped"},
		"AADSTS530034":               {"delegated administrator", "partner"},
		"AADSTS90009":                {"token request as malformed", "a token for itself"},
		"AADSTS50166":                {"issuer", "claims provider"},
		"ParentResourceNotFound":     {"parent", "dependsOn"},
		"OperationNotAllowed":        {"SKU", "SKU"},
		"QuotaExceeded":              {"quota", "earlier deployments"},
		"MissingApiVersionParameter": {"doesn't have an API version", "api-version"},
		"Conflict":                   {"current state", "stopped"},
	} {
		d := Explain(code, Situation{}, nil, nil)
		assert.Contains(t, d.Headline, want.headline, code)
		assert.Contains(t, d.Cause, want.cause, code)
	}
	conflict, _ := Lookup("Conflict")
	assert.Equal(t, catalogue.RetryNever, conflict.Retry, "the state of the resource has to change first")
	linked := Explain("LinkedAuthorizationFailed", Situation{Scope: "/subscriptions/of-the-connection"}, nil, nil)
	assert.NotContains(t, linked.Headline+strings.Join(linked.Steps, " "), "of-the-connection", "the role is needed on the linked resource")
}

// A job of a Microsoft-hosted agent never exists while a connection is being created.
func TestAPersonWithoutAJobIsToldOfNone(t *testing.T) {
	job := regexp.MustCompile(`(?i)re-run the failed job`)
	for _, e := range append(slices.Clone(Entries()), catalogue.Unknown("Unknown")) {
		for _, scheme := range []Scheme{"", SchemeKey, SchemeCertificate, SchemeFederation, SchemeManagedIdentity} {
			for _, mode := range []Mode{"", ModeAutomatic, ModeManual} {
				for _, facts := range []known{nil, {"wait": "1m"}, {"tenant": "t", "scope": "s"}, {"object": "o"}} {
					s := Situation{Scheme: scheme, Mode: mode, Making: true}
					assert.NotRegexp(t, job, strings.Join(Explain(e.Code, s, facts, nil).Steps, "\n"), "%s, scheme %s, mode %s, %v", e.Code, scheme, mode, facts)
				}
			}
		}
	}
}
