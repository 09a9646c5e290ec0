package agent

import (
	"cmp"
	"strconv"
	"strings"
)

// The numbers of the versions in which the agent changed what a task can see (tags of microsoft/azure-pipelines-agent).
// Majors run next to each other with the same sources (4.275 and 5.275), so the middle number alone tells them apart.
const (
	keepsCase          = 234 // task.setvariable preservecase=true
	masksBase64        = 248 // of secret variables
	sparesAuthor       = 256 // ##vso in Build.SourceVersionAuthor is made harmless
	guardsTraversal    = 276 // a path of a container that leads out of its mount
	ownNamesLast       = 277 // inputs and endpoints overwrite public variables; before it was the other way round
	masksIDToken       = 278 // the authorization parameter IdToken
	refusesNUL         = 278 // in the environment; before, a value ended there on Linux
	mayValidateWorkDir = 278 // AGENT_ENFORCE_CONTAINER_VSO_PATH_VALIDATION
)

// since says whether the job's agent is of a release or a later one.
func (j *Job) since(release int) bool {
	_, rest, _ := strings.Cut(cmp.Or(j.Version, Newest), ".")
	middle, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(middle)
	return err != nil || n >= release // a text that isn't a version is a build of one's own, from today's sources
}
