package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set when a release is linked; a binary built any other way is a
// development build.
var version = "devel"

// BuildInfo says what a binary is.
type BuildInfo struct {
	Version  string // of the extension that carries it
	Go       string
	Platform string // GOOS/GOARCH
	Modules  int    // linked modules other than our own
}

// Build describes the running binary.
func Build() BuildInfo {
	b := BuildInfo{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Modules = len(info.Deps)
	}
	return b
}

func (b BuildInfo) String() string {
	return fmt.Sprintf("armpreflight %s (%s, %s, %d modules)", b.Version, b.Platform, b.Go, b.Modules)
}
