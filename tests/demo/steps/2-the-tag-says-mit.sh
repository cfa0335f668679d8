# shellcheck shell=bash
step 2 "The tag says MIT" "The card of DeepSeek-R1-Distill-Llama-70B says MIT; its base model is under Llama 3.3, and that licence goes with it."

two=$EXAMPLES/02-the-tag-says-mit
sees "lena writes down, once, what is so of the organisation: its seat, its figures, what it accepted."
shows lena "kubectl apply -f $two/acme.yaml"
succeeds
shows mia "$ASK -f $two/r1.yaml"
succeeds
if simulated; then
  waits 60 "r1 is Ready, on a simulated node" 'kubectl wait -n support mpd/r1 --for=condition=Ready --timeout=1s'
  shows paul 'kubectl modelport explain mpd/r1 -n support'
else
  left_out "r1 running"
  shows mia "modelport check -f $two/r1.yaml --licensee $two/acme.yaml --explain"
fi
says "Allowed" "MIT" "Llama 3.3 (LicenseRef-llama-3.3)" "Built with Llama"

sees "Another organisation, seated in Germany. The pods would stand in Singapore: the seat decides, and not the node."
shows lena "kubectl apply -f $two/muster.yaml"
succeeds
shows mia "$ASK -f $two/eyes.yaml"
is_refused SeatExcluded
says "Licensee/muster" "DE"
