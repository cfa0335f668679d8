# Sourced by run.sh: every way past Modelport that a tenant with the built-in role `edit` has, with the operator off and
# its webhook configuration deleted: only the policies in the API server's own process stand. Each is refused with the
# ModelDeployment to edit, or is shown to change nothing about where pods stand and what they run.
# shellcheck shell=bash

LABEL=modelport.dev/model-deployment
KEPT=(-n bypass -l "$LABEL=kept")
REPLICASETS=system:serviceaccount:kube-system:replicaset-controller
AUTOSCALER=system:serviceaccount:kube-system:horizontal-pod-autoscaler
REGION=topology.kubernetes.io/region

bypass_rights() {
  kubectl create namespace bypass && kubectl create rolebinding tenant --clusterrole=edit --user=tenant -n bypass &&
    kubectl create clusterrole debugger --verb=get,update,patch --resource=pods,pods/ephemeralcontainers &&
    kubectl create rolebinding debugger --clusterrole=debugger --user=debugger -n bypass &&
    kubectl create clusterrole node-patcher --verb=get,create,patch,update --resource=nodes,nodes/status &&
    kubectl create clusterrolebinding node-patcher --clusterrole=node-patcher --user=node-patcher &&
    kubectl create clusterrolebinding place-labeller --clusterrole=node-patcher --user=place-labeller &&
    printf 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: label-place}\nrules: [{apiGroups: [modelport.dev], resources: [nodes], verbs: [label-place]}]\n' | kubectl apply -f - &&
    kubectl create clusterrolebinding label-place --clusterrole=label-place --user=place-labeller &&
    kubectl create clusterrolebinding node-patcher-karpenter --clusterrole=node-patcher --serviceaccount=kube-system:karpenter
}
kept_model() {
  NS=bypass model kept 'model: {source: "hf://Qwen/Qwen3-8B"}' 'accelerators: {count: 1}' 'scaling: {replicas: 2}' \
    'placement: {allow: {countries: [SG]}}' "$@"
}
kept_runs() { kept_model | kubectl apply -f - && becomes mpd/kept Ready True/Serving bypass 60; }
operator_and_webhook_are_off() {
  operator_stops && kubectl delete validatingwebhookconfiguration modelport && ! kubectl get validatingwebhookconfiguration modelport 2>/dev/null
}
a_pod_of_kept() { kubectl get pods "${KEPT[@]}" -o 'jsonpath={.items[0].metadata.name}'; }
a_set_of_kept() { kubectl get replicasets "${KEPT[@]}" -o 'jsonpath={.items[0].metadata.name}'; }
kept_stands() { # what runs and where, and what it was made from
  kubectl get deployments,replicasets,services,controllerrevisions "${KEPT[@]}" -o 'jsonpath={range .items[*]}{.metadata.uid}{.spec}{.data}{"\n"}{end}'
}
kept_is_untouched() { [[ $(kept_stands) == "$(cat "$SCRATCH/kept")" ]] || { echo "it was changed:"; diff <(kept_stands) "$SCRATCH/kept"; return 1; }; }
kept_serves() { within 60 kept_serves_now; }
kept_serves_now() { stand_in SG 2 bypass kept; }
stand_in() { # stand_in COUNTRY NUMBER NAMESPACE NAME: so many pods run, all on nodes of that country
  local wrong
  wrong=$(comm -23 <(nodes_of "$3" "$4" | sort -u) <(kubectl get nodes -l "$COUNTRY=$1" -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}' | sort))
  [[ -z $wrong && $(nodes_of "$3" "$4" | wc -l) -eq $2 ]] || { echo "on: $(nodes_of "$3" "$4" | paste -sd' ')"; return 1; }
}
nodes_of() { # the node of each pod that runs
  kubectl get pods -n "$1" -l "$LABEL=$2" -o json | awk '/"deletionTimestamp"/ { gone = 1 } /"nodeName"/ { gsub(/[",]/, ""); node = $2 } /"phase": "Running"/ { if (!gone) print node } /^        }/ { gone = 0; node = "" }' | sort
}

denied() { # denied TEXT COMMAND...: refused, and TEXT is in the message
  local text=$1 out
  shift
  if out=$("$@" 2>&1); then echo "it was let: $out"; return 1; fi
  grep -qF -- "$text" <<<"$out" || { echo "another reason: $out"; return 1; }
}
tenant() { kubectl --as tenant -n bypass "$@"; }
edit_instead() { denied "kubectl edit mpd kept" tenant "$@" && kept_is_untouched; }
scale_instead() { denied "kubectl scale mpd kept --replicas=N" tenant "$@" && kept_is_untouched; }
applied_by() { # applied_by WHO TEXT: standard input is refused for TEXT
  denied "$2" kubectl --as "$1" apply -f - && kept_is_untouched
}
by_tenant() { applied_by tenant "kubectl edit mpd kept"; }

abroad() { # a JSON patch of a pod template's affinity
  echo '[{"op": "replace", "path": "/spec/template/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms", "value": [{"matchExpressions": [{"key": "kubernetes.io/os", "operator": "Exists"}]}]}]'
}
set_abroad() { edit_instead patch replicaset "$(a_set_of_kept)" --type=json -p "$(abroad)"; }
pods_image() { edit_instead set image "pod/$(a_pod_of_kept)" engine=example.invalid/other:1; }
pod_tolerates() {
  edit_instead patch pod "$(a_pod_of_kept)" --type=json -p '[{"op": "add", "path": "/spec/tolerations/-", "value": {"operator": "Exists"}}]'
}
scale_of_a_set() { scale_instead scale replicaset "$(a_set_of_kept)" --replicas=0; }
by_the_subresource() { scale_instead patch deployment kept --subresource=scale --type=merge -p '{"spec":{"replicas":9}}'; }
label_goes_from() { edit_instead label "$1" "${LABEL}-"; }
label_goes_from_a_pod() { label_goes_from "pod/$(a_pod_of_kept)"; }
label_changes_on_a_pod() { edit_instead label --overwrite "pod/$(a_pod_of_kept)" "$LABEL=other"; }
own_workload() { tenant create deployment "$1" --image=example.invalid/web:1 --replicas="${2:-0}"; }
label_comes_to_a_living_deployment() { own_workload mine && edit_instead label deployment/mine "$LABEL=kept" && tenant delete deployment mine; }
label_comes_to_a_living_pod() {
  pod mine "" | tenant apply -f - && edit_instead label pod/mine "$LABEL=kept" && tenant delete pod mine --wait=false
}
label_comes_to_a_living_service() {
  tenant create service clusterip mine --tcp=80 && edit_instead label service/mine "$LABEL=kept" && tenant delete service mine
}

pod() { # pod NAME LABELS [SPEC [META]]
  printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: bypass, labels: {%s}%s}\nspec: {%scontainers: [{name: c, image: example.invalid/x}]}\n' "$1" "$2" "${4:+, $4}" "${3:+$3, }"
}
a_copied_pod() {
  kubectl get pod "$(a_pod_of_kept)" -n bypass -o json |
    sed -e '/"ownerReferences"/,/\]/d' -e '/"uid"/d' -e '/"resourceVersion"/d' -e '/"nodeName"/d' -e "s/\"name\": \"$(a_pod_of_kept)\"/\"name\": \"copied\"/" | by_tenant
}
forged_owner() {
  local uid
  uid=$(kubectl get replicaset "$(a_set_of_kept)" -n bypass -o 'jsonpath={.metadata.uid}')
  pod forged "$LABEL: kept" "" "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: $(a_set_of_kept), uid: $uid, controller: true}]" | by_tenant
}
forged_model_owner() {
  local uid
  uid=$(kubectl get mpd kept -n bypass -o 'jsonpath={.metadata.uid}')
  workload Deployment apps/v1 forged "labels: {$LABEL: kept}, ownerReferences: [{apiVersion: modelport.dev/v1alpha1, kind: ModelDeployment, name: kept, uid: $uid, controller: true}]" kept | by_tenant
}
generated_name() {
  pod x "$LABEL: kept" | sed 's/name: x,/generateName: x-,/' | denied "kubectl edit mpd kept" kubectl --as tenant create -f -
}
dry_run_answers_the_same() { pod x "$LABEL: kept" | denied "kubectl edit mpd kept" kubectl --as tenant apply --dry-run=server -f -; }
a_named_node() { pod x "$LABEL: kept" 'nodeName: ali-hz-a10-1' | by_tenant; }
another_scheduler() { pod x "$LABEL: kept" 'schedulerName: mine' | by_tenant; }
a_mirror_pod() { # as a kubelet would show a static pod of its own
  denied "kubectl edit mpd kept" kubectl --as system:node:ali-hz-a10-1 --as-group system:nodes create -f - < <(
    pod x "$LABEL: kept" 'nodeName: ali-hz-a10-1' 'annotations: {kubernetes.io/config.mirror: x}, ownerReferences: [{apiVersion: v1, kind: Node, name: ali-hz-a10-1, uid: '"$(kubectl get node ali-hz-a10-1 -o 'jsonpath={.metadata.uid}')"', controller: true}]')
}

# workload KIND VERSION NAME META LABEL-IN-TEMPLATE
workload() {
  local selector="selector: {matchLabels: {app: x}}, " template="template: {metadata: {labels: {app: x${5:+, $LABEL: $5}}}, spec: {containers: [{name: c, image: example.invalid/x}]}}" more=""
  case $1 in
  Job) selector="" template=${template/spec: \{/spec: \{restartPolicy: Never, } ;;
  CronJob) selector="" template="schedule: \"* * * * *\", jobTemplate: {spec: {${template/spec: \{/spec: \{restartPolicy: Never, }}}" ;;
  ReplicationController) selector="selector: {app: x}, " ;;
  StatefulSet) more="serviceName: x, " ;;
  esac
  printf 'apiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: bypass%s}\nspec: {%s%s%s}\n' "$2" "$1" "$3" "${4:+, $4}" "$more" "$selector" "$template"
}
WORKLOADS="Deployment:apps/v1 ReplicaSet:apps/v1 StatefulSet:apps/v1 DaemonSet:apps/v1 Job:batch/v1 CronJob:batch/v1 ReplicationController:v1"
every_workload() { # every_workload META LABEL-IN-TEMPLATE: each kind is refused
  local kind
  for kind in $WORKLOADS; do
    workload "${kind%%:*}" "${kind#*:}" sneaky "$1" "$2" | by_tenant || { echo "of kind $kind"; return 1; }
  done
}
every_plain_workload_passes() {
  local kind
  for kind in $WORKLOADS; do
    workload "${kind%%:*}" "${kind#*:}" plain "" "" | tenant apply --dry-run=server -f - || { echo "of kind $kind"; return 1; }
  done
}
template_is_changed() { # a living Deployment of the tenant gets our label into its template
  own_workload mine && edit_instead patch deployment mine --type=merge -p "{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"$LABEL\":\"kept\"}}}}}" && tenant delete deployment mine
}
another_service() { printf 'apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: bypass, labels: {%s: kept}}\nspec: {ports: [{port: 80}]}\n' $LABEL | by_tenant; }

debug_by_tenant() { denied "forbidden" tenant debug "$(a_pod_of_kept)" --image=example.invalid/shell && kept_is_untouched; }
debug_with_the_right() { denied "kubectl edit mpd kept" kubectl --as debugger -n bypass debug "$(a_pod_of_kept)" --image=example.invalid/shell; }
binding_by_tenant() {
  pod unbound "" 'schedulerName: nobody' | tenant apply -f - || return 1
  printf '{"apiVersion":"v1","kind":"Binding","metadata":{"name":"unbound","namespace":"bypass"},"target":{"apiVersion":"v1","kind":"Node","name":"ali-hz-a10-1"}}' |
    denied 'cannot create resource "pods/binding"' kubectl --as tenant create --raw /api/v1/namespaces/bypass/pods/unbound/binding -f -
  local rc=$?
  tenant delete pod unbound --wait=false
  return $rc
}
status_by_tenant() { denied 'cannot patch resource "modeldeployments/status"' tenant patch mpd kept --subresource=status --type=merge -p '{"status":{"verdict":"Allowed"}}'; }
revision_by_tenant() {
  denied 'cannot patch resource "controllerrevisions"' tenant annotate "$(kubectl get controllerrevisions "${KEPT[@]}" -o name | head -1)" modelport.dev/refused-since=
}
annotations_are_harmless() {
  tenant annotate deployment/kept "pod/$(a_pod_of_kept)" "replicaset/$(a_set_of_kept)" example.com/note=hello --overwrite && kept_is_untouched && kept_serves
}
NO_OWNER='[{"op": "remove", "path": "/metadata/ownerReferences"}]'
no_owner_is_taken() { # from nothing of ours: what has no owner would be neither stopped nor narrowed
  local of
  for of in deployment/kept service/kept "replicaset/$(a_set_of_kept)" "pod/$(a_pod_of_kept)"; do
    edit_instead patch "$of" --type=json -p "$NO_OWNER" || { echo "of $of"; return 1; }
  done
}
no_pods_are_left_behind() {
  denied "delete without --cascade=orphan" tenant delete deployment kept --cascade=orphan &&
    denied "delete without --cascade=orphan" tenant delete replicaset "$(a_set_of_kept)" --cascade=orphan && kept_is_untouched
}
deleted_pods_return_where_they_may_stand() { tenant delete pods -l "$LABEL=kept" --wait=false && sleep 1 && kept_serves && kept_is_untouched; }

# The built-in controllers are held to the same places: what a foreign webhook might write into a pod.
AS_CONTROLLER="kubectl --as $REPLICASETS --as-group system:masters"
controllers_pod() { # controllers_pod TEXT SPEC
  pod "x$RANDOM" "$LABEL: kept" "$2" | denied "$1" $AS_CONTROLLER apply -f -
}
term() { echo "{matchExpressions: [{key: $1, operator: In, values: [$2]}]}"; }
an_alternative_without_a_place() {
  controllers_pod "does not say where it may stand" "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [$(term $COUNTRY SG), $(term kubernetes.io/os linux)]}}}"
}
a_pod_without_its_place() {
  pod "x$RANDOM" "$LABEL: kept, modelport.dev/placed: \"true\"" "" | denied "another admission policy or webhook took it out" $AS_CONTROLLER apply -f -
}
controllers_own_pod_passes() {
  pod "x$RANDOM" "$LABEL: kept" "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [$(term $COUNTRY SG), $(term $COUNTRY HK)]}}}" |
    $AS_CONTROLLER apply --dry-run=server -f -
}

# What must go on.
autoscaler_scales() {
  kubectl --as $AUTOSCALER --as-group system:masters -n bypass scale deployment kept --replicas=3 && within 20 kept_pods 3 &&
    kubectl --as $AUTOSCALER --as-group system:masters -n bypass scale deployment kept --replicas=2 && kept_serves
}
kept_pods() { [[ $(kubectl get pods "${KEPT[@]}" --field-selector=status.phase=Running -o name | wc -l) -eq $1 ]]; }
node_is_drained() {
  local node
  node=$(kubectl get pods "${KEPT[@]}" -o 'jsonpath={.items[0].spec.nodeName}')
  kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --force --timeout=60s && kept_serves
  local rc=$?
  kubectl uncordon "$node"
  return $rc
}
rollout_goes_on() { # the template by the operator, the ReplicaSets and pods by the built-in controllers
  kept_model 'runtime: {arguments: {max-model-len: "2048"}}' | kubectl apply -f - && within 30 the_argument_is_there &&
    becomes mpd/kept Ready True/Serving bypass 60 && kept_serves
}
the_argument_is_there() { [[ $(kubectl get deployment kept -n bypass -o 'jsonpath={.spec.template.spec.containers[0].args}') == *2048* ]]; }
forged_status_is_written_over() {
  kubectl patch mpd kept -n bypass --subresource=status --type=merge -p '{"status":{"verdict":"Refused","license":"forged"}}' && within 20 status_is_true && kept_serves
}
status_is_true() { [[ $(kubectl get mpd kept -n bypass -o 'jsonpath={.status.verdict}/{.status.license}') == Allowed/Apache-2.0 ]] || { kubectl get mpd kept -n bypass -o 'jsonpath={.status.verdict}/{.status.license}'; return 1; }; }
collected_with_the_operator_off() {
  operator_is_killed
  kubectl delete mpd kept -n bypass --wait=false && within 60 nothing_of_kept
  local rc=$?
  operator_starts && return $rc
}
nothing_of_kept() { [[ -z $(kubectl get deployments,replicasets,pods,services,controllerrevisions "${KEPT[@]}" -o name) ]]; }

# Each layer alone: the scheduler with every policy gone, then the watch with what came in meanwhile.
policies_are_off() {
  kubectl delete validatingadmissionpolicybinding modelport-pods modelport-templates modelport-scale modelport-nodes && sleep 2 &&
    pod probe "$LABEL: kept" | kubectl --as tenant apply --dry-run=server -f -
}
what_no_policy_held_back() { # no owner, another place for all pods, and a pod that names its node and wears our label
  tenant patch deployment kept --type=json -p "$NO_OWNER" && tenant patch service kept --type=json -p "$NO_OWNER" || return 1
  tenant patch deployment kept --type=json -p "$(abroad)" && within 60 rolled_abroad && pod guest "$LABEL: kept" 'nodeName: ali-hz-a10-2' | tenant apply -f - &&
    within 20 kubectl wait -n bypass pod/guest --for=condition=Ready --timeout=1s
}
rolled_abroad() { [[ $(kubectl get deployment kept -n bypass -o 'jsonpath={.status.updatedReplicas}/{.status.replicas}') == 2/2 ]]; }
is_owned_again() { [[ $(kubectl get deployment/kept service/kept -n bypass -o 'jsonpath={.items[*].metadata.ownerReferences[0].kind}') == "ModelDeployment ModelDeployment" ]]; }
is_put_right() { operator_starts && within 30 is_owned_again && within 60 kept_serves_now && within 30 guest_is_gone && within 20 kubectl get validatingadmissionpolicybinding modelport-pods modelport-templates modelport-scale modelport-nodes; }
guest_is_gone() { ! kubectl get pod guest -n bypass 2>/dev/null; }

# ---- nodes --------------------------------------------------------------------------

node_writes() { # node_writes TEXT WHO-FLAGS -- COMMAND...
  local text=$1 who=()
  shift
  while [[ $1 != -- ]]; do who+=("$1"); shift; done
  shift
  denied "$text" kubectl "${who[@]}" "$@"
}
GUARDED="{\"metadata\":{\"labels\":{\"$COUNTRY\":\"SG\"}}}"
# kubectl reads before it patches, which a kubelet's identity may not do with nodes/status: so by hand.
patch_as_node() { # patch_as_node PATH BODY
  local user='.users[0].user' server
  kubectl config view --raw -o "jsonpath={$user.client-certificate-data}" | base64 -d >"$SCRATCH/admin.pem"
  kubectl config view --raw -o "jsonpath={$user.client-key-data}" | base64 -d >"$SCRATCH/admin.key"
  server=$(kubectl config view --raw -o 'jsonpath={.clusters[0].cluster.server}')
  curl -sk --fail-with-body --cert "$SCRATCH/admin.pem" --key "$SCRATCH/admin.key" -X PATCH -H 'Content-Type: application/merge-patch+json' \
    -H 'Impersonate-User: system:node:ali-hz-a10-2' -H 'Impersonate-Group: system:nodes' -H 'Impersonate-Group: system:authenticated' \
    -d "$2" "$server/api/v1/nodes/ali-hz-a10-2$1"
}
kubelet_by_status() { denied "not allowed to modify labels" patch_as_node /status "$GUARDED"; }
patcher_without_the_verb() {
  node_writes "hold the verb label-place" --as node-patcher -- patch node ali-hz-a10-2 --type=merge -p "$GUARDED" &&
    node_writes "hold the verb label-place" --as node-patcher -- patch node ali-hz-a10-2 --subresource=status --type=merge -p "$GUARDED"
}
registers_with_the_key() {
  printf 'apiVersion: v1\nkind: Node\nmetadata: {name: newcomer, labels: {%s: SG}}\n' $COUNTRY |
    node_writes "hold the verb label-place" --as node-patcher -- create -f -
}
holder_of_the_verb() {
  kubectl --as place-labeller label node edge-1 $COUNTRY=DE && kubectl --as place-labeller label node edge-1 $COUNTRY-
}
no_country() {
  node_writes "country says fr, which is no country code" -- label node edge-1 $COUNTRY=fr &&
    node_writes "country says EU, which is no country code" --as place-labeller -- label node edge-1 $COUNTRY=EU &&
    printf 'apiVersion: v1\nkind: Node\nmetadata: {name: newcomer, labels: {%s: UK}}\n' $COUNTRY | node_writes "country says UK" -- create -f -
}
# Karpenter registers a node with one patch: its labels, its taints and all else.
KARPENTER=system:serviceaccount:kube-system:karpenter
karpenter_registers() { kubectl --as $KARPENTER patch node edge-1 --type=merge -p "{\"metadata\":{\"labels\":{\"$COUNTRY\":\"DE\",\"karpenter.sh/registered\":\"true\"}}}"; }
karpenter_needs_the_verb() {
  denied "hold the verb label-place" karpenter_registers &&
    kubectl create clusterrolebinding karpenter-label-place --clusterrole=label-place --serviceaccount=kube-system:karpenter &&
    within 10 karpenter_registers && kubectl label node edge-1 $COUNTRY- karpenter.sh/registered-
}
operator_taints() { node_writes "Modelport writes of a node the labels under" --as $ACCOUNT -- patch node ali-hz-a10-2 --type=merge -p '{"spec":{"unschedulable":true}}'; }
kubelet_forges_its_region() { # let, and recorded: clouds and kubelets write this label by right
  patch_as_node /status "{\"metadata\":{\"labels\":{\"$REGION\":\"us-east-1\"}}}" >"$SCRATCH/patched" && within 5 recorded_in_the_audit_log &&
    kubectl label --overwrite node ali-hz-a10-2 $REGION=cn-hangzhou
}
recorded_in_the_audit_log() { grep -qF "$REGION" <(grep -F 'modelport-nodes/evidence-changed-by-node' "$AUDIT"); }

bypass_tests() {
  test_that "a deployment held in Singapore, and a tenant with the role edit, are there" bypass_rights
  test_that "it serves" kept_runs
  kept_stands >"$SCRATCH/kept"
  test_that "the operator and its webhook are off: only the policies stand" operator_and_webhook_are_off
  test_that "a patch of our Deployment to another place is refused and says what to edit" edit_instead patch deployment kept --type=json -p "$(abroad)"
  test_that "a patch of our ReplicaSet is" set_abroad
  test_that "another image in our Deployment is" edit_instead set image deployment/kept engine=example.invalid/other:1
  test_that "another environment in our Deployment is" edit_instead set env deployment/kept A=b
  test_that "another image in our Pod is" pods_image
  test_that "another toleration in our Pod is" pod_tolerates
  test_that "a rollout restart is" edit_instead rollout restart deployment/kept
  test_that "a rollout undo, and a pause, are" edit_instead rollout pause deployment/kept
  test_that "a scale of our Deployment is refused and says what to scale" scale_instead scale deployment kept --replicas=0
  test_that "a scale of our ReplicaSet is" scale_of_a_set
  test_that "a patch of deployments/scale is" by_the_subresource
  test_that "our label may not be taken from our Deployment" label_goes_from deployment/kept
  test_that "nor from our Pod" label_goes_from_a_pod
  test_that "nor changed on our Pod" label_changes_on_a_pod
  test_that "nor added to a living Deployment" label_comes_to_a_living_deployment
  test_that "nor to a living Pod" label_comes_to_a_living_pod
  test_that "nor to a living Service" label_comes_to_a_living_service
  test_that "a copied pod with our label is refused" a_copied_pod
  test_that "a pod with our ReplicaSet as forged owner is" forged_owner
  test_that "a Deployment with our ModelDeployment as forged owner is" forged_model_owner
  test_that "a pod with a generated name is" generated_name
  test_that "a dry run of it is" dry_run_answers_the_same
  test_that "a pod that names its node is" a_named_node
  test_that "a pod with another scheduler is" another_scheduler
  test_that "a kubelet's mirror pod with our label is" a_mirror_pod
  test_that "a Service with our label is" another_service
  test_that "every kind of workload with our label is" every_workload "labels: {$LABEL: kept}" ""
  test_that "every kind of workload with our label in its template alone is" every_workload "" kept
  test_that "our label in the template of a living Deployment is" template_is_changed
  test_that "every kind of workload without our label passes" every_plain_workload_passes
  test_that "kubectl debug is forbidden to the role edit" debug_by_tenant
  test_that "an ephemeral container is refused to who may add them" debug_with_the_right
  test_that "a binding by hand is forbidden to the role edit" binding_by_tenant
  test_that "a forged status is forbidden to the role edit" status_by_tenant
  test_that "the memory of what was allowed is forbidden to the role edit" revision_by_tenant
  test_that "annotations pass and change nothing" annotations_are_harmless
  test_that "an owner may be taken from nothing of ours" no_owner_is_taken
  test_that "nor may our Deployment or ReplicaSet go and leave its pods" no_pods_are_left_behind
  test_that "deleted pods return where they may stand" deleted_pods_return_where_they_may_stand
  test_that "a node in a pod of the built-in controllers is refused" controllers_pod "no nodeName, no other scheduler" "nodeName: ali-hz-a10-1"
  test_that "another scheduler in one is" controllers_pod "no nodeName, no other scheduler" "schedulerName: mine"
  test_that "an alternative that says no place in one is" an_alternative_without_a_place
  test_that "a pod that comes without its place is" a_pod_without_its_place
  test_that "a pod as the built-in controllers make it passes" controllers_own_pod_passes
  test_that "an autoscaler scales" autoscaler_scales
  test_that "a node is drained, and the pods stand in Singapore again" node_is_drained

  test_that "a kubelet may not write its country through nodes/status" kubelet_by_status
  test_that "who may patch nodes may not write a country without the verb" patcher_without_the_verb
  test_that "nor register a node with one" registers_with_the_key
  test_that "who holds the verb may" holder_of_the_verb
  test_that "a country that is no code is refused from anybody, so that no NotIn takes it for elsewhere" no_country
  test_that "Karpenter registers a node of a pool that declares a country once it holds the verb" karpenter_needs_the_verb
  test_that "the operator's own account may write nothing else of a node" operator_taints
  test_that "a kubelet that changes its region is recorded, not refused" kubelet_forges_its_region

  test_that "every policy is off as well" policies_are_off
  test_that "the scheduler alone brings pods back where they may stand" deleted_pods_return_where_they_may_stand
  test_that "what no policy holds back comes in" what_no_policy_held_back
  test_that "the watch alone puts it right, and the policies are back" is_put_right
  test_that "a rollout goes on" rollout_goes_on
  test_that "a forged status is written over, and moves nothing" forged_status_is_written_over
  test_that "what is deleted is collected while the operator is off" collected_with_the_operator_off
}
