# shellcheck shell=bash disable=SC2016
step 1 "A model answers" "The nodes with their countries; then one field of one manifest, with no Licensee and no policy, becomes a model that answers."

shows "" 'kubectl modelport nodes'
succeeds
if simulated; then says "ali-hz-a10-1" "CN" "edge-1"; fi

shows mia "cat $EXAMPLES/01-first-answer/smollm2.yaml"
shows mia "kubectl apply -f $EXAMPLES/01-first-answer/smollm2.yaml"
succeeds
waits 180 "smollm2 is Ready" 'kubectl wait -n demo mpd/smollm2 --for=condition=Ready --timeout=1s'
shows mia 'kubectl get mpd -n demo'
says "True" "Serving" "Apache-2.0" "1/1"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '\n%smia $ kubectl port-forward -n demo service/smollm2 %s:8000 &%s\n' "$BOLD" "$port" "$PLAIN"
kubectl port-forward -n demo service/smollm2 "$port:8000" >"$WORK/port-forward.log" 2>&1 &
forward=$!
waits 20 "the port is forwarded" "curl -sf http://localhost:$port/v1/models"
shows mia "curl -s http://localhost:$port/v1/chat/completions -H 'Content-Type: application/json' -d '{
    \"model\": \"SmolLM2-135M-Instruct\", \"temperature\": 0, \"max_tokens\": 60, \"messages\": [
      {\"role\": \"system\", \"content\": \"You are a helpful assistant. Answer in one short sentence.\"},
      {\"role\": \"user\", \"content\": \"What is the capital of France?\"}]}' |
  jq -r '.choices[0].message.content'"
says "Paris"
kill "$forward" 2>/dev/null
forward=""
