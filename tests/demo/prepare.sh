# Sourced by demo.sh: builds what is missing, starts or finds the cluster, installs Modelport.
# shellcheck shell=bash

VERSION=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
BINARY=${DEMO_BINARY:-$CARGO_TARGET_DIR/x86_64-unknown-linux-gnu/release/modelport}
IMAGES=$MODELPORT_CACHE/images
HUB_IMAGE=modelport-demo-hub:$VERSION
LLAMA_IMAGE=modelport/llama-server:11669

# clock PID LOG WHAT: shows how long a build runs, and its last line, until it ends.
clock() {
  local start=$SECONDS line
  while kill -0 "$1" 2>/dev/null; do
    line=$(tail -n 1 "$2" 2>/dev/null | tr -d '\r' | cut -c1-70)
    if [[ -n $TTY ]]; then printf '\r\e[K%s  %s: %s s  %s%s' "$DIM" "$3" "$((SECONDS - start))" "$line" "$PLAIN"; fi
    sleep 1
  done
  if [[ -n $TTY ]]; then printf '\r\e[K'; fi
  wait "$1" || { tail -n 20 "$2" >&2; die "$3 failed; all of it: $2"; }
}

# The binary first: it can say something while the rest is built.
build_all() {
  STEP="preparation"
  local start=$SECONDS fresh=""
  [[ -x $BINARY ]] || fresh=1
  if [[ -z ${DEMO_BINARY:-} ]]; then
    if [[ -n $fresh ]]; then say "Building Modelport (the first time some minutes) ..."; fi
    make -s binary
  fi
  ln -sf "$BINARY" "$WORK/bin/modelport"
  ln -sf "$BINARY" "$WORK/bin/kubectl-modelport"

  (tests/cluster/build.sh && tests/cluster/llama-image.sh) >"$WORK/build.log" 2>&1 &
  local build=$!
  if [[ -n $fresh ]] || [[ ! -e $IMAGES/llama-server.tar ]]; then
    say ""
    say "While Kubernetes is built here (up to 15 min on two cores, once): what Modelport says of the example manifests, from files alone."
    shows "" "modelport check -f $EXAMPLES"
  fi
  clock $build "$WORK/build.log" "building Kubernetes, containerd, Helm and a llama.cpp image"
  make_images
  if ((SECONDS - start > 20)); then note "  built in $((SECONDS - start)) s"; fi
}

make_images() {
  tests/image.sh "$BINARY" "docker.io/library/modelport:$VERSION" "$IMAGES/modelport.tar"
  # The hub: the same binary with the one small model that is really served.
  local model="HuggingFaceTB/SmolLM2-135M-Instruct" tar=$IMAGES/demo-hub.tar key root
  key="$(cat "$IMAGES/modelport.tar.key") $model"
  [[ -f $tar && $(cat "$tar.key" 2>/dev/null) == "$key" ]] && return
  root=$(mktemp -d)
  install -D -m 0755 "$BINARY" "$root/modelport"
  mkdir -p "$root/models/$model"
  cp -r "$MODELPORT_CACHE/models/$model/." "$root/models/$model/"
  chmod -R a+rX "$root/models"
  modelport-cluster image build --name "docker.io/library/$HUB_IMAGE" --from "$root" --entrypoint /modelport --user 65532:65532 -o "$tar"
  rm -rf "$root"
  echo "$key" >"$tar.key"
}

# A whole Kubernetes on this machine.
start_local() {
  if modelport-cluster --name "$CLUSTER_NAME" status >/dev/null 2>&1; then
    say "A cluster \"$CLUSTER_NAME\" runs already; it goes, and a fresh one comes."
    modelport-cluster --name "$CLUSTER_NAME" down >/dev/null
  fi
  say "Starting Kubernetes on this machine. The control plane, the node node1 with its pods, and the model that answers are real. Simulated are the nodes of six clouds, and that this machine is labelled as standing in CN, a node of Alibaba Cloud in Hangzhou."
  say ""
  modelport-cluster --name "$CLUSTER_NAME" up --tier full --nodes builtin \
    --image "$IMAGES/modelport.tar" --image "$IMAGES/demo-hub.tar" --image "$IMAGES/llama-server.tar" \
    --node-provider-id cn-hangzhou.i-bp1demo --node-label topology.kubernetes.io/region=cn-hangzhou \
    --node-label topology.kubernetes.io/zone=cn-hangzhou-i >"$WORK/up.log" 2>&1 ||
    { cat "$WORK/up.log" >&2; die "The cluster did not start; its logs: $STATE/logs"; }
  grep -E ' s  ' "$WORK/up.log" | tail -1 | sed 's/  ready$/  Kubernetes is ready/'
  ADMIN_CONFIG=$STATE/kubeconfig
}

# kind, with the images loaded into it.
start_kind() {
  local missing=() program
  for program in docker kind; do command -v $program >/dev/null || missing+=("$program"); done
  [[ ${#missing[@]} -eq 0 ]] ||
    die "make demo CLUSTER=kind needs docker and kind; missing: ${missing[*]}. Without them, \"make demo\" starts a Kubernetes of its own."
  docker info >/dev/null 2>&1 || die "make demo CLUSTER=kind: docker does not answer (docker info). Start it, or run \"make demo\"."
  ADMIN_CONFIG=$WORK/kind.kubeconfig
  kind get clusters 2>/dev/null | grep -qx modelport-demo && kind delete cluster --name modelport-demo
  kind create cluster --name modelport-demo --kubeconfig "$ADMIN_CONFIG"
  local tar
  for tar in modelport demo-hub llama-server; do kind load image-archive "$IMAGES/$tar.tar" --name modelport-demo; done
}

# Somebody's own cluster: looked at before anything is written.
find_yours() {
  ADMIN_CONFIG=$WORK/admin.kubeconfig
  KUBECONFIG=$YOURS kubectl config view --raw --flatten --minify >"$ADMIN_CONFIG" || die "$YOURS is not a kubeconfig with a current context."
  export KUBECONFIG=$ADMIN_CONFIG
  local server
  server=$(kubectl config view -o 'jsonpath={.clusters[0].cluster.server}')
  kubectl get --raw /readyz >/dev/null || die "No Kubernetes answers at $server ($YOURS)."
  if kubectl get crd modeldeployments.modelport.dev >/dev/null 2>&1; then
    die "The cluster at $server has Modelport already. The demo installs its own and would be in its way: helm uninstall it and delete its kinds first, or run \"make demo\"."
  fi
  # What is created here is deleted at the end: nothing of that name may be anybody's.
  local taken names
  mapfile -t names < <(grep -ohP 'kind: Namespace, metadata: \{name: \K[a-z-]+' tests/demo/people.yaml)
  [[ ${#names[@]} -gt 0 ]] || die "tests/demo/people.yaml names no namespace."
  taken=$(kubectl get namespaces hub modelport-system "${names[@]}" --ignore-not-found -o name | tr '\n' ' ')
  [[ -z $taken ]] || die "The cluster at $server has these already, and the demo would use and then delete them: $taken"
  say "Using the cluster at $server. Its nodes are real, so what needs simulated nodes of other clouds is left out, and the large models are only asked for (--dry-run=server): nothing starts on your accelerators."
  if [[ -n ${REGISTRY:-} ]]; then
    local tar
    for tar in modelport:"modelport:$VERSION" demo-hub:"$HUB_IMAGE" llama-server:"$LLAMA_IMAGE"; do
      modelport-cluster image push "$IMAGES/${tar%%:*}.tar" "$REGISTRY/${tar#*:}" || die "Pushing to $REGISTRY failed."
    done
  else
    say "No REGISTRY is given: the nodes must hold modelport:$VERSION, $HUB_IMAGE and $LLAMA_IMAGE already (the tars are in $(shorter "$IMAGES"); or say REGISTRY=registry.example.com/team, to push them)."
  fi
}

# The hub, Modelport, and the three people of the story.
install_modelport() {
  who ""
  local prefix=${REGISTRY:+$REGISTRY/}
  sed "s|IMAGE|$prefix$HUB_IMAGE|" tests/demo/hub.yaml >"$WORK/hub.yaml"
  say ""
  say "The cluster has no way out to huggingface.co, and needs none: \"modelport mirror\" serves a folder as a hub in it."
  shows "" "kubectl apply -f $(shorter "$WORK/hub.yaml")"
  succeeds
  say ""
  say "The model of step 1 is to run without an accelerator, so llama.cpp is made the default engine."
  local values="--set replicas=1 --set runtime.default=llama-cpp --set hub.endpoint=http://hub.hub:8080"
  [[ -n $prefix ]] && values+=" --set image.repository=${prefix}modelport --set images.registry=$REGISTRY"
  shows "" "helm install modelport charts/modelport --namespace modelport-system --create-namespace \\
    $values"
  succeeds
  kubectl apply -f tests/demo/people.yaml >/dev/null || die "people.yaml could not be applied"
  local person
  for person in mia lena paul; do
    kubectl config view --raw --flatten --minify -o json |
      jq --arg user "$person@acme.example" '.users[].user.as = $user' >"$WORK/$person.kubeconfig"
  done
  say ""
  say "Three people type below, each with the rights of the chart's own roles: mia deploys models, lena answers for the law, paul runs the platform. lena may waive besides, under one policy. A line without a name is the administrator's."
  waits 60 "the hub answers" "kubectl rollout status -n hub deployment/hub --timeout=1s"
}

# shorter PATH: for people, with ~ for the home folder.
shorter() { printf '%s' "${1/#$HOME/\~}"; }
