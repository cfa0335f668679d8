# shellcheck shell=bash
step 5 "One region name, two countries" "ap-southeast-1 is Singapore on AWS and Hong Kong on Huawei Cloud. The manifest names both, and Singapore only."

if simulated; then
  shows "" "kubectl modelport nodes | grep -e COUNTRY -e ap-southeast-1"
  says "SG" "HK" "huawei"
  shows mia "cat $EXAMPLES/05-two-clouds/qwen.yaml"
  shows mia "kubectl apply -f $EXAMPLES/05-two-clouds/qwen.yaml"
  succeeds
  waits 60 "qwen is Ready" 'kubectl wait -n search mpd/qwen --for=condition=Ready --timeout=1s'
  shows mia 'kubectl get pods -n search -l modelport.dev/model-deployment=qwen -o custom-columns=POD:.metadata.name,PHASE:.status.phase,NODE:.spec.nodeName'
  says "aws-sg-a10g-1"
  says_not "huawei"
else
  left_out "this step"
fi
