package codetext_test

import (
	"fmt"
	"strings"

	"armpreflight/internal/codetext"
)

// Scan keeps only the codes of a text.
func ExampleScan() {
	known := codetext.Known{Find: func(string) string { return "" }, Family: func(string) string { return "" }}
	found, err := codetext.Scan(strings.NewReader("Deploying…\n##[error]AADSTS7000222: The provided client secret keys are expired.\n"), known)
	fmt.Println(found.Codes[0].Code, found.Codes[0].Line, err)
	// Output: AADSTS7000222 2 <nil>
}
