package catalogue_test

import (
	"fmt"

	"armpreflight/internal/catalogue"
)

// A value that isn't known leaves a sentence that can be read.
func ExampleFill() {
	const title = "the client secret of connection '{connection}' has expired"
	fmt.Println(catalogue.Fill(title, map[string]string{"connection": "prod-arm"}))
	fmt.Println(catalogue.Fill(title, nil))
	// Output:
	// the client secret of connection 'prod-arm' has expired
	// the client secret of the connection has expired
}

// A text is a condition and a sentence. The first text that fits is the one that's shown.
func ExampleHolds() {
	values := map[string]string{"date": "2026-12-01", "hosted": "yes"}
	for _, condition := range []string{"date", "hosted=yes and not scope", "scope"} {
		fmt.Println(condition, catalogue.Holds(condition, values))
	}
	// Output:
	// date true
	// hosted=yes and not scope true
	// scope false
}
