# shellcheck shell=bash disable=SC2016
step 6 "A grant, and its end" "Llama 2 for a group that had 800 million monthly users in June 2023; then Meta's grant; then the grant ends while it runs."

six=$EXAMPLES/06-eight-hundred-million
reason='kubectl get mpd assistant -n chat -o jsonpath="{.status.conditions[?(@.type==\"Ready\")].reason}"'
shows lena "kubectl apply -f $six/giant.yaml"
succeeds
shows mia "$ASK -f $six/assistant.yaml"
is_refused UserThreshold
says "clause 2" "June 2023"
sees "lena records Meta's grant; mia applies the same file."
shows lena "kubectl apply -f $six/granted/giant.yaml"
succeeds
shows mia "$ASK -f $six/assistant.yaml"
succeeds

if simulated; then
  waits 60 "assistant is Ready" 'kubectl wait -n chat mpd/assistant --for=condition=Ready --timeout=1s'
  sees "What is refused while it runs has a day before it stops. For this demo paul makes that 10 s in this namespace."
  shows paul "kubectl apply -f $six/brief.yaml &&
    grep -A9 spec: $six/brief.yaml"
  succeeds
  sees "The grant ends: lena writes down its last instant, 5 s from now."
  shows lena "kubectl patch licensee giant --type=json -p '[{\"op\": \"add\", \"path\": \"/spec/separateLicenses/0/until\",
    \"value\": \"'\$(date -u -d '+5 seconds' +%FT%TZ)'\"}]'"
  succeeds
  waits 30 "the grant has ended, and a stop is announced" "$reason | grep -qx StopScheduled"
  shows mia 'kubectl get mpd,pods -n chat'
  says "StopScheduled" "Running"
  waits 60 "the grace is over, and the pods are gone" '[ -z "$(kubectl get pods -n chat -o name)" ]'
  waits 10 "it says so" "$reason | grep -qx Stopped"
  shows mia "kubectl get mpd assistant -n chat -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}{\"\\n\"}'"
  says "Stopped" "until" "Licensee/giant"
  shows mia 'kubectl events -n chat --for modeldeployment/assistant'
  says "RecordEnded"
else
  left_out "the grant that ends while the model runs"
fi
