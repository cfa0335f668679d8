# shellcheck shell=bash
step 4 "Where it runs, and whom it serves" "Hunyuan's licence excludes the EU: as a place of its nodes, and of the people served. Three manifests that differ in two words."

four=$EXAMPLES/04-two-questions
words="grep -E 'serves|countries|- [A-Z]{2}$'"
sees "In Paris for France."
shows mia "$words $four/paris.yaml;
    $ASK -f $four/paris.yaml"
is_refused PlaceExcluded
sees "In Singapore for France."
shows mia "$words $four/singapore-for-france.yaml;
    $ASK -f $four/singapore-for-france.yaml"
is_refused PlaceExcluded
sees "In Singapore for Singapore."
shows mia "$words $four/singapore.yaml;
    $ASK -f $four/singapore.yaml"
succeeds
if simulated; then
  waits 60 "a13b is Ready" 'kubectl wait -n search mpd/a13b --for=condition=Ready --timeout=1s'
  shows mia 'kubectl get mpd -n search'
  says "a13b" "True" "SG"
else
  left_out "the pod in Singapore"
fi
