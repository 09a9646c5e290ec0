package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// executeTask carries out a command of the task area (agent src/Agent.Worker/TaskCommandExtension.cs).
func (s *running) executeTask(c command) error {
	switch c.event {
	case "logissue", "issue":
		return s.logIssue(c)
	case "complete":
		return s.complete(c)
	case "setvariable":
		return s.setVariable(c)
	case "settaskvariable":
		if c.properties["variable"] == "" {
			return errors.New(`property "variable" is missing`)
		}
		if flag(c, "issecret") {
			s.declareSecret(c.data)
		}
	case "setsecret":
		s.declareSecret(c.data)
	case "debug":
		if s.debug {
			s.write("##[debug]", c.data)
		}
	case "setprogress":
		percent, _ := strconv.Atoi(strings.TrimSpace(c.properties["value"])) // no number counts as 0
		s.percent = max(s.percent, min(max(percent, 0), 100))
		s.rec.Progress = append(s.rec.Progress, s.percent)
		s.rec.Operation = c.data
	case "logdetail":
		return s.logDetail(c)
	case "prependpath":
		if c.data == "" {
			return errors.New("no directory is given")
		}
		if s.settable("PATH") {
			s.rec.PrependPath = append(s.rec.PrependPath, c.data)
		}
	case "uploadsummary":
		return s.attach("DistributedTask.Core.Summary", s.lastName(c.data), c.data)
	case "uploadfile":
		return s.attach("DistributedTask.Core.FileAttachment", s.lastName(c.data), c.data)
	case "addattachment":
		return s.attach(c.properties["type"], c.properties["name"], c.data)
	case "setendpoint":
		return s.setEndpoint(c)
	}
	return nil
}

// flag reads a boolean property as .NET's Boolean.TryParse does: anything else is false.
func flag(c command, name string) bool {
	return strings.EqualFold(strings.TrimSpace(c.properties[name]), "true")
}

func (s *running) logIssue(c command) error {
	kind := fold(c.properties["type"])
	if kind == "" {
		s.fault("issue without a type")
		s.issue("warning", "an issue without a type cannot be created")
		return nil
	}
	if kind != "error" && kind != "warning" {
		return fmt.Errorf("issue type %q is neither error nor warning", c.properties["type"])
	}
	delete(c.properties, "type")
	message := c.data
	if source := c.properties["sourcepath"]; source != "" {
		source, err := s.outside(source)
		if err != nil {
			return err
		}
		if root := s.vars.get("Build.SourcesDirectory"); root != "" {
			source = strings.TrimPrefix(strings.TrimPrefix(source, root), "/")
		}
		c.properties["sourcepath"] = source
		message = fmt.Sprintf("%s(%s,%s): %s %s: %s", source, c.properties["linenumber"], c.properties["columnnumber"],
			kind, c.properties["code"], message)
	}
	s.addIssue(Issue{Type: kind, Code: c.properties["code"], Message: message, Properties: c.properties})
	return nil
}

func (s *running) complete(c command) error {
	result, err := parseResult(c.properties["result"])
	if err != nil {
		return err
	}
	s.result = merge(s.result, result)
	s.rec.Operation = c.data
	s.forced = s.forced || flag(c, "done")
	return nil
}

func (s *running) setVariable(c command) error {
	name, value := c.properties["variable"], c.data
	if name == "" {
		return errors.New(`property "variable" is missing`)
	}
	if s.vars.readOnly(name) {
		if s.readOnlyFails {
			return fmt.Errorf("variable %q is read-only", name)
		}
		s.fault("variable %q is read-only", name)
		s.issue("warning", fmt.Sprintf("variable %q is read-only", name))
	}
	secret, output := flag(c, "issecret"), flag(c, "isoutput")
	if secret {
		if strings.Contains(value, "\n") && !s.vars.truthy("SYSTEM_UNSAFEALLOWMULTILINESECRET") {
			return fmt.Errorf("secret variable %q has several lines", name)
		}
		s.declareSecret(value)
		s.mask.add(encodeData(value, s.decodePercent))
	}
	if !s.settable(name) {
		return nil
	}
	readOnly := flag(c, "isreadonly")
	if output || s.def.isOutput(name) {
		if s.step.RefName == "" {
			return fmt.Errorf("output variable %q needs a step with a reference name", name)
		}
		name, readOnly = s.step.RefName+"."+name, readOnly || output
	}
	set := Variable{Name: name, Value: value, Secret: secret, ReadOnly: readOnly, PreserveCase: flag(c, "preservecase")}
	if err := s.vars.set(set); err != nil {
		return err
	}
	if s.vars.byKey[fold(name)].Secret {
		s.mask.add(value)
	}
	s.rec.Set = append(s.rec.Set, name)
	return nil
}

// declareSecret takes note of a secret that the step itself names; lines before this one stay as they are.
func (s *running) declareSecret(value string) {
	if value == "" {
		return
	}
	s.mask.add(value)
	if !s.decodePercent {
		s.mask.add(decode(value, true))
	}
	s.guarded = append(s.guarded, guard("a secret that the step declared", value, shortestSecret)...)
}

func (s *running) logDetail(c command) error {
	id, ok := guid(c.properties["id"])
	if !ok {
		return fmt.Errorf("detail id %q is no GUID", c.properties["id"])
	}
	if s.details[id] {
		return nil
	}
	if c.properties["name"] == "" || c.properties["type"] == "" {
		return fmt.Errorf("the first detail %q needs a name and a type", id)
	}
	if parent := c.properties["parentid"]; parent != "" {
		if parentID, ok := guid(parent); !ok || !s.details[parentID] {
			return fmt.Errorf("parent detail %q does not exist", parent)
		}
	}
	s.details[id] = true
	return nil
}

// attach takes a file. The agent wants it to exist now and reads it later, so the task must leave it in place.
func (s *running) attach(kind, name, file string) error {
	if kind == "" || name == "" || file == "" {
		return errors.New("type, name and file are all needed")
	}
	for _, part := range []string{kind, name} {
		if strings.ContainsAny(part, "/\x00") {
			return fmt.Errorf("%q has characters that no file name can have", part)
		}
		if strings.ContainsAny(part, `<>:"|?*\`) || strings.ContainsFunc(part, func(r rune) bool { return r < ' ' }) {
			s.fault("%q would be refused on a Windows agent", part)
		}
	}
	inside := file
	file, err := s.outside(inside)
	if err != nil {
		return err
	}
	if !filepath.IsAbs(file) {
		s.fault("attachment path %q is relative", file)
		return fmt.Errorf("file %q is relative to a directory that the task does not know", file)
	}
	if info, err := os.Stat(file); err != nil || info.IsDir() || !s.onHost(inside) {
		return fmt.Errorf("file %q does not exist", file)
	}
	s.rec.Attachments = append(s.rec.Attachments, Attachment{Type: kind, Name: name, Path: file})
	return nil
}

// collect reads the attachments, as the upload at the end of the job does at the latest.
func (s *running) collect() {
	for i := range s.rec.Attachments {
		attachment := &s.rec.Attachments[i]
		content, err := os.ReadFile(attachment.Path)
		if err != nil {
			s.fault("attachment %q was gone before it was uploaded: %v", attachment.Name, err)
			continue
		}
		attachment.Content = content
	}
}

func (s *running) setEndpoint(c command) error {
	id, ok := guid(c.properties["id"])
	field := fold(c.properties["field"])
	if !ok {
		return fmt.Errorf("endpoint id %q is no GUID", c.properties["id"])
	}
	if field != "url" && c.properties["key"] == "" {
		return errors.New(`property "key" is missing`)
	}
	if field != "url" && field != "dataparameter" && field != "authparameter" {
		return fmt.Errorf("endpoint field %q is unknown", c.properties["field"])
	}
	for _, endpoint := range s.job.Endpoints {
		if known, _ := guid(endpoint.ID); known == id {
			if field == "authparameter" {
				s.declareSecret(c.data)
			}
			s.fault("command task.setendpoint is judged but not carried out here")
			return nil
		}
	}
	return fmt.Errorf("endpoint %q is not in this job", id)
}
