// Package regular opens the files that people and pipelines name: regular ones only. Opening a pipe waits until someone
// writes to it, opening a device may do something, and reading either may have no end.
//
// Non-goals: it bounds no size and follows links as the system does; who opens within a folder hands over an os.Root.
package regular

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// ErrNotRegular says that a name leads to a folder, a pipe, a device or a socket.
var ErrNotRegular = errors.New("not a regular file")

// Open opens a regular file to read. Every other kind is a *fs.PathError with ErrNotRegular.
func Open(name string) (*os.File, error) { return open(name, os.Stat, os.OpenFile) }

// In gives the folders and regular files below a root; nothing else in it can be opened.
func In(root *os.Root) fs.FS { return below{root.FS(), root} }

type below struct {
	fs.FS
	root *os.Root
}

func (b below) Open(name string) (fs.File, error) {
	if info, err := b.Stat(name); err == nil && info.IsDir() {
		return b.FS.Open(name)
	}
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return open(name, b.root.Stat, b.root.OpenFile)
}

func (b below) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(b.FS, name) }
func (b below) Lstat(name string) (fs.FileInfo, error)     { return fs.Lstat(b.FS, name) }
func (b below) ReadLink(name string) (string, error)       { return fs.ReadLink(b.FS, name) }
func (b below) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(b.FS, name) }

// open looks before it opens, since opening a device may do something, and again at what it got, since the name may lead
// elsewhere by then. It doesn't wait for the other end of a pipe.
func open(name string, stat func(string) (fs.FileInfo, error), openFile func(string, int, fs.FileMode) (*os.File, error)) (*os.File, error) {
	info, err := stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	var file *os.File
	if err == nil {
		if file, err = openFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
			if info, err = file.Stat(); err == nil && !info.Mode().IsRegular() {
				err = ErrNotRegular
			}
		}
	}
	if err == nil {
		return file, nil
	}
	if file != nil {
		_ = file.Close() // it wasn't read
	}
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: err}
}
