package azpipeline

import (
	"strings"

	"armpreflight/internal/lazyregexp"
)

var setVariable = &lazyregexp.Regexp{Expression: `(?i)##vso\[\s*task\.setvariable\s+([^\]]*)\]`}

// variablesSet returns the variables that scripts of a step set for the steps after it, if their names are written out.
func (s *Step) variablesSet() []string {
	var all []string
	for _, script := range s.Scripts {
		if !strings.Contains(script.Text, "##") {
			continue // most scripts
		}
		for _, m := range setVariable.FindAllStringSubmatch(WithoutComments(script.Text), -1) {
			for property := range strings.SplitSeq(m[1], ";") {
				if name, v, ok := strings.Cut(property, "="); ok && strings.EqualFold(strings.TrimSpace(name), "variable") {
					all = append(all, strings.ToLower(strings.Trim(strings.TrimSpace(v), `"'`)))
				}
			}
		}
	}
	return all
}

// variablesOfTask returns the variables that a task sets for the steps after it, because an input names them.
func (s *Step) variablesOfTask() []string {
	task, _, _ := strings.Cut(strings.ToLower(s.Task), "@")
	input := ""
	switch task[strings.LastIndexByte(task, '.')+1:] {
	case "azurekeyvault":
		input = "SecretsFilter"
	case "azureresourcemanagertemplatedeployment", "azureresourcegroupdeployment":
		input = "deploymentOutputs"
	}
	in := s.Input(input)
	if in == nil || !in.Value.Known || strings.Contains(in.Value.Text, "$") {
		return nil
	}
	var all []string
	for name := range strings.SplitSeq(in.Value.Text, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "*" {
			all = append(all, name)
		}
	}
	return all
}

// WithoutComments removes the lines that are comments in one of the shells, and <# … #> of PowerShell. A logging command begins with ##,
// but isn't a comment.
func WithoutComments(script string) string {
	var code strings.Builder
	for {
		before, after, found := strings.Cut(script, "<#")
		_, rest, closed := strings.Cut(after, "#>")
		if !found || !closed {
			break
		}
		code.WriteString(before)
		script = rest
	}
	code.WriteString(script)
	var kept strings.Builder
	for line := range strings.Lines(code.String()) {
		start := strings.ToLower(strings.TrimLeft(line, " \t"))
		if strings.HasPrefix(start, "#") && !strings.HasPrefix(start, "##vso[") || strings.HasPrefix(start, "rem ") || strings.HasPrefix(start, "::") {
			continue
		}
		kept.WriteString(line)
	}
	return kept.String()
}

// tokenRequest matches how a script requests the ID token of a connection without a task.
var (
	tokenRequest = &lazyregexp.Regexp{Expression: `(?i)[?&]serviceConnectionId=|(SYSTEM_OIDCREQUESTURI|System\.OidcRequestUri).*[?&]api-version=|\b(ARM_OIDC_AZURE_SERVICE_CONNECTION_ID|ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID|AZURESUBSCRIPTION_SERVICE_CONNECTION_ID)\s*=`}
	tokenEnv     = &lazyregexp.Regexp{Expression: `(?i)^(SYSTEM_OIDCREQUESTURI|ARM_OIDC_AZURE_SERVICE_CONNECTION_ID|ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID|AZURESUBSCRIPTION_SERVICE_CONNECTION_ID)$`}
)

// AsksForToken returns the place where a step requests the ID token of a connection, and whether there's one.
func (s *Step) AsksForToken() (Position, bool) {
	if s.Never {
		return Position{}, false
	}
	for _, script := range s.Scripts {
		lower := strings.ToLower(script.Text)
		if !strings.Contains(lower, "oidc") && !strings.Contains(lower, "service_connection_id") && !strings.Contains(lower, "serviceconnectionid") {
			continue // most scripts
		}
		if tokenRequest.MatchString(WithoutComments(script.Text)) {
			return script.Pos, true
		}
	}
	for _, in := range s.Env {
		if tokenEnv.MatchString(in.Name) {
			return in.Value.Pos, true
		}
	}
	return Position{}, false
}
