package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// pack writes the files below dir to out, under one folder that has out's name without its ending; the same files give the
// same bytes. The ending of out is .tar.gz or .zip.
func pack(dir, out string) error {
	files, err := readFolder(dir)
	if err != nil {
		return err
	}
	base := filepath.Base(out)
	var packed bytes.Buffer
	switch {
	case strings.HasSuffix(base, ".tar.gz"):
		err = writeTar(&packed, strings.TrimSuffix(base, ".tar.gz"), files)
	case strings.HasSuffix(base, ".zip"):
		top := map[string][]byte{}
		for name, data := range files {
			top[path.Join(strings.TrimSuffix(base, ".zip"), name)] = data
		}
		err = writeZip(&packed, top)
	default:
		err = fmt.Errorf("%s ends neither in .tar.gz nor in .zip", out)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(out, packed.Bytes(), 0o644)
}

func writeTar(out *bytes.Buffer, folder string, files map[string][]byte) error {
	zipped := gzip.NewWriter(out)
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &tar.Header{
			Typeflag: tar.TypeReg,
			Name:     path.Join(folder, name),
			Size:     int64(len(files[name])),
			Mode:     int64(fileMode(name)),
			ModTime:  entryTime(),
			Format:   tar.FormatUSTAR,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(files[name]); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return zipped.Close()
}
