package pipeline

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// NodeVariable is the name under which the shim hands over the path of the Node that the agent started it with.
const NodeVariable = "ARMPREFLIGHT_NODE"

// Settings is what the agent was configured with, as it wrote that down itself: the one place that no variable of a job
// reaches. Texts are empty when it isn't known, as in a container, which doesn't see the agent's folder.
type Settings struct {
	CAFile   string // config --sslcacert
	ProxyURL string // config --proxyurl
}

const settingsLimit = 64 << 10 // bytes of a file

// Settings reads the agent's folder. It finds it by the agent's Node, which is externals/<version>/bin/node in there, and
// not by Agent.HomeDirectory, which a variable can change. (microsoft/azure-pipelines-agent
// src/Microsoft.VisualStudio.Services.Agent/HostContext.cs, AgentCertificateManager.cs, VstsAgentWebProxy.cs.)
func (t *Task) Settings() Settings {
	node := t.Env(NodeVariable)
	if !filepath.IsAbs(node) || t.FromJob(NodeVariable) {
		return Settings{}
	}
	externals := filepath.Dir(filepath.Dir(filepath.Dir(node)))
	// After the agent has updated itself, the folder is a link to one with the version in its name.
	if base := filepath.Base(externals); base != "externals" && !strings.HasPrefix(base, "externals.") {
		return Settings{}
	}
	root := filepath.Dir(externals)
	var certificates struct{ CACert string }
	// Whatever can't be read isn't known.
	_ = json.Unmarshal(readSetting(filepath.Join(root, ".certificates")), &certificates)
	proxy, _, _ := bytes.Cut(readSetting(filepath.Join(root, ".proxy")), []byte("\n"))
	return Settings{CAFile: certificates.CACert, ProxyURL: string(bytes.TrimSpace(proxy))}
}

// readSetting reads a small regular file without its byte order mark; nothing when there is none.
func readSetting(name string) []byte {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, settingsLimit))
	if err != nil {
		return nil
	}
	return bytes.TrimPrefix(text, []byte("\ufeff"))
}
