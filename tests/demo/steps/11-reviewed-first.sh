# shellcheck shell=bash disable=SC2016
step 11 "Read it first" "Muster's platform wants every publisher's own licence text reviewed by a person. Llama 3.1 waits for that, and then goes on by itself."

eleven=$EXAMPLES/11-reviewed-first
shows paul "kubectl apply -f $eleven/policy.yaml &&
    grep -A9 spec: $eleven/policy.yaml"
succeeds
shows mia "$ASK -f $eleven/reader.yaml"
succeeds
says "ReviewMissing" "modelport catalog licenses LicenseRef-llama-3.1"
if simulated; then
  waits 30 "it waits for the review" 'kubectl get mpd reader -n library -o jsonpath="{.status.verdict}" | grep -qx Waiting'
  shows mia 'kubectl get mpd -n library'
  says "ReviewMissing" "0/1"
fi
sees "lena reads the licence and what the catalogue says of it. Her review holds who, when, and the hash of that entry: a changed entry wants a new review."
shows lena 'kubectl modelport catalog licenses LicenseRef-llama-3.1'
succeeds
hash=$(sed -n 's/.*entrySha256: //p' "$eleven/review.yaml")
says "entrySha256 $hash"
shows lena "kubectl apply -f $eleven/review.yaml &&
    grep -A9 spec: $eleven/review.yaml"
succeeds
if simulated; then
  waits 60 "reader is Ready" 'kubectl wait -n library mpd/reader --for=condition=Ready --timeout=1s'
  shows mia 'kubectl get mpd -n library'
  says "True" "Serving" "Llama 3.1"
else
  waits 30 "the review counts" "[[ \$(kubectl apply --dry-run=server -f $eleven/reader.yaml 2>&1) != *ReviewMissing* ]]"
fi
