#!/usr/bin/env bash
# A model by a tag, for real: a registry, a node that pulls from it, an engine that serves what it mounts. The tag moves
# and nothing changes; a registry that wants a login, or has no such tag, is said.
#
#   tests/api/registry.sh NAME      on the cluster NAME (tier full), which KUBECONFIG points at
#   MODELPORT_IMAGE                 an OCI tar of docker.io/library/modelport:registry-test; else one of the static binary
#
# The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/api/lib.sh
source tests/api/lib.sh
start_cluster "$@"

IMAGE=docker.io/library/modelport:registry-test
IMAGE_TAR=${MODELPORT_IMAGE:-$SCRATCH/modelport.tar}
STATIC=${CARGO_TARGET_DIR:-$CACHE/target}/x86_64-unknown-linux-gnu/release/modelport
REGISTRY_HOST=10.77.0.1
REGISTRY=$REGISTRY_HOST:5000
CA=$CACHE/run/$NAME/pki/ca.crt
GGUF=$CACHE/models/HuggingFaceTB/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf
export MODELPORT_FETCH_IMAGE=$IMAGE MODELPORT_DEFAULT_RUNTIME=llama-cpp MODELPORT_CA_BUNDLE_CONFIGMAP=authorities
export DOCKER_CONFIG=$SCRATCH/docker

# A pod on the real node has room for itself alone.
SMALL='runtime: {pod: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 1Gi}}}'
NAMED='name: HuggingFaceTB/SmolLM2-135M-Instruct-GGUF'

images_are_there() {
  [[ -n ${MODELPORT_IMAGE:-} ]] || tests/image.sh "$STATIC" $IMAGE "$IMAGE_TAR" || return 1
  modelport-cluster --name "$NAME" image import "$IMAGE_TAR" "$CACHE/images/llama-server.tar" || return 1
  mkdir -p "$SCRATCH/model" "$SCRATCH/other" "$DOCKER_CONFIG" && ln "$GGUF" "$SCRATCH/model/model.gguf" 2>/dev/null || cp "$GGUF" "$SCRATCH/model/model.gguf" || return 1
  echo "another model" >"$SCRATCH/other/model.gguf"
  printf '{"auths":{"%s":{"auth":"%s"}}}' $REGISTRY "$(printf reader:let-me-in | base64)" >"$DOCKER_CONFIG/config.json"
  for which in model other; do
    modelport-cluster image build --name "local.test/$which:1" --from "$SCRATCH/$which" -o "$SCRATCH/$which.tar" || return 1
  done
}
registry_serves() {
  # shellcheck disable=SC2016
  inside sh -c 'echo $$ >"$1/registry.pid"; exec modelport-cluster --name "$2" registry' sh "$SCRATCH" "$NAME" >"$SCRATCH/registry.log" 2>&1 &
  within 10 inside curl -sf -o /dev/null --cacert "$CA" "https://$REGISTRY/token"
}
push() { # push TAR REPOSITORY:TAG: prints the digest
  inside env SSL_CERT_FILE="$CA" DOCKER_CONFIG="$DOCKER_CONFIG" modelport-cluster image push "$SCRATCH/$1.tar" "$REGISTRY/$2" | sed 's/.*@//'
}
pushed() { push model models/tiny:v1 >"$SCRATCH/digest" && push model private/tiny:v1 && grep -qE '^sha256:[0-9a-f]{64}$' "$SCRATCH/digest"; }
namespace_is_there() {
  kubectl create namespace demo && kubectl label namespace demo pod-security.kubernetes.io/enforce=restricted &&
    kubectl create configmap authorities -n demo --from-file=ca.crt="$CA" &&
    kubectl create quota all -n demo --hard=requests.cpu=4,requests.memory=4Gi,limits.memory=8Gi
}
by_tag() { # by_tag NAME REPOSITORY:TAG [SPEC LINE]
  model "$1" "model: {source: \"oci://$REGISTRY/$2\", $NAMED}" "${3:-$SMALL}"
}
image_of() { kubectl get deployment "$1" -n demo -o 'jsonpath={.spec.template.spec.volumes[?(@.name=="model")].image.reference}'; }
runs_the_digest() { # runs_the_digest NAME REPOSITORY:TAG
  [[ $(image_of "$1") == "$REGISTRY/$2@$(cat "$SCRATCH/digest")" ]] || { echo "it mounts $(image_of "$1")"; return 1; }
}
no_jobs() { [[ -z $(kubectl get jobs -n demo -o name) && -z $(kubectl get pods -n demo -l modelport.dev/digest-of -o name) ]] || { kubectl get jobs,pods -n demo; return 1; }; }
status_says_it() {
  local got
  got=$(kubectl get mpd tiny -n demo -o 'jsonpath={.status.model.digest} {.status.model.resolvedFrom} {.status.model.resolvedAt}')
  [[ $got == "$(cat "$SCRATCH/digest") oci://$REGISTRY/models/tiny:v1 20"*Z ]] || { echo "$got"; return 1; }
}
it_serves() { becomes mpd/tiny Ready True/Serving demo 60; }
the_tag_moves() {
  local other
  other=$(push other models/tiny:v1) || return 1
  [[ $other == sha256:* && $other != "$(cat "$SCRATCH/digest")" ]] || { echo "it is $other"; return 1; }
  mark
  operator_stops && operator_starts && sleep 4 && wrote 0 'resource=(jobs|deployments|controllerrevisions|services)' &&
    runs_the_digest tiny models/tiny:v1 && says mpd/tiny Ready True/Serving
}
the_revision_is_lost() {
  kubectl delete controllerrevisions -n demo -l modelport.dev/model-deployment=tiny && within 20 revision_is_back &&
    runs_the_digest tiny models/tiny:v1 && no_jobs
}
revision_is_back() { [[ -n $(kubectl get controllerrevisions -n demo -l modelport.dev/model-deployment=tiny -o name) ]]; }
model_says() { # model_says NAME TEXT
  kubectl get mpd "$1" -n demo -o 'jsonpath={.status.conditions[?(@.type=="ModelReady")].message}' | grep -F -- "$2"
}
no_such_tag() { by_tag missing models/tiny:v9 | kubectl apply -f - && becomes mpd/missing ModelReady False/DigestMissing && model_says missing "ImageNotFound: $REGISTRY has no $REGISTRY/models/tiny:v9"; }
wants_a_login() { by_tag locked private/tiny:v1 | kubectl apply -f - && becomes mpd/locked ModelReady False/DigestMissing && model_says locked "RegistryUnauthorized: $REGISTRY answers 401"; }
given_a_login() {
  kubectl create secret docker-registry reader -n demo --docker-server=$REGISTRY --docker-username=reader --docker-password=let-me-in &&
    by_tag locked private/tiny:v1 'runtime: {pod: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 1Gi}, imagePullSecrets: [reader]}}' | kubectl apply -f - &&
    becomes mpd/locked Ready True/Serving demo 60 && runs_the_digest locked private/tiny:v1
}
asked_at_once() { # a person who mended the cause need not wait
  push model models/tiny:v9 && kubectl delete jobs -n demo -l modelport.dev/digest-of=missing && within 20 runs_the_digest missing models/tiny:v9
}
nothing_more() { mark; sleep 5; wrote 0; }
# Made by the kubelet from a file on its node: admission has no say in it.
STATIC_PODS=$CACHE/run/$NAME/node/static-pods
a_static_pod_runs() {
  cat >"$STATIC_PODS/static.json" <<J
{"apiVersion": "v1", "kind": "Pod",
 "metadata": {"name": "static", "namespace": "demo", "labels": {"modelport.dev/model-deployment": "tiny"}},
 "spec": {"hostNetwork": true, "terminationGracePeriodSeconds": 0,
  "containers": [{"name": "c", "image": "$IMAGE", "args": ["mirror", "/models", "--listen", "$REGISTRY_HOST:8765"], "volumeMounts": [{"name": "m", "mountPath": "/models"}]}],
  "volumes": [{"name": "m", "emptyDir": {}}]}}
J
  within 60 static_pod_answers
}
static_pod_answers() { [[ $(inside curl -s -o /dev/null -w '%{http_code}' "http://$REGISTRY_HOST:8765/") != 000 ]]; }
no_mirror_of_it() { # the API server has no such pod, and our Service sends it no question
  sleep 5
  [[ $(kubectl get pods -n demo -l modelport.dev/model-deployment=tiny -o name | wc -l) -eq 1 ]] || { kubectl get pods -n demo --show-labels; return 1; }
  [[ $(kubectl get endpointslices -n demo -l kubernetes.io/service-name=tiny -o json | jq '[.items[].endpoints[]?] | length') -eq 1 ]] || { kubectl get endpointslices -n demo -o yaml; return 1; }
  says mpd/tiny Ready True/Serving
}
a_static_pod_goes() { rm "$STATIC_PODS/static.json" && within 30 static_pod_is_gone; }
static_pod_is_gone() { ! static_pod_answers; }
registry_ends() { inside kill "$(cat "$SCRATCH/registry.pid")"; }

test_that "the images are there" images_are_there
test_that "a registry serves" registry_serves
test_that "a model is pushed under a tag" pushed
test_that "the chart's kinds, account and rights are there" install_rights
test_that "a namespace under Pod Security restricted and a quota is there" namespace_is_there
test_that "the operator starts under its own account" operator_starts
by_tag tiny models/tiny:v1 | test_that "a model is applied by its tag" kubectl apply -f -
test_that "the engine serves what it mounts" it_serves
test_that "by digest" runs_the_digest tiny models/tiny:v1
test_that "the status says what was resolved, from what and when" status_says_it
test_that "the Job and its pod are gone" within 20 no_jobs
test_that "a static pod that wears our label runs on its node: no admission can stop it" a_static_pod_runs
test_that "and the cluster has no mirror of it, and no Service that finds it" no_mirror_of_it
test_that "its file gone, it goes" a_static_pod_goes
test_that "the tag moves and the operator starts anew: nothing changes" the_tag_moves
test_that "what is kept is lost: the template that runs says it" the_revision_is_lost
test_that "a tag that is not there is said" no_such_tag
test_that "a registry that wants a login is said" wants_a_login
test_that "given one, it serves" given_a_login
test_that "the cause mended and the Job deleted, it is asked at once" asked_at_once
test_that "and nothing is written afterwards" nothing_more
test_that "nothing panicked" no_panic
registry_ends

finish
