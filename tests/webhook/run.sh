#!/usr/bin/env bash
# What kubectl prints for each kind of term of a licence, on a real API server with the webhook on: only the cases beside
# this file. tests/api/run.sh runs them too, on its own cluster.
#
#   tests/webhook/run.sh           on a cluster of its own, named test, which goes afterwards
#   tests/webhook/run.sh NAME      on the cluster NAME (tier fake), which KUBECONFIG points at
#
# The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/api/lib.sh
source tests/api/lib.sh
# shellcheck source=tests/webhook/cases.sh
source tests/webhook/cases.sh
start_cluster "$@"

test_that "the chart's kinds, account and rights are there" install_rights
test_that "the operator starts" operator_starts
webhook_tests
test_that "asked to stop, it stops" operator_stops

finish
