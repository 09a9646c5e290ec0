// Package peers runs the Azure CLI and the library of the in-box tasks, which others use for the same purpose, against the
// simulated cloud: tools/fidelity checks the simulation with real clients, and tools/bench compares times.
package peers

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
)

// Library is where ./build.sh peers puts the library of the in-box tasks.
const Library = "tools/peers/npm/node_modules"

//go:embed task/index.js
var script []byte

//go:embed task/floor.js
var bare []byte

// Missing names what ./build.sh peers would install; "" = nothing is missing.
func Missing() string {
	var names []string
	if _, err := exec.LookPath("az"); err != nil {
		names = append(names, "azure-cli")
	}
	if _, err := os.Stat(filepath.Join(Library, "azure-pipelines-tasks-azure-arm-rest")); err != nil {
		names = append(names, "azure-pipelines-tasks-azure-arm-rest (npm)")
	}
	return strings.Join(names, ", ")
}

// Task makes a task folder for the emulated agent, whose script signs in with the library of the in-box tasks and reads the
// subscription and its resource groups. The inputs are those of taskDir, a folder of the real task. Prepare sets up a job for it.
func Task(taskDir, dir string) error {
	definition, err := os.ReadFile(filepath.Join(taskDir, "task.json"))
	if err != nil {
		return err
	}
	library, err := filepath.Abs(Library)
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(dir, 0o755),
		os.WriteFile(filepath.Join(dir, "task.json"), definition, 0o644),
		os.WriteFile(filepath.Join(dir, "index.js"), script, 0o644),
		os.Symlink(library, filepath.Join(dir, "node_modules")))
}

// Floor makes a task folder whose script sends only the requests that a step can't avoid, and ignores the responses: for the ID token
// (federation), the access token, and the subscription, one after another, each on its own connection.
func Floor(taskDir, dir string) error {
	definition, err := os.ReadFile(filepath.Join(taskDir, "task.json"))
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(dir, 0o755),
		os.WriteFile(filepath.Join(dir, "task.json"), definition, 0o644),
		os.WriteFile(filepath.Join(dir, "index.js"), bare, 0o644))
}

// CLI runs the Azure CLI with a separate home directory, behind the simulated proxy.
type CLI struct {
	Environ []string
	dir     string
}

// NewCLI prepares a home in dir. proxy leads to the simulated cloud, and authority is the file with its certificate authority.
func NewCLI(dir, proxy, authority string) *CLI {
	return &CLI{dir: dir, Environ: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "AZURE_CONFIG_DIR=" + filepath.Join(dir, ".azure"),
		"HTTPS_PROXY=" + proxy, "HTTP_PROXY=" + proxy, "REQUESTS_CA_BUNDLE=" + authority, "AZURE_CORE_COLLECT_TELEMETRY=false",
		"AZURE_CORE_NO_COLOR=true", "AZURE_CORE_ONLY_SHOW_ERRORS=true", "AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no", "LC_ALL=C.UTF-8"}}
}

// Run returns what the CLI printed; the error contains the CLI's own error.
func (c *CLI) Run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "az", args...)
	cmd.Dir, cmd.Env = c.dir, c.Environ
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}

// Told is what the task with the library printed.
type Told struct {
	Subscription, State string
	Groups              []string
}

// Port opens a loopback port that forwards to the simulated cloud's TLS, for a client without a proxy. It's open until close is
// called.
func Port(l *cloud.Listener) (port string, close func() error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // it's closed
			}
			go func() {
				defer conn.Close()
				upstream, err := l.Dial(context.Background(), "tcp", "management.azure.com:443")
				if err != nil {
					return
				}
				defer upstream.Close()
				go func() {
					io.Copy(upstream, conn) // either side can close it
					upstream.Close()
				}()
				io.Copy(conn, upstream)
			}()
		}
	}()
	_, port, err = net.SplitHostPort(listener.Addr().String())
	return port, listener.Close, err
}

// Prepare sets up a job to run the task with the library: msal chooses MSAL, and reads makes it read more than the subscription.
func Prepare(r *scenario.Run, port string, msal, reads bool) {
	r.Job.Variables = slices.DeleteFunc(r.Job.Variables, func(v agent.Variable) bool { return strings.EqualFold(v.Name, "Agent.ProxyUrl") })
	r.Step.Env = map[string]string{"PEERS_PORT": port, "PEERS_MSAL": strconv.FormatBool(msal), "PEERS_READS": strconv.FormatBool(reads)}
}

// Play runs the task with the library once.
func Play(ctx context.Context, r *scenario.Run, dir string) (Told, *agent.Record, error) {
	var told Told
	record, err := r.Job.Run(ctx, dir, r.Step)
	if err != nil {
		return told, nil, err
	}
	for _, line := range record.Raw {
		if text, ok := strings.CutPrefix(line, "told "); ok {
			return told, record, json.Unmarshal([]byte(text), &told)
		}
	}
	return told, record, fmt.Errorf("the library didn't get to the end:\n%s", record.Log())
}

// IDToken requests the ID token of the connection with federation, as a step does.
func IDToken(ctx context.Context, r *scenario.Run, l *cloud.Listener) (string, error) {
	job := r.World.Organizations[0].Projects[0].Jobs[0]
	address := cloud.ContosoOrganizationURL + cloud.ContosoProjectID + "/_apis/distributedtask/hubs/" + cloud.ContosoHub + "/plans/" + cloud.ContosoPlanID +
		"/jobs/" + cloud.ContosoJobID + "/oidctoken?api-version=7.1&serviceConnectionId=" + cloud.ContosoFederationConnectionID
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+job.Token)
	client := Client(l)
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct{ OIDCToken string }
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.OIDCToken, err
}

// Client is a client for the simulated cloud, without the product's limits.
func Client(l *cloud.Listener) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(l.CAPEM)
	return &http.Client{
		Transport:     &http.Transport{DialContext: l.Dial, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
