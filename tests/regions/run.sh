#!/usr/bin/env bash
# The worked cases of places on a real API server with the real scheduler and fake nodes as the cases list them: which
# nodes pods get. The objects come from the same data as tests/story/regions.rs, which writes tests/regions/cases.
#
#   tests/regions/run.sh           on a cluster of its own, which goes afterwards
#   tests/regions/run.sh NAME      on the cluster NAME (tier fake), which KUBECONFIG points at
#
# The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/api/lib.sh
source tests/api/lib.sh
start_cluster "$@"
CASES=tests/regions/cases

nodes_of() { kubectl get nodes -l "case=$1" "${@:2}"; }
the_nodes_of_the_cases_join() {
  inside sh -c 'echo $$ >"$1/nodes.pid"; exec modelport-cluster fakenodes --kubeconfig "$KUBECONFIG" --nodes "$2"' sh "$SCRATCH" "$CASES/nodes.yaml" >"$SCRATCH/nodes.log" 2>&1 &
  within 60 all_are_ready || { tail -3 "$SCRATCH/nodes.log"; return 1; }
}
all_are_ready() { [[ $(kubectl get nodes -l case -o json | jq '[.items[] | select(any(.status.conditions[]; .type == "Ready" and .status == "True"))] | length') -eq $(jq '.nodes | length' $CASES/nodes.yaml) ]]; }
# Every one of which the evidence tells a country is labelled.
all_are_labelled() { [[ $(kubectl get nodes -l "case,$COUNTRY" -o name | wc -l) -ge $(($(jq '.nodes | length' $CASES/nodes.yaml) - 2)) ]]; }

# bound CASE: the nodes that its pods got, sorted.
bound() { kubectl get pods -n "$1" -o json | jq -r '[.items[] | select(.spec.nodeName) | .spec.nodeName] | sort | join(",")'; }
sorted() { tr , '\n' <<<"$1" | sort | paste -sd,; }
# The pod that is one too many waits, and the scheduler has looked at it.
one_waits() {
  [[ $(kubectl get pods -n "$1" -o json | jq '[.items[] | select(.spec.nodeName | not) | select(any(.status.conditions[]?; .reason == "Unschedulable"))] | length') -eq 1 ]]
}
lands() { # lands CASE NODES
  kubectl apply -f "$CASES/$1/facts.json" || return 1
  kubectl apply -f "$CASES/$1/manifest.json" || return 1
  within 60 one_waits "$1" || { kubectl get mpd,pods -n "$1" -o wide; return 1; }
  [[ $(bound "$1") == "$(sorted "$2")" ]] || { echo "pods got $(bound "$1")"; return 1; }
}
lands_nowhere() { # lands_nowhere CASE: refused at admission, or stored and no pod gets a node
  local out
  kubectl apply -f "$CASES/$1/facts.json" || return 1
  if ! out=$(kubectl apply -f "$CASES/$1/manifest.json" 2>&1); then
    grep -qE 'denied the request: (FilingMissing|RuleRefuses|PlaceNotPermitted|PlacementEmpty|AcceleratorNotPermitted|RecordEnded)' <<<"$out" || { echo "$out"; return 1; }
    return 0
  fi
  within 60 no_pod_will "$1" || { kubectl get mpd,pods -n "$1" -o wide; return 1; }
  [[ -z $(bound "$1") ]] || { echo "pods got $(bound "$1")"; return 1; }
}
no_pod_will() { one_waits "$1" || kubectl get mpd/x -n "$1" -o json | jq -e '.status.conditions[]? | select(.type == "Eligible" or .type == "Placeable") | select(.status != "True")' >/dev/null; }

test_that "the account and its rights are installed" install_rights
test_that "the operator starts" operator_starts
test_that "the nodes of the worked cases join" the_nodes_of_the_cases_join
test_that "the operator labels them" within 60 all_are_labelled
while IFS=$'\t' read -r id names title; do
  if [[ $names == - ]]; then
    test_that "$id, $title: no pod gets a node" lands_nowhere "$id"
  else
    test_that "$id, $title: pods get ${names//$id-/} and no other" lands "$id" "$names"
  fi
done <$CASES/expected.tsv
kill "$(cat "$SCRATCH/nodes.pid")" 2>/dev/null
finish
