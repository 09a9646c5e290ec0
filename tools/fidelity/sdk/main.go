// Command sdk sends requests with Azure's libraries for Go, and prints a line for each one: its name, a tab, and what went wrong.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armsubscriptions"
)

type order struct{ Tenant, Client, Secret, Certificate, Assertion, Subscription, Group string }

func main() {
	var o order
	if err := json.NewDecoder(os.Stdin).Decode(&o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx := context.Background()
	credentials := map[string]azcore.TokenCredential{}
	var err, all error
	credentials["secret"], err = azidentity.NewClientSecretCredential(o.Tenant, o.Client, o.Secret, nil)
	all = errors.Join(all, err)
	credentials["federation"], err = azidentity.NewClientAssertionCredential(o.Tenant, o.Client, func(context.Context) (string, error) { return o.Assertion, nil }, nil)
	all = errors.Join(all, err)
	chain, key, err := azidentity.ParseCertificates([]byte(o.Certificate), nil)
	all = errors.Join(all, err)
	credentials["certificate"], err = azidentity.NewClientCertificateCredential(o.Tenant, o.Client, chain, key, nil)
	if all = errors.Join(all, err); all != nil {
		fmt.Fprintln(os.Stderr, all)
		os.Exit(1)
	}
	for _, name := range []string{"secret", "certificate", "federation"} {
		subscriptions, err := armsubscriptions.NewClient(credentials[name], nil)
		var got armsubscriptions.ClientGetResponse
		if err == nil {
			got, err = subscriptions.Get(ctx, o.Subscription, nil)
		}
		say("`azidentity` and `armsubscriptions`: "+name, err, err == nil && got.DisplayName != nil && got.State != nil && *got.State == armsubscriptions.SubscriptionStateEnabled)
	}
	resources(ctx, o, credentials["secret"])
	authorization(ctx, o, credentials["secret"])
	wrong, err := azidentity.NewClientSecretCredential(o.Tenant, o.Client, "wrong", nil)
	if err == nil {
		var subscriptions *armsubscriptions.Client
		if subscriptions, err = armsubscriptions.NewClient(wrong, nil); err == nil {
			_, err = subscriptions.Get(ctx, o.Subscription, nil)
		}
	}
	var failed *azidentity.AuthenticationFailedError
	say("`azidentity`: a wrong secret is an AuthenticationFailedError", nil, errors.As(err, &failed) && failed.RawResponse != nil && failed.RawResponse.StatusCode == 401)
}

func resources(ctx context.Context, o order, credential azcore.TokenCredential) {
	groups, err := armresources.NewResourceGroupsClient(o.Subscription, credential, nil)
	must(err)
	found := false
	for pager := groups.NewListPager(nil); err == nil && pager.More(); {
		var page armresources.ResourceGroupsClientListResponse
		if page, err = pager.NextPage(ctx); err == nil {
			for _, g := range page.Value {
				found = found || *g.Name == o.Group && g.Location != nil && g.Properties.ProvisioningState != nil
			}
		}
	}
	say("`armresources`: list resource groups", err, found)
	exists, err := groups.CheckExistence(ctx, o.Group, nil)
	say("`armresources`: a resource group exists", err, exists.Success)
	exists, err = groups.CheckExistence(ctx, "rg-none", nil)
	say("`armresources`: another one doesn't", err, !exists.Success)
	_, err = groups.Get(ctx, "rg-none", nil)
	var refused *azcore.ResponseError
	say("`armresources`: its error code", nil, errors.As(err, &refused) && refused.ErrorCode == "ResourceGroupNotFound" && refused.StatusCode == 404)
	providers, err := armresources.NewProvidersClient(o.Subscription, credential, nil)
	must(err)
	web, err := providers.Get(ctx, "Microsoft.Web", nil)
	say("`armresources`: get a resource provider", err, err == nil && *web.RegistrationState == "Registered" && len(web.ResourceTypes) > 0)
	count := 0
	for pager := providers.NewListPager(nil); err == nil && pager.More(); {
		var page armresources.ProvidersClientListResponse
		if page, err = pager.NextPage(ctx); err == nil {
			count += len(page.Value)
		}
	}
	say("`armresources`: list resource providers", err, count > 5)
}

func authorization(ctx context.Context, o order, credential azcore.TokenCredential) {
	scope := "/subscriptions/" + o.Subscription
	assignments, err := armauthorization.NewRoleAssignmentsClient(o.Subscription, credential, nil)
	must(err)
	count := 0
	for pager := assignments.NewListForScopePager(scope, nil); err == nil && pager.More(); {
		var page armauthorization.RoleAssignmentsClientListForScopeResponse
		if page, err = pager.NextPage(ctx); err == nil {
			for _, a := range page.Value {
				if a.Properties.PrincipalID != nil && a.Properties.RoleDefinitionID != nil && a.Properties.PrincipalType != nil {
					count++
				}
			}
		}
	}
	say("`armauthorization`: list role assignments", err, count > 0)
	definitions, err := armauthorization.NewRoleDefinitionsClient(credential, nil)
	must(err)
	filter := "roleName eq 'Reader'"
	count = 0
	for pager := definitions.NewListPager(scope, &armauthorization.RoleDefinitionsClientListOptions{Filter: &filter}); err == nil && pager.More(); {
		var page armauthorization.RoleDefinitionsClientListResponse
		if page, err = pager.NextPage(ctx); err == nil {
			count += len(page.Value)
		}
	}
	say("`armauthorization`: role definitions by a filter", err, count == 1)
	permissions, err := armauthorization.NewPermissionsClient(o.Subscription, credential, nil)
	must(err)
	count = 0
	for pager := permissions.NewListForResourceGroupPager(o.Group, nil); err == nil && pager.More(); {
		var page armauthorization.PermissionsClientListForResourceGroupResponse
		if page, err = pager.NextPage(ctx); err == nil {
			count += len(page.Value)
		}
	}
	say("`armauthorization`: list permissions", err, count > 0)
}

func say(what string, err error, right bool) {
	problem := ""
	switch {
	case err != nil:
		problem = strings.Join(strings.Fields(err.Error()), " ")
	case !right:
		problem = "another result"
	}
	fmt.Printf("%s\t%s\n", what, problem)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
