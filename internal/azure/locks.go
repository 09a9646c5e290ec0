package azure

import (
	"context"
	"strings"

	"armpreflight/internal/arm"
)

// Lock is a management lock.
// Field names: Azure REST reference, Management Locks - List By Scope.
type Lock struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		Level string `json:"level"` // ReadOnly, CanNotDelete
		Notes string `json:"notes"`
	} `json:"properties"`
}

// Scope is the ARM ID of what is locked, in the letter case of the answer, which
// mixes resourceGroups and resourcegroups; empty when the ID isn't that of a lock.
func (l Lock) Scope() string {
	const kind = "/providers/microsoft.authorization/locks/"
	at := strings.LastIndex(strings.ToLower(l.ID), kind)
	if at < 0 {
		return ""
	}
	return l.ID[:at]
}

// OnResource reports whether it is a resource that is locked, not a group or the subscription.
func (l Lock) OnResource() bool {
	scope, _ := arm.ParseID(l.Scope())
	return scope.Resource != ""
}

// Locks reads the locks at a scope and at everything below it: those of a
// subscription are there for all its resource groups at the same time. A lock above the
// scope holds there too and isn't listed. Needs Microsoft.Authorization/locks/read,
// which Reader and Contributor have.
//
// 2016-09-01 is the version that the Azure CLI uses, and that Azure Stack Hub has
// too. The newer 2020-05-01 was refused (Azure/azure-sdk-for-go issue 18835).
func (c *Client) Locks(ctx context.Context, t Token, scope string) ([]Lock, error) {
	path, err := pathOf(scope)
	if err != nil {
		return nil, err
	}
	return list(ctx, c, t, path+"/providers/Microsoft.Authorization/locks", "api-version=2016-09-01", 0,
		func(l Lock) bool { return l.Scope() != "" && l.Properties.Level != "" })
}
