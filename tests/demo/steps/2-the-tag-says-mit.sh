# shellcheck shell=bash
step 2 "The tag says MIT" "The card of DeepSeek-R1-Distill-Llama-70B says MIT; its base model is under Llama 3.3, and that licence goes with it."

sees "lena writes down, once, what is so of the organisation: its seat, its figures, what it accepted."
shows lena "kubectl apply -f $EXAMPLES/02-the-tag-says-mit/acme.yaml"
succeeds
shows mia "$ASK -f $EXAMPLES/02-the-tag-says-mit/r1.yaml"
succeeds
if simulated; then
  waits 60 "r1 is Ready, on a simulated node with H100" 'kubectl wait -n chat mpd/r1 --for=condition=Ready --timeout=1s'
  shows paul 'kubectl modelport explain mpd/r1 -n chat'
else
  left_out "r1 running"
  shows lena "modelport check -f $EXAMPLES/02-the-tag-says-mit/r1.yaml --licensee $EXAMPLES/02-the-tag-says-mit/acme.yaml --explain"
fi
says "Allowed" "MIT and Llama 3.3" "Built with Llama"

sees "Another organisation, seated in Germany. The nodes would be in the US."
shows lena "kubectl apply -f $EXAMPLES/02-the-tag-says-mit/muster.yaml"
succeeds
shows mia "$ASK -f $EXAMPLES/02-the-tag-says-mit/eyes.yaml"
is_refused SeatExcluded
says "Licensee/muster" "DE"
