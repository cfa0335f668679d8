# shellcheck shell=bash disable=SC2016
step 7 "The gate behind the gate" "Somebody deletes the webhook configuration by hand and applies a forbidden manifest at once: it is stored, and gets no pod."

gate="sed 's/name: find/name: smuggled/' $EXAMPLES/04-two-questions/paris.yaml | kubectl apply -f -"
# The operator puts the configuration back within seconds, so that it may be faster than the hand.
for _ in 1 2 3 4 5; do
  quiet "kubectl delete validatingwebhookconfiguration modelport; sleep 0.3; $gate"
  [[ $RC -eq 0 ]] && break
done
printf '\n%s$ kubectl delete validatingwebhookconfiguration modelport; sleep 0.3\n$ %s%s\n%s\n' "$BOLD" "$gate" "$PLAIN" "$OUT"
succeeds
says "deleted" "created"
waits 30 "Modelport has looked at it" 'kubectl get mpd smuggled -n search -o jsonpath="{.status.verdict}" | grep -qx Refused'
shows "" 'kubectl get mpd smuggled -n search; kubectl get deployments,pods -n search -l modelport.dev/model-deployment=smuggled'
says "PlaceExcluded" "No resources found"
waits 15 "the configuration is back by itself" 'kubectl get validatingwebhookconfiguration modelport'
shows "" "kubectl get validatingwebhookconfiguration modelport; sed 's/name: find/name: smuggled-too/' $EXAMPLES/04-two-questions/paris.yaml | kubectl apply -f -"
is_refused PlaceExcluded
quiet 'kubectl delete mpd smuggled -n search --wait=false'
