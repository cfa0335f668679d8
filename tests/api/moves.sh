# Sourced by run.sh, after bypass.sh: pods that stand where they may not stand any more, on a real API server with a real
# scheduler; nodes that are lost, join, and contradict themselves; a pool that rests at zero.
# shellcheck shell=bash

held() { # held NAME COUNTRY REPLICAS [SPEC LINE...]
  NS=moved model "$1" 'model: {source: "hf://Qwen/Qwen3-8B"}' 'accelerators: {count: 1}' "scaling: {replicas: $3}" \
    "placement: {allow: {countries: [$2]}}" "${@:4}" | kubectl apply -f -
}
moved_policy() { fact ModelPolicy moved 'namespaces: [moved]' "$@" | kubectl apply -f - && becomes modelpolicy/moved Ready True/Accepted; }
moved_is_there() {
  kubectl create namespace moved && moved_policy 'grace: {place: 1h}' && held mover SG 2 && held still US 1 && held lone SG 1 &&
    becomes mpd/mover Ready True/Serving moved 60 && becomes mpd/still Ready True/Serving moved 60 && becomes mpd/lone Ready True/Serving moved 60
}
first_node() { nodes_of moved "$1" | head -1; }
# As an administrator does who knows better than the cloud: without the source beside it the country is theirs.
relabel() { echo "$1" >>"$SCRATCH/relabelled" && kubectl label --overwrite node "$1" "$COUNTRY=$2" "$SOURCE-"; }
label_is_ours_again() { kubectl label node "$1" "$COUNTRY-" && within 20 has_source "$1"; }
# Those that were relabelled so far, so that the tests after have room in the countries they ask for.
labels_are_ours_again() {
  local node
  for node in $(sort -u "$SCRATCH/relabelled"); do label_is_ours_again "$node" || return 1; done
  : >"$SCRATCH/relabelled"
}
has_source() { [[ -n $(kubectl get node "$1" -o "jsonpath={.metadata.labels.${SOURCE//./\\.}}") ]]; }
leaves() { # leaves NAME NODE: no pod of it stands there
  [[ -z $(nodes_of moved "$1" | grep -x "$2") ]] || { echo "it still stands on $2"; return 1; }
}

a_node_is_relabelled() {
  first_node mover >"$SCRATCH/node"
  relabel "$(cat "$SCRATCH/node")" HK && within 60 leaves mover "$(cat "$SCRATCH/node")" && within 60 stand_in SG 2 moved mover
}
by_eviction() { [[ $(count 'create .*resource=pods .*subresource=eviction|create .*subresource=eviction') -ge 1 ]] || { writes; return 1; }; wrote 0 'delete .*resource=pods'; }
nobody_else_was_touched() { # every write since the mark is about that node, or about what stood on it
  local others stood
  stood=$(touched_by_eviction)
  [[ -n $stood ]] || { echo "nothing was evicted"; return 1; }
  others=$(writes | grep -vE 'resource=(nodes|events|leases)' | grep -vE "name=($stood)( |-|$)")
  [[ -z $others ]] || { echo "besides $stood: $others"; return 1; }
}
touched_by_eviction() { writes 'subresource=eviction' | sed -n 's/.*name=\([a-z]*\)-.*/\1/p' | sort -u | paste -sd'|'; }
told_as_event() { # told_as_event REASON KIND/NAME [NAMESPACE]
  grep -qE "^$1 $2 " <(kubectl get events.events.k8s.io -n "${3:-moved}" -o 'jsonpath={range .items[*]}{.reason} {.regarding.kind}/{.regarding.name} {.note}{"\n"}{end}') ||
    { kubectl get events.events.k8s.io -n "${3:-moved}" -o 'jsonpath={range .items[*]}{.reason} {.regarding.kind}/{.regarding.name}{"\n"}{end}' | sort | uniq -c; return 1; }
}
counted() { # counted OUTCOME
  [[ $(metric "modelport_pod_moves_total{outcome=\"$1\"}" | awk '{print $2}') -ge 1 ]] || { metric modelport_pod_moves; return 1; }
}

newcomer() { # newcomer NAME: a node of AWS in Paris, in which nobody here may stand
  printf 'apiVersion: v1\nkind: Node\nmetadata: {name: %s, labels: {%s: eu-west-3}}\nspec: {providerID: "aws:///eu-west-3a/i-0%s"}\n' "$1" "$REGION" "$1"
}
a_node_joins() {
  sleep 4
  mark
  newcomer newcomer | kubectl apply -f - && within 20 has_source newcomer && sleep 4 && wrote 1 'resource=nodes' && wrote 0 'resource=(modeldeployments|deployments|controllerrevisions)'
}
a_node_reports() { # a heartbeat: its status, and nothing of what is looked at
  mark
  kubectl patch node newcomer --subresource=status --type=merge -p '{"status":{"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","lastHeartbeatTime":"2026-11-26T00:00:00Z"}]}}' && sleep 3 && wrote 0
  local rc=$?
  kubectl delete node newcomer
  return $rc
}

budget() { printf 'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: hold, namespace: moved}\nspec: {minAvailable: 1, selector: {matchLabels: {%s: %s}}}\n' "$LABEL" "$1" | kubectl apply -f -; }
a_budget_holds() {
  labels_are_ours_again || return 1
  first_node lone >"$SCRATCH/node"
  budget lone && within 20 budget_counts && relabel "$(cat "$SCRATCH/node")" HK && becomes mpd/lone Placeable False/MoveHeld moved 60
}
budget_counts() { [[ $(kubectl get pdb hold -n moved -o 'jsonpath={.status.currentHealthy}') == 1 ]]; }
it_names() { # it_names TEXT: in the condition that says where the pods stand
  local got
  got=$(kubectl get mpd lone -n moved -o 'jsonpath={.status.conditions[?(@.type=="Placeable")].message}')
  grep -qF -- "$1" <<<"$got" || { echo "it says: $got"; return 1; }
}
it_stays_and_serves() { nodes_of moved lone | grep -qx "$(cat "$SCRATCH/node")" && says mpd/lone Ready True/MoveHeld moved; }
only_warned_of() { moved_policy 'grace: {place: 15s}' 'whenRefused: Warn' && becomes mpd/lone Placeable False/MoveOverdue moved 60 && it_stays; }
it_stays() { nodes_of moved lone | grep -qx "$(cat "$SCRATCH/node")"; }
its_time_is_over() { moved_policy 'grace: {place: 15s}' && within 60 leaves lone "$(cat "$SCRATCH/node")" && within 60 stand_in SG 1 moved lone; }
by_deletion() { [[ $(count 'delete .*resource=pods') -eq 1 ]] || { writes; return 1; }; }
all_is_well_again() { kubectl delete pdb hold -n moved && labels_are_ours_again && becomes mpd/lone Placeable True moved 30 && becomes mpd/lone Ready True/Serving moved 30; }
two_budgets_hold() { # a tenant's own, beside ours: the API server refuses to evict at all
  first_node mover >"$SCRATCH/node"
  moved_policy 'grace: {place: 20s}' && budget mover && relabel "$(cat "$SCRATCH/node")" HK && becomes mpd/mover Placeable False/MoveHeld moved 60 &&
    within 60 leaves mover "$(cat "$SCRATCH/node")" && within 60 stand_in SG 2 moved mover
  local rc=$?
  kubectl delete pdb hold -n moved && labels_are_ours_again && return $rc
}

a_restart_keeps_its_time() {
  local before
  first_node still >"$SCRATCH/node"
  moved_policy 'grace: {place: 1h}' 'whenRefused: Warn' && relabel "$(cat "$SCRATCH/node")" HK && within 30 is_remembered still || return 1
  before=$(remembered still)
  operator_is_killed
  operator_starts && sleep 3 && [[ $(remembered still) == "$before" || -z $(nodes_of moved still | grep -x "$(cat "$SCRATCH/node")") ]] || { echo "it was $before and is $(remembered still)"; return 1; }
  label_is_ours_again "$(cat "$SCRATCH/node")" && within 60 stand_in US 1 moved still
}
remembered() { kubectl get controllerrevisions -n moved -l "$LABEL=$1" -o 'jsonpath={.items[*].metadata.annotations.modelport\.dev/wrong-since}'; }
is_remembered() { remembered "$1" | grep -qE '20[0-9]{2}-' || { echo "nothing is remembered"; return 1; }; }

a_narrowed_rule_moves_by_rollout() { # the template first: nothing is evicted
  NS=moved model wide 'model: {source: "hf://Qwen/Qwen3-8B"}' 'accelerators: {count: 1}' 'placement: {allow: {countries: [FR]}}' | kubectl apply -f - &&
    becomes mpd/wide Ready True/Serving moved 60 || return 1
  mark
  NS=moved model wide 'model: {source: "hf://Qwen/Qwen3-8B"}' 'accelerators: {count: 1}' 'placement: {allow: {countries: [DE]}}' | kubectl apply -f - &&
    within 60 stand_in DE 1 moved wide && wrote 0 'subresource=eviction'
}
operator_and_node_are_lost() {
  local node
  node=$(first_node mover)
  operator_is_killed
  modelport-cluster --name "$NAME" fake down "$node" && kubectl taint node "$node" node.kubernetes.io/out-of-service=lost:NoExecute || return 1
  within 90 leaves mover "$node" && within 90 stand_in SG 2 moved mover
  local rc=$?
  kubectl taint node "$node" node.kubernetes.io/out-of-service-
  modelport-cluster --name "$NAME" fake up "$node"
  operator_starts && return $rc
}

a_contradiction_is_said() { # evidence says France, the administrator Singapore: the model may stand there, and is told
  relabel aws-par-l4-1 SG && becomes mpd/mover Placeable True/NodeContradiction moved 30 &&
    kubectl get mpd mover -n moved -o 'jsonpath={.status.conditions[?(@.type=="Placeable")].message}' | grep -qF "the administrator's label says SG, the provider-id says FR"
}
contradictions_are_counted() {
  [[ $(metric 'modelport_node_contradictions{kind="administrator"}' | awk '{print $2}') -ge 1 ]] || { metric modelport_node_contradictions; return 1; }
  metric modelport_node_contradictions | grep -q aws-par && return 1
  return 0
}
who_could_not_stand_there_is_not_told() { says mpd/wide Placeable True/NodesFit moved; }
taken_back_it_is_silent() { label_is_ours_again aws-par-l4-1; }

a_pool_at_rest() {
  [[ -z $(kubectl get nodes -l "$COUNTRY=JP" -o name) ]] || { echo "there are nodes in Japan"; return 1; }
  held tokyo JP 1 'model: {source: "hf://Qwen/Qwen3-8B"}' && becomes mpd/tokyo Ready True/Serving moved 90 && stand_in JP 1 moved tokyo
}

# ---- the report on bindings ---------------------------------------------------------

hooks() { kubectl get validatingwebhookconfiguration modelport -o 'jsonpath={.webhooks[*].name}'; }
bindings_are_not_asked_about() { [[ -z $(hooks | grep bindings.modelport.dev) ]]; }
bindings_are_asked_about() { hooks | grep -q bindings.modelport.dev; }
it_is_switched_on() {
  operator_stops && kubectl label namespace moved modelport.dev/report-bindings=true && export MODELPORT_REPORT_BINDINGS=true && operator_starts && within 20 bindings_are_asked_about
}
reported() { [[ $(metric "modelport_bindings_total{outcome=\"$1\"}" | awk '{print $2}') -ge 1 ]] || { metric modelport_bindings; return 1; }; }
a_right_one_passes_without_a_word() { kubectl delete pods -n moved -l "$LABEL=lone" --wait=false && within 60 reported right && within 60 stand_in SG 1 moved lone; }
a_wrong_one_is_let_and_reported() { # by hand, as a scheduler of one's own would
  local pod
  held norway '"NO"' 1 && within 30 pends norway && pod=$(kubectl get pods -n moved -l "$LABEL=norway" -o 'jsonpath={.items[0].metadata.name}') &&
    printf '{"apiVersion":"v1","kind":"Binding","metadata":{"name":"%s","namespace":"moved"},"target":{"apiVersion":"v1","kind":"Node","name":"aws-par-l4-1"}}' "$pod" |
    kubectl create --raw "/api/v1/namespaces/moved/pods/$pod/binding" -f - && within 10 reported wrong && within 5 binding_is_in_the_audit_log
}
pends() { [[ $(kubectl get pods -n moved -l "$LABEL=$1" -o 'jsonpath={.items[0].status.conditions[?(@.type=="PodScheduled")].status}') == False ]]; }
binding_is_in_the_audit_log() { grep -qF 'of ModelDeployment norway gets node aws-par-l4-1 in FR' <(grep -F 'bindings.modelport.dev/place' "$AUDIT"); }
the_watch_moves_it() { within 60 leaves norway aws-par-l4-1 && kubectl delete mpd norway -n moved; }
it_is_switched_off() { operator_stops && operator_starts && within 20 bindings_are_not_asked_about && kubectl label namespace moved modelport.dev/report-bindings-; }

moves_tests() {
  test_that "two deployments in Singapore and one in the United States serve" moved_is_there
  mark
  test_that "a node is relabelled under a pod, and the pod moves to where it may stand" a_node_is_relabelled
  test_that "by the eviction API" by_eviction
  test_that "and nothing else was written to" nobody_else_was_touched
  test_that "it is told as an event" within 10 told_as_event PodMoved ModelDeployment/mover
  test_that "and counted" counted evicted
  test_that "a node that joins changes no status" a_node_joins
  test_that "a node that reports wakes nobody" a_node_reports
  test_that "a budget holds a pod, and the condition says so" a_budget_holds
  test_that "with the budget" it_names "The disruption budget hold needs 1 healthy pods and has 1 currently"
  test_that "and where the pod stands" it_names "stands in HK"
  test_that "it stays meanwhile, and serves" it_stays_and_serves
  test_that "what is held is counted" counted held
  test_that "under a policy that only warns it stays when its time is over, and that is said" only_warned_of
  mark
  test_that "under one that stops it goes when its time is over" its_time_is_over
  test_that "by deletion, of that pod alone" by_deletion
  test_that "then all is well again" all_is_well_again
  test_that "two budgets over one pod hold it no longer than one" two_budgets_hold
  test_that "a restart of the operator does not begin the time anew" a_restart_keeps_its_time
  test_that "what is let no longer is moved by the rollout, and nothing is evicted" a_narrowed_rule_moves_by_rollout
  test_that "operator and node are lost together: the next pod starts where it may stand" operator_and_node_are_lost
  test_that "an administrator who contradicts the evidence is believed, and it is said" a_contradiction_is_said
  test_that "as an event on the node" within 10 told_as_event NodeContradiction Node/aws-par-l4-1 default
  test_that "and as a metric without names" contradictions_are_counted
  test_that "who could not stand there is not told" who_could_not_stand_there_is_not_told
  test_that "taken back, the label is the operator's again" taken_back_it_is_silent
  test_that "a pool that rests at zero fills for a pod that pends, and the model runs" a_pool_at_rest
}

bindings_tests() {
  test_that "bindings are not asked about" bindings_are_not_asked_about
  test_that "switched on, they are" it_is_switched_on
  test_that "one to where the pod may stand passes without a word" a_right_one_passes_without_a_word
  test_that "one to where it may not is let, and is in the metric and the audit log" a_wrong_one_is_let_and_reported
  test_that "the watch moves the pod" the_watch_moves_it
  test_that "switched off, they are asked about no more" it_is_switched_off
}
