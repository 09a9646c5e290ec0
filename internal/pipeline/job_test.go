package pipeline_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/secret"
)

func TestAgentSaysWhatItIs(t *testing.T) {
	got := pipeline.Read([]string{
		"AGENT_NAME=build-7", "AGENT_VERSION=5.278.0", "AGENT_OS=Windows_NT", `AGENT_TEMPDIRECTORY=D:\a\_temp`, "AGENT_ISSELFHOSTED=1",
		"AGENT_PROXYURL=http://proxy:8080", "AGENT_PROXYUSERNAME=u", "SECRET_AGENT_PROXYPASSWORD=p",
		`AGENT_PROXYBYPASSLIST=["localhost","\\.contoso\\.com"]`, "AGENT_CAINFO=/ca.pem", "AGENT_SKIPCERTVALIDATION=True",
	}).Agent()
	assert.Equal(t, pipeline.Agent{
		Name: "build-7", Version: "5.278.0", OS: "Windows_NT", TempDirectory: `D:\a\_temp`, Hosting: pipeline.SelfHosted,
		ProxyURL: "http://proxy:8080", ProxyUser: "u", ProxyPassword: secret.New("p"),
		ProxyBypass: []string{"localhost", `\.contoso\.com`}, CAInfo: "/ca.pem", SkipCertValidation: true,
	}, got)
	assert.Zero(t, pipeline.Read(nil).Agent())
	assert.Nil(t, pipeline.Read([]string{`AGENT_PROXYBYPASSLIST=["a",1]`}).Agent().ProxyBypass, "a list that is broken is none")
}

func TestAgentSaysWhoseItIs(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    pipeline.Hosting
	}{
		"hosted, as it says":                          {[]string{"AGENT_ISSELFHOSTED=0"}, pipeline.MicrosoftHosted},
		"self-hosted, as it says":                     {[]string{"AGENT_ISSELFHOSTED=1"}, pipeline.SelfHosted},
		"what it says comes first":                    {[]string{"AGENT_ISSELFHOSTED=1", "AGENT_CLOUDID=x"}, pipeline.SelfHosted},
		"an old one that belongs to a cloud":          {[]string{"AGENT_CLOUDID=x"}, pipeline.MicrosoftHosted},
		"an old one that belongs to none":             {[]string{"AGENT_CLOUDID="}, pipeline.SelfHosted},
		"an empty statement is none":                  {[]string{"AGENT_ISSELFHOSTED=", "AGENT_CLOUDID=x"}, pipeline.MicrosoftHosted},
		"a very old one does not say":                 {nil, pipeline.HostingUnknown},
		"the image is no sign, scale sets use it too": {[]string{"ImageVersion=20260801.1"}, pipeline.HostingUnknown},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, pipeline.Read(c.environ).Agent().Hosting) })
	}
}

func TestAgentSaysWhetherTheStepIsInAContainer(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    bool
	}{
		"paths are translated on Linux":             {[]string{"AGENT_TEMPDIRECTORY=/__w/_temp"}, true},
		"paths are translated on Windows":           {[]string{`AGENT_TEMPDIRECTORY=C:\__w\_temp`}, true},
		"a step of a container job on the host":     {[]string{"AGENT_TEMPDIRECTORY=/agent/_work/_temp", "AGENT_CONTAINERID=4f"}, false},
		"no container":                              {[]string{"AGENT_TEMPDIRECTORY=/agent/_work/_temp"}, false},
		"only the container is known":               {[]string{"AGENT_CONTAINERID=4f"}, true},
		"an agent that is itself in a container":    {[]string{"SYSTEM_ISDOCKERCONTAINER=1", "AGENT_TEMPDIRECTORY=/azp/_work/_temp"}, false},
		"a work folder that is only named the same": {[]string{"AGENT_TEMPDIRECTORY=/__work/_temp"}, false},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, pipeline.Read(c.environ).Agent().InContainer) })
	}
}

func TestJobSaysWhatTheRunIs(t *testing.T) {
	environ := []string{
		"SYSTEM_TEAMFOUNDATIONCOLLECTIONURI=https://old.example/", "SYSTEM_COLLECTIONID=c", "SYSTEM_TEAMPROJECT=Contoso Web",
		"SYSTEM_TEAMPROJECTID=p", "SYSTEM_PLANID=pl", "SYSTEM_JOBID=j", "SYSTEM_HOSTTYPE=build", "SYSTEM_OIDCREQUESTURI=https://oidc.example/",
	}
	want := pipeline.Job{
		CollectionURI: "https://old.example/", CollectionID: "c", Project: "Contoso Web", ProjectID: "p", PlanID: "pl", JobID: "j",
		HostType: "build", OIDCRequestURI: "https://oidc.example/",
	}
	assert.Equal(t, want, pipeline.Read(environ).Job())
	want.CollectionURI = "https://dev.azure.com/contoso/"
	assert.Equal(t, want, pipeline.Read(append(environ, "SYSTEM_COLLECTIONURI=https://dev.azure.com/contoso/")).Job())
	for value, debug := range map[string]bool{"true": true, "True": true, "1": true, "$TRUE": true, "false": false, "yes": false, "": false} {
		assert.Equal(t, debug, pipeline.Read([]string{"SYSTEM_DEBUG=" + value}).Job().Debug, value)
	}
}
