# shellcheck shell=bash disable=SC2016
step 7 "The gate behind the gate" "Somebody deletes the webhook configuration by hand and applies a forbidden manifest at once: it is stored, and gets no pod."

smuggle() { printf '%s' "sed 's/name: a13b/name: $1/' $EXAMPLES/04-two-questions/paris.yaml |
      kubectl apply -f -"; }
# The operator puts the configuration back within a second or so: it may be faster than the hand.
for _ in 1 2 3 4 5 6 7 8; do
  quiet "kubectl delete validatingwebhookconfiguration modelport &&
    $(smuggle smuggled)"
  if [[ $RC -eq 0 ]]; then break; fi
  sleep 1
done
typed "" "kubectl delete validatingwebhookconfiguration modelport &&
    $(smuggle smuggled)"
say "$OUT"
succeeds
says "deleted" "created"
waits 30 "Modelport has decided on it" 'kubectl get mpd smuggled -n search -o jsonpath="{.status.verdict}" | grep -qx Refused'
sleep 2 # a pod, if one were made, would be there
shows "" 'kubectl get mpd smuggled -n search;
    kubectl get deployments,pods -n search -l modelport.dev/model-deployment=smuggled'
says "PlaceExcluded" "No resources found"
waits 15 "the configuration is back by itself" 'kubectl get validatingwebhookconfiguration modelport'
sleep 1 # the API server reads its configurations anew
shows "" "kubectl get validatingwebhookconfiguration modelport;
    $(smuggle smuggled-again)"
is_refused PlaceExcluded
