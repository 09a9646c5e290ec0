package attack

import (
	"net/http"
	"strings"
	"testing"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/bubble"

	"github.com/stretchr/testify/assert"
)

// TestTrustComesFromTheMachineOnly moves what the machine trusts into a variable
// of the job: the same file, the same answers, and nothing is sent.
func TestTrustComesFromTheMachineOnly(t *testing.T) {
	for name, prepare := range map[string]func(b *bubble.Bubble, file string){
		"the name of the machine": func(b *bubble.Bubble, file string) { b.Variable("SSL_CERT_FILE", file, false) },
		"a name that becomes it":  func(b *bubble.Bubble, file string) { b.Variable("ssl cert.file", file, false) },
		"Node's name":             func(b *bubble.Bubble, file string) { b.Variable("NODE_EXTRA_CA_CERTS", file, false) },
		"the agent's name":        func(b *bubble.Bubble, file string) { b.Variable("agent.cainfo", file, false) },
		"a secret variable":       func(b *bubble.Bubble, file string) { b.Variable("SSL_CERT_FILE", file, true) },
		"a name that keeps its case": func(b *bubble.Bubble, file string) {
			b.Job.Variables = append(b.Job.Variables, agent.Variable{Name: "ssl_cert_file", Value: file, PreserveCase: true})
		},
		"a folder of the same things": func(b *bubble.Bubble, file string) {
			b.Variable("SSL_CERT_DIR", file[:strings.LastIndex(file, "/")], false)
		},
	} {
		for _, version := range []string{agent.Oldest, agent.Newest} {
			t.Run(name+", "+version, func(t *testing.T) {
				asked := 0
				got := play(t, "healthy", func(b *bubble.Bubble) {
					b.Job.Version = version
					file, _ := strings.CutPrefix(b.Job.ParentEnv[len(b.Job.ParentEnv)-1], "SSL_CERT_FILE=")
					b.Job.ParentEnv = b.Job.ParentEnv[:len(b.Job.ParentEnv)-1]
					prepare(b, file)
					b.Answer = func(http.ResponseWriter, *http.Request) bool { asked++; return false }
				})
				assert.Zero(t, asked, got.Visible())
				assert.NotRegexp(t, `(?m)^ready: `, got.Visible())
			})
		}
	}
}
