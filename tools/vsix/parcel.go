package main

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// parcel is a package read into memory. Folder entries are left out: a reader makes folders from file names.
type parcel struct {
	size  int64             // of the zip file, in bytes
	files map[string][]byte // by name, slashes between folders
}

// maxFile is the largest size that one entry can unpack to; our largest program is about 8 MB.
const maxFile = 64 << 20

// partName is the characters that the packaging convention allows in each part of a name (microsoft/tfs-cli
// app/exec/extension/_lib/vsix-writer.ts); [Content_Types].xml is the one exception.
var partName = regexp.MustCompile(`^[A-Za-z0-9._~!$&'()*+,;=:@-]*[A-Za-z0-9_~!$&'()*+,;=:@-]$`)

const contentTypesName = "[Content_Types].xml"

// readParcel reads a zip file; names that leave the folder, repeat (ignoring case), or aren't part names are errors.
func readParcel(file string) (*parcel, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	defer archive.Close()
	p := &parcel{size: info.Size(), files: map[string][]byte{}}
	seen := map[string]bool{}
	for _, entry := range archive.File {
		if strings.HasSuffix(entry.Name, "/") {
			continue
		}
		if err := checkName(entry.Name); err != nil {
			return nil, err
		}
		if folded := strings.ToLower(entry.Name); seen[folded] {
			return nil, fmt.Errorf("%q is in the package twice", entry.Name)
		} else {
			seen[folded] = true
		}
		if p.files[entry.Name], err = readEntry(entry); err != nil {
			return nil, fmt.Errorf("read %s: %w", entry.Name, err)
		}
	}
	return p, nil
}

func checkName(name string) error {
	if name == contentTypesName {
		return nil
	}
	for part := range strings.SplitSeq(name, "/") {
		if !partName.MatchString(part) {
			return fmt.Errorf("%q cannot be the name of a file in a package", name)
		}
	}
	return nil
}

func readEntry(entry *zip.File) ([]byte, error) {
	reader, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	data, err := io.ReadAll(io.LimitReader(reader, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it unpacks to more than %d bytes", maxFile)
	}
	return data, err
}

// names returns the names of all files, sorted.
func (p *parcel) names() []string {
	return slices.Sorted(maps.Keys(p.files))
}
