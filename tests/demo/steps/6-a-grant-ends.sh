# shellcheck shell=bash disable=SC2016
step 6 "A grant, and its end" "Llama 2 for a group that had 800 million monthly users in June 2023; then Meta's grant; then the grant ends while it runs."

six=$EXAMPLES/06-a-grant-ends
shows lena "kubectl apply -f $six/giant.yaml"
succeeds
shows paul "kubectl apply -f $six/short-grace.yaml; grep -A9 spec: $six/short-grace.yaml"
succeeds
sees "The usual grace is a day. It is 10 s in this namespace, for this demo."
shows mia "$ASK -f $six/bot.yaml"
is_refused UserThreshold
says "clause 2" "June 2023"
sees "lena records Meta's grant; mia applies the same file."
shows lena "kubectl apply -f $six/giant-granted.yaml"
succeeds
shows mia "$ASK -f $six/bot.yaml"
succeeds

if simulated; then
  waits 60 "bot is Ready" 'kubectl wait -n giant mpd/bot --for=condition=Ready --timeout=1s'
  sees "Meta ends the grant: lena writes its last instant down, 5 s from now."
  shows lena "kubectl patch licensee giant --type=json -p '[{\"op\": \"add\", \"path\": \"/spec/separateLicenses/0/until\", \"value\": \"'\$(date -u -d '+5 seconds' +%FT%TZ)'\"}]'"
  succeeds
  waits 30 "the grant has ended, and a stop is announced" \
    'kubectl get mpd bot -n giant -o jsonpath="{.status.conditions[?(@.type==\"Ready\")].reason}" | grep -qx StopScheduled'
  shows mia 'kubectl get mpd,pods -n giant'
  says "StopScheduled" "Running"
  waits 60 "the grace is over, and its pods are gone" '[ -z "$(kubectl get pods -n giant -o name)" ]'
  waits 10 "it says so" 'kubectl get mpd bot -n giant -o jsonpath="{.status.conditions[?(@.type==\"Ready\")].reason}" | grep -qx Stopped'
  shows mia "kubectl get mpd bot -n giant -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}{\"\\n\"}'"
  says "Stopped" "until" "Licensee/giant"
  shows mia "kubectl events -n giant --for modeldeployment/bot"
  succeeds
else
  left_out "the grant that ends while the model runs"
fi
