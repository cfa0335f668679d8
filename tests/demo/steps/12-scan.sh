# shellcheck shell=bash disable=SC2016
step 12 "What runs already" "Model servers that somebody started by hand, past Modelport: which models, under which licences, in which countries, and what would be decided. Only pods and nodes are read."

if simulated; then
  # Somebody was here before: nobody types this in the story.
  quiet "kubectl apply -f tests/scan/already-there.yaml"
  succeeds
  say ""
  waits 60 "the servers of shop and lab run" '[ "$(kubectl get pods -A -o json | jq "[.items[] | select(.metadata.namespace == \"shop\" or .metadata.namespace == \"lab\") | select(.status.phase == \"Running\")] | length")" -eq 8 ]'
  shows "" "kubectl modelport scan -n shop"
  succeeds
  says "deepseek-ai/DeepSeek-R1-Distill-Llama-70B" "MIT and Llama 3.3" "SG" "LicenseeMissing" "PlaceExcluded" "DE" "Nothing was changed."
  says_not "gateway"
  sees "The same under Acme's facts: Llama 3.3 is settled. Hunyuan-A13B stays refused, for it stands in Germany."
  shows "" "kubectl modelport scan -n shop --licensee $EXAMPLES/03-one-word/acme.yaml"
  succeeds
  says "1 would be allowed, 1 refused, 0 waiting" "Licensee/acme"
  shows "" "kubectl modelport scan -A | tail -n 4"
  succeeds
  says "6 models run without a decision, in 2 namespaces" "Modelport's own" "Nothing was changed."
  quiet "kubectl delete -f tests/scan/already-there.yaml --wait=false"
else
  shows "" "kubectl modelport scan -A"
  succeeds
  says "Nothing was changed."
fi
