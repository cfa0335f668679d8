# Sourced by run.sh: a cluster, the operator outside of it under its own account, and what the audit log counts.
# shellcheck shell=bash
# shellcheck source=tests/chart/harness.sh
source tests/chart/harness.sh

CACHE=${MODELPORT_CACHE:-$HOME/.cache/modelport}
BIN=$CACHE/cluster/current/bin
export PATH=$BIN:$PATH
MODELPORT=${MODELPORT:-${CARGO_TARGET_DIR:-$CACHE/target}/debug/modelport}
SYSTEM=modelport-system
ACCOUNT=system:serviceaccount:$SYSTEM:modelport
NAME=${1:-test}
AUDIT=$CACHE/run/$NAME/audit.log
OPERATOR_LOG=$SCRATCH/operator.log
COUNTRY=modelport.dev.node-restriction.kubernetes.io/country
SOURCE=modelport.dev.node-restriction.kubernetes.io/source
own_cluster=0

bug() { echo "FAIL  $1"; echo "$passed passed, $((failed + 1)) failed"; exit 1; }

start_cluster() {
  [[ -x $MODELPORT ]] || bug "no operator at $MODELPORT: cargo build"
  if [[ $# -eq 0 ]]; then
    own_cluster=1
    modelport-cluster --name "$NAME" down >/dev/null 2>&1
    modelport-cluster --name "$NAME" up --tier fake >"$SCRATCH/up.log" 2>&1 || { cat "$SCRATCH/up.log"; bug "no cluster"; }
    export KUBECONFIG=$CACHE/run/$NAME/kubeconfig
  fi
  kubectl get --raw /readyz >/dev/null || bug "no Kubernetes answers"
}
stop_all() {
  operator_stops >/dev/null 2>&1
  [[ $own_cluster = 1 ]] && modelport-cluster --name "$NAME" down >/dev/null 2>&1
  [[ -n ${KEEP_LOGS:-} ]] && cp "$OPERATOR_LOG" "$KEEP_LOGS"
  rm -rf "$SCRATCH"
}
trap stop_all EXIT

inside() { modelport-cluster --name "$NAME" exec -- "$@"; }

# The chart's kinds, account and rights, without its Deployment: the operator runs here.
install_rights() {
  local shown=() file
  for file in crds serviceaccount rbac/admission rbac/facts rbac/nodes rbac/workloads roles/legal roles/platform roles/reader roles/user; do
    shown+=(--show-only "templates/$file.yaml")
  done
  kubectl create namespace $SYSTEM &&
    helm template modelport charts/modelport -n $SYSTEM --kube-version 1.37.2 "${shown[@]}" |
    kubectl apply --server-side -n $SYSTEM -f - &&
    kubectl wait --for=condition=Established crd/modeldeployments.modelport.dev crd/licensees.modelport.dev crd/modelpolicies.modelport.dev --timeout=30s &&
    inside sh -c "cat \"\$KUBECONFIG\"" >"$SCRATCH/inside.kubeconfig" || return 1
  local token
  token=$(kubectl create token modelport -n $SYSTEM --duration=12h) || return 1
  kubectl --kubeconfig "$SCRATCH/inside.kubeconfig" config view --raw --minify -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}' | base64 -d >"$SCRATCH/ca.pem"
  local server
  server=$(kubectl --kubeconfig "$SCRATCH/inside.kubeconfig" config view --raw --minify -o 'jsonpath={.clusters[0].cluster.server}')
  local config=(--kubeconfig "$SCRATCH/operator.kubeconfig")
  kubectl "${config[@]}" config set-cluster c --server="$server" --certificate-authority="$SCRATCH/ca.pem" --embed-certs &&
    kubectl "${config[@]}" config set-credentials u --token="$token" &&
    kubectl "${config[@]}" config set-context x --cluster=c --user=u &&
    kubectl "${config[@]}" config use-context x
}

# As `kubectl modelport`.
plugin() {
  mkdir -p "$SCRATCH/bin" && ln -sf "$(realpath "$MODELPORT")" "$SCRATCH/bin/kubectl-modelport"
  PATH=$SCRATCH/bin:$PATH
}
# The tests run in subshells: what must outlast one is a file.
operator_starts() {
  operator_launches
  within 60 operator_is_ready || { tail -5 "$OPERATOR_LOG"; return 1; }
}
operator_launches() {
  rm -f "$SCRATCH/operator.pid"
  # shellcheck disable=SC2016
  inside sh -c 'echo $$ >"$1/operator.pid"; export KUBECONFIG="$1/operator.kubeconfig"; shift; exec "$@"' sh "$SCRATCH" \
    "$MODELPORT" run --namespace $SYSTEM --release modelport --webhook-url https://127.0.0.1:9443 \
    --owner-cluster-role modelport-admission --certificate-secret modelport-webhook-tls \
    --decision-log "$SCRATCH/decisions.log" --log-level "${OPERATOR_LOG_LEVEL:-info}" >>"$OPERATOR_LOG" 2>&1 &
}
operator_is_ready() { inside curl -sf http://127.0.0.1:8081/readyz >/dev/null; }
# startup_check TEXT [FLAG...]: fails, and says TEXT without the words of a debugger.
startup_check() {
  local text=$1 out
  shift
  # shellcheck disable=SC2016
  if out=$(inside "$MODELPORT" startup-check --timeout 3s "$@" 2>&1); then echo "it passed: $out"; return 1; fi
  grep -qF -- "$text" <<<"$out" && ! grep -qE 'ApiError|Status \{' <<<"$out" || { echo "it said: $out"; return 1; }
}
every_node_is_labelled() {
  local bare
  bare=$(kubectl get nodes -o "jsonpath={range .items[*]}{.metadata.name} {.metadata.labels.${COUNTRY//./\\.}} {.spec.providerID}{'\n'}{end}" | awk 'NF == 2 && $2 !~ /hybrid/')
  [[ -z $bare ]] || { echo "without country: $bare"; return 1; }
}
no_panic() { ! grep -E "panicked|RUST_BACKTRACE" "$OPERATOR_LOG"; }
operator_lives() { inside kill -0 "$(cat "$SCRATCH/operator.pid")"; }
operator_is_gone() { ! operator_lives 2>/dev/null; }
operator_signal() { inside kill "-$1" "$(cat "$SCRATCH/operator.pid")"; }
operator_stops() { operator_signal TERM && within 20 operator_is_gone; }
operator_is_killed() { operator_signal KILL && within 5 operator_is_gone; }
leads_again() { within 40 metric 'modelport_leader 1'; }
metric() { inside curl -s http://127.0.0.1:8081/metrics | grep -E "^$1"; }

says() { # says KIND/NAME CONDITION STATUS/REASON [NAMESPACE]
  local got
  got=$(kubectl get "$1" -n "${4:-demo}" -o "jsonpath={range .status.conditions[?(@.type==\"$2\")]}{.status}/{.reason}: {.message}{end}")
  [[ $got == "$3"* ]] || { echo "$1 $2 is ${got:-nothing}"; return 1; }
}
becomes() { within "${5:-20}" says "$1" "$2" "$3" "${4:-demo}"; }
refused() { # refused TEXT [FLAG...]: standard input is applied, and TEXT is among the reasons
  local text=$1 out
  shift
  if out=$(kubectl apply -f - "$@" 2>&1); then echo "it was stored: $out"; return 1; fi
  grep -qF -- "$text" <<<"$out" || { echo "another reason: $out"; return 1; }
}
accepted() { # accepted TEXT: standard input is stored, and TEXT is printed beside
  local out
  out=$(kubectl apply -f - 2>&1) || { echo "$out"; return 1; }
  grep -qF -- "$1" <<<"$out" || { echo "without the text: $out"; return 1; }
}
model() { # model NAME [SPEC LINE...]: a ModelDeployment in namespace ${NS:-demo}
  local name=$1 line
  shift
  printf 'apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: %s, namespace: %s}\nspec:\n' "$name" "${NS:-demo}"
  [[ "$*" == *"model: {source"* ]] || echo '  model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"}'
  for line in "$@"; do echo "  $line"; done
}
fact() { # fact KIND NAME LINE...
  local kind=$1 name=$2 line
  shift 2
  printf 'apiVersion: modelport.dev/v1alpha1\nkind: %s\nmetadata: {name: %s}\nspec:\n' "$kind" "$name"
  for line in "$@"; do echo "  $line"; done
}

mark() { MARK=$(wc -l <"$AUDIT"); }
# writes [FILTER]: what the operator wrote since the mark: verb, resource/subresource, namespace/name.
writes() {
  tail -n +"$((MARK + 1))" "$AUDIT" | grep -F "\"username\":\"$ACCOUNT\"" |
    sed -n 's/.*"verb":"\([a-z]*\)".*"objectRef":{\([^}]*\)}.*"code":\([0-9]*\).*/\1 \2 \3/p' |
    sed 's/"\(resource\|namespace\|name\|subresource\)":"\([^"]*\)"/\1=\2/g; s/"[a-zA-Z]*":"[^"]*"//g; s/,\+/ /g' |
    grep -E "${1:-.}"
}
count() { writes "$@" | grep -c . ; }
wrote() { # wrote NUMBER FILTER
  local n
  n=$(count "$2")
  [[ $n -eq $1 ]] || { echo "$n writes, not $1:"; writes "$2"; return 1; }
}
