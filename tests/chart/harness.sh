# Sourced by the tests beside it: a scratch folder, test_that and finish.
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

# The closing line, and the exit status.
finish() {
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 ]]
}
