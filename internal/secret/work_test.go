package secret_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/secret"

	"github.com/stretchr/testify/assert"
)

// TestATextThatRepeatsItselfAsASecretDoesIsHiddenAtOnce: each place of it may begin the secret, and none does.
func TestATextThatRepeatsItselfAsASecretDoesIsHiddenAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes its time")
	}
	r := secret.NewRedactor()
	r.AddSecret(secret.New(strings.Repeat("a", 60<<10) + "b"))
	start := time.Now()
	assert.Equal(t, "***", r.Redact(strings.Repeat("a", 60<<10)+"c%41&#65;"))
	assert.Less(t, time.Since(start), 5*time.Second) // some tenths of a second on a machine with nothing else to do; it was twenty
}

// TestATextThatIsNothingButSecretsIsNotGivenUp has as many connections as a process can be given. All their keys and tokens
// begin alike.
func TestATextThatIsNothingButSecretsIsNotGivenUp(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	random := rand.New(rand.NewPCG(1, 2))
	letters := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	r := secret.NewRedactor()
	var all []string
	for range 250 {
		key := "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC" + letters(1200) + "\n-----END PRIVATE KEY-----"
		token := "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6IkhTMjNiN0RvN1RjYVUxUm9MSHdwSXEyNFZZZyIsImtpZCI6Ik" + letters(600) + "." + letters(600) + "." + letters(256)
		r.AddSecret(secret.New(key), secret.New(token))
		all = append(all, key, token)
	}
	for _, n := range []int{2, 20, 60} {
		text := "these are `100%20` of &amp; \\n them: " + strings.Join(all[:n], " and ")
		if n == 2 {
			text = fmt.Sprintf("%q", text)
		}
		got := r.Redact(text)
		assert.NotEqual(t, "***", got, n)
		for _, one := range all[:n] {
			assert.NotContains(t, got, one[len(one)/2:len(one)/2+20])
		}
	}
}
