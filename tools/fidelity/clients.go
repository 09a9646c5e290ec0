package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
	"armpreflight/tools/peers"
)

// stage is a situation with a listener. It lasts as long as a part of the program, whose context it holds.
type stage struct {
	*scenario.Run
	ctx       context.Context
	cloud     *cloud.Cloud
	listener  *cloud.Listener
	dir       string
	authority string // the file with the certificate authority
}

func set(ctx context.Context, work, name string, change func(*scenario.Run)) (*stage, error) {
	found, ok := scenario.Find(name)
	if !ok {
		return nil, fmt.Errorf("there is no scenario %q", name)
	}
	dir, err := os.MkdirTemp(work, name+"-")
	if err != nil {
		return nil, err
	}
	r := found.Start(time.Now)
	if change != nil {
		change(r)
	}
	c, l, err := r.Listen(dir)
	if err != nil {
		return nil, err
	}
	authority := filepath.Join(dir, "authority.pem")
	r.Trust(authority) // for Node
	r.UseProxy(l)
	r.Job.ParentEnv = append(r.Job.ParentEnv, "PATH="+os.Getenv("PATH"), "HOME="+dir)
	r.Job.TempDirectory = filepath.Join(dir, "_temp")
	return &stage{Run: r, ctx: ctx, cloud: c, listener: l, dir: dir, authority: authority}, os.Mkdir(r.Job.TempDirectory, 0o755)
}

// parameter is a value of a connection's authorization.
func (s *stage) parameter(id, name string) string {
	for _, c := range s.World.Organizations[0].Projects[0].Connections {
		if c.ID == id {
			return c.Parameters[name]
		}
	}
	return ""
}

// violations lists requests that the real service would reject: from a client that works, they're faults of the simulation.
func (s *stage) violations() error {
	if found := s.cloud.Violations(); len(found) > 0 {
		return errors.New("noted by the simulation: " + strings.Join(slices.Compact(slices.Sorted(slices.Values(found))), "; "))
	}
	return nil
}

// idToken requests an ID token as a step does.
func (s *stage) idToken(ctx context.Context) (string, error) {
	return peers.IDToken(ctx, s.Run, s.listener)
}

func (s *stage) client() *http.Client { return peers.Client(s.listener) }

// azure is the name of the part that runs the Azure CLI.
const azure = "Azure CLI"

// cli signs in with each scheme, reads, and sends requests that are denied.
func cli(ctx context.Context, work string) ([]row, error) {
	s, err := set(ctx, work, "healthy", nil)
	if err != nil {
		return nil, err
	}
	defer s.listener.Close()
	token, err := s.idToken(ctx)
	if err != nil {
		return nil, fmt.Errorf("request an ID token: %w", err)
	}
	pem := filepath.Join(s.dir, "certificate.pem")
	if err := os.WriteFile(pem, []byte(s.parameter(cloud.ContosoCertificateConnectionID, "servicePrincipalCertificate")), 0o600); err != nil {
		return nil, err
	}
	az := peers.NewCLI(s.dir, s.listener.Proxy("", ""), s.authority)
	var all []row
	try := func(what, want, reason string, args ...string) {
		before := len(s.cloud.Violations())
		text, err := az.Run(ctx, args...)
		if refused, is := strings.CutPrefix(want, "refused: "); is {
			if err == nil || !strings.Contains(err.Error(), refused) {
				err = fmt.Errorf("isn't refused with %s: %w", refused, err)
			} else {
				err = nil
			}
		} else if err == nil && !strings.Contains(string(text), want) {
			err = fmt.Errorf("no %q in %.300s", want, text)
		}
		// The CLI looks for newer versions of itself on other hosts, which the simulation doesn't cover.
		noted := slices.DeleteFunc(s.cloud.Violations()[before:], func(text string) bool { return strings.HasSuffix(text, ": unknown host") })
		if err == nil && len(noted) > 0 {
			err = fmt.Errorf("noted by the simulation: %s", strings.Join(noted, "; "))
		}
		all = append(all, row{azure, what, shortened(err), reason})
	}
	login := []string{"login", "--service-principal", "--username", cloud.ContosoClientID, "--tenant", cloud.ContosoTenantID}
	with := func(more ...string) []string { return append(slices.Clone(login), more...) }

	try("`az login` with a certificate", cloud.ContosoSubscriptionID, "", with("--password", pem)...)
	try("`az account get-access-token`", `"accessToken"`, "", "account", "get-access-token")
	try("`az login` with a federated token", cloud.ContosoSubscriptionID, "", with("--federated-token", token)...)
	try("`az account get-access-token`, federated", `"accessToken"`, "", "account", "get-access-token")
	try("`az login` with a secret", cloud.ContosoSubscriptionID, "", with("--password", cloud.ContosoSecret)...)
	try("`az account show`", cloud.ContosoSubscriptionName, "", "account", "show")
	try("`az account list --refresh`", cloud.ContosoSubscriptionName, "", "account", "list", "--refresh")
	try("`az group list`", cloud.ContosoResourceGroup, "", "group", "list")
	try("`az group show`", cloud.ContosoResourceGroup, "", "group", "show", "--name", cloud.ContosoResourceGroup)
	try("`az group exists`", "true", "", "group", "exists", "--name", cloud.ContosoResourceGroup)
	try("`az group exists`, no such group", "false", "", "group", "exists", "--name", "rg-none")
	try("`az group show`, no such group", "refused: ResourceGroupNotFound", "", "group", "show", "--name", "rg-none")
	try("`az provider list`", "Microsoft.Web", "", "provider", "list")
	try("`az provider show`", `"Registered"`, "", "provider", "show", "--namespace", "Microsoft.Web")
	try("`az lock list`", "[]", "", "lock", "list")
	const broken = "Debian's azure-cli 2.45 fails (`RoleDefinitionsOperations` has no attribute `config`); the next line has the same request"
	try("`az role assignment list`", cloud.ContosoPrincipalID, broken, "role", "assignment", "list", "--all")
	subscription := "https://management.azure.com/subscriptions/" + cloud.ContosoSubscriptionID
	try("`az rest`: role assignments", cloud.ContosoPrincipalID, "", "rest", "--url", subscription+"/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01")
	try("`az rest`: role definitions by name", cloud.RoleReader, "", "rest", "--url", subscription+
		"/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=roleName%20eq%20'Reader'")
	try("`az rest`: permissions", `"actions"`, "", "rest", "--url", subscription+"/providers/Microsoft.Authorization/permissions?api-version=2022-04-01")
	try("`az login`, wrong secret", "refused: AADSTS7000215", "", with("--password", "wrong~secret")...)
	try("`az login`, unknown application", "refused: AADSTS700016", "", "login", "--service-principal", "--username", cloud.FleetID("none"),
		"--tenant", cloud.ContosoTenantID, "--password", cloud.ContosoSecret)
	try("`az login`, unknown tenant", "refused: AADSTS90002", "", "login", "--service-principal", "--username", cloud.ContosoClientID,
		"--tenant", cloud.FleetID("none"), "--password", cloud.ContosoSecret)
	return all, ctx.Err()
}

// shortened is an error on one line of a table.
func shortened(err error) error {
	if err == nil {
		return nil
	}
	text := strings.ReplaceAll(strings.Join(strings.Fields(err.Error()), " "), "|", "/")
	return errors.New(text[:min(len(text), 400)])
}

// inbox is the name of the part that runs the library of the in-box tasks.
const inbox = "azure-arm-rest"

// library runs a step that uses the library of the in-box tasks, the way both older and newer tasks do.
func library(ctx context.Context, work string) ([]row, error) {
	var all []row
	for _, tc := range []struct {
		what, scenario string
		msal           bool
	}{
		{"secret, ADAL", "healthy", false},
		{"secret, MSAL", "healthy", true},
		{"certificate, ADAL", "healthy-certificate", false},
		{"certificate, MSAL", "healthy-certificate", true},
		{"federation, MSAL", "healthy-federation", true},
	} {
		s, err := set(ctx, work, tc.scenario, nil)
		if err != nil {
			return nil, err
		}
		dir := filepath.Join(s.dir, "task")
		if err := peers.Task("task/ArmPreflight/v1", dir); err != nil {
			return nil, err
		}
		port, closed, err := peers.Port(s.listener)
		if err != nil {
			return nil, err
		}
		peers.Prepare(s.Run, port, tc.msal, true)
		told, _, err := peers.Play(ctx, s.Run, dir)
		if err == nil && (told.Subscription != cloud.ContosoSubscriptionName || told.State != "Enabled" || !slices.Contains(told.Groups, cloud.ContosoResourceGroup)) {
			err = fmt.Errorf("it read %+v", told)
		}
		all = append(all, row{inbox, tc.what + ": token, subscription, resource groups", shortened(errors.Join(err, s.violations())), ""})
		closed()
		s.listener.Close()
	}
	return all, nil
}

// sdk runs the program with Azure's libraries for Go, which is a separate module so that ours doesn't depend on them.
func sdk(ctx context.Context, work string) ([]row, error) {
	s, err := set(ctx, work, "healthy", nil)
	if err != nil {
		return nil, err
	}
	defer s.listener.Close()
	token, err := s.idToken(ctx)
	if err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(s.dir, "sdk"), ".")
	build.Dir = "tools/fidelity/sdk"
	if text, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the program with the libraries: %w\n%s", err, text)
	}
	order, err := json.Marshal(map[string]string{
		"Tenant": cloud.ContosoTenantID, "Client": cloud.ContosoClientID, "Secret": cloud.ContosoSecret,
		"Certificate": s.parameter(cloud.ContosoCertificateConnectionID, "servicePrincipalCertificate"), "Assertion": token,
		"Subscription": cloud.ContosoSubscriptionID, "Group": cloud.ContosoResourceGroup,
	})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.dir, "sdk"))
	cmd.Env = []string{"HOME=" + s.dir, "SSL_CERT_FILE=" + s.authority, "HTTPS_PROXY=" + s.listener.Proxy("", "")}
	cmd.Stdin = bytes.NewReader(order)
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("run the libraries: %w", err)
	}
	var all []row
	for line := range strings.Lines(string(text)) {
		what, problem, _ := strings.Cut(strings.TrimSpace(line), "\t")
		r := row{part: "Azure SDK for Go", what: what}
		if problem != "" {
			r.err = errors.New(problem)
		}
		all = append(all, r)
	}
	if err := s.violations(); err != nil {
		all = append(all, row{part: "Azure SDK for Go", what: "requests", err: err})
	}
	return all, nil
}
