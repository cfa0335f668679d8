# Sourced by held.sh: what the command line tells who may edit a namespace and no more, and the role that lets them ask.
# shellcheck shell=bash

mia_edits() {
  kubectl create namespace asks &&
    kubectl create rolebinding mia --clusterrole=edit --user=mia@example.com -n asks &&
    NS=asks model bot "$SMALL" "$ONE" 'placement: {allow: {countries: [SG]}}' | kubectl apply -f - &&
    NS=asks model bot "$SMALL" >"$SCRATCH/bot.yaml" &&
    fact ModelPolicy asks 'namespaces: [asks]' >"$SCRATCH/asks.yaml" &&
    kubectl config view --raw --minify | sed "s/^  user:\$/  user:\n    as: mia@example.com/" >"$SCRATCH/mia.kubeconfig"
}
# mia CODE TEXT ARGUMENT...: the program as mia ends with CODE and prints TEXT, and nothing in the words of a debugger.
mia() {
  local code=$1 text=$2 out got=0
  shift 2
  out=$("$MODELPORT" "$@" --kubeconfig "$SCRATCH/mia.kubeconfig" 2>&1) || got=$?
  [[ $got -eq $code ]] && grep -qF -- "$text" <(tr -s ' \n' ' ' <<<"$out") || { echo "exit $got, without \"$text\": $out"; return 1; }
  ! grep -E 'ApiError|Status \{|failed to infer' <<<"$out"
}
asked_to() { mia 3 'kubectl create clusterrolebinding modelport-reader-mia-example.com --clusterrole=modelport-reader --user=mia@example.com' "$@"; }
each_command_names_the_role() {
  asked_to explain mpd/bot -n asks && asked_to waive mpd/bot -n asks --until 24h --reason 'to see what it says' &&
    asked_to check -f "$SCRATCH/bot.yaml" && asked_to whatif -f "$SCRATCH/asks.yaml" && asked_to matrix && asked_to nodes
}
mia_describes() {
  local out
  out=$(kubectl --as mia@example.com describe mpd/bot -n asks) && grep -q 'Reason:.*Serving' <<<"$out" || { echo "$out"; return 1; }
}
mia_is_let() { kubectl create clusterrolebinding modelport-reader-mia --clusterrole=modelport-reader --user=mia@example.com; }
each_command_answers() {
  mia 0 "asks/bot Allowed" explain mpd/bot -n asks && mia 0 "1 allowed" check -f "$SCRATCH/bot.yaml" &&
    mia 0 "Nothing was changed." whatif -f "$SCRATCH/asks.yaml" && mia 0 "asks/bot" matrix --countries SG,CN && mia 0 "gcp-sg-l4-1" nodes
}
what_is_not_there_is_said() {
  mia 3 'there is no ModelDeployment asks/nope. Those that there are: kubectl get mpd -n asks' explain mpd/nope -n asks &&
    mia 3 'there is no ModelDeployment asks/nope.' waive mpd/nope -n asks --until 24h --reason 'to see what it says' &&
    mia 3 'pod/bot is not a ModelDeployment: write NAME or mpd/NAME' explain pod/bot -n asks &&
    mia 3 'the kubeconfig has no context nowhere' explain mpd/bot -n asks --context nowhere
}
asks_goes() { kubectl delete mpd --all -n asks --wait=false && kubectl delete namespace asks --wait=false; }

reader_tests() {
  test_that "a person who may edit one namespace is there, with a model" mia_edits
  test_that "it serves in her namespace" becomes mpd/bot Ready True/Serving asks 60
  test_that "every command that reads what decides names the role that lets her" each_command_names_the_role
  test_that "and what describes her own shows it" mia_describes
  test_that "she is given the role" mia_is_let
  test_that "and every command answers" each_command_answers
  test_that "what is not there is said without the words of a debugger" what_is_not_there_is_said
  test_that "her namespace goes" asks_goes
}
