#!/usr/bin/env bash
# The operator's image without Docker: one static binary, the system's authorities, no shell, not root.
#   usage: tests/image.sh BINARY NAME TAR     IMAGE_TOOL: a modelport-image; without it, modelport-cluster in PATH
set -euo pipefail
binary=$1 name=$2 tar=$3
if [ -n "${IMAGE_TOOL:-}" ]; then tool=("$IMAGE_TOOL"); else tool=(modelport-cluster image); fi
key=$(sha256sum "$binary" | cut -c1-16)
[ -f "$tar.key" ] && [ "$(cat "$tar.key")" = "$key $name" ] && [ -f "$tar" ] && exit 0
root=$(mktemp -d); trap 'rm -rf "$root"' EXIT
install -D -m 0755 "$binary" "$root/modelport"
install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
mkdir -p "$(dirname "$tar")"
"${tool[@]}" build --name "$name" --from "$root" --entrypoint /modelport --user 65532:65532 -o "$tar"
echo "$key $name" >"$tar.key"
echo "$tar: $(du -h "$tar" | cut -f1), $name"
