package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"armpreflight/internal/lazyregexp"
)

// lines are the first and the last of some that belong together, from 1.
type lines struct{ first, last int }

// change is what differs from another commit: lines of the files as they are now, by their names from the root of the repository.
type change map[string][]lines

func (c change) touches(file string, line int) bool {
	for _, l := range c[file] {
		if l.first <= line && line <= l.last {
			return true
		}
	}
	return false
}

// change asks git what differs from a commit. Without one, it's the target branch of the pull request, otherwise HEAD.
func (e Env) change(ctx context.Context, root, ref, target string) (change, error) {
	if e.Diff == nil {
		return nil, errors.New("--changed isn't available here")
	}
	if ref == "" {
		ref = "HEAD"
		if branch := strings.TrimPrefix(target, "refs/heads/"); branch != "" && !strings.HasPrefix(branch, "-") {
			ref = "origin/" + branch
		}
	}
	diff, err := e.Diff(ctx, root, ref)
	if err != nil {
		return nil, fmt.Errorf("--changed: %w", err)
	}
	return parseDiff(diff), nil
}

// Diff runs git for the difference of a repository's files from where a commit and they have separated. Settings of the repository start no program.
func Diff(ctx context.Context, root, ref string) ([]byte, error) {
	if _, err := os.Lstat(filepath.Join(root, ".git")); errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the files aren't in a git repository, so there's no change to compare with") // git would name an option instead
	}
	git := exec.CommandContext(ctx, "git", "-C", root, "-c", "core.fsmonitor=false", "-c", "core.quotePath=false",
		"diff", "--merge-base", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", ref, "--")
	out, err := git.CombinedOutput() // parseDiff passes over warnings
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		reason, _, _ := strings.Cut(string(out), "\n")
		return nil, fmt.Errorf("git can't compare the files with %s: %s; it needs a repository that has this commit (in a pipeline, set fetchDepth: 0 in the checkout step)", ref, strings.TrimPrefix(reason, "fatal: "))
	}
	if err != nil {
		return nil, fmt.Errorf("run git to compare the files with %s: %w", ref, err)
	}
	return out, nil
}

var hunk = &lazyregexp.Regexp{Expression: `^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@`}

// parseDiff reads a unified diff without surrounding lines. Where lines are only gone, the ones around them count.
func parseDiff(diff []byte) change {
	all := change{}
	file := ""
	for text := range strings.Lines(string(diff)) {
		if name, ok := strings.CutPrefix(text, "+++ "); ok {
			name, _, _ = strings.Cut(strings.TrimRight(name, "\r\n"), "\t")
			file = strings.TrimPrefix(name, "b/")
			continue
		}
		m := hunk.FindStringSubmatch(text)
		if m == nil || file == "" {
			continue
		}
		first, err := strconv.Atoi(m[1])
		count := 1
		if m[2] != "" {
			count, _ = strconv.Atoi(m[2]) // the expression takes digits only
		}
		switch {
		case err != nil:
		case count == 0:
			all[file] = append(all[file], lines{first, first + 1})
		default:
			all[file] = append(all[file], lines{first, first + count - 1})
		}
	}
	return all
}
