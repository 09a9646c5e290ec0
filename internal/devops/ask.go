package devops

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"armpreflight/internal/secret"

	"github.com/microsoft/azure-devops-go-api/azuredevops/v7"
)

// account is who asks, by which client.
type account struct {
	http          *http.Client
	authorization secret.Text // the header's value; empty for no one
}

// ask sends one request, a GET where there's nothing to post, and reads the
// answer. The response comes with a refusal, too; it's nil where there was none.
func (a account) ask(ctx context.Context, address, version, post string) (*http.Response, []byte, error) {
	api := azuredevops.NewClientWithOptions(&azuredevops.Connection{
		AuthorizationString:     a.authorization.Reveal(),
		SuppressFedAuthRedirect: true, // without it, a bad token is answered with a sign-in page
	}, "", azuredevops.WithHTTPClient(a.http))
	method, media, body := http.MethodGet, "", io.Reader(nil)
	if post != "" {
		method, media, body = http.MethodPost, "application/json", strings.NewReader(post)
	}
	request, err := api.CreateRequestMessage(ctx, method, address, version, body, media, "application/json", nil)
	if err != nil {
		return nil, nil, err
	}
	response, err := api.SendRequest(request)
	if response != nil {
		defer response.Body.Close()
	}
	if err != nil {
		return response, nil, err
	}
	text, err := io.ReadAll(response.Body)
	// Answers of Azure DevOps may begin with a byte order mark.
	return response, bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff"))), err
}
