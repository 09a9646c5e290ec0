package agent

import (
	"errors"
	"slices"
	"strings"
)

// variables are a job's variables: names in any case, in the order in which they came.
type variables struct {
	order []string
	byKey map[string]Variable
}

func newVariables(list []Variable) *variables {
	v := &variables{byKey: map[string]Variable{}}
	for _, variable := range list {
		if strings.TrimSpace(variable.Name) != "" {
			v.put(variable)
		}
	}
	return v
}

// fold is the key of a name that is compared without regard to case.
func fold(name string) string { return strings.ToLower(name) }

func (v *variables) put(variable Variable) {
	key := fold(variable.Name)
	if _, known := v.byKey[key]; !known {
		v.order = append(v.order, key)
	}
	v.byKey[key] = variable
}

func (v *variables) lookup(name string) (string, bool) {
	variable, known := v.byKey[fold(name)]
	return variable.Value, known
}

func (v *variables) get(name string) string {
	value, _ := v.lookup(name)
	return value
}

func (v *variables) truthy(name string) bool { return truthy(v.get(name)) }

func (v *variables) all() []Variable {
	out := make([]Variable, 0, len(v.order))
	for _, key := range v.order {
		out = append(out, v.byKey[key])
	}
	return out
}

// set stores what a step says. Once secret, always secret; once read-only, always read-only.
func (v *variables) set(variable Variable) error {
	if variable.Name == "" {
		return errors.New("variable without a name")
	}
	before := v.byKey[fold(variable.Name)]
	variable.Secret, variable.ReadOnly = variable.Secret || before.Secret, variable.ReadOnly || before.ReadOnly
	v.put(variable)
	return nil
}

// readOnly says whether a step may not set the name: because it was declared so, or because it is one of the agent's
// own (the list in src/Microsoft.VisualStudio.Services.Agent/Constants.cs, without names that only checkout uses).
func (v *variables) readOnly(name string) bool {
	key := fold(name)
	return v.byKey[key].ReadOnly || slices.Contains(strings.Fields(builtInNames), key)
}

const builtInNames = `
agent.accepteula agent.builddirectory agent.cloudid agent.containerid agent.containermapping agent.containernetwork
agent.diagnostic agent.homedirectory agent.id agent.isselfhosted agent.jobname agent.jobstatus agent.machinename
agent.name agent.os agent.osarchitecture agent.osversion agent.proxybypasslist agent.proxypassword agent.proxyurl
agent.proxyusername agent.readonlyvariables agent.releasedirectory agent.retaindefaultencoding agent.rootdirectory
agent.runmode agent.serveromdirectory agent.serviceprovider agent.cainfo agent.clientcert agent.clientcertarchive
agent.clientcertkey agent.clientcertpassword agent.skipcertvalidation agent.tempdirectory agent.toolsdirectory
agent.version agent.workfolder agent.workingdirectory
build.artifactstagingdirectory build.binariesdirectory build.buildnumber build.clean build.definitionname
build.gated.runci build.gated.shelvesetname build.repository.clean build.repository.id build.repository.localpath
build.repository.name build.repository.provider build.repository.uri build.sourcebranch build.sourcesdirectory
build.sourceversion build.stagingdirectory common.testresultsdirectory
release.attemptnumber release.definitionid release.definitionname release.environmentname release.environmenturi
release.releasedescription release.releaseid release.releasename release.releaseuri release.releaseweburl
release.requestedfor release.requestedforid release.skipartifactsdownload
system.accesstoken system.artifactsdirectory system.collectionid system.culture system.debug
system.defaultworkingdirectory system.definitionid system.enableaccesstoken system.hosttype system.jobattempt
system.jobid system.jobname system.phasedisplayname system.phasename system.servertype system.stagename
system.teamfoundationserveruri system.teamproject system.teamprojectid system.workfolder task.displayname
`

// truthy reads the agent's own boolean words (src/Agent.Sdk/Util/StringUtil.cs).
func truthy(value string) bool {
	switch fold(value) {
	case "1", "true", "$true":
		return true
	}
	return false
}
