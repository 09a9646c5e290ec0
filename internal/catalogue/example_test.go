package catalogue_test

import (
	"fmt"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
)

// A value that isn't known leaves a sentence that can be read.
func ExampleFill() {
	const title = "the client secret of connection '{connection}' has expired"
	fmt.Println(catalogue.Fill(title, catalogue.Gather(nil, facts.Situation{Connection: "prod-arm"})))
	fmt.Println(catalogue.Fill(title, catalogue.Values{}))
	// Output:
	// the client secret of connection 'prod-arm' has expired
	// the client secret of the connection has expired
}

// A text is a condition and a sentence. The first text that fits is the one that's shown.
func ExampleHolds() {
	values := catalogue.Gather(nil, facts.Situation{Hosted: true}, facts.SecretExpired{Date: time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)})
	for _, condition := range []string{"date", "hosted=yes and not scope", "scope"} {
		fmt.Println(condition, catalogue.Holds(condition, values))
	}
	// Output:
	// date true
	// hosted=yes and not scope true
	// scope false
}
