package main

import (
	"slices"
	"strings"
)

// companion is the manifest of the companion, which "armpreflight decorator" writes: a private extension with decorators only.
type companion struct {
	manifest
	Public bool            `json:"public"`
	Files  []companionFile `json:"files"`
}

type companionFile struct {
	file
	ContentType string `json:"contentType"`
}

// companionContents lists every file of the companion's package.
var companionContents = []string{"CHANGELOG.md", "README.md", contentTypesName, "build.yml", "extension.vsixmanifest", "extension.vsomanifest", "release.yml"}

// decoratorTargets are where the companion's decorators go (MicrosoftDocs/azure-devops-docs docs/extend/develop/add-pipeline-decorator.md).
var decoratorTargets = map[string]string{"build.yml": "ms.azure-pipelines-agent-job.pre-job-tasks", "release.yml": "ms.azure-release-pipelines-agent-job.pre-job-tasks"}

// inspectCompanion returns everything that's wrong with the companion's package; its arguments are those of inspect.
func inspectCompanion(p *parcel, source, log []byte) []string {
	c := &checker{p: p}
	var m companion
	if err := decodeStrict(source, &m); err != nil {
		c.fault("the companion's manifest: %v", err)
		return c.faults
	}
	c.manifest = m.manifest
	c.want(p.size <= 1<<20, "the companion has %d bytes", p.size)
	c.want(slices.Equal(p.names(), companionContents), "the package has %q, not %q", p.names(), companionContents)
	c.checkInstalled()
	c.checkFields()
	c.want(!m.Public, "the companion is public; only private extensions can contribute decorators")
	c.want(len(m.GalleryFlags) == 0, "the companion has gallery flags %q", m.GalleryFlags)
	c.want(len(m.Contributions) == len(decoratorTargets), "there are %d contributions, not %d", len(m.Contributions), len(decoratorTargets))
	for _, con := range m.Contributions {
		template := con.Properties.Template
		c.want(con.Type == "ms.azure-pipelines.pipeline-decorator", "contribution %s is of type %q, not a decorator", con.ID, con.Type)
		c.want(slices.Equal(con.Targets, []string{decoratorTargets[template]}), "contribution %s targets %q with %q", con.ID, con.Targets, template)
		c.want(slices.Contains(m.Files, companionFile{file{template, true}, "text/plain"}), "%s isn't an addressable file of text/plain", template)
		c.want(slices.Contains(c.listing.Assets, asset{template, true}), "%s isn't an addressable asset of the package", template)
		c.want(strings.Contains(string(p.files[template]), "\nsteps:\n"), "%s has no steps", template)
	}
	c.checkTFX(log)
	return c.faults
}
