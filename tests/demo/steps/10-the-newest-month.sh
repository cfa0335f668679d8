# shellcheck shell=bash disable=SC2016
step 10 "The newest month, and three in the morning" "Qwen's licence asks for the users of the newest month, again and again: above 100 million it wants a grant. A month crosses that; what runs is drained; counsel brings it back for a week."

if simulated; then
  ten=$EXAMPLES/10-the-newest-month
  ready='kubectl get mpd writer -n news -o jsonpath="{.status.conditions[?(@.type==\"Ready\")].reason}"'
  # The 15th, because a month before the 31st is no day. Of the month before the last one the figure is due by now.
  middle=$(date -u +%Y-%m-15)
  before=$(date -u -d "$middle -2 months" +%Y-%m) newest=$(date -u -d "$middle -1 month" +%Y-%m)
  sed -e "s/2026-09/$before/" -e "s/2026-11-02/$(date -u +%F)/" $ten/rising.yaml >"$WORK/rising.yaml"
  shows lena "kubectl apply -f $(shorter "$WORK/rising.yaml") &&
    grep -A3 'name: monthly' $(shorter "$WORK/rising.yaml")"
  succeeds
  shows paul "kubectl apply -f $ten/news.yaml &&
    grep -A9 spec: $ten/news.yaml"
  succeeds
  shows mia "kubectl apply -f $ten/writer.yaml"
  succeeds
  says "FigureDue"
  waits 60 "writer is Ready" 'kubectl wait -n news mpd/writer --for=condition=Ready --timeout=1s'

  sees "Finance has counted the newest month; lena records it."
  shows lena "kubectl patch licensee rising --type=json -p '[{\"op\": \"add\", \"path\": \"/spec/metrics/-\",
    \"value\": {\"name\": \"monthly-active-users\", \"scope\": \"licensee\",
    \"period\": \"$newest\", \"value\": 104000000}}]'"
  succeeds
  waits 30 "a stop is announced" "$ready | grep -qx StopScheduled"
  shows mia 'kubectl get mpd,pods -n news'
  says "StopScheduled" "Running"
  waits 60 "the grace is over, and the pods are gone" '[ -z "$(kubectl get pods -n news -o name)" ]'

  sees "Three in the morning. Alibaba Cloud has agreed by mail; the paper is not signed. paul runs the platform, and that is not enough."
  because="--until 7d \\
    --reason 'agreed by mail, the signed paper comes on Monday'"
  shows paul "kubectl modelport waive mpd/writer -n news $because"
  says "nothing was created" "do not hold the verb waive on ModelPolicy/news"
  shows lena "kubectl modelport waive mpd/writer -n news $because"
  succeeds
  says "approved by lena@acme.example" "UserThreshold" "The verdict with it: Allowed."
  waits 60 "writer is Ready again" 'kubectl wait -n news mpd/writer --for=condition=Ready --timeout=1s'
  shows mia "kubectl get mpd writer -n news -o jsonpath='{.status.conditions[?(@.type==\"Eligible\")].message}{\"\\n\"}'"
  says "Waived until" "by lena@acme.example" "the signed paper"
  shows "" "kubectl logs -n modelport-system deployment/modelport --all-pods |
    kubectl modelport decisions -f - --deployment news/writer"
  says "Refused" "UserThreshold waived until" "by lena@acme.example"
else
  left_out "this step"
fi
