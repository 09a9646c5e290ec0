package reading_test

import (
	"fmt"
	"strings"

	"armpreflight/internal/reading"
)

// The code of the innermost error leads to the cause; those around it are the way to it.
func ExampleRead() {
	const log = `##[error]ERROR: {"code":"DeploymentFailed","message":"At least one resource deployment operation failed.",
"details":[{"code":"ScopeLocked","message":"The scope '/subscriptions/s' cannot perform write operation."}]}`
	found, err := reading.Read(strings.NewReader(log))
	for _, cause := range found.Causes {
		fmt.Println(cause.Entry.Code, cause.Way)
	}
	fmt.Println(err)
	// Output:
	// ScopeLocked [DeploymentFailed]
	// <nil>
}

// Find takes a code in the way people write it.
func ExampleFind() {
	entry, found := reading.Find("(7000222)")
	fmt.Println(entry.Code, found)
	// Output: AADSTS7000222 true
}
