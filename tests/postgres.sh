#!/bin/bash
# Runs a command against a PostgreSQL server of its own: tests/postgres.sh COMMAND...
#
# A fresh cluster in a temporary directory, on a socket there and on a free port of the loopback, without fsync (nothing of it is kept). The
# command finds it in TEST_DATABASE_URL (TCP) and TEST_DATABASE_SOCKET_URL; the server is stopped and removed at the end. Started by root it runs as the user postgres,
# since PostgreSQL refuses root.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: tests/postgres.sh COMMAND..." >&2; exit 2; }
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "${bin:-/nonexistent}/initdb" ] || { echo "PostgreSQL's server is not installed: tools/install.sh test" >&2; exit 77; }

dir=$(mktemp -d "${TMPDIR:-/tmp}/careerprep-pg-XXXXXX")
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid postgres --regid postgres --clear-groups); chown postgres "$dir"; fi
server() { (cd "$dir" && "${as[@]+"${as[@]}"}" "$bin/pg_ctl" -D "$dir/data" -s "$@"); }
cleanup() { server stop -m immediate >/dev/null 2>&1 || true; rm -rf "$dir"; }
trap cleanup EXIT

(cd "$dir" && "${as[@]+"${as[@]}"}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1) || { cat "$dir"/*log >&2; exit 1; }
# A port that somebody else took in the meantime costs a try.
for try in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 20000))
  if server start -w -l "$dir/server.log" -o "-p $port -k $dir -c listen_addresses=127.0.0.1 -c fsync=${TEST_DATABASE_FSYNC:-off} -c max_connections=300 -c shared_buffers=256MB" >/dev/null 2>&1; then break; fi
  [ "$try" -lt 5 ] || { cat "$dir"/*log >&2; exit 1; }
done
# Where pgvector is installed: once for all schemas, since the tests of one database would make and drop it under each other.
"$bin/psql" -X -q -h "$dir" -p "$port" -U postgres -d postgres -c "CREATE EXTENSION IF NOT EXISTS vector" >/dev/null 2>&1 || true
export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres" TEST_DATABASE_DIR=$dir
export TEST_DATABASE_SOCKET_URL="postgres://postgres@/postgres?host=$dir&port=$port"
"$@"
