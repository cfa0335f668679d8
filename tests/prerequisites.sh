#!/usr/bin/env bash
# What must be on the machine: named with the command that installs it, or installed where we are root, saying so.
#   usage: tests/prerequisites.sh [--build]     --build: only what the binary and its image need
set -euo pipefail
cd "$(dirname "$0")/.."

rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
go=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' tests/cluster/go.mod)
rust_command="curl --proto =https -sSf https://sh.rustup.rs | sh -s -- --default-toolchain $rust.0 --profile minimal --component clippy,rustfmt"
go_full=$(sed -n 's/^go \([0-9.]*\)$/\1/p' tests/cluster/go.mod)
go_command="curl -sSfL https://go.dev/dl/go$go_full.linux-amd64.tar.gz | tar -C /usr/local -xz, and /usr/local/go/bin in PATH"

# at_least HAVE WANT
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }
# wants NAME HAVE WANT COMMAND: empty HAVE: it is not there.
wants() {
  [ -n "$2" ] && at_least "$2" "$3" && return
  echo "$1 $3 or newer is needed${2:+, and this is $2}. To install it: $4" >&2
  exit 1
}
wants Rust "$(cargo --version 2>/dev/null | cut -d' ' -f2)" "$rust" "$rust_command"
# Outside of a module: inside, an older Go fetches the newer one and names that.
wants Go "$(cd / && go env GOVERSION 2>/dev/null | sed 's/^go//')" "$go" "$go_command"

missing=()
programs=(cmake:cmake cc:gcc git:git)
[ "${1:-}" = --build ] || programs+=(pip:python3-pip mmdebstrap:mmdebstrap runc:runc nft:nftables ip:iproute2 curl:curl jq:jq)
for pair in "${programs[@]}"; do
  command -v "${pair%%:*}" >/dev/null || [ -x "/usr/sbin/${pair%%:*}" ] || missing+=("${pair#*:}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]}. Install with: sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "Installing from Debian: ${missing[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
