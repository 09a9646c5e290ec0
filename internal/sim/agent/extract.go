package agent

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Extract takes a task out of an extension package as the agent would have it in its cache:
// <dir>/<name>_<guid>/<version>/, with the marker <version>.completed next to it. Every file has mode 0644 whatever the
// package says, because the executable bit counts as lost.
//
// contribution is the ID of the task's contribution in extension.vsomanifest, or the folder that it names. Of several
// versions in that folder the one with the highest number is taken. A package with an entry that would leave its folder,
// or that is a link, is refused as a whole.
func Extract(vsix, contribution, dir string) (taskDir string, err error) {
	archive, err := zip.OpenReader(vsix)
	if err != nil {
		return "", err
	}
	defer archive.Close()
	for _, file := range archive.File {
		if err := harmlessEntry(file); err != nil {
			return "", err
		}
	}
	folder, err := taskFolder(archive, contribution)
	if err != nil {
		return "", err
	}
	source, def, err := newestTask(archive, folder)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	id, _ := guid(def.ID) // checked by newestTask
	target := path.Join(def.Name+"_"+id, def.version())
	if err := root.RemoveAll(target); err != nil { // modes of an earlier extraction must not survive
		return "", err
	}
	for _, file := range archive.File {
		name, ok := strings.CutPrefix(file.Name, source+"/")
		if !ok || name == "" || strings.HasSuffix(name, "/") {
			continue
		}
		if err := extractFile(root, file, path.Join(target, name)); err != nil {
			return "", fmt.Errorf("entry %q: %w", file.Name, err)
		}
	}
	if err := root.WriteFile(target+".completed", nil, 0o644); err != nil {
		return "", err
	}
	return filepath.Join(dir, filepath.FromSlash(target)), nil
}

// harmlessEntry refuses what could be written outside of the folder, on any system.
func harmlessEntry(file *zip.File) error {
	if !filepath.IsLocal(file.Name) || strings.ContainsAny(file.Name, `\:`) || path.Clean(file.Name) != strings.TrimSuffix(file.Name, "/") {
		return fmt.Errorf("entry %q would leave its folder", file.Name)
	}
	if mode := file.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return fmt.Errorf("entry %q is neither a file nor a folder", file.Name)
	}
	return nil
}

// taskFolder is the folder of a task contribution inside the package.
func taskFolder(archive *zip.ReadCloser, contribution string) (string, error) {
	raw, err := fs.ReadFile(archive, "extension.vsomanifest")
	if err != nil {
		return "", err
	}
	var manifest struct {
		Contributions []struct {
			ID         string
			Type       string
			Properties struct{ Name string }
		}
	}
	if err := json.Unmarshal(trimBOM(raw), &manifest); err != nil {
		return "", fmt.Errorf("extension.vsomanifest: %w", err)
	}
	var known []string
	for _, c := range manifest.Contributions {
		if c.Type != "ms.vss-distributed-task.task" {
			continue
		}
		folder := path.Clean(strings.Trim(c.Properties.Name, "/"))
		if strings.EqualFold(c.ID, contribution) || folder == contribution {
			return folder, nil
		}
		known = append(known, c.ID)
	}
	return "", fmt.Errorf("no task contribution %q among %q", contribution, known)
}

// newestTask finds the folder of the newest version: the task's folder itself, or one right below it.
func newestTask(archive *zip.ReadCloser, folder string) (source string, newest *definition, err error) {
	for _, file := range archive.File {
		parent := path.Dir(file.Name)
		if path.Base(file.Name) != "task.json" || parent != folder && path.Dir(parent) != folder {
			continue
		}
		raw, err := fs.ReadFile(archive, file.Name)
		if err != nil {
			return "", nil, err
		}
		def, err := parseDefinition(raw)
		if err != nil {
			return "", nil, fmt.Errorf("entry %q: %w", file.Name, err)
		}
		if err := def.cacheable(); err != nil {
			return "", nil, fmt.Errorf("entry %q: %w", file.Name, err)
		}
		if newest == nil || def.newer(newest) {
			source, newest = parent, def
		}
	}
	if newest == nil {
		return "", nil, fmt.Errorf("no task.json in folder %q, nor right below it", folder)
	}
	return source, newest, nil
}

// cacheable says why a definition can't be a folder in the agent's cache.
func (d *definition) cacheable() error {
	if _, ok := guid(d.ID); !ok {
		return fmt.Errorf("task id %q is no GUID", d.ID)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9-]+$`).MatchString(d.Name) {
		return fmt.Errorf("task name %q has other characters than letters, digits and dashes", d.Name)
	}
	if !regexp.MustCompile(`^\d{1,9}\.\d{1,9}\.\d{1,9}$`).MatchString(d.version()) {
		return fmt.Errorf("task version %q is not three numbers", d.version())
	}
	return nil
}

func (d *definition) newer(than *definition) bool {
	a, b := d.Version, than.Version
	for _, pair := range [][2]text{{a.Major, b.Major}, {a.Minor, b.Minor}, {a.Patch, b.Patch}} {
		if x, y := pair[0].number(), pair[1].number(); x != y {
			return x > y
		}
	}
	return false
}

func extractFile(root *os.Root, file *zip.File, name string) error {
	in, err := file.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	out, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
