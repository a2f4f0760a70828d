#!/bin/bash
# How much a person takes in the store: tests/load/bytes.sh [BUILD-DIR], and tests/postgres.sh tests/load/bytes.sh for PostgreSQL.
#
# Seeds 1,000 and 3,000 people (12 skills, 3 interviews, 36 proofs, a session: 54 rows each), compacts, and divides the difference, so that the catalogue
# and empty tables do not count. On PostgreSQL also what a turn of an interview, an event and a job take, each made 100,000 times.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release} few=1000 many=3000
ninja -C "$build" tests/load/seed >/dev/null
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT

sqlite_bytes() { # PEOPLE
  "$build/tests/load/seed" "$data/$1" "$1" >/dev/null 2>&1
  sqlite3 "$data/$1/careerprep.db" 'PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
  stat -c %s "$data/$1/careerprep.db"
}
ask() { psql -qAtX -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
postgres_bytes() { # PEOPLE
  local url=${TEST_DATABASE_URL%/*}/bytes_$1
  ask "$TEST_DATABASE_URL" "CREATE DATABASE bytes_$1"
  "$build/tests/load/seed" "$url" "$1" >/dev/null 2>&1
  ask "$url" 'VACUUM FULL'
  ask "$url" 'SELECT pg_database_size(current_database())'
}
a_row() { # NAME TABLE URL INSERT
  local before after
  before=$(ask "$3" "SELECT pg_total_relation_size('$2')")
  ask "$3" "$4"
  ask "$3" "VACUUM FULL $2"
  after=$(ask "$3" "SELECT pg_total_relation_size('$2')")
  printf '%-28s %d bytes with its indexes\n' "$1" $(((after - before) / 100000))
}

if [ -z "${TEST_DATABASE_URL:-}" ]; then
  printf 'SQLite, a person             %d bytes\n' $((($(sqlite_bytes $many) - $(sqlite_bytes $few)) / (many - few)))
  exit 0
fi
printf 'PostgreSQL, a person         %d bytes\n' $((($(postgres_bytes $many) - $(postgres_bytes $few)) / (many - few)))
url=${TEST_DATABASE_URL%/*}/bytes_$few
a_row "a turn of 187 bytes" interview_turns "$url" "INSERT INTO interview_turns (user_id, interview_id, turn_index, role, content_text, message_id, created_at)
  SELECT user_id, id, n, 'user', left(repeat(md5(n::text || id::text), 6), 187), gen_random_uuid(), created_at FROM interviews, generate_series(1, 34) AS n LIMIT 100000"
a_row "an event" agent_events "$url" "INSERT INTO agent_events (id, event_type, payload, status, source_agent, target_agent, user_id, correlation_id, summary, created_at, processed_at)
  SELECT gen_random_uuid(), 'INTERVIEW_COMPLETED', jsonb_build_object('user_id', id, 'interview_id', gen_random_uuid()), 'completed', 'interviewer', 'interviewer', id,
  gen_random_uuid(), 'Your interview as Platform engineer is finished.', now(), now() FROM users, generate_series(1, 100) AS n LIMIT 100000"
a_row "a job" jobs "$url" "INSERT INTO jobs (id, kind, payload, user_id, event_id, unique_key, status, attempts, max_attempts, run_at, result, created_at, finished_at)
  SELECT gen_random_uuid(), 'interview.analyze', payload, user_id, id, id::text || ' interview.analyze', 'completed', 1, 5, created_at, '{\"proofs\":3}', created_at, created_at FROM agent_events LIMIT 100000"
