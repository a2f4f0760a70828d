#!/bin/bash
# What a public profile costs: tests/load/profile.sh [BUILD-DIR]
#
# A store of 1,000 people with 12 verified skills of 3 proofs each; wrk asks for another profile each time over 64 connections, nothing
# is cached. Prints the server's CPU time a request (user and system, from /proc), requests a second, resident memory idle and
# after the load, and the time from process start to the first whole page. Budgets: 80 us, 40 and 80 MB, 150 ms;
# exits 1 when one is not met. Other work on the machine makes the figures worse.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release} people=1000 seconds=${SECONDS_OF_LOAD:-10}
ninja -C "$build" careerprep tests/load/seed >/dev/null

data=$(mktemp -d)
server=
cleanup() { if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi; rm -rf "$data"; }
trap cleanup EXIT
"$build/tests/load/seed" "$data" $people >/dev/null 2>&1

port=$((20000 + RANDOM % 20000))
start=$(date +%s%N)
LOG_LEVEL=warn TRUSTED_PROXIES=127.0.0.1 "$build/careerprep" serve --data "$data" --listen 127.0.0.1:$port >/dev/null 2>"$data/log" &
server=$!
until curl -fs -o /dev/null "http://127.0.0.1:$port/profile/person-0001"; do sleep 0.002; done
first=$((($(date +%s%N) - start) / 1000000))

ticks() { awk '{print $14 + $15}' "/proc/$server/stat"; }
rss() { awk '/^VmRSS/{printf "%.1f", $2 / 1024}' "/proc/$server/status"; }
sleep 1
idle=$(rss)
before=$(ticks)
result=$(wrk -t1 -c64 -d"${seconds}s" -s tests/load/visitors.lua "http://127.0.0.1:$port" -- $people | grep '^RESULT')
after=$(ticks)
eval "${result#RESULT }"
bytes=$(curl -s "http://127.0.0.1:$port/profile/person-0001" | wc -c)
awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" -v s="$seconds" -v idle="$idle" -v full="$(rss)" -v first=$first -v failed="$failed" -v p99="$p99_us" -v bytes="$bytes" 'BEGIN {
  printf "page                    %d bytes\n", bytes
  printf "server CPU a request    %.1f us (budget 80)\n", ticks / hz * 1e6 / n
  printf "requests a second       %.0f, %d failed, p99 %.1f ms\n", n / s, failed, p99 / 1000
  printf "resident memory         %.1f MB idle (budget 40), %.1f MB after the load (budget 80)\n", idle, full
  printf "first page after start  %d ms (budget 150)\n", first
  exit !(ticks / hz * 1e6 / n <= 80 && !failed && idle <= 40 && full <= 80 && first <= 150)
}'
