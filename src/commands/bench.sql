-- name: bench_bare
-- What a commit of one row costs at the least: into a table of nothing but text.
INSERT INTO settings (name, value) VALUES ($1, $2);

-- name: bench_open
SELECT COUNT(*) FROM jobs WHERE finished_at IS NULL;

-- name: bench_clear
DELETE FROM jobs;

-- name: bench_fill_finished
-- A job for each number of $1, that ended at $2, with payload and result $3; the reason of a dead one is $4.
INSERT INTO jobs (kind, status, run_at, attempts, max_attempts, runs, worker_id, claim, payload, result, last_error, created_at, started_at, finished_at)
SELECT 'bench.plain', CASE WHEN i % 100 = 0 THEN 'dead' ELSE 'completed' END, CAST($2 AS {time}), 1, 5, 1, 1, i, CAST($3 AS {json}), CAST($3 AS {json}),
    CASE WHEN i % 100 = 0 THEN CAST($4 AS TEXT) END, CAST($2 AS {time}), CAST($2 AS {time}), CAST($2 AS {time})
FROM (SELECT CAST(e.value AS {int}) AS i FROM {each_text}($1) AS e) AS n ORDER BY i;

-- name: bench_fill_slots
-- Two jobs of each lane ("key:0" …, $4 is how they begin) are ready, behind all others, and take its slots; $1: numbers from 0. $3: their payload.
INSERT INTO jobs (kind, status, priority, run_at, lane, max_attempts, payload, created_at)
SELECT 'bench.lanes', 'queued', 10, CAST($2 AS {time}), CAST($4 AS TEXT) || CAST(i / 2 AS TEXT), 5, CAST($3 AS {json}), CAST($2 AS {time})
FROM (SELECT CAST(e.value AS {int}) AS i FROM {each_text}($1) AS e) AS n ORDER BY i;

-- name: bench_fill_waiting
-- A job for each number of $1, published at $2, due at $3 if it is scheduled, in $4 lanes if it is blocked. $5: their payload, $6: how lanes begin.
INSERT INTO jobs (kind, status, run_at, lane, has_dependents, needs, max_attempts, payload, created_at)
SELECT CASE WHEN i % 8 < 4 THEN 'bench.single' WHEN i % 8 = 7 THEN 'bench.lanes' ELSE 'bench.plain' END,
    CASE WHEN i % 8 < 4 THEN 'queued' WHEN i % 8 < 6 THEN 'scheduled' WHEN i % 8 = 6 THEN 'waiting' ELSE 'blocked' END,
    CASE WHEN i % 8 < 4 OR i % 8 = 7 THEN CAST($2 AS {time}) ELSE CAST($3 AS {time}) END,
    CASE WHEN i % 8 = 7 THEN CAST($6 AS TEXT) || CAST(i / 8 % NULLIF(CAST($4 AS {int}), 0) AS TEXT) END, i % 8 = 5, CASE WHEN i % 8 = 6 THEN 1 ELSE 0 END, 5,
    CAST($5 AS {json}), CAST($2 AS {time})
FROM (SELECT CAST(e.value AS {int}) AS i FROM {each_text}($1) AS e) AS n ORDER BY i;

-- name: bench_fill_needs
-- Each of those that wait needs the one before it.
INSERT INTO job_dependencies (needs_id, job_id) SELECT id - 1, id FROM jobs WHERE status = 'waiting';

-- name: bench_analyze
ANALYZE jobs;
