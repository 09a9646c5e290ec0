package preflight

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASecretThatACommandLineTakesForSomethingElseIsNamedSo(t *testing.T) {
	for name, tc := range map[string]struct{ value, want string }{
		"as Microsoft Entra makes them": {"aB~8Q~x.y_z-1", ""},
		"a hyphen first":                {"-aB8Q~xyz", "it begins with a hyphen, like an option"},
		"a hyphen inside":               {"aB-8Q~xyz", ""},
		"a quotation mark":              {`aB"8Q`, "it holds a character that shells act on"},
		"an ampersand":                  {"aB&8Q", "it holds a character that shells act on"},
		"a percent sign":                {"aB%8Q", "it holds a character that shells act on"},
		"none":                          {"", ""},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, unsafeOnCommandLine(tc.value)) })
	}
}
