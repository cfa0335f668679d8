# shellcheck shell=bash
step 5 "One region name, two countries" "ap-southeast-1 is Singapore on AWS, and Hong Kong on Huawei Cloud. The manifest names both regions, and Singapore."

if simulated; then
  shows mia "grep -A20 placement $EXAMPLES/05-same-name/singapore.yaml"
  shows paul "kubectl modelport nodes | grep -e COUNTRY -e ap-southeast-1"
  says "SG" "HK" "huawei"
  shows mia "kubectl apply -f $EXAMPLES/05-same-name/singapore.yaml"
  succeeds
  waits 60 "captions is Ready" 'kubectl wait -n video mpd/captions --for=condition=Ready --timeout=1s'
  shows mia "kubectl get pods -n video -l modelport.dev/model-deployment=captions \\
    -o custom-columns=$POD_COLUMNS"
  says "aws-sg-a10g-1"
else
  left_out "this step"
fi
