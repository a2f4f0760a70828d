#!/bin/bash
# What the queue of jobs does: tests/load/queue.sh [BUILD-DIR]
#
# `careerprep bench queue` on SQLite and, with a server from tests/postgres.sh (TEST_DATABASE_FSYNC=on, so that commits are durable), on PostgreSQL, each in one run; prints
# every figure beside its budget and exits 1 when one is not met. Ratios are to bare commits of one row by as many clients, measured in the same run. Other work on the machine makes
# the figures worse.
#
# Then the latency of claims in an empty table and in one with FINISHED (1,000,000) and WAITING (100,000) jobs: a full one may take twice as long as an empty one.
#
#   tests/load/queue.sh                                              SQLite alone
#   TEST_DATABASE_FSYNC=on tests/postgres.sh tests/load/queue.sh     both
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release} jobs=${JOBS:-100000} finished=${FINISHED:-1000000} waiting=${WAITING:-100000}
ninja -C "$build" careerprep >/dev/null

data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT

# ENGINE STORE-URL PROCESSED LANES BULK WAY-OF-PUBLISHING CLIENTS RATIO PICKUP-P99
measure() {
  DATABASE_URL=$2 DATA_DIR=$data "$build/careerprep" bench queue --jobs "$jobs" >"$data/figures"
  awk -v engine="$1" -v processed="$3" -v lanes="$4" -v bulk="$5" -v way="$6" -v clients="$7" -v ratio="$8" -v pickup="$9" '
    { figure[$1] = $2 }
    function show(what, value, budget, is_met) { printf "%-11s %-44s %12s  %s\n", engine, what, value, is_met ? "(budget " budget ")" : "MISSED, budget " budget; if (!is_met) missed = 1 }
    END {
      show("jobs processed a second", figure["process_per_s"], "at least " processed, figure["process_per_s"] >= processed)
      show("with lanes", figure["process_lanes_per_s"], "at least " lanes, figure["process_lanes_per_s"] >= lanes)
      show("with workflows", figure["process_workflows_per_s"], "at least " lanes, figure["process_workflows_per_s"] >= lanes)
      show("with both", figure["process_workflows_lanes_per_s"], "at least " lanes, figure["process_workflows_lanes_per_s"] >= lanes)
      show("published in bulk a second", figure["enqueue_bulk_per_s"], "at least " bulk, figure["enqueue_bulk_per_s"] >= bulk)
      published = figure["enqueue_" way clients "_ratio"]
      show("published " way clients " to bare commits", sprintf("%.2f", published), "at least " ratio, published >= ratio)
      show("pick-up, p99 in ms", figure["pickup_p99_ms"], "at most " pickup, figure["pickup_p99_ms"] <= pickup)
      printf "%-11s %-44s %12s  (a worker alone: tests/load/worker.sh)\n", engine, "resident memory in MiB, publishers and all", figure["rss_mib"]
      exit missed
    }' "$data/figures"
}

measure_claims() { # ENGINE STORE-URL
  DATABASE_URL=$2 DATA_DIR=$data "$build/careerprep" bench queue --finished "$finished" --waiting "$waiting" >"$data/figures"
  awk -v engine="$1" -v jobs="$finished finished and $waiting waiting jobs" '{ figure[$1] = $2 }
    END {
      full = figure["claim_full_p99_ms"]; empty = figure["claim_empty_p99_ms"]; is_met = full <= 2 * empty
      printf "%-11s claim with %s, p50 %s ms, p99 %s ms; empty %s and %s  %s\n", engine, jobs, figure["claim_full_p50_ms"], full, figure["claim_empty_p50_ms"], empty,
        is_met ? "(budget: p99 at most twice)" : "MISSED, budget: p99 at most twice"
      exit !is_met
    }' "$data/figures"
}

missed=0
measure SQLite "" 100000 50000 200000 single "" 0.7 0.3 || missed=1
measure_claims SQLite "" || missed=1
if [ -n "${TEST_DATABASE_URL:-}" ]; then
  measure PostgreSQL "$TEST_DATABASE_URL" 50000 25000 100000 alone _8_clients 0.8 2 || missed=1
  measure_claims PostgreSQL "$TEST_DATABASE_URL" || missed=1
fi
exit $missed
