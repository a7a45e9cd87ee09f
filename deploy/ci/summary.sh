#!/usr/bin/env bash
# Says in Markdown what the runs of a job came to, and what changed since the runs of another job.
#
#   bash deploy/ci/summary.sh <reports> [reports of the base] > summary.md
#
# Exit codes: 0; 99 when something is worse than in the base and WORSE_FAILS is "true".
set -euo pipefail

reports=$1
base=${2-}
crescendo="$(dirname "${BASH_SOURCE[0]}")/../../dist/cli/crescendo.js"
worse=0

# newest <folder> <script or suite>: its latest report there; nothing when there is none.
newest() {
  [ -d "$1" ] || return 0
  find "$1" -mindepth 1 -maxdepth 1 -type d -name "*Z-$2" | LC_ALL=C sort | tail -n 1
}

# compare <base> <now> <file>: the comparison, or why there is none.
compare() {
  local code=0 problem
  problem=$(node "$crescendo" compare "$1" "$2" --markdown "$3" 2>&1 >/dev/null) || code=$?
  if [ -f "$3" ]; then
    cat "$3"
  else
    printf '### No comparison\n\n~~~\n%s\n~~~\n' "$problem"
  fi
  [ "$code" -ne 99 ] || worse=99
}

for what in ramp assistant; do
  now=$(newest "$reports" "$what")
  if [ -z "$now" ]; then
    printf '## No report of %s\n\nThe log of its step says why.\n\n' "$what"
    continue
  fi
  for file in report.md suite.md; do
    [ ! -f "$now/$file" ] || cat "$now/$file"
  done
  echo
  [ -n "$base" ] || continue
  before=$(newest "$base" "$what")
  if [ -z "$before" ]; then
    printf '### No comparison\n\nThere is no baseline of %s yet: the next run of the main branch that passes is one.\n\n' "$what"
    continue
  fi
  compare "$before" "$now" "$reports/$what.compare.md"
  echo
done

[ "${WORSE_FAILS-}" != true ] || exit "$worse"
