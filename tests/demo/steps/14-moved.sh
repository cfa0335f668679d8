# shellcheck shell=bash disable=SC2016
step 14 "A node says that it stands elsewhere" "The node under a running pod is relabelled: support-bot may stand in CN alone, so its pod moves to the other node in Hangzhou."

if simulated; then
  under='kubectl get pods -n support -l modelport.dev/model-deployment=support-bot -o jsonpath="{.items[*].spec.nodeName}"'
  quiet "$under"
  node=$OUT
  shows mia "kubectl get pods -n support -l modelport.dev/model-deployment=support-bot \\
    -o custom-columns=$POD_COLUMNS"
  says "$node"
  shows "" "kubectl label --overwrite node $node modelport.dev.node-restriction.kubernetes.io/country=SG \\
    modelport.dev.node-restriction.kubernetes.io/source-"
  succeeds
  waits 90 "the pod stands on another node in CN" "[ \"\$($under)\" != $node ] && kubectl wait -n support mpd/support-bot --for=condition=Ready --timeout=1s"
  shows mia "kubectl get pods -n support -l modelport.dev/model-deployment=support-bot \\
    -o custom-columns=$POD_COLUMNS"
  succeeds
  says_not "$node "
  shows paul "kubectl modelport nodes | grep -A1 '^$node: '"
  says "the administrator's label says SG"
  # The administrator takes it back; the operator writes what the cloud says.
  quiet "kubectl label node $node modelport.dev.node-restriction.kubernetes.io/country-"
else
  left_out "this step"
fi
