# shellcheck shell=bash disable=SC2016
step 3 "One word" "Llama 2 in cn-hangzhou: internal runs; public needs a filing. On a fresh install rules of places only warn; paul enforces one."

three=$EXAMPLES/03-one-word
shows mia "cat $three/internal.yaml"
sees "Not enforced yet: the word public gives a warning."
shows mia "diff -I '^#' $three/internal.yaml $three/public.yaml;
    kubectl apply --dry-run=server -f $three/public.yaml"
succeeds
says "Warning" "cn-genai-filing"

sees "Enforced."
shows paul "kubectl apply -f $three/china.yaml"
succeeds
shows mia "$ASK --server-side -f $three/internal.yaml"
succeeds
if simulated; then
  waits 60 "support-bot is Ready" 'kubectl wait -n support mpd/support-bot --for=condition=Ready --timeout=1s'
  shows mia "kubectl get pods -n support -l modelport.dev/model-deployment=support-bot \\
    -o custom-columns=$POD_COLUMNS"
  says "ali-hz-a10"
else
  left_out "the pod on an A10 node in Hangzhou"
fi

sees "One word."
shows mia "$ASK --server-side -f $three/public.yaml"
is_refused FilingMissing
says "cn-genai-filing" "ModelPolicy/china"
if simulated; then holds "the internal service goes on" 'kubectl wait -n support mpd/support-bot --for=condition=Ready --timeout=1s'; fi

sees "lena records the filing that covers this service; mia applies the same file."
shows lena "kubectl apply -f $three/filed/acme.yaml"
succeeds
shows mia "$ASK --server-side -f $three/public.yaml"
succeeds
if simulated; then
  holds "the public service is stored" '[ "$(kubectl get mpd support-bot -n support -o jsonpath={.spec.usage.audience})" = public ]'
fi
