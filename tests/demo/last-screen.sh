# Sourced by demo.sh: how to look around, and how to take it all away.
# shellcheck shell=bash

last_screen() {
  local again="kubectl modelport explain mpd/smollm2 -n video           why, and who vouches for it"
  simulated && again="kubectl modelport explain mpd/support-bot -n support     why, and who vouches for it"
  say ""
  say "${BOLD}A real model answered from a pod that Modelport placed, and $refused manifests were refused, each for its own reason.$PLAIN"
  say "All of it took $((SECONDS - began)) s; what Modelport is, and how to install it on your own cluster: README.md."
  say ""
  say "  export KUBECONFIG=$(shorter "$ADMIN_CONFIG")"
  say "  export PATH=$(shorter "$WORK/bin"):$(shorter "$MODELPORT_CACHE/cluster/current/bin"):\$PATH"
  say "  kubectl get mpd -A                                       what runs, and why the rest does not"
  say "  $again"
  case $MODE in
    local) say "  make stop                                                takes it all away" ;;
    kind) say "  kind delete cluster --name modelport-demo                takes it all away" ;;
    yours)
      say ""
      say "To take it all away:"
      say "  kubectl delete -f tests/demo/people.yaml -f $(shorter "$WORK/hub.yaml")"
      say "  kubectl delete licensees acme muster giant yunhai"
      say "  kubectl delete modelpolicies china chips reviewed-first && kubectl delete modellicense llama-3.1"
      say "  helm uninstall modelport -n modelport-system && kubectl delete namespace modelport-system"
      say "  kubectl delete -f charts/modelport/files/crds"
      ;;
  esac
}
