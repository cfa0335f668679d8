# shellcheck shell=bash
step 3 "One word" "Llama 2 in cn-hangzhou: internal runs; public needs a filing. On a fresh install rules of places only warn; paul enforces one."

shows mia "cat $EXAMPLES/03-one-word/support-bot.yaml"
sees "Not enforced yet: the word public gives a warning."
shows mia "sed 's/audience: internal/audience: public/' $EXAMPLES/03-one-word/support-bot.yaml | kubectl apply --dry-run=server -f -"
succeeds
says "Warning" "cn-genai-filing"

shows paul "kubectl apply -f $EXAMPLES/03-one-word/china.yaml"
succeeds
shows mia "$ASK -f $EXAMPLES/03-one-word/support-bot.yaml"
succeeds
if simulated; then
  waits 60 "support-bot is Ready" 'kubectl wait -n support mpd/support-bot --for=condition=Ready --timeout=1s'
  shows mia 'kubectl get pods -n support -o custom-columns=POD:.metadata.name,PHASE:.status.phase,NODE:.spec.nodeName'
  says "ali-hz-a10"
  holds "both pods of support-bot on A10 nodes in Hangzhou" \
    '[ "$(kubectl get pods -n support -o jsonpath="{range .items[*]}{.spec.nodeName}{\"\n\"}{end}" | grep -c ^ali-hz-a10-)" = 2 ]'
else
  left_out "the pods on A10 nodes in Hangzhou"
fi

sees "One word."
shows mia "sed 's/audience: internal/audience: public/' $EXAMPLES/03-one-word/support-bot.yaml | $ASK -f -"
is_refused FilingMissing
says "cn-genai-filing" "ModelPolicy/china"
if simulated; then holds "the internal service goes on" 'kubectl wait -n support mpd/support-bot --for=condition=Ready --timeout=1s'; fi

sees "lena records the filing that covers this service."
shows lena "kubectl apply -f $EXAMPLES/03-one-word/acme-filed.yaml"
succeeds
shows mia "sed 's/audience: internal/audience: public/' $EXAMPLES/03-one-word/support-bot.yaml | $ASK -f -"
succeeds
if simulated; then
  holds "the public service is stored" '[ "$(kubectl get mpd support-bot -n support -o jsonpath={.spec.usage.audience})" = public ]'
fi
