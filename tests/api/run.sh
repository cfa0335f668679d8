#!/usr/bin/env bash
# The operator on a real API server with fake nodes: what people type wrong, what is written and how often, and what
# happens when the operator or the webhook configuration goes away; who may waive what (waivers.sh); ways out of a stop
# (escapes.sh); what kubectl prints for each kind of term of a licence (tests/webhook). The operator runs outside of the
# cluster, under its own account with the rights of the chart. Where pods stand, and stay, also while the API server is
# away, is held.sh.
#
#   tests/api/run.sh           on a cluster of its own, named test, which goes afterwards
#   tests/api/run.sh NAME      on the cluster NAME (tier fake), which KUBECONFIG points at
#
# The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/api/lib.sh
source tests/api/lib.sh
# shellcheck source=tests/api/doors.sh
source tests/api/doors.sh
# shellcheck source=tests/api/waivers.sh
source tests/api/waivers.sh
# shellcheck source=tests/webhook/cases.sh
source tests/webhook/cases.sh
# shellcheck source=tests/api/bypass.sh
source tests/api/bypass.sh
# shellcheck source=tests/api/escapes.sh
source tests/api/escapes.sh
start_cluster "$@"

# ---- nodes ------------------------------------------------------------------

administrator_labels_a_node() { kubectl label node ali-hz-a10-1 $COUNTRY=SG; }
one_write_a_node() {
  local twice
  twice=$(writes 'resource=nodes' | sort | uniq -c | awk '$1 > 1')
  [[ -z $twice ]] || { echo "$twice"; return 1; }
  [[ $(count resource=nodes) -ge 10 ]] || { echo "only $(count resource=nodes) writes"; return 1; }
}
administrators_label_is_kept() {
  [[ $(kubectl get node ali-hz-a10-1 -o "jsonpath={.metadata.labels.${COUNTRY//./\\.}}/{.metadata.labels.${SOURCE//./\\.}}") == SG/ ]] ||
    { kubectl get node ali-hz-a10-1 --show-labels; return 1; }
}
a_kubelet_may_not() {
  local out
  out=$(kubectl --as=system:node:ali-hz-a10-2 --as-group=system:nodes label --overwrite node ali-hz-a10-2 $COUNTRY=SG 2>&1) && { echo "it was let"; return 1; }
  grep -qE "is not allowed to modify labels|say where a node stands" <<<"$out" || { echo "$out"; return 1; }
}

# ---- the kinds of another version ---------------------------------------------

OLD="modeldeployments.modelport.dev is older than this version: it lacks status.obligations"
MEND="kubectl apply --server-side --force-conflicts -f crds/"
a_kind_is_old() {
  kubectl patch crd modeldeployments.modelport.dev --type=json \
    -p '[{"op": "remove", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/obligations"}]'
}
it_says_what_is_old() {
  operator_launches
  within 20 readyz_says "$OLD" && readyz_says "$MEND" && grep -qF "$MEND" <(grep -F "$OLD" "$OPERATOR_LOG") || return 1
  startup_check "$OLD" --node-restriction=false
}
readyz_says() { local out; out=$(inside curl -s http://127.0.0.1:8081/readyz); grep -qF -- "$1" <<<"$out" || { echo "it says: $out"; return 1; }; }
it_wrote_nothing_of_a_model() { sleep 2; wrote 0 'resource=(deployments|services|poddisruptionbudgets|controllerrevisions|modeldeployments|licensees|modelpolicies)'; }
the_kinds_are_mended() { kubectl apply --server-side --force-conflicts -f crds/ && within 20 operator_is_ready; }
unreachable_is_told() { startup_check "The API server cannot reach the operator's webhook: " --node-restriction=false; }
admission_answers() {
  local out
  out=$(inside "$MODELPORT" startup-check --timeout 20s 2>&1) || { echo "$out"; return 1; }
}

# ---- one deployment ------------------------------------------------------------

rights() { kubectl create namespace demo && kubectl create namespace tight && kubectl create namespace soft && kubectl create rolebinding tenant --clusterrole=edit --user=tenant -n demo; }
one_is_applied() { mark; model one "scaling: {replicas: 2}" | kubectl apply -f -; }
four_writes() {
  wrote 1 'resource=deployments' && wrote 1 'resource=services' && wrote 1 'resource=poddisruptionbudgets' && wrote 1 'resource=controllerrevisions'
}
few_statuses() {
  local n
  n=$(count 'resource=modeldeployments.*subresource=status')
  [[ $n -ge 1 && $n -le 8 ]] || { echo "$n writes of the status"; writes status; return 1; }
}
nothing_more() { # nothing_more SECONDS
  mark
  sleep "$1"
  wrote 0
}
replicas_of_one() { [[ $(kubectl get deployment one -n demo -o 'jsonpath={.spec.replicas}') == "$1" ]] || { kubectl get deployment one -n demo; return 1; }; }
templates_of_one() { kubectl get replicasets -n demo -l modelport.dev/model-deployment=one -o name | wc -l; }
one_template() { [[ $(templates_of_one) -eq 1 ]] || { echo "$(templates_of_one) templates"; return 1; }; }
tenant_edit() { # tenant_edit COMMAND...: refused, and the ModelDeployment is named
  local out
  out=$(kubectl --as tenant -n demo "$@" 2>&1) && { echo "it was let: $out"; return 1; }
  grep -q "kubectl edit mpd one" <<<"$out" || { echo "$out"; return 1; }
}
tenant_scale() { # tenant_scale WHAT: refused, and the ModelDeployment is named
  local out
  out=$(kubectl --as tenant -n demo scale "$1" --replicas=7 2>&1) && { echo "it was let: $out"; return 1; }
  grep -q "kubectl scale mpd one --replicas=N" <<<"$out" || { echo "$out"; return 1; }
}
tenant_scales_a_replicaset() { tenant_scale "$(kubectl get replicasets -n demo -l modelport.dev/model-deployment=one -o name | head -1)"; }
tenant_scales_their_own() {
  kubectl create deployment plain --image=example.invalid/web:1 -n demo && kubectl --as tenant -n demo scale deployment plain --replicas=2 &&
    kubectl delete deployment plain -n demo
}
autoscaler_scales_and_it_is_put_back() {
  kubectl --as system:serviceaccount:kube-system:horizontal-pod-autoscaler --as-group system:masters -n demo scale deployment one --replicas=7 &&
    within 20 replicas_of_one 2
}
lease_is_owned() { [[ $(kubectl get lease modelport -n $SYSTEM -o 'jsonpath={.metadata.ownerReferences[*].kind}/{.metadata.ownerReferences[*].name}') == ClusterRole/modelport-admission ]] || { kubectl get lease modelport -n $SYSTEM -o yaml; return 1; }; }
other_manager_annotates() {
  mark
  printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: one, namespace: demo, annotations: {example.com/note: hello}}\n' |
    kubectl apply --server-side --field-manager=other -f - && sleep 4 && wrote 0 &&
    [[ $(kubectl get deployment one -n demo -o 'jsonpath={.metadata.annotations.example\.com/note}') == hello ]]
}
other_manager_may_not_take() {
  local out
  out=$(printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: one, namespace: demo}\nspec: {template: {spec: {nodeSelector: {a: b}}}}\n' |
    kubectl apply --server-side --force-conflicts --field-manager=other -f - 2>&1) && { echo "it was let"; return 1; }
  grep -q "kubectl edit mpd one" <<<"$out" || { echo "$out"; return 1; }
}
a_foreign_pod_may_not_wear_our_label() {
  local out
  out=$(printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: demo, labels: {modelport.dev/model-deployment: one}}\nspec: {containers: [{name: c, image: x}]}\n' |
    kubectl --as tenant apply -f - 2>&1) && { echo "it was let"; return 1; }
  grep -q "kubectl edit mpd one" <<<"$out" || { echo "$out"; return 1; }
}
a_deleted_child_comes_back() { kubectl delete "$1" one -n demo && within 20 kubectl get "$1" one -n demo; }
one_goes_with_its_children() {
  kubectl delete mpd one -n demo --wait=false && within 40 sh -c '! kubectl get deployment one -n demo 2>/dev/null && ! kubectl get service one -n demo 2>/dev/null'
}

# ---- what people type wrong ------------------------------------------------------

LLAMA='model: {source: "hf://meta-llama/Llama-2-7b-chat-hf"}'
unknown_field() { model x "modle: {}" | refused 'unknown field "spec.modle"'; }
wrong_type() { model x "scaling: {replicas: many}" | refused 'must be of type integer'; }
empty_source() { model x 'model: {source: ""}' | refused 'spec.model.source'; }
long_source() { model x "model: {source: \"hf://$(head -c 10000 </dev/zero | tr '\0' a)\"}" | refused 'spec.model.source'; }
dots() { model x 'model: {source: "hf://a/../b"}' | refused "'..' is not part of an address"; }
other_scheme() { model x 'model: {source: "ftp://a/b"}' | refused 'starts with hf://' && model x 'model: {source: Qwen/Qwen3-8B}' | refused 'is written hf://org/name'; }
long_name() { model "$(head -c 53 </dev/zero | tr '\0' a)" | refused 'at most 52 characters' && model s6.a | refused 'its Service takes the name'; }
unquoted_no() { model x 'placement: {allow: {countries: [NO]}}' | refused 'uote'; }
unknown_country() { model x 'placement: {allow: {countries: [ZZ]}}' | refused 'CountryUnknown'; }
unknown_provider() { model x 'placement: {allow: {providers: [awz]}}' | refused 'PlaceUnknown'; }
allowed_and_denied() { model x 'placement: {allow: {countries: [CN]}, deny: {countries: [CN]}}' | refused 'PlaceContradicts'; }
empty_list() { model x 'usage: {serves: []}' | refused 'spec.usage.serves'; }
none_and_more() { model x 'usage: {sectors: [none, military]}' | refused 'write either [none] or the sectors'; }
replicas_and_min() { model x 'scaling: {replicas: 1, min: 1, max: 2}' | refused 'write replicas, or min and max'; }
place_by_selector() { model x "placement: {nodeSelector: {$COUNTRY: CN}}" | refused 'places are written in placement.allow'; }
runtime_missing() { model no-runtime 'runtime: {name: tgi}' | accepted RuntimeMissing && becomes mpd/no-runtime ModelReady False/RuntimeMissing && no_pods no-runtime; }
runtime_unfit() { model unfit 'runtime: {name: vllm}' | accepted RuntimeUnfit && becomes mpd/unfit ModelReady False/RuntimeUnfit; }
argument_not_listed() { model arg 'runtime: {arguments: {model: /etc/passwd}}' | accepted ArgumentNotListed && becomes mpd/arg ModelReady False/ArgumentNotListed; }
TAG='model: {source: "oci://r.example.com/m:1", name: Qwen/Qwen3-8B}'
# The pods of fake nodes have no last word: the answer itself is registry.sh's.
tag_is_asked() { mark; model tag "$TAG" | kubectl apply -f - && becomes mpd/tag ModelReady False/DigestResolving && no_pods tag && within 10 jobs_of_tag 1 && wrote 1 'resource=jobs'; }
jobs_of_tag() { [[ $(kubectl get jobs -n demo -l modelport.dev/digest-of=tag -o name | wc -l) -eq $1 ]] || { kubectl get jobs -n demo; return 1; }; }
tag_is_pinned() {
  kubectl patch mpd tag -n demo --type=merge -p "{\"spec\":{\"model\":{\"digest\":\"sha256:$(printf '%064d' 0)\"}}}" &&
    within 20 kubectl get deployment tag -n demo && within 20 jobs_of_tag 0
}
tag_under_a_quota() {
  kubectl create quota no-jobs --hard=count/jobs.batch=0 -n tight && within 10 quota_counts || return 1
  NS=tight model tag "$TAG" | kubectl apply -f - && becomes mpd/tag ModelReady False/DigestMissing tight &&
    kubectl get mpd tag -n tight -o 'jsonpath={.status.conditions[?(@.type=="ModelReady")].message}' | grep -F 'is not let into the namespace' | grep -F 'exceeded quota: no-jobs' &&
    kubectl delete mpd tag -n tight && kubectl delete quota no-jobs -n tight
}
quota_counts() { [[ -n $(kubectl get quota no-jobs -n tight -o 'jsonpath={.status.hard}') ]]; }
scheme_not_built() { model s3 'model: {source: "s3://bucket/m", name: Qwen/Qwen3-8B}' | accepted NotBuiltYet && becomes mpd/s3 ModelReady False/NotBuiltYet; }
no_pods() { ! kubectl get deployment "$1" -n "${2:-demo}" 2>/dev/null; }
licensee() { fact Licensee "$1" "namespaces: [$2]" 'kind: company' 'seat: US' "${@:3}"; }
bad_period() { licensee bad nowhere 'metrics: [{name: monthly-active-users, scope: group, value: 1, period: last-year}]' | refused 'a period is a month'; }
negative() { licensee bad nowhere 'metrics: [{name: monthly-active-users, scope: group, value: -5, period: "2024"}]' | refused 'a figure is never negative'; }
value_and_bound() { licensee bad nowhere 'metrics: [{name: monthly-active-users, scope: group, value: 5, atMost: 9, period: "2024"}]' | refused 'write one of value, atMost, atLeast'; }
covers_nothing() { licensee bad nowhere 'accepted: [{name: a, who: me, when: 2026-01-01, covers: {}}]' | refused 'accepted[0].covers'; }
no_selection() { printf 'apiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {name: bad}\nspec: {kind: company}\n' | refused 'write exactly one of namespaces'; }
unquoted_seat() { fact Licensee norway 'namespaces: [oslo]' 'kind: company' "seat: $(head -c 65 </dev/zero | tr '\0' a)" | refused spec.seat && fact Licensee norway 'namespaces: [oslo]' 'kind: company' 'seat: NO' | kubectl apply -f - && becomes licensee/norway Ready False/CountryUnknown && says licensee/norway Ready False && kubectl delete licensee norway; }
two_licensees() {
  licensee one demo | kubectl apply -f - && licensee two demo | kubectl apply -f - || return 1
  within 10 kubectl get licensee two
  model two "$LLAMA" | accepted LicenseeConflict && becomes mpd/two Ready False/LicenseeConflict && no_pods two && kubectl delete licensee one two
}
unguarded_selector() {
  printf 'apiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {name: loose}\nspec: {namespaceSelector: {matchLabels: {team: a}}, kind: company, seat: US}\n' | kubectl apply -f - &&
    becomes licensee/loose Ready True/SelectorUnguarded && kubectl delete licensee loose
}
bad_license() { fact ModelLicense odd 'license: LicenseRef-odd' 'terms: {id: LicenseRef-odd, conditions: [{id: c, sentence: asks something, when: {anyOf: [{moonPhase: full}]}}]}' | refused moonPhase; }
foreign_deployment() {
  kubectl create deployment foreign --image=example.invalid/web:1 -n demo || return 1
  local before after
  before=$(kubectl get deployment foreign -n demo -o 'jsonpath={.metadata.generation}/{.spec}')
  model foreign | kubectl apply -f - && becomes mpd/foreign Ready False/ForeignObject || return 1
  after=$(kubectl get deployment foreign -n demo -o 'jsonpath={.metadata.generation}/{.spec}')
  [[ $before == "$after" ]] || { echo "it was changed: $after"; return 1; }
}
foreign_goes_and_it_runs() { kubectl delete deployment foreign -n demo && becomes mpd/foreign Ready True/Serving demo 150; }
foreign_service() {
  kubectl create service clusterip taken --tcp=80:80 -n demo && model taken | kubectl apply -f - && becomes mpd/taken Ready False/ForeignObject || return 1
  [[ $(kubectl get service taken -n demo -o 'jsonpath={.spec.ports[0].port}') == 80 ]]
}

webhook_is_sent() { # webhook_is_sent CODE: standard input as a body
  local code
  code=$(inside curl -sk -o /dev/null -w '%{http_code}' --data-binary @- https://127.0.0.1:9443/validate)
  [[ $code == "$1" ]] || { echo "answered $code"; return 1; }
}
garbage() { head -c 4096 /dev/urandom | webhook_is_sent 400; }
nothing() { webhook_is_sent 400 </dev/null; }
ten_megabytes() {
  head -c 10485760 /dev/zero >"$SCRATCH/10mb"
  webhook_is_sent 413 <"$SCRATCH/10mb" && operator_is_ready && webhook_is_sent 400 </dev/null
}

# ---- a folder, as Flux applies it -------------------------------------------------

folder() { # folder NAMESPACE
  fact ModelPolicy "flux-$1" "namespaces: [$1]" "admission: $2" 'regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}'
  echo ---
  licensee "flux-$1" "$1" 'metrics: [{name: monthly-active-users, scope: group, atMost: 10, period: 2023-01/2026-10}]' \
    'accepted: [{name: llama, who: legal@acme.example, when: 2026-11-02, covers: {all: Yes}}]' \
    "filings: [{name: cac, rule: cn-genai-filing, who: legal@acme.example, when: 2026-11-20, covers: {services: [$1/bot]}}]"
  echo ---
  NS=$1 model bot "$LLAMA" 'usage: {audience: public, serves: [CN]}' 'placement: {allow: {countries: [CN]}}' 'accelerators: {product: NVIDIA-A10, count: 1}'
}
flux_applies() { # flux_applies NAMESPACE MODE: dry-run of all, then all
  folder "$1" "$2" >"$SCRATCH/folder.yaml"
  kubectl apply --server-side --dry-run=server --field-manager=kustomize-controller -f "$SCRATCH/folder.yaml" || return 1
  kubectl apply --server-side --field-manager=kustomize-controller -f "$SCRATCH/folder.yaml" || return 1
  becomes mpd/bot Eligible True/Allowed "$1" && within 30 kubectl get deployment bot -n "$1"
}
flux_changes_nothing_the_second_time() {
  mark
  kubectl apply --server-side --field-manager=kustomize-controller -f "$SCRATCH/folder.yaml" && sleep 3 && wrote 0
}
under_deny() { NS=tight model chat "$LLAMA" 'usage: {audience: public, serves: [CN]}' 'placement: {allow: {countries: [CN]}}' | refused FilingMissing; }
under_deny_dry() { NS=tight model chat "$LLAMA" 'usage: {audience: public, serves: [CN]}' 'placement: {allow: {countries: [CN]}}' | refused FilingMissing --dry-run=server; }
under_warn() { NS=soft model chat "$LLAMA" 'usage: {audience: public, serves: [CN]}' 'placement: {allow: {countries: [CN]}}' | accepted FilingMissing && becomes mpd/chat Eligible True soft && no_pods chat soft; }
audited() { grep -q 'modeldeployments.modelport.dev/verdict":"Refused"' <(grep -F '"name":"chat"' "$AUDIT"); }

# ---- what goes away -----------------------------------------------------------------

restart() { mark; operator_stops && operator_starts && sleep 8 && wrote 0 'resource=(deployments|services|poddisruptionbudgets|controllerrevisions|nodes)'; }
a_pod_returns_while_the_operator_is_down() {
  operator_is_killed
  kubectl delete pods -n demo -l modelport.dev/model-deployment=one --wait=false && within 40 pods_of_one 2
  local rc=$?
  operator_starts && return $rc
}
pods_of_one() { [[ $(kubectl get pods -n demo -l modelport.dev/model-deployment=one --field-selector=status.phase=Running -o name | wc -l) -eq $1 ]]; }
killed_at_any_moment() {
  local n
  for n in 1 2 3; do
    model "killed-$n" "scaling: {replicas: 2}" | kubectl apply -f - || return 1
    sleep "0.$((RANDOM % 9))"
    operator_is_killed
    operator_starts || return 1
  done
  for n in 1 2 3; do becomes "mpd/killed-$n" Ready True/Serving demo 40 || return 1; done
}
configuration_comes_back() { kubectl delete validatingwebhookconfiguration modelport && within 15 kubectl get validatingwebhookconfiguration modelport; }
policy_comes_back() { kubectl delete validatingadmissionpolicy modelport-pods && within 15 kubectl get validatingadmissionpolicy modelport-pods; }
while_it_was_away_no_pod_came() {
  operator_is_killed
  unreachable_is_told || return 1
  kubectl delete validatingwebhookconfiguration modelport || return 1
  NS=tight model sneaky "$LLAMA" 'usage: {audience: public, serves: [CN]}' 'placement: {allow: {countries: [CN]}}' | kubectl apply -f - || return 1
  operator_starts && becomes mpd/sneaky Ready False/FilingMissing tight && no_pods sneaky tight && kubectl get validatingwebhookconfiguration modelport
}
# ---- certificates, and the next release --------------------------------------------

HELM_FLAGS=(modelport charts/modelport -n $SYSTEM --set startupCheck.enabled=false)
helm_takes_over() { helm install "${HELM_FLAGS[@]}" --take-ownership; }
of_secret() { kubectl get secret modelport-webhook-tls -n $SYSTEM -o "jsonpath={.data.$1}"; }
bundle() { kubectl get validatingwebhookconfiguration modelport -o 'jsonpath={.webhooks[0].clientConfig.caBundle}' | base64 -d; }
ends_soon() { # ends_soon KEY: as if the certificate of that key ended tomorrow
  kubectl patch secret modelport-webhook-tls -n $SYSTEM --type=merge \
    -p "{\"data\": {\"$1\": \"$(date -u -d '+1 day' +%FT%TZ | base64)\"}}"
}
is_another() { local now; now=$(of_secret "$1"); [[ -n $now && $now != "$2" ]] || { echo "$1 is the same"; return 1; }; }
certificates_in_the_bundle() { local n; n=$(bundle | grep -c BEGIN); [[ $n -eq $1 ]] || { echo "$n certificates"; return 1; }; }
serves_under_the_bundle() {
  bundle >"$SCRATCH/bundle.pem"
  [[ $(inside curl -s --cacert "$SCRATCH/bundle.pem" -o /dev/null -w '%{http_code}' -d x https://127.0.0.1:9443/validate) == 400 ]] &&
    [[ $(inside curl -sk -o /dev/null -w '%{certs}' https://127.0.0.1:9443/validate | sed -n '/BEGIN/,/END/p') == "$(of_secret 'tls\.crt' | base64 -d)" ]]
}
renews() { # renews KEY PEM NUMBER: what ends soon is made anew, and is served under a bundle of so many authorities
  local before
  before=$(of_secret "$2")
  ends_soon "$1" && within 20 is_another "$2" "$before" && within 20 certificates_in_the_bundle "$3" && within 20 serves_under_the_bundle && admission_answers
}
upgrades_without_a_conflict() {
  local before out
  before=$(bundle)
  out=$(helm upgrade "${HELM_FLAGS[@]}" --set log.level=debug 2>&1) || { echo "$out"; return 1; }
  [[ $(bundle) == "$before" ]] || { echo "the upgrade changed the webhook's authorities"; return 1; }
  admission_answers
}

# ---- what goes away, again ----------------------------------------------------------

stops_in_time() { local from=$SECONDS; operator_stops; [[ $((SECONDS - from)) -le 15 ]] || { echo "$((SECONDS - from)) s"; return 1; }; }
decisions_are_json() { local bad; bad=$(grep -cv '^{"log":"decision",.*}$' "$SCRATCH/decisions.log"); [[ $bad -eq 0 && $(wc -l <"$SCRATCH/decisions.log") -gt 10 ]] || { echo "$bad odd lines"; return 1; }; }

test_that "the chart's kinds, account and rights are there" install_rights
test_that "namespaces and a tenant are there" rights
test_that "an administrator writes a node's country" administrator_labels_a_node
mark
test_that "a kind of an older version is there" a_kind_is_old
test_that "the operator says which, what it lacks, and the command that mends it" it_says_what_is_old
test_that "and writes nothing that would be dropped" it_wrote_nothing_of_a_model
test_that "mended, it starts under its own account" the_kinds_are_mended
test_that "the start-up check passes" admission_answers
test_that "the lease is owned by the release" lease_is_owned
test_that "the operator leads" leads_again
test_that "every node whose place can be known is labelled" within 20 every_node_is_labelled
test_that "with one write a node" one_write_a_node
test_that "an administrator's country is kept" administrators_label_is_kept
test_that "a kubelet may not write a node's country" a_kubelet_may_not

test_that "a deployment is applied" one_is_applied
test_that "it serves" becomes mpd/one Ready True/Serving demo 60
test_that "with exactly four writes" four_writes
test_that "and few of its status" few_statuses
test_that "and none in the next 15 s" nothing_more 15
test_that "a tenant's edit of the Deployment is refused and says what to edit" tenant_edit set image deployment/one engine=other
test_that "a tenant's edit of the Service is refused and says what to edit" tenant_edit patch service one --type=merge -p '{"spec":{"selector":{"a":"b"}}}'
test_that "a tenant's pod may not wear our label" a_foreign_pod_may_not_wear_our_label
test_that "a tenant's scale of the Deployment is refused and says what to scale" tenant_scale deployment/one
test_that "a tenant's scale of its ReplicaSet is refused and says what to scale" tenant_scales_a_replicaset
test_that "a tenant's scale of another Deployment is their own business" tenant_scales_their_own
test_that "an autoscaler's scale passes, and is put back where the number is fixed" autoscaler_scales_and_it_is_put_back
test_that "another manager's annotation stays and costs no write" other_manager_annotates
test_that "another manager may not take a field, forced or not" other_manager_may_not_take
test_that "a deleted Service comes back" a_deleted_child_comes_back service
test_that "a deleted Deployment comes back" a_deleted_child_comes_back deployment

test_that "an unknown field is named" unknown_field
test_that "a wrong type is named" wrong_type
test_that "an empty source is refused" empty_source
test_that "a source of 10,000 characters is refused" long_source
test_that "a source with .. is refused" dots
test_that "another scheme, and none, is refused, and the known ones named" other_scheme
test_that "a name too long for its children, or that no Service has, is refused" long_name
test_that "an unquoted NO says: quote it" unquoted_no
test_that "an unknown country is refused" unknown_country
test_that "an unknown provider is refused" unknown_provider
test_that "a country both allowed and denied is refused" allowed_and_denied
test_that "an empty list is refused" empty_list
test_that "none beside something is refused" none_and_more
test_that "replicas beside min and max is refused" replicas_and_min
test_that "a place in nodeSelector is refused" place_by_selector
test_that "a runtime that does not exist is said" runtime_missing
test_that "a runtime that cannot serve the format is said" runtime_unfit
test_that "an argument that the runtime does not list is said" argument_not_listed
test_that "what a tag stands for is asked by one Job, and no pod comes before" tag_is_asked
test_that "written by hand, the digest is taken, and the Job goes" tag_is_pinned
test_that "a namespace that lets no Job in is said" tag_under_a_quota
test_that "a scheme that is not built yet is said" scheme_not_built
test_that "a period that is no period is refused" bad_period
test_that "a negative figure is refused" negative
test_that "a value beside a bound is refused" value_and_bound
test_that "a record that covers nothing is refused" covers_nothing
test_that "a Licensee that selects nothing is refused" no_selection
test_that "a seat too long for any country is refused, and an unquoted one said in the status" unquoted_seat
test_that "two Licensees for one namespace: it waits" two_licensees
test_that "a selector that a tenant may write is reported, and accepted" unguarded_selector
test_that "a licence with a predicate that is not known is refused" bad_license
test_that "a foreign Deployment of the child's name is never seized" foreign_deployment
test_that "a foreign Service of the child's name is never seized" foreign_service
test_that "garbage sent to the webhook is refused" garbage
test_that "nothing sent to the webhook is refused" nothing
test_that "10 MB sent to the webhook are refused" ten_megabytes

test_that "a folder applied as Flux does is admitted under Deny" flux_applies tight Deny
test_that "and costs nothing the second time" flux_changes_nothing_the_second_time
test_that "a refused manifest is denied under Deny" under_deny
test_that "a dry-run of it is denied too" under_deny_dry
test_that "the cluster's audit log has the verdict" audited
test_that "a folder applied as Flux does is admitted under Warn" flux_applies soft Warn
test_that "a refused manifest is stored under Warn, says so, and has no pod" under_warn

door_tests
waiver_tests
escape_tests

test_that "the webhook configuration comes back by itself" configuration_comes_back
test_that "the policy comes back by itself" policy_comes_back
test_that "Helm takes the release over" helm_takes_over
test_that "a certificate that ends soon is renewed, and admission answers" renews 'tls.expires' 'tls\.crt' 1
test_that "so is its authority; both are trusted, and admission answers" renews 'ca.expires' 'ca\.crt' 2
test_that "Helm upgrades after a renewal without a field conflict" upgrades_without_a_conflict
test_that "a restart writes nothing to what runs" restart
test_that "a pod returns while the operator is down" a_pod_returns_while_the_operator_is_down
test_that "killed at any moment, it converges" killed_at_any_moment
test_that "what was stored while it was away gets no pod" while_it_was_away_no_pod_came
test_that "one template, whatever happened" one_template
test_that "what was foreign goes, and the model runs" foreign_goes_and_it_runs
test_that "a deleted deployment goes with its children" one_goes_with_its_children
webhook_tests
test_that "every decision is one line of JSON" decisions_are_json
test_that "nothing panicked" no_panic
test_that "asked to stop, it stops" stops_in_time

finish
