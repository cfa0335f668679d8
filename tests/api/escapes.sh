# Sourced by run.sh, after bypass.sh: ways out of a stop or a narrowing that a tenant with the role `edit` has while the
# operator runs, and what a foreign admission policy may do to a pod of ours.
# shellcheck shell=bash

escapee() { # escapee NAME [SPEC LINE...]: one replica of an Apache-2.0 model in Singapore
  NS=escape model "$1" 'model: {source: "hf://Qwen/Qwen3-8B"}' 'accelerators: {count: 1}' 'placement: {allow: {countries: [SG]}}' "${@:2}" | kubectl apply -f -
}
fugitive() { kubectl --as tenant -n escape "$@"; }
escape_policy() { fact ModelPolicy escape 'namespaces: [escape]' 'grace: {person: 2s}' "$@" | kubectl apply -f - && becomes modelpolicy/escape Ready True/Accepted; }
escapes_are_there() {
  kubectl create namespace escape && kubectl create rolebinding tenant --clusterrole=edit --user=tenant -n escape && escape_policy && serves blocked
}
serves() { escapee "$1" && becomes "mpd/$1" Ready True/Serving escape 60; }
no_owner() { printf '[{"op": "remove", "path": "/metadata/ownerReferences"}]'; }
an_owner_is_taken_from_a_service() { denied "kubectl edit mpd blocked" fugitive patch service blocked --type=json -p "$(no_owner)"; }
its_service_is_replaced() { # the name is free for a moment, and somebody else's Service takes it
  operator_stops && fugitive delete service blocked && fugitive create service clusterip blocked --tcp=80 && operator_starts &&
    becomes mpd/blocked Ready False/ForeignObject escape 30
}
it_is_refused_and_stops() { escape_policy 'licenses: {refuse: [Apache-2.0]}' && within 40 none_run blocked; }
none_run() { [[ -z $(nodes_of escape "$1") ]] || { echo "still on: $(nodes_of escape "$1")"; return 1; }; }
it_is_let_again() { # nobody watches a foreign Service: a touch says to look again
  escape_policy && kubectl delete service blocked -n escape && kubectl annotate mpd blocked -n escape example.com/look=again &&
    becomes mpd/blocked Ready True/Serving escape 60
}

left_behind() { serves orphaned && fugitive delete mpd orphaned --cascade=orphan && within 60 nothing_is_left; }
nothing_is_left() {
  local left
  left=$(kubectl get deployments,pods,services,controllerrevisions -n escape -l "$LABEL=orphaned" -o name)
  [[ -z $left ]] || { echo "left: $left"; return 1; }
}
made_again_it_takes_back() { # what an orphan was is its own again, under the new UID
  local pod
  serves returned || return 1
  pod=$(kubectl get pods -n escape -l "$LABEL=returned" -o 'jsonpath={.items[*].metadata.uid}')
  fugitive delete mpd returned --cascade=orphan && serves returned &&
    [[ $(kubectl get pods -n escape -l "$LABEL=returned" -o 'jsonpath={.items[*].metadata.uid}') == "$pod" ]] || { echo "the pods were made anew"; return 1; }
}

# A policy of somebody's that takes the affinity out of every pod in the namespace.
a_foreign_policy_strips_pods() {
  kubectl apply -f - <<'POLICY'
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: strip}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: escape}}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
  matchConditions: [{name: placed, expression: "has(object.spec.affinity)"}]
  failurePolicy: Fail
  reinvocationPolicy: Never
  mutations: [{patchType: JSONPatch, jsonPatch: {expression: "[JSONPatch{op: 'remove', path: '/spec/affinity'}]"}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: strip}
spec: {policyName: strip}
POLICY
  within 30 strips
}
strips() {
  local got
  got=$(printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: escape}\nspec: {affinity: {nodeAffinity: {}}, containers: [{name: c, image: example.invalid/x}]}\n' |
    kubectl create --dry-run=server -o 'jsonpath={.spec.affinity}' -f -) && [[ -z $got ]] || { echo "affinity: $got"; return 1; }
}
no_pod_comes_without_its_place() {
  escapee stripped && becomes mpd/stripped Ready False/PodsFailing escape 60 &&
    [[ $(kubectl get mpd stripped -n escape -o 'jsonpath={.status.conditions[?(@.type=="Ready")].message}') == *"another admission policy or webhook took it out"* ]] && none_run stripped
}
and_comes_once_it_is_gone() {
  kubectl delete mutatingadmissionpolicybinding strip && kubectl delete mutatingadmissionpolicy strip && within 120 one_in_singapore
}
one_in_singapore() { stand_in SG 1 escape stripped; }

escape_tests() {
  test_that "a model runs, and a tenant is there" escapes_are_there
  test_that "an owner may not be taken from our Service" an_owner_is_taken_from_a_service
  test_that "a Service of somebody else's takes the name, and is not seized" its_service_is_replaced
  test_that "what is refused then stops all the same" it_is_refused_and_stops
  test_that "let again, it serves" it_is_let_again
  test_that "a ModelDeployment deleted without its pods takes them with it" left_behind
  test_that "made again at once, it takes them back" made_again_it_takes_back
  test_that "a foreign policy takes the place out of every pod" a_foreign_policy_strips_pods
  test_that "no pod comes without its place, and the status says who took it" no_pod_comes_without_its_place
  test_that "it comes once that policy is gone" and_comes_once_it_is_gone
  test_that "the namespace goes" kubectl delete namespace escape --timeout=120s
}
