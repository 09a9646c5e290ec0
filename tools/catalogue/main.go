// Command catalogue turns the Markdown files of internal/catalogue into the Go
// tables that the program is built with. It runs in that folder, by go generate.
//
// It rejects what a reader of a log would see as a mistake: the name of a shared
// text, a link, a role, or a value that doesn't exist.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "catalogue:", err)
		os.Exit(1)
	}
}

// outputs are the files that are written, and how.
var outputs = map[string]func(*source) ([]byte, error){
	"entries_gen.go": entriesGo, "codes_gen.go": codesGo, "topics_gen.go": topicsGo, "words_gen.go": wordsGo, "facts/facts_gen.go": factsGo,
}

func run(dir string) error {
	all, err := read(dir)
	if err != nil {
		return err
	}
	for name, write := range outputs {
		text, err := write(all)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.FromSlash(name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
