#!/usr/bin/env bash
# What must be on the machine: named with the command that installs it, or installed where we are root, saying so.
set -euo pipefail
missing=()
for pair in cargo:rustup go:golang git:git; do
  command -v "${pair%%:*}" >/dev/null || { echo "${pair%%:*} is missing: install Rust 1.95 (rustup), Go 1.26 and git first" >&2; exit 1; }
done
for pair in cmake:cmake cc:gcc pip:python3-pip mmdebstrap:mmdebstrap runc:runc nft:nftables ip:iproute2 curl:curl jq:jq; do
  command -v "${pair%%:*}" >/dev/null || [ -x "/usr/sbin/${pair%%:*}" ] || missing+=("${pair#*:}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "missing: ${missing[*]}. Install with: sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "Installing from Debian: ${missing[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
