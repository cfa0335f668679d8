#!/usr/bin/env bash
# The chart, without a cluster: what it renders, what it must never render, and
# that the files generated from it are fresh. Prints one line a test and, last,
# "N passed, N failed"; exits 1 if any failed.
#
# Needs Helm 4 (HELM, or the one in PATH) and the operator's binary (MODELPORT, or
# the newest in target/). Without one of them its tests fail; none is skipped.
set -uo pipefail
cd "$(dirname "$0")/../.."

HELM=${HELM:-helm}
CHART=charts/modelport
KINDS="inferenceruntimes licensees modeldeployments modellicenses modelpolicies waivers"
CRD_MAX_BYTES=$((200 * 1000))     # client-side apply stops at 262,144 bytes of annotation
CHART_MAX_BYTES=$((700 * 1000))   # Helm keeps a release in one Secret of at most 1 MiB
# shellcheck source=tests/chart/harness.sh
source tests/chart/harness.sh

# render NAME [FLAG...]: renders to $SCRATCH/NAME.yaml, and each document to a file
# of its own in $SCRATCH/NAME/.
render() {
  local name=$1
  shift
  "$HELM" template modelport "$CHART" -n modelport-system --kube-version 1.37.2 "$@" >"$SCRATCH/$name.yaml" || return 1
  mkdir -p "$SCRATCH/$name"
  awk -v dir="$SCRATCH/$name" '
    /^---$/ { n++; next }
    { printf "%s\n", $0 > sprintf("%s/%03d.yaml", dir, n) }' "$SCRATCH/$name.yaml"
}

# Documents of one kind in a render, as file names.
docs_of() { grep -lx "kind: $2" "$SCRATCH/$1"/*.yaml; }

# The RBAC rules of a file, one a line: verbs|resources|names|groups|where. Only
# what this chart writes: lists inline or in block form, one rule a "- apiGroups".
rules_of() {
  awk '
    function flush() { if (rule) print v["verbs"] "|" v["resources"] "|" v["resourceNames"] "|" v["apiGroups"] "|" kind "/" name; rule = 0; split("", v) }
    /^kind:/ { kind = $2 }
    /^  name:/ && !name { name = $2 }
    /^rules:/ { in_rules = 1; next }
    /^[a-zA-Z]/ { if (in_rules) flush(); in_rules = 0 }
    !in_rules || /^ *#/ { next }
    /^  - apiGroups:/ { flush(); rule = 1 }
    /^    [a-zA-Z]+:|^  - / {
      line = $0; sub(/^ *(- )?/, "", line)
      if (match(line, /^[a-zA-Z]+:/)) {
        key = substr(line, 1, RLENGTH - 1); value = substr(line, RLENGTH + 1)
        gsub(/[][" ]/, "", value); v[key] = value; next
      }
    }
    /^      - / { line = $0; sub(/^ *- /, "", line); gsub(/"/, "", line); v[key] = v[key] (v[key] == "" ? "" : ",") line }
    END { flush() }' "$1"
}
all_rules() {
  local doc
  for doc in $(docs_of "$1" ClusterRole; docs_of "$1" Role); do rules_of "$doc"; done
}

# ---- the tests -------------------------------------------------------------

lints() { "$HELM" lint --strict --quiet --namespace modelport-system --kube-version 1.37.2 "$CHART"; }

renders() { render "$@"; }

refuses() { # refuses TEXT FLAG...: rendering fails, and says TEXT
  local text=$1 out
  shift
  if out=$("$HELM" template modelport "$CHART" -n modelport-system --kube-version 1.37.2 "$@" 2>&1); then
    echo "rendered, with $*"; return 1
  fi
  grep -qF -- "$text" <<<"$out" || { echo "refused, but not with \"$text\":"; echo "$out"; return 1; }
}

schema_is_closed() {
  # Every object of the schema either lists its names and is closed, or is a map.
  awk '/"type": "object"/ && !/additionalProperties/ && !/"global"/ && !/"items"/ {
         getline next_line
         if (next_line !~ /additionalProperties|^ *"title"/) { print "line " NR ": " $0; bad = 1 }
       }
       END { exit bad }' <(grep -v '"title"' "$CHART/values.schema.json")
}

never_renders() { # never_renders RENDER: what the operator owns, and objects of our kinds
  local bad=0
  for kind in ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy \
    ValidatingAdmissionPolicyBinding Secret ModelDeployment Licensee ModelLicense ModelPolicy InferenceRuntime Waiver; do
    docs_of "$1" "$kind" && { echo "^ a $kind"; bad=1; }
  done
  grep -nE '^apiVersion: *"?modelport\.dev' "$SCRATCH/$1.yaml" && bad=1
  return $bad
}

no_wildcard() {
  local bad=0 line
  while read -r line; do
    IFS='|' read -r verbs resources _ groups where <<<"$line"
    [[ "$verbs$resources$groups" == *'*'* ]] && { echo "$where: $line"; bad=1; }
    [[ -n $verbs && -n $resources ]] || { echo "unreadable rule: $line"; bad=1; }
  done < <(all_rules "$1")
  [[ $(all_rules "$1" | wc -l) -ge 20 ]] || { echo "too few rules read"; bad=1; }
  return $bad
}

secrets_by_name() {
  local bad=0 line seen=0
  while IFS='|' read -r verbs resources names _ where; do
    [[ ",$resources," == *,secrets,* ]] || continue
    seen=1
    [[ $where == Role/* && -n $names ]] || { echo "$where: secrets without a name, or cluster-wide"; bad=1; }
    [[ ",$verbs," =~ ,(list|watch|update|delete|deletecollection), ]] && { echo "$where: $verbs"; bad=1; }
  done < <(all_rules "$1")
  [[ $seen = 1 ]] || { echo "no rule on secrets read"; bad=1; }
  return $bad
}

singletons_by_name() {
  local bad=0
  while IFS='|' read -r _ resources names groups where; do
    case $groups in
    admissionregistration.k8s.io | apiextensions.k8s.io | rbac.authorization.k8s.io | coordination.k8s.io)
      [[ -n $names ]] || { echo "$where: $resources without resourceNames"; bad=1; } ;;
    esac
  done < <(all_rules "$1")
  return $bad
}

no_ladder() { # nothing that turns one right into another
  local bad=0
  while IFS='|' read -r verbs resources names groups where; do
    [[ ",$verbs," =~ ,(escalate|bind), ]] && { echo "$where: $verbs"; bad=1; }
    if [[ ",$verbs," == *,impersonate,* ]]; then
      [[ $where == ClusterRole/modelport-startup-check && -n $names ]] || { echo "$where impersonates $resources $names"; bad=1; }
    fi
    [[ $groups == rbac.authorization.k8s.io && $verbs != get ]] && { echo "$where writes RBAC"; bad=1; }
    [[ ",$resources," =~ ,(pods/exec|pods/attach|pods/portforward|nodes/proxy|serviceaccounts/token), ]] && { echo "$where: $resources"; bad=1; }
  done < <(all_rules "$1")
  return $bad
}

nodes_are_off() {
  ! grep -q 'modelport-nodes$' <(grep '^  name:' "$SCRATCH/no-nodes.yaml") || return 1
  while IFS='|' read -r verbs resources _ _ where; do
    [[ ",$resources," == *,nodes,* && $verbs != get,list,watch ]] && { echo "$where: $verbs on nodes"; return 1; }
  done < <(all_rules no-nodes)
  grep -q -- '--bind-node-labels=false' "$SCRATCH/no-nodes.yaml"
}

hook_rights_go() { # everything that names the start-up check is a hook that is deleted
  local doc bad=0
  for doc in $(grep -l '^  name: modelport-startup-check$' "$SCRATCH/$1"/*.yaml); do
    grep -q 'helm.sh/hook: post-install,post-upgrade' "$doc" &&
      grep -q 'helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded' "$doc" || { echo "$doc"; bad=1; }
  done
  ! grep -q 'startup-check\|impersonate' deploy/install.yaml || { echo "deploy/install.yaml keeps them"; bad=1; }
  return $bad
}

rbac_is_golden() {
  mkdir -p "$SCRATCH/fresh"
  HELM=$HELM deploy/render.sh "$SCRATCH/fresh" && diff -u deploy/rbac.golden.yaml "$SCRATCH/fresh/rbac.golden.yaml"
}
install_is_fresh() {
  mkdir -p "$SCRATCH/fresh"
  HELM=$HELM deploy/render.sh "$SCRATCH/fresh" && diff -u deploy/install.yaml "$SCRATCH/fresh/install.yaml"
}

crds_are_the_generated() {
  local kind bad=0
  for kind in $KINDS; do
    grep -qs "name: $kind.modelport.dev" crds/*.yaml || { echo "crds/ has no $kind: make update"; bad=1; }
  done
  diff -r crds "$CHART/files/crds" || { echo "files/crds is not crds/: make update"; bad=1; }
  return $bad
}

crds_are_kept() {
  local kind doc bad=0
  for kind in $KINDS; do
    doc=$(grep -lx "  name: $kind.modelport.dev" $(docs_of default CustomResourceDefinition) /dev/null)
    [[ -n $doc ]] || { echo "$kind is not rendered"; bad=1; continue; }
    grep -q 'helm.sh/resource-policy: keep' "$doc" || { echo "$kind is not kept"; bad=1; }
    grep -q 'modelport.dev/crd-version: ' "$doc" || { echo "$kind has no version"; bad=1; }
    [[ $(wc -c <"$doc") -lt $CRD_MAX_BYTES ]] || { echo "$kind: $(wc -c <"$doc") bytes"; bad=1; }
  done
  return $bad
}

# YAML 1.1 reads n, y, no and off as booleans, as a key or in a list of values. The two that are meant stand after
# "Yes" and "No", for what YAML makes of those unquoted.
crds_mean_what_they_say() {
  local found
  found=$(awk '
    /^ *(- )?"?(true|false)"?:/ { print FILENAME ":" FNR ": " $0 }
    /^ *- (true|false)$/ && before !~ /^ *- ("No"|true)$/ { print FILENAME ":" FNR ": " $0 }
    { before = $0 }' $(docs_of default CustomResourceDefinition))
  [[ -z $found ]] || { echo "$found"; echo "quote it in the generated file"; return 1; }
}

crds_can_go() {
  docs_of default CustomResourceDefinition >/dev/null || { echo "none in the default render"; return 1; }
  ! docs_of no-crds CustomResourceDefinition || return 1
  ! grep -n 'helm.sh/resource-policy' "$SCRATCH/crds-not-kept.yaml"
}

is_small() {
  local size
  "$HELM" package "$CHART" -d "$SCRATCH" >/dev/null || return 1
  size=$(cat "$SCRATCH"/modelport-*.tgz | wc -c)
  [[ $size -lt $CHART_MAX_BYTES ]] || { echo "$size bytes"; return 1; }
}

budget_follows_replicas() {
  docs_of default PodDisruptionBudget >/dev/null || { echo "two replicas have none"; return 1; }
  ! docs_of small PodDisruptionBudget || { echo "one replica has one"; return 1; }
}

pods_are_restricted() { # pods_are_restricted RENDER
  local doc bad=0 line
  for doc in $(docs_of "$1" Deployment; docs_of "$1" Job); do
    for line in 'runAsNonRoot: true' 'runAsUser: 65532' 'type: RuntimeDefault' 'allowPrivilegeEscalation: false' \
      'readOnlyRootFilesystem: true' 'drop: \[ALL\]' 'memory: '; do
      grep -q "$line" "$doc" || { echo "$doc: no $line"; bad=1; }
    done
    grep -nE 'hostNetwork|hostPath|hostPort|privileged|runAsUser: 0' "$doc" && bad=1
  done
  return $bad
}

upgrades_without_a_gap() {
  local doc
  doc=$(docs_of default Deployment)
  for line in 'maxUnavailable: 0' 'maxSurge: 1' 'path: /readyz' 'command: \[/modelport, sleep, --seconds, "10"\]' 'terminationGracePeriodSeconds: 45'; do
    grep -q "$line" "$doc" || { echo "no $line"; return 1; }
  done
}

contains() { # contains RENDER TEXT...
  local name=$1 text bad=0
  shift
  for text; do grep -qF -- "$text" "$SCRATCH/$name.yaml" || { echo "no: $text"; bad=1; }; done
  return $bad
}

notes_say() {
  "$HELM" install modelport "$CHART" -n modelport-system --dry-run=client >"$SCRATCH/notes" 2>&1 || { cat "$SCRATCH/notes"; return 1; }
  local text bad=0
  for text in 'licences         enforced' 'rules of places  warn' 'unverified rules never refuse' 'nothing can be waived' \
    'Running models keep running' 'kubectl get modeldeployments -A'; do
    grep -qF "$text" "$SCRATCH/notes" || { echo "no: $text"; bad=1; }
  done
  return $bad
}

notes_warn() {
  grep -qF 'EVERY MODEL STOPS' <<<"$("$HELM" install modelport "$CHART" -n modelport-system --dry-run=client --set crds.keep=false 2>&1)"
}

values_are_documented() {
  local bad=0 key
  # Top-level names of values.yaml, and of the table in docs/install.md.
  for key in $(grep -oE '^[a-zA-Z]+:' "$CHART/values.yaml" | tr -d :); do
    grep -qE "^\| \`$key[\`.]" docs/install.md || { echo "docs/install.md says nothing of $key"; bad=1; }
  done
  return $bad
}

documented_values_exist() {
  local bad=0 key out
  for key in $(grep -oE '^\| `[a-zA-Z.]+`' docs/install.md | tr -d '|` '); do
    # A wrong type is another complaint than a wrong name.
    out=$("$HELM" template modelport "$CHART" -n modelport-system --kube-version 1.37.2 --set-json "$key=\"x\"" 2>&1)
    [[ $out == *'additional properties'* ]] && { echo "$key is in docs/install.md and not in the schema"; bad=1; }
  done
  return $bad
}

flags_are_the_binarys() { # every flag that the chart writes is one that the binary takes
  local binary=${MODELPORT:-} doc sub flag help bad=0
  [[ -n $binary ]] || binary=$(ls -t target/*/modelport target/*/*/modelport 2>/dev/null | head -1)
  [[ -x $binary ]] || { echo "no binary: build the operator first, or set MODELPORT"; return 1; }
  for doc in $(docs_of everything Deployment; docs_of everything Job); do
    sub=$(awk '/^ *args:/ { getline; print $2; exit }' "$doc")
    help=$("$binary" "$sub" --help) || { echo "$binary $sub --help failed"; bad=1; continue; }
    for flag in $(grep -oE '^ *- "?--[a-z-]+' "$doc" | tr -d '" ' | sed 's/^-//'); do
      grep -qE -- "(^|[ ,])$flag([ =<,]|$)" <<<"$help" || { echo "$sub knows no $flag"; bad=1; }
    done
  done
  "$binary" sleep --help >/dev/null || { echo "$binary has no sleep"; bad=1; }
  return $bad
}

cluster_takes_one() { # the roles' names are the same in every release
  local name
  "$HELM" template other "$CHART" -n elsewhere --kube-version 1.37.2 >"$SCRATCH/other.yaml" || return 1
  for name in modelport-user modelport-reader modelport-legal modelport-platform; do
    grep -qx "  name: $name" "$SCRATCH/other.yaml" || { echo "$name has another name in another release"; return 1; }
  done
}

# ---- run -------------------------------------------------------------------

command -v "$HELM" >/dev/null || { echo "FAIL  helm is not in PATH: set HELM"; echo "0 passed, 1 failed"; exit 1; }

test_that "the chart passes helm lint" lints
test_that "the chart renders with its defaults" renders default
test_that "the chart renders for a small cluster" renders small --set replicas=1
test_that "the chart renders with every option on" renders everything -f tests/chart/everything.yaml
test_that "the chart renders with cert-manager" renders cert-manager --set certificates.mode=cert-manager
test_that "the chart renders in the host's network" renders host-network --set hostNetwork=true,webhook.port=10260,health.port=10261
test_that "the chart renders without node labels" renders no-nodes --set nodeLabels.write=false
test_that "the chart renders without its kinds" renders no-crds --set crds.enabled=false
test_that "the chart renders with kinds that are not kept" renders crds-not-kept --set crds.keep=false

test_that "a value with an unknown name is refused" refuses "additional properties 'replica' not allowed" --set replica=2
test_that "a nested value with an unknown name is refused" refuses "additional properties 'keeep' not allowed" --set crds.keeep=true
test_that "no replica at all is refused" refuses "/replicas" --set replicas=0
test_that "an unknown certificate mode is refused" refuses "/certificates/mode" --set certificates.mode=manual
test_that "a hub endpoint that is no URL is refused" refuses "/hub/endpoint" --set hub.endpoint=hub.example.com
test_that "a proxy with a password in it is refused" refuses "/proxy" --set proxy=http://user:secret@proxy.example.com
test_that "a start-up check in the release's own namespace is refused with what to do" refuses "own namespace" --set startupCheck.namespace=modelport-system
test_that "certificates of somebody else without a Secret are refused" refuses "certificates.secretName is empty" --set certificates.mode=secret
test_that "two ports that are the same are refused" refuses "are the same" --set health.port=9443
test_that "the schema is closed at every level" schema_is_closed

for name in default small everything cert-manager host-network; do
  test_that "no webhook configuration, policy, Secret or object of our kinds is rendered ($name)" never_renders "$name"
  test_that "no right has a wildcard ($name)" no_wildcard "$name"
  test_that "secrets are granted by name in one namespace only ($name)" secrets_by_name "$name"
  test_that "what a cluster has once is granted by name only ($name)" singletons_by_name "$name"
  test_that "no right leads to another right ($name)" no_ladder "$name"
done
test_that "with cert-manager the operator only reads the Secret" contains cert-manager "verbs: [get]" "--certificates=secret"
test_that "without node labels the operator has no write on nodes" nodes_are_off
test_that "the rights of the start-up check go with it" hook_rights_go everything
test_that "the golden rights are those of the chart (deploy/render.sh)" rbac_is_golden
test_that "deploy/install.yaml is the chart rendered (deploy/render.sh)" install_is_fresh

test_that "the chart carries the six generated kinds" crds_are_the_generated
test_that "each kind is kept at uninstall, has a version, and is under 200 kB" crds_are_kept
test_that "no name or value in the kinds is read as a boolean by accident" crds_mean_what_they_say
test_that "the kinds can be left out, or not kept" crds_can_go
test_that "the packaged chart is under 700 kB" is_small

test_that "two replicas have a disruption budget and one has none" budget_follows_replicas
test_that "the operator's pods fit Pod Security restricted" pods_are_restricted default
test_that "an upgrade leaves admission answering throughout" upgrades_without_a_gap
test_that "a registry rewrites the operator's image and is handed on" contains everything \
  "image: registry.example.com/mirror/modelport:" "--fetch-image=registry.example.com/mirror/modelport:" \
  "--image-registry=registry.example.com/mirror" "--image-pull-secrets=regcred,other" "- name: regcred"
test_that "hub, proxy and authorities are handed on" contains everything \
  "--hub-endpoint=https://hub.example.com" "--modelscope-endpoint=https://ms.example.com" \
  "--proxy=http://proxy.example.com:3128" '"--no-proxy=.svc,.cluster.local,localhost,127.0.0.1"' "--ca-bundle-configmap=corporate-ca"
test_that "every flag in the chart is one of the binary's" flags_are_the_binarys
test_that "the notes print the defaults in force and what uninstall leaves" notes_say
test_that "the notes warn when uninstall would stop every model" notes_warn
test_that "a second release collides instead of sharing the cluster" cluster_takes_one
test_that "every value is in docs/install.md" values_are_documented
test_that "every value in docs/install.md exists" documented_values_exist

finish
