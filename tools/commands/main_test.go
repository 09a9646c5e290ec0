package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/cli"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryCommandLineIsOneThatAShellAndItsProgramTake(t *testing.T) {
	p := readPrograms(optionsText)
	all, err := everywhere(filepath.Join("..", ".."))
	require.NoError(t, err)
	assert.Greater(t, len(all), 60)
	for _, c := range all {
		assert.NoError(t, p.check(c), "%s: %s", c.where, c.text)
	}
}

func TestACommandLineThatFailsIsFound(t *testing.T) {
	p := readPrograms(optionsText)
	for name, c := range map[string]struct{ text, says string }{
		"quotation marks in place":                      {text: `az account list --all --query "length(@)"`},
		"a parenthesis without quotation marks":         {text: "az account list --all --query length(@)", says: "bash"},
		"an option that the command lacks":              {text: "az account list --every", says: "az account list has no option --every"},
		"an option that an alike command has":           {text: "az devops service-endpoint list --name prod", says: "no option --name"},
		"an option without its value":                   {text: "az account list --query", says: "--query needs a value"},
		"an option that has to be there":                {text: "az group create --name rg-app", says: "az group create needs --location"},
		"the name of a command only":                    {text: "az group create"},
		"a group of commands":                           {text: "az devops service-endpoint", says: "no such command"},
		"a mistyped command":                            {text: "az acount list", says: "no such command"},
		"a word too many":                               {text: "az account list everything", says: "takes 0 words"},
		"a pattern that a shell replaces by names":      {text: "curl --noproxy * https://example.com", says: "a shell replaces it"},
		"a query that a shell takes for a pattern":      {text: "az provider list --query [].namespace", says: "a shell replaces it"},
		"a braces list":                                 {text: "az account list --query {a:b,c:d}", says: "bash"},
		"a variable in double quotation marks":          {text: `az account list --query "$x"`, says: "a shell replaces"},
		"what starts a list of arguments in PowerShell": {text: "az account list --query @", says: "PowerShell"},
		"an argument in two for PowerShell":             {text: "az account list --query a,b", says: "PowerShell"},
		"a pipe, which isn't for PowerShell":            {text: "az account show 2>&1 | armpreflight explain -"},
		"an unknown option behind a pipe":               {text: "az account show | armpreflight explain --all", says: "armpreflight explain has no option --all"},
		"an option of a program of an operating system": {text: "w32tm /rsync", says: "no option /rsync"},
	} {
		t.Run(name, func(t *testing.T) {
			err := p.check(told{text: c.text})
			if c.says == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestACommandEndsWhereTheSentenceGoesOn(t *testing.T) {
	p := readPrograms(optionsText)
	for text, want := range map[string][]string{
		"az account list --all --query \"length(@)\" shows the number.":                  {`az account list --all --query "length(@)"`},
		"az account list --all --query length(@) shows the number.":                      {"az account list --all --query length(@)"},
		"Sign in: az login --tenant {tenant}":                                            {"az login --tenant 7d2f0c3e-51a4-4b6e-9c38-2f60d1a9e845"},
		"Delete it: az lock delete --name {lock} --every now.":                           {"az lock delete --name value(1) --every"},
		"Run az login --tenant <tenant id> and az account list --all in a terminal.":     {"az login --tenant PLACEHOLDER", "az account list --all"},
		"Add it (az ad sp create), with its roles.":                                      {"az ad sp create"},
		"Make it with az devops service-endpoint make, which has no list.":               {"az devops service-endpoint"},
		"On the agent, curl -v -x <proxy> https://{host} gives 407.":                     {"curl -v -x PLACEHOLDER https://login.microsoftonline.com"},
		"but the path doesn't include the program az.":                                   nil,
		"armpreflight explain - recognizes the message if you paste it":                  {"armpreflight explain -"},
		"w32tm /query /status (Windows) or timedatectl (Linux) shows whether it's right": {"w32tm /query /status", "timedatectl"},
	} {
		assert.Equal(t, want, p.inProse(text), text)
	}
}

// The options of armpreflight itself are those of its help.
func TestTheOptionsOfArmpreflightAreInItsHelp(t *testing.T) {
	for name, c := range readPrograms(optionsText).commands {
		verb, ours := strings.CutPrefix(name, "armpreflight ")
		if !ours {
			continue
		}
		verb, _, _ = strings.Cut(verb, " ")
		var out strings.Builder
		code := cli.Main(t.Context(), cli.Env{Args: []string{verb, "--help"}, Stdout: &out, Stderr: &out, Now: time.Now})
		assert.Equal(t, cli.ExitOK, code, out.String())
		for option := range c.takes {
			if option != "--help" {
				assert.Regexp(t, regexp.QuoteMeta(option)+`\b`, out.String(), name)
			}
		}
	}
}
