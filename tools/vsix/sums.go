package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// sumsName is the list of SHA-256 sums that is shipped next to the programs; the shim reads it under this name.
const sumsName = "SHA256SUMS"

var sumsLine = regexp.MustCompile(`^([0-9a-f]{64})  (\S+)$`)

// readFolder reads every file below dir, except a list of sums at its top; names have slashes and are relative to dir.
func readFolder(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if err != nil || name == sumsName {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(file)
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s holds no files", dir)
	}
	return files, err
}

// writeSums lists the files below dir in dir/SHA256SUMS, in the form that sha256sum checks.
func writeSums(dir string) error {
	files, err := readFolder(dir)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, sumsName), sumsOf(files), 0o644)
}

func sumsOf(files map[string][]byte) []byte {
	var list strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&list, "%s  %s\n", sum(files[name]), name)
	}
	return []byte(list.String())
}

func sum(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// parseSums reads such a list into a map from name to sum.
func parseSums(list []byte) (map[string]string, error) {
	sums := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(list), "\n"), "\n") {
		match := sumsLine.FindStringSubmatch(line)
		if match == nil {
			return nil, fmt.Errorf("line %q is not a SHA-256 sum, two blanks and a name", line)
		}
		if sums[match[2]] != "" {
			return nil, fmt.Errorf("%s is listed twice", match[2])
		}
		sums[match[2]] = match[1]
	}
	return sums, nil
}
