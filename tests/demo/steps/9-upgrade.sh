# shellcheck shell=bash disable=SC2016
step 9 "An upgrade" "The operator is upgraded with another value. No model pod restarts."

pods='kubectl get pods -A -l modelport.dev/model-deployment --sort-by=.metadata.uid -o custom-columns=NAMESPACE:.metadata.namespace,POD:.metadata.name,UID:.metadata.uid,RESTARTS:.status.containerStatuses[0].restartCount'
shows "" "$pods"
says "smollm2"
before=$OUT
quiet 'kubectl get pods -n modelport-system -o name'
operator=$OUT
shows "" "helm upgrade modelport charts/modelport -n modelport-system --reset-then-reuse-values --set log.level=debug"
succeeds
quiet 'kubectl get pods -n modelport-system -o name'
if [[ $OUT != "$operator" ]]; then passed=$((passed + 1)); else broken "a new operator pod" "it is still $OUT"; fi
sleep 3 # time for the new operator to do something, if it wanted to
shows "" "$pods"
if [[ $OUT == "$before" ]]; then passed=$((passed + 1)); else broken "the same pods, with no restart" "before: $before"; fi

last_screen() {
  local config
  config=$(shorter "$ADMIN_CONFIG")
  say ""
  say "${BOLD}A real model answered from a pod that Modelport placed, and $refused manifests were refused, each with its reason. ($((SECONDS - began)) s)$PLAIN"
  say ""
  say "  export KUBECONFIG=$config PATH=$(shorter "$WORK/bin"):$(shorter "$MODELPORT_CACHE/cluster/current/bin"):\$PATH"
  say "  kubectl get mpd -A                                       what runs, and why the rest does not"
  if simulated; then
    say "  kubectl modelport explain mpd/support-bot -n support     why, and who vouches for it"
    say "  make stop                                                takes it all away"
  else
    say "  kubectl modelport explain mpd/smollm2 -n demo            why, and who vouches for it"
    if [[ $MODE == kind ]]; then
      say "  kind delete cluster --name modelport-demo                takes it all away"
    else
      say "  kubectl delete -f tests/demo/people.yaml -f tests/demo/hub.yaml; helm uninstall modelport -n modelport-system; kubectl delete crd -l ..."
    fi
  fi
}
