#!/usr/bin/env bash
# The demo: starts a Kubernetes here, installs Modelport into it, and tells a story, a step a file in steps/.
# Every step prints the command that a person would type and what came back, and checks it.
#   usage: tests/demo/demo.sh [--assert] [--transcript FILE]
#     --assert            no pauses, go on after a failure, take the cluster away, end with "N passed, N failed"
#     --transcript FILE   also write the run to FILE, as Markdown
#   DEMO_CLUSTER     name of the local cluster (demo)
#   DEMO_KUBECONFIG  a cluster of your own instead; with REGISTRY=..., images are pushed there   (make demo KUBECONFIG=...)
#   DEMO_KIND        "kind": a kind cluster instead   (make demo CLUSTER=kind)
#   DEMO_KEEP        not empty: --assert leaves its cluster
#   DEMO_BINARY      a modelport binary that is built already
set -uo pipefail
cd "$(dirname "$0")/../.."

ASSERT="" TRANSCRIPT=""
while [[ $# -gt 0 ]]; do
  case $1 in
    --assert) ASSERT=1 ;;
    --transcript) TRANSCRIPT=${2:?--transcript needs a file}; shift ;;
    *) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done
if [[ -n $TRANSCRIPT ]]; then exec tests/demo/transcript.sh "$TRANSCRIPT"; fi

export MODELPORT_CACHE=${MODELPORT_CACHE:-$HOME/.cache/modelport}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$MODELPORT_CACHE/target}
CLUSTER_NAME=${DEMO_CLUSTER:-demo}
YOURS=${DEMO_KUBECONFIG:-}
MODE=local
if [[ -n $YOURS ]]; then MODE=yours; elif [[ -n ${DEMO_KIND:-} ]]; then MODE=kind; fi
STATE=$MODELPORT_CACHE/run/$CLUSTER_NAME
WORK=$MODELPORT_CACHE/demo/$([[ $MODE == local ]] && echo "$CLUSTER_NAME" || echo "$MODE")
EXAMPLES=deploy/examples
POD_COLUMNS=POD:.metadata.name,PHASE:.status.phase,NODE:.spec.nodeName
ADMIN_CONFIG="" STEP=preparation
mkdir -p "$WORK/bin"
export PATH=$WORK/bin:$MODELPORT_CACHE/cluster/current/bin:$PATH EXAMPLES

# shellcheck source=tests/demo/lib.sh
source tests/demo/lib.sh
# shellcheck source=tests/demo/prepare.sh
source tests/demo/prepare.sh
# shellcheck source=tests/demo/last-screen.sh
source tests/demo/last-screen.sh

# However it ends. The cluster of a test goes; its logs stay.
clean_up() {
  stop_background
  if [[ -n $ASSERT && $MODE == local && -z ${DEMO_KEEP:-} ]]; then
    modelport-cluster --name "$CLUSTER_NAME" down >/dev/null 2>&1
  fi
}
trap clean_up EXIT

case ${DEMO_KIND:-kind} in kind) ;; *) die "CLUSTER=$DEMO_KIND is not known: say CLUSTER=kind, or KUBECONFIG=... for a cluster of yours." ;; esac

[[ $MODE != local || $(id -u) == 0 ]] || die "The local cluster needs root: sudo make demo. On a cluster of yours: make demo KUBECONFIG=..."
tests/prerequisites.sh || exit 1
say "${BOLD}Modelport: open-weight models, only where licence and region rules let them.$PLAIN"
began=$SECONDS
build_all
case $MODE in
  local) start_local ;;
  kind) start_kind ;;
  yours) find_yours ;;
esac
# In another's cluster nothing but the small model is started.
ASK="kubectl apply"
simulated || ASK="kubectl apply --dry-run=server"
install_modelport
# By number: 12 comes after 9.
mapfile -t steps < <(printf '%s\n' tests/demo/steps/*.sh | sort -V)
for file in "${steps[@]}"; do
  # shellcheck disable=SC1090
  source "$file"
done

if [[ -n $ASSERT ]]; then
  say ""
  say "$passed passed, $failed failed"
else
  last_screen
fi
[[ $failed -eq 0 ]]
