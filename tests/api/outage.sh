# Sourced by held.sh: the API server is away for a whole minute, and what ran stands as it stood.
# shellcheck shell=bash

pods_that_run() { kubectl get pods -A -l modelport.dev/model-deployment -o 'jsonpath={range .items[*]}{.metadata.uid} {.spec.nodeName}{"\n"}{end}' | sort; }
one_runs() { kubectl create namespace outage && NS=outage model steady 'scaling: {replicas: 2}' | kubectl apply -f - && becomes mpd/steady Ready True/Serving outage 40; }
settled() { # nothing is on its way any more
  local before
  before=$(pods_that_run) && sleep 4 && [[ $(pods_that_run) == "$before" ]]
}
api_server_is_away() {
  pods_that_run >"$SCRATCH/before-the-outage"
  modelport-cluster --name "$NAME" component stop kube-apiserver || return 1
  sleep 60
  local lives=0
  operator_lives || lives=1
  modelport-cluster --name "$NAME" component start kube-apiserver && within 60 kubectl get --raw /readyz && return $lives
}
# kube-controller-manager and the fake nodes come back as the operator does: no pod may have been replaced meanwhile.
pods_stand_as_they_stood() {
  local gone
  gone=$(comm -23 "$SCRATCH/before-the-outage" <(pods_that_run))
  [[ -s $SCRATCH/before-the-outage && -z $gone ]] || { echo "gone: $gone"; return 1; }
}
# Its pods are kube-controller-manager's to make, which takes more than a minute to come back.
goes_on() {
  NS=outage model after >"$SCRATCH/after.yaml" && within 40 kubectl apply -f "$SCRATCH/after.yaml" && within 40 kubectl get deployment after -n outage
}
wrote_nothing_to_what_stood() { wrote 0 'resource=(deployments|services|poddisruptionbudgets|controllerrevisions).*name=steady'; }

outage_tests() {
  test_that "a model runs, and nothing is on its way" one_runs
  test_that "the pods have settled" within 40 settled
  mark
  test_that "the API server is away for 60 s and the operator stays" api_server_is_away
  test_that "it leads again" leads_again
  test_that "a manifest of after the outage is admitted, and its Deployment made" goes_on
  test_that "no pod that ran was replaced or moved" pods_stand_as_they_stood
  test_that "nothing was written to what stood" wrote_nothing_to_what_stood
}
