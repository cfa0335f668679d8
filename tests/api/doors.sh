# Sourced by run.sh, with the namespace tight and its facts there: manifests that come by another door than the usual one.
# shellcheck shell=bash

ABROAD='placement: {allow: {countries: [CN]}}'
a_policy_selects_by_label() {
  fact ModelPolicy later 'namespaceSelector: {matchLabels: {tier: later}}' 'regions: {allow: {countries: [SG]}}' | kubectl apply -f - &&
    becomes modelpolicy/later Ready True
}
in_a_namespace_made_later() {
  printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: later, labels: {tier: later}}\n' | kubectl apply -f - &&
    NS=later model abroad "$ABROAD" | refused 'PlaceNotPermitted: ModelPolicy/later' && kubectl delete namespace later --wait=false
}
# The same kind by another version that the API server serves as well, as after an upgrade.
another_version_is_served() {
  kubectl get crd modeldeployments.modelport.dev -o json | jq '{spec: {versions: (.spec.versions + [.spec.versions[0] | .name = "v1alpha0" | .storage = false])}}' >"$SCRATCH/versions.json" &&
    kubectl patch crd modeldeployments.modelport.dev --type=merge --patch-file "$SCRATCH/versions.json" &&
    within 20 kubectl get --raw /apis/modelport.dev/v1alpha0
}
by_another_version() {
  local rc=0
  NS=tight model chat "$LLAMA" 'usage: {audience: public, serves: [CN]}' "$ABROAD" | sed 's/v1alpha1/v1alpha0/' >"$SCRATCH/older.yaml"
  within 20 by_another_version_it_is_refused || rc=1
  kubectl patch crd modeldeployments.modelport.dev --type=json -p '[{"op": "remove", "path": "/spec/versions/1"}]' && return $rc
}
by_another_version_it_is_refused() { refused FilingMissing <"$SCRATCH/older.yaml"; }

door_tests() {
  test_that "a policy selects namespaces by a label" a_policy_selects_by_label
  test_that "what is refused in one that is made afterwards is denied at once" in_a_namespace_made_later
  test_that "the API server serves the kind by another version as well" another_version_is_served
  test_that "a refused manifest is denied by that version too" by_another_version
}
