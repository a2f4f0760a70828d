#!/bin/bash
# What a newcomer's second start looks like: ./run on a built tree answers within two seconds, and stops cleanly.
set -euo pipefail
cd "$(dirname "$0")/../.."
port=$((20000 + RANDOM % 20000)) data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
LISTEN=127.0.0.1:$port DATA_DIR=$data ./run >"$data/first.log" 2>&1 &
first=$!
for _ in $(seq 300); do curl -fs "http://127.0.0.1:$port/healthz" >/dev/null && break; sleep 0.1; done
kill -TERM $first; wait $first || true
start=$(date +%s%N)
LISTEN=127.0.0.1:$port DATA_DIR=$data ./run >"$data/second.log" 2>&1 &
second=$!
for _ in $(seq 300); do curl -fs "http://127.0.0.1:$port/healthz" >/dev/null && break; sleep 0.01; done
ms=$((($(date +%s%N) - start) / 1000000))
curl -fs "http://127.0.0.1:$port/" >/dev/null
kill -TERM $second; wait $second || true
cat "$data/second.log"
echo "second start: $ms ms"
grep -q "http://127.0.0.1:$port" "$data/second.log"
