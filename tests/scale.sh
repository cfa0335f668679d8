#!/usr/bin/env bash
# 1,000 nodes and 1,000 deployments that run, on a real API server with the real scheduler: what the operator writes until
# all serve, when a node is relabelled, when one joins, and when nothing happens; its memory, and the time of a pass.
# Prints Markdown; `make bench` puts it into docs/performance.md. What is counted is checked, and nothing is about time.
#
#   tests/scale.sh NAME FOLDER   starts a cluster NAME with the nodes it writes into FOLDER, and takes it down again
set -uo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/api/lib.sh
source tests/api/lib.sh
NODES=${BENCH_NODES:-1000} DEPLOYMENTS=${BENCH_DEPLOYMENTS:-1000} FOLDER=$2
own_cluster=1
NS=crowd OPERATOR_LOG_LEVEL=warn
export NS

# Three clouds in four countries, in turn, as their clouds write them.
nodes() {
  awk -v n="$NODES" 'BEGIN {
    print "nodes:"
    for (i = 1; i <= n; i++) {
      if (i % 4 == 0) { id = sprintf("cn-hangzhou.i-bp%018d", i); region = "cn-hangzhou"; zone = "cn-hangzhou-i" }
      if (i % 4 == 1) { id = sprintf("aws:///ap-southeast-1a/i-%017d", i); region = "ap-southeast-1"; zone = "ap-southeast-1a" }
      if (i % 4 == 2) { id = sprintf("aws:///eu-central-1a/i-%017d", i); region = "eu-central-1"; zone = "eu-central-1a" }
      if (i % 4 == 3) { id = sprintf("gce://project/us-central1-a/node-%d", i); region = "us-central1"; zone = "us-central1-a" }
      printf "- {name: node-%04d, providerID: \"%s\", labels: {topology.kubernetes.io/region: %s, topology.kubernetes.io/zone: %s}, capacity: {cpu: \"16\", memory: 64Gi}}\n", i, id, region, zone
    }
  }'
}
deployments() {
  local i countries=(CN SG DE US)
  for i in $(seq "$DEPLOYMENTS"); do
    model "$(printf 'm%04d' "$i")" "placement: {allow: {countries: [${countries[i % 4]}]}}"
    echo ---
  done
}
all_serve() { [[ $(kubectl get mpd -n $NS -o json | jq '[.items[].status.conditions[]? | select(.type == "Ready" and .status == "True")] | length') -eq $DEPLOYMENTS ]]; }
is_quiet() { # no write in five seconds
  mark && sleep 5 && [[ $(written) -eq 0 ]]
}
# What counts: all but leases and events, which are of a kind of their own.
written() { writes "${1:-.}" | grep -vcE 'resource=(leases|events)'; }
each_kind() { writes | sed -n 's/.*resource=\([a-z]*\).*subresource=\([a-z]*\).*/\1\/\2/p; t; s/.*resource=\([a-z]*\).*/\1/p' | sort | uniq -c | sort -rn; }
written_to() { writes 'resource=(modeldeployments|deployments|controllerrevisions|services)' | sed -n 's/.*name=\(m[0-9]*\).*/\1/p' | sort -u; }
standing_on() { kubectl get pods -n $NS --field-selector "spec.nodeName=$1" -o "jsonpath={range .items[*]}{.metadata.labels.modelport\.dev/model-deployment}{'\n'}{end}" | sort -u; }
resident_mib() { inside awk '/^VmRSS/ { printf "%d\n", $2 / 1024 }' "/proc/$(cat "$SCRATCH/operator.pid")/status"; }
# passes: "COUNT SECONDS" of all reconciles so far.
passes() { inside curl -s http://127.0.0.1:8081/metrics | awk '/^modelport_reconcile_duration_seconds_count/ { n = $2 } /^modelport_reconcile_duration_seconds_sum/ { s = $2 } END { print n, s }'; }
must() { "$@" >"$SCRATCH/must" 2>&1 || { cat "$SCRATCH/must" >&2; bug "$*"; }; }
say() { printf '   %s\n' "$*" >&2; }

nodes >"$FOLDER/nodes.yaml"
modelport-cluster --name "$NAME" down >/dev/null 2>&1
say "$NODES nodes"
must modelport-cluster --name "$NAME" up --tier fake --nodes "$FOLDER/nodes.yaml"
export KUBECONFIG=$CACHE/run/$NAME/kubeconfig
must install_rights
mark
must operator_starts
must within 120 every_node_is_labelled
node_writes=$(written 'resource=nodes')
before=$(resident_mib)

say "$DEPLOYMENTS deployments"
deployments >"$FOLDER/deployments.yaml"
must kubectl create namespace $NS
mark
start=$SECONDS
must kubectl create -f "$FOLDER/deployments.yaml"
must within 900 all_serve
took=$((SECONDS - start))
say "all serve after $took s"
kinds=$(each_kind)
read -r n s < <(passes)
must within 120 is_quiet
mark && sleep 20
quiet=$(written)
after=$(resident_mib)

say "a node is relabelled"
node=$(kubectl get pods -n $NS -o "jsonpath={range .items[*]}{.spec.nodeName}{'\n'}{end}" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
stood=$(standing_on "$node")
mark
must kubectl label --overwrite node "$node" "$COUNTRY=JP" "$SOURCE-"
gone() { [[ -z $(standing_on "$node") ]]; }
must within 120 gone
must within 120 all_serve
sleep 5
touched=$(written_to) relabelled=$(written)
[[ $touched == "$stood" ]] || bug "on $node stood $(paste -sd' ' <<<"$stood"); written to: $(paste -sd' ' <<<"$touched")"

say "a node joins"
mark
must kubectl apply -f - <<<'{"apiVersion":"v1","kind":"Node","metadata":{"name":"newcomer","labels":{"topology.kubernetes.io/region":"eu-west-3"}},"spec":{"providerID":"aws:///eu-west-3a/i-0newcomer"}}'
sleep 15
joined=$(written 'resource=nodes') statuses=$(written 'resource=modeldeployments')
[[ $joined -eq 1 && $statuses -eq 0 ]] || bug "a node joined: $joined writes to nodes, $statuses statuses"
must no_panic

cat <<M
$NODES nodes of three clouds in four countries, $DEPLOYMENTS deployments of one pod each that name a country; the operator runs beside the API server. Leases and events are not counted.

| | |
|---|---|
| writes to label $NODES nodes | $node_writes |
| from \`kubectl create\` of the file to all of them serving | $took s |
| reconciles on the way, and the mean time of one, its requests to a busy API server included | $n, $(awk -v n="$n" -v s="$s" 'BEGIN { printf "%.1f ms", s / n * 1000 }') |
| writes in 20 s when nothing happens | $quiet |
| a node is relabelled: deployments that stood on it, and that were written to | $(wc -l <<<"$stood"), $(wc -l <<<"$touched") |
| writes until they serve elsewhere | $relabelled |
| a node joins: writes to nodes, statuses written | $joined, $statuses |
| resident memory of the operator, before and with them | $before MiB, $after MiB |

Writes until all served:

\`\`\`
$kinds
\`\`\`
M
