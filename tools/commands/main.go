// Command commands prints every command line that the catalogue, the pages, and armpreflight itself tell people to run, the
// way a shell gets it.
//
//	commands [FOLDER]
//
// FOLDER is the repository, by default the working directory. Its tests read each line with a shell and compare its options
// with options.txt, which options.py makes from the Azure CLI:
//
//	go run ./tools/commands | python3 tools/commands/options.py
package main

import (
	"fmt"
	"os"
)

func main() {
	folder := "."
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	all, err := everywhere(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, "commands:", err)
		os.Exit(1)
	}
	for _, c := range all {
		fmt.Println(c.text)
	}
}
