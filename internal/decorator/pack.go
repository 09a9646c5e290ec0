package decorator

import (
	"archive/zip"
	"bytes"
	_ "embed" // the forms of a package's own files
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Pack packs the companion's files as tfx does. The same files result in the same bytes.
func Pack(files []File) ([]byte, error) {
	var m struct {
		ID, Publisher, Version, Name, Description string
		ManifestVersion                           int
		Contributions                             json.RawMessage
		Files                                     []struct {
			Path        string
			Addressable bool
		}
	}
	all := map[string][]byte{}
	for _, f := range files {
		all[f.Name] = f.Content
	}
	if err := json.Unmarshal(all["vss-extension.json"], &m); err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	delete(all, "vss-extension.json")
	installed, err := json.MarshalIndent(map[string]any{"manifestVersion": m.ManifestVersion, "contributions": m.Contributions, "scopes": []string{}, "contributionTypes": []string{}}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	all["extension.vsomanifest"] = installed
	var assets strings.Builder
	for _, f := range m.Files {
		if f.Addressable {
			fmt.Fprintf(&assets, "    <Asset Type=%q d:Source=\"File\" Path=%q Addressable=\"true\"/>\n", f.Path, f.Path)
		}
	}
	all["extension.vsixmanifest"] = fmt.Appendf(nil, listing, m.ID, m.Publisher, m.Version, m.Name, m.Description, assets.String())
	all["[Content_Types].xml"] = []byte(contentTypes)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = entry.Write(all[name])
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack the companion: %w", err)
	}
	return out.Bytes(), nil
}

// listing is the form of extension.vsixmanifest. Nothing that's filled in has characters with a meaning in XML.
//
//go:embed listing.xml
var listing string

//go:embed types.xml
var contentTypes string
