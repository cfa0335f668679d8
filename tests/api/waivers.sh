# Sourced by run.sh: who may waive what, with the webhook and without it, and what a Waiver does on a real API server.
# shellcheck shell=bash

LATE='usage: {audience: public, serves: [CN]}'
CHINA='placement: {allow: {countries: [CN]}}'

# A namespace whose policy lets a missing filing be waived; a tenant who has all rights in it; a clerk who may create
# Waivers, and does not hold the verb; counsel, who does.
late_rights() {
  kubectl create namespace late &&
    kubectl create rolebinding tenant-admin --clusterrole=admin --user=tenant -n late &&
    kubectl create role everything --verb='*' --resource='*.*' -n late &&
    kubectl create rolebinding tenant-everything --role=everything --user=tenant -n late &&
    kubectl create clusterrolebinding clerk --clusterrole=modelport-legal --user=clerk &&
    kubectl create clusterrolebinding tenant-legal --clusterrole=modelport-legal --user=lawless-tenant &&
    kubectl create rolebinding lawless-everything --role=everything --user=lawless-tenant -n late &&
    kubectl create clusterrole waive-late --verb=waive --resource=modelpolicies.modelport.dev --resource-name=late &&
    kubectl create clusterrolebinding counsel --clusterrole=modelport-legal --user=counsel &&
    kubectl create clusterrolebinding waive-late --clusterrole=waive-late --user=counsel
}
late_facts() {
  fact ModelPolicy late 'namespaces: [late]' 'admission: Warn' 'grace: {person: 10m}' 'licenses: {waivable: [FilingMissing]}' \
    'regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}' | kubectl apply -f - &&
    licensee late late 'metrics: [{name: monthly-active-users, scope: group, atMost: 10, period: 2023-01/2026-10}]' \
      'accepted: [{name: llama, who: legal@acme.example, when: 2026-11-02, covers: {all: Yes}}]' | kubectl apply -f - &&
    becomes modelpolicy/late Ready True/Accepted
}
late_is_refused() { NS=late model bot "$LLAMA" "$LATE" "$CHINA" 'accelerators: {product: NVIDIA-A10, count: 1}' | accepted FilingMissing && becomes mpd/bot Ready False/FilingMissing late && no_pods bot late; }

in_seconds() { date -u -d "+$1 seconds" +%Y-%m-%dT%H:%M:%SZ; }
late_uid() { kubectl get mpd bot -n late -o 'jsonpath={.metadata.uid}'; }
waiver() { # waiver NAME APPROVER [FINDINGS [UNTIL [UID]]]: a Waiver for late/bot
  fact Waiver "$1" "deployment: {namespace: late, name: bot, uid: ${5:-$(late_uid)}}" 'model: meta-llama/Llama-2-7b-chat-hf' \
    'policy: late' "findings: [${3:-{code: FilingMissing\}}]" 'reason: filing sent on Friday, number comes on Monday' \
    "until: \"${4:-$(in_seconds 3600)}\"" "approvedBy: \"$2\""
}
as_user() { # as_user USER ARGUMENT...: the program, as this user
  local user=$1
  shift
  kubectl config view --raw --minify | sed "s/^  user:\$/  user:\n    as: $user/" >"$SCRATCH/$user.kubeconfig" &&
    KUBECONFIG="$SCRATCH/$user.kubeconfig" "$MODELPORT" "$@"
}
said() { # said CODE TEXT COMMAND...: it ends with CODE, and TEXT is among what it prints
  local code=$1 text=$2 out got
  shift 2
  out=$("$@" 2>&1)
  got=$?
  [[ $got -eq $code ]] || { echo "ended with $got: $out"; return 1; }
  grep -qF -- "$text" <<<"$out" || { echo "without the text: $out"; return 1; }
}
no_waiver() { [[ -z $(kubectl get waivers -o name) ]] || { kubectl get waivers; return 1; }; }

tenant_may_not_waive() { waiver t tenant | refused 'is forbidden: User "tenant" cannot' --as tenant; }
star_in_a_namespace_is_not_the_verb() { waiver l lawless-tenant | refused 'does not hold the verb waive on modelpolicies.modelport.dev/late' --as lawless-tenant; }
clerk_may_not_waive() { waiver c clerk | refused "kubectl create clusterrole waive-late --verb=waive --resource=modelpolicies.modelport.dev --resource-name=late" --as clerk; }
forged() { waiver f counsel | refused 'Write approvedBy: clerk' --as clerk; waiver f boss | refused 'Write approvedBy: counsel' --as counsel; }
too_long() { waiver x counsel '{code: FilingMissing}' "$(in_seconds 2678400)" | refused 'more than 30 days after the creation' --as counsel; }
no_time() { waiver x counsel '{code: FilingMissing}' 2026-13-45 | refused 'spec.until' --as counsel; }
not_listed() { waiver x counsel '{code: AcceptanceMissing}' | refused 'ModelPolicy/late does not let AcceptanceMissing be waived' --as counsel; }
never() { waiver x counsel '{code: LicenseeConflict}' | refused 'no Waiver lets pass' --as counsel; }
other_uid() { waiver x counsel '{code: FilingMissing}' "$(in_seconds 60)" 2f3b0f6e-0000-4000-8000-000000000001 | refused 'it was deleted and made anew' --as counsel; }

without_a_reason() { said 3 "--reason 'filing sent on Friday" as_user counsel waive mpd/bot -n late --until 24h; }
without_the_verb() { said 3 'do not hold the verb waive on ModelPolicy/late' as_user clerk waive mpd/bot -n late --until 24h --reason 'the number comes on Monday'; }
nothing_listed() {
  said 3 'ModelPolicy/flux-soft does not let FilingMissing be waived; to let it, spec.licenses.waivable is edited (kubectl edit modelpolicy flux-soft)' as_user counsel waive chat -n soft --until 24h --reason 'the number comes on Monday'
}
dry_run() { said 0 'approvedBy: counsel' as_user counsel waive mpd/bot -n late --until 24h --reason 'the number comes on Monday' --dry-run && no_waiver; }
by_one_command() { said 0 'The verdict with it: Allowed.' as_user counsel waive mpd/bot -n late --until 24h --reason 'the number comes on Monday'; }
the_waiver() { kubectl get waivers -o 'jsonpath={.items[0].metadata.name}'; }
it_comes_back() { becomes mpd/bot Ready True/Serving late 90 && becomes "waiver/$(the_waiver)" Ready True/WaiverInForce; }
the_record_shows_who() {
  local name
  name=$(the_waiver)
  within 20 sh -c "kubectl get events -n late -o 'jsonpath={range .items[*]}{.reason} {.message}{\"\n\"}{end}' | grep -q '^Waived .*by counsel: the number comes on Monday (Waiver/$name)'" &&
    kubectl get mpd bot -n late -o 'jsonpath={.status.findings[*].message}' | grep -qF "by counsel: the number comes on Monday (Waiver/$name)" &&
    within 10 grep -qF "\"waived\":{\"waiver\":\"$name\",\"by\":\"counsel\"" "$SCRATCH/decisions.log" &&
    metric 'modelport_waivers_in_force 1' &&
    within 10 grep -qE '"verb":"create".*"username":"counsel".*"resource":"waivers".*"code":201' "$AUDIT"
}
a_record_is_not_changed() {
  local out
  out=$(kubectl patch waiver "$(the_waiver)" --type=merge -p '{"spec":{"until":"2026-12-24"}}' 2>&1) && { echo "it was let"; return 1; }
  grep -qE 'is not changed' <<<"$out" || { echo "$out"; return 1; }
}
ended_by_hand() { kubectl --as counsel delete waiver --all && becomes mpd/bot Ready True/StopScheduled late; }
ends_by_itself() {
  waiver short counsel '{code: FilingMissing}' "$(in_seconds 12)" | kubectl apply --as counsel -f - &&
    becomes waiver/short Ready True/WaiverInForce && becomes mpd/bot Ready True/Serving late &&
    becomes waiver/short Ready False/WaiverExpired late 30 && becomes mpd/bot Ready True/StopScheduled late 5 &&
    within 10 sh -c "kubectl get events -n late -o 'jsonpath={range .items[*]}{.reason} {.message}{\"\n\"}{end}' | grep -q '^WaiverExpired Waiver/short by counsel'" &&
    kubectl delete waiver short
}
the_policy_takes_it_back() {
  waiver held counsel | kubectl apply --as counsel -f - && becomes waiver/held Ready True/WaiverInForce || return 1
  kubectl patch modelpolicy late --type=merge -p '{"spec":{"licenses":{"waivable":null}}}' &&
    becomes waiver/held Ready False/WaiverVoid && becomes mpd/bot Ready True/StopScheduled late || return 1
  kubectl delete waiver held && kubectl patch modelpolicy late --type=merge -p '{"spec":{"licenses":{"waivable":["FilingMissing"]}}}'
}
with_the_webhook_off() {
  operator_is_killed
  kubectl delete validatingwebhookconfiguration modelport || return 1
  local bad=0
  tenant_may_not_waive && star_in_a_namespace_is_not_the_verb && clerk_may_not_waive && forged && too_long && no_time || bad=1
  operator_starts && return $bad
}

waiver_tests() {
  test_that "a tenant with all rights in his namespace, a clerk and counsel are there" late_rights
  test_that "a policy that lets a missing filing be waived is read" late_facts
  test_that "a refused manifest is stored and has no pod" late_is_refused
  test_that "all rights in a namespace do not let a tenant create a Waiver" tenant_may_not_waive
  test_that "nor do they hold the verb for one who may create Waivers" star_in_a_namespace_is_not_the_verb
  test_that "who may create Waivers and does not hold the verb is told how it is granted" clerk_may_not_waive
  test_that "nobody approves in another's name" forged
  test_that "no Waiver lasts longer than thirty days" too_long
  test_that "an end that is no day is refused" no_time
  test_that "what the policy does not list is not waived" not_listed
  test_that "what is never waived is refused" never
  test_that "a deployment that was made anew is another" other_uid
  test_that "the command without a reason shows an example" without_a_reason
  test_that "the command without the verb says who grants it" without_the_verb
  test_that "the command where nothing may be waived names policy and field" nothing_listed
  test_that "its dry-run prints the Waiver and stores nothing" dry_run
  test_that "one command waives it" by_one_command
  test_that "and it runs" it_comes_back
  test_that "status, event, decision log, metric and audit log show who" the_record_shows_who
  test_that "a Waiver is not changed" a_record_is_not_changed
  test_that "deleted, it ends" ended_by_hand
  test_that "it ends by itself, to the second" ends_by_itself
  test_that "a policy that no longer lets it makes it void" the_policy_takes_it_back
  test_that "with the webhook gone nobody waives who may not" with_the_webhook_off
}
