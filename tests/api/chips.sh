# Sourced by run.sh: the guarded label of accelerators, pods that keep off one, and what lifts it, with the real scheduler.
# shellcheck shell=bash

ACCELERATOR=modelport.dev.node-restriction.kubernetes.io/accelerator
# The node pool of the H20 machine in Shanghai.
H20_POOL='placement: {allow: {countries: [CN]}, nodeSelector: {alibabacloud.com/nodepool-id: npuf6c2e6h8j0m}}'
OWN_QWEN='model: {source: "hf://Qwen/Qwen3-8B"}'

accelerator_of() { kubectl get node "$1" -o "jsonpath={.metadata.labels.${ACCELERATOR//./\\.}}"; }
is_accelerator() { [[ $(accelerator_of "$1") == "$2" ]] || { echo "$1 has '$(accelerator_of "$1")', not '$2'"; return 1; }; }
accelerators_are_labelled() {
  is_accelerator ali-sh-h20-1 nvidia-h20 && is_accelerator aws-iad-h100-1 nvidia-h100-sxm &&
    is_accelerator huawei-bj-910b-1 ascend-910b && is_accelerator gcp-iowa-l4-1 nvidia-l4
}
a_suffix_changes_nothing() {
  kubectl label --overwrite node ali-sh-h20-1 nvidia.com/gpu.product=NVIDIA-H20-MIG-1g.12gb-SHARED && sleep 2 &&
    is_accelerator ali-sh-h20-1 nvidia-h20
}
a_label_that_goes_takes_nothing_away() {
  kubectl label node ali-sh-h20-1 nvidia.com/gpu.product- && sleep 2 && is_accelerator ali-sh-h20-1 nvidia-h20 &&
    kubectl label node ali-sh-h20-1 nvidia.com/gpu.product=NVIDIA-H20
}
a_kubelet_may_not_record_evidence() {
  local out
  out=$(kubectl --as=system:node:ali-sh-h20-1 --as-group=system:nodes label node ali-sh-h20-1 \
    modelport.dev.node-restriction.kubernetes.io/evidence.us.bis_licence=D1 2>&1) && { echo "it was let"; return 1; }
  grep -qE "is not allowed to modify labels|say where a node stands" <<<"$out" || { echo "$out"; return 1; }
}

chips_facts() {
  kubectl create namespace chips &&
    fact ModelPolicy chips 'namespaces: [chips]' 'regions:' '  rules:' '  - {rule: us-ear-3a090, mode: Enforce}' \
      '  - {rule: us-is-informed-2025-04, mode: Enforce}' | kubectl apply -f - &&
    fact Licensee chips 'namespaces: [chips]' 'kind: company' 'seat: DE' 'headquarters: DE' | kubectl apply -f - &&
    becomes modelpolicy/chips Ready True/Accepted
}
an_unknown_accelerator_is_said_of_the_policy() {
  fact ModelPolicy typo 'namespaces: [none]' 'regions: {accelerators: {deny: {ids: [nvidia-h20s]}}}' | kubectl apply -f - &&
    becomes modelpolicy/typo Ready False/PolicyInvalid && kubectl delete modelpolicy typo
}
pod_stands_on() { # pod_stands_on DEPLOYMENT NODE
  local node
  node=$(kubectl get pods -n chips -l "modelport.dev/model-deployment=$1" -o 'jsonpath={.items[*].spec.nodeName}')
  [[ $node == "$2" ]] || { echo "it stands on '$node', not '$2'"; kubectl get pods -n chips -o wide; return 1; }
}
pods_of_pend() { within 20 kubectl wait -n chips pod -l "modelport.dev/model-deployment=$1" --for=condition=PodScheduled=False --timeout=1s && pod_stands_on "$1" ''; }
an_accelerator_that_is_kept_off_gets_no_pod() {
  NS=chips model sh "$OWN_QWEN" 'usage: {audience: internal, serves: [CN]}' "$H20_POOL" 'accelerators: {count: 1}' | kubectl apply -f - &&
    pods_of_pend sh && within 20 placeable_says sh 'with an accelerator that is kept off'
}
placeable_says() {
  local out
  out=$(kubectl get mpd "$1" -n chips -o 'jsonpath={.status.conditions[?(@.type=="Placeable")].message}')
  grep -qF -- "$2" <<<"$out" || { echo "it says: $out"; return 1; }
}
evidence_on_the_node_lifts_it() {
  kubectl label node ali-sh-h20-1 modelport.dev.node-restriction.kubernetes.io/evidence.us.bis_licence=D1234567 &&
    within 30 pod_stands_on sh ali-sh-h20-1
}
another_accelerator_in_the_country_serves() {
  NS=chips model hz "$OWN_QWEN" 'usage: {audience: internal, serves: [CN]}' \
    'placement: {allow: {countries: [CN]}, nodeSelector: {alibabacloud.com/nodepool-id: npbp1b1d5g7i9l}}' 'accelerators: {count: 1}' |
    kubectl apply -f - && within 30 pod_stands_on hz ali-hz-a10-2
}
chips_go() { kubectl delete namespace chips && kubectl delete modelpolicy/chips licensee/chips; }

chips_tests() {
  test_that "each node's accelerator stands on it, by its id" within 20 accelerators_are_labelled
  test_that "a suffix for how it is shared or cut up changes nothing" a_suffix_changes_nothing
  test_that "a label of its own that goes takes nothing away" a_label_that_goes_takes_nothing_away
  test_that "a kubelet records no evidence on its node" a_kubelet_may_not_record_evidence
  test_that "a policy enforces rules about accelerators" chips_facts
  test_that "an accelerator that no table has is said of the policy" an_unknown_accelerator_is_said_of_the_policy
  test_that "an accelerator that a rule is about gets no pod, and the status says so" an_accelerator_that_is_kept_off_gets_no_pod
  test_that "evidence that an administrator records on the node lifts it" evidence_on_the_node_lifts_it
  test_that "another accelerator in the country serves" another_accelerator_in_the_country_serves
  test_that "and all of it goes" chips_go
}
