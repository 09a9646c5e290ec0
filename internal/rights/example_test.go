package rights_test

import (
	"encoding/json"
	"fmt"

	"armpreflight/internal/rights"
)

// A Contributor can write a site and can't assign roles. The permissions are as Azure answers them for a scope.
func ExampleJudge() {
	const contributor = `[{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"]}]`
	var permissions []rights.Permission
	if err := json.Unmarshal([]byte(contributor), &permissions); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rights.Judge(permissions, "Microsoft.Web/sites/write", false).Answer == rights.Yes)
	fmt.Println(rights.Judge(permissions, rights.AssignRoles, false).Answer == rights.No)
	// Output:
	// true
	// true
}

// The lines are those of the input requiredActions. A line that can't be read gives a problem with its number.
func ExampleParse() {
	const lines = "Microsoft.Web/sites/write @ resourceGroups/rg-app\nMicrosoft.Web/*"
	subscription := "3f0e8a52-6c1d-4f0a-9f4e-7a2b5c8d9e10"
	wanted, problems := rights.Parse(lines, rights.Base{ID: "/subscriptions/" + subscription, SubscriptionID: subscription})
	for _, w := range wanted {
		fmt.Println(w.Line, w.Action, w.Scope.ID())
	}
	for _, p := range problems {
		fmt.Println("problem in line", p.Line)
	}
	// Output:
	// 1 Microsoft.Web/sites/write /subscriptions/3f0e8a52-6c1d-4f0a-9f4e-7a2b5c8d9e10/resourceGroups/rg-app
	// problem in line 2
}
