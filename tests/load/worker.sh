#!/bin/bash
# What a worker takes: tests/postgres.sh tests/load/worker.sh [BUILD-DIR]
#
# `careerprep worker` on PostgreSQL, with the demonstration's people in the store: its memory when nothing is to do, and the most it had while it ran JOBS jobs (10,000), which are
# copies of those that the demonstration ran (interviews judged, roadmaps planned, listings matched). Nearly three quarters of it are the program and its libraries, which other processes share. Exits 1 when it is above its budget of 30 MB.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release} jobs=${JOBS:-10000}
: "${TEST_DATABASE_URL:?run it under tests/postgres.sh}"
ninja -C "$build" careerprep >/dev/null

data=$(mktemp -d) worker=
cleanup() {
  if [ -n "$worker" ]; then kill "$worker" 2>/dev/null || true; wait "$worker" 2>/dev/null || true; fi
  rm -rf "$data"
}
trap cleanup EXIT
export DATABASE_URL=$TEST_DATABASE_URL DATA_DIR=$data LOG_LEVEL=warn
query() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$TEST_DATABASE_URL" -c "$1"; }
megabytes() { awk -v field="$1:" '$1 == field {printf "%.1f", $2 * 1024 / 1e6}' "/proc/$worker/status"; }
missed=0
show() { # WHAT MB
  if awk -v mb="$2" 'BEGIN {exit !(mb < 30)}'; then echo "$1: $2 MB (budget 30)"; else echo "$1: $2 MB MISSED, budget 30"; missed=1; fi
}

"$build/careerprep" demo >/dev/null
query 'DELETE FROM jobs WHERE finished_at IS NULL'
"$build/careerprep" worker >/dev/null &
worker=$!
sleep 6 # longer than its poll: it has looked for jobs and found none
show "resident, idle" "$(megabytes VmRSS)"
query "INSERT INTO jobs (kind, status, run_at, max_attempts, payload, user_id, created_at)
  SELECT j.kind, 'queued', now(), 5, j.payload, j.user_id, now() FROM (SELECT * FROM jobs WHERE status = 'completed') j, generate_series(1, $jobs) n ORDER BY n, j.id LIMIT $jobs;
  NOTIFY careerprep, 'jobs'"
start=$(date +%s%N)
# An interview is judged once: they are made unjudged again and again, so that there is work in the jobs.
while [ "$(query "UPDATE interviews SET status = 'completed' WHERE status = 'analyzed'; SELECT COUNT(*) FROM jobs WHERE finished_at IS NULL")" != 0 ]; do
  kill -0 "$worker"
  sleep 0.1
done
echo "jobs: $(query "SELECT string_agg(kind || ' ' || n, ', ' ORDER BY kind) FROM (SELECT kind, COUNT(*) n FROM jobs WHERE status = 'completed' GROUP BY kind) k") completed in $((($(date +%s%N) - start) / 1000000)) ms, $(query "SELECT COUNT(*) FROM jobs WHERE status <> 'completed'") not"
show "resident, at most" "$(megabytes VmHWM)"
echo "of that its own (anonymous): $(megabytes RssAnon) MB now"
exit $missed
