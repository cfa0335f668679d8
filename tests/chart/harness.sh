# Sourced by the tests beside it: a scratch folder, test_that, within and finish.
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
passed=0 failed=0

# test_that SENTENCE FUNCTION [ARGUMENT...]: what the function prints says why it failed.
test_that() {
  local sentence=$1 why
  shift
  if why=$("$@" 2>&1); then
    passed=$((passed + 1)); echo "ok    $sentence"
  else
    failed=$((failed + 1)); echo "FAIL  $sentence"
    printf '%s\n' "${why:-(no output)}" | head -20 | sed 's/^/        /'
  fi
}

within() { # within SECONDS COMMAND...
  local end=$((SECONDS + $1)) out
  shift
  while ! out=$("$@" 2>&1); do
    [[ $SECONDS -lt $end ]] || { echo "not in time: $*: $out"; return 1; }
    sleep 0.2
  done
}

# The closing line, and the exit status.
finish() {
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 ]]
}
