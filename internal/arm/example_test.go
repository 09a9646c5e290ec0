package arm_test

import (
	"fmt"

	"armpreflight/internal/arm"
)

// An ID is taken apart once, whatever its letter case.
func ExampleParseID() {
	id, ok := arm.ParseID("/subscriptions/9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f0/resourcegroups/rg-app/providers/Microsoft.Web/sites/app")
	fmt.Println(ok, id.ResourceGroup, id.Resource)

	group, _ := arm.ParseID("/subscriptions/9F1C2D3E-4B5A-6978-8796-A5B4C3D2E1F0/resourceGroups/RG-APP")
	fmt.Println(group.Level() == arm.ResourceGroup, id.Within(group))
	// Output:
	// true rg-app Microsoft.Web/sites/app
	// true true
}
