package secret_test

import (
	"encoding/base64"
	"fmt"

	"armpreflight/internal/secret"
)

// A Text doesn't print itself, whatever the verb is. Reveal is the only way out.
func ExampleText() {
	password := secret.New("correct horse battery staple")
	fmt.Println(password)
	fmt.Printf("%q %x %+v\n", password, password, struct{ Key secret.Text }{password})
	fmt.Println(len(password.Reveal()))
	// Output:
	// [secret]
	// [secret] [secret] {Key:[secret]}
	// 28
}

// A Redactor finds a secret in the encodings in which services repeat it, and shortens identifiers.
func ExampleRedactor() {
	r := secret.NewRedactor()
	r.AddSecret(secret.New("S3cret-of-prod"))
	r.AddIdentifier("3f9c1b52-8a70-4d21-b6e4-5d0c9a7e1f38")
	fmt.Println(r.Redact("the key S3cret-of-prod is wrong"))
	fmt.Println(r.Redact("Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("S3cret-of-prod"))))
	fmt.Println(r.Redact("application 3f9c1b52-8a70-4d21-b6e4-5d0c9a7e1f38"))
	// Output:
	// the key *** is wrong
	// Authorization: Basic ***=
	// application 3f9c1b52…
}

// A text from outside is filtered first and cut after that, so that no half of a secret stays.
func ExampleFilter_Line() {
	r := secret.NewRedactor()
	r.AddSecret(secret.New("S3cret-of-prod"))
	filter := secret.Filter(r.Redact)
	fmt.Println(filter.Line("the key\nS3cret-of-prod is wrong", 18))
	// Output: the key *** is wr…
}
