#!/usr/bin/env bash
# Writes a real run of the demo as Markdown.
#   usage: tests/demo/transcript.sh FILE     (demo.sh --transcript FILE calls it)
set -euo pipefail
cd "$(dirname "$0")/../.."
file=${1:?usage: tests/demo/transcript.sh FILE}
raw=$(mktemp) page=$(mktemp)
trap 'rm -f "$raw" "$page"' EXIT

set +e
tests/demo/demo.sh 2>&1 | tee "$raw"
status=$?
set -e
[[ $status -eq 0 ]] || { echo "The demo failed; $file is as it was." >&2; exit "$status"; }

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
{
  cat <<HEAD
# The demo, as it ran

Written by \`tests/demo/demo.sh --transcript $file\` from a real run. To see it yourself: \`make demo\`.

| | |
|---|---|
| when | $(date -u '+%Y-%m-%d %H:%M') UTC |
| machine | $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo) GB of memory, no accelerator, $(. /etc/os-release && echo "$PRETTY_NAME") |
| built before | yes: the first run builds up to 15 min more |
| real | Kubernetes, Modelport $version installed by its chart, the model of step 1 and its answer, every refusal |
| simulated | the nodes of six clouds, with the pods on them; that this machine (\`node1\`) stands in Hangzhou; the three people, by impersonation |

Long lines are left as they came.

## Before the story

\`\`\`console
HEAD
  # A step's number and title become a heading, its next line a sentence, the rest a block.
  awk '
    /^[1-9][0-9]*\. / && blank {
      print "```\n\n## " $0 "\n"
      while (getline > 0 && $0 !~ /^[[:space:]]*$/) print
      print "\n```console"; fresh = 1; held = 0; blank = 0; next
    }
    /^A real model answered/ { print "```\n\n## The last screen\n\n```console"; held = 0 }
    /^[[:space:]]*$/ { if (!fresh) held++; blank = 1; next }
    { for (; held > 0; held--) if (!fresh) print ""; held = 0; fresh = 0; blank = 0; sub(/[[:space:]]+$/, ""); print }
    END { print "```" }' "$raw" | sed "s|$HOME/|~/|g"
} >"$page"
# A blank line before the end of a block says nothing.
awk '/^```$/ && empty { empty = 0 } empty { print ""; empty = 0 } /^$/ { empty = 1; next } { print }' "$page" >"$file"
echo "$file is written."
