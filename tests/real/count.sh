# shellcheck shell=bash
# tests/real/count.sh, sourced: adds up what several programs find.
passed=0 failed=0 skipped=0

# COMMAND…: shows what it prints; its last line says "N passed, N failed[, N skipped]". Ending badly without a failure is one.
counted() {
  local log code=0 last
  log=$(mktemp "${TMPDIR:-/tmp}/purser-real.XXXXXX")
  set +e
  "$@" 2>&1 | tee "$log" | grep -vE '^[0-9]+ passed, [0-9]+ failed'
  code=${PIPESTATUS[0]}
  set -e
  last=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1 || true)
  rm -f "$log"
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)? ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
    ((code == 0 || BASH_REMATCH[2] > 0)) && return
  fi
  failed=$((failed + 1))
  echo "not ok - $* ended with $code, which is not what it had said"
}

# WHAT WHY
skip() {
  skipped=$((skipped + 1))
  echo "skipped - $1: $2"
}

total() {
  echo "$passed passed, $failed failed$( ((skipped == 0)) || echo ", $skipped skipped")"
  ((failed == 0))
}
