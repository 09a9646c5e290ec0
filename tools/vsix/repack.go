package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
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
// machine's file program for content types, so its packages differ. What it compressed stays as it is: tfx brings its compressor along,
// so that's the same on every machine.
func repack(in, out string) error {
	p, err := readParcel(in)
	if err != nil {
		return err
	}
	types, err := contentTypes(p.names())
	if err != nil {
		return err
	}
	compressed, err := zip.OpenReader(in)
	if err != nil {
		return err
	}
	defer compressed.Close()
	entries := map[string]*zip.File{}
	for _, entry := range compressed.File {
		entries[entry.Name] = entry
	}
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	if err := compress(archive, contentTypesName, types); err != nil {
		return err
	}
	for _, name := range p.names() {
		if name == contentTypesName {
			continue
		}
		content, err := entries[name].OpenRaw()
		if err != nil {
			return err
		}
		if err := add(archive, entries[name].FileHeader, content); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return os.WriteFile(out, packed.Bytes(), 0o644)
}

// writeZip writes files in the order of their names.
func writeZip(out *bytes.Buffer, files map[string][]byte) error {
	archive := zip.NewWriter(out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := compress(archive, name, files[name]); err != nil {
			return err
		}
	}
	return archive.Close()
}

// compress adds a file.
func compress(archive *zip.Writer, name string, data []byte) error {
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.DefaultCompression) // the best is a third of a percent smaller, and takes three times as long
	if err != nil {
		return err
	}
	if _, err := deflate.Write(data); err != nil {
		return err
	}
	if err := deflate.Close(); err != nil {
		return err
	}
	return add(archive, zip.FileHeader{
		Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(data),
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(data)),
	}, &packed)
}

// add adds what's compressed already, and takes its name, method, sum, and sizes from a header. Sizes and sums are in front of each
// file, since not every reader of packages understands the form that puts them behind.
func add(archive *zip.Writer, of zip.FileHeader, content io.Reader) error {
	header := &zip.FileHeader{
		Name:               of.Name,
		CreatorVersion:     20,
		ReaderVersion:      20, // 2.0: folders and deflate
		Method:             of.Method,
		CRC32:              of.CRC32,
		CompressedSize64:   of.CompressedSize64,
		UncompressedSize64: of.UncompressedSize64,
	}
	at := entryTime()
	//lint:ignore SA1019 CreateRaw writes this field, and not the one that replaced it.
	header.ModifiedDate = uint16(at.Day() | int(at.Month())<<5 | (at.Year()-1980)<<9)
	header.SetMode(fileMode(of.Name))
	entry, err := archive.CreateRaw(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(entry, content)
	return err
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
