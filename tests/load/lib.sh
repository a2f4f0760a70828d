# Shared by the load tests: the seeded store, the server, and how its CPU time and memory are read. `data` is the caller's directory.
server=

load_stop() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  server=
}

load_cleanup() {
  load_stop
  rm -rf "$data"
}

load_seed() { # BUILD-DIR PEOPLE
  "$1/tests/load/seed" "${TEST_DATABASE_URL:-$data}" "$2" >/dev/null 2>"$data/log" || { cat "$data/log"; exit 1; }
  if [ -n "${TEST_DATABASE_URL:-}" ]; then psql -q -d "$TEST_DATABASE_URL" -c 'VACUUM ANALYZE'; fi
}

# Sets port, url, server and first: milliseconds from the start of the process to the first whole page.
load_start() { # BUILD-DIR [STORE-URL]
  local start store=${2:-${TEST_DATABASE_URL:-}}
  port=$((20000 + RANDOM % 20000)) url=
  url=http://127.0.0.1:$port
  start=$(date +%s%N)
  DATABASE_URL=$store LOG_LEVEL=warn TRUSTED_PROXIES=127.0.0.1 "$1/careerprep" serve --data "$data" --listen 127.0.0.1:$port >/dev/null 2>"$data/log" &
  server=$!
  until curl -fs -o /dev/null "$url/profile/person-0001"; do kill -0 "$server" || { cat "$data/log"; exit 1; }; sleep 0.002; done
  first=$((($(date +%s%N) - start) / 1000000))
}

ticks() { awk '{print $14 + $15}' "/proc/$server/stat"; }
# Of the database server and all its processes, those included that have ended.
store_ticks() {
  [ -n "${TEST_DATABASE_URL:-}" ] || { echo 0; return; }
  local main
  main=$(head -n 1 "$TEST_DATABASE_DIR/data/postmaster.pid")
  cat "/proc/$main/stat" $(pgrep -P "$main" | sed 's#.*#/proc/&/stat#') 2>/dev/null | awk '{sub(/.*\) /, ""); sum += $12 + $13} END {print sum}'
}
rss() { awk '/^VmRSS/{printf "%.1f", $2 / 1024}' "/proc/$server/status"; }
