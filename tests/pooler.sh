#!/bin/bash
# Runs a command against PostgreSQL with PgBouncer in its transaction mode before it: tests/postgres.sh tests/pooler.sh COMMAND...
#
# Few server connections, so that transactions of one client change between them. The command finds the way through the pooler in
# TEST_POOLER_URL (without a database) and, as before, the direct one in TEST_DATABASE_URL.
set -euo pipefail
[ $# -gt 0 ] && [ -n "${TEST_DATABASE_URL:-}" ] || { echo "usage: tests/postgres.sh tests/pooler.sh COMMAND..." >&2; exit 2; }
command -v pgbouncer >/dev/null || { echo "PgBouncer is not installed: tools/install.sh test" >&2; exit 77; }

dir=$(mktemp -d "${TMPDIR:-/tmp}/careerprep-pooler-XXXXXX")
direct=${TEST_DATABASE_URL##*:}
direct=${direct%%/*}
port=$((40000 + RANDOM % 20000))
echo '"postgres" ""' >"$dir/users"
cat >"$dir/pgbouncer.ini" <<END
[databases]
* = host=127.0.0.1 port=$direct
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = trust
auth_file = $dir/users
pool_mode = transaction
default_pool_size = 4
max_client_conn = 400
logfile = $dir/log
pidfile = $dir/pid
END
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid postgres --regid postgres --clear-groups); chown -R postgres "$dir"; fi
cleanup() { if [ -f "$dir/pid" ]; then kill "$(cat "$dir/pid")" 2>/dev/null || true; fi; rm -rf "$dir"; }
trap cleanup EXIT
"${as[@]+"${as[@]}"}" pgbouncer -q -d "$dir/pgbouncer.ini"
export TEST_POOLER_URL="postgres://postgres@127.0.0.1:$port"
"$@"
