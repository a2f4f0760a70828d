#!/bin/bash
# What the JSON API costs, and what open pages keep: tests/load/api.sh [BUILD-DIR]
#
# The store of profile.sh (1,000 people, 12 skills of 3 proofs each), everybody signed in; wrk asks as another person each time over 64
# connections. Prints for each request the server's CPU time (user and system, from /proc) and, with tests/postgres.sh before it, that of
# PostgreSQL and all its processes; then how much resident memory 200 idle event streams take. Exits 1 when a budget is not met. CPU time and
# not time on the clock, since other work may share the machine; that makes every figure worse all the same, by up to a half. As root,
# `nice -n -10 tests/postgres.sh tests/load/api.sh` keeps it off.
#
# PostgreSQL is reached over its Unix socket, then over TCP on the loopback. The budgets are for PostgreSQL on the same machine, where the socket is
# the way to it (docs/store.md): they are judged there; the figures of TCP and of SQLite, which waits for the disk, are only printed.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release} people=1000 seconds=${SECONDS_OF_LOAD:-10}
ninja -C "$build" careerprep tests/load/seed >/dev/null
. tests/load/lib.sh

data=$(mktemp -d)
trap 'load_cleanup' EXIT
load_seed "$build" "$people"
status=0

# cost NAME BUDGET POSTGRES-BUDGET METHOD PATH [BODY]
cost() {
  local name=$1 budget=$2 store_budget=$3 before store_before after store_after requests failed p99_us result
  shift 3
  wrk -t1 -c64 -d2s -s tests/load/api.lua "$url" -- "$1" "$2" $people "${@:3}" >/dev/null # prepared statements, plans, caches
  before=$(ticks) store_before=$(store_ticks)
  result=$(wrk -t1 -c64 -d"${seconds}s" -s tests/load/api.lua "$url" -- "$1" "$2" $people "${@:3}" | grep '^RESULT')
  after=$(ticks) store_after=$(store_ticks)
  eval "${result#RESULT }"
  awk -v name="$name" -v budget="$budget" -v store_budget="$store_budget" -v ticks=$((after - before)) -v store=$((store_after - store_before)) \
    -v hz="$(getconf CLK_TCK)" -v n="$requests" -v failed="$failed" -v p99="$p99_us" -v postgres="${TEST_DATABASE_URL:+1}" -v s="$seconds" -v judged="$judged" 'BEGIN {
    server_us = ticks / hz * 1e6 / n; store_us = store / hz * 1e6 / n
    printf "%-28s server CPU %6.1f us", name, server_us
    if (judged) printf " (budget %d)", budget
    if (postgres) printf ", PostgreSQL CPU %6.1f us", store_us
    if (judged) printf " (budget %d)", store_budget
    printf ", %d requests a second, %d failed, p99 %.1f ms\n", n / s, failed, p99 / 1000
    is_within = server_us <= budget && store_us <= store_budget
    exit !(n > 100 && !failed && (is_within || !judged))
  }' || status=1
}

costs() {
  cost "GET /api/users/skills" 100 200 GET /api/users/skills
  cost "PATCH /api/users/skills" 50 110 PATCH /api/users/skills '{"skill_id":"docker","proficiency_level":"%s"}'
  cost "PATCH /api/users/profile" 170 270 PATCH /api/users/profile '{"years_of_experience":%d}'
}

streams_cost() {
  local before n fd line streams=()
  before=$(rss)
  for n in $(seq 200); do
    exec {fd}<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET /live HTTP/1.1\r\nHost: load\r\nCookie: session=%064x\r\nAccept: text/event-stream\r\n\r\n' "$n" >&$fd
    streams+=("$fd")
  done
  for fd in "${streams[@]}"; do
    read -r -t 10 line <&"$fd"
    case $line in *" 200 "*) ;; *) echo "a stream was answered: $line"; status=1 ;; esac
  done
  sleep 1
  awk -v before="$before" -v after="$(rss)" 'BEGIN {
    printf "200 idle event streams       %.1f MB of resident memory more (budget 10)\n", after - before
    exit !(after - before < 10)
  }' || status=1
}

judged=
if [ -n "${TEST_DATABASE_URL:-}" ]; then
  echo "PostgreSQL over its Unix socket"
  judged=1
  load_start "$build" "$TEST_DATABASE_SOCKET_URL"
  costs
  load_stop
  judged=
  echo "PostgreSQL over TCP on the loopback"
fi
load_start "$build"
costs
streams_cost
exit $status
