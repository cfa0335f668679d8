#!/usr/bin/env bash
# The chart on a Kubernetes: are its rights enough and no more, do the start-up
# check's go, and what does uninstall leave? The operator is not needed: the test
# acts with its account, so that a cluster with fake nodes will do.
#
#   KUBECONFIG=... tests/chart/on-cluster.sh
#
# Needs Helm 4 or 3 and kubectl (HELM, KUBECTL, or those in PATH), the kinds in the
# chart, and a cluster that has no Modelport and may be written to.
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/chart/harness.sh
source tests/chart/harness.sh

HELM=${HELM:-helm}
KUBECTL=${KUBECTL:-kubectl}
CHART=charts/modelport
NS=modelport-system
ACCOUNT=system:serviceaccount:$NS:modelport
CHECK=system:serviceaccount:$NS:modelport-startup-check
echo 'tolerations: [{operator: Exists}]' >"$SCRATCH/anywhere.yaml"

as_operator() { "$KUBECTL" --as "$ACCOUNT" "$@"; }
fails_with() { # fails_with TEXT COMMAND...
  local text=$1 out
  shift
  if out=$("$@" 2>&1); then echo "it was let: $out"; return 1; fi
  grep -qF -- "$text" <<<"$out" || { echo "another reason: $out"; return 1; }
}
gone() { # gone KIND NAME [FLAG...]: within 30 s
  for _ in $(seq 60); do
    "$KUBECTL" get "$@" >/dev/null 2>&1 || return 0
    sleep 0.5
  done
  echo "still there: $*"
  return 1
}

owned() { # owned KIND NAME: an object as the operator applies it, owned by the release's ClusterRole
  local uid
  uid=$("$KUBECTL" get clusterrole modelport-admission -o 'jsonpath={.metadata.uid}')
  cat <<EOF
apiVersion: $1
kind: $2
metadata:
  name: $3
  namespace: ${4:-}
  ownerReferences:
    - {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, name: modelport-admission, uid: "$uid"}
EOF
}
webhook() { owned admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration "$1"; }
policy() {
  owned admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy "$1"
  echo 'spec: {matchConstraints: {resourceRules: [{apiGroups: [modelport.dev], apiVersions: ["*"], operations: [CREATE], resources: [modelpolicies]}]}, validations: [{expression: "true"}]}'
}
binding() {
  owned admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding "$1"
  echo "spec: {policyName: $1, validationActions: [Deny]}"
}
secret() { owned v1 Secret "$1" "$NS"; }
lease() { owned coordination.k8s.io/v1 Lease "$1" "$NS"; }
node() { printf 'apiVersion: v1\nkind: Node\nmetadata: {name: %s, labels: {%s: XX}}\n' "$1" "$2"; }
deployment() { printf 'apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: %s, namespace: %s}\nspec: {model: {source: "hf://Qwen/Qwen3-8B"}}\n' "$1" "$2"; }

applies() { "$1" "$2" | as_operator apply --server-side --field-manager=modelport -f -; }
may_not_apply() { fails_with "is forbidden" applies "$1" "$2"; }
may_not_post() { fails_with "is forbidden" as_operator create -f <("$1" "$2"); }

installs() { "$HELM" install modelport "$CHART" -n "$NS" --create-namespace -f "$SCRATCH/anywhere.yaml" --set startupCheck.enabled=false "$@"; }

watches_its_own() {
  local flag
  flag=--field-selector=metadata.name=modelport
  [[ $(as_operator get validatingwebhookconfigurations "$flag" -o name) == */modelport ]] || return 1
  fails_with "is forbidden" as_operator get validatingwebhookconfigurations
}
may() { # may yes|no WORDS...
  local want=$1 got
  shift
  got=$("$KUBECTL" auth can-i "$@" --as "$ACCOUNT" 2>/dev/null)
  [[ $got == "$want" ]] || { echo "can-i $*: $got"; return 1; }
}
no_more_rights() {
  local bad=0 question
  while read -r question; do
    # shellcheck disable=SC2086
    may no $question || bad=1
  done <<EOF
list secrets -A
get secrets -n default
create pods -n default
create pods -n default --subresource=exec
update nodes
patch nodes --subresource=status
delete modeldeployments.modelport.dev -n default
patch modeldeployments.modelport.dev -n default
patch licensees.modelport.dev
create clusterroles.rbac.authorization.k8s.io
bind clusterroles.rbac.authorization.k8s.io
impersonate users
create serviceaccounts -n default --subresource=token
EOF
  return $bad
}

# The start-up check's own rights, by its own token, because its account impersonates.
check_rights_up() {
  "$HELM" template modelport "$CHART" -n "$NS" --kube-version 1.37.2 --show-only templates/startup-check/rbac.yaml | "$KUBECTL" apply -f - || return 1
  local server
  server=$("$KUBECTL" config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
  "$KUBECTL" config view --raw --minify -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}' | base64 -d >"$SCRATCH/ca.pem"
  "$KUBECTL" create token modelport-startup-check -n "$NS" >"$SCRATCH/token" || return 1
  printf '%s\n' "$server" >"$SCRATCH/server"
}
as_check() {
  "$KUBECTL" --kubeconfig=/dev/null --server="$(cat "$SCRATCH/server")" --certificate-authority="$SCRATCH/ca.pem" --token="$(cat "$SCRATCH/token")" "$@"
}
dry() { as_check "$@" create --validate=false --dry-run=server -f -; }
as_node=(--as=system:node:modelport-startup-check --as-group=system:nodes)
proves_node_restriction() {
  fails_with "is not allowed to set the following labels" dry "${as_node[@]}" < <(node modelport-startup-check startup-check.node-restriction.kubernetes.io/probe) &&
    dry "${as_node[@]}" < <(node modelport-startup-check example.com/probe)
}
is_no_other_node() {
  fails_with "cannot impersonate" dry --as=system:node:other --as-group=system:nodes < <(node other example.com/probe) &&
    fails_with "cannot impersonate" as_check "${as_node[@]}" --as-group=system:masters get nodes
}
creates_dry_in_one_namespace() {
  fails_with "is forbidden" dry < <(deployment probe kube-system) || return 1
  "$KUBECTL" auth can-i create modeldeployments.modelport.dev -n default --as "$CHECK"
}

fails_when_the_check_fails() { # no node fits: the check cannot start, and the release fails
  fails_with "post-upgrade hooks failed" "$HELM" upgrade modelport "$CHART" -n "$NS" --reuse-values \
    --set startupCheck.enabled=true --set nodeSelector.no=where --timeout 10s
}
check_left_no_rights() {
  local bad=0
  for object in "clusterrole" "clusterrolebinding" "role -n default" "rolebinding -n default" "serviceaccount -n $NS"; do
    # shellcheck disable=SC2086
    "$KUBECTL" get $object modelport-startup-check 2>/dev/null && bad=1
  done
  return $bad
}
the_failed_check_can_be_read() { "$KUBECTL" get job modelport-startup-check -n "$NS"; }

upgrades() { "$HELM" upgrade modelport "$CHART" -n "$NS" --reset-values -f "$SCRATCH/anywhere.yaml" --set startupCheck.enabled=false; }

second_is_refused() {
  fails_with "cannot be imported into the current release" "$HELM" install other "$CHART" -n "$NS-other" --create-namespace --set startupCheck.enabled=false
}

starts_a_model() {
  local uid
  deployment chart-test default | "$KUBECTL" apply -f - || return 1
  uid=$("$KUBECTL" get modeldeployment chart-test -n default -o 'jsonpath={.metadata.uid}')
  as_operator apply --server-side --field-manager=modelport -f - <<EOF
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chart-test
  namespace: default
  ownerReferences: [{apiVersion: modelport.dev/v1alpha1, kind: ModelDeployment, name: chart-test, uid: "$uid", controller: true}]
spec:
  selector: {matchLabels: {app: chart-test}}
  template:
    metadata: {labels: {app: chart-test}}
    spec: {tolerations: [{operator: Exists}], containers: [{name: engine, image: "example.invalid/engine:1"}]}
EOF
}
# typed COMMAND [MORE]: a command of README.md or docs/install.md to the letter, which tests/commands.rs compares.
typed() {
  local bin=$SCRATCH/bin
  mkdir -p "$bin" && ln -sf "$(command -v "$HELM")" "$bin/helm" && ln -sf "$(command -v "$KUBECTL")" "$bin/kubectl" || return 1
  PATH=$bin:$PATH bash -c "$1 ${2:-}"
}
fresh_namespace() { "$KUBECTL" delete namespace "$NS" --ignore-not-found; }
a_policy_is_there() {
  printf 'apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {name: chart-test}\nspec: {namespaces: [default], admission: Deny}\n' | "$KUBECTL" apply -f -
}
admission_of_the_policy_is() { [[ $("$KUBECTL" get modelpolicy chart-test -o 'jsonpath={.spec.admission}') == "$1" ]]; }
admission_is_there() {
  local name
  applies webhook modelport || return 1
  for name in pods templates scale nodes waivers; do applies policy modelport-$name && applies binding modelport-$name || return 1; done
}
no_admission_is_left() { gone validatingwebhookconfiguration modelport && gone validatingadmissionpolicybinding modelport-nodes; }
replicas_are() { [[ $("$KUBECTL" get deployment modelport -n "$NS" -o 'jsonpath={.spec.replicas}') == "$1" ]]; }
no_kind_is_left() { ! "$KUBECTL" get crd -o name | grep modelport.dev; }

uninstalls() { "$HELM" uninstall modelport -n "$NS"; }
leaves_no_admission() {
  gone validatingwebhookconfiguration modelport && gone validatingadmissionpolicy modelport-pods && gone validatingadmissionpolicy modelport-waivers &&
    gone validatingadmissionpolicybinding modelport-pods && gone secret modelport-webhook-tls -n "$NS" && gone lease modelport -n "$NS"
}
leaves_the_model() {
  sleep 3 # garbage collection had its chance
  "$KUBECTL" get modeldeployment chart-test -n default && "$KUBECTL" get deployment chart-test -n default
}

clean_up() {
  "$HELM" uninstall modelport -n "$NS"
  "$KUBECTL" delete modeldeployment chart-test -n default
  "$KUBECTL" delete namespace "$NS" "$NS-other" --wait=false
  "$HELM" template modelport "$CHART" -n "$NS" --kube-version 1.37.2 --show-only templates/startup-check/rbac.yaml | "$KUBECTL" delete -f -
  "$KUBECTL" delete -f "$CHART/files/crds"
  "$KUBECTL" delete -f deploy/install.yaml
}

"$KUBECTL" get --raw /readyz >/dev/null || { echo "FAIL  no Kubernetes answers: set KUBECONFIG"; echo "0 passed, 1 failed"; exit 1; }
if "$KUBECTL" get crd modeldeployments.modelport.dev >/dev/null 2>&1; then
  echo "FAIL  this cluster has Modelport already; the test would remove it"; echo "0 passed, 1 failed"; exit 1
fi
trap 'clean_up >/dev/null 2>&1; rm -rf "$SCRATCH"' EXIT

test_that "the README's install is accepted" typed 'helm install modelport charts/modelport -n modelport-system --create-namespace --set image.repository=registry.example.com/team/modelport' --dry-run=server
test_that "the page's install is accepted" typed 'helm install modelport charts/modelport --namespace modelport-system --create-namespace --set image.repository=registry.example.com/ai/modelport' --dry-run=server
test_that "the page's install with one replica is accepted" typed 'helm install modelport charts/modelport -n modelport-system --create-namespace --set replicas=1' --dry-run=server
test_that "the namespace for the host's network is made" typed 'kubectl create namespace modelport-system'
test_that "and labelled" typed 'kubectl label namespace modelport-system pod-security.kubernetes.io/enforce=privileged'
test_that "the page's install in the host's network is accepted" typed 'helm install modelport charts/modelport -n modelport-system --set image.repository=registry.example.com/ai/modelport --set hostNetwork=true --set webhook.port=10260 --set health.port=10261' --dry-run=server
test_that "the namespace goes again" fresh_namespace

test_that "the chart installs" installs
test_that "the operator applies its webhook configuration" applies webhook modelport
test_that "the operator applies its policy" applies policy modelport-pods
test_that "the operator applies its binding" applies binding modelport-pods
test_that "the operator applies its certificate Secret" applies secret modelport-webhook-tls
test_that "the operator applies its lease" applies lease modelport
test_that "the operator may not apply a webhook configuration of another name" may_not_apply webhook another
test_that "the operator may not post a webhook configuration" may_not_post webhook modelport
test_that "the operator may not apply a policy of another name" may_not_apply policy another
test_that "the operator may not apply a Secret of another name" may_not_apply secret another
test_that "the operator watches its own webhook configuration and no other" watches_its_own
test_that "the operator may patch a node" may yes patch nodes
test_that "the operator may evict a pod" may yes create pods -n default --subresource=eviction
test_that "the operator has none of the rights that lead further" no_more_rights
test_that "Helm upgrades after the operator has written its admission" upgrades

test_that "the start-up check gets its rights" check_rights_up
test_that "the start-up check proves that NodeRestriction is on" proves_node_restriction
test_that "the start-up check is no other node, and no administrator" is_no_other_node
test_that "the start-up check creates ModelDeployments in one namespace only" creates_dry_in_one_namespace
test_that "a release fails when the start-up check does" fails_when_the_check_fails
test_that "a failed start-up check leaves no rights" check_left_no_rights
test_that "a failed start-up check can be read" the_failed_check_can_be_read
test_that "the next upgrade mends it" upgrades

test_that "a second release is refused" second_is_refused
test_that "a model runs" starts_a_model
test_that "the chart uninstalls" uninstalls
test_that "uninstall leaves no webhook, policy, certificate or lease" leaves_no_admission
test_that "uninstall leaves the model running" leaves_the_model
test_that "the chart installs again over the kinds that were kept" installs

test_that "one looks at the nodes" typed 'kubectl get nodes -L modelport.dev.node-restriction.kubernetes.io/country'
test_that "one looks at the models" typed 'kubectl get modeldeployments -A'
test_that "the page's upgrade works" typed 'helm upgrade modelport charts/modelport -n modelport-system --reset-then-reuse-values'
test_that "the page's rollback works" typed 'helm rollback modelport -n modelport-system'
test_that "and the operator rolls out" typed 'kubectl -n modelport-system rollout status deployment/modelport' --timeout=60s
test_that "a policy refuses at the door" a_policy_is_there
test_that "it is told to warn only" typed "kubectl patch modelpolicy chart-test --type=merge -p '{\"spec\":{\"admission\":\"Warn\"}}'"
test_that "and does" admission_of_the_policy_is Warn
test_that "admission is registered" admission_is_there
test_that "the operator is turned off" typed 'kubectl -n modelport-system scale deployment modelport --replicas=0'
test_that "its pods go" typed 'kubectl -n modelport-system wait --for=delete pod -l app.kubernetes.io/name=modelport --timeout=90s'
test_that "its webhook is deleted" typed 'kubectl delete validatingwebhookconfiguration modelport'
test_that "its policies are off" typed 'kubectl delete validatingadmissionpolicybinding modelport-pods modelport-templates modelport-scale modelport-nodes'
test_that "nothing of admission is left" no_admission_is_left
test_that "the operator is turned on again" typed 'kubectl -n modelport-system scale deployment modelport --replicas=2'
test_that "with its replicas" replicas_are 2
test_that "the page's uninstall works" typed 'helm uninstall modelport -n modelport-system'
test_that "every model is deleted" typed 'kubectl delete modeldeployments --all --all-namespaces'
test_that "the kinds are deleted" typed 'kubectl delete crd modeldeployments.modelport.dev licensees.modelport.dev modellicenses.modelport.dev modelpolicies.modelport.dev inferenceruntimes.modelport.dev waivers.modelport.dev'
test_that "none is left" no_kind_is_left
test_that "it is installed without Helm" typed 'kubectl apply --server-side -f deploy/install.yaml'
test_that "and rolls out" typed 'kubectl -n modelport-system rollout status deployment/modelport' --timeout=60s

finish
