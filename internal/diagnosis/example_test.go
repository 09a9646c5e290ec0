package diagnosis_test

import (
	"fmt"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
)

// An answer of a service is read once, and explained for the connection that it's about.
func Example() {
	answer := []byte(`{"error": "invalid_client", "error_description": "AADSTS7000222: The provided client secret keys for app 'x' are expired."}`)
	ev := evidence.FromResponse(evidence.Entra, 401, nil, answer, nil)
	d := diagnosis.ExplainEvidence(ev, diagnosis.Situation{Connection: "prod-arm", Scheme: diagnosis.SchemeKey, Mode: diagnosis.ModeAutomatic}, nil)
	fmt.Println(d.Code)
	fmt.Println(d.Headline)
	fmt.Println(d.Who)
	// Output:
	// AADSTS7000222
	// the client secret of connection 'prod-arm' has expired
	// service connection administrator
}
