package agent

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// keptIssues is how many issues of each type a step may have.
const keptIssues = 10

// running is a running step as the agent sees it: the log, the result so far, what commands have changed. Lines come in
// one at a time.
type running struct {
	*execution
	rec     *Record
	mask    *masker
	guarded []guarded      // secrets that the step itself declared
	given   []guarded      // secrets that the step was started with
	notOurs map[int]bool   // indexes of log lines that the container invoker printed
	counts  map[string]int // issues by type, kept or not
	details map[string]bool
	percent int

	result        string // merged from task.complete, "" = nothing said
	commandResult string // Failed once a command has failed
	forced        bool   // task.complete said done=true

	debug, decodePercent, readOnlyFails bool
}

func newRunning(e *execution) *running {
	minimum, _ := strconv.Atoi(e.setting("AZP_IGNORE_SECRETS_SHORTER_THAN")) // no number: 0, as in the agent
	s := &running{
		execution: e,
		rec:       &Record{ExitCode: -1},
		mask:      newMasker(minimum, e.job),
		notOurs:   map[int]bool{}, counts: map[string]int{}, details: map[string]bool{},
		debug:         e.vars.truthy("System.Debug"),
		readOnlyFails: e.vars.truthy("agent.readOnlyVariables"),
		decodePercent: true,
	}
	if value := e.setting("DECODE_PERCENTS"); value != "" {
		s.decodePercent = truthy(value)
	}
	for _, v := range e.job.Variables {
		if v.Secret {
			s.mask.addVariable(v.Value)
		}
	}
	for _, v := range e.vars.all() {
		if v.Secret { // an expanded value is masked as it is, without the forms that only a sent one gets
			s.mask.add(v.Value)
		}
	}
	for _, endpoint := range e.job.Endpoints {
		s.mask.addParameters(endpoint)
	}
	s.given = s.guardGiven()
	for _, warning := range e.warnings {
		s.issue("warning", warning)
	}
	return s
}

// invokerLine takes a line of the container invoker, which isn't the task's own.
func (s *running) invokerLine(text string) {
	before := len(s.rec.Lines)
	s.process(text)
	for i := before; i < len(s.rec.Lines); i++ {
		s.notOurs[i] = true
	}
}

// line takes a line of the task, from stdout or stderr: the agent makes no difference between them for Node handlers.
func (s *running) line(text string) {
	if s.forced {
		return
	}
	s.rec.Raw = append(s.rec.Raw, text)
	if s.job.Follow != nil {
		s.job.Follow(text)
	}
	s.process(text)
}

// process obeys a command or logs the line (agent src/Agent.Worker/WorkerCommandManager.cs).
func (s *running) process(text string) {
	c, ok := parseCommand(text, s.decodePercent)
	if !ok {
		if mentionsCommand(text) {
			s.fault("line with ##vso that is no command: %q", text)
			s.issue("warning", fmt.Sprintf("##vso was seen in this line, which is no command: %s", text))
		}
		s.write("", text)
		return
	}
	if c.hidden {
		s.fault("a command that is hidden behind invisible characters: %q", text)
	}
	hosts, known := areaHosts(c.area)
	if !known {
		s.fault("command of the unknown area %q", c.area)
		s.issue("warning", fmt.Sprintf("command area %q is unknown", c.area))
		return
	}
	host := fold(s.vars.get("System.HostType"))
	if host != "" && len(hosts) > 0 && !slices.Contains(hosts, host) {
		s.fault("command of area %q in a %q job", c.area, host)
		s.issue("error", fmt.Sprintf("commands of area %q are not supported for host type %q", c.area, host))
		s.commandResult = Failed
		s.write("", text)
		return
	}
	if err := s.execute(c); err != nil {
		s.fault("command %s.%s failed: %v", c.area, c.event, err)
		s.issue("error", fmt.Sprintf("unable to process command %q", text))
		s.issue("error", err.Error())
		s.commandResult = Failed
	}
	if s.debug && (c.area != "task" || c.event != "debug") {
		s.write("##[debug]", "Processed: "+decode(text, s.decodePercent))
	}
}

// execute runs a command that this host type may use; an error is what the agent would throw.
func (s *running) execute(c command) error {
	restricted, known := restrictedMay(c.area, c.event)
	if !known {
		return fmt.Errorf("area %q has no command %q", c.area, c.event)
	}
	if s.restricted() && !restricted {
		s.issue("warning", fmt.Sprintf("command %s.%s is not allowed in restricted mode", c.area, c.event))
		return nil
	}
	if c.area == "task" {
		return s.executeTask(c)
	}
	if c.area != "telemetry" { // telemetry is ignored for tasks that aren't the server's own
		s.fault("command %s.%s is judged but not carried out here", c.area, c.event)
	}
	return nil
}

// areaHosts are the host types that may use an area, nil = all.
func areaHosts(area string) (hosts []string, known bool) {
	switch area {
	case "task", "telemetry", "results":
		return nil, true
	case "artifact":
		return []string{"build", "release"}, true
	case "build", "codecoverage":
		return []string{"build"}, true
	case "release":
		return []string{"release", "deployment"}, true
	}
	return nil, false
}

// restrictedMay says whether a command exists, and whether restricted mode permits it.
func restrictedMay(area, event string) (allowed, known bool) {
	switch area + "." + event {
	case "task.logissue", "task.issue", "task.complete", "task.setvariable", "task.settaskvariable", "task.setsecret",
		"task.debug", "task.setprogress", "task.logdetail", "task.prependpath", "telemetry.publish":
		return true, true
	case "task.uploadsummary", "task.uploadfile", "task.addattachment", "task.setendpoint", "artifact.upload",
		"artifact.associate", "build.uploadlog", "build.uploadsummary", "build.updatebuildnumber", "build.addbuildtag",
		"release.updatereleasename", "results.publish", "results.publishtoevidencestore", "codecoverage.publish":
		return false, true
	}
	return false, false
}

// restricted says whether the step or its task asks for restricted commands.
func (s *running) restricted() bool {
	return s.step.Restricted || strings.EqualFold(s.def.Restrictions.Commands.Mode, "restricted")
}

// settable asks the step and its task whether a variable may be set; both must agree.
func (s *running) settable(name string) bool {
	var lists [][]string
	if s.step.SettableVariables != nil {
		lists = append(lists, s.step.SettableVariables)
	}
	if allowed := s.def.Restrictions.SettableVariables; allowed != nil && allowed.Allowed != nil {
		lists = append(lists, allowed.Allowed)
	}
	for _, list := range lists {
		if !slices.ContainsFunc(list, func(pattern string) bool {
			match, err := path.Match(fold(pattern), fold(name))
			return err == nil && match
		}) {
			s.issue("warning", fmt.Sprintf("variable %q may not be set by this step", name))
			return false
		}
	}
	return true
}

// issue adds an issue of the agent's own.
func (s *running) issue(kind, message string) {
	s.addIssue(Issue{Type: kind, Message: message, Properties: map[string]string{}})
}

// addIssue keeps the first ten of a type, and writes all of them to the log.
func (s *running) addIssue(issue Issue) {
	issue.Message = s.mask.mask(issue.Message)
	if s.counts[issue.Type]++; s.counts[issue.Type] <= keptIssues {
		s.rec.Issues = append(s.rec.Issues, issue)
	} else {
		s.rec.Dropped++
	}
	if issue.Message != "" {
		s.write("##["+issue.Type+"]", issue.Message)
	}
}

// write stores text in the log; only its first line carries the tag.
func (s *running) write(tag, text string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s.mask.mask(text))
	s.rec.Lines = append(s.rec.Lines, strings.Split(tag+text, "\n")...)
}

// fault notes what a task must not do.
func (s *running) fault(format string, args ...any) {
	s.rec.Faults = append(s.rec.Faults, s.mask.mask(fmt.Sprintf(format, args...)))
}
