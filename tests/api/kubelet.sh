#!/usr/bin/env bash
# The last layer, alone: a real kubelet refuses a pod whose required node affinity does not let its node, however the pod
# got there. No operator and no policy is installed.
#
#   KUBECONFIG=... tests/api/kubelet.sh      on a cluster of tier full, whose real node is node1
#
# The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/chart/harness.sh
source tests/chart/harness.sh

COUNTRY=modelport.dev.node-restriction.kubernetes.io/country
NODE=node1

pod() { # pod NAME SPEC: with the affinity that Modelport writes for Singapore
  printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {%s, affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: %s, operator: In, values: [SG]}]}]}}}, containers: [{name: c, image: "example.invalid/none:1"}]}\n' "$1" "$2" $COUNTRY
}
ready() { kubectl wait node/$NODE --for=condition=Ready --timeout=60s && within 30 kubectl get serviceaccount default; }
stands() { # stands POD PHASE/REASON
  local got
  got=$(kubectl get pod "$1" -o 'jsonpath={.status.phase}/{.status.reason}')
  [[ $got == "$2" ]] || { echo "it is $got: $(kubectl get pod "$1" -o 'jsonpath={.status.message}')"; return 1; }
}
named() { pod "$1" "nodeName: $NODE" | kubectl apply -f -; }
bound() { # bound POD: by hand, as a scheduler of one's own would
  pod "$1" 'schedulerName: nobody' | kubectl apply -f - &&
    printf '{"apiVersion":"v1","kind":"Binding","metadata":{"name":"%s","namespace":"default"},"target":{"apiVersion":"v1","kind":"Node","name":"%s"}}' "$1" $NODE |
    kubectl create --raw "/api/v1/namespaces/default/pods/$1/binding" -f -
}
unknown_named() { named a && within 30 stands a Failed/NodeAffinity; }
unknown_bound() { bound b && within 30 stands b Failed/NodeAffinity; }
abroad() { kubectl label --overwrite node $NODE $COUNTRY=HK && named c && within 30 stands c Failed/NodeAffinity; }
here() { # the kubelet learns of a label through its watch
  kubectl label --overwrite node $NODE $COUNTRY=SG && within 30 tried d
}
tried() { # a new pod at each look: one that was refused stays refused
  kubectl delete pod "$1" --ignore-not-found --force --grace-period=0 && named "$1" && sleep 2 && stands "$1" Pending/
}
scheduler_waits() {
  kubectl label --overwrite node $NODE $COUNTRY=HK && pod e 'terminationGracePeriodSeconds: 0' | kubectl apply -f - && sleep 3 && stands e Pending/ &&
    [[ -z $(kubectl get pod e -o 'jsonpath={.spec.nodeName}') ]]
}
scheduler_places() { kubectl label --overwrite node $NODE $COUNTRY=SG && within 30 placed e; }
placed() { [[ $(kubectl get pod "$1" -o 'jsonpath={.spec.nodeName}') == "$NODE" ]]; }

test_that "a real node is ready" ready
test_that "a pod that names a node of unknown country is refused by its kubelet" unknown_named
test_that "so is one that is bound to it by hand" unknown_bound
test_that "and one on a node of another country" abroad
test_that "on a node of the right country it is taken" here
test_that "the scheduler gives a pod no node of another country" scheduler_waits
test_that "and gives it one once it stands in the right one" scheduler_places

finish
