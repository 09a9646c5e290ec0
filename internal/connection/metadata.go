package connection

import (
	"encoding/json"
	"errors"
	"strings"
)

// maxMetadata is the largest metadata document that is read, in bytes; real ones have one or two thousand.
const maxMetadata = 1 << 20

// WithMetadata fills in what a cloud doesn't know yet from the document that ARM itself gives to anyone:
// GET {ResourceManager}/metadata/endpoints?api-version=2015-01-01. What the connection said stays. The result may turn
// out to be AD FS: ask Problem. An error (with the cloud as it was) means that the cloud takes no addresses from outside,
// or that the document isn't one or still leaves something open.
func (c Cloud) WithMetadata(doc []byte) (Cloud, error) {
	if c.Known || c.Retired {
		return c, errors.New("the addresses of " + c.Name + " are fixed; no metadata document is read")
	}
	if len(doc) > maxMetadata {
		return c, errors.New("the metadata document is larger than 1 MiB")
	}
	var metadata struct {
		GraphEndpoint  string `json:"graphEndpoint"`
		PortalEndpoint string `json:"portalEndpoint"`
		Authentication struct {
			LoginEndpoint string   `json:"loginEndpoint"`
			Audiences     []string `json:"audiences"`
		} `json:"authentication"`
	}
	if err := json.Unmarshal(doc, &metadata); err != nil {
		return c, errors.New("the metadata document isn't the expected JSON")
	}
	filled := c
	if u, ok := parseHTTPS(metadata.Authentication.LoginEndpoint); ok {
		filled.ADFS = filled.ADFS || isADFS(metadata.Authentication.LoginEndpoint)
		fill(&filled.Authority, origin(u))
	}
	for _, audience := range metadata.Authentication.Audiences {
		if _, ok := parseHTTPS(audience); ok {
			fill(&filled.Audience, strings.TrimSpace(audience))
		}
	}
	if u, ok := parseHTTPS(metadata.GraphEndpoint); ok && !isRetiredGraph(u) {
		fill(&filled.Graph, origin(u))
	}
	if u, ok := parseHTTPS(metadata.PortalEndpoint); ok {
		fill(&filled.Portal, origin(u))
	}
	switch {
	case filled.Authority == "":
		return c, errors.New("the metadata document has no sign-in endpoint with HTTPS")
	case filled.Audience == "":
		return c, errors.New("the metadata document has no audience with HTTPS")
	}
	return filled, nil
}

func fill(field *string, value string) {
	if *field == "" {
		*field = value
	}
}
