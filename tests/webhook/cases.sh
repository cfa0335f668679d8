# Sourced by tests/api/run.sh and by run.sh beside it: one case a folder, applied with kubectl by a member of the team.
# shellcheck shell=bash
#
#   CASE/facts.yaml       what legal and platform teams wrote before, where there is something; namespaces: [CASE]
#   CASE/manifest.yaml    what is applied; the first line says what the case is, a second "# owes" asks for the duties too
#   CASE/kubectl.golden   what kubectl prints, to the letter
#
# No date in a case may rot: frozen months are written out, @LAST_MONTH@ is the last whole calendar month and @TODAY@ the
# day, which are the two things that are put back before texts are compared. UPDATE_GOLDEN=1 writes the golden files: read the diff.

CASES=tests/webhook
LAST_MONTH=$(date -u -d "$(date -u +%Y-%m-01) -1 day" +%Y-%m)
TODAY=$(date -u +%Y-%m-%d)
LAST_MONTH_WORDS=$(LC_ALL=C date -u -d "$LAST_MONTH-01" '+%B %Y')

webhook_names() { local folder; for folder in "$CASES"/*/; do basename "$folder"; done; }

# Everybody in one file: a request less for each, and it takes a second.
webhook_people() {
  local name
  for name in $(webhook_names); do
    printf -- '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {modelport-test: webhook}}\n' "$name"
    printf -- '---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: team, namespace: %s}\n' "$name"
    printf 'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}\nsubjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: team}]\n'
  done | kubectl apply --server-side -f - || return 1
  kubectl create clusterrolebinding webhook-legal --clusterrole=modelport-legal --user=legal
}
webhook_facts() {
  local facts=$SCRATCH/webhook-facts.yaml file twice
  for file in "$CASES"/*/facts.yaml; do echo ---; sed "s/@LAST_MONTH@/$LAST_MONTH/g; s/@TODAY@/$TODAY/g" "$file"; done >"$facts"
  twice=$(awk '/^kind:/ {k = $2} /^metadata:/ {print k, $0}' "$facts" | sort | uniq -d)
  [[ -z $twice ]] || { echo "two cases write the same object: $twice"; return 1; }
  kubectl apply --server-side -f "$facts" && within 30 webhook_facts_are_read "$facts"
}
webhook_facts_are_read() {
  local unread
  unread=$(kubectl get -f "$1" -o 'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' | awk 'NF < 2')
  [[ -z $unread ]] || { echo "not read yet: $unread"; return 1; }
}

# webhook_says CASE USER: the session, as the person sees it.
webhook_says() {
  local name=$1 user=$2 rc=0 object duties
  # shellcheck disable=SC2016
  echo '$ kubectl apply -f manifest.yaml'
  (cd "$CASES/$name" && kubectl --as "$user" -n "$name" apply -f manifest.yaml 2>&1) || rc=$?
  echo "(exit status $rc)"
  if grep -q '^# owes$' "$CASES/$name/manifest.yaml"; then
    object=$(kubectl get mpd -n "$name" -o name)
    within 20 webhook_is_decided "$object" "$name" || return 1
    duties=$(kubectl --as "$user" get "$object" -n "$name" -o 'jsonpath={range .status.obligations[*]}{.kind}, {.by}: {.what}{"\n"}{end}')
    printf 'Owed, in status.obligations:\n%s\n' "${duties:-nothing}"
  fi
}
webhook_is_decided() { [[ -n $(kubectl get "$1" -n "$2" -o 'jsonpath={.status.verdict}') ]]; }
webhook_case() {
  local name=$1 user=team said golden=$CASES/$1/kubectl.golden
  grep -q '^kind: ModelDeployment$' "$CASES/$name/manifest.yaml" || user=legal
  said=$(webhook_says "$name" "$user") || { echo "$said"; return 1; }
  said=$(sed "s/$LAST_MONTH_WORDS/<last month>/g; s/$TODAY/<today>/g" <<<"$said")
  if [[ -n ${UPDATE_GOLDEN:-} ]]; then echo "$said" >"$golden"; return; fi
  diff -u "$golden" - <<<"$said" || { echo "UPDATE_GOLDEN=1 writes it anew"; return 1; }
  webhook_command_agrees "$name"
}
# The command that a denial names comes to the same code.
webhook_command_agrees() {
  local code said
  grep -q 'All that is missing: kubectl modelport check' "$CASES/$1/kubectl.golden" || return 0
  code=$(sed -n 's/.*denied the request: \([A-Za-z]*\):.*/\1/p' "$CASES/$1/kubectl.golden")
  said=$(kubectl modelport check -n "$1" -f "$CASES/$1/manifest.yaml" --explain 2>&1)
  [[ $? -eq 1 && -n $code && $said == *"$code"* ]] || { echo "it says, not $code: $said"; return 1; }
}

# Each kind of question that a licence can ask has a case of its own, by its number in the list of predicates.
webhook_has_all_nine() {
  local n missing=""
  for n in 1 2 3 4 5 6 7 8 9; do compgen -G "$CASES/p$n-*/kubectl.golden" >/dev/null || missing+=" P$n"; done
  [[ -z $missing ]] || { echo "no case for$missing"; return 1; }
}
webhook_goes() {
  kubectl delete namespaces -l modelport-test=webhook --wait=false >/dev/null &&
    kubectl delete -f "$SCRATCH/webhook-facts.yaml" >/dev/null && kubectl delete clusterrolebinding webhook-legal
}

webhook_tests() {
  local name
  plugin
  test_that "each case has a namespace and a team, and legal may write facts" webhook_people
  test_that "the facts of all cases are read" webhook_facts
  for name in $(webhook_names); do
    test_that "$name: $(sed -n '1s/^# //p' "$CASES/$name/manifest.yaml")" webhook_case "$name"
  done
  test_that "each of the nine kinds of questions has a case" webhook_has_all_nine
  test_that "the cases go" webhook_goes
}
