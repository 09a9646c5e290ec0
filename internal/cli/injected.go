package cli

import (
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/report"
)

// An injected step is one that a pipeline decorator added to a job: no author of the pipeline asked for it. So it's brief, it never makes
// a run worse than its administrator chose, and it leaves alone what it can't be meant for.

// checkedOutput is the output that tells later preflights of a job which connections were checked.
const checkedOutput pipeline.Word = "ArmPreflight.checked"

const (
	whoInjected      = ", added by your organization's pipeline decorator; to switch it off for this pipeline, set the variable ArmPreflight.Inject to false"
	nothingForUs     = "not checked: this step received no connection to Azure Resource Manager that it can check"
	alreadyChecked   = "not checked again: an earlier step of this job checked the same connection"
	injectedPrefix   = "__system_"
	instanceVariable = "SYSTEM_TASKINSTANCENAME"
)

// injected reports whether a decorator added this step, by the name that Azure Pipelines gives such steps: __system_1 and so on (actions/runner
// before 2020, src/Sdk/DTPipelines/Pipelines/Phase.cs, which is the server's code of that time). The author of a step can give it such a name,
// too. Then the step fails less, and nothing else depends on it.
func injected(task *pipeline.Task) bool {
	return strings.HasPrefix(strings.ToLower(task.Env(instanceVariable)), injectedPrefix)
}

// ofInjected are the inputs of an injected step without the connections that it has no business with. why is set if none is left.
func ofInjected(task *pipeline.Task, in preflight.Inputs) (_ preflight.Inputs, why string) {
	ours := slices.DeleteFunc(append([]string{in.Connection}, in.MoreConnections...), func(id string) bool { return !checkable(task, id) })
	if len(ours) == 0 {
		return in, nothingForUs
	}
	already := checkedBefore(task)
	left := slices.DeleteFunc(slices.Clone(ours), func(id string) bool { return slices.Contains(already, strings.ToLower(id)) })
	if len(left) == 0 {
		return in, alreadyChecked
	}
	left = unique(left)
	in.Connection, in.MoreConnections = left[0], left[1:]
	return in, ""
}

// checkable reports whether a connection was handed to this step and has a scope in Azure, which Parse reads only if it knows how the connection
// signs in. A connection of another type isn't checkable.
func checkable(task *pipeline.Task, id string) bool {
	endpoint, ok := task.Endpoint(id)
	conn, _ := connection.Parse(connection.Endpoint(endpoint))
	return ok && conn.Scope.SubscriptionID+conn.Scope.ManagementGroupID != ""
}

func unique(ids []string) []string {
	var all []string
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(other string) bool { return strings.EqualFold(other, id) }) {
			all = append(all, id)
		}
	}
	return all
}

// checkedBefore are the IDs, in lower case, of the connections that earlier steps of this job checked.
func checkedBefore(task *pipeline.Task) []string {
	v, _ := task.Variable(string(checkedOutput))
	return strings.FieldsFunc(strings.ToLower(v.Value.Reveal()), func(r rune) bool { return r == ',' || r == ' ' })
}

// checkedNow is the output's value once a run has checked its connections.
func checkedNow(task *pipeline.Task, in preflight.Inputs) string {
	all := append(checkedBefore(task), strings.ToLower(in.Connection))
	for _, id := range in.MoreConnections {
		all = append(all, strings.ToLower(id))
	}
	return strings.Join(unique(all), ",")
}

// leave ends an injected step that has nothing to do. The outputs of an earlier step stay as they were.
func (j *job) leave(why string) {
	for _, name := range []pipeline.Word{resultOutput, "ArmPreflight.failedChecks", "ArmPreflight.subscriptionId", "ArmPreflight.tenantId",
		"ArmPreflight.daysToExpiry", "ArmPreflight.reportPath", "ArmPreflight.toolPath"} {
		if v, ok := j.task.Variable(string(name)); ok && !v.Secret && !j.out.Alters(v.Value.Reveal()) {
			j.out.SetVariable(name, v.Value.Reveal(), false)
		}
	}
	j.out.Line(why)
	j.out.Complete(pipeline.Succeeded, why)
}

// couldNotTell turns failures that prove nothing about the deployment into unknown results of an injected step: the deployment might need less
// than to read its subscription, and its tasks might know ways to sign in that this version doesn't.
func couldNotTell(results []check.Result) {
	for i := range results {
		r := &results[i]
		if r.Status != check.Fail {
			continue
		}
		worst := check.Warn
		for k := range r.Items {
			item := &r.Items[k]
			reads := r.ID == preflight.Subscription.ID || r.ID == preflight.ManagementGroup.ID
			if item.Status == check.Fail && (item.Code == string(catalogue.SchemeUnsupported) || reads && item.Code == string(catalogue.AuthorizationFailed)) {
				item.Status = check.Unknown
			}
			if item.Status.Gravity() > worst.Gravity() {
				worst = item.Status
			}
		}
		r.Status = worst
	}
}

// result is the step's result for the agent. An injected step fails if its administrator chose so. Otherwise it succeeds: a step that's partially
// succeeded makes the run so, which stops classic releases.
func (j *job) result(d report.Document) pipeline.StepResult {
	if j.injected && d.Step != report.Failed {
		return pipeline.Succeeded
	}
	return pipeline.StepResult(d.Step)
}

// silent reports whether the log has nothing to tell but that all is well.
func (j *job) silent(d report.Document, issues []report.Issue) bool {
	return j.injected && !d.Cancelled && d.Result == check.Pass.String() && len(issues) == 0
}
