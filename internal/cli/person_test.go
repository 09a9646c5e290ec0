package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// az is a program in the place of the Azure CLI: it notes its arguments and prints
// the file that is named after the resource.
const az = `#!/bin/sh
echo "$*" >> "$(dirname "$0")/asked"
while [ $# -gt 0 ]; do
  if [ "$1" = --resource ]; then
    resource=$(printf %s "$2" | tr -c 'a-zA-Z0-9' _)
  fi
  shift
done
cat "$(dirname "$0")/$resource"
`

// azureCLI puts a folder with that program at the start of the path.
func azureCLI(t *testing.T, program string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the program in the place of the Azure CLI is a shell script")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "az"), []byte(program), 0o700))
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return dir
}

func TestTheSignInOfTheAzureCLIIsUsed(t *testing.T) {
	dir := azureCLI(t, az)
	s, _ := scenario.FindCreation("all-well")
	simulated := cloud.New(s.Start(time.Now).World)
	l, err := simulated.Listen()
	require.NoError(t, err)
	defer l.Close()
	authority := filepath.Join(t.TempDir(), "authority.pem")
	require.NoError(t, os.WriteFile(authority, l.CAPEM, 0o600))
	var tokens []string
	for file, resource := range map[string]string{
		"https___management_core_windows_net_": "https://management.core.windows.net/", "https___graph_microsoft_com": "https://graph.microsoft.com",
		"499b84ac_1321_427f_aa17_267ca6975798": "499b84ac-1321-427f-aa17-267ca6975798",
	} {
		token, expires, err := simulated.PersonToken(scenario.Ada, cloud.ContosoTenantID, resource)
		require.NoError(t, err)
		answer, err := json.Marshal(map[string]any{"accessToken": token, "expires_on": expires.Unix(), "tokenType": "Bearer"})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), answer, 0o600))
		tokens = append(tokens, token)
	}

	var out, stray bytes.Buffer
	code := Main(t.Context(), Env{Args: s.Arguments(), Environ: []string{"SSL_CERT_FILE=" + authority}, Stdout: &out, Stderr: &stray, Now: time.Now, Dial: l.Dial})
	assert.Equal(t, ExitOK, code, out.String()+stray.String())
	assert.Contains(t, out.String(), "\nyou can: Shop")
	assert.Empty(t, simulated.Violations())

	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	require.NoError(t, err)
	assert.Equal(t, 3, strings.Count(string(asked), "\n"), "one token for each service:\n%s", asked)
	assert.Equal(t, 3, strings.Count(string(asked), " --tenant "+cloud.ContosoTenantID))
	for _, token := range tokens {
		for _, text := range []string{out.String(), stray.String(), string(asked)} {
			assert.NotContains(t, text, token)
		}
	}
}

func TestWhatTheAzureCLISaysIsExplained(t *testing.T) {
	for name, tc := range map[string]struct {
		program string
		code    string
	}{
		"nobody is signed in": {`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`, "person-not-signed-in"},
		"a session has ended": {`echo "ERROR: AADSTS700082: The refresh token has expired due to inactivity." >&2; exit 1`, "AADSTS700082"},
		"it is not there":     {`exit 127`, "azure-cli-missing"},
		"it prints no token":  {`echo "{}"`, "unexpected-answer"},
		"it prints a secret":  {`echo "ERROR: AADSTS50076: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U" >&2; exit 1`, "AADSTS50076"},
	} {
		t.Run(name, func(t *testing.T) {
			azureCLI(t, "#!/bin/sh\n"+tc.program+"\n")
			s, _ := scenario.FindCreation("all-well")
			simulated := cloud.New(s.Start(time.Now).World)
			l, err := simulated.Listen()
			require.NoError(t, err)
			defer l.Close()
			authority := filepath.Join(t.TempDir(), "authority.pem")
			require.NoError(t, os.WriteFile(authority, l.CAPEM, 0o600))
			var out, stray bytes.Buffer
			Main(t.Context(), Env{Args: s.Arguments(), Environ: []string{"SSL_CERT_FILE=" + authority}, Stdout: &out, Stderr: &stray, Now: time.Now, Dial: l.Dial})
			assert.Contains(t, out.String(), "code   "+tc.code)
			assert.NotContains(t, out.String(), "eyJ")
		})
	}
}

func TestThereAreTwoSignIns(t *testing.T) {
	for _, kind := range []string{signInAzureCLI, signInBrowser} {
		c, err := personCredential(kind, policy.ClientOptions{})
		require.NoError(t, err)
		assert.Contains(t, fmt.Sprintf("%T", c), map[string]string{signInAzureCLI: "AzureCLI", signInBrowser: "InteractiveBrowser"}[kind])
	}
	_, err := personCredential("pat", policy.ClientOptions{})
	assert.ErrorIs(t, err, errCredential)
}
