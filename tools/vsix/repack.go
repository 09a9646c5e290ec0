package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// entryTime is the time of every file that we pack: the earliest that a zip file can store.
func entryTime() time.Time {
	return time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)
}

// repack writes the package in again as out. tfx stamps entries with the current time, orders them randomly, and asks the
// machine's file program for content types, so its packages differ.
func repack(in, out string) error {
	p, err := readParcel(in)
	if err != nil {
		return err
	}
	types, err := contentTypes(p.names())
	if err != nil {
		return err
	}
	p.files[contentTypesName] = types
	names := slices.DeleteFunc(p.names(), func(name string) bool { return name == contentTypesName })
	names = slices.Insert(names, 0, contentTypesName)
	var packed bytes.Buffer
	if err := writeZip(&packed, names, p.files); err != nil {
		return err
	}
	return os.WriteFile(out, packed.Bytes(), 0o644)
}

// writeZip writes the named files in the given order. Sizes and sums are in front of each file, since not every reader of
// packages understands the form that puts them behind.
func writeZip(out *bytes.Buffer, names []string, files map[string][]byte) error {
	archive := zip.NewWriter(out)
	for _, name := range names {
		var packed bytes.Buffer
		deflate, err := flate.NewWriter(&packed, flate.BestCompression)
		if err != nil {
			return err
		}
		if _, err := deflate.Write(files[name]); err != nil {
			return err
		}
		if err := deflate.Close(); err != nil {
			return err
		}
		header := &zip.FileHeader{
			Name:               name,
			CreatorVersion:     20,
			ReaderVersion:      20, // 2.0: folders and deflate
			Method:             zip.Deflate,
			CRC32:              crc32.ChecksumIEEE(files[name]),
			CompressedSize64:   uint64(packed.Len()),
			UncompressedSize64: uint64(len(files[name])),
		}
		at := entryTime()
		//lint:ignore SA1019 CreateRaw writes this field, and not the one that replaced it.
		header.ModifiedDate = uint16(at.Day() | int(at.Month())<<5 | (at.Year()-1980)<<9)
		header.SetMode(fileMode(name))
		entry, err := archive.CreateRaw(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(packed.Bytes()); err != nil {
			return err
		}
	}
	return archive.Close()
}

// fileMode marks programs as executable. Readers can drop the mode, and the shim doesn't rely on it.
func fileMode(name string) fs.FileMode {
	if base := path.Base(name); base == "armpreflight" || base == "armpreflight.exe" {
		return 0o755
	}
	return 0o644
}

type typesXML struct {
	XMLName   xml.Name      `xml:"http://schemas.openxmlformats.org/package/2006/content-types Types"`
	Defaults  []defaultXML  `xml:"Default"`
	Overrides []overrideXML `xml:"Override"`
}

type defaultXML struct {
	Extension   string `xml:"Extension,attr"`
	ContentType string `xml:"ContentType,attr"`
}

type overrideXML struct {
	PartName    string `xml:"PartName,attr"`
	ContentType string `xml:"ContentType,attr"`
}

// contentTypes makes the [Content_Types].xml of a package with these files. A file with an ending that isn't known here is
// an error; one without an ending is a program or a list of sums.
func contentTypes(names []string) ([]byte, error) {
	known := map[string]string{
		".css":          "text/css",
		".exe":          "application/octet-stream",
		".html":         "text/html",
		".js":           "application/javascript",
		".json":         "application/json",
		".md":           "text/markdown",
		".png":          "image/png",
		".txt":          "text/plain",
		".vsixmanifest": "text/xml",
		".vsomanifest":  "application/json",
	}
	var types typesXML
	used := map[string]bool{}
	for _, name := range names {
		if name == contentTypesName {
			continue
		}
		ending := strings.ToLower(path.Ext(name))
		switch {
		case ending == "":
			kind := "application/octet-stream"
			if path.Base(name) == sumsName {
				kind = "text/plain"
			}
			types.Overrides = append(types.Overrides, overrideXML{PartName: "/" + name, ContentType: kind})
		case known[ending] == "":
			return nil, fmt.Errorf("no content type is known for %q; add its ending to contentTypes", name)
		case !used[ending]:
			used[ending] = true
			types.Defaults = append(types.Defaults, defaultXML{Extension: ending, ContentType: known[ending]})
		}
	}
	slices.SortFunc(types.Defaults, func(a, b defaultXML) int { return strings.Compare(a.Extension, b.Extension) })
	text, err := xml.MarshalIndent(types, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), text...), nil
}
