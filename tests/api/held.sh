#!/usr/bin/env bash
# Held in place, on a real API server with the real scheduler and fake nodes: accelerators that pods keep off (chips.sh),
# every way past it that a tenant has (bypass.sh), pods that stand where they may no longer stand and the
# report on bindings (moves.sh), what people ask about places (places.sh), who may ask (reader.sh), and the API server
# away for a minute (outage.sh). The operator runs outside of the cluster, under its own account with the rights of the
# chart.
#
#   tests/api/held.sh           on a cluster of its own, named test, which goes afterwards
#   tests/api/held.sh NAME      on the cluster NAME (tier fake), which KUBECONFIG points at
#
# The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/api/lib.sh
source tests/api/lib.sh
# shellcheck source=tests/api/chips.sh
source tests/api/chips.sh
# shellcheck source=tests/api/bypass.sh
source tests/api/bypass.sh
# shellcheck source=tests/api/moves.sh
source tests/api/moves.sh
# shellcheck source=tests/api/places.sh
source tests/api/places.sh
# shellcheck source=tests/api/reader.sh
source tests/api/reader.sh
# shellcheck source=tests/api/outage.sh
source tests/api/outage.sh
start_cluster "$@"

# Of all nodes that carry a country without its source.
labels_are_taken_back() {
  kubectl get nodes -l "$COUNTRY,!$SOURCE" -o name | xargs -r -I{} kubectl label {} "$COUNTRY-"
  within 30 every_node_is_labelled
}

test_that "the chart's kinds, account and rights are there" install_rights
# Room in Singapore for what these tests move there.
test_that "an administrator says of a node that it stands in Singapore" kubectl label node ali-hz-a10-1 $COUNTRY=SG
test_that "the operator starts" operator_starts
test_that "every node whose place is known is labelled" within 30 every_node_is_labelled
chips_tests
bypass_tests
moves_tests
bindings_tests
test_that "what administrators said of nodes is taken back" labels_are_taken_back
place_tests
reader_tests
outage_tests
test_that "nothing panicked" no_panic
test_that "asked to stop, it stops" operator_stops

finish
