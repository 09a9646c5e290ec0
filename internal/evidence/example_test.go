package evidence_test

import (
	"fmt"

	"armpreflight/internal/evidence"
)

// What a sentence holds is in fields of its own.
func ExampleFromResponse() {
	ev := evidence.FromResponse(evidence.ARM, 403, nil, []byte(`{"error": {"code": "AuthorizationFailed", "message":
		"The client 'c' with object id '0f0f' does not have authorization to perform action 'Microsoft.Web/sites/write' over scope '/subscriptions/s' or the scope is invalid."}}`), nil)
	fmt.Println(ev.Codes, ev.ObjectID, ev.Action, ev.Scope)
	// Output: [AuthorizationFailed] 0f0f Microsoft.Web/sites/write /subscriptions/s
}
