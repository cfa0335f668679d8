#!/usr/bin/env bash
# `modelport scan` on a real API server with fake nodes, where Modelport is not installed: what it finds, what it needs,
# and that it writes nothing.
#
#   tests/scan/run.sh NAME      on the cluster NAME (tier fake), which KUBECONFIG points at
#
# The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/chart/harness.sh
source tests/chart/harness.sh

CACHE=${MODELPORT_CACHE:-$HOME/.cache/modelport}
export PATH=$CACHE/cluster/current/bin:$PATH
MODELPORT=${MODELPORT:-${CARGO_TARGET_DIR:-$CACHE/target}/debug/modelport}
AUDIT=$CACHE/run/${1:?the name of the cluster}/audit.log
LICENSEE=deploy/examples/03-one-word/acme.yaml
trap 'rm -rf "$SCRATCH"' EXIT

# has TEXT FILE: the text stands in a line of the file, whatever the spaces.
# The search ends with the first hit, and what feeds it through a pipe would fail then.
has() { grep -qF -- "$1" <(tr -s ' ' <"$2") || { echo "without \"$1\":"; cat "$2"; return 1; }; }
has_not() { ! grep -qF -- "$1" "$2" || { echo "with \"$1\":"; cat "$2"; return 1; }; }
all_run() {
  local end=$((SECONDS + 60))
  until [[ $(kubectl get pods -A --field-selector=status.phase=Running -o name | wc -l) -ge 8 ]]; do
    [[ $SECONDS -lt $end ]] || { kubectl get pods -A; return 1; }
    sleep 0.5
  done
}
# as ACCOUNT ARGUMENT...: scan with the rights of a service account.
as() {
  local token=$1
  shift
  kubectl config view --raw --minify --flatten -o json |
    jq --arg token "$token" '.users[].user = {token: $token}' >"$SCRATCH/as.kubeconfig"
  KUBECONFIG=$SCRATCH/as.kubeconfig "$MODELPORT" scan "$@" >"$SCRATCH/as.out" 2>&1
}
account() { # account NAME RESOURCES: may list these in the cluster; its token
  kubectl create serviceaccount "$1" -n lab >/dev/null &&
    if [[ -n $2 ]]; then kubectl create clusterrole "$1" --verb=list --resource="$2" >/dev/null && kubectl create clusterrolebinding "$1" --clusterrole="$1" --serviceaccount="lab:$1" >/dev/null; fi &&
    kubectl create token "$1" -n lab
}

servers_that_nobody_decided_on() { kubectl apply -f tests/scan/already-there.yaml && all_run; }
it_reads() { "$MODELPORT" scan -A >"$SCRATCH/all" 2>"$SCRATCH/all.err" && cat "$SCRATCH/all"; }
one_line_a_workload() { has "shop deploy/assistant 2 vLLM deepseek-ai/DeepSeek-R1-Distill-Llama-70B MIT and Llama 3.3 SG Waiting" "$SCRATCH/all"; }
place_refuses() { has "shop deploy/search 1 vLLM tencent/Hunyuan-A13B-Instruct Hunyuan-A13B DE Refused" "$SCRATCH/all" && has "PlaceExcluded: Hunyuan-A13B (clause 5(c))" "$SCRATCH/all"; }
ollama() { has "lab deploy/chat 1 Ollama llama3.1:8b Llama 3.1 HK Waiting" "$SCRATCH/all"; }
embeddings() { has "lab deploy/embeddings 1 TEI BAAI/bge-m3 MIT DE Allowed" "$SCRATCH/all"; }
path() { has "lab sts/server 1 llama.cpp /models/weights.gguf - US Waiting" "$SCRATCH/all"; }
unknown_country() { has "lab deploy/vision 1 SGLang Qwen/Qwen2.5-VL-3B-Instruct Qwen Research ? Waiting" "$SCRATCH/all"; }
no_proxy() { has_not gateway "$SCRATCH/all"; }
counts() { has "6 models run without a decision, in 2 namespaces: 1 would be allowed, 1 refused, 4 waiting." "$SCRATCH/all"; }
no_secret() { has_not hf_thisisneverprinted "$SCRATCH/all" && "$MODELPORT" scan -A -o json >"$SCRATCH/json" && has_not hf_thisisneverprinted "$SCRATCH/json"; }
json() { [[ $(jq -r '[.models[] | select(.wouldBe.verdict == "Refused") | .workload] | join(",")' "$SCRATCH/json") == deploy/search ]] || { head -c 2000 "$SCRATCH/json"; return 1; }; }
# The gate of docs/scan.md, to the letter, as the kubectl plugin that it is.
GATE=$(cat <<'COMMAND'
kubectl modelport scan -A -o json | jq -e '[.models[] | select(.wouldBe.verdict == "Refused")] == []'
COMMAND
)
gate() {
  mkdir -p "$SCRATCH/bin" && ln -sf "$(realpath "$MODELPORT")" "$SCRATCH/bin/kubectl-modelport" || return 1
  ! PATH=$SCRATCH/bin:$PATH bash -o pipefail -c "$GATE" >/dev/null || { echo "the gate is open"; return 1; }
  kubectl delete deployment search -n shop >/dev/null || return 1
  for _ in {1..40}; do PATH=$SCRATCH/bin:$PATH bash -o pipefail -c "$GATE" >/dev/null && return; sleep 0.5; done
  echo "the gate stays closed"
  return 1
}
yaml() { "$MODELPORT" scan -A -o yaml >"$SCRATCH/yaml" && has "workload: deploy/search" "$SCRATCH/yaml"; }
one_namespace() { "$MODELPORT" scan -n lab >"$SCRATCH/lab" && has_not shop "$SCRATCH/lab" && has "4 models run without a decision, in 1 namespace" "$SCRATCH/lab"; }
with_a_licensee() { "$MODELPORT" scan -A --licensee $LICENSEE >"$SCRATCH/acme" && cat "$SCRATCH/acme" && has "deploy/assistant 2 vLLM deepseek-ai/DeepSeek-R1-Distill-Llama-70B MIT and Llama 3.3 SG Allowed" "$SCRATCH/acme" && has "Decided for Licensee/acme of the files given" "$SCRATCH/acme"; }
pods_only() { as "$(account pods-only pods)" -A && has "missing: verb list on nodes" "$SCRATCH/as.out" && has "deploy/search 1 vLLM tencent/Hunyuan-A13B-Instruct Hunyuan-A13B ? Waiting" "$SCRATCH/as.out"; }
no_rights() {
  as "$(account nobody "")" -A
  [[ $? -eq 3 ]] && has "pods in all namespaces (one only: -n NAMESPACE) may not be read; missing: verb list on pods" "$SCRATCH/as.out"
}
cluster_licensee() {
  kubectl apply --server-side -f crds >/dev/null && kubectl wait --for=condition=Established crd/licensees.modelport.dev --timeout=30s >/dev/null &&
    sed 's/- support/- shop/' $LICENSEE | kubectl apply -f - >/dev/null && "$MODELPORT" scan -A >"$SCRATCH/installed" &&
    has "deploy/assistant 2 vLLM deepseek-ai/DeepSeek-R1-Distill-Llama-70B MIT and Llama 3.3 SG Allowed" "$SCRATCH/installed" &&
    has "lab deploy/chat 1 Ollama llama3.1:8b Llama 3.1 HK Waiting" "$SCRATCH/installed" &&
    has "Decided for the Licensees of this cluster" "$SCRATCH/installed"
}
files_and_cluster() { "$MODELPORT" scan -A --licensee $LICENSEE >"$SCRATCH/both" && has_not LicenseeConflict "$SCRATCH/both" && has "deploy/assistant 2 vLLM deepseek-ai/DeepSeek-R1-Distill-Llama-70B MIT and Llama 3.3 SG Allowed" "$SCRATCH/both"; }
kinds_not_readable() { as "$(account half pods,nodes)" -A && has "licensees, modelpolicies, modellicenses, inferenceruntimes of modelport.dev may not be read" "$SCRATCH/as.out"; }
# The audit log has every write. That it would have one of this account is shown first.
nothing_is_written() {
  local token user=system:serviceaccount:lab:all
  token=$(account all "") && kubectl create clusterrolebinding all --clusterrole=cluster-admin --serviceaccount=lab:all >/dev/null && as "$token" -A --licensee $LICENSEE || return 1
  ! grep -qF "$user" "$AUDIT" || { grep -F "$user" "$AUDIT" | head -3; return 1; }
  KUBECONFIG=$SCRATCH/as.kubeconfig kubectl create configmap proof -n lab >/dev/null || return 1
  for _ in 1 2 3 4 5 6 7 8 9 10; do grep -qF "\"username\":\"$user\"" <(grep -F '"proof"' "$AUDIT") && return; sleep 0.5; done
  echo "the audit log has no write of $user at all"
  return 1
}

test_that "model servers run that nobody decided on" servers_that_nobody_decided_on
test_that "a scan reads them, with nothing installed" it_reads
test_that "two pods of one Deployment are one line" one_line_a_workload
test_that "a model whose licence excludes the country would be refused" place_refuses
test_that "a name of Ollama's library is found in a hook" ollama
test_that "a variable names a model" embeddings
test_that "a path waits: whose model is it?" path
test_that "an unknown country is a question mark" unknown_country
test_that "a gateway is no model server" no_proxy
test_that "the last lines count" counts
test_that "no token is printed" no_secret
test_that "JSON can be asked" json
test_that "YAML holds the same" yaml
test_that "one namespace can be scanned" one_namespace
test_that "a Licensee from a file decides for every namespace" with_a_licensee
test_that "without list nodes the verb is named and the pods are shown" pods_only
test_that "without list pods it ends with 3 and names the verb" no_rights
test_that "the cluster's Licensees decide where they are" cluster_licensee
test_that "a Licensee from a file goes before the cluster's" files_and_cluster
test_that "kinds of ours that may not be read are named" kinds_not_readable
test_that "nothing is written" nothing_is_written
test_that "the gate of the page is closed by a refusal, and opens" gate

finish
