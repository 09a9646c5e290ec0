package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// sample is a package of the repository's own files, with headers instead of programs, and its sources.
type sample struct {
	p        *parcel
	manifest string
	log      string
	released string
}

const (
	taskFile = "ArmPreflight/v1/task.json"
	gateFile = "ArmConnectionGate/v1/task.json"
)

func newSample(t *testing.T) *sample {
	t.Helper()
	files := map[string][]byte{}
	for name, source := range map[string]string{
		"ArmPreflight/v1/icon.png":      "task/ArmPreflight/v1/icon.png",
		"ArmPreflight/v1/index.js":      "task/ArmPreflight/v1/index.js",
		taskFile:                        "task/ArmPreflight/v1/task.json",
		gateFile:                        "task/ArmConnectionGate/v1/task.json",
		"ArmConnectionGate/v1/icon.png": "task/ArmConnectionGate/v1/icon.png",
		"LICENSE.txt":                   "LICENSE",
		"images/icon.png":               "extension/images/icon.png",
		"images/report.png":             "extension/images/report.png",
		"overview.md":                   "extension/overview.md",
	} {
		files[name] = read(t, source)
	}
	programs := map[string][]byte{
		"darwin-amd64/armpreflight":      {0xCF, 0xFA, 0xED, 0xFE, 7, 0, 0, 1},
		"darwin-arm64/armpreflight":      {0xCF, 0xFA, 0xED, 0xFE, 12, 0, 0, 1},
		"linux-amd64/armpreflight":       []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00"),
		"linux-arm64/armpreflight":       []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"),
		"windows-amd64/armpreflight.exe": append(append([]byte("MZ"), make([]byte, 0x3A)...), "\x40\x00\x00\x00PE\x00\x00\x64\x86"...),
	}
	for name, data := range programs {
		files["ArmPreflight/v1/bin/"+name] = data
	}
	files["ArmPreflight/v1/bin/SHA256SUMS"] = sumsOf(programs)
	files["THIRD-PARTY-NOTICES.txt"] = []byte("notices")
	files[contentTypesName] = []byte("<Types/>")
	source := read(t, "vss-extension.json")
	var m manifest
	require.NoError(t, json.Unmarshal(source, &m))
	contributions, err := json.Marshal(m.Contributions)
	require.NoError(t, err)
	files["extension.vsomanifest"] = fmt.Appendf(nil, `{"manifestVersion":1,"contributions":%s,"scopes":[],"contributionTypes":[]}`, contributions)
	files["extension.vsixmanifest"] = fmt.Appendf(nil, `<PackageManifest><Metadata><Identity Id="%s" Publisher="%s" Version="%s"/></Metadata>
<Assets><Asset Path="images/icon.png" Addressable="true"/><Asset Path="images/report.png" Addressable="true"/><Asset Path="overview.md" Addressable="true"/></Assets></PackageManifest>`, m.ID, m.Publisher, m.Version)
	return &sample{p: &parcel{size: 1000, files: files}, manifest: string(source), log: "{\n}\n"}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return data
}

// swap replaces old, which must be there, in a file of the package.
func (s *sample) swap(t *testing.T, name, old, with string) {
	t.Helper()
	require.Contains(t, string(s.p.files[name]), old)
	s.p.files[name] = []byte(strings.Replace(string(s.p.files[name]), old, with, 1))
}

func (s *sample) swapManifest(t *testing.T, old, with string) {
	t.Helper()
	require.Contains(t, s.manifest, old)
	s.manifest = strings.Replace(s.manifest, old, with, 1)
}

func (s *sample) inspect() []string {
	return inspect(s.p, []byte(s.manifest), []byte(s.log), s.released)
}

func TestThePackageOfThisRepositoryHasNoFaults(t *testing.T) {
	assert.Empty(t, newSample(t).inspect())
}

func TestABrokenPackageIsRefused(t *testing.T) {
	swapTask := func(old, with string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) { s.swap(t, taskFile, old, with) }
	}
	swapGate := func(old, with string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) { s.swap(t, gateFile, old, with) }
	}
	swapManifest := func(old, with string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) { s.swapManifest(t, old, with) }
	}
	overview := func(more string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) {
			s.p.files["overview.md"] = append(s.p.files["overview.md"], more...)
		}
	}
	drop := func(name string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) {
			require.Contains(t, s.p.files, name)
			delete(s.p.files, name)
		}
	}
	put := func(name, data string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) { s.p.files[name] = []byte(data) }
	}
	copyTask := func(to, old, with string) func(*testing.T, *sample) {
		return func(t *testing.T, s *sample) {
			s.p.files[to] = s.p.files[taskFile]
			s.swap(t, to, old, with)
		}
	}
	const bin = "ArmPreflight/v1/bin/"

	for name, tc := range map[string]struct {
		spoil func(*testing.T, *sample)
		fault string
	}{
		"a gate that runs on an agent too":                {swapGate(`"ServerGate"]`, `"Agent"]`), "not Server and ServerGate"},
		"a gate with a minimum agent":                     {swapGate(`"inputs"`, `"minimumAgentVersion": "3.230.2", "inputs"`), "no minimumAgentVersion"},
		"a gate with a program":                           {swapGate(`"execution": {`, `"execution": {"Node24": {"target": "task.json"},`), "no other handler"},
		"a gate without requests":                         {swapGate(`"Execute"`, `"execute"`), `Chain.execute" has the wrong case`},
		"a gate that writes":                              {swapGate(`"Method": "GET"`, `"Method": "POST"`), "a gate only reads"},
		"a gate with headers":                             {swapGate(`"Method": "GET"`, `"Method": "GET", "Headers": "{}"`), `unknown field "Headers"`},
		"a gate that another connection signs":            {swapGate(`"EndpointId": "$(connectedServiceNameARM)"`, `"EndpointId": "$(other)"`), "is signed by"},
		"a gate that asks another host":                   {swapGate(`"$(endpoint.url)subscriptions`, `"https://example.com/subscriptions`), "does not begin with the connection's address"},
		"a gate that asks for no version":                 {swapGate(`?api-version=2021-04-01`, ``), "names no api-version"},
		"a gate with an input in the address as it is":    {swapGate(`{{#uriDataEncode resourceGroupName}}{{/uriDataEncode}}`, `$(resourceGroupName)`), "would enter the address"},
		"a gate with the job token in the address":        {swapGate(`subscriptions/$(endpoint.subscriptionId)/`, `$(system.AccessToken)/`), "would enter the address"},
		"a gate with an unencoded mustache":               {swapGate(`{{#uriDataEncode resourceGroupName}}{{/uriDataEncode}}`, `{{{resourceGroupName}}}`), "neither encoded nor a branch"},
		"a gate whose expression forgets the status":      {swapGate(`and(eq(response['statuscode'], 'OK'), or(`, `and(or(`), "does not begin with the status"},
		"a gate with an input in an expression":           {swapGate(`'Microsoft.Resources/resourceGroups'`, `'$(resourceGroupName)'`), "is replaced before it is read"},
		"a gate with raw text in an expression":           {swapGate(`'Microsoft.Resources/resourceGroups'`, `'{{{resourceGroupName}}}'`), "is replaced before it is read"},
		"a gate whose every request is skipped":           {swapGate(`isNullOrEmpty(taskInputs['resourceGroupName'])`, `true`), `it is skipped by "true"`},
		"a gate with an expression that is always true":   {swapGate(`or(eq(response['content']['state'], 'Enabled')`, `or(true`), "not one that was tested"},
		"a gate whose host can be made longer":            {swapGate(`"$(endpoint.url)subscriptions`, `"$(endpoint.url).example.com/subscriptions`), "does not begin with the connection's address"},
		"a gate whose branch an input can choose":         {swapGate(`{{#if endpoint.managementGroupId}}`, `{{#if managementGroupId}}`), "neither encoded nor a branch"},
		"a gate with a branch without a version":          {swapGate(`?api-version=2020-05-01`, `?x=1`), "a branch names no api-version"},
		"a gate that offers managed identities":           {swapGate(`connectedService:AzureRM:ServicePrincipal,WorkloadIdentityFederation`, `connectedService:AzureRM`), "no input has the type"},
		"a data source for an input that is not there":    {swapGate(`"target": "resourceGroupName"`, `"target": "group"`), "which is no input"},
		"a data source that asks no connection":           {swapGate(`"endpointId": "$(connectedServiceNameARM)"`, `"endpointId": "$(resourceGroupName)"`), "which is no connection input"},
		"a data source that no connection type has":       {swapGate(`"AzureResourceGroups"`, `"ResourceGroups"`), "is not one we use"},
		"a pick list that cannot be typed into":           {swapGate(`"EditableOptions": "True"`, `"EditableOptions": "False"`), "can be typed into"},
		"a gate of another version":                       {swapGate(`"Patch": 0`, `"Patch": 1`), "version is 1.0.1"},
		"a gate with the id of the task":                  {swapGate(`9c797331-4cd7-4e1b-a70e-5a919e34e537`, `16330719-ed7d-4cb2-9a10-8b891a63ce7c`), "share an id"},
		"a manifest key that nobody reads":                {swapManifest(`"tags"`, `"tagz"`), `unknown field "tagz"`},
		"a manifest key in the wrong case":                {swapManifest(`"tags"`, `"Tags"`), `key "Tags" has the wrong case`},
		"a manifest with a byte order mark":               {swapManifest("{", "\uFEFF{"), "byte order mark"},
		"a manifest with something behind it":             {func(_ *testing.T, s *sample) { s.manifest += "{}" }, "something follows"},
		"a version that is no number":                     {swapManifest(`"1.0.0"`, `"1.2-beta"`), `version "1.2-beta"`},
		"a version that was released already":             {func(_ *testing.T, s *sample) { s.released = "1.0.0" }, "not above 1.0.0"},
		"a version below the released one":                {func(_ *testing.T, s *sample) { s.released = "1.10.0" }, "not above 1.10.0"},
		"an id with a blank":                              {swapManifest(`"id": "arm-preflight"`, `"id": "arm preflight"`), `id "arm preflight"`},
		"a publisher with a dot":                          {swapManifest(`"publisher": "armpreflight"`, `"publisher": "arm.preflight"`), `publisher "arm.preflight"`},
		"a description of 201 characters":                 {swapManifest(`"description": "`, `"description": "`+strings.Repeat("é", 200)), "characters, not 1 to 200"},
		"an unknown category":                             {swapManifest(`"Azure Pipelines"`, `"Pipelines"`), "categories are"},
		"an unknown target":                               {swapManifest(`"Microsoft.VisualStudio.Services"`, `"Microsoft.VisualStudio.Code"`), "targets are"},
		"a scope":                                         {swapManifest(`"files"`, `"scopes": ["vso.build"], "files"`), "scopes are"},
		"a gallery flag that does not exist":              {swapManifest(`"files"`, `"galleryFlags": ["Beta"], "files"`), `gallery flag "Beta"`},
		"a link that is not https":                        {swapManifest(`"files"`, `"links": {"support": {"uri": "http://example.com"}}, "files"`), "not https"},
		"no link to support":                              {swapManifest(`"support": {`, `"home": {`), "there is no link support"},
		"no link to get started":                          {swapManifest(`"getstarted": {`, `"home": {`), "there is no link getstarted"},
		"a repository by http":                            {swapManifest(`"uri": "https://repository.invalid/arm-preflight"`, `"uri": "http://repository.invalid/arm-preflight"`), "not git at an https address"},
		"no overview":                                     {swapManifest(`"details"`, `"detail"`), "no content.details page"},
		"a license that is not there":                     {swapManifest(`"LICENSE.txt"`, `"LICENCE.txt"`), `content license names "LICENCE.txt"`},
		"a task folder that is not among the files":       {swapManifest(`"path": "ArmPreflight"`, `"path": "images"`), "not among the manifest's files"},
		"a contribution without a task":                   {swapManifest(`"name": "ArmPreflight"`, `"name": "ArmPreflite"`), "in which the package has no task"},
		"a contribution of another type":                  {swapManifest(`"ms.vss-distributed-task.task"`, `"ms.vss-web.tab"`), "is not a task"},
		"scopes in the package alone":                     {put("extension.vsomanifest", `{"manifestVersion":1,"contributions":[{}],"scopes":["vso.code"]}`), "asks for scopes"},
		"a key that tfx copied into the package":          {put("extension.vsomanifest", `{"manifestversion":1}`), "wrong case"},
		"another version in the package":                  {func(t *testing.T, s *sample) { s.swap(t, "extension.vsixmanifest", `"1.0.0"`, `"0.9.0"`) }, "0.9.0, its manifest"},
		"a listing that is not XML":                       {put("extension.vsixmanifest", "<"), "extension.vsixmanifest:"},
		"a package that is too large":                     {func(_ *testing.T, s *sample) { s.p.size = 25<<20 + 1 }, "more than the 26214400"},
		"a file that nobody expects":                      {put("ArmPreflight/v1/notes.md", "x"), "notes.md is not expected"},
		"a file that is missing":                          {drop("LICENSE.txt"), "LICENSE.txt is missing"},
		"a warning of tfx":                                {func(_ *testing.T, s *sample) { s.log = "{\n  warning: no icon\n}" }, "tfx said: warning: no icon"},
		"an icon of another size":                         {func(_ *testing.T, s *sample) { s.p.files["images/icon.png"] = s.p.files["ArmPreflight/v1/icon.png"] }, "is 32×32, not 128×128"},
		"an icon that is no PNG":                          {put("ArmPreflight/v1/icon.png", "<svg/>"), "is not a PNG file"},
		"an image in the overview that is not there":      {overview("![x](images/no.png)"), `"images/no.png" is not in the package`},
		"an image in the overview that is not served":     {overview("![x](ArmPreflight/v1/icon.png)"), "not addressable"},
		"an SVG in the overview":                          {overview("![x](https://example.com/a.svg?x=1)"), "is an SVG"},
		"an image by http in the overview":                {overview(`<img alt="" src="http://example.com/a.png">`), "is not https"},
		"a link by http in the overview":                  {overview("[x](http://example.com/)"), "is not https"},
		"a link in the overview to a script":              {overview("[x](javascript:void)"), "is not https"},
		"a link definition by http in the overview":       {overview("\n[x]: http://example.com/\n"), "is not https"},
		"an overview without a title":                     {put("overview.md", "text"), "does not begin with a title"},
		"no task at all":                                  {drop(taskFile), "the package has no task"},
		"a task one folder too deep":                      {put("ArmPreflight/v1/x/task.json", "{}"), "is not at NAME/vMAJOR/task.json"},
		"a task key that nobody reads":                    {swapTask(`"helpUrl"`, `"helpURI"`), `unknown field "helpURI"`},
		"groupname in lower case":                         {swapTask(`"groupName"`, `"groupname"`), `has the wrong case`},
		"resizable with a capital letter":                 {swapTask(`"resizable": "true"`, `"resizable": "True"`), "the published schema refuses inputs[].properties.resizable"},
		"required as a text":                              {swapTask(`"required": true`, `"required": "true"`), "cannot unmarshal"},
		"declared output variables":                       {swapTask(`"groups"`, `"outputVariables": [], "groups"`), `unknown field "outputVariables"`},
		"restricted commands":                             {swapTask(`"settableVariables"`, `"commands": {"mode": "restricted"}, "settableVariables"`), `unknown field "commands"`},
		"an id that is no GUID":                           {swapTask(`"id": "1`, `"id": "g`), "is not a GUID"},
		"a friendlyName of 41 characters":                 {swapTask(`"ARM Preflight"`, `"`+strings.Repeat("x", 41)+`"`), "friendlyName has 41"},
		"a task without help":                             {swapTask(`"helpMarkDown"`, `"releaseNotes"`), "helpMarkDown"},
		"a help address by http":                          {swapTask(`"helpUrl": "https`, `"helpUrl": "http`), "is not https"},
		"another category":                                {swapTask(`"Deploy"`, `"Tool"`), `category is "Tool"`},
		"visible in builds only":                          {swapTask(`, "Release"]`, `]`), "visibility is"},
		"a task for servers":                              {swapTask(`"DeploymentGroup"`, `"ServerGate"`), "runsOn is"},
		"a minimum agent that is no version":              {swapTask(`"3.230.2"`, `"latest"`), "minimumAgentVersion"},
		"another version than the extension's":            {swapTask(`"Patch": 0`, `"Patch": 7`), "version is 1.0.7, the extension's 1.0.0"},
		"a major that is not its folder's":                {swapTask(`"Major": 1`, `"Major": 2`), "Major is 2 in folder v1"},
		"a handler whose target is missing":               {swapTask(`"index.js"`, `"main.js"`), `the target "main.js" of Node20_1`},
		"a handler that is missing":                       {swapTask(`"Node24": {`, `"Node20_1": {`), "there is no Node24 handler"},
		"a handler that does not exist":                   {swapTask(`"Node24": {`, `"Node22": {`), `unknown field "Node22"`},
		"no settable variables":                           {swapTask(`"allowed": [`, `"allowed": [], "x": [`), "unknown field"},
		"a settable variable that is not ours":            {swapTask(`"ArmPreflight.result"`, `"PATH"`), `settable variable "PATH"`},
		"settable variables by pattern":                   {swapTask(`"ArmPreflight.result"`, `"ArmPreflight.*"`), `settable variable "ArmPreflight.*"`},
		"an input in a group that does not exist":         {swapTask(`"groupName": "checks"`, `"groupName": "check"`), `there is no group "check"`},
		"a group without inputs":                          {swapTask(`"groups": [`, `"groups": [{"name": "lonely", "displayName": "Lonely"},`), "group lonely has no input"},
		"a group twice":                                   {swapTask(`"groups": [`, `"groups": [{"name": "checks", "displayName": "Checks"},`), `group "checks" is not a name, or not the only one`},
		"an input name with a hyphen":                     {swapTask(`"timeoutSeconds"`, `"timeout-seconds"`), `input name "timeout-seconds"`},
		"an alias that is another input's name":           {swapTask(`"serviceConnection"`, `"FAILON"`), "not the only one"},
		"an input type that does not exist":               {swapTask(`"type": "pickList"`, `"type": "choice"`), `type "choice"`},
		"an input without a label":                        {swapTask(`"Expected subscription"`, `""`), "label must have"},
		"an input without help":                           {swapTask(`"helpMarkDown": "Whole days, 0 to 3650. `, `"label": "Whole days; certificates only`), "helpMarkDown must have"},
		"an optional input without a default":             {swapTask(`"defaultValue": "60",`, ``), "neither required nor has a default"},
		"a default that is no option":                     {swapTask(`"defaultValue": "plain"`, `"defaultValue": "simple"`), "not among the options"},
		"options without a pickList":                      {swapTask(`"type": "pickList"`, `"type": "string"`), "only a pickList has options"},
		"a step name with an input that does not exist":   {swapTask(`$(connectedServiceNameARM)`, `$(azureSubscription)`), `instanceNameFormat names "azureSubscription"`},
		"a visible rule about an input that is not there": {swapTask(`"groupName": "expiry",`, `"groupName": "expiry", "visibleRule": "x = y",`), `there is no input "x"`},
		"a group's visible rule that cannot be read":      {swapTask(`"isExpanded": true`, `"isExpanded": true, "visibleRule": "failOn"`), "is not INPUT OPERATOR VALUE"},
		"another task whose folder begins the same":       {copyTask("ArmPreflightTwo/v1/task.json", "ArmPreflight", "ArmPreflightTwo"), "ArmPreflight is a prefix of ArmPreflightTwo"},
		"two tasks with one id":                           {copyTask("Gate/v1/task.json", "ArmPreflight", "Gate"), "share an id"},
		"a task that is not contributed":                  {copyTask("Gate/v1/task.json", "ArmPreflight", "Gate"), "contributed 0 times"},
		"two majors with two ids":                         {copyTask("ArmPreflight/v2/task.json", `"id": "1`, `"id": "2`), "differ from those of ArmPreflight/v1"},
		"a task whose folder is named otherwise":          {swapTask(`"name": "ArmPreflight"`, `"name": "ArmCheck"`), `the task's name is "ArmCheck"`},
		"a program that is missing":                       {drop(bin + "linux-amd64/armpreflight"), "linux-amd64/armpreflight is missing"},
		"a program for another platform": {func(_ *testing.T, s *sample) {
			s.p.files[bin+"linux-amd64/armpreflight"] = s.p.files[bin+"linux-arm64/armpreflight"]
		}, "linux-amd64/armpreflight is not a program for that platform"},
		"a Windows program that ends early":      {put(bin+"windows-amd64/armpreflight.exe", "MZ"), "is not a program for that platform"},
		"a Windows header that points nowhere":   {put(bin+"windows-amd64/armpreflight.exe", "MZ"+strings.Repeat("\xff", 0x40)), "is not a program for that platform"},
		"a Mac program for another processor":    {put(bin+"darwin-arm64/armpreflight", "\xcf\xfa\xed\xfe\x07\x00\x00\x01"), "darwin-arm64/armpreflight is not a program"},
		"a program that differs from its sum":    {func(t *testing.T, s *sample) { s.swap(t, bin+"linux-amd64/armpreflight", "\x3e\x00", "\x3e\x00more") }, "its list says"},
		"a sum of a program that is not shipped": {func(t *testing.T, s *sample) { s.swap(t, bin+sumsName, "linux-amd64", "linux-riscv64") }, "which no platform needs"},
		"a list of sums that cannot be read":     {put(bin+sumsName, "hello"), "is not a SHA-256 sum"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSample(t)
			tc.spoil(t, s)
			assert.Contains(t, strings.Join(s.inspect(), "\n"), tc.fault)
		})
	}
}

func TestVisibleRules(t *testing.T) {
	inputs := []input{{Name: "failOn", Options: map[string]string{"fail": "", "warn": ""}}, {Name: "name"}}
	for _, rule := range []string{"", "failOn = fail", "failOn != warn && name = x y", "failOn=fail || failOn=warn", "name NotEndsWith .x", "name ="} {
		assert.NoError(t, checkVisibleRule(rule, inputs), rule)
	}
	for rule, fault := range map[string]string{
		"failOn = fail && name = x || name = y": "mixes",
		"failOn":                                "is not INPUT OPERATOR VALUE",
		"failOn = never":                        `has no option "never"`,
		"other = x":                             `there is no input "other"`,
		"failOn = fail &&":                      "is not INPUT OPERATOR VALUE",
		"name resembles x":                      "is not INPUT OPERATOR VALUE",
	} {
		assert.ErrorContains(t, checkVisibleRule(rule, inputs), fault, rule)
	}
}

func TestNewer(t *testing.T) {
	assert.True(t, newer("1.10.0", "1.9.9"))
	assert.True(t, newer("2.0.0", "1.9.9"))
	assert.False(t, newer("1.0.0", "1.0.0"))
	assert.False(t, newer("1.0.0", "1.0.1"))
	assert.False(t, newer("1.0", "0.9.0"), "a version of two numbers")
}
