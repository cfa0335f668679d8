# shellcheck shell=bash
step 4 "Where it runs, and whom it serves" "Hunyuan's licence excludes the EU: its nodes, and its people. Two questions, so three manifests that differ in two words."

four=$EXAMPLES/04-two-questions
sees "In Paris for France."
shows mia "grep -E 'serves|countries' $four/paris.yaml; $ASK -f $four/paris.yaml"
is_refused PlaceExcluded
sees "In Singapore for France."
shows mia "grep -E 'serves|countries' $four/singapore-for-france.yaml; $ASK -f $four/singapore-for-france.yaml"
is_refused PlaceExcluded
sees "In Singapore for Singapore."
shows mia "grep -E 'serves|countries' $four/singapore.yaml; $ASK -f $four/singapore.yaml"
succeeds
if simulated; then
  waits 60 "find is Ready" 'kubectl wait -n search mpd/find --for=condition=Ready --timeout=1s'
  shows mia 'kubectl get mpd -n search'
  says "find" "True" "SG"
else
  left_out "the pod in Singapore"
fi
