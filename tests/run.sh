#!/usr/bin/env bash
# Every test: what `make test` calls. One line a suite with a clock; a failing suite shows its end and where all of it
# is. The last line is "N passed, N failed". A suite that prints no count has failed: nothing passes by skipping.
set -uo pipefail
cd "$(dirname "$0")/.."

export MODELPORT_CACHE=${MODELPORT_CACHE:-$HOME/.cache/modelport}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$MODELPORT_CACHE/target}
BIN=$MODELPORT_CACHE/cluster/current/bin
export PATH=$BIN:$PATH
LOGS=$(mktemp -d "${TMPDIR:-/tmp}/modelport-test.XXXXXX")
CHART_CLUSTER=chart-test API_CLUSTER=api-test HELD_CLUSTER=held-test KUBELET_CLUSTER=kubelet-test REGISTRY_CLUSTER=registry-test DEMO_TEST_CLUSTER=demo-test SCAN_CLUSTER=scan-test REGIONS_CLUSTER=regions-test
# Only what a run of ours started is taken down.
clean() {
  [[ -x $BIN/modelport-cluster ]] || return
  for name in $CHART_CLUSTER $API_CLUSTER $HELD_CLUSTER $KUBELET_CLUSTER $REGISTRY_CLUSTER $SCAN_CLUSTER $REGIONS_CLUSTER $DEMO_TEST_CLUSTER; do "$BIN/modelport-cluster" --name "$name" down >/dev/null 2>&1; done
}
trap clean EXIT

# counts FILE: "PASSED FAILED" of every closing line of cargo test, of go test, and of our own suites.
counts() {
  awk '
    /^test result:/ { for (i = 1; i <= NF; i++) { if ($i ~ /^passed;/) p += $(i-1); if ($i ~ /^failed;/) f += $(i-1) } seen = 1 }
    /^--- PASS:/ { p++; seen = 1 }
    /^--- FAIL:/ { f++; seen = 1 }
    /^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3; seen = 1 }
    END { if (seen) print p + 0, f + 0 }' "$1"
}

# suite NAME COMMAND...: runs it into a log of its own, and says and notes how it went.
suite() {
  local name=$1 log start=$SECONDS rc=0 p f
  shift
  log=$LOGS/${name// /-}.log
  "$@" >"$log" 2>&1 || rc=$?
  read -r p f <<<"$(counts "$log")"
  if [[ -z ${p:-} ]]; then
    p=0 f=1
    echo "no test reported a result" >>"$log"
  elif [[ $rc -ne 0 && $f -eq 0 ]]; then
    f=1
  fi
  echo "$p $f $name" >>"$LOGS/results"
  {
    printf '%-34s%5s passed %4s failed %6s s\n' "$name" "$p" "$f" "$((SECONDS - start))"
    if [[ $f -gt 0 || $rc -ne 0 ]]; then
      grep -E '^(FAIL|test .* FAILED|--- FAIL|error|.*panicked)|expected' "$log" | head -20 | sed 's/^/    /'
      tail -n 15 "$log" | sed 's/^/    /'
      echo "    all of it: $log"
    fi
  } >"$log.said"
  cat "$log.said"
}

# total: the closing lines; fails where a suite did.
total() {
  awk '{ p += $1; f += $2; if ($2) { $1 = $2 = ""; broken = broken (broken ? "," : "") $0 } }
    END { if (broken) print "not all is well:" broken; print p + 0 " passed, " f + 0 " failed"; exit f > 0 }' "$LOGS/results"
}

# build NAME COMMAND...: without it nothing further can be tested.
build() {
  local name=$1 log start=$SECONDS
  shift
  log=$LOGS/${name// /-}.log
  printf '%-34s' "$name"
  if ! "$@" >"$log" 2>&1; then
    echo "failed"
    tail -n 40 "$log"
    echo "0 1 $name" >>"$LOGS/results"
    total
    exit 1
  fi
  printf '%30s s\n' "$((SECONDS - start))"
}

on_cluster() { # on_cluster NAME TIER COMMAND...: on a fresh cluster that goes afterwards
  local name=$1 tier=$2 rc=0
  shift 2
  modelport-cluster --name "$name" down >/dev/null 2>&1
  modelport-cluster --name "$name" up --tier "$tier" || return 1
  KUBECONFIG=$MODELPORT_CACHE/run/$name/kubeconfig "$@" || rc=$?
  modelport-cluster --name "$name" down
  return $rc
}

go_tests() { (cd tests/cluster && CGO_ENABLED=0 go test -trimpath -vet=off -count=1 -v ./internal/...); }
fresh() { if tests/generated.sh; then echo "1 passed, 0 failed"; else echo "0 passed, 1 failed"; return 1; fi; }

# Three lanes of about the same length: each mostly waits for its cluster.
held_in_place() { suite "held in place" on_cluster $HELD_CLUSTER fake tests/api/held.sh "$HELD_CLUSTER"; }
on_an_api_server() {
  suite "operator on an API server" on_cluster $API_CLUSTER fake tests/api/run.sh "$API_CLUSTER"
  suite "scan of what runs already" on_cluster $SCAN_CLUSTER fake tests/scan/run.sh "$SCAN_CLUSTER"
  suite "local cluster" go_tests
}
on_the_others() {
  suite "story on a real node" env DEMO_CLUSTER=$DEMO_TEST_CLUSTER tests/demo/demo.sh --assert
  suite "the kubelet's own check" on_cluster $KUBELET_CLUSTER full tests/api/kubelet.sh
  suite "a model by a tag" on_cluster $REGISTRY_CLUSTER full tests/api/registry.sh "$REGISTRY_CLUSTER"
  suite "chart on Kubernetes" on_cluster $CHART_CLUSTER fake tests/chart/on-cluster.sh
  suite "worked cases of places" on_cluster $REGIONS_CLUSTER fake tests/regions/run.sh "$REGIONS_CLUSTER"
  suite "chart" tests/chart/check.sh
}

build "build: static binary" make -s binary
# What is shipped is what every test starts.
cp "$CARGO_TARGET_DIR/x86_64-unknown-linux-gnu/release/modelport" "$LOGS/modelport"
export MODELPORT=$LOGS/modelport
build "build: tests" cargo build --tests
suite "unit, story, golden, admission" cargo test --no-fail-fast
build "build: Kubernetes" tests/cluster/build.sh
build "build: llama.cpp and a model" tests/cluster/llama-image.sh
suite "generated files" fresh
echo "on clusters, side by side: operator on an API server, scan | held in place | story, kubelet, registry, chart, places"
on_an_api_server &
held_in_place &
on_the_others &
wait

echo
total
