package preflight

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASecretThatACommandLineTakesForSomethingElseIsNamedSo(t *testing.T) {
	for name, tc := range map[string]struct{ value, want string }{
		"as Microsoft Entra makes them": {"aB~8Q~x.y_z-1", ""},
		"a hyphen first":                {"-aB8Q~xyz", "it begins with a hyphen, as an option does"},
		"a hyphen inside":               {"aB-8Q~xyz", ""},
		"a quotation mark":              {`aB"8Q`, "it contains a character that shells interpret"},
		"an ampersand":                  {"aB&8Q", "it contains a character that shells interpret"},
		"a percent sign":                {"aB%8Q", "it contains a character that shells interpret"},
		"none":                          {"", ""},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, unsafeOnCommandLine(tc.value)) })
	}
}
