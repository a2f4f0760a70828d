#!/bin/bash
# What a public profile costs: tests/load/profile.sh [BUILD-DIR]
#
# A store of 1,000 people with 12 verified skills of 3 proofs each; wrk asks for another profile each time over 64 connections, nothing
# is cached. Prints the server's CPU time a request (user and system, from /proc), requests a second, resident memory idle and
# after the load, and the time from process start to the first whole page. Budgets: 80 us, 40 and 80 MB, 150 ms;
# exits 1 when one is not met. Other work on the machine makes the figures worse.
#
# tests/postgres.sh tests/load/profile.sh measures the same on PostgreSQL, with its CPU time beside ours. Budgets: 100 us, and 200 of PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release} people=1000 seconds=${SECONDS_OF_LOAD:-10}
ninja -C "$build" careerprep tests/load/seed >/dev/null

. tests/load/lib.sh

data=$(mktemp -d)
trap 'load_cleanup' EXIT
load_seed "$build" $people
load_start "$build"
sleep 1
idle=$(rss)
before=$(ticks) store_before=$(store_ticks)
result=$(wrk -t1 -c64 -d"${seconds}s" -s tests/load/visitors.lua "$url" -- $people | grep '^RESULT')
after=$(ticks) store_after=$(store_ticks)
eval "${result#RESULT }"
bytes=$(curl -s "$url/profile/person-0001" | wc -c)
budget=80
if [ -n "${TEST_DATABASE_URL:-}" ]; then budget=100; fi
awk -v budget=$budget -v store_ticks=$((store_after - store_before)) -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" -v s="$seconds" -v idle="$idle" -v full="$(rss)" -v first=$first -v failed="$failed" -v p99="$p99_us" -v bytes="$bytes" 'BEGIN {
  printf "page                    %d bytes\n", bytes
  printf "server CPU a request    %.1f us (budget %d)\n", ticks / hz * 1e6 / n, budget
  if (budget == 100) printf "PostgreSQL CPU          %.1f us (budget 200)\n", store_ticks / hz * 1e6 / n
  printf "requests a second       %.0f, %d failed, p99 %.1f ms\n", n / s, failed, p99 / 1000
  printf "resident memory         %.1f MB idle (budget 40), %.1f MB after the load (budget 80)\n", idle, full
  printf "first page after start  %d ms (budget 150)\n", first
  exit !(ticks / hz * 1e6 / n <= budget && store_ticks / hz * 1e6 / n <= 200 && !failed && idle <= 40 && full <= 80 && first <= 150)
}'
