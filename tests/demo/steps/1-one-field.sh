# shellcheck shell=bash disable=SC2016
step 1 "A model answers" "The nodes with their countries; then one field of one manifest, with no Licensee and no policy, becomes a model that answers."

shows "" 'kubectl modelport nodes'
succeeds
if simulated; then says "ali-hz-a10-1" "CN" "edge-1"; fi

shows mia "cat $EXAMPLES/01-one-field/smollm2.yaml"
shows mia "kubectl apply -f $EXAMPLES/01-one-field/smollm2.yaml"
succeeds
waits 180 "smollm2 is Ready" 'kubectl wait -n video mpd/smollm2 --for=condition=Ready --timeout=1s'
shows mia 'kubectl get mpd -n video'
says "True" "Serving" "Apache-2.0" "1/1"
if simulated; then
  holds "smollm2 on the real node" '[ "$(kubectl get pods -n video -o jsonpath={.items[*].spec.nodeName})" = node1 ]'
fi

port=18000
while (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
in_background mia "kubectl port-forward -n video service/smollm2 $port:8000"
waits 20 "the port is forwarded" "curl -sf http://localhost:$port/v1/models"
shows mia "curl -s http://localhost:$port/v1/chat/completions -H 'Content-Type: application/json' -d '{
    \"model\": \"SmolLM2-135M-Instruct\", \"temperature\": 0, \"max_tokens\": 60, \"messages\": [
      {\"role\": \"system\", \"content\": \"You are a helpful assistant. Answer in one short sentence.\"},
      {\"role\": \"user\", \"content\": \"What is the capital of France?\"}]}' |
  jq -r '.choices[0].message.content'"
says "Paris"
stop_background
