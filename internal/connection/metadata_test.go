package connection

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const stackMetadata = `{"galleryEndpoint":"https://providers.local.azurestack.external:30016/","graphEndpoint":"https://graph.contoso.example/",
"portalEndpoint":"https://portal.local.azurestack.external/","authentication":{"loginEndpoint":"https://login.windows.net/",
"audiences":["https://management.contoso.example/0001"]}}`

func TestMetadataFillsInWhatIsMissing(t *testing.T) {
	bare := Cloud{Name: "AzureStack", ResourceManager: "https://management.local.azurestack.external"}
	got, err := bare.WithMetadata([]byte(stackMetadata))
	require.NoError(t, err)
	assert.True(t, got.Complete())
	assert.Equal(t, Cloud{
		Name: "AzureStack", ResourceManager: "https://management.local.azurestack.external",
		Authority: "https://login.windows.net", Audience: "https://management.contoso.example/0001",
		Graph: "https://graph.contoso.example", Portal: "https://portal.local.azurestack.external",
	}, got)
	assert.Empty(t, bare.Authority, "the cloud that was asked has changed")

	said := bare
	said.Authority, said.Audience = "https://login.contoso.example", "https://said.example"
	got, err = said.WithMetadata([]byte(stackMetadata))
	require.NoError(t, err)
	assert.Equal(t, "https://login.contoso.example", got.Authority)
	assert.Equal(t, "https://said.example", got.Audience)
}

func TestMetadataRevealsADFS(t *testing.T) {
	for _, login := range []string{"https://adfs.local.azurestack.external/adfs", "https://adfs.local.azurestack.external/adfs/"} {
		got, err := Cloud{Name: "AzureStack"}.WithMetadata([]byte(strings.Replace(stackMetadata, "https://login.windows.net/", login, 1)))
		require.NoError(t, err)
		problem, broken := got.Problem()
		assert.True(t, broken)
		assert.Equal(t, SchemeUnsupported, problem.Kind)
	}
}

func TestMetadataDoesNotTakeAzureADGraphForMicrosoftGraph(t *testing.T) {
	got, err := Cloud{Name: "AzureStack"}.WithMetadata([]byte(strings.Replace(stackMetadata, "graph.contoso.example", "graph.windows.net", 1)))
	require.NoError(t, err)
	assert.Empty(t, got.Graph)
}

func TestMetadataThatIsOfNoUse(t *testing.T) {
	for name, test := range map[string]struct {
		cloud Cloud
		doc   string
		want  string
	}{
		"a known cloud":    {Clouds()[0], stackMetadata, "the addresses of AzureCloud are fixed; no metadata document is read"},
		"a closed cloud":   {Cloud{Name: germanCloud, Retired: true}, stackMetadata, "the addresses of AzureGermanCloud are fixed; no metadata document is read"},
		"HTML":             {Cloud{}, "<html>", "the metadata document isn't the expected JSON"},
		"a list":           {Cloud{}, "[]", "the metadata document isn't the expected JSON"},
		"too large":        {Cloud{}, strings.Repeat(" ", maxMetadata+1), "the metadata document is larger than 1 MiB"},
		"empty":            {Cloud{}, "{}", "the metadata document has no sign-in endpoint with HTTPS"},
		"login by http":    {Cloud{}, `{"authentication":{"loginEndpoint":"http://login.example/","audiences":["https://a.example"]}}`, "the metadata document has no sign-in endpoint with HTTPS"},
		"without audience": {Cloud{}, `{"authentication":{"loginEndpoint":"https://login.example/"}}`, "the metadata document has no audience with HTTPS"},
		"audience by http": {Cloud{}, `{"authentication":{"loginEndpoint":"https://login.example/","audiences":["http://a.example"]}}`, "the metadata document has no audience with HTTPS"},
		"a user in front":  {Cloud{}, `{"authentication":{"loginEndpoint":"https://u@login.example/","audiences":["https://a.example"]}}`, "the metadata document has no sign-in endpoint with HTTPS"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.cloud.WithMetadata([]byte(test.doc))
			assert.EqualError(t, err, test.want)
			assert.Equal(t, test.cloud, got)
		})
	}
}

func FuzzWithMetadata(f *testing.F) {
	f.Add([]byte(stackMetadata))
	f.Add([]byte(`{"authentication":null}`))
	f.Add([]byte(`{"authentication":{"loginEndpoint":"https://x/adfs","audiences":[" https://y ",""]}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		asked := Cloud{Name: "AzureStack", ResourceManager: "https://arm.example"}
		got, err := asked.WithMetadata(doc)
		if err != nil {
			assert.Equal(t, asked, got)
			return
		}
		assert.True(t, got.Complete())
		assert.Equal(t, asked.ResourceManager, got.ResourceManager)
		for _, address := range []string{got.Authority, got.Audience} {
			_, ok := parseHTTPS(address)
			assert.True(t, ok, "%q", address)
		}
	})
}
