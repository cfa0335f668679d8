# Sourced by demo.sh: how the story is told, and how it is checked.
# shellcheck shell=bash

passed=0 failed=0 refused=0
OUT="" RC=0

if [[ -t 1 ]]; then BOLD=$'\e[1m' DIM=$'\e[2m' PLAIN=$'\e[0m' TTY=1; else BOLD="" DIM="" PLAIN="" TTY=""; fi

# say WORDS...: for a terminal of 100 columns.
say() { if [[ $* == "  "* ]]; then printf '%s\n' "$*"; else fold -s -w 100 <<<"$*" | sed 's/ $//'; fi; }
note() { printf '%s%s%s\n' "$DIM" "$*" "$PLAIN"; }

# step NUMBER TITLE WHAT: a heading, and one line on what is about to be seen.
step() {
  [[ -n $TTY && -z $ASSERT && $1 != 1 ]] && sleep 3 # time to read what stands there
  STEP="step $1"
  printf '\n%s%s. %s%s\n' "$BOLD" "$1" "$2" "$PLAIN"
  say "$3"
}

# sees TEXT: a line between two commands, on what comes next.
sees() { say ""; say "$*"; }

# who NAME: the person who types from here on; nobody's name is the administrator's.
who() {
  case "${1:-}" in
    "") export KUBECONFIG="$ADMIN_CONFIG" ;;
    *) export KUBECONFIG="$WORK/$1.kubeconfig" ;;
  esac
}

# typed NAME COMMAND: a command as that person types it.
typed() { printf '\n%s%s$ %s%s\n' "$BOLD" "${1:+$1 }" "$2" "$PLAIN"; }

# shows NAME COMMAND: prints the command as that person types it, runs it, prints what comes back.
# The output is in OUT, the exit status in RC.
shows() {
  typed "$1" "$2"
  who "$1"
  quiet "$2"
  [[ -n $OUT ]] && printf '%s\n' "$OUT"
  who ""
  return 0
}

# in_background NAME COMMAND: until stop_background.
BACKGROUND=""
in_background() {
  typed "$1" "$2 &"
  who "$1"
  # shellcheck disable=SC2086
  $2 >"$WORK/background.log" 2>&1 &
  BACKGROUND=$!
  who ""
}
stop_background() {
  if [[ -n $BACKGROUND ]]; then kill "$BACKGROUND" 2>/dev/null; wait "$BACKGROUND" 2>/dev/null; fi
  BACKGROUND=""
}

# quiet COMMAND: as shows, and prints nothing.
quiet() {
  RC=0
  OUT=$(bash -o pipefail -c "$1" 2>&1) || RC=$?
}

# waits SECONDS WHAT COMMAND: until the command succeeds; a clock runs on a terminal.
waits() {
  local limit=$1 what=$2 start=$SECONDS
  until quiet "$3" && [[ $RC -eq 0 ]]; do
    if ((SECONDS - start >= limit)); then
      [[ -n $TTY ]] && printf '\r\e[K'
      broken "$what within $limit s" "the last look said: ${OUT:-(nothing)}"
      return 0
    fi
    [[ -n $TTY ]] && printf '\r%s  waiting until %s: %s s%s' "$DIM" "$what" "$((SECONDS - start))" "$PLAIN"
    sleep 0.5
  done
  [[ -n $TTY ]] && printf '\r\e[K'
  passed=$((passed + 1))
  printf '%s  %s: after %s s%s\n' "$DIM" "$what" "$((SECONDS - start))" "$PLAIN"
}

# Each of these checks what the last command said.
says() { # says TEXT...: every text is in the output
  local text
  for text in "$@"; do
    if [[ $OUT == *"$text"* ]]; then passed=$((passed + 1)); else broken "\"$text\" in what came back" "it was: $OUT"; fi
  done
}
says_not() { if [[ $OUT != *"$1"* ]]; then passed=$((passed + 1)); else broken "no \"$1\" in what came back" "it was: $OUT"; fi; }
succeeds() { if [[ $RC -eq 0 ]]; then passed=$((passed + 1)); else broken "the command to succeed" "exit status $RC: $OUT"; fi; }
is_refused() { # is_refused CODE: by admission, for this reason
  if [[ $RC -ne 0 && $OUT == *"denied the request"*"$1"* ]]; then
    passed=$((passed + 1)) refused=$((refused + 1))
  else
    broken "admission to refuse it with $1" "exit status $RC: $OUT"
  fi
}
holds() { # holds WHAT COMMAND: a check of its own, nothing printed when it holds
  quiet "$2"
  if [[ $RC -eq 0 ]]; then passed=$((passed + 1)); else broken "$1" "$2 said: $OUT"; fi
}

# broken EXPECTED GOT: the story did not come out as told. With --assert it goes on, and counts.
broken() {
  failed=$((failed + 1))
  printf '\n%sFAIL %s%s\n  expected: %s\n  %s\n  logs: %s\n' "$BOLD" "${STEP:-preparation}" "$PLAIN" "$1" "$2" "$(where_logs_are)" >&2
  [[ -n $ASSERT && ${STEP:-preparation} != preparation ]] || { [[ -z $ASSERT ]] || say "$passed passed, $failed failed"; exit 1; }
}
die() { printf '\n%s\n' "$*" >&2; exit 1; }

where_logs_are() {
  local text="kubectl logs -n modelport-system deployment/modelport --all-pods"
  if [[ $MODE == local ]]; then text+="   (KUBECONFIG=$ADMIN_CONFIG), $STATE/logs, $STATE/audit.log"; fi
  printf '%s' "$text"
}

# left_out WHAT: said aloud, where the cluster is not ours.
left_out() { note "  left out here: $1 (needs the simulated nodes of make demo)"; }
simulated() { [[ $MODE == local ]]; }
