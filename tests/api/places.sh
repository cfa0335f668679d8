# Sourced by run.sh: what a person asks about places, as kubectl's plugin: nodes, pools, explain, what if, and the matrix.
# shellcheck shell=bash

# has TEXT COMMAND...: the command succeeds, and prints the text, whatever the spaces.
has() {
  local text=$1 out
  shift
  out=$("$@" 2>&1) || { echo "$out"; return 1; }
  grep -qF -- "$text" <(tr -s ' ' <<<"$out") || { echo "without \"$text\": $out"; return 1; }
}
# A pod that asks for an accelerator, which is what tolerates the taints of the nodes.
SMALL='model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct"}'
ONE='accelerators: {count: 1}'
where_runs() {
  kubectl create namespace where &&
    NS=where model bot "$SMALL" "$ONE" 'placement: {allow: {countries: [SG]}}' 'scaling: {replicas: 2}' | kubectl apply -f - &&
    becomes mpd/bot Ready True/Serving where 60
}
nodes_are_shown() { has "gcp-sg-l4-1 SG gcp asia-southeast1" kubectl modelport nodes && has "HOSTS: deployments that may stand on the node" kubectl modelport nodes; }
one_is_held_against_nodes() { has "spec.placement allows SG" kubectl modelport nodes --for where/bot; }
pools_are_told() { has "k8s.io/cluster-autoscaler/node-template/label/modelport.dev.node-restriction.kubernetes.io/country,Value=SG" kubectl modelport nodes --pools; }
explain_groups() { has "of unknown country (edge-1" kubectl modelport explain mpd/bot -n where; }
pending_is_told() {
  NS=where model waits 'placement: {allow: {countries: [SG]}}' 'accelerators: {product: B200, count: 8}' 'runtime: {name: vllm}' \
    "$SMALL" | kubectl apply -f - &&
    becomes mpd/waits Placeable False/NoNodeNow where && has "Shortest way:" kubectl modelport explain mpd/waits -n where &&
    says mpd/waits Placeable "False/NoNodeNow: 0 nodes fit" where || return 1
  local message
  message=$(kubectl get mpd waits -n where -o 'jsonpath={.status.conditions[?(@.type=="Placeable")].message}')
  grep -qF "places: SG, by spec.placement" <<<"$message" && ! grep -q "gcp-sg" <<<"$message" || { echo "$message"; return 1; }
}
NO_SG='namespaces: [where]'
what_if() { # what_if STATUS TEXT ARGUMENT...
  local status=$1 text=$2 out got=0
  shift 2
  out=$(kubectl modelport whatif "$@" 2>&1) || got=$?
  [[ $got -eq $status ]] && grep -qF -- "$text" <(tr -s ' \n' ' ' <<<"$out") || { echo "exit $got: $out"; return 1; }
}
a_policy_is_tried() {
  fact ModelPolicy where "$NO_SG" 'regions: {deny: {countries: [SG]}}' >"$SCRATCH/policy.yaml" && mark &&
    what_if 1 "where/bot Allowed Refused PlaceNotPermitted: " -f "$SCRATCH/policy.yaml" &&
    what_if 1 "would be stopped 24 h after the change" -f "$SCRATCH/policy.yaml" &&
    what_if 1 "Nothing was changed." -f "$SCRATCH/policy.yaml" && wrote 0 && ! kubectl get modelpolicy where 2>/dev/null
}
pods_that_would_move_are_counted() {
  NS=where model wide "$SMALL" "$ONE" 'placement: {allow: {countries: [SG, HK, FR, US, CN, DE]}}' 'scaling: {replicas: 8}' | kubectl apply -f - &&
    becomes mpd/wide Ready True/Serving where 60 || return 1
  fact ModelPolicy where "$NO_SG" 'regions: {allow: {countries: [JP, DE]}}' >"$SCRATCH/policy.yaml"
  what_if 1 "would be moved to a place that is still allowed, within 1 h" -f "$SCRATCH/policy.yaml"
}
a_deletion_is_tried() {
  fact ModelPolicy late 'namespaces: [where]' | kubectl apply -f - && becomes modelpolicy/late Ready True/Accepted || return 1
  what_if 3 "Waiver/friday is not there" --delete Waiver/friday && what_if 0 "0 worse" --delete modelpolicy/late && kubectl delete modelpolicy late
}
a_matrix_of_the_cluster() {
  has "Written to $SCRATCH/matrix.svg" kubectl modelport matrix --countries SG,CN --svg "$SCRATCH/matrix.svg" &&
    grep -q "where/bot" "$SCRATCH/matrix.svg"
}
nodes_from_a_file() { kubectl get nodes -o yaml >"$SCRATCH/nodes.yaml" && has "gcp-sg-l4-1 SG" "$MODELPORT" nodes -f "$SCRATCH/nodes.yaml"; }
where_goes() { kubectl delete mpd --all -n where --wait=false && kubectl delete namespace where --wait=false; }

place_tests() {
  plugin
  test_that "a model runs in Singapore" where_runs
  test_that "nodes are shown with what they can host" nodes_are_shown
  test_that "one deployment is held against every node" one_is_held_against_nodes
  test_that "a pool at rest is told how to declare its country" pools_are_told
  test_that "explain says who keeps each group of nodes out" explain_groups
  test_that "what pends is told the shortest way, and the status names no node" pending_is_told
  test_that "a policy is tried, and nothing is changed" a_policy_is_tried
  test_that "pods that would move are counted" pods_that_would_move_are_counted
  test_that "a deletion is tried, and one of nothing is said" a_deletion_is_tried
  test_that "the cluster's deployments by countries, as SVG" a_matrix_of_the_cluster
  test_that "nodes are read from what kubectl prints" nodes_from_a_file
  test_that "the models of these tests go" where_goes
}
