# shellcheck shell=bash disable=SC2016
step 9 "An upgrade" "The operator is upgraded with another value. No model pod restarts."

pods='kubectl get pods -A -l modelport.dev/model-deployment \
    -o custom-columns=NAMESPACE:.metadata.namespace,POD:.metadata.name,UID:.metadata.uid,RESTARTS:.status.containerStatuses[0].restartCount'
operator='kubectl get pods -n modelport-system -l app.kubernetes.io/name=modelport -o name'
shows "" "$pods"
says "smollm2"
before=$OUT
quiet "$operator"
old=$OUT
shows "" "helm upgrade modelport charts/modelport -n modelport-system \\
    --reset-then-reuse-values --set log.level=warn --hide-notes"
succeeds
# Not by grep -q: it ends at its first line, kubectl then fails on the next, and a failed pipeline turned round is true.
waits 60 "the old operator is gone" "[[ \$($operator) != *'$old'* ]]"
sleep 5 # time for the new operator to do something, if it wanted to
shows "" "$pods"
if [[ $OUT == "$before" ]]; then passed=$((passed + 1)); else broken "the same pods, with no restart" "before: $before"; fi
