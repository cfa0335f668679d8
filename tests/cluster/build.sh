#!/usr/bin/env bash
# Builds modelport-cluster, what it runs and the sandbox image into the cache
# folder, keyed by the sources. Does nothing when they are there.
#   usage: tests/cluster/build.sh [--print]   (--print: only the bin folder's path)
set -euo pipefail
cd "$(dirname "$0")"

# A function, so that the whole file is read before it runs: a build takes
# minutes, in which the file may change.
main() {
  cache="${MODELPORT_CACHE:-$HOME/.cache/modelport}/cluster"
  kubernetes=v1.37.2

  # The key covers every file that the build reads, and the compiler.
  key=$({ go env GOVERSION GOOS GOARCH; find . -name '*.go' -not -name '*_test.go' -print0 | sort -z | xargs -0 sha256sum; sha256sum go.mod go.sum nodes.yaml build.sh; } | sha256sum | cut -c1-16)
  out="$cache/$key"
  if [ "${1:-}" = --print ]; then echo "$out/bin"; exit; fi

  say() { printf '%s\n' "$*" >&2; }

  # What Debian has is taken from there.
  missing=()
  while read -r program package; do
    command -v "$program" >/dev/null || missing+=("$package")
  done <<'TABLE'
runc runc
nft nftables
TABLE
  if [ ${#missing[@]} -gt 0 ]; then
    install="apt-get install -y --no-install-recommends ${missing[*]}"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
      say "Missing: ${missing[*]}. Install them with: sudo $install"
      exit 1
    fi
    say "Installing ${missing[*]} from Debian: $install"
    export DEBIAN_FRONTEND=noninteractive
    $install >/dev/null 2>&1 || { apt-get update >/dev/null && $install >/dev/null; }
  fi

  mkdir -p "$cache"
  link() { ln -sfn "$key" "$cache/.current.$$" && mv -T "$cache/.current.$$" "$cache/current"; }
  if [ -e "$out/complete" ]; then link; exit; fi

  # One build at a time in one cache: a second waits for the first.
  exec 9>"$cache/build.lock"
  flock 9
  if [ -e "$out/complete" ]; then link; exit; fi

  temp="$cache/.build-$key"
  rm -rf "$temp" && mkdir -p "$temp/bin" "$temp/images"
  trap 'rm -rf "$temp"' EXIT

  version=k8s.io/component-base/version
  flags="-s -w -X $version.gitVersion=$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=37 -X $version.gitTreeState=clean"
  flags+=" -X helm.sh/helm/v4/internal/version.version=v4.3.1"

  # Packages that `go build` names with -v are those it compiles; the list is
  # about 3,600 long when nothing is cached.
  say "Building Kubernetes $kubernetes, containerd, Helm and modelport-cluster (first time: up to 15 min on two cores) ..."
  start=$SECONDS
  (
    export CGO_ENABLED=0
    go build -v -trimpath -ldflags "$flags" -o "$temp/bin/" . ./servers ./kubectl ./helm tool ./pause
  ) >"$temp/build.log" 2>&1 &
  build=$!
  while kill -0 $build 2>/dev/null; do
    for _ in $(seq 20); do kill -0 $build 2>/dev/null && sleep 0.5 || break; done
    kill -0 $build 2>/dev/null && say "  $((SECONDS - start)) s, $(grep -vc '^go: ' "$temp/build.log" || true) packages compiled"
  done
  if ! wait $build; then
    grep -v '^[a-z0-9.]*[./][^ ]*$' "$temp/build.log" | tail -30 >&2
    say "The build failed."
    exit 1
  fi
  rm "$temp/build.log"

  mv "$temp/bin/cluster" "$temp/bin/modelport-cluster"
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy containerd ctr; do
    ln -s servers "$temp/bin/$name"
  done
  mkdir "$temp/rootfs" && mv "$temp/bin/pause" "$temp/rootfs/pause"
  "$temp/bin/modelport-cluster" image build --name local.test/pause:1 --from "$temp/rootfs" --entrypoint /pause --user 65535:65535 -o "$temp/images/pause.tar"
  rm -r "$temp/rootfs"
  touch "$temp/complete"
  rm -rf "$out" && mv "$temp" "$out"
  link
  # The three newest builds stay: a running cluster may use an older one.
  ls -dt "$cache"/????????????????/complete | tail -n +4 | while read -r old; do rm -rf "${old%/complete}"; done
  say "Built in $((SECONDS - start)) s: $cache/current/bin"
}
main "$@"; exit
