#!/usr/bin/env bash
# Generated files are committed; this says whether they are fresh, or with --write makes them so.
#   crds/, charts/modelport/files/crds   from the Rust types
#   deploy/install.yaml, rbac.golden     from the chart
#   deploy/examples                      from Rust values
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${MODELPORT:-${CARGO_TARGET_DIR:-target}/debug/modelport}
[ -x "$binary" ] || cargo build -q
if [ "${1:-}" = --write ]; then out=.; else out=$(mktemp -d); trap 'rm -rf "$out"' EXIT; fi
mkdir -p "$out/crds" "$out/charts/modelport/files/crds" "$out/deploy/examples"
"$binary" crd --dir "$out/crds"
cp "$out"/crds/*.yaml "$out/charts/modelport/files/crds/"
"$binary" examples --dir "$out/deploy/examples"
if [ "$out" = . ]; then deploy/render.sh; exit 0; fi
fresh=0
for path in crds charts/modelport/files/crds deploy/examples; do
  diff -ru "$path" "$out/$path" || { echo "$path is not fresh: run make update" >&2; fresh=1; }
done
mkdir -p "$out/deploy-fresh"
deploy/render.sh "$out/deploy-fresh"
for file in install.yaml rbac.golden.yaml; do
  diff -u "deploy/$file" "$out/deploy-fresh/$file" || { echo "deploy/$file is not fresh: run make update" >&2; fresh=1; }
done
exit $fresh
