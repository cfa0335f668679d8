# shellcheck shell=bash disable=SC2016
step 13 "Why here, and why not there" "Where support-bot may stand, node by node; an accelerator that a rule speaks of; a policy tried before it is applied; and models by countries."

thirteen=$EXAMPLES/13-chips
if simulated; then
  shows "" "kubectl modelport nodes --for support/support-bot"
  succeeds
  says "ali-hz-a10-1" "yes" "spec.placement" "2 nodes fit"
fi

sees "H100 in CN. A rule of export law speaks of that chip, and paul's policy lets pods wait for the reference."
shows paul "kubectl apply -f $thirteen/chips.yaml"
succeeds
shows lena "kubectl apply -f $thirteen/yunhai.yaml"
succeeds
shows mia "$ASK -f $thirteen/search.yaml"
succeeds
says "asks for a US licence" "ModelPolicy/chips" "only on nodes where that is recorded"
sees "lena records the reference for the deployment: any node in CN with that chip would do. There is none: the pod waits, and what is nearest is said."
shows lena "kubectl apply -f $thirteen/recorded/yunhai.yaml"
succeeds
if simulated; then
  waits 30 "no node fits yet" 'kubectl get mpd search -n chips -o jsonpath="{.status.conditions[?(@.type==\"Placeable\")].reason}" | grep -qx NoNodeNow'
  shows paul "kubectl modelport explain mpd/search -n chips | grep -A99 '^Places'"
  says "0 nodes fit" "spec.placement allows CN" "Shortest way"
fi

sees "What if nothing of support might stand in CN? Asked before the policy is applied; exit status 1, because something gets worse."
sed 's/^  regions:/  regions:\n    deny: {countries: [CN]}/' "$EXAMPLES/03-one-word/china.yaml" >"$WORK/no-cn.yaml"
shows "" "kubectl modelport whatif -f $(shorter "$WORK/no-cn.yaml")"
if simulated; then
  says "support/support-bot" "Refused" "PlaceNotPermitted" "would be stopped" "Nothing was changed."
else
  says "Nothing was changed."
fi

sees "The deployments of this cluster by countries: each cell is a decision, as if its pods stood there. The same as a picture."
shows "" "kubectl modelport matrix --countries CN,SG,US,DE,FR \\
    --svg $(shorter "$WORK/matrix.svg")"
succeeds
says "refused" "Written to"
