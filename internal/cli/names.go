package cli

import (
	"fmt"
	"slices"
	"strings"
)

// Name is a name of the environment, or a family of them, that this program, its shim, or a library in either of them
// reads: who can set it, what that does, and what the program does about it. Anyone who can set a variable of the job can set
// all of them; a key of a step's env belongs to the author of the step.
type Name struct {
	Names []string // in capitals; "*" at the end or the beginning represents anything
	Who   string   // in addition to the variables of the job; "only the agent, …" = only its value counts
	Can   string
	We    string
	// Unset says that Isolate takes it out of the process, since a library acts on it on its own.
	Unset bool
}

// Names are all names that are read. Tests hold the sources of this program and its libraries against them, and
// SECURITY.md has them as a table.
func Names() []Name { return environmentNames }

var environmentNames = []Name{
	{Names: []string{"SSL_CERT_FILE", "SSL_CERT_DIR"}, Unset: true, Who: "the machine, the image of a container", Can: "add certificate authorities",
		We: "used from the machine (`SSL_CERT_FILE` only); ignored, with a line in the log, when a variable of the job has the name, and in a script step of a job, which can't tell"},
	{Names: []string{"NODE_EXTRA_CA_CERTS"}, Who: "the machine, the image of a container", Can: "add certificate authorities", We: "as `SSL_CERT_FILE`"},
	{Names: []string{"AGENT_CAINFO"}, Who: "the agent (`--sslcacert`)", Can: "add certificate authorities",
		We: "used when the agent's own file `.certificates` has the same path; otherwise ignored, with a line in the log"},
	{Names: []string{"ARMPREFLIGHT_NODE"}, Who: "the task's shim", Can: "set the agent's folder", We: "set by the shim for each run; ignored when a variable of the job has the name"},
	{Names: []string{"AGENT_SKIPCERTVALIDATION"}, Who: "the agent", Can: "nothing", We: "named in the log; certificates are verified"},
	{Names: []string{"AGENT_PROXYURL", "AGENT_PROXYUSERNAME", "AGENT_PROXYBYPASSLIST", "SECRET_AGENT_PROXYPASSWORD"}, Who: "the agent (`--proxyurl`)", Can: "choose a proxy",
		We: "used, also from a variable of the job, because TLS protects the requests. The log shows who might have set it. The agent's user and password are sent only to the URL in the agent's own file `.proxy`; in a container, which doesn't have that file, to any proxy"},
	{Names: []string{"*_PROXY"}, Unset: true, Who: "the machine, the image of a container", Can: "choose a proxy", We: "`HTTPS_PROXY` and `NO_PROXY` are used as above, the others aren't; no library sees them"},
	{Names: []string{"ENDPOINT_*"}, Who: "the agent; on agents before 5.277.0 a variable overwrites it", Can: "set the connection's URLs and credential, and where the job's token is sent",
		We: "a variable with the name of a connection's URL, credential, or data results in `authority-unexpected`, and nothing is sent"},
	{Names: []string{"INPUT_*"}, Who: "the agent, from the step; on agents before 5.277.0 a variable overwrites it", Can: "change what's checked, and what fails the step", We: "used; the log names such variables"},
	{Names: []string{"VSTS_PUBLIC_VARIABLES", "VSTS_SECRET_VARIABLES"}, Who: "only the agent, which writes them after the variables", Can: "list which names are variables of the job", We: "if the list can't be read, every name in a job counts as a variable"},
	{Names: []string{"TF_BUILD"}, Who: "only the agent, which writes it last", Can: "mark the process as a job", We: "used"},
	{Names: []string{"SYSTEM_OIDCREQUESTURI"}, Unset: true, Who: "the server", Can: "set where ID tokens are requested", We: "used if it's a URL for ID tokens in the job's organization"},
	{Names: []string{"SYSTEM_COLLECTIONURI", "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "SYSTEM_TEAMPROJECT", "SYSTEM_TEAMPROJECTID", "SYSTEM_COLLECTIONID", "SYSTEM_HOSTTYPE", "SYSTEM_PLANID", "SYSTEM_JOBID"},
		Who: "the server", Can: "set the URLs of requests to Azure DevOps, and the links in findings", We: "the job's token is sent only to the organization of the job's own connection, regardless of these values"},
	{Names: []string{"SYSTEM_ACCESSTOKEN", "SECRET_SYSTEM_ACCESSTOKEN"}, Who: "the server", Can: "be the job's token, if the connection has none", We: "sent as the connection's own; never printed"},
	{Names: []string{"SYSTEM_DEBUG", "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE"}, Who: "the server", Can: "show more; choose a slice of an audit", We: "used"},
	{Names: []string{"SYSTEM_PULLREQUEST_TARGETBRANCH"}, Who: "the server", Can: "choose what `lint --changed` compares with", We: "used as the name of a branch of `origin`, for git only"},
	{Names: []string{"SYSTEM_TASKINSTANCENAME"}, Who: "the server, from the name of the step", Can: "make the step brief, and let it end without a check or a failure, as an injected step does", We: "used for that, and nothing about trust depends on it"},
	{Names: []string{"ARMPREFLIGHT_CHECKED"}, Who: "earlier steps of the job", Can: "make an injected step end without a check", We: "used for that only"},
	{Names: []string{"AGENT_TEMPDIRECTORY"}, Who: "the agent", Can: "choose the folder for the report, and for a copy of the program", We: "used; files are open to the agent's user only, and a copy is verified"},
	{Names: []string{"AGENT_NAME", "AGENT_VERSION", "AGENT_OS", "AGENT_ISSELFHOSTED", "AGENT_CLOUDID", "AGENT_CONTAINERID", "BUILD_DEFINITIONNAME", "RELEASE_DEFINITIONNAME"}, Who: "the agent, the server", Can: "change words in the log and the report, and how long the task waits for a managed identity", We: "shown as text; nothing about trust depends on them"},
	{Names: []string{"IDENTITY_*", "MSI_*", "IMDS_ENDPOINT"}, Unset: true, Who: "the machine, the image of a container", Can: "set the endpoint of a managed identity",
		We: "used if the URL is loopback or link-local and no variable of the job has a name of the family; otherwise removed from the process"},
	{Names: []string{"AZURE_DEVOPS_EXT_PAT"}, Unset: true, Who: "the user, or the script step", Can: "be the credential of `audit`", We: "sent to the host of `--organization`, and to the one that answers about the users of that organization"},
	{Names: []string{"AZURE_*", "MSAL_*", "DEFAULT_IDENTITY_CLIENT_ID", "REGION_NAME"}, Unset: true, Who: "the machine", Can: "make a library use another authority, credential, or region, or write a log",
		We: "removed from the process; the Azure CLI, which `creation` and `audit` start, keeps its `AZURE_CONFIG_DIR`"},
	{Names: []string{"PROGRAMDATA"}, Who: "the machine", Can: "choose the folder of Azure Arc's key file on Windows", We: "not changed: the key is sent only to an endpoint on this machine"},
	{Names: []string{"GODEBUG"}, Unset: true, Who: "the machine", Can: "accept older TLS and weaker keys, but not turn verification off; print requests", We: "removed if a variable of the job has the name; its output is discarded"},
	{Names: []string{"GOTRACEBACK"}, Who: "the machine", Can: "leave the program's memory in a file when it crashes", We: "removed by the shim"},
	{Names: []string{"GOMEMLIMIT"}, Who: "the machine", Can: "make the program slower, let it use more memory, or, with a malformed value, stop it at its start", We: "used; without it, the program sets a soft limit of 48 MiB for itself"},
	{Names: []string{"GOGC"}, Who: "the machine", Can: "make the program slower, or let it use more memory", We: "used; without it and `GOMEMLIMIT`, the program collects less often, within its soft limit"},
	{Names: []string{"GOMAXPROCS", "GOROOT", "DEBUG_HTTP2_GOROUTINES"}, Who: "the machine", Can: "make the program slower", We: "not changed"},
	{Names: []string{"NODE_DEBUG"}, Who: "the machine", Can: "make Node print the environment", We: "with `child_process` or `*` the program isn't started"},
	{Names: []string{"NODE_OPTIONS", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "DYLD_*", "OPENSSL_CONF"}, Who: "the machine", Can: "run code in the Node of every task, before any of the task's own",
		We: "can't be prevented. Node's diagnostic reports, which contain the environment, are turned off; a heap snapshot isn't"},
	{Names: []string{"SSLKEYLOGFILE", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_PATH"}, Who: "the machine", Can: "nothing", We: "not read: the shim opens no connection and loads Node's own modules only"},
	{Names: []string{"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}, Who: "the user", Can: "be read by the Azure CLI that `creation` and `audit` start", We: "not read by this program"},
	{Names: []string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA", "TMPDIR", "PWD", "PATH", "SYSTEMROOT"}, Who: "the machine", Can: "choose which Azure CLI or browser `creation` and `audit` start, which Git `lint --changed` starts, and the folder for a copy if the agent has none",
		We: "not changed; the task starts only its own program, by its full path"},
	{Names: []string{"TZ", "ZONEINFO", "LOCALDOMAIN", "RES_OPTIONS", "HOSTALIASES", "ASR_CONFIG", "OS", "REQUEST_METHOD", "NO_COLOR", "TERM", "COLUMNS", "WT_SESSION"}, Who: "the machine", Can: "change how texts look, and how names are resolved", We: "not changed"},
	{Names: []string{"SECRET_*", "SECUREFILE_*"}, Who: "the agent", Can: "be a secret variable, or the ticket of a secure file", We: "never printed; a variable that an input names is compared"},
}

// Match reports whether a name of the environment is one of these.
func (n Name) Match(name string) bool {
	name = strings.ToUpper(name)
	return slices.ContainsFunc(n.Names, func(pattern string) bool {
		if start, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(name, start)
		}
		if end, ok := strings.CutPrefix(pattern, "*"); ok {
			return strings.HasSuffix(name, end)
		}
		return name == pattern
	})
}

// NamesTable is the table of SECURITY.md, in Markdown.
func NamesTable() string {
	var out strings.Builder
	out.WriteString("| name | who sets it, in addition to the variables of the job | what it can do | what we do |\n|---|---|---|---|\n")
	for _, n := range Names() {
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", strings.Join(n.Names, "`, `"), n.Who, n.Can, n.We)
	}
	return out.String()
}
